"""The model audit: every coded row, as the apps find it, honest about what is not there."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pytest
from django.test import Client

from departments.structure import audit_registry
from departments.structure.audit_registry import Finding, State
from departments.structure.blueprint import BLUEPRINT
from departments.structure.model_audit import subordination, units
from departments.structure.models import Unit
from departments.structure.selectors import model_audit
from staff.accounts.models import User
from tests.factories import Tree

Open = Callable[[User], Client]


@pytest.fixture(autouse=True)
def _known_probes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only this app's own probes; those of the floors above are tested there."""
    monkeypatch.setattr(audit_registry, "_probes", [units, subordination])


def states(tree: Tree, **narrow: str) -> dict[str, State]:
    audit = model_audit(tree.department, **narrow)
    return {row.code: row.finding.state for section in audit.sections for row in section.rows}


def test_every_row_of_the_model_is_there_once(tree: Tree) -> None:
    assert list(states(tree)) == list(BLUEPRINT)


def test_rows_that_no_app_knows_are_not_built(tree: Tree) -> None:
    found = states(tree)
    assert found["A.O1"] is State.NOT_BUILT
    assert found["A.U1"] is State.PRESENT


def test_a_unit_that_is_not_there_is_missing(tree: Tree) -> None:
    Unit.objects.get(model_code="B.U2").delete()
    assert states(tree)["B.U2"] is State.MISSING


def test_the_head_and_the_director_are_found(tree: Tree, head: User) -> None:
    found = states(tree)
    assert found["H.S2"] is State.PRESENT
    assert found["H.S1"] is State.MISSING


def test_the_word_of_the_higher_floor_holds(tree: Tree) -> None:
    audit_registry.register_probe(lambda department: {"A.U1": Finding(State.OVERDUE, "late")})
    assert states(tree)["A.U1"] is State.OVERDUE


def test_it_is_narrowed_by_state_and_part(tree: Tree) -> None:
    narrowed = states(tree, state="present", part="B")
    assert set(narrowed) == {"B.U1", "B.U2", "B.U3"}


def test_counts_do_not_depend_on_the_filters(tree: Tree) -> None:
    whole, part = model_audit(tree.department), model_audit(tree.department, state="present")
    assert whole.counts == part.counts
    assert whole.total == len(BLUEPRINT)
    (section,) = [section for section in part.sections if section.code == "A.U"]
    assert (section.present, section.total) == (3, 3)


def test_the_page_says_states_in_words_and_leads_where_it_is_fixed(
    tree: Tree, head: User, client_of: Open
) -> None:
    page = client_of(head).get(f"/structure/departments/{tree.department.uid}/model-audit/")
    text = page.content.decode()
    assert "not built yet" in text
    assert f'href="{tree.department.get_absolute_url()}"' in text
    assert all(f'id="{code}"' in text for code in BLUEPRINT)


def test_it_is_read_in_russian_too(tree: Tree, head: User, client_of: Open) -> None:
    User.objects.filter(pk=head.pk).update(language="ru")
    page = client_of(head).get(f"/structure/departments/{tree.department.uid}/model-audit/")
    assert BLUEPRINT["A.O8"].ru in page.content.decode()


def test_the_file_has_the_shown_rows(tree: Tree, head: User, client_of: Open) -> None:
    url = f"/structure/departments/{tree.department.uid}/model-audit/?part=C&_export=csv"
    body = client_of(head).get(url).content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(body)))
    assert [row[0] for row in rows[1:]] == [code for code in BLUEPRINT if code.startswith("C.")]


def test_the_menu_leads_to_the_only_department(tree: Tree, head: User, client_of: Open) -> None:
    answer = client_of(head).get("/structure/model-audit/")
    assert answer["Location"] == f"/structure/departments/{tree.department.uid}/model-audit/"
