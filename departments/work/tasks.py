"""What beat sends to the workers."""

from celery import shared_task

from departments.work.services.occurrences import occurrences_create_everywhere


@shared_task(name="work.occurrences_create", ignore_result=True)
def occurrences_create_today() -> None:
    """Every ten minutes; a lost message costs nothing, the next one does the same."""
    occurrences_create_everywhere()
