"""Gunicorn's settings for the demo and for the container alike; the environment may change each."""

from __future__ import annotations

import gc
import os
from typing import Any

wsgi_app = "config.wsgi:application"
bind = f"{os.environ.get('BIND', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_WORKERS", "1"))
threads = int(os.environ.get("WEB_THREADS", "4"))
worker_class = "gthread"
timeout = 60
graceful_timeout = 10
# A worker is renewed now and then, each at another time, so a slow leak never fills the machine.
max_requests = int(os.environ.get("WEB_MAX_REQUESTS", "10000"))
max_requests_jitter = 1000
accesslog = os.environ.get("WEB_ACCESS_LOG") or None
access_log_format = "%(m)s %(U)s %(s)s %(M)sms"
errorlog = "-"
loglevel = os.environ.get("WEB_LOG_LEVEL", "warning")
control_socket_disable = True


def post_worker_init(worker: Any) -> None:
    """What the application is made of lives as long as the process: the garbage collector need not
    walk through it during a page (a pause of some 90 ms)."""
    gc.collect()
    gc.freeze()
