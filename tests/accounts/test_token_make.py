"""API tokens: made once, kept as a digest, revoked; their pages; nothing of them in logs."""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from config.lib.errors import Conflict, Forbidden, Invalid
from staff.accounts.models import ApiToken, AuditEvent, User
from staff.accounts.services import tokens
from staff.accounts.services.tokens import token_find, token_make, token_revoke, token_used
from tests.factories import Tree, make_user

Open = Callable[[User], Client]
READ = ["read:kpis"]


def test_only_a_digest_of_the_secret_is_kept(head: User) -> None:
    token, text = token_make(actor=head, name="BI", scopes=READ)
    prefix, _sign, secret = text.rpartition("_")
    assert prefix == token.prefix
    assert len(secret) == 64
    assert token.digest == hashlib.sha256(secret.encode()).hexdigest()
    stored = str(ApiToken.objects.values().get())
    assert secret not in stored


def test_a_token_is_found_by_its_whole_text(head: User) -> None:
    token, text = token_make(actor=head, name="BI", scopes=READ)
    assert token_find(text) == token
    for wrong in (
        text[:-1],
        text + "0",
        token.prefix,
        f"{token.prefix}_",
        "",
        "modus__",
        "x" * 500,
    ):
        assert token_find(wrong) is None


def test_two_tokens_are_never_the_same(head: User) -> None:
    texts = {token_make(actor=head, name=str(number), scopes=READ)[1] for number in range(5)}
    assert len(texts) == 5


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"scopes": []}, "scopes"),
        ({"scopes": ["read:kpis", "write:everything"]}, "scopes"),
        ({"expires_at": timezone.now() - dt.timedelta(minutes=1)}, "expires_at"),
        ({"name": " "}, "name"),
        ({"name": "Taken "}, "name"),
    ],
)
def test_what_makes_no_token_is_refused(head: User, changes: dict[str, object], field: str) -> None:
    token_make(actor=head, name="Taken", scopes=READ)
    values: dict[str, object] = {"name": "BI", "scopes": READ} | changes
    with pytest.raises(Invalid) as refusal:
        token_make(actor=head, **values)  # type: ignore[arg-type]  # wrong on purpose
    assert set(refusal.value.fields) == {field}
    assert ApiToken.objects.count() == 1


def test_nobody_keeps_endless_tokens(head: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "MOST", 2)
    for number in range(2):
        token_make(actor=head, name=str(number), scopes=READ)
    with pytest.raises(Invalid, match="too many tokens"):
        token_make(actor=head, name="3", scopes=READ)
    token_revoke(actor=head, token=ApiToken.objects.latest("pk"))
    token_make(actor=head, name="3", scopes=READ)


def test_the_trail_names_the_token_and_not_its_secret(head: User) -> None:
    token, text = token_make(actor=head, name="BI", scopes=READ)
    token_revoke(actor=head, token=token)
    made, revoked = AuditEvent.objects.filter(action__startswith="accounts.token.").order_by("pk")
    assert (made.action, made.actor) == ("accounts.token.made", head)
    assert (made.after["name"], made.after["scopes"]) == ("BI", READ)
    assert (revoked.action, revoked.target_id) == ("accounts.token.revoked", str(token.uid))
    secret = text.rpartition("_")[2]
    assert all(secret not in str(vars(event)) for event in (made, revoked))


def test_a_token_is_revoked_once(head: User) -> None:
    token, _text = token_make(actor=head, name="BI", scopes=READ)
    token_revoke(actor=head, token=token)
    with pytest.raises(Conflict):
        token_revoke(actor=head, token=token)


def test_the_director_revokes_tokens_of_the_company_only(
    director: User, head: User, outsider: User
) -> None:
    own, _text = token_make(actor=head, name="BI", scopes=READ)
    foreign, _text = token_make(actor=outsider, name="BI", scopes=READ)
    token_revoke(actor=director, token=own)
    with pytest.raises(Forbidden):
        token_revoke(actor=director, token=foreign)
    with pytest.raises(Forbidden):
        token_revoke(actor=head, token=foreign)
    own.refresh_from_db()
    assert own.revoked_by == director


def test_the_last_use_is_written_once_a_minute(head: User) -> None:
    token, _text = token_make(actor=head, name="BI", scopes=READ)
    token_used(token)
    first = ApiToken.objects.get().used_at
    token_used(ApiToken.objects.get())
    assert ApiToken.objects.get().used_at == first
    assert first is not None
    earlier = first - dt.timedelta(minutes=2)
    ApiToken.objects.update(used_at=earlier)
    token_used(ApiToken.objects.get())
    assert (ApiToken.objects.get().used_at or earlier) > earlier


# --- pages ---------------------------------------------------------------------------------------
FORM = {"name": "BI", "scopes": ["read:kpis", "read:register"], "expires_at": ""}


def test_the_token_is_shown_once(client_of: Open, head: User) -> None:
    client = client_of(head)
    made = client.post("/accounts/tokens/new/", FORM)
    token = ApiToken.objects.get()
    assert (made.status_code, made["Cache-Control"]) == (200, "no-store")
    text = made.context["text"]
    assert text in made.content.decode()
    assert token_find(text) == token
    assert token.scopes == ["read:register", "read:kpis"]
    listed = client.get("/accounts/tokens/").content.decode()
    assert token.prefix in listed
    assert text.rpartition("_")[2] not in listed


def test_a_wrong_form_keeps_what_was_typed(client_of: Open, head: User) -> None:
    page = client_of(head).post("/accounts/tokens/new/", FORM | {"expires_at": "2020-01-01T00:00"})
    assert page.status_code == 422
    assert "The end has passed" in page.content.decode()
    assert 'value="BI"' in page.content.decode()


def test_only_the_director_sees_tokens_of_others(
    client_of: Open, director: User, head: User, specialist: User, outsider: User
) -> None:
    for user in (head, outsider):
        token_make(actor=user, name=f"of {user.pk}", scopes=READ)

    def sees(user: User) -> list[bool]:
        page = client_of(user).get("/accounts/tokens/").content.decode()
        return [f"of {owner.pk}" in page for owner in (head, outsider)]

    assert sees(head) == [True, False]
    assert sees(specialist) == [False, False]
    assert sees(director) == [True, False]


def test_a_foreign_token_is_not_there(
    client_of: Open, head: User, specialist: User, director: User, outsider: User
) -> None:
    own, _text = token_make(actor=head, name="BI", scopes=READ)
    foreign, _text = token_make(actor=outsider, name="BI", scopes=READ)

    def press(user: User, token: ApiToken) -> int:
        return client_of(user).post(f"/accounts/tokens/{token.uid}/revoke/").status_code

    assert press(specialist, own) == 404
    assert press(director, foreign) == 404
    assert press(director, own) == 302
    assert press(head, own) == 409
    assert client_of(head).get(f"/accounts/tokens/{own.uid}/revoke/").status_code == 405
    states = dict(ApiToken.objects.values_list("pk", "revoked_at"))
    assert states[own.pk] is not None
    assert states[foreign.pk] is None


def test_the_list_costs_the_same_for_many_tokens(
    client_of: Open,
    director: User,
    tree: Tree,
    django_assert_max_num_queries: Callable[[int], object],
) -> None:
    client = client_of(director)
    for number in range(20):
        user = make_user("specialist", tree.a.scope)
        token_make(actor=user, name=f"of {number}", scopes=READ)
    client.get("/accounts/tokens/")
    with django_assert_max_num_queries(16):  # type: ignore[attr-defined]  # a context manager
        assert client.get("/accounts/tokens/").status_code == 200


def test_no_log_line_holds_a_token(
    client_of: Open, head: User, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        text = client_of(head).post("/accounts/tokens/new/", FORM).context["text"]
        for sent in (text, text[:-1] + "x"):
            Client(headers={"Authorization": f"Bearer {sent}"}).get("/api/v1/kpis/")
    secret = text.rpartition("_")[2]
    assert secret[:20] not in caplog.text
