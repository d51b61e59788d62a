"""Watched folders: what is put there is loaded once, and told about when it cannot be."""

from __future__ import annotations

import datetime as dt
import json
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from config.lib.errors import Invalid
from kpis.register.models import FileImport, MappingTemplate, Result, Source, SyncRun
from kpis.register.services import folders
from kpis.register.services.folders import folders_sweep
from kpis.register.services.imports import import_create
from kpis.register.services.sources import source_create, source_update
from kpis.register.services.sync import run_execute
from kpis.register.services.undo import import_undo
from staff.accounts.models import Notification, User
from tests import factories
from tests.factories import Tree
from tests.register import rows
from tests.register.pages.helpers import load, upload

pytestmark = pytest.mark.django_db
Open = Callable[[User], Client]
GOOD = "Дата;Визиты\n01.02.2026;120\n02.02.2026;90\n".encode()
MAPPING = {
    "version": 1,
    "target": "results",
    "date": "Дата",
    "metrics": [["Визиты", "sessions"]],
    "time_zone": "Europe/Moscow",
}


class Clock:
    """The time, put on by hand from now on."""

    def __init__(self) -> None:
        self.now = timezone.now()

    def __call__(self) -> dt.datetime:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(timezone, "now", made)
    return made


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = tmp_path / "watched"
    (made / "shop").mkdir(parents=True)
    monkeypatch.setattr(settings, "WATCHED_FOLDERS", str(made))
    return made


def watched(head: User, tree: Tree, folder: str = "shop", name: str = "Shop") -> Source:
    """A file source fed from ``folder``."""
    template, _made = MappingTemplate.objects.get_or_create(
        scope=tree.department.scope, name="Visits", defaults={"mapping": MAPPING}
    )
    plain = {
        "currency": "RUB",
        "time_zone": "Europe/Moscow",
        "folder": folder,
        "template": str(template.uid),
    }
    return source_create(
        actor=head,
        scope=tree.department.scope,
        kind="file",
        name=name,
        plain=plain,
        secrets={},
    )


@pytest.fixture
def shop(root: Path, head: User, tree: Tree) -> Source:
    return watched(head, tree)


def look_twice(clock: Clock) -> None:
    """Two looks half a minute apart."""
    folders_sweep()
    clock.now += dt.timedelta(seconds=30)
    folders_sweep()


def work(clock: Clock) -> None:
    """What a worker and the next look do."""
    for run in SyncRun.objects.open():
        run_execute(run.pk)
    clock.now += dt.timedelta(minutes=1)
    folders_sweep()


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def attention(source: Source) -> str:
    source.refresh_from_db()
    return source.attention_text


def test_a_file_at_rest_is_loaded_and_put_away(
    root: Path, shop: Source, clock: Clock, client_of: Open, head: User
) -> None:
    file = root / "shop" / "february.csv"
    file.write_bytes(GOOD)
    folders_sweep()
    clock.now += dt.timedelta(seconds=29)
    assert folders_sweep() == 0
    clock.now += dt.timedelta(seconds=1)
    assert folders_sweep() == 1
    record = FileImport.objects.get()
    assert (record.state, record.original_name) == ("started", "february.csv")
    assert record.created_by == head
    assert file.exists(), "it stays until the register has it"
    work(clock)
    record.refresh_from_db()
    assert (record.state, record.rows_loaded) == ("done", 2)
    assert names(root / "shop") == ["loaded"]
    at = f"{timezone.localtime(clock.now):%Y-%m-%d %H-%M-%S}"
    assert names(root / "shop" / "loaded") == [f"february {at}.csv"]
    assert sum(row.value for row in Result.objects.all()) == 210
    page = client_of(head).get(reverse("register:import-list")).content.decode()
    assert "february.csv" in page


def test_a_growing_file_is_left_alone(root: Path, shop: Source, clock: Clock) -> None:
    file = root / "shop" / "big.csv"
    file.write_bytes(GOOD[:20])
    folders_sweep()
    clock.now += dt.timedelta(minutes=1)
    file.write_bytes(GOOD)
    assert folders_sweep() == 0
    clock.now += dt.timedelta(seconds=10)
    assert folders_sweep() == 0
    clock.now += dt.timedelta(seconds=20)
    assert folders_sweep() == 1


def test_a_file_written_while_it_is_copied_is_not_loaded(
    root: Path, shop: Source, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = root / "shop" / "big.csv"
    file.write_bytes(GOOD)
    real = import_create

    def written_meanwhile(**given: Any) -> FileImport:
        with file.open("ab") as more:
            more.write(b"03.02.2026;7\n")
        return real(**given)

    monkeypatch.setattr(folders, "import_create", written_meanwhile)
    look_twice(clock)
    assert not FileImport.objects.exists()
    assert names(settings.MEDIA_ROOT / "imports") == []
    monkeypatch.undo()


def test_one_file_after_the_other_the_oldest_first(root: Path, shop: Source, clock: Clock) -> None:
    for name, day, changed in (("a.csv", "02", 2000), ("b.csv", "01", 1000)):
        file = root / "shop" / name
        file.write_bytes(f"Дата;Визиты\n{day}.02.2026;5\n".encode())
        os.utime(file, (changed, changed))
    look_twice(clock)
    assert list(FileImport.objects.values_list("original_name", flat=True)) == ["b.csv"]
    work(clock)
    work(clock)
    assert names(root / "shop") == ["loaded"]
    assert FileImport.objects.filter(state="done").count() == 2


def test_the_same_file_again_is_told_and_changes_nothing(
    root: Path, shop: Source, head: User, clock: Clock
) -> None:
    for name in ("first.csv", "again.csv"):
        (root / "shop" / name).write_bytes(GOOD)
        look_twice(clock)
        work(clock)
    assert FileImport.objects.count() == 1
    assert len(names(root / "shop" / "loaded")) == 2
    title = Notification.objects.get(user=head, key__startswith="watched-again").title
    assert title["en"] == "The file “again.csv” had been loaded before"
    assert attention(shop) == ""


def test_an_undone_file_may_be_put_there_again(
    root: Path, shop: Source, head: User, clock: Clock
) -> None:
    (root / "shop" / "first.csv").write_bytes(GOOD)
    look_twice(clock)
    work(clock)
    run_execute(import_undo(actor=head, record=FileImport.objects.get()).pk)
    assert not Result.objects.exists()
    (root / "shop" / "again.csv").write_bytes(GOOD)
    look_twice(clock)
    work(clock)
    assert Result.objects.count() == 2
    assert sorted(FileImport.objects.values_list("state", flat=True)) == ["done", "undone"]


REFUSED = {
    "wrong columns": (b"Day;Users\n01.02.2026;5\n", "Дата"),
    "wrong row": ("Дата;Визиты\n01.02.2026;many\n".encode(), "errors: 1"),
    "no table": (b"%PDF-1.7 rest", "This is a PDF file."),
}


@pytest.mark.parametrize("case", list(REFUSED))
def test_what_cannot_be_loaded_goes_aside_and_is_told(
    case: str, root: Path, shop: Source, head: User, clock: Clock
) -> None:
    content, words = REFUSED[case]
    (root / "shop" / "bad.csv").write_bytes(content)
    look_twice(clock)
    work(clock)
    assert len(names(root / "shop" / "refused")) == 1
    assert names(root / "shop") == ["refused"]
    assert words in attention(shop)
    assert "bad.csv" in attention(shop)
    assert shop.attention["ru"] != "", "said in both languages"
    assert Notification.objects.filter(user=head, key=f"source-attention-{shop.pk}").count() == 1
    assert not Result.objects.exists()
    # A good file puts it right.
    (root / "shop" / "good.csv").write_bytes(GOOD)
    look_twice(clock)
    work(clock)
    assert (attention(shop), shop.state) == ("", "ok")


def test_without_a_template_files_wait_and_it_is_said_once(
    root: Path, shop: Source, head: User, clock: Clock
) -> None:
    MappingTemplate.objects.all().delete()
    (root / "shop" / "a.csv").write_bytes(GOOD)
    look_twice(clock)
    assert attention(shop).startswith("Files wait in the folder: choose a template")
    Notification.objects.update(read_at=clock.now)
    work(clock)
    assert Notification.objects.filter(user=head).count() == 1
    assert names(root / "shop") == ["a.csv"]
    template = MappingTemplate.objects.create(scope=shop.scope, name="New", mapping=MAPPING)
    plain = shop.settings | {"template": str(template.uid)}
    source_update(actor=head, source=shop, plain=plain, secrets={})
    look_twice(clock)
    work(clock)
    assert (attention(shop), shop.state) == ("", "ok")


def test_an_owner_who_may_not_load_is_no_owner(
    root: Path, shop: Source, auditor: User, clock: Clock
) -> None:
    Source.objects.update(owner=auditor)
    (root / "shop" / "a.csv").write_bytes(GOOD)
    look_twice(clock)
    assert "must be able to load files" in attention(shop)
    assert not FileImport.objects.exists()


def test_a_missing_folder_is_said_and_forgotten_when_it_is_back(
    root: Path, shop: Source, clock: Clock
) -> None:
    (root / "shop").rmdir()
    folders_sweep()
    assert attention(shop) == "There is no such folder."
    (root / "shop").mkdir()
    folders_sweep()
    assert (attention(shop), shop.state) == ("", "new")


def test_links_and_hidden_files_are_not_read(
    root: Path, shop: Source, tmp_path: Path, clock: Clock
) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_bytes(GOOD)
    (root / "shop" / "link.csv").symlink_to(secret)
    (root / "shop" / ".upload.csv").write_bytes(GOOD)
    (root / "shop" / "folder.csv").mkdir()
    look_twice(clock)
    assert not FileImport.objects.exists()
    assert secret.exists()


def test_a_folder_that_became_a_link_is_refused(
    root: Path, shop: Source, tmp_path: Path, clock: Clock
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "a.csv").write_bytes(GOOD)
    (root / "shop").rmdir()
    (root / "shop").symlink_to(elsewhere)
    look_twice(clock)
    assert "outside" in attention(shop)
    assert not FileImport.objects.exists()


def test_files_are_not_moved_through_a_link(
    root: Path, shop: Source, tmp_path: Path, clock: Clock
) -> None:
    (root / "shop" / "loaded").symlink_to(tmp_path)
    (root / "shop" / "a.csv").write_bytes(GOOD)
    look_twice(clock)
    work(clock)
    work(clock)
    assert "cannot be moved" in attention(shop)
    assert FileImport.objects.count() == 1, "not loaded again and again"


@pytest.mark.parametrize(
    "name", ["../up", "/etc/../..", "shop/../..", "a\\b", ".git", "shop/loaded"]
)
def test_the_form_refuses_ways_out(name: str, root: Path, head: User, client_of: Open) -> None:
    url = reverse("register:source-create", args=["file"])
    answer = client_of(head).post(url, {"name": "X", "folder": name})
    assert answer.status_code == 422
    assert answer.context["form"].errors["folder"]


def test_the_service_refuses_links_missing_and_taken_folders(
    root: Path, shop: Source, head: User, tree: Tree, tmp_path: Path
) -> None:
    (root / "out").symlink_to(tmp_path)
    for folder, words in (("out", "outside"), ("none", "no such"), ("shop", "Another source")):
        with pytest.raises(Invalid) as refusal:
            watched(head, tree, folder, "Second")
        assert words in str(refusal.value.fields["folder"])


def test_a_template_of_another_place_is_refused(
    root: Path, shop: Source, head: User, other_tree: Tree
) -> None:
    alien = MappingTemplate.objects.create(
        scope=other_tree.department.scope, name="Theirs", mapping=MAPPING
    )
    plain = shop.settings | {"template": str(alien.uid)}
    with pytest.raises(Invalid) as refusal:
        source_update(actor=head, source=shop, plain=plain, secrets={})
    assert "template" in refusal.value.fields


def test_the_form_offers_templates_by_name(
    root: Path, shop: Source, head: User, client_of: Open
) -> None:
    client, url = client_of(head), reverse("register:source-edit", args=[shop.uid])
    form = client.get(url).context["form"]
    assert [text for _value, text in form.fields["template"].choices][1:] == ["Visits"]
    values = {"name": "Shop", "owner": head.uid, "currency": "RUB", "time_zone": "Europe/Moscow"}
    answer = client.post(url, values | {"folder": "shop", "template": ""})
    assert answer.context["form"].errors["template"] == [
        "Choose how the files of the folder are to be read."
    ]
    assert client.post(url, values | {"folder": "", "template": ""}).status_code == 302
    shop.refresh_from_db()
    assert shop.settings["folder"] == ""
    page = client.get(shop.get_absolute_url()).content.decode()
    assert "Watched folder" in page


def test_where_folders_are_switched_off_nothing_is_asked_or_lost(
    root: Path, shop: Source, head: User, client_of: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "WATCHED_FOLDERS", "")
    (root / "shop" / "a.csv").write_bytes(GOOD)
    assert folders_sweep() == 0
    client, url = client_of(head), reverse("register:source-edit", args=[shop.uid])
    assert "folder" not in client.get(url).context["form"].fields
    values = {"name": "Renamed", "owner": head.uid, "currency": "RUB"}
    assert client.post(url, values | {"time_zone": "Europe/Moscow"}).status_code == 302
    shop.refresh_from_db()
    assert (shop.name, shop.settings["folder"]) == ("Renamed", "shop")


def test_a_file_loaded_by_hand_meanwhile_does_not_break_the_sweep(
    root: Path, shop: Source, head: User, clock: Clock, client_of: Open
) -> None:
    (root / "shop" / "a.csv").write_bytes(GOOD)
    folders_sweep()
    load(client_of(head), upload(head, shop, GOOD))
    run = rows.make_run(shop)  # being loaded just now
    clock.now += dt.timedelta(minutes=1)
    assert folders_sweep() == 0
    run.state = "done"
    run.save()
    folders_sweep()
    assert FileImport.objects.count() == 1
    assert names(root / "shop") == ["loaded"], "the register has it already"


def test_a_damaged_memory_is_forgotten(root: Path, shop: Source, clock: Clock) -> None:
    (root / "shop" / "a.csv").write_bytes(GOOD)
    look_twice(clock)
    memory = settings.MEDIA_ROOT / "watched" / f"{shop.uid}.json"
    assert json.loads(memory.read_text())["files"]["a.csv"]["record"]
    memory.write_text("{")
    look_twice(clock)
    assert FileImport.objects.count() == 1, "the begun load is found by the file's content"
    work(clock)
    assert names(root / "shop") == ["loaded"]


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_take_one_file(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree = factories.make_tree()
    head = factories.make_user("head", tree.department.scope)
    for folder in ("shop", "site"):
        (root / folder).mkdir(exist_ok=True)
        watched(head, tree, folder, folder)
        (root / folder / "a.csv").write_bytes(GOOD)
        (root / folder / "b.csv").write_bytes("Дата;Визиты\n05.02.2026;5\n".encode())
    folders_sweep()
    monkeypatch.setattr(folders, "STILL", dt.timedelta(0))
    start, done = threading.Barrier(6), list[int]()

    def worker() -> None:
        try:
            start.wait(timeout=10)
            for _turn in range(3):
                folders_sweep()
            done.append(1)
        finally:
            connection.close()

    threads = [threading.Thread(target=worker) for _number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(done) == 6
    begun = list(FileImport.objects.values_list("source__name", "original_name"))
    assert sorted(name for name, _file in begun) == ["shop", "site"], "one file of each, once"
    assert SyncRun.objects.open().count() == 2
    assert len(names(settings.MEDIA_ROOT / "imports")) == 2
