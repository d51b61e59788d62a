"""Log-ins into the audit trail, and the action context of Celery jobs."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

from celery.signals import task_postrun, task_prerun
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from config.lib.context import acting
from staff.accounts.models import User
from staff.accounts.services.audit import audit

_open: dict[str, ExitStack] = {}


@receiver(user_logged_in, dispatch_uid="audit-login")
def logged_in(sender: object, user: User, **kwargs: Any) -> None:
    audit(action="accounts.user.logged_in", actor=user, target=user)


@receiver(user_logged_out, dispatch_uid="audit-logout")
def logged_out(sender: object, user: User | None, **kwargs: Any) -> None:
    if user is not None:
        audit(action="accounts.user.logged_out", actor=user, target=user)


@receiver(user_login_failed, dispatch_uid="audit-login-failed")
def login_failed(
    sender: object, credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any
) -> None:
    email = str(credentials.get("email") or credentials.get("username") or "")[:150]
    audit(action="accounts.user.login_failed", after={"email": email})


@task_prerun.connect(dispatch_uid="job-context", weak=False)
def job_began(task_id: str, task: Any, **kwargs: Any) -> None:
    stack = ExitStack()
    stack.enter_context(acting("worker", task.name, request_id=task_id))
    _open[task_id] = stack


@task_postrun.connect(dispatch_uid="job-context-end", weak=False)
def job_ended(task_id: str, **kwargs: Any) -> None:
    if stack := _open.pop(task_id, None):
        stack.close()
