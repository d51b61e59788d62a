"""Alerts: what each kind of rule finds, one open event per rule, telling, answering."""

from __future__ import annotations

import datetime as dt
import threading
from decimal import Decimal
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config.lib.errors import Conflict, Forbidden, Invalid
from kpis.indicators.models import AlertEvent, AlertMail, AlertRule, Kpi
from kpis.indicators.selectors.alerts import open_alerts
from kpis.indicators.selectors.watch import Sign, crossed
from kpis.indicators.services.alert_mails import alert_mails_send
from kpis.indicators.services.alert_rules import (
    RulePlan,
    alert_rule_create,
    alert_rule_delete,
    alert_rule_edit,
    alert_rules_offer,
)
from kpis.indicators.services.alerts import (
    alert_acknowledge,
    alert_snooze,
    alerts_evaluate,
)
from kpis.indicators.services.annotations import annotation_add
from kpis.register.models import Source, SyncRun
from staff.accounts.models import Notification, User
from staff.accounts.rights import Role
from tests.factories import Tree, make_user
from tests.indicators.conftest import TODAY
from tests.indicators.register import daily, fill, make_source
from tests.indicators.series import day

NOW = dt.datetime(2026, 11, 23, 6, tzinfo=dt.UTC)  # nine in Moscow
Kind, State = AlertRule.Kind, AlertEvent.State


def rule_of(
    head: User, tree: Tree, kind: AlertRule.Kind, code: str = "orders", **values: Any
) -> AlertRule:
    kpi = Kpi.objects.get(code=code)
    plan = {"scope": tree.department.scope, "kpi": kpi, "kind": kind, **values}
    return alert_rule_create(actor=head, plan=RulePlan(plan, [head]))


def later(hours: int = 2, **more: int) -> dt.datetime:
    return NOW + dt.timedelta(hours=hours, **more)


def orders_on(source: Source, at: str, value: int) -> None:
    fill(source, {"orders": {day(at): value}})


def found(rule: AlertRule) -> AlertEvent | None:
    return rule.events.exclude(state=State.CLOSED).first()


# --- what rules find ------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("kind", "level", "over", "fires"),
    [
        (Kind.ABOVE, "4", "day", True),
        (Kind.ABOVE, "5", "day", False),
        (Kind.BELOW, "6", "day", True),
        (Kind.BELOW, "5", "day", False),
        (Kind.ABOVE, "109", "month", True),  # 22 days of 5
        (Kind.ABOVE, "110", "month", False),
    ],
)
@pytest.mark.usefixtures("filled")
def test_a_threshold_on_a_day_or_on_the_month(
    head: User, tree: Tree, kind: AlertRule.Kind, level: str, over: str, fires: bool
) -> None:
    rule = rule_of(head, tree, kind, level=Decimal(level), over=over)
    assert alerts_evaluate(NOW) == 1
    event = found(rule)
    assert (event is not None) == fires
    if event:
        assert event.day == dt.date(2026, 11, 22)
        assert event.value == (110 if over == "month" else 5)


@pytest.mark.usefixtures("filled")
def test_the_text_tells_the_figures_in_both_languages(head: User, tree: Tree) -> None:
    rule = rule_of(head, tree, Kind.BELOW, "conversion", level=Decimal("0.05"))
    alerts_evaluate(NOW)
    event = found(rule)
    assert event is not None
    assert event.text["en"].replace("\u00a0", " ").startswith("Conversion to order on")
    assert "2.00" in event.text["en"]
    assert "2,00" in event.text["ru"]
    assert "Конверсия в заказ" in event.text["ru"]


@pytest.mark.parametrize(
    ("against", "before", "value", "fires"),
    [
        ("previous", "21.11.2026", 10, True),  # 10 → 5: −50 %
        ("previous", "21.11.2026", 7, False),  # 7 → 5: −28.6 %
        ("weekday", "15.11.2026", 10, True),
        ("previous", "15.11.2026", 10, False),
        ("previous", "21.11.2026", 0, False),  # from zero a change in percent says nothing
    ],
)
def test_a_change_against_another_day(
    head: User, tree: Tree, filled: Source, against: str, before: str, value: int, fires: bool
) -> None:
    orders_on(filled, before, value)
    rule = rule_of(head, tree, Kind.CHANGE, level=Decimal(30), against=against)
    alerts_evaluate(NOW)
    assert (found(rule) is not None) == fires


@pytest.mark.parametrize(("value", "fires"), [(40, True), (5, False), (0, False), (16, False)])
def test_an_anomaly(head: User, tree: Tree, filled: Source, value: int, fires: bool) -> None:
    """Orders are 5 on every day: MAD 0, the scale is √5, usual is up to 5 ± 11.6."""
    orders_on(filled, "22.11.2026", value)
    rule = rule_of(head, tree, Kind.ANOMALY)
    alerts_evaluate(NOW)
    assert (found(rule) is not None) == fires


def test_a_noted_day_is_no_anomaly(head: User, tree: Tree, filled: Source) -> None:
    orders_on(filled, "22.11.2026", 40)
    sunday = dt.date(2026, 11, 22)
    annotation_add(
        actor=head, scope=tree.department.scope, kpi=None, first_day=sunday, last_day=sunday,
        text="Sale", excludes_from_norm=True,
    )  # fmt: skip
    rule = rule_of(head, tree, Kind.ANOMALY)
    alerts_evaluate(NOW)
    assert found(rule) is None


@pytest.mark.usefixtures("filled")
def test_a_missing_day_is_an_anomaly_once_it_is_late(head: User, tree: Tree) -> None:
    """Nothing for Monday 23 November: late when more hours have passed than were agreed on."""
    rule = rule_of(head, tree, Kind.ANOMALY)
    alerts_evaluate(dt.datetime(2026, 11, 24, 6, tzinfo=dt.UTC))
    assert found(rule) is None
    alerts_evaluate(dt.datetime(2026, 11, 26, 6, tzinfo=dt.UTC))
    event = found(rule)
    assert event is not None
    assert "no figure; usual on this weekday is 5" in event.text["en"]


@pytest.mark.parametrize(
    ("at", "fires"),
    [
        (dt.datetime(2026, 11, 23, 21, 0, tzinfo=dt.UTC), False),  # 24 hours after the 22nd ended
        (dt.datetime(2026, 11, 23, 22, 0, tzinfo=dt.UTC), True),  # 25
    ],
)
@pytest.mark.usefixtures("filled")
def test_no_data_counts_from_the_end_of_the_newest_day(
    head: User, tree: Tree, at: dt.datetime, fires: bool
) -> None:
    rule = rule_of(head, tree, Kind.NO_DATA, "average_order", hours=24)
    alerts_evaluate(at)
    event = found(rule)
    assert (event is not None) == fires
    if event:
        assert "no data for 25 hours" in event.text["en"]


def test_no_data_at_all(head: User, tree: Tree) -> None:
    rule = rule_of(head, tree, Kind.NO_DATA, hours=24)
    threshold = rule_of(head, tree, Kind.BELOW, level=Decimal(10))
    alerts_evaluate(NOW)
    event = found(rule)
    assert event is not None
    assert event.text["en"] == "Orders: no data at all"
    assert found(threshold) is None, "missing is not zero"


@pytest.mark.usefixtures("filled")
def test_a_direction_sees_its_own_figures(head: User, tree: Tree) -> None:
    source = make_source(head, tree.a.scope, "Own")
    fill(source, {"orders": daily(90, "01.11.2026", "22.11.2026")})
    rule = rule_of(head, tree, Kind.ABOVE, level=Decimal(89), scope=tree.a.scope)
    alerts_evaluate(NOW)
    event = found(rule)
    assert event is not None
    assert event.value == 90


def test_back_to_normal_only_beyond_the_threshold() -> None:
    """Above 100, back at 90: between them it stays as it was."""
    signs = [crossed(Decimal(n), Decimal(100), Decimal(10)) for n in (101, 100, 91, 90)]  # type: ignore[arg-type]
    assert signs == [Sign.FIRES, Sign.HOLDS, Sign.HOLDS, Sign.NORMAL]


# --- one open event -------------------------------------------------------------------------------
def test_an_event_opens_stays_and_closes_by_itself(head: User, tree: Tree, filled: Source) -> None:
    rule = rule_of(head, tree, Kind.ABOVE, level=Decimal(4), hysteresis=Decimal(2))
    alerts_evaluate(NOW)
    first = found(rule)
    assert first is not None

    orders_on(filled, "23.11.2026", 3)  # below the threshold, not yet clearly
    alerts_evaluate(later(24))
    assert found(rule) == first
    orders_on(filled, "24.11.2026", 2)
    alerts_evaluate(later(48))
    first.refresh_from_db()
    assert (first.state, first.changed_by) == (State.CLOSED, None)
    orders_on(filled, "25.11.2026", 9)
    alerts_evaluate(later(72))
    assert found(rule) not in {None, first}
    assert rule.events.count() == 2


@pytest.mark.usefixtures("filled")
def test_telling_twice_changes_nothing(head: User, tree: Tree) -> None:
    rule_of(head, tree, Kind.ABOVE, level=Decimal(4), by_mail=True)
    for hours in range(4):
        alerts_evaluate(later(hours * 2))
    assert AlertEvent.objects.count() == 1
    assert Notification.objects.filter(user=head).count() == 1
    assert AlertMail.objects.count() == 1


@pytest.mark.usefixtures("filled")
def test_rules_are_held_when_figures_have_come_but_not_too_often(
    head: User, tree: Tree, source: Source
) -> None:
    rule_of(head, tree, Kind.ABOVE, level=Decimal(4))
    assert alerts_evaluate(NOW) == 1
    assert alerts_evaluate(NOW + dt.timedelta(minutes=15)) == 0, "nothing has come"
    run = SyncRun.objects.filter(source=source).latest("pk")
    run.finished_at = NOW + dt.timedelta(minutes=5)
    run.save()
    assert alerts_evaluate(NOW + dt.timedelta(minutes=9)) == 0, "too soon"
    assert alerts_evaluate(NOW + dt.timedelta(minutes=15)) == 1
    assert alerts_evaluate(NOW + dt.timedelta(minutes=30)) == 0
    assert alerts_evaluate(NOW + dt.timedelta(minutes=76)) == 1, "an hour has passed"


@pytest.mark.usefixtures("filled")
def test_costs_do_not_depend_on_the_number_of_rules(head: User, tree: Tree) -> None:
    def queries() -> int:
        AlertRule.objects.update(checked_at=None)
        with CaptureQueriesContext(connection) as seen:
            alerts_evaluate(NOW)
        reads = [query for query in seen.captured_queries if "register_" in query["sql"]]
        return len(reads)

    rule_of(head, tree, Kind.ABOVE, level=Decimal(999))
    one = queries()
    for level in range(10):
        rule_of(head, tree, Kind.ABOVE, level=Decimal(1000 + level))
    assert queries() == one


@pytest.mark.django_db(transaction=True)
def test_two_workers_make_one_event(head: User, tree: Tree, filled: Source) -> None:
    rule = rule_of(head, tree, Kind.ABOVE, level=Decimal(4), by_mail=True)
    gate, errors = threading.Barrier(4), []

    def work() -> None:
        try:
            gate.wait(timeout=30)
            alerts_evaluate(NOW)
            alert_mails_send()
        except Exception as error:  # noqa: BLE001  shown below
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert errors == []
    assert rule.events.count() == 1
    assert Notification.objects.filter(user=head).count() == 1
    assert len(mail.outbox) == 1


# --- telling --------------------------------------------------------------------------------------
@pytest.mark.usefixtures("filled")
def test_a_letter_is_in_its_readers_language(head: User, tree: Tree) -> None:
    head.language = "ru"
    head.save()
    rule_of(head, tree, Kind.ABOVE, level=Decimal(4), by_mail=True)
    alerts_evaluate(NOW)
    assert alert_mails_send() == 1
    assert alert_mails_send() == 0
    (letter,) = mail.outbox
    assert letter.to == [head.email]
    assert "Заказы" in letter.subject
    assert "/kpis/alerts/" in letter.body
    assert "\n" not in letter.subject


@pytest.mark.usefixtures("filled")
def test_a_letter_that_fails_is_kept_and_tried_again(head: User, tree: Tree, settings: Any) -> None:
    rule_of(head, tree, Kind.ABOVE, level=Decimal(4), by_mail=True)
    alerts_evaluate(NOW)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", 1, False
    assert alert_mails_send() == 0
    letter = AlertMail.objects.get()
    assert (letter.state, letter.tries) == (AlertMail.State.FAILED, 1)
    assert "did not take the letter" in letter.error["en"]
    assert open_alerts(head, tree.department.scope)[0].undelivered == [letter]

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert alert_mails_send() == 0, "not at once"
    AlertMail.objects.update(changed_at=NOW - dt.timedelta(days=1))
    assert alert_mails_send() == 1
    letter.refresh_from_db()
    assert (letter.state, letter.error) == (AlertMail.State.SENT, {})


@pytest.mark.usefixtures("filled")
def test_who_lost_the_right_is_not_told(
    head: User, tree: Tree, direction_head: User, other_tree: Tree
) -> None:
    rule = rule_of(head, tree, Kind.ABOVE, level=Decimal(4), by_mail=True)
    stranger = make_user(Role.HEAD, other_tree.department.scope)
    rule.recipients.set([head, stranger])
    alerts_evaluate(NOW)
    assert [letter.user for letter in AlertMail.objects.all()] == [head]
    assert not Notification.objects.filter(user=stranger).exists()


# --- answering ------------------------------------------------------------------------------------
@pytest.fixture
def event(head: User, tree: Tree, filled: Source) -> AlertEvent:
    rule = rule_of(head, tree, Kind.ABOVE, level=Decimal(4))
    alerts_evaluate(NOW)
    found_event = found(rule)
    assert found_event is not None
    return found_event


def test_acknowledged_stays_until_it_is_over(head: User, event: AlertEvent) -> None:
    alert_acknowledge(actor=head, event=event)
    alerts_evaluate(later())
    event.refresh_from_db()
    assert (event.state, event.changed_by) == (State.ACKNOWLEDGED, head)


def test_put_off_is_told_again_on_its_day(head: User, tree: Tree, event: AlertEvent) -> None:
    scope, until = tree.department.scope, dt.date(2026, 11, 25)
    alert_snooze(actor=head, event=event, until=until, today=TODAY)
    Notification.objects.filter(user=head).update(read_at=NOW)
    alerts_evaluate(later(24))
    event.refresh_from_db()
    assert event.state == State.SNOOZED

    alerts_evaluate(later(48))
    event.refresh_from_db()
    assert (event.state, event.snoozed_until) == (State.OPEN, None)
    assert Notification.objects.filter(user=head, read_at=None).count() == 1
    assert list(open_alerts(head, scope)) == [event]


@pytest.mark.parametrize("until", [TODAY, TODAY + dt.timedelta(days=91)])
def test_put_off_only_to_a_day_ahead(head: User, event: AlertEvent, until: dt.date) -> None:
    with pytest.raises(Invalid):
        alert_snooze(actor=head, event=event, until=until, today=TODAY)


def test_a_closed_alert_is_not_answered(head: User, event: AlertEvent) -> None:
    AlertEvent.objects.update(state=State.CLOSED)
    with pytest.raises(Conflict) as refusal:
        alert_acknowledge(actor=head, event=event)
    assert refusal.value.code == "alert_closed"


def test_who_sees_and_who_answers(
    event: AlertEvent, tree: Tree, specialist: User, auditor: User, outsider: User
) -> None:
    scope = tree.department.scope
    assert list(open_alerts(auditor, scope)) == [event]
    assert list(open_alerts(outsider, scope)) == []
    assert list(open_alerts(specialist, scope)) == [], "the department's, not the direction's"
    for user in (auditor, specialist, outsider):
        with pytest.raises(Forbidden):
            alert_acknowledge(actor=user, event=event)


# --- rules ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("kind", "values", "field"),
    [
        (Kind.ABOVE, {}, "level"),
        (Kind.CHANGE, {"level": Decimal(0)}, "__all__"),
        (Kind.NO_DATA, {}, "hours"),
        (Kind.ANOMALY, {"in_app": False}, "in_app"),
    ],
)
def test_a_rule_that_says_too_little(
    head: User, tree: Tree, kind: AlertRule.Kind, values: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        rule_of(head, tree, kind, **values)
    assert set(refusal.value.fields) == {field}


def test_a_rule_tells_only_those_who_may_see(head: User, tree: Tree, outsider: User) -> None:
    kpi = Kpi.objects.get(code="orders")
    plan = {"scope": tree.department.scope, "kpi": kpi, "kind": Kind.ANOMALY}
    for people in ([], [outsider]):
        with pytest.raises(Invalid) as refusal:
            alert_rule_create(actor=head, plan=RulePlan(plan, people))
        assert set(refusal.value.fields) == {"recipients"}
    with pytest.raises(Forbidden):
        alert_rule_create(actor=outsider, plan=RulePlan(plan, [head]))


def test_other_terms_close_what_was_found(head: User, event: AlertEvent) -> None:
    rule = event.rule
    alert_rule_edit(actor=head, rule=rule, plan=RulePlan({}, [head]))
    event.refresh_from_db()
    assert event.is_open, "nothing has changed"
    alert_rule_edit(actor=head, rule=rule, plan=RulePlan({"level": Decimal(50)}, [head]))
    event.refresh_from_db()
    assert (event.state, event.changed_by) == (State.CLOSED, head)
    alerts_evaluate(later())
    assert found(rule) is None


def test_a_rule_out_of_force_finds_nothing(head: User, event: AlertEvent) -> None:
    plan = RulePlan({"is_active": False}, [head])
    alert_rule_edit(actor=head, rule=event.rule, plan=plan)
    assert alerts_evaluate(later()) == 0
    assert found(event.rule) is None


def test_a_deleted_rule_takes_its_events_along(
    head: User, outsider: User, event: AlertEvent
) -> None:
    with pytest.raises(Forbidden):
        alert_rule_delete(actor=outsider, rule=event.rule)
    alert_rule_delete(actor=head, rule=event.rule)
    assert not AlertEvent.objects.exists()


def test_the_usual_rules_are_offered_once(head: User, tree: Tree) -> None:
    scope = tree.department.scope
    main = Kpi.objects.filter(is_main=True)
    flows = main.exclude(plan_method="none").count()
    assert alert_rules_offer(actor=head, scope=scope) == main.count() + flows
    assert alert_rules_offer(actor=head, scope=scope) == 0
    assert not AlertRule.objects.exclude(recipients=head).exists()
