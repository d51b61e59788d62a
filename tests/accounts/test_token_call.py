"""Who is let in with a token: wrong, revoked, expired, too narrow, too often."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver
from django.utils import timezone

from staff.accounts.api import ApiView, Need, TokenThrottle
from staff.accounts.models import ApiScope, ApiToken, RolePolicy, User
from staff.accounts.rights import right
from staff.accounts.services.tokens import token_make, token_revoke
from tests.api import code_of, program, send, with_token

KPIS = "/api/v1/kpis/"
pytestmark = pytest.mark.django_db


def token_of(user: User) -> tuple[ApiToken, Client]:
    token, text = token_make(actor=user, name="BI", scopes=["read:kpis"])
    return token, with_token(text)


def test_without_a_token_nothing_is_answered(client: Client) -> None:
    answer = client.get(KPIS)
    assert code_of(answer) == (401, "not_authenticated")
    assert answer["WWW-Authenticate"] == "Bearer"


def test_a_logged_in_browser_is_no_program(client_of: Callable[[User], Client], head: User) -> None:
    """A cookie would let any page of the web ask in the person's name."""
    assert code_of(client_of(head).get(KPIS)) == (401, "not_authenticated")


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("Bearer modus_00000000_" + "0" * 64, "invalid_token"),
        ("Bearer \xff\xfe", "invalid_token"),
        ("Bearer modus_\x00_x", "invalid_token"),
        ("Bearer", "bad_header"),
        ("Bearer one two", "bad_header"),
        ("Basic aGVhZDpwYXNz", "bad_header"),
    ],
)
def test_a_wrong_token_is_refused(client: Client, header: str, code: str) -> None:
    answer = client.get(KPIS, headers={"Authorization": header})
    assert code_of(answer) == (401, code)


def test_a_token_of_another_is_not_guessed_by_its_beginning(head: User) -> None:
    token, _client = token_of(head)
    guess = with_token(f"{token.prefix}_{'0' * 64}")
    assert code_of(guess.get(KPIS)) == (401, "invalid_token")


def test_a_revoked_token_is_refused_at_once(head: User) -> None:
    token, client = token_of(head)
    assert client.get(KPIS).status_code == 200
    token_revoke(actor=head, token=token)
    assert code_of(client.get(KPIS)) == (401, "token_revoked")


def test_an_expired_token_is_refused(head: User) -> None:
    token, client = token_of(head)
    ApiToken.objects.filter(pk=token.pk).update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    assert code_of(client.get(KPIS)) == (401, "token_expired")


def test_a_blocked_person_has_no_program(head: User) -> None:
    _token, client = token_of(head)
    User.objects.filter(pk=head.pk).update(is_active=False)
    assert code_of(client.get(KPIS)) == (401, "person_blocked")


def test_a_role_that_requires_a_second_factor_requires_it_here_too(head: User) -> None:
    _token, client = token_of(head)
    RolePolicy.objects.create(role="head", second_factor=True)
    assert code_of(client.get(KPIS)) == (403, "second_factor_required")


def test_a_scope_that_was_not_given_is_missing(head: User) -> None:
    client = program(head, "read:kpis")
    assert client.get(KPIS).status_code == 200
    assert code_of(client.get("/api/v1/metrics/")) == (403, "missing_scope")
    assert code_of(send(client, "post", "/api/v1/targets/", {})) == (403, "missing_scope")


def test_a_scope_gives_no_right_that_the_person_lacks(specialist: User, nobody: User) -> None:
    assert code_of(program(nobody).get(KPIS)) == (403, "forbidden")
    client = program(specialist)
    assert client.get(KPIS).status_code == 200
    assert code_of(send(client, "post", "/api/v1/targets/", {})) == (403, "forbidden")


def test_a_role_that_ended_takes_its_figures_along(head: User) -> None:
    client = program(head)
    assert client.get(KPIS).status_code == 200
    head.grants.update(ends_at=timezone.now())
    assert code_of(client.get(KPIS)) == (403, "forbidden")


def test_one_token_may_not_call_without_end(head: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TokenThrottle, "THROTTLE_RATES", {"token": "2/min"})
    client, other = program(head), program(head, name="Another")
    assert [client.get(KPIS).status_code for _turn in range(2)] == [200, 200]
    answer = client.get(KPIS)
    assert code_of(answer) == (429, "throttled")
    assert 0 < int(answer["Retry-After"]) <= 60
    assert other.get(KPIS).status_code == 200


def test_an_address_that_is_not_there_says_so_in_the_same_form(head: User) -> None:
    client = program(head)
    assert code_of(client.get("/api/v1/nothing/")) == (404, "not_found")
    assert code_of(client.delete(KPIS)) == (405, "method_not_allowed")
    broken = client.post("/api/v1/targets/", data="{", content_type="application/json")
    assert code_of(broken) == (400, "parse_error")
    form = client.post("/api/v1/targets/", data={"kpi": "orders"})
    assert code_of(form) == (415, "unsupported_media_type")


def test_words_follow_the_language_and_codes_do_not(client: Client) -> None:
    answers = [
        client.get(KPIS, headers={"Authorization": "Bearer x", "Accept-Language": language})
        for language in ("en", "ru")
    ]
    assert [code_of(answer)[1] for answer in answers] == ["invalid_token"] * 2


def api_views() -> dict[str, type[ApiView]]:
    """Every address of the API by a view of ours."""
    found = {}
    for entry in get_resolver().url_patterns:
        if isinstance(entry, URLResolver) and str(entry.pattern) == "api/v1/":
            for inner in entry.url_patterns:
                found[f"api/v1/{inner.pattern}"] = inner.callback.cls  # type: ignore[union-attr]  # views only
    return found


def test_every_method_of_the_api_declares_its_scope_and_right() -> None:
    views = api_views()
    assert len(views) >= 9
    for address, view in views.items():
        assert issubclass(view, ApiView), address
        methods = {
            name for name in ("get", "post", "put", "patch", "delete") if hasattr(view, name)
        }
        assert {name.lower() for name in view.needs} == methods, address
        for need in view.needs.values():
            assert isinstance(need, Need), address
            assert need.scope in ApiScope
            right(need.right)
