"""News behind the bell: own only, newest first, read by POST."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client

from staff.accounts.models import Notification, User
from staff.accounts.services.notifications import notify


def test_own_news_only(client_of: Callable[[User], Client], head: User, specialist: User) -> None:
    notify(users=[head], title="A source has failed", url="/x/", level="danger")
    assert "A source has failed" in client_of(head).get("/notifications/").content.decode()
    foreign = client_of(specialist).get("/notifications/").content.decode()
    assert "A source has failed" not in foreign
    assert "No news" in foreign


def test_the_bell_counts_and_reading_clears_it(
    client_of: Callable[[User], Client], head: User
) -> None:
    notify(users=[head], title="One")
    notify(users=[head], title="Two")
    browser = client_of(head)
    assert "Notifications, 2 unread" in " ".join(browser.get("/help/").content.decode().split())
    assert browser.get("/notifications/read/").status_code == 405
    response = browser.post("/notifications/read/")
    assert response["Location"] == "/notifications/"
    assert Notification.objects.filter(user=head, read_at=None).count() == 0
    assert "bell-count" not in browser.get("/help/").content.decode()
