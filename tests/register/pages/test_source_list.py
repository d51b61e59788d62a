"""The list of sources: health, age against what was agreed, limits, secrets, filters, export."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from kpis.register.models import Gate, GateOfSource, Source, Stream
from kpis.register.models.run import State
from kpis.register.selectors.health import Code
from kpis.register.services.sources import stream_ensure
from staff.accounts.models import User
from tests.factories import Tree
from tests.register import rows

pytestmark = pytest.mark.django_db
Open = Callable[[User], Client]
URL = "register:source-list"
MOST_QUERIES = 24


def read(source: Source, *, hours: int, stream: str = "visits") -> Stream:
    """A stream whose newest figures came ``hours`` ago."""
    row = stream_ensure(source=source, name=stream, metrics=rows.STREAMS.get(stream, ()))
    row.loaded_at = timezone.now() - dt.timedelta(hours=hours)
    row.covered = [["2026-01-01", "2026-01-31"]]
    row.save()
    return row


def limited(source: Source, name: str = "matomo.day", **told: Any) -> None:
    gate = Gate.objects.create(name=name, key=str(source.pk), arrival=timezone.now(), **told)
    GateOfSource.objects.create(source=source, gate=gate)


def found(client: Client, **query: str) -> list[str]:
    return [row.record.name for row in client.get(reverse(URL), query).context["table"].rows]


def test_fifty_sources_cost_few_queries(tree: Tree, head: User, client_of: Open) -> None:
    piece = ("visits", dt.date(2026, 1, 1), dt.date(2026, 1, 2), State.DONE, 2)
    for number in range(50):
        source = rows.matomo_source(head, tree.department.scope, f"Site {number:02}")
        rows.make_run(source, state=State.DONE, slices=[piece])
        read(source, hours=number)
        limited(source, remaining=number, total=100, counted_at=timezone.now())
    client = client_of(head)
    for query in ({}, {"health": Code.LATE}, {"q": "matomo"}):
        client.get(reverse(URL), query)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(reverse(URL), query).status_code == 200
        assert len(seen) <= MOST_QUERIES, query


def test_it_says_when_figures_are_older_than_agreed(
    matomo: Source, head: User, client_of: Open
) -> None:
    stream = read(matomo, hours=31)
    Source.objects.update(state=Source.State.OK)
    client = client_of(head)
    html = client.get(reverse(URL)).content.decode()
    assert "late: 31 hours old" in html
    assert "agreed 26 hours" in html
    assert found(client, health=Code.LATE) == ["Site"]
    Stream.objects.filter(pk=stream.pk).update(agreed_hours=72)
    html = client.get(reverse(URL)).content.decode()
    assert "late:" not in html
    assert "agreed 3 days" in html
    assert found(client, health=Code.LATE) == []
    assert found(client, health=Code.OK) == ["Site"]


@pytest.mark.parametrize("stream", ["campaigns", "manual"])
def test_what_it_does_not_give_by_itself_is_never_late(
    stream: str, matomo: Source, head: User, client_of: Open
) -> None:
    Source.objects.update(state=Source.State.OK, settings=matomo.settings | {"campaigns": False})
    read(matomo, hours=1)
    read(matomo, hours=900, stream=stream)
    assert found(client_of(head), health=Code.OK) == ["Site"]


def test_old_files_ask_for_a_new_one(files: Source, head: User, client_of: Open) -> None:
    read(files, hours=40, stream="results")
    Source.objects.update(state=Source.State.OK)
    client = client_of(head)
    assert "new file due" in client.get(reverse(URL)).content.decode()
    assert found(client, health=Code.FILE_DUE) == ["Reports"]


def test_it_shows_the_tightest_limit(matomo: Source, head: User, client_of: Open) -> None:
    now = timezone.now()
    client = client_of(head)
    assert not client.get(reverse(URL)).context["table"].columns["quota"].visible
    limited(matomo, remaining=9_000, total=10_000, resets_at=now + dt.timedelta(hours=2))
    limited(matomo, "matomo.hour", remaining=8, total=200, resets_at=now + dt.timedelta(days=3))
    html = client.get(reverse(URL)).content.decode()
    assert "8 of 200 left until" in html
    assert "Requests an hour" in html
    assert "9,000" not in html
    limited(matomo, "matomo.ip", closed_until=now + dt.timedelta(days=2))
    assert "closed until" in client.get(reverse(URL)).content.decode()


@pytest.mark.parametrize(
    "told",
    [
        {"remaining": 5, "total": 10, "resets_at": dt.timedelta(hours=-1)},
        {"remaining": 5, "counted_at": dt.timedelta(days=-2)},
        {"closed_until": dt.timedelta(minutes=-1)},
        {},
    ],
)
def test_a_count_of_the_past_is_not_shown(
    told: dict[str, Any], matomo: Source, head: User, client_of: Open
) -> None:
    now = timezone.now()
    moments = {k: now + v if isinstance(v, dt.timedelta) else v for k, v in told.items()}
    limited(matomo, "matomo.day", **moments)
    page = client_of(head).get(reverse(URL))
    assert "left" not in page.content.decode()
    assert not page.context["table"].columns["quota"].visible


@pytest.mark.parametrize(("days", "word"), [(-1, "ran out"), (9, "9 days left"), (60, "")])
def test_it_announces_the_end_of_a_secret(
    days: int, word: str, matomo: Source, head: User, client_of: Open
) -> None:
    Source.objects.update(secret_expires_on=timezone.localdate() + dt.timedelta(days=days))
    html = client_of(head).get(reverse(URL)).content.decode()
    assert "Secret until" in html
    assert word in html
    assert ("days left" in html or "ran out" in html) == bool(word)


def test_it_is_filtered_by_kind_place_and_words(
    matomo: Source, files: Source, tree: Tree, head: User, client_of: Open
) -> None:
    rows.matomo_source(head, tree.a.scope, "Landing")
    client = client_of(head)
    assert found(client, kind="file") == ["Reports"]
    assert found(client, whose=str(tree.a.scope.uid)) == ["Landing"]
    assert len(found(client, whose=str(tree.department.scope.uid))) == 3
    assert found(client, q="csv") == ["Reports"]
    assert sorted(found(client, q="matomo")) == ["Landing", "Site"]
    assert found(client, q="matomo landing") == ["Landing"]
    assert found(client, q="nowhere") == []


def test_a_person_filters_by_own_places_only(
    matomo: Source, outsider: User, tree: Tree, client_of: Open
) -> None:
    page = client_of(outsider).get(reverse(URL), {"whose": str(tree.department.scope.uid)})
    assert list(page.context["filter_form"].fields["whose"].queryset) == []
    assert len(page.context["table"].rows) == 0


def test_those_that_need_a_person_come_first(
    tree: Tree, head: User, matomo: Source, client_of: Open
) -> None:
    rows.matomo_source(head, tree.department.scope, "Zebra")
    Source.objects.filter(pk=matomo.pk).update(state=Source.State.OK)
    Source.objects.filter(name="Zebra").update(state=Source.State.ATTENTION)
    assert found(client_of(head)) == ["Zebra", "Site"]


def test_the_export_has_plain_cells_and_no_formula(
    matomo: Source, head: User, client_of: Open
) -> None:
    read(matomo, hours=1)
    limited(matomo, remaining=8, total=200, counted_at=timezone.now())
    Source.objects.update(name="=HYPERLINK(1)")
    with translation.override("en"):
        answer = client_of(head).get(reverse(URL), {"_export": "csv"})
    heading, line = answer.content.decode("utf-8-sig").splitlines()
    for word in ("State", "Limit", "Kind", "Whose", "Data until", "Agreed age", "Simulated"):
        assert word in heading
    assert line.startswith("'=HYPERLINK")
    assert "Requests a day: 8 of 200 left" in line
    assert "31 Jan 2026" in line
    assert "<" not in line
