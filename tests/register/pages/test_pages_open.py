"""Who may open which page of the register."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kpis.register.models import RawAnswer, Source
from kpis.register.models.run import State
from staff.accounts.models import User
from tests.register import rows
from tests.register.pages.helpers import upload

pytestmark = pytest.mark.django_db
Open = Callable[[User], Client]
EVERYBODY = {
    "director": 200,
    "head": 200,
    "direction_head": 200,
    "specialist": 200,
    "trainee": 200,
    "auditor": 200,
    "outsider": 200,
    "nobody": 403,
}
HEADS = dict.fromkeys(EVERYBODY, 403) | {"head": 200, "outsider": 200}
LOADERS = EVERYBODY | {"director": 403, "trainee": 403, "auditor": 403}
# The department's own rows: people of a direction and of another company do not see them.
ROWS = {
    "director": 200,
    "head": 200,
    "direction_head": 404,
    "specialist": 404,
    "trainee": 404,
    "auditor": 200,
    "outsider": 404,
    "nobody": 403,
}
ROWS_OF_HEADS = dict.fromkeys(ROWS, 403) | {"head": 200, "outsider": 404}
PAGES: dict[str, dict[str, int]] = {
    "source-list": EVERYBODY,
    "source-kinds": HEADS,
    "source-create": HEADS,
    "import-list": EVERYBODY,
    "import-new": LOADERS,
    "results": EVERYBODY,
    "source-detail": ROWS,
    "source-edit": ROWS_OF_HEADS,
    "run-detail": ROWS,
    "raw-answer": ROWS,
    "import-errors": ROWS,
    "import-columns": dict.fromkeys(ROWS, 403)
    | {"head": 200, "direction_head": 404, "specialist": 404, "outsider": 404},
}


@pytest.fixture
def urls(matomo: Source, files: Source, head: User) -> dict[str, str]:
    day = dt.date(2026, 1, 1)
    run = rows.make_run(matomo, slices=[("visits", day, day, State.DONE, 1)], state=State.DONE)
    answer = RawAnswer.objects.create(
        slice=run.slices.get(),
        attempt=1,
        number=1,
        request="POST /index.php",
        content_type="application/json",
        packed=rows.packed(b'{"nb_visits": 7}'),
        size=16,
        received_at=timezone.now(),
    )
    record = upload(head, files, b"date;sessions\n01.02.2026;5\n")
    return {
        "source-list": reverse("register:source-list"),
        "source-kinds": reverse("register:source-kinds"),
        "source-create": reverse("register:source-create", args=["matomo"]),
        "import-list": reverse("register:import-list"),
        "import-new": reverse("register:import-new"),
        "results": reverse("register:results"),
        "source-detail": matomo.get_absolute_url(),
        "source-edit": reverse("register:source-edit", args=[matomo.uid]),
        "run-detail": run.get_absolute_url(),
        "raw-answer": reverse("register:raw-answer", args=[answer.uid]),
        "import-errors": reverse("register:import-errors", args=[record.uid]),
        "import-columns": reverse("register:import-columns", args=[record.uid]),
    }


@pytest.mark.parametrize("role", list(EVERYBODY))
def test_it_opens_pages_by_role(
    role: str, urls: dict[str, str], client_of: Open, request: pytest.FixtureRequest
) -> None:
    client = client_of(request.getfixturevalue(role))
    found = {page: client.get(urls[page]).status_code for page in PAGES}
    assert found == {page: wanted[role] for page, wanted in PAGES.items()}


def test_it_asks_a_stranger_to_log_in(urls: dict[str, str], client: Client) -> None:
    for page in PAGES:
        answer = client.get(urls[page])
        assert (page, answer.status_code) == (page, 302)
        assert "/account/login/" in answer["Location"]


POSTS: dict[str, dict[str, Any]] = {
    "source-check": {"director": 403, "auditor": 403, "trainee": 403, "specialist": 404},
    "source-read": {"director": 403, "auditor": 403, "trainee": 403, "specialist": 404},
    "source-pause": {"director": 403, "auditor": 403, "specialist": 403, "outsider": 404},
    "source-resume": {"director": 403, "auditor": 403, "specialist": 403, "outsider": 404},
}


@pytest.mark.parametrize("action", list(POSTS))
def test_it_refuses_actions_by_role(
    action: str, matomo: Source, client_of: Open, request: pytest.FixtureRequest
) -> None:
    url = reverse(f"register:{action}", args=[matomo.uid])
    found = {
        role: client_of(request.getfixturevalue(role)).post(url).status_code
        for role in POSTS[action]
    }
    assert found == POSTS[action]


def test_it_changes_nothing_by_get(matomo: Source, head: User, client_of: Open) -> None:
    client = client_of(head)
    for action in POSTS:
        assert client.get(reverse(f"register:{action}", args=[matomo.uid])).status_code == 405
