"""The best and the worst campaigns of a month: counted once per news, named as they are now."""

from __future__ import annotations

from fractions import Fraction

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kpis.indicators.selectors.campaigns import campaign_lines
from kpis.register.models import Source, Subject
from kpis.register.services.subjects import subject_merge
from staff.accounts.models import User
from tests.factories import Tree
from tests.indicators.register import fill
from tests.indicators.series import day

OCTOBER = day("01.10.2026")


@pytest.fixture
def campaigns(source: Source) -> list[Subject]:
    """Three campaigns: each cost 100 and brought 300 in October."""
    at = day("10.10.2026")
    fill(source, {"media_cost": {at: 300}, "revenue": {at: 900}}, subjects=3)
    Subject.objects.update(kind=Subject.Kind.CAMPAIGN)
    return list(Subject.objects.order_by("key"))


def lines(tree: Tree) -> list[tuple[str, Fraction | int]]:
    found = campaign_lines(scope=tree.company.scope, month=OCTOBER)
    return [(line.label, line.left) for line in found]


def test_names_and_duplicates_are_seen_without_counting_anew(
    head: User, tree: Tree, campaigns: list[Subject]
) -> None:
    assert sorted(lines(tree)) == [("Site 1", 200), ("Site 2", 200), ("Site 3", 200)]
    Subject.objects.filter(pk=campaigns[0].pk).update(label="Autumn")
    subject_merge(actor=head, duplicates=[campaigns[1]], into=campaigns[0])
    Subject.objects.filter(pk=campaigns[2].pk).update(kind=Subject.Kind.SITE)
    with CaptureQueriesContext(connection) as asked:
        assert lines(tree) == [("Autumn", 400)]
    assert not any('FROM "register_result"' in query["sql"] for query in asked)


@pytest.mark.usefixtures("campaigns")
def test_news_is_counted(tree: Tree, source: Source) -> None:
    assert len(lines(tree)) == 3
    fill(source, {"revenue": {day("11.10.2026"): 50}})
    # it came with a subject of its own under the same name
    Subject.objects.filter(kind=Subject.Kind.SITE).update(kind="campaign", key="again")
    assert ("Site 1", 250) in lines(tree)
