"""Waking a worker. The job itself is a row, so a lost message costs time, never data."""

from __future__ import annotations

import logging
from functools import partial

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)


def enqueue(task_name: str, *args: object) -> None:
    """Send ``task_name`` after the transaction commits.

    The name must be a registered task (checked at once, so a typo fails in the caller). A broker
    that is down is logged: the sweeper finds the row and sends again.
    """
    current_app.loader.import_default_modules()
    if task_name not in current_app.tasks:
        raise LookupError(f"no such task: {task_name}")
    transaction.on_commit(partial(_send, task_name, args))


def _send(task_name: str, args: tuple[object, ...]) -> None:
    try:
        current_app.tasks[task_name].apply_async(args=args, retry=False)
    except (OperationalError, OSError) as error:
        logger.warning("broker unreachable, %s%s waits for the sweeper: %s", task_name, args, error)
