"""The link by which a person sets a password, for the operator who has no mail server yet."""

from __future__ import annotations

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.urls import reverse

from staff.accounts.models import User


def password_link(user: User) -> str:
    """An address that sets the password once; it holds for PASSWORD_RESET_TIMEOUT seconds."""
    token = default_token_generator.make_token(user)
    args = {"uidb36": user_pk_to_url_str(user), "key": token}
    path = reverse("account_reset_password_from_key", kwargs=args)
    return f"{settings.SITE_URL.rstrip('/')}{path}"
