"""The time log and its proofs."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from config.lib.errors import Conflict, Forbidden, Invalid
from departments.work.clock import today_of
from departments.work.models import LogLine
from departments.work.proofs import MAX_BYTES
from departments.work.services.log import LogEntry, log_add, log_delete, log_edit, log_restore
from staff.accounts.models import AuditEvent, User
from tests.factories import Tree
from tests.work.factories import PNG, make_occurrence, make_task, photo


def write(tree: Tree, user: User, **told: object) -> LogLine:
    return log_add(
        actor=user,
        scope=tree.a.scope,
        day=today_of(tree.department),
        entry=LogEntry(**told),  # type: ignore[arg-type]  # fields of the entry
    )


def test_line_without_a_task(tree: Tree, specialist: User) -> None:
    line = write(tree, specialist, minutes=20, text="Called a client")
    assert (line.minutes, line.text, line.user) == (20, "Called a client", specialist)
    assert AuditEvent.objects.get(action="work.log.added").actor == specialist


def test_empty_line_is_refused(tree: Tree, specialist: User) -> None:
    with pytest.raises(Invalid):
        write(tree, specialist)


def test_more_than_a_day_is_refused(tree: Tree, specialist: User) -> None:
    with pytest.raises(Invalid):
        write(tree, specialist, minutes=1441)


def test_time_not_told_is_not_zero(tree: Tree, specialist: User) -> None:
    assert write(tree, specialist, text="Read the news").minutes is None


def test_director_keeps_no_log(tree: Tree, director: User) -> None:
    with pytest.raises(Forbidden):
        write(tree, director, minutes=5)


def test_own_line_of_today_is_corrected(tree: Tree, specialist: User) -> None:
    line = write(tree, specialist, minutes=20)
    log_edit(actor=specialist, line=line, entry=LogEntry(minutes=25, text="More"))
    event = AuditEvent.objects.get(action="work.log.changed")
    assert (event.before["minutes"], event.after["minutes"]) == (20, 25)


def test_anothers_line_is_refused(tree: Tree, specialist: User, trainee: User) -> None:
    line = write(tree, trainee, minutes=20)
    for service in (log_delete, log_restore):
        with pytest.raises(Forbidden) as refusal:
            service(actor=specialist, line=line)
        assert refusal.value.code == "log_not_own"


def test_yesterdays_line_is_refused(tree: Tree, specialist: User) -> None:
    line = write(tree, specialist, minutes=20)
    line.day -= dt.timedelta(days=1)
    line.save()
    with pytest.raises(Forbidden) as refusal:
        log_edit(actor=specialist, line=line, entry=LogEntry(minutes=5))
    assert refusal.value.code == "log_day_over"


def test_taken_out_and_put_back(tree: Tree, specialist: User) -> None:
    line = write(tree, specialist, minutes=20)
    log_delete(actor=specialist, line=line)
    assert not LogLine.objects.kept().exists()
    with pytest.raises(Conflict):
        log_delete(actor=specialist, line=line)
    log_restore(actor=specialist, line=line)
    assert LogLine.objects.kept().get() == line


def test_the_only_proof_of_a_finished_task_stays(tree: Tree, specialist: User) -> None:
    now = timezone.now()
    occurrence = make_occurrence(
        make_task(tree.a, evidence_required=True),
        status="done",
        assignee=specialist,
        started_at=now,
        finished_at=now,
    )
    line = log_add(
        actor=specialist,
        scope=tree.a.scope,
        day=today_of(tree.department),
        entry=LogEntry(proof_url="https://vk.com/wall-1_2"),
        occurrence=occurrence,
    )
    with pytest.raises(Conflict):
        log_delete(actor=specialist, line=line)
    with pytest.raises(Conflict):
        log_edit(actor=specialist, line=line, entry=LogEntry(minutes=5))


def test_photo_is_kept_under_a_name_that_tells_nothing(tree: Tree, specialist: User) -> None:
    line = write(tree, specialist, proof_file=photo("Полка в магазине.png"))
    assert line.proof_name == "Полка в магазине.png"
    assert line.proof_type == "image/png"
    assert "png" not in str(line.proof_file)
    with line.proof_file.open("rb") as file:
        assert file.read() == PNG


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.html", b"<html><script>alert(1)</script>"),
        ("page.png", b"<html><script>alert(1)</script>"),
        ("drawing.svg", b'<svg xmlns="http://www.w3.org/2000/svg"/>'),
        ("drawing.png", b'<svg xmlns="http://www.w3.org/2000/svg"/>'),
        ("photo.html", PNG),
        ("archive.zip", b"PK\x03\x04" + b"\x00" * 20),
        ("program.exe", b"MZ" + b"\x00" * 20),
        ("empty.png", b""),
        ("photo", PNG),
    ],
)
def test_wrong_proof_is_refused(tree: Tree, specialist: User, name: str, content: bytes) -> None:
    with pytest.raises(Invalid) as refusal:
        write(tree, specialist, proof_file=SimpleUploadedFile(name, content, "image/png"))
    assert refusal.value.code == "proof_refused"
    assert not LogLine.objects.exists()


def test_too_big_proof_is_refused(tree: Tree, specialist: User) -> None:
    upload = photo(content=PNG + b"\x00" * MAX_BYTES)
    with pytest.raises(Invalid, match="larger than 10 MB"):
        write(tree, specialist, proof_file=upload)
