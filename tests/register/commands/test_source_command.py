"""``manage.py source``: the same as the pages, for scripts."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from config.lib.crypto import unseal
from kpis.register.files import Mapping
from kpis.register.models import DailyTotal, FileImport, Order, ResultRevision, Source
from kpis.register.services.imports import template_save
from kpis.simulator import Simulator
from kpis.simulator.server import TOKEN
from staff.accounts.models import AuditEvent, User
from tests.factories import Tree
from tests.register import rows
from tests.register.commands.conftest import Run
from tests.register.pages.helpers import SMALL

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator(port=0) as running:
        yield running


@pytest.fixture
def add(source: Run, tree: Tree, head: User, simulator: Simulator) -> Any:
    """Adds a Matomo by command; keyword arguments replace what is given."""

    def run(token: str = TOKEN, **changes: object) -> tuple[int, Any]:
        given = {"base_url": simulator.url, "site_id": 1, **changes}
        words = [part for name, value in given.items() for part in ("--set", f"{name}={value}")]
        secret = ["--secret", f"token_auth={token}"]
        return source("add", "--kind", "matomo", "--name", "Site", *words, *secret)

    return run


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "report.csv"
    path.write_bytes(SMALL.encode("cp1251"))
    return path


def test_kinds_need_nobody(source: Run) -> None:
    code, kinds = source("kinds")
    assert code == 0
    fields = {
        kind["kind"]: {field["name"]: field["secret"] for field in kind["settings"]}
        for kind in kinds
    }
    assert fields["file"] == dict.fromkeys(("currency", "time_zone", "folder", "template"), False)
    assert fields["matomo"]["token_auth"] is True


def test_add_takes_the_form_s_defaults(add: Any, tree: Tree) -> None:
    code, shape = add()
    made = Source.objects.get()
    assert (code, shape["uid"], shape["scope"]) == (0, str(made.uid), "Marketing")
    assert made.settings["ecommerce"] is True
    assert unseal(made.sealed_secrets) == {"token_auth": TOKEN}
    event = AuditEvent.objects.get(action="register.source.created")
    assert (event.origin, event.where) == ("command", "manage.py source add")
    assert TOKEN not in f"{event.before}{event.after}{shape}"


def test_add_reads_a_secret_from_the_environment(
    source: Run, tree: Tree, head: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SITE_TOKEN", "from-environment")
    words = ["add", "--kind", "matomo", "--name", "Site", "--set", "base_url=https://a.example"]
    words += ["--set", "site_id=1", "--scope", "Marketing", "--secret-env"]
    assert source(*words, "token_auth=SITE_TOKEN")[0] == 0
    assert unseal(Source.objects.get().sealed_secrets) == {"token_auth": "from-environment"}
    code, shape = source(*words, "token_auth=NOT_SET")
    assert (code, shape["error"]["message"]) == (1, "The variable NOT_SET is not set.")


def test_add_names_the_wrong_setting(add: Any) -> None:
    code, shape = add(site_id="x", base_url="ftp://a.example")
    assert code == 1
    assert set(shape["error"]["fields"]) == {"site_id", "base_url"}
    assert not Source.objects.exists()


def test_add_refuses_who_may_not(source: Run, tree: Tree, head: User, specialist: User) -> None:
    code, shape = source("add", "--kind", "file", "--name", "F", "--as", specialist.email)
    assert (code, Source.objects.count()) == (1, 0)
    assert shape["error"]["message"]


def test_check_fails_with_exit_code_1(add: Any, source: Run) -> None:
    add()
    code, shape = source("check", "Site")
    assert (code, shape["ok"]) == (0, True)
    assert {"name", "label", "ok", "detail", "advice"} == set(shape["items"][0])
    Source.objects.all().delete()
    add(token="wrong-token")
    code, shape = source("check", "Site")
    assert (code, shape["ok"]) == (1, False)
    assert [item["name"] for item in shape["items"] if not item["ok"]] == ["token"]
    assert "wrong-token" not in str(shape)


def test_sync_reads_until_the_run_has_ended(add: Any, source: Run) -> None:
    add()
    Source.objects.update(history_from="2026-01-01")
    code, run = source("sync", "Site", "--wait")
    assert (code, run["state"]) == (0, "done")
    assert run["days_done"] == run["days_total"] > 0
    assert run["new"] > 0
    code, (status,) = source("status")
    assert status["data_until"] is not None
    assert status["last_run"]["uid"] == run["uid"]
    assert status["simulated"] in {True, False}
    code, again = source("sync", "Site", "--wait")
    assert (again["new"], again["changed"], again["removed"]) == (0, 0, 0)
    code, runs = source("runs", "Site", "--limit", 1)
    assert [item["uid"] for item in runs] == [again["uid"]]


def test_sync_says_what_failed(add: Any, source: Run) -> None:
    add(token="wrong-token")
    code, run = source("sync", "Site", "--wait")
    assert (code, run["state"]) == (1, "failed")
    assert run["error"] == "Matomo does not accept the token."
    assert run["advice"]
    code, (status,) = source("status", "Site")
    assert status["attention"] == run["error"]


def test_sync_without_wait_only_queues(add: Any, source: Run) -> None:
    add()
    code, run = source("sync", "Site")
    assert (code, run["state"], run["days_total"]) == (0, "planned", 0)
    code, shape = source("sync", "Site")
    assert (code, shape["error"]["code"]) == (1, "conflict")


def test_import_makes_the_source_and_loads(
    source: Run, tree: Tree, head: User, small: Path
) -> None:
    code, shape = source("import", small, "--source", "Ads", "--create")
    assert code == 0
    assert shape["totals"] == {"media_cost": "350.5", "sessions": "2100"}
    assert (shape["rows_loaded"], shape["skipped"], shape["errors"]) == (4, 1, [])
    assert (shape["first"], shape["last"]) == ("2026-02-01", "2026-02-02")
    code, again = source("import", small, "--source", "Ads", "--create")
    assert (again["new"], again["changed"], again["removed"]) == (0, 0, 0)
    assert Source.objects.count() == 1
    assert not ResultRevision.objects.exists()


def test_import_takes_metrics_by_name(source: Run, tree: Tree, head: User, tmp_path: Path) -> None:
    path = tmp_path / "ga.csv"
    path.write_text("Date,Target\n2026-01-01,5.0\n2026-01-02,6.0\n")
    code, shape = source("import", path, "--source", "GA", "--create")
    assert (code, shape["error"]["code"]) == (1, "mapping")
    assert "“Target”" in shape["error"]["message"]
    code, shape = source("import", path, "--source", "GA", "--metric", "Target=sessions")
    assert (code, shape["totals"]) == (0, {"sessions": "11"})


def test_import_loads_orders_of_fixed_width(
    source: Run, tree: Tree, head: User, tmp_path: Path
) -> None:
    path = tmp_path / "orders.txt"
    lines = [f" {n:05} 1997010{1 + n % 3} {n % 4 + 1:2} {10 + n}.50\n" for n in range(1, 13)]
    path.write_text("".join(lines))
    columns = ["customer=#1", "date=#2", "units=#3", "amount=#4"]
    words = [part for column in columns for part in ("--column", column)]
    code, shape = source("import", path, "--source", "O", "--create", "--target", "orders", *words)
    assert code == 0
    assert shape["totals"]["customers"] == shape["totals"]["orders"] == "12"
    assert Order.objects.count() == 12


def test_import_reads_a_mapping_and_a_template(
    source: Run, tree: Tree, head: User, tmp_path: Path
) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Day;N\n2026-01-01;5\n")
    mapping = tmp_path / "mapping.json"
    mapping.write_text('{"target": "results", "date": "Day", "metrics": [["N", "clicks"]]}')
    code, shape = source("import", path, "--source", "A", "--create", "--mapping", mapping)
    assert (code, shape["totals"]) == (0, {"clicks": "5"})
    scope = Source.objects.get().scope
    saved = Mapping(target="results", date="Day", metrics=(("N", "leads"),))
    template_save(actor=head, scope=scope, name="Leads", mapping=saved)
    code, shape = source("import", path, "--source", "A", "--template", "Leads")
    assert (code, shape["totals"]) == (0, {"leads": "5"})
    mapping.write_text('{"target": "results", "day": "Day"}')
    code, shape = source("import", path, "--source", "A", "--mapping", mapping)
    assert (code, shape["error"]["message"]) == (1, "The mapping has an unknown field “day”.")


def test_import_lists_errors_and_fails(source: Run, tree: Tree, head: User, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Date;Clicks\n2026-01-01;5\n2026-02-31;6\n2026-01-03;7\n")
    code, shape = source("import", path, "--source", "A", "--create")
    assert (code, shape["state"]) == (1, FileImport.State.REFUSED)
    assert (shape["errors"][0]["row"], shape["errors"][0]["column"]) == (3, "Date")
    assert not DailyTotal.objects.exists()
    code, shape = source("import", path, "--source", "A", "--policy", "keep_good")
    assert (code, shape["rows_loaded"], shape["error_count"]) == (0, 2, 1)


def test_import_refuses_by_name(source: Run, tree: Tree, head: User, tmp_path: Path) -> None:
    code, shape = source("import", tmp_path / "none.csv", "--source", "A", "--create")
    assert (code, "cannot be read" in shape["error"]["message"]) == (1, True)
    empty = tmp_path / "empty.csv"
    empty.touch()
    code, shape = source("import", empty, "--source", "A", "--create")
    assert (code, shape["error"]["fields"]) == (1, {"file": "The file is empty."})
    code, shape = source("import", empty, "--source", "Nothing")
    assert (code, shape["error"]["code"]) == (1, "not_found")


def test_two_sources_of_one_name_are_told_apart(
    source: Run, tree: Tree, head: User, superuser: User
) -> None:
    first = rows.file_source(head, tree.department.scope)
    rows.file_source(superuser, tree.company.scope)
    code, shape = source("status", "Reports")
    assert (code, shape["error"]["code"]) == (1, "ambiguous")
    assert str(first.uid) in shape["error"]["message"]
    code, found = source("status", first.uid)
    assert [row["uid"] for row in found] == [str(first.uid)]


def test_people_get_lines(tree: Tree, head: User, small: Path) -> None:
    out = io.StringIO()
    call_command("source", "import", str(small), "--source", "Ads", "--create", stdout=out)
    text = out.getvalue()
    assert "rows read 5, loaded 4, errors 0" in text
    assert "sessions = 2100" in text
    out = io.StringIO()
    call_command("source", "status", stdout=out)
    assert out.getvalue() == "Ads (file, Marketing): works, data until 2026-02-02\n"
    with pytest.raises(CommandError, match="Nothing is called “X”"):
        call_command("source", "check", "X")


def test_nobody_may_act_without_people(db: None) -> None:
    with pytest.raises(CommandError, match="Nobody may act"):
        call_command("source", "status")
