"""Who may open what: role × address → code. Outside the scope 404, without the right 403."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from staff.accounts.models import Delegation, RoleGrant, User
from staff.accounts.services.audit import audit
from staff.accounts.services.tokens import token_make
from tests.factories import Tree, make_user

Open = Callable[[User], Client]
ROLES = ["director", "head", "direction_head", "specialist", "trainee", "auditor", "nobody"]

# address → codes in the order of ROLES, for GET
PAGES = {
    "/accounts/users/": [200, 200, 403, 403, 403, 200, 403],
    "/accounts/users/?_export=csv": [200, 200, 403, 403, 403, 200, 403],
    "/accounts/users/?_export=xlsx": [200, 200, 403, 403, 403, 200, 403],
    "/accounts/users/new/": [200, 200, 403, 403, 403, 403, 403],
    "/accounts/users/{person}/": [200, 200, 403, 403, 403, 200, 403],
    "/accounts/users/{person}/roles/new/": [200, 200, 403, 403, 403, 403, 403],
    "/accounts/users/{stranger}/": [404, 404, 403, 403, 403, 200, 403],
    "/accounts/users/{stranger}/roles/new/": [404, 404, 403, 403, 403, 403, 403],
    "/accounts/delegations/": [200, 200, 200, 200, 200, 200, 200],
    "/accounts/delegations/new/": [200, 200, 200, 403, 403, 403, 403],
    "/accounts/role-policies/": [200, 403, 403, 403, 403, 403, 403],
    "/accounts/tokens/": [200, 200, 200, 200, 200, 200, 200],
    "/accounts/tokens/new/": [200, 200, 200, 200, 200, 200, 200],
    "/accounts/audit/": [200, 200, 403, 403, 403, 200, 403],
    "/accounts/audit/?_export=csv": [200, 200, 403, 403, 403, 200, 403],
    "/accounts/audit/{event}/": [200, 200, 403, 403, 403, 200, 403],
    "/accounts/audit/{foreign_event}/": [404, 404, 403, 403, 403, 200, 403],
    "/accounts/preferences/": [200, 200, 200, 200, 200, 200, 200],
}
# the same for POST
ACTIONS = {
    "/accounts/users/{person}/block/": [302, 302, 403, 403, 403, 403, 403],
    "/accounts/users/{stranger}/block/": [404, 404, 403, 403, 403, 403, 403],
    "/accounts/users/{stranger}/password-link/": [404, 404, 403, 403, 403, 403, 403],
    "/accounts/users/{stranger}/second-factor/reset/": [404, 404, 403, 403, 403, 403, 403],
    "/accounts/roles/{grant}/end/": [302, 302, 403, 403, 403, 403, 403],
    "/accounts/roles/{foreign_grant}/end/": [404, 404, 403, 403, 403, 403, 403],
    "/accounts/roles/{director_grant}/end/": [409, 404, 403, 403, 403, 403, 403],
    "/accounts/delegations/{lent}/revoke/": [302, 302, 404, 404, 404, 403, 404],
    "/accounts/tokens/{token}/revoke/": [302, 404, 404, 404, 404, 404, 404],
    "/accounts/tokens/{foreign_token}/revoke/": [404, 404, 404, 404, 404, 404, 404],
    "/accounts/role-policies/head/": [403, 403, 403, 403, 403, 403, 403],
    "/accounts/theme/": [422, 422, 422, 422, 422, 422, 422],
}


@pytest.fixture
def actors(
    director: User,
    head: User,
    direction_head: User,
    specialist: User,
    trainee: User,
    auditor: User,
    nobody: User,
) -> dict[str, User]:
    people = [director, head, direction_head, specialist, trainee, auditor, nobody]
    return dict(zip(ROLES, people, strict=True))


@pytest.fixture
def names(actors: dict[str, User], outsider: User, tree: Tree) -> dict[str, str]:
    """Rows that the addresses speak of."""
    person = make_user("specialist", tree.b.scope)
    now = timezone.now()
    lent = Delegation.objects.create(
        from_user=make_user("head", tree.department.scope),
        to_user=person,
        role="head",
        scope=tree.b.scope,
        ends_at=now + dt.timedelta(hours=1),
        reason="leave",
    )
    event = audit(action="test.row.changed", target=person, scope=tree.b.scope)
    foreign = RoleGrant.objects.get(user=outsider)
    return {
        "person": str(person.uid),
        "stranger": str(outsider.uid),
        "grant": str(RoleGrant.objects.get(user=person).uid),
        "foreign_grant": str(foreign.uid),
        "director_grant": str(RoleGrant.objects.get(user=actors["director"]).uid),
        "lent": str(lent.uid),
        "token": str(token_make(actor=person, name="BI", scopes=["read:kpis"])[0].uid),
        "foreign_token": str(token_make(actor=outsider, name="BI", scopes=["read:kpis"])[0].uid),
        "event": str(event.uid),
        "foreign_event": str(audit(action="test.row.changed", scope=foreign.scope).uid),
    }


@pytest.mark.parametrize("url", PAGES)
def test_a_page_opens_to_those_who_may(
    actors: dict[str, User], names: dict[str, str], client_of: Open, url: str
) -> None:
    codes = [client_of(actors[role]).get(url.format(**names)).status_code for role in ROLES]
    assert codes == PAGES[url]


@pytest.mark.parametrize("url", ACTIONS)
def test_an_action_is_done_for_those_who_may(
    actors: dict[str, User], names: dict[str, str], client_of: Open, url: str
) -> None:
    codes = []
    for role in ROLES:
        point = transaction.savepoint()
        codes.append(client_of(actors[role]).post(url.format(**names)).status_code)
        transaction.savepoint_rollback(point)  # the next one finds the rows as they were
    assert codes == ACTIONS[url]


@pytest.mark.parametrize("url", [*ACTIONS, "/accounts/language/"])
def test_an_action_is_not_done_by_get(
    superuser: User, names: dict[str, str], client_of: Open, url: str
) -> None:
    assert client_of(superuser).get(url.format(**names)).status_code == 405


@pytest.mark.parametrize("url", [*PAGES, *ACTIONS])
def test_a_stranger_is_led_to_the_log_in_page(names: dict[str, str], url: str) -> None:
    address = url.format(**names)
    client = Client()
    answer = client.get(address) if url in PAGES else client.post(address)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/login/")
