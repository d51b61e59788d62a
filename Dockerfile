# One image for web, worker and beat; docker-compose.yml says which process each container runs.

FROM node:22-slim AS front-end
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --no-audit --no-fund --omit=dev

FROM python:3.13-slim AS packages
WORKDIR /app
COPY requirements/base.txt requirements/base.txt
RUN python -m venv .venv
RUN .venv/bin/python -m pip install --disable-pip-version-check --no-input --require-hashes --no-deps --no-cache-dir -r requirements/base.txt

FROM python:3.13-slim
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=config.settings \
    MODUS_MODE=production \
    MODUS_DATA_DIR=/app/var \
    BIND=0.0.0.0 \
    PORT=8000 \
    WEB_WORKERS=2
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin modus
WORKDIR /app
COPY --from=packages /app/.venv .venv
COPY --from=front-end /app/node_modules node_modules
COPY manage.py ./
COPY config config
COPY staff staff
COPY departments departments
COPY kpis kpis
COPY client_programs client_programs
COPY channels_publishing channels_publishing
COPY mailings mailings
COPY templates templates
COPY static static
COPY locale locale
RUN python config/launch messages
# Keys and addresses for this one step only; a container gets its own from the environment. The kit's
# `libs` are left out: nothing uses them and their source maps are not in the package.
RUN SECRET_KEY=build FIELD_KEY=build ALLOWED_HOSTS=localhost DATABASE_URL=postgres://build/build python manage.py collectstatic --no-input --ignore=libs
RUN mkdir -p var/media var/beat var/mail && chown -R modus var
USER modus
EXPOSE 8000
VOLUME ["/app/var/media"]
HEALTHCHECK --interval=30s --timeout=10s --start-period=40s CMD ["python", "config/launch/healthcheck.py", "web"]
CMD ["gunicorn", "-c", "config/launch/gunicorn_conf.py"]
