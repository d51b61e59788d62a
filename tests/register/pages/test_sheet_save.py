"""Figures entered by hand, and totals compared with the cabinet's."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from config.lib.errors import Conflict, Forbidden, Invalid
from kpis.register.models import (
    DailyTotal,
    Metric,
    Reconciliation,
    Result,
    ResultRevision,
    Source,
    Subject,
)
from kpis.register.models.result import Flag
from kpis.register.services.reconciliations import (
    difference,
    reconciliation_add,
    reconciliation_sign,
    within_tolerance,
)
from kpis.register.services.sheets import Cell, sheet_save, sheet_values
from staff.accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def channel(files: Source) -> Subject:
    return Subject.objects.create(
        scope=files.scope, kind="channel", origin="test", key="tg", label="Telegram"
    )


def day(ago: int = 1) -> dt.date:
    return timezone.localdate() - dt.timedelta(days=ago)


def cell(
    typed: str | None, seen: str | None = None, metric: str = "post_views", ago: int = 1
) -> Cell:
    return Cell(
        metric,
        day(ago),
        None if seen is None else Decimal(seen),
        None if typed is None else Decimal(typed),
    )


def save(actor: User, source: Source, subject: Subject, *cells: Cell) -> None:
    sheet_save(actor=actor, source=source, subject=subject, cells=list(cells), note="report")


def test_what_is_typed_is_in_the_register_and_says_so(
    files: Source, channel: Subject, specialist: User, head: User
) -> None:
    save(head, files, channel, cell("1200"), cell("350.50", metric="media_cost"))
    row = Result.objects.get(metric__code="post_views")
    assert [row.value, row.flags] == [1200, int(Flag.MANUAL)]
    assert Result.objects.get(metric__code="media_cost").currency == "RUB"
    assert DailyTotal.objects.get(metric__code="post_views").value == 1200
    kept = sheet_values(source=files, subject=channel, first=day(3), last=day(0))
    assert kept[("post_views", day())] == 1200
    with pytest.raises(Forbidden):
        save(specialist, files, channel, cell("5"))


def test_a_change_keeps_the_old_figure_and_an_empty_cell_takes_it_out(
    files: Source, channel: Subject, head: User
) -> None:
    save(head, files, channel, cell("10"), cell("20", ago=2))
    save(head, files, channel, cell("12", seen="10"), cell(None, seen="20", ago=2))
    assert dict(sheet_values(source=files, subject=channel, first=day(3), last=day(0))) == {
        ("post_views", day()): 12
    }
    revised = {row.old_value: row.new_value for row in ResultRevision.objects.all()}
    assert revised == {Decimal(10): Decimal(12), Decimal(20): None}
    assert (
        sheet_save(actor=head, source=files, subject=channel, cells=[cell("12", seen="12")]) is None
    )


def test_two_people_do_not_overwrite_each_other(
    files: Source, channel: Subject, head: User
) -> None:
    save(head, files, channel, cell("10"))
    with pytest.raises(Conflict):
        save(head, files, channel, cell("11"))
    assert Result.objects.get().value == 10


@pytest.mark.parametrize(
    "wrong",
    [
        Cell("post_views", dt.date(2999, 1, 1), None, Decimal(1)),
        cell("-1"),
        cell("1.5"),
        cell("1", metric="nonsense"),
    ],
)
def test_a_figure_that_cannot_be_is_refused(
    files: Source, channel: Subject, head: User, wrong: Cell
) -> None:
    with pytest.raises(Invalid) as refused:
        save(head, files, channel, cell("5"), wrong)
    assert list(refused.value.fields) == [f"{wrong.metric}:{wrong.day}"]
    assert not Result.objects.exists()


def test_subjects_do_not_disturb_each_other(files: Source, channel: Subject, head: User) -> None:
    other = Subject.objects.create(
        scope=files.scope, kind="channel", origin="test", key="b", label="Board"
    )
    save(head, files, channel, cell("10"))
    save(head, files, other, cell("7"))
    assert DailyTotal.objects.get().value == 17
    save(head, files, other, cell(None, seen="7"))
    assert DailyTotal.objects.get().value == 10


def compare(head: User, files: Source, cabinet: str, **more: object) -> Reconciliation:
    return reconciliation_add(
        actor=head,
        source=files,
        metric=Metric.objects.get(code="media_cost"),
        first=day(5),
        last=day(0),
        cabinet=Decimal(cabinet),
        **more,  # type: ignore[arg-type]
    )


def test_a_difference_within_the_tolerance_is_signed(
    files: Source, channel: Subject, head: User
) -> None:
    save(
        head,
        files,
        channel,
        cell("100", metric="media_cost"),
        cell("50", metric="media_cost", ago=2),
    )
    row = compare(head, files, "151.50", tolerance=100)
    assert [row.ours, difference(row)] == [150, Decimal("-1.50")]
    assert within_tolerance(row)
    reconciliation_sign(actor=head, row=row)
    row.refresh_from_db()
    assert row.signed_by == head
    with pytest.raises(Conflict):
        reconciliation_sign(actor=head, row=row)


def test_beyond_the_tolerance_needs_an_explanation(
    files: Source, channel: Subject, head: User
) -> None:
    save(head, files, channel, cell("150", metric="media_cost"))
    row = compare(head, files, "151.51", tolerance=99)
    assert not within_tolerance(row)
    with pytest.raises(Invalid):
        reconciliation_sign(actor=head, row=row)
    reconciliation_sign(actor=head, row=row, note="VAT")
    row.refresh_from_db()
    assert row.note == "VAT"


def test_what_has_changed_since_is_compared_anew(
    files: Source, channel: Subject, head: User
) -> None:
    save(head, files, channel, cell("150", metric="media_cost"))
    row = compare(head, files, "150")
    save(head, files, channel, cell("160", seen="150", metric="media_cost"))
    with pytest.raises(Conflict):
        reconciliation_sign(actor=head, row=row)


def test_nothing_is_not_compared(files: Source, head: User) -> None:
    with pytest.raises(Invalid):
        compare(head, files, "0")
