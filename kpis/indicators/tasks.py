"""What beat sends to the workers."""

from celery import shared_task
from django.conf import settings

from kpis.indicators.models import AttributionJob
from kpis.indicators.own.ahead import count_ahead
from kpis.indicators.services import attribution, deliveries
from kpis.indicators.services.alert_mails import alert_mails_send
from kpis.indicators.services.alerts import alerts_evaluate
from kpis.indicators.services.notes_made import annotations_collect


@shared_task(name="indicators.alerts_evaluate", ignore_result=True)
def evaluate() -> None:
    """Hold the rules that are due against the figures."""
    alerts_evaluate()


@shared_task(name="indicators.alert_mails", ignore_result=True)
def mails() -> None:
    """Send what waits and what failed a while ago."""
    alert_mails_send()


@shared_task(name="indicators.annotations_collect", ignore_result=True)
def collect() -> None:
    """Notes of what happened by itself: changed targets, silent sources, files taken out."""
    annotations_collect()


@shared_task(name="indicators.send", ignore_result=True)
def reports_send() -> None:
    """Every few minutes; a lost message costs nothing, the next one does the same."""
    deliveries.deliveries_sweep()


@shared_task(name="indicators.attribution_sweep")
def attribution_sweep() -> None:
    """Plan what has changed since orders were last given to channels."""
    attribution.attribution_sweep()


@shared_task(name="indicators.attribution_run", acks_late=True)
def attribution_run(job_id: int) -> None:
    """Carry one job on. Safe to deliver twice: the job is claimed by one worker. Then, as the
    records had news, count what readers will ask, where processes share what they remember."""
    attribution.attribution_run(job_id)
    if settings.REDIS_URL:
        count_ahead(AttributionJob.objects.select_related("source__scope").get(pk=job_id).source)
