"""All settings, from the environment (12-factor). `docs/settings.md` lists every variable."""

from __future__ import annotations

import sys
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from config.launch.postgres import embedded_url
from config.lib.beat import every
from config.lib.env import database, env_bool, env_int, env_list, env_str
from config.rest import REST_FRAMEWORK, SPECTACULAR_SETTINGS  # noqa: F401  read by the libraries

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env_str("MODUS_DATA_DIR", str(BASE_DIR / ".data")))

# "demo": a laptop, embedded services, simulated channels. "production": everything explicit.
MODE = env_str("MODUS_MODE", "demo")
if MODE not in {"demo", "production"}:
    raise ImproperlyConfigured("MODUS_MODE must be demo or production")
DEMO = MODE == "demo"
TESTING = "pytest" in sys.modules

DEBUG = env_bool("DEBUG", default=False)


def _secret(name: str) -> str:
    """The secret from the environment, in the demo from the file that `make setup` generated."""
    if value := env_str(name):
        return value
    file = DATA_DIR / "secrets" / name
    if DEMO and file.is_file():
        return file.read_text(encoding="utf-8").strip()
    if TESTING or DEMO:
        return f"insecure-{name.lower()}-for-development-only-{'x' * 32}"
    raise ImproperlyConfigured(f"{name} (or {name}_FILE) is not set")


SECRET_KEY = _secret("SECRET_KEY")
FIELD_KEYS = _secret("FIELD_KEY").split()

ALLOWED_HOSTS = env_list(
    "ALLOWED_HOSTS", default=("localhost", "127.0.0.1", "[::1]") if DEMO else ()
)
CSRF_TRUSTED_ORIGINS = env_list("CSRF_TRUSTED_ORIGINS")
SITE_URL = env_str("SITE_URL", f"http://127.0.0.1:{env_int('PORT', default=8000)}")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "template_partials",
    "django_filters",
    "django_tables2",
    "rest_framework",
    "drf_spectacular",
    # Floors, lowest first; see ARCHITECTURE.md.
    "config.lib",
    "staff.accounts",
    "departments.structure",
    "staff.people",
    "departments.work",
    "departments.funds",
    "kpis.register",
    "kpis.indicators",
    "client_programs",
    "channels_publishing",
    "mailings",
    "staff.hiring",
    "config.shell",
]

MIDDLEWARE = [
    "config.lib.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "config.lib.middleware.ContentSecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "staff.accounts.middleware.PreferencesMiddleware",
    "staff.accounts.middleware.AuditContextMiddleware",
    "config.lib.middleware.ErrorMiddleware",
    "staff.accounts.middleware.AccessMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
# An address typed without a scheme is https; the default of the next Django.
FORMS_URLFIELD_ASSUME_HTTPS = True
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.shell.context.shell",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static"],
        },
    }
]

DATABASES = {
    "default": database(env_str("DATABASE_URL") or embedded_url())
    | {
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
        "TEST": {"TEMPLATE": "template0"},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- people who log in -------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "shell:home"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "staff.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/300s/key",
    "reset_password": "20/m/ip,5/m/key",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
}
MFA_ADAPTER = "staff.accounts.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Modus"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
SESSION_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_NAME = "modus_language"

# --- languages and time ------------------------------------------------------------------------
LANGUAGE_CODE = "ru"
LANGUAGES = [("ru", _("Russian")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["config.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env_str("TIME_ZONE", "Europe/Moscow")

# --- static files: our own and the npm packages, never a foreign CDN ---------------------------
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [
    BASE_DIR / "static",
    *(
        (name, BASE_DIR / "node_modules" / folder)
        for name, folder in (
            ("tabler", "@tabler/core/dist"),
            ("tabler-icons", "@tabler/icons-webfont/dist"),
            ("htmx", "htmx.org/dist"),
            ("echarts", "echarts/dist"),
            ("font", "@fontsource-variable/inter"),
        )
        if (BASE_DIR / "node_modules" / folder).is_dir()
    ),
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEMO
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEMO
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MANIFEST_STRICT = False
MEDIA_ROOT = DATA_DIR / "media"
MEDIA_URL = "/media/"
# Uploads are read by our parsers only and never served back raw.
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o600
IMPORT_MAX_BYTES = env_int("IMPORT_MAX_MB", default=200) * 1024 * 1024
# File sources may be fed by folders below this one; "" switches that off.
WATCHED_FOLDERS = env_str("WATCHED_FOLDERS")

# --- broker and workers ------------------------------------------------------------------------
REDIS_URL = env_str("REDIS_URL")
BROKER_DIR = Path(env_str("MODUS_BROKER_DIR", str(DATA_DIR / "broker")))
CELERY_BROKER_URL = env_str("CELERY_BROKER_URL") or REDIS_URL or "filesystem://"
if CELERY_BROKER_URL == "filesystem://":
    for _folder in ("queue", "control"):
        (BROKER_DIR / _folder).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(BROKER_DIR / "queue"),
        "data_folder_out": str(BROKER_DIR / "queue"),
        "control_folder": str(BROKER_DIR / "control"),
        "store_processed": False,
    }
elif prefix := env_str("BROKER_KEY_PREFIX"):
    # Several installations (or test runs) may share one Redis.
    CELERY_BROKER_TRANSPORT_OPTIONS = {"global_keyprefix": prefix}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {"register.run_execute": {"queue": "sync"}}
CELERY_TASK_SOFT_TIME_LIMIT = 15 * 60
CELERY_TASK_TIME_LIMIT = 16 * 60
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = TIME_ZONE
SWEEP_SECONDS = env_int("SWEEP_SECONDS", default=5 if DEMO else 30)
# How often a process asks whether the production calendar has been changed.
CALENDAR_SECONDS = 30
CELERY_BEAT_SCHEDULE = {
    "heartbeat": every("shell.heartbeat", 10, expires=30),
    "register-sweep": every("register.sweep", SWEEP_SECONDS, expires=SWEEP_SECONDS * 2),
    "register-folders": every("register.folders_sweep", 60),
    "register-prune": every("register.answers_prune", 3600),
    "register-secrets": every("register.secrets_watch", 24 * 3600),
    "indicators-alerts": every("indicators.alerts_evaluate", 120),
    "indicators-alert-mails": every("indicators.alert_mails", 60),
    "indicators-notes": every("indicators.annotations_collect", 600),
    "reports-send": every("indicators.send", 300),
    "indicators-attribution": every("indicators.attribution_sweep", 60),
    "work-occurrences": every("work.occurrences_create", 600),
}

CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    if REDIS_URL
    # One web process in the demo; production without Redis is refused by a system check.
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}

# --- the register's sources --------------------------------------------------------------------
REGISTER_CONNECTORS = [
    "kpis.register.connectors.files.connector.FileConnector",
    "kpis.register.connectors.matomo.connector.MatomoConnector",
    "kpis.register.connectors.direct.connector.DirectConnector",
    "kpis.register.connectors.ozon.connector.OzonConnector",
    "kpis.register.connectors.uis.connector.UisConnector",
    "kpis.register.connectors.unisender.connector.UnisenderConnector",
    "kpis.register.connectors.listmonk.connector.ListmonkConnector",
    "kpis.register.connectors.mango.connector.MangoConnector",
    "kpis.register.connectors.mailchimp.connector.MailchimpConnector",
    "kpis.register.connectors.bitrix24.connector.Bitrix24Connector",
    "kpis.register.connectors.ga4.connector.Ga4Connector",
    "kpis.register.connectors.sendpulse.connector.SendpulseConnector",
    "kpis.register.connectors.vk.connector.VkConnector",
    "kpis.register.connectors.wildberries.connector.WildberriesConnector",
    "kpis.register.connectors.json_http.connector.JsonConnector",
    "kpis.register.connectors.amocrm.connector.AmocrmConnector",
    "kpis.register.connectors.mail_webhooks.connector.MailWebhooksConnector",
    "kpis.register.connectors.commerceml.connector.CommerceMlConnector",
    "kpis.register.connectors.vk_ads.connector.VkAdsConnector",
    "kpis.register.connectors.metrika.connector.MetrikaConnector",
    "kpis.register.connectors.odoo.connector.OdooConnector",
    "kpis.register.connectors.onec.connector.OneCConnector",
    "kpis.register.connectors.asterisk.connector.AsteriskConnector",
    "kpis.register.connectors.telegram.connector.TelegramConnector",
]
# Loopback addresses are a source only in the demo, where the channel simulator lives.
HTTP_ALLOW_LOOPBACK = env_bool("HTTP_ALLOW_LOOPBACK", default=DEMO)
HTTP_ALLOW_PRIVATE_HOSTS = env_list("HTTP_ALLOW_PRIVATE_HOSTS")
SIMULATOR_URL = env_str(
    "SIMULATOR_URL", f"http://127.0.0.1:{env_int('SIMULATOR_PORT', default=8765)}" if DEMO else ""
)
RUN_STALE_SECONDS = env_int("RUN_STALE_SECONDS", default=120)
# A long run lets others have the worker after this; well below CELERY_TASK_SOFT_TIME_LIMIT.
RUN_TURN_SECONDS = env_int("RUN_TURN_SECONDS", default=300)
# First pause after a temporary fault; each next one is twice as long, up to ten minutes.
RETRY_SECONDS = env_int("RETRY_SECONDS", default=5)
RAW_ANSWER_DAYS = env_int("RAW_ANSWER_DAYS", default=30)

# --- security ----------------------------------------------------------------------------------
HTTPS = env_bool("HTTPS", default=not DEMO)
SECURE_SSL_REDIRECT = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = env_int("HSTS_SECONDS", default=31_536_000 if HTTPS else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# --- mail --------------------------------------------------------------------------------------
EMAIL_HOST = env_str("EMAIL_HOST")
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if EMAIL_HOST
    else "django.core.mail.backends.filebased.EmailBackend"
)
EMAIL_FILE_PATH = str(DATA_DIR / "mail")
if not EMAIL_HOST:
    # Letters carry password links: nobody else on the machine reads them.
    Path(EMAIL_FILE_PATH).mkdir(parents=True, exist_ok=True, mode=0o700)
EMAIL_PORT = env_int("EMAIL_PORT", default=587)
EMAIL_HOST_USER = env_str("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env_str("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env_bool("EMAIL_USE_TLS", default=True)
DEFAULT_FROM_EMAIL = env_str("DEFAULT_FROM_EMAIL", "Modus <modus@localhost>")

# --- libraries ---------------------------------------------------------------------------------
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
DJANGO_TABLES2_TEMPLATE = "components/table.html"

# --- logs --------------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"context": {"()": "config.lib.logs.ContextFilter"}},
    "formatters": {"line": {"()": "config.lib.logs.LineFormatter"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["context"],
        }
    },
    "root": {"handlers": ["console"], "level": env_str("LOG_LEVEL", "INFO")},
    "loggers": {
        "django.server": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "celery.beat": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        "httpx": {"level": "WARNING"},
        # A line per call; the sync engine's line per slice says the same in fewer words.
        "config.lib.http": {"level": env_str("HTTP_LOG_LEVEL", "WARNING")},
        # Says on every start that the folder broker has no host name.
        "kombu.connection": {"level": "ERROR"},
    },
}
