"""Template words that only the shell needs."""

from __future__ import annotations

from django import template
from django.conf import settings

from config.shell.demo import LOGINS, PASSWORD, DemoLogin
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


@register.simple_tag
def demo_password() -> str:
    return PASSWORD
