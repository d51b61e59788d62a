"""Celery tasks of the register: ids in, one service call."""

from __future__ import annotations

import datetime as dt

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from kpis.register.models import RawAnswer
from kpis.register.services import expiry, folders, runs, sync


@shared_task(name="register.sweep")
def sweep() -> None:
    """Plan what is due, wake what waits, take over what is lost."""
    runs.sweep()


@shared_task(name="register.run_execute", acks_late=True)
def run_execute(run_id: int) -> None:
    """Carry one run on. Safe to deliver twice: the run is claimed by one worker."""
    sync.run_execute(run_id)


@shared_task(name="register.folders_sweep")
def folders_sweep() -> None:
    """Load what has been put into watched folders."""
    folders.folders_sweep()


@shared_task(name="register.answers_prune")
def answers_prune() -> None:
    """Drop raw answers older than RAW_ANSWER_DAYS; results stay."""
    border = timezone.now() - dt.timedelta(days=settings.RAW_ANSWER_DAYS)
    RawAnswer.objects.filter(received_at__lt=border).delete()


@shared_task(name="register.secrets_watch")
def secrets_watch() -> None:
    """Announce secrets that run out."""
    expiry.secrets_watch()
