"""Telling people. One unread row per key, so a source that fails hourly is one line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from django.utils import timezone

from config.lib.text import Localized, localize
from staff.accounts.models import Notification, User

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def notify(
    *,
    users: Iterable[User],
    title: StrOrPromise | Localized,
    body: StrOrPromise | Localized = "",
    url: str = "",
    level: str = Notification.Level.INFO,
    key: str = "",
    values: Mapping[str, object] | None = None,
) -> None:
    """Put the same news behind every user's bell; with a ``key`` an unread one is not repeated.

    ``title`` and ``body`` are lazy messages, kept in both languages; ``values`` fill their
    ``%(name)s``.
    """
    texts = {"title": _both(title, values), "body": _both(body, values)}
    Notification.objects.bulk_create(
        [Notification(user=user, url=url, level=level, key=key, **texts) for user in users],
        ignore_conflicts=True,
    )


def _both(text: StrOrPromise | Localized, values: Mapping[str, object] | None) -> Localized:
    if isinstance(text, dict):
        return text
    return localize(text, values) if text else {}


def notifications_read(*, user: User) -> int:
    """Mark everything read; returns how many were unread."""
    return Notification.objects.filter(user=user, read_at=None).update(read_at=timezone.now())
