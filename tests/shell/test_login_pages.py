"""Log-in pages: ours, not the library's; nobody signs up; demo people only where they exist."""

from __future__ import annotations

import pytest
from django.test import Client

from config.shell.demo import LOGINS, PASSWORD
from staff.accounts.models import User
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("address", ["signup/", "email/", "confirm-email/", "confirm-email/abc/"])
def test_pages_we_do_not_use_are_closed(client: Client, address: str) -> None:
    assert client.get(f"/account/{address}").status_code == 404
    assert client.post(f"/account/{address}", {}).status_code == 404


@pytest.mark.parametrize("address", ["login/", "password/reset/", "password/reset/done/"])
def test_pages_before_log_in_have_our_frame(client: Client, address: str) -> None:
    page = client.get(f"/account/{address}").content.decode()
    assert 'class="entrance-box"' in page
    assert "Menu:" not in page


@pytest.mark.parametrize("address", ["password/change/", "2fa/", "logout/"])
def test_own_security_pages(client: Client, nobody: User, address: str) -> None:
    client.force_login(nobody)
    response = client.get(f"/account/{address}")
    assert response.status_code == 200
    assert 'id="main"' in response.content.decode()


def test_demo_logins_are_listed_only_for_people_who_exist(client: Client) -> None:
    assert PASSWORD not in client.get("/account/login/").content.decode()
    factories.make_user(email=LOGINS[0].email)
    page = client.get("/account/login/").content.decode()
    assert LOGINS[0].email in page
    assert LOGINS[1].email not in page
    assert PASSWORD in page


def test_outside_the_demo_nothing_is_listed(client: Client, settings: object) -> None:
    factories.make_user(email=LOGINS[0].email)
    settings.DEMO = False  # type: ignore[attr-defined]  # pytest-django's settings
    page = client.get("/account/login/").content.decode()
    assert LOGINS[0].email not in page
    assert PASSWORD not in page


def test_a_wrong_password_is_said_and_the_email_is_kept(client: Client, nobody: User) -> None:
    response = client.post("/account/login/", {"login": nobody.email, "password": "wrong"})
    page = response.content.decode()
    assert 'role="alert"' in page
    assert f'value="{nobody.email}"' in page


def test_log_in_leads_to_the_page_asked_for(client: Client, nobody: User) -> None:
    answer = client.get("/help/")
    response = client.post(
        answer["Location"], {"login": nobody.email, "password": factories.PASSWORD}
    )
    assert response["Location"] == "/help/"
