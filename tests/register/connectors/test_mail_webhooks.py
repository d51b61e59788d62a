"""Mail services report to a source of their own; the register counts what came."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from anymail.signals import AnymailTrackingEvent, tracking
from django.test import Client
from django.urls import reverse

from kpis.register.connectors.base import Account, Window
from kpis.register.connectors.errors import BugError, ConfigError
from kpis.register.connectors.mail_webhooks.connector import MailWebhooksConnector
from kpis.register.connectors.mail_webhooks.settings_form import SERVICES, MailWebhooksSettingsForm
from kpis.register.models import MailEvent, Result, ResultRevision, Source, SyncRun
from kpis.register.models.run import State
from kpis.register.services import runs, sync
from kpis.register.services.connecting import connect
from kpis.register.services.mail_events import StoredInbox, mail_key
from kpis.register.services.sources import settings_clean, source_check, source_create
from kpis.register.views.mail_events import READERS, reader_of
from staff.accounts.models import User
from tests.factories import Tree
from tests.register.connectors.helpers import NOW

DAY = dt.date(2026, 3, 18)
WINDOW = Window(dt.date(2026, 3, 10), dt.date(2026, 3, 19))
MakeSource = Callable[..., Source]
pytestmark = pytest.mark.django_db


@pytest.fixture
def make_source(tree: Tree, superuser: User) -> MakeSource:
    def make(service: str = "unisender_go", **settings: Any) -> Source:
        values = {
            "service": service,
            "time_zone": "Europe/Moscow",
            "metadata_field": "campaign_id",
            "address_number": 1,
            **settings,
        }
        plain, secrets = settings_clean("mail_webhooks", values)
        return source_create(
            actor=superuser,
            scope=tree.department.scope,
            kind="mail_webhooks",
            name=f"Letters {service}",
            plain=plain,
            secrets=secrets,
            history_from=WINDOW.first,
        )

    return make


def address(source: Source) -> str:
    return reverse("register:mail-events", args=[source.uid, mail_key(source)])


def letter(status: str, at: str = "2026-03-18 09:00:00", **fields: Any) -> dict[str, Any]:
    """One event in the shape of Unisender Go."""
    return {
        "status": status,
        "email": "anna@shop.example",
        "job_id": "job-1",
        "event_time": at,
        "metadata": {"campaign_id": "spring"},
        **fields,
    }


def report(source: Source, *events: dict[str, Any]) -> int:
    """The service's call with these events; the status of the answer."""
    body = {
        "auth": "of no matter",
        "events_by_user": [
            {
                "user_id": 1,
                "events": [
                    {"event_name": "transactional_email_status", "event_data": event}
                    for event in events
                ],
            }
        ],
    }
    return Client().post(address(source), body, content_type="application/json").status_code


def counted(source: Source, window: Window = WINDOW) -> dict[tuple[str, str, dt.date], Decimal]:
    connector = connect(source)
    return {
        (fact.subject.key, fact.metric, fact.day): fact.value
        for page in connector.read("mailings", window)
        for fact in page.facts
    }


def test_events_become_counts_of_their_days(make_source: MakeSource) -> None:
    source = make_source()
    status = report(
        source,
        letter("sent"),
        letter("delivered"),
        letter("opened"),
        letter("opened", "2026-03-18 10:00:00"),
        letter("opened", "2026-03-19 10:00:00"),
        letter("clicked", "2026-03-19 10:01:00", url="https://shop.example/a"),
        letter("unsubscribed", "2026-03-19 10:05:00"),
        letter("sent", email="igor@shop.example", job_id="job-2"),
        letter("hard_bounced", email="igor@shop.example", job_id="job-2"),
    )
    assert status == 200
    later = DAY + dt.timedelta(days=1)
    assert counted(source) == {
        ("spring", "sends", DAY): 2,
        ("spring", "deliveries", DAY): 1,
        ("spring", "hard_bounces", DAY): 1,
        ("spring", "opens", DAY): 2,
        ("spring", "opens", later): 1,
        ("spring", "unique_opens", DAY): 1,
        ("spring", "email_clicks", later): 1,
        ("spring", "unique_email_clicks", later): 1,
        ("spring", "unsubscribes", later): 1,
    }


def test_what_comes_again_counts_once(make_source: MakeSource) -> None:
    source = make_source()
    for _time in range(3):
        assert report(source, letter("sent"), letter("opened"), letter("opened")) == 200
    assert MailEvent.objects.count() == 2
    before = counted(source)
    # The same letter is reported as delivered twice, at two moments.
    report(source, letter("delivered"), letter("delivered", "2026-03-18 09:00:07"))
    assert counted(source) == {**before, ("spring", "deliveries", DAY): 1}


def test_the_first_open_is_known_beyond_the_days_that_are_read(make_source: MakeSource) -> None:
    source = make_source()
    report(source, letter("opened", "2026-02-01 09:00:00"), letter("opened"))
    assert counted(source) == {("spring", "opens", DAY): 1}


def test_letters_of_one_moment_in_two_mailings_stay_apart(make_source: MakeSource) -> None:
    source = make_source("brevo")
    for fields, key in (
        ({"X-Mailin-custom": '{"campaign_id": "7"}', "tags": ["a"]}, "7"),
        ({"tags": ["digest", "march"]}, "#digest"),
        ({}, "transactional"),
    ):
        body = {
            "event": "delivered",
            "email": "anna@shop.example",
            "message-id": f"<{key}@mail.example>",
            "ts_epoch": 1773828000000,  # 10:00 UTC
            **fields,
        }
        answer = Client().post(address(source), body, content_type="application/json")
        assert answer.status_code == 200
    assert {key for key, _metric, _day in counted(source)} == {"7", "#digest", "transactional"}


def test_days_are_cut_in_the_zone_of_the_source(make_source: MakeSource) -> None:
    source = make_source()
    report(source, letter("sent", "2026-03-17 21:30:00"))  # half past midnight in Moscow
    assert counted(source) == {("spring", "sends", DAY): 1}
    assert not counted(source, Window(dt.date(2026, 3, 17), dt.date(2026, 3, 17)))


@pytest.mark.parametrize(
    ("body", "metrics"),
    [
        ({"event": "soft_bounce"}, {"soft_bounces"}),
        ({"event": "hard_bounce"}, {"hard_bounces"}),
        ({"event": "request"}, {"sends"}),
        ({"event": "spam"}, {"complaints"}),
        ({"event": "deferred"}, set()),
        ({"event": "blocked"}, set()),
        ({"event": "unique_proxy_open"}, {"opens", "unique_opens", "machine_opens"}),
        ({"event": "nobody_knows"}, set()),
    ],
)
def test_words_of_a_service_are_understood(
    make_source: MakeSource, body: dict[str, str], metrics: set[str]
) -> None:
    source = make_source("brevo")
    event = {"email": "a@b.example", "message-id": "<1@x>", "ts_epoch": 1773828000000, **body}
    assert Client().post(address(source), event, content_type="application/json").status_code == 200
    assert {metric for _key, metric, _day in counted(source)} == metrics
    assert MailEvent.objects.count() == 1


def test_an_open_by_a_picture_proxy_is_a_machines(make_source: MakeSource) -> None:
    source = make_source()
    proxy: dict[str, Any] = {
        "delivery_info": {"user_agent": "Mozilla/5.0 (via ggpht.com GoogleImageProxy)"}
    }
    report(source, letter("opened", **proxy), letter("soft_bounced", email="full@shop.example"))
    assert {metric for _key, metric, _day in counted(source)} == {
        "opens",
        "unique_opens",
        "machine_opens",
        "soft_bounces",
    }


def test_an_event_without_a_time_counts_now(make_source: MakeSource) -> None:
    source = make_source()
    event = letter("delivered")
    del event["event_time"]
    report(source, event)
    report(source, event)
    (row,) = MailEvent.objects.all()
    assert row.at == row.received_at == NOW


@pytest.mark.parametrize("at", ["1970-01-19 13:48:53", "2057-01-01 00:00:00"])
def test_a_time_that_cannot_be_is_none(make_source: MakeSource, at: str) -> None:
    report(make_source(), letter("delivered", at))
    assert MailEvent.objects.get().at == NOW


def test_one_number_of_two_kinds_of_events_is_not_one_event(make_source: MakeSource) -> None:
    source = make_source("postmark")
    event = {
        "ID": 42,
        "MessageID": "m-1",
        "Email": "anna@shop.example",
        "BouncedAt": "2026-03-18T09:00:00Z",
    }
    for kind in ("HardBounce", "SpamComplaint", "SpamComplaint"):
        record = {**event, "Type": kind}
        record["RecordType"] = "Bounce" if kind == "HardBounce" else kind
        answer = Client().post(address(source), record, content_type="application/json")
        assert answer.status_code == 200
    assert {metric for _key, metric, _day in counted(source)} == {"hard_bounces", "complaints"}
    assert MailEvent.objects.count() == 2


def test_no_address_is_kept(make_source: MakeSource) -> None:
    source = make_source()
    report(source, letter("sent"), letter("opened", email="ANNA@shop.example "))
    rows = list(MailEvent.objects.values())
    assert "anna" not in json.dumps(rows, default=str).lower()
    assert len({row["person"] for row in rows}) == 1
    assert len(rows[0]["person"]) == 32


def test_only_the_own_key_opens_the_address(make_source: MakeSource, tree: Tree) -> None:
    source, other = make_source(), make_source("brevo")
    event = letter("sent")
    for uid, key in (
        (source.uid, "0" * 40),
        (source.uid, mail_key(other)),
        ("00000000-0000-0000-0000-000000000000", mail_key(source)),
    ):
        answer = Client().post(
            reverse("register:mail-events", args=[uid, key]), event, content_type="application/json"
        )
        assert answer.status_code == 404
    assert not MailEvent.objects.exists()
    old = address(source)
    source.settings = {**source.settings, "address_number": 2}
    source.save()
    assert address(source) != old
    assert Client().post(old, event, content_type="application/json").status_code == 404
    assert report(source, event) == 200


def test_a_service_may_try_the_address(make_source: MakeSource) -> None:
    source = make_source()
    assert Client().get(address(source)).status_code == 200
    assert Client().head(address(source)).status_code == 200
    assert Client().put(address(source)).status_code == 405


def test_calls_come_without_a_form_token_and_without_logging_in(make_source: MakeSource) -> None:
    source = make_source()
    strict = Client(enforce_csrf_checks=True)
    body = {"event_name": "transactional_email_status", "auth": "", **letter("sent")}
    assert strict.post(address(source), body, content_type="application/json").status_code == 200
    assert MailEvent.objects.count() == 1


@pytest.mark.parametrize(
    "body", [b"", b"not json", b"[]", b"{}", b'{"events_by_user": []}', b"\xff\xfe"]
)
def test_what_cannot_be_read_is_refused_whole(make_source: MakeSource, body: bytes) -> None:
    source = make_source()
    answer = Client().post(address(source), body, content_type="application/json")
    assert answer.status_code == 400
    assert not MailEvent.objects.exists()


def test_one_bad_event_leaves_none_of_its_call(make_source: MakeSource) -> None:
    source = make_source()
    assert report(source, letter("sent"), {"status": "sent"}) == 400
    assert not MailEvent.objects.exists()


def test_an_event_announced_elsewhere_is_nobodys() -> None:
    event = AnymailTrackingEvent(event_type="sent", recipient="a@b.example", message_id="1")
    tracking.send(sender=object, event=event, esp_name="Other")
    assert not MailEvent.objects.exists()


def test_every_service_of_the_form_has_a_reader() -> None:
    assert {name for name, _label in SERVICES} == set(READERS)
    for service in READERS:
        assert callable(reader_of(service).as_view())


def test_a_run_brings_the_counts_into_the_register(make_source: MakeSource) -> None:
    source = make_source()
    report(source, letter("sent"), letter("delivered"))
    for _time in range(2):
        run = runs.run_create(source=source, trigger=SyncRun.Trigger.MANUAL)
        sync.run_execute(run.pk)
        run.refresh_from_db()
        assert run.state == State.DONE, (run.error_text, run.detail)
    rows = Result.objects.filter(stream__source=source).select_related("metric", "subject")
    assert {(row.metric.code, row.subject.key, row.day, row.value) for row in rows} == {
        ("sends", "spring", DAY, Decimal(1)),
        ("deliveries", "spring", DAY, Decimal(1)),
    }
    assert all(row.flag_names == ["provisional"] for row in rows)
    assert not ResultRevision.objects.exists()


def test_the_check_tells_of_the_last_event_and_keeps_the_address_to_itself(
    make_source: MakeSource, superuser: User
) -> None:
    source = make_source()
    _address, empty = source_check(actor=superuser, source=source)
    source.refresh_from_db()
    assert mail_key(source) not in str(source.check_report)
    assert "Nothing has come yet" in str(empty.detail)
    report(source, letter("sent"))
    _address, came = source_check(actor=superuser, source=source)
    assert "2026" in str(came.detail)
    assert StoredInbox(source).last_at() == dt.datetime(2026, 3, 18, 9, tzinfo=dt.UTC)


def test_without_a_source_nothing_is_there() -> None:
    connector = MailWebhooksConnector(Account({"time_zone": "UTC"}, {}))
    (page,) = connector.read("mailings", WINDOW)
    assert (page.facts, page.received, page.announced) == ((), 0, 0)
    with pytest.raises(BugError, match="has not come"):
        list(connector.read("mailings", Window(DAY, dt.date(2999, 1, 1))))
    with pytest.raises(ConfigError, match="switched off"):
        list(connector.read("lists", WINDOW))


def test_the_settings_are_checked() -> None:
    bad = MailWebhooksSettingsForm(
        data={"service": "amazon_ses", "metadata_field": "a b", "address_number": 0}
    )
    assert set(bad.errors) == {"service", "time_zone", "metadata_field", "address_number"}
