"""1C calls: signing in, parts, delivery, and the run that reads it."""

from __future__ import annotations

import base64
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django.fixtures import Settings

from kpis.register.connectors.commerceml.inbox import folder_of
from kpis.register.models import Order, Source, SyncRun
from kpis.register.models.run import State
from kpis.register.services import exchange, sources, sync
from staff.accounts.models import User
from tests.factories import Tree
from tests.register.connectors.commerce import order, parcel

PASSWORD = "long-enough-word"
URLENCODED = "application/x-www-form-urlencoded"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_folder(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    cache.clear()


@pytest.fixture
def source(tree: Tree, head: User) -> Source:
    values = {"shop": "1C", "login": "1c", "password": PASSWORD, "time_zone": "Europe/Moscow"}
    plain, secrets = sources.settings_clean("commerceml", values)
    made = sources.source_create(
        actor=head,
        scope=tree.department.scope,
        kind="commerceml",
        name="1C",
        plain=plain,
        secrets=secrets,
    )
    Source.objects.filter(pk=made.pk).update(next_due_at=None)
    return made


class Visitor:
    """1C as it speaks to a site."""

    def __init__(self, uid: object) -> None:
        self.client = Client(enforce_csrf_checks=True)
        self.address = f"/exchange/1c/{uid}/"

    def check(self, login: str = "1c", password: str = PASSWORD) -> tuple[int, bytes]:
        packed = base64.b64encode(f"{login}:{password}".encode()).decode()
        answer = self.client.get(
            self.address,
            {"type": "sale", "mode": "checkauth"},
            headers={"Authorization": f"Basic {packed}"},
        )
        lines = answer.content.decode().split("\n")
        if lines[0] == "success":
            self.client.cookies[lines[1]] = lines[2]
        return answer.status_code, answer.content

    def get(self, mode: str, **query: str) -> str:
        answer = self.client.get(self.address, {"type": "sale", "mode": mode, **query})
        return answer.content.decode()

    def send(self, content: bytes, filename: str = "orders.xml", kind: str = URLENCODED) -> str:
        answer = self.client.generic(
            "POST",
            f"{self.address}?type=sale&mode=file&filename={filename}",
            content,
            content_type=kind,
        )
        return answer.content.decode()


@pytest.fixture
def visitor(source: Source) -> Visitor:
    made = Visitor(source.uid)
    assert made.check()[0] == 200
    return made


def delivered(source: Source) -> list[bytes]:
    folder = folder_of(str(source.uid)) / "delivered"
    return [path.read_bytes() for path in sorted(folder.glob("*.xml"))]


def test_a_whole_visit_puts_orders_into_the_register(source: Source, visitor: Visitor) -> None:
    assert visitor.get("init") == "zip=no\nfile_limit=2000000\n"
    assert "КоммерческаяИнформация" in visitor.get("query")
    assert visitor.get("success") == "success\n"
    content = parcel(order("1"), order("2", total="99.50"), encoding="windows-1251")
    for start in range(0, len(content), 700):
        assert visitor.send(content[start : start + 700]) == "success\n"
    assert visitor.get("import", filename="orders.xml") == "success\n"
    assert delivered(source) == [content]
    run = SyncRun.objects.get(source=source)
    assert run.state == State.PLANNED
    sync.run_execute(run.pk)
    run.refresh_from_db()
    assert run.state == State.DONE, (run.error_text, run.detail)
    assert [f"{one.amount}" for one in Order.objects.order_by("key")] == ["1500.00", "99.50"]


def test_a_file_without_an_end_waits_for_import_and_is_refused(
    source: Source, visitor: Visitor
) -> None:
    visitor.send(parcel(order("1"))[:-40])
    assert delivered(source) == []
    assert visitor.get("import", filename="orders.xml").startswith("failure\n")
    assert visitor.get("import", filename="orders.xml").startswith("failure\n")
    assert not SyncRun.objects.exists()


def test_init_forgets_the_parts_of_before(source: Source, visitor: Visitor) -> None:
    content = parcel(order("1"))
    visitor.send(content[:100])
    visitor.get("init")
    visitor.send(content)
    assert delivered(source) == [content]


def test_a_second_delivery_during_a_run_is_due_again(source: Source, visitor: Visitor) -> None:
    visitor.send(parcel(order("1")))
    assert visitor.send(parcel(order("2")), "orders-2.xml") == "success\n"
    assert SyncRun.objects.filter(source=source).count() == 1
    source.refresh_from_db()
    assert source.next_due_at is not None
    assert len(delivered(source)) == 2


def test_a_paused_source_keeps_the_file_and_plans_nothing(source: Source, visitor: Visitor) -> None:
    Source.objects.filter(pk=source.pk).update(is_active=False)
    assert visitor.send(parcel(order("1"))) == "success\n"
    assert len(delivered(source)) == 1
    assert not SyncRun.objects.exists()


@pytest.mark.parametrize(("login", "password"), [("1c", "wrong"), ("other", PASSWORD), ("", "")])
def test_a_wrong_name_or_password(source: Source, login: str, password: str) -> None:
    stranger = Visitor(source.uid)
    status, content = stranger.check(login, password)
    assert (status, content[:8]) == (401, b"failure\n")
    assert stranger.get("init").startswith("failure\n")
    assert stranger.send(parcel(order("1"))).startswith("failure\n")
    assert delivered(source) == []


def test_an_unknown_source_answers_as_a_wrong_password_does(source: Source) -> None:
    wrong, unknown = Visitor(source.uid).check(password="x"), Visitor(uuid4()).check()
    assert unknown == wrong


def test_guessing_is_stopped(source: Source) -> None:
    stranger = Visitor(source.uid)
    statuses = [stranger.check(password=f"guess-{n}")[0] for n in range(11)]
    assert statuses == [401] * 10 + [429]
    assert stranger.check()[0] == 429


def test_a_new_password_ends_open_visits(source: Source, visitor: Visitor, head: User) -> None:
    sources.source_update(
        actor=head, source=source, plain=source.settings, secrets={"password": "another-long-word"}
    )
    assert visitor.get("init").startswith("failure\n")


def test_a_cookie_opens_its_own_source_only(
    source: Source, visitor: Visitor, tree: Tree, head: User
) -> None:
    other = sources.source_create(
        actor=head,
        scope=tree.department.scope,
        kind="commerceml",
        name="Other 1C",
        plain=source.settings,
        secrets={"password": PASSWORD},
    )
    stranger = Visitor(other.uid)
    stranger.client.cookies = visitor.client.cookies
    assert stranger.get("init").startswith("failure\n")


@pytest.mark.parametrize("value", ["", "nonsense", "a:b:c"])
def test_a_forged_cookie_opens_nothing(source: Source, value: str) -> None:
    stranger = Visitor(source.uid)
    stranger.client.cookies[exchange.COOKIE] = value
    assert stranger.get("init").startswith("failure\n")


@pytest.mark.parametrize(
    "filename", ["../../evil.xml", "/etc/x.xml", "a%2Fb.xml", "orders.zip", "x.php", "", "%00.xml"]
)
def test_a_name_is_never_a_path(
    source: Source, visitor: Visitor, filename: str, tmp_path: Path
) -> None:
    assert not visitor.send(parcel(order("1")), filename).startswith("success")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_packed_and_other_contents_are_refused(source: Source, visitor: Visitor) -> None:
    assert visitor.send(b"PK\x03\x04 packed").startswith("failure\n")
    assert visitor.send(b"").startswith("failure\n")
    catalog = visitor.client.get(visitor.address, {"type": "catalog", "mode": "init"})
    assert catalog.content.startswith(b"failure\n")
    assert visitor.get("dance").startswith("failure\n")
    assert delivered(source) == []


def test_parts_and_files_have_sizes(
    source: Source, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange, "PART_BYTES", 500)
    monkeypatch.setattr(exchange, "FILE_BYTES", 900)
    assert visitor.send(b"<" * 501).startswith("failure\n")
    assert visitor.send(b"<" * 500) == "success\n"
    assert visitor.send(b"<" * 500).startswith("failure\n")
    monkeypatch.setattr(exchange, "FILES_AT_ONCE", 1)
    assert visitor.send(b"<", "a.xml") == "success\n"
    assert visitor.send(b"<", "b.xml").startswith("failure\n")


@pytest.mark.parametrize("kind", [URLENCODED, "application/octet-stream", "text/xml", ""])
def test_a_body_is_taken_as_it_is_whatever_it_is_called(
    source: Source, visitor: Visitor, kind: str
) -> None:
    content = parcel(order("1", Промокод="a&b=%00+c"))
    assert visitor.send(content, kind=kind) == "success\n"
    assert delivered(source) == [content]


def test_a_file_that_is_whole_but_wrong_is_refused_in_words(
    source: Source, visitor: Visitor
) -> None:
    answer = visitor.send(parcel(order("1", total="много")))
    assert answer.startswith("failure\n")
    assert "id-1" in answer
    assert delivered(source) == []
