"""The way in: rate limits, password reset, the second factor that a role requires."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.core import mail
from django.test import Client

from staff.accounts.models import AuditEvent, User
from staff.accounts.services.roles import role_policy_set
from tests.factories import PASSWORD, make_user

Open = Callable[[User], Client]
LOGIN = "/account/login/"


def english() -> Client:
    return Client(headers={"Accept-Language": "en"})


def test_a_person_logs_in_with_e_mail_and_password(head: User) -> None:
    page = english().post(LOGIN, {"login": head.email.upper(), "password": PASSWORD})
    assert page.status_code == 302
    event = AuditEvent.objects.get(action="accounts.user.logged_in")
    assert (event.actor, event.origin) == (head, "web")


def test_many_wrong_passwords_are_stopped_and_then_even_the_right_one(head: User) -> None:
    client = english()
    for _attempt in range(5):
        page = client.post(LOGIN, {"login": head.email, "password": "wrong"})
        assert page.status_code == 200
    page = client.post(LOGIN, {"login": head.email, "password": PASSWORD})
    assert "Too many failed login attempts" in page.content.decode()
    assert "_auth_user_id" not in client.session
    failed = AuditEvent.objects.filter(action="accounts.user.login_failed", target_id=head.uid)
    assert failed.count() == 5


def test_a_password_typed_as_an_address_is_not_kept(db: None) -> None:
    english().post(LOGIN, {"login": "my-secret-password@x.example", "password": "wrong"})
    event = AuditEvent.objects.get(action="accounts.user.login_failed")
    assert "my-secret" not in f"{event.after}{event.target_label}{event.actor_label}"


def test_a_blocked_person_does_not_log_in(db: None) -> None:
    user = make_user(is_active=False)
    client = english()
    client.post(LOGIN, {"login": user.email, "password": PASSWORD})
    assert "_auth_user_id" not in client.session


def test_nobody_signs_up(db: None) -> None:
    values = {"email": "me@alpha.example", "password1": PASSWORD, "password2": PASSWORD}
    english().post("/account/signup/", values)
    assert not User.objects.exists()


@pytest.mark.parametrize(("language", "word"), [("ru", "парол"), ("en", "password")])
def test_the_reset_letter_speaks_the_readers_language(db: None, language: str, word: str) -> None:
    user = make_user(language=language)
    asker = Client(headers={"Accept-Language": "en" if language == "ru" else "ru"})
    asker.post("/account/password/reset/", {"email": user.email})
    (letter,) = mail.outbox
    assert word in letter.body.lower()


def test_the_link_of_the_letter_sets_a_new_password(head: User) -> None:
    client = english()
    client.post("/account/password/reset/", {"email": head.email})
    found = re.search(r"https?://[^/\s]+(/account/\S+)", str(mail.outbox[0].body))
    assert found
    form = client.get(found[1], follow=True)
    new = "another-horse-43"
    client.post(form.redirect_chain[-1][0], {"password1": new, "password2": new})
    head.refresh_from_db()
    assert head.check_password(new)
    assert AuditEvent.objects.filter(action="accounts.user.new_password", actor=head).exists()
    again = client.get(found[1], follow=True)
    assert "password1" not in again.content.decode()


def test_an_unknown_address_is_answered_as_a_known_one(head: User) -> None:
    known = english().post("/account/password/reset/", {"email": head.email}, follow=True)
    unknown = english().post(
        "/account/password/reset/", {"email": "who@alpha.example"}, follow=True
    )
    assert known.redirect_chain == unknown.redirect_chain
    assert len(mail.outbox) == 1


@pytest.mark.parametrize("url", ["/accounts/preferences/", "/accounts/users/", "/accounts/audit/"])
def test_a_required_second_factor_closes_every_page_until_it_is_set_up(
    superuser: User, head: User, client_of: Open, url: str
) -> None:
    client = client_of(head)
    assert client.get(url).status_code == 200
    role_policy_set(actor=superuser, role="head", second_factor=True)
    page = client.get(url)
    assert (page.status_code, page["Location"]) == (302, "/account/2fa/totp/activate/")


def test_a_real_code_opens_the_pages_and_is_asked_at_the_next_log_in(
    superuser: User, head: User
) -> None:
    role_policy_set(actor=superuser, role="head", second_factor=True)
    client = english()
    client.post(LOGIN, {"login": head.email, "password": PASSWORD})
    client.get("/account/2fa/totp/activate/")
    secret = client.session["mfa.totp.secret"]
    client.post("/account/2fa/totp/activate/", {"code": _code(secret)})
    stored = Authenticator.objects.get(user=head, type="totp")
    assert secret not in stored.data["secret"]  # encrypted at rest
    assert client.get("/accounts/users/").status_code == 200

    second = english()
    page = second.post(LOGIN, {"login": head.email, "password": PASSWORD})
    assert page["Location"].startswith("/account/2fa/authenticate/")
    assert second.get("/accounts/users/").status_code == 302
    refused = second.post("/account/2fa/authenticate/", {"code": "000000"})
    assert refused.status_code == 200


def test_the_code_logs_in(head: User) -> None:
    secret = generate_totp_secret()
    TOTP.activate(head, secret)
    client = english()
    client.post(LOGIN, {"login": head.email, "password": PASSWORD})
    page = client.post("/account/2fa/authenticate/", {"code": _code(secret)})
    assert page.status_code == 302
    assert client.get("/accounts/users/").status_code == 200


def test_company_directors_do_not_change_the_rule_of_the_group(
    director: User, client_of: Open
) -> None:
    answer = client_of(director).post("/accounts/role-policies/head/", {"second_factor": "on"})
    assert answer.status_code == 403


def _code(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))
