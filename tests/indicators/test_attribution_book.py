"""Credits on real rows of the register: made once, following every change, frozen when closed."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.db.models import Sum
from django.utils import timezone

from config.lib.errors import Conflict, Forbidden, Invalid
from kpis.indicators.engine.attribution import Model
from kpis.indicators.measured import measured
from kpis.indicators.models import (
    AttributionJob,
    AttributionRule,
    ChannelRule,
    MonthlyReport,
    OrderCredit,
    PublicCode,
)
from kpis.indicators.selectors.attribution import channel_table
from kpis.indicators.services import attribution as service
from kpis.indicators.services.attribution_rules import (
    attribution_rule_add,
    channel_rule_save,
    order_override,
    public_code_save,
)
from kpis.register.connectors.records import EnquiryKind, Gone, OrderStatus, Touch, TouchKind
from kpis.register.models import Order, Source
from staff.accounts.models import AuditEvent, Notification, User
from tests.factories import Tree
from tests.indicators.orders import (
    NOON,
    TODAY,
    attribute,
    bought,
    code,
    credits,
    names_channel,
    primary,
    settle,
    utm,
)
from tests.register.pages.told import enquiry, refund, tell

PATH = (utm("VK", 14), utm("Директ", 7), utm("email", 3), utm("(direct)", 0))
NOVEMBER, MARCH = dt.date(2026, 11, 1), dt.date(2026, 3, 1)
RULE: dict[str, Any] = {
    "model": "ladder",
    "window_hours": 720,
    "half_life_days": 7,
    "assist_only": [],
    "leak_uses": 10,
    "reason": "decided",
}


def close(tree: Tree, head: User, month: dt.date) -> None:
    MonthlyReport.objects.create(
        scope=tree.department.scope,
        month=month,
        achieved="so",
        approved_by=head,
        approved_at=timezone.now(),
    )


def sums(key: str, model: Model) -> dict[str, Decimal]:
    rows = OrderCredit.objects.filter(key=key, kind="order").order_by("number")
    parts = {row.channel: getattr(row, model.value) for row in rows}
    return {channel: part for channel, part in parts.items() if part}


def test_a1_to_a4_stand_in_the_rows(source: Source) -> None:
    tell(source, bought("1", *PATH))
    job = attribute(source)
    assert (job.state, job.done, job.total) == ("done", 1, 1)
    assert credits("1") == {"email": Decimal(10000)}
    assert sums("1", Model.LAST) == {"(direct)": Decimal(10000)}
    assert sums("1", Model.FIRST) == {"VK": Decimal(10000)}
    assert sums("1", Model.LINEAR) == {
        "VK": Decimal("3333.34"),
        "Директ": Decimal("3333.33"),
        "email": Decimal("3333.33"),
    }
    assert sums("1", Model.DECAY) == {
        "VK": Decimal("1674.48"),
        "Директ": Decimal("3348.97"),
        "email": Decimal("4976.55"),
    }


def test_a6_a_public_code_assists_and_keeps_its_discount(
    source: Source, tree: Tree, head: User
) -> None:
    scope = tree.department.scope
    names_channel(scope, "code", "VESNA10", "газета")
    order = bought("1", utm("email", 2), promo_code="VESNA10", discount=Decimal(1000))
    tell(source, order)
    attribute(source)
    assert credits("1") == {"газета": Decimal(10000)}
    public_code_save(
        actor=head, scope=scope, code="vesna10", state="public", reason="found on a site of codes"
    )
    settle()
    assert credits("1") == {"email": Decimal(10000)}
    newspaper = OrderCredit.objects.get(channel="газета")
    assert newspaper.role == "assist"
    assert (newspaper.discount, newspaper.amount) == (Decimal(1000), Decimal(0))


def test_a7_the_number_of_the_call_an_order_grew_from(source: Source, tree: Tree) -> None:
    names_channel(tree.department.scope, "number", "74951234567", "щит", direction=tree.a)
    call = enquiry(
        "c",
        kind=EnquiryKind.CALL,
        line="+7 495 123-45-67",
        at=NOON - dt.timedelta(hours=1),
        answered=True,
    )
    tell(source, call, bought("1", utm("Директ", 2), enquiry="c"))
    attribute(source)
    row = primary("1")
    assert (row.channel, row.rung, row.direction) == ("щит", 3, tree.a)
    assist = OrderCredit.objects.get(role="assist")
    assert (assist.channel, assist.amount) == ("Директ", Decimal(0))


def test_a9_a_managers_word_is_a_note_unless_a_reason_is_recorded(
    source: Source, head: User
) -> None:
    word = Touch(TouchKind.CRM_SOURCE, value="сарафан")
    tell(source, bought("1", utm("email", 5), word))
    attribute(source)
    assert credits("1") == {"email": Decimal(10000)}
    order = Order.objects.select_related("stream__source__scope").get(key="1")
    with pytest.raises(Invalid) as refused:
        order_override(actor=head, order=order, channel="сарафан", reason=" ")
    assert refused.value.code == "reason_required"
    order_override(actor=head, order=order, channel="сарафан", reason="the buyer told so")
    assert credits("1") == {"сарафан": Decimal(10000)}
    assert primary("1").override is not None
    assert sums("1", Model.FIRST) == {"email": Decimal(10000)}
    event = AuditEvent.objects.get(action="indicators.order.overridden")
    assert (event.reason, event.after) == ("the buyer told so", {"channel": "сарафан"})
    order_override(actor=head, order=order, channel="", reason="a mistake")
    assert credits("1") == {"email": Decimal(10000)}


def test_e21_the_day_is_the_companys(source: Source, tree: Tree) -> None:
    at = dt.datetime(2026, 3, 31, 22, 30, tzinfo=dt.UTC)
    tell(source, bought("1", at=at, day=dt.date(2026, 3, 31)))
    attribute(source)
    assert primary("1").day == dt.date(2026, 4, 1)  # 01:30 in Moscow
    early = dt.datetime(2026, 3, 31, 19, 30, tzinfo=dt.UTC)  # 01.04 05:30 in Vladivostok
    tell(source, bought("2", at=early, day=dt.date(2026, 4, 1)))
    attribute(source)
    assert primary("2").day == dt.date(2026, 3, 31)
    assert "unattributed_orders" in measured(
        ["unattributed_orders"], scope=tree.company.scope, first=MARCH, last=TODAY
    )


def test_e37_a_refund_on_its_day_with_the_channel_of_its_order(source: Source, tree: Tree) -> None:
    february, march = dt.date(2026, 2, 28), dt.date(2026, 3, 3)
    at = dt.datetime(2026, 2, 28, 9, tzinfo=dt.UTC)
    touch = Touch(TouchKind.UTM, at=at, source="X")
    tell(source, bought("1", touch, amount="5000", day=february, at=at))
    tell(source, refund("r", "5000", day=march, order="1"))
    attribute(source)

    def net(first: dt.date, last: dt.date) -> dict[str, Decimal]:
        table = channel_table(department=tree.department, first=first, last=last)
        assert table.agrees
        return {line.channel: line.net for line in table.lines}

    assert net(dt.date(2026, 2, 1), february) == {"X": Decimal(5000)}
    assert net(dt.date(2026, 3, 1), dt.date(2026, 3, 31)) == {"X": Decimal(-5000)}
    assert net(dt.date(2026, 2, 1), dt.date(2026, 3, 31)) == {"X": Decimal(0)}
    known = measured(["attributed_revenue"], scope=tree.company.scope, first=february, last=march)
    assert known["attributed_revenue"] == {february: 5000, march: -5000}


def test_a_refund_of_an_unknown_order_has_no_channel(source: Source) -> None:
    tell(source, refund("r", "300", day=TODAY, order="long ago"), refund("q", "7", day=TODAY))
    attribute(source)
    assert credits("r", "refund") == {"": Decimal(-300)}
    assert credits("q", "refund") == {"": Decimal(-7)}


def test_a_refund_of_a_cancelled_order_keeps_its_channel(source: Source) -> None:
    tell(source, bought("1", utm("VK", 1)), refund("r", "10000", day=TODAY, order="1"))
    attribute(source)
    tell(source, bought("1", utm("VK", 1), status=OrderStatus.CANCELLED))
    attribute(source)
    assert not OrderCredit.objects.filter(kind="order").exists()
    assert credits("r", "refund") == {"VK": Decimal(-10000)}


def test_a_refund_of_a_part_is_split_as_its_order(source: Source, tree: Tree, head: User) -> None:
    attribution_rule_add(
        actor=head, scope=tree.department.scope, valid_from=NOVEMBER, **RULE | {"model": "linear"}
    )
    tell(source, bought("1", *PATH), refund("r", "0.02", day=TODAY, order="1"))
    attribute(source)
    assert credits("1") == {
        "VK": Decimal("3333.34"),
        "Директ": Decimal("3333.33"),
        "email": Decimal("3333.33"),
    }
    assert sum(credits("r", "refund").values()) == Decimal("-0.02")


def test_twice_the_same_changes_nothing(source: Source) -> None:
    tell(source, bought("1", *PATH), bought("2"), refund("r", "5", day=TODAY, order="1"))
    attribute(source)
    before = list(OrderCredit.objects.order_by("pk").values_list("pk", "fingerprint"))
    job = attribute(source)
    assert job.total == 0
    assert list(OrderCredit.objects.order_by("pk").values_list("pk", "fingerprint")) == before


CHANGES = {
    "a touch": lambda: bought("1", utm("VK", 2)),
    "a sum": lambda: bought("1", utm("email", 3), amount="9000"),
    "a margin": lambda: bought("1", utm("email", 3), margin=Decimal(70)),
    "a code": lambda: bought("1", utm("email", 3), promo_code="X"),
}


@pytest.mark.parametrize("what", list(CHANGES))
def test_what_changes_is_made_anew(what: str, source: Source) -> None:
    tell(source, bought("1", utm("email", 3)), bought("2", utm("email", 3)))
    attribute(source)
    tell(source, CHANGES[what]())
    assert attribute(source).total == 1
    attribute(source)
    total = OrderCredit.objects.filter(key="1").aggregate(sum=Sum("amount"))["sum"]
    assert total == Order.objects.get(key="1").amount


def test_a_touch_of_the_enquiry_told_later_is_seen(source: Source) -> None:
    at = NOON - dt.timedelta(days=1)
    tell(source, enquiry("e", at=at), bought("1", enquiry="e"))
    attribute(source)
    assert credits("1") == {"": Decimal(10000)}
    tell(source, enquiry("e", at=at, touches=(utm("VK"),)))
    assert attribute(source).total == 1
    assert credits("1") == {"VK": Decimal(10000)}
    assert primary("1").at == at  # the moment of the enquiry it belongs to


def test_what_a_deal_repeats_after_its_lead_is_one_touch(source: Source) -> None:
    lead = enquiry("e", at=NOON - dt.timedelta(days=7), touches=(utm("VK"),))
    tell(source, lead, bought("1", utm("VK"), utm("email", 1), enquiry="e"))
    attribute(source)
    assert sums("1", Model.LINEAR) == {"VK": Decimal(5000), "email": Decimal(5000)}
    assert sums("1", Model.LAST) == {"email": Decimal(10000)}


def test_an_order_that_is_gone_or_cancelled_takes_its_credits_along(source: Source) -> None:
    tell(source, bought("1", utm("VK", 1)), bought("2", utm("VK", 1)), bought("3", utm("VK", 1)))
    attribute(source)
    tell(source, Gone("1"), bought("2", utm("VK", 1), status=OrderStatus.CANCELLED))
    attribute(source)
    assert set(OrderCredit.objects.values_list("key", flat=True)) == {"3"}


def test_the_sweep_finds_new_loads_and_new_rules_and_rests(
    source: Source, tree: Tree, head: User
) -> None:
    tell(source, bought("1", utm("yandex", 1)))
    settle()
    assert service.attribution_sweep() == 0
    channel_rule_save(
        actor=head, scope=tree.department.scope, kind="utm", pattern="Yandex", channel="Директ"
    )
    settle()
    assert credits("1") == {"Директ": Decimal(10000)}
    piece = tell(source, bought("2", utm("VK", 1)))
    piece.finished_at = timezone.now()
    piece.save()
    assert service.attribution_sweep() == 1


def test_a_failed_job_says_so_and_is_tried_again(source: Source) -> None:
    tell(source, bought("1"))
    job = service.attribution_plan(source=source)
    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE indicators_ordercredit ADD CONSTRAINT no_room CHECK (key <> '1')"
        )
        with pytest.raises(IntegrityError):
            service.attribution_run(job.pk)
        cursor.execute("ALTER TABLE indicators_ordercredit DROP CONSTRAINT no_room")
    job.refresh_from_db()
    assert job.state == AttributionJob.State.FAILED
    assert "IntegrityError" in job.error_text
    assert service.attribution_sweep() == 0  # not at once
    AttributionJob.objects.update(heartbeat_at=timezone.now() - dt.timedelta(hours=1))
    settle()
    job.refresh_from_db()
    assert (job.state, job.error) == (AttributionJob.State.DONE, {})


def test_a_job_is_done_by_one_worker_and_taken_over_from_a_silent_one(source: Source) -> None:
    tell(source, bought("1"))
    job = service.attribution_plan(source=source)
    AttributionJob.objects.update(state="running", heartbeat_at=timezone.now())
    service.attribution_run(job.pk)
    assert not OrderCredit.objects.exists()
    assert service.attribution_sweep() == 0
    AttributionJob.objects.update(heartbeat_at=timezone.now() - dt.timedelta(hours=1))
    settle()
    assert OrderCredit.objects.exists()


def test_a_closed_month_is_not_attributed_anew(source: Source, tree: Tree, head: User) -> None:
    old = dt.datetime(2026, 10, 5, 9, tzinfo=dt.UTC)
    seen = Touch(TouchKind.UTM, at=old, source="VK")
    tell(source, bought("old", seen, at=old, day=old.date()), bought("new", utm("VK", 1)))
    settle()
    close(tree, head, dt.date(2026, 10, 1))
    names_channel(tree.department.scope, "utm", "VK", "ВКонтакте")
    other = Touch(TouchKind.UTM, at=old, source="email")
    tell(source, bought("old", other, at=old, day=old.date(), amount="8000"))
    attribute(source)
    assert credits("new") == {"ВКонтакте": Decimal(10000)}
    # Its channel stays; its sum is the register's.
    assert credits("old") == {"VK": Decimal(8000)}
    order = Order.objects.select_related("stream__source__scope").get(key="old")
    with pytest.raises(Conflict) as refused:
        order_override(actor=head, order=order, channel="email", reason="no")
    assert refused.value.code == "month_closed"


def test_a_refund_now_of_an_order_then_goes_to_the_channel_it_had(
    source: Source, tree: Tree, head: User
) -> None:
    old = dt.datetime(2026, 10, 5, 9, tzinfo=dt.UTC)
    tell(source, bought("1", Touch(TouchKind.UTM, at=old, source="VK"), at=old, day=old.date()))
    settle()
    close(tree, head, dt.date(2026, 10, 1))
    names_channel(tree.department.scope, "utm", "VK", "ВКонтакте")
    tell(source, refund("r", "1", day=TODAY, order="1"))
    attribute(source)
    assert credits("r", "refund") == {"VK": Decimal(-1)}


def test_versions_count_from_their_month_on(source: Source, tree: Tree, head: User) -> None:
    scope = tree.department.scope
    old = dt.datetime(2026, 10, 30, 9, tzinfo=dt.UTC)
    two = (Touch(TouchKind.UTM, at=old - dt.timedelta(days=2), source="VK"),)
    tell(source, bought("old", *two, at=old, day=old.date()), bought("new", *PATH))
    attribution_rule_add(actor=head, scope=scope, valid_from=NOVEMBER, **RULE | {"model": "first"})
    attribute(source)
    assert credits("new") == {"VK": Decimal(10000)}
    assert primary("old").rule is None
    attribution_rule_add(
        actor=head, scope=scope, valid_from=NOVEMBER, **RULE | {"assist_only": ["email", " "]}
    )
    attribute(source)
    assert credits("new") == {"Директ": Decimal(10000)}
    assert primary("new").rule == AttributionRule.objects.first()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"valid_from": dt.date(2026, 11, 2)}, "valid_from"),
        ({"model": "guess"}, "model"),
        ({"window_hours": 0}, "window_hours"),
        ({"half_life_days": 401}, "half_life_days"),
        ({"reason": "  "}, "reason"),
        ({"assist_only": ["x" * 121]}, "assist_only"),
    ],
)
def test_a_wrong_version_is_refused_by_its_field(
    changes: dict[str, Any], field: str, tree: Tree, head: User
) -> None:
    values = RULE | {"valid_from": NOVEMBER} | changes
    with pytest.raises(Invalid) as refused:
        attribution_rule_add(actor=head, scope=tree.department.scope, **values)
    assert set(refused.value.fields) == {field}
    assert not AttributionRule.objects.exists()


def test_no_version_begins_in_or_before_a_closed_month(tree: Tree, head: User) -> None:
    close(tree, head, NOVEMBER)
    for month in (NOVEMBER, dt.date(2026, 10, 1)):
        with pytest.raises(Conflict):
            attribution_rule_add(actor=head, scope=tree.department.scope, valid_from=month, **RULE)
    attribution_rule_add(
        actor=head, scope=tree.department.scope, valid_from=dt.date(2026, 12, 1), **RULE
    )


def test_only_the_head_decides(tree: Tree, specialist: User, director: User) -> None:
    for actor in (specialist, director):
        with pytest.raises(Forbidden):
            attribution_rule_add(
                actor=actor, scope=tree.department.scope, valid_from=NOVEMBER, **RULE
            )
        with pytest.raises(Forbidden):
            channel_rule_save(
                actor=actor, scope=tree.department.scope, kind="utm", pattern="a", channel="b"
            )


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"pattern": "**"}, "pattern"),
        ({"channel": ""}, "channel"),
        ({"pattern": "vk"}, "pattern"),
    ],
)
def test_a_wrong_channel_is_refused_by_its_field(
    values: dict[str, Any], field: str, tree: Tree, head: User
) -> None:
    scope = tree.department.scope
    names_channel(scope, "utm", "vk", "VK")
    given = {"kind": "utm", "pattern": "ok", "channel": "OK", **values}
    with pytest.raises(Invalid) as refused:
        channel_rule_save(actor=head, scope=scope, **given)
    assert set(refused.value.fields) == {field}
    assert ChannelRule.objects.count() == 1


def test_a_direction_of_another_department_is_refused(
    tree: Tree, other_tree: Tree, head: User
) -> None:
    with pytest.raises(Invalid) as refused:
        channel_rule_save(
            actor=head,
            scope=tree.department.scope,
            kind="utm",
            pattern="a",
            channel="b",
            direction=other_tree.a,
        )
    assert set(refused.value.fields) == {"direction"}


def leak(source: Source, tree: Tree, preceded: int) -> None:
    names_channel(tree.department.scope, "code", "LETO", "газета")
    now = timezone.now().replace(microsecond=0)
    seen = Touch(TouchKind.UTM, at=now - dt.timedelta(days=1), source="VK")
    orders = [
        bought(str(number), code("LETO"), *([seen] if number < preceded else []), at=now,
               day=now.date())
        for number in range(10)
    ]  # fmt: skip
    tell(source, *orders)
    settle()


def test_a_code_used_after_other_channels_is_found_and_told(
    source: Source, tree: Tree, head: User
) -> None:
    leak(source, tree, preceded=4)
    row = PublicCode.objects.get()
    assert (row.code, row.state, row.uses, row.preceded) == ("LETO", "suspected", 10, 4)
    assert Notification.objects.filter(user=head).count() == 1
    assert credits("0") == {"VK": Decimal(10000)}
    assert credits("9") == {"": Decimal(10000)}  # nothing else speaks
    public_code_save(
        actor=head, scope=row.scope, row=row, code="LETO", state="cleared", reason="our shop's own"
    )
    settle()
    assert credits("0") == {"газета": Decimal(10000)}
    assert PublicCode.objects.get().state == "cleared"


def test_thirty_percent_exactly_is_no_leak(source: Source, tree: Tree, head: User) -> None:
    leak(source, tree, preceded=3)
    assert not PublicCode.objects.exists()
    assert credits("0") == {"газета": Decimal(10000)}


def test_metrics_of_the_department_and_of_a_direction(source: Source, tree: Tree) -> None:
    names_channel(tree.department.scope, "utm", "VK", "VK", direction=tree.a)
    tell(
        source,
        bought("1", utm("VK", 1), margin=Decimal(3000)),
        bought("2", utm("email", 1), amount="500"),
        bought("3"),
        bought("4", utm("VK", 1), amount="77", currency="USD"),
        refund("r", "100", day=TODAY + dt.timedelta(days=1), order="1"),
    )
    attribute(source)
    codes = ["attributed_orders", "unattributed_orders", "attributed_revenue", "attributed_margin"]
    last = TODAY + dt.timedelta(days=1)
    whole = measured(codes, scope=tree.company.scope, first=TODAY, last=last)
    assert whole["attributed_orders"] == {TODAY: 3, last: 0}
    assert whole["unattributed_orders"] == {TODAY: 1, last: 0}
    # Without what nobody knows the source of; dollars are not roubles.
    assert whole["attributed_revenue"] == {TODAY: 10500, last: -100}
    assert whole["attributed_margin"] == {TODAY: 3000}
    own = measured(codes, scope=tree.a.scope, first=TODAY, last=last)
    assert own["attributed_orders"] == {TODAY: 2, last: 0}
    assert own["attributed_revenue"] == {TODAY: 10000, last: -100}
    nobody = measured(codes, scope=tree.b.scope, first=TODAY, last=last)
    assert nobody["attributed_orders"] == {TODAY: 0, last: 0}
    assert nobody["attributed_revenue"] == {TODAY: 0, last: 0}


def test_orders_of_another_company_are_not_ours(
    source: Source, other_tree: Tree, tree: Tree
) -> None:
    tell(source, bought("1"))
    attribute(source)
    own = measured(["unattributed_orders"], scope=tree.company.scope, first=TODAY, last=TODAY)
    theirs = measured(
        ["unattributed_orders"], scope=other_tree.company.scope, first=TODAY, last=TODAY
    )
    assert own["unattributed_orders"] == {TODAY: 1}
    assert theirs["unattributed_orders"] == {}
