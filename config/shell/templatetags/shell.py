"""Template words that only the shell needs."""

from __future__ import annotations

from django import template
from django.conf import settings
from django.http import HttpRequest

from config.shell.demo import LOGINS, PASSWORD, DemoLogin
from config.shell.models import SavedView
from staff.accounts.models import User

register = template.Library()


@register.simple_tag
def demo_logins() -> list[DemoLogin]:
    """Demo people who really exist here; nobody outside the demo."""
    if not settings.DEMO:
        return []
    emails = [login.email for login in LOGINS]
    made = set(User.objects.filter(email__in=emails).values_list("email", flat=True))
    return [login for login in LOGINS if login.email in made]


@register.simple_tag(takes_context=True)
def saved_views(context: template.Context) -> list[SavedView]:
    """The person's own views of the list at the present address."""
    request: HttpRequest = context["request"]
    if not isinstance(request.user, User):
        return []
    return list(SavedView.objects.filter(user=request.user, page=request.path).order_by("name"))


@register.simple_tag
def demo_password() -> str:
    return PASSWORD
