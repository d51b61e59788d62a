"""Telling people. One unread row per key, so a source that fails hourly is one line."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.utils import timezone

from config.lib.text import localize
from staff.accounts.models import Notification, User

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def notify(
    *,
    users: Iterable[User],
    title: StrOrPromise,
    body: StrOrPromise = "",
    url: str = "",
    level: str = Notification.Level.INFO,
    key: str = "",
) -> None:
    """Put the same news behind the bell of every user; with a ``key`` an unread one is not repeated."""
    texts = {"title": localize(title), "body": localize(body) if body else {}}
    Notification.objects.bulk_create(
        [Notification(user=user, url=url, level=level, key=key, **texts) for user in users],
        ignore_conflicts=True,
    )


def notifications_read(*, user: User) -> int:
    """Mark everything read; returns how many were unread."""
    return Notification.objects.filter(user=user, read_at=None).update(read_at=timezone.now())
