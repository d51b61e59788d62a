"""Log-ins, passwords, second factors into the audit trail; the action context of Celery jobs."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

from allauth.account.signals import password_changed, password_reset, password_set
from allauth.mfa.signals import authentication_failed, authenticator_added, authenticator_removed
from celery.signals import task_postrun, task_prerun
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver

from config.lib.context import acting
from staff.accounts.models import User
from staff.accounts.services.audit import audit
from staff.accounts.services.users import scope_of

_open: dict[str, ExitStack] = {}


@receiver(user_logged_in, dispatch_uid="audit-login")
def logged_in(sender: object, user: User, **kwargs: Any) -> None:
    audit(action="accounts.user.logged_in", actor=user, target=user, scope=scope_of(user))


@receiver(user_logged_out, dispatch_uid="audit-logout")
def logged_out(sender: object, user: User | None, **kwargs: Any) -> None:
    if user is not None:
        audit(action="accounts.user.logged_out", actor=user, target=user, scope=scope_of(user))


@receiver(user_login_failed, dispatch_uid="audit-login-failed")
def login_failed(sender: object, credentials: dict[str, Any], **kwargs: Any) -> None:
    typed = str(credentials.get("email") or credentials.get("username") or "")[:150]
    user = User.objects.filter(email__iexact=typed).first()
    # A password typed into the wrong field must not be kept, so only known addresses are.
    audit(
        action="accounts.user.login_failed",
        target=user,
        scope=scope_of(user) if user else None,
        after={"email": typed} if user else {},
    )


@receiver([password_changed, password_set, password_reset], dispatch_uid="audit-password")
def new_password(sender: object, user: User, **kwargs: Any) -> None:
    action = "accounts.user.new_password"
    audit(action=action, actor=user, target=user, scope=scope_of(user))


@receiver(authenticator_added, dispatch_uid="audit-factor-on")
def second_factor_on(sender: object, user: User, authenticator: Any, **kwargs: Any) -> None:
    _second_factor("on", user, authenticator)


@receiver(authenticator_removed, dispatch_uid="audit-factor-off")
def second_factor_off(sender: object, user: User, authenticator: Any, **kwargs: Any) -> None:
    _second_factor("off", user, authenticator)


@receiver(authentication_failed, dispatch_uid="audit-factor-failed")
def second_factor_failed(sender: object, user: User, **kwargs: Any) -> None:
    action = "accounts.user.second_factor_failed"
    audit(action=action, target=user, scope=scope_of(user))


def _second_factor(state: str, user: User, authenticator: Any) -> None:
    audit(
        action=f"accounts.user.second_factor_{state}",
        actor=user,
        target=user,
        scope=scope_of(user),
        after={"type": authenticator.type},
    )


@task_prerun.connect(dispatch_uid="job-context", weak=False)
def job_began(task_id: str, task: Any, **kwargs: Any) -> None:
    stack = ExitStack()
    stack.enter_context(acting("worker", task.name, request_id=task_id))
    _open[task_id] = stack


@task_postrun.connect(dispatch_uid="job-context-end", weak=False)
def job_ended(task_id: str, **kwargs: Any) -> None:
    if stack := _open.pop(task_id, None):
        stack.close()
