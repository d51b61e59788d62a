"""Name, language, theme and time zone: in force at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client

from config.lib.errors import Invalid
from staff.accounts.models import AuditEvent, User
from staff.accounts.services.audit import audit
from staff.accounts.services.users import preferences_save
from tests.factories import reread

Open = Callable[[User], Client]


def test_the_form_changes_them_and_the_trail_says_what(head: User, client_of: Open) -> None:
    values = {"full_name": "New Name", "language": "ru", "theme": "dark", "time_zone": "Asia/Omsk"}
    page = client_of(head).post("/accounts/preferences/", values)
    assert page.status_code == 302
    head = reread(head)
    assert {name: getattr(head, name) for name in values} == values
    event = AuditEvent.objects.get(action="accounts.user.preferences")
    assert event.after == values
    assert event.before["theme"] == "auto"


def test_the_language_is_that_of_the_next_page(head: User, client_of: Open) -> None:
    client = client_of(head)
    assert '<html lang="en"' in client.get("/accounts/preferences/").content.decode()
    back = client.post("/accounts/language/", {"language": "ru", "next": "/accounts/preferences/"})
    assert back["Location"] == "/accounts/preferences/"
    assert '<html lang="ru"' in client.get("/accounts/preferences/").content.decode()


def test_before_log_in_the_language_is_kept_in_a_cookie(db: None) -> None:
    client = Client(headers={"Accept-Language": "ru"})
    client.post("/accounts/language/", {"language": "en"})
    assert client.cookies[settings.LANGUAGE_COOKIE_NAME].value == "en"
    assert '<html lang="en"' in client.get("/account/login/").content.decode()


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example", "javascript:x"])
def test_a_switch_never_leads_to_a_foreign_host(head: User, client_of: Open, wanted: str) -> None:
    answer = client_of(head).post("/accounts/language/", {"language": "ru", "next": wanted})
    assert "evil" not in answer["Location"]
    assert answer["Location"] == "/"


def test_times_are_shown_in_the_persons_zone(head: User, client_of: Open) -> None:
    preferences_save(user=head, time_zone="Asia/Vladivostok")
    event = audit(action="test.row.changed", scope=head.grants.get().scope)
    page = client_of(head).get(f"/accounts/audit/{event.uid}/").content.decode()
    ten_hours_ahead = event.at.astimezone(dt.timezone(dt.timedelta(hours=10)))
    assert f"{ten_hours_ahead:%H:%M:%S}" in page


@pytest.mark.parametrize(
    ("name", "value"),
    [("theme", "pink"), ("language", "de"), ("time_zone", "Mars/Olympus"), ("full_name", "")],
)
def test_what_does_not_exist_is_refused_by_field(head: User, name: str, value: str) -> None:
    with pytest.raises(Invalid) as refusal:
        preferences_save(user=head, **{name: value})
    assert set(refusal.value.fields) == {name}


def test_nothing_else_can_be_changed_this_way(head: User) -> None:
    with pytest.raises(TypeError):
        preferences_save(user=head, is_superuser="1")


def test_the_theme_switch_answers_htmx_with_nothing(head: User, client_of: Open) -> None:
    htmx = {"HX-Request": "true"}
    answer = client_of(head).post("/accounts/theme/", {"theme": "dark"}, headers=htmx)
    assert (answer.status_code, answer.content) == (204, b"")
    assert reread(head).theme == "dark"
