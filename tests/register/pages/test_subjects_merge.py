"""Duplicates: shown as one, never in chains, taken back."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from config.lib.errors import Conflict, Forbidden, Invalid
from config.shell.search import search
from kpis.register.models import Source, Subject
from kpis.register.services.subjects import subject_merge, subject_unmerge
from staff.accounts.models import AuditEvent, User
from tests import factories
from tests.factories import Tree
from tests.register import rows
from tests.register.pages.test_subjects_owner import make

pytestmark = pytest.mark.django_db
Open = Callable[[User], Client]


@pytest.fixture
def pair(matomo: Source) -> tuple[Subject, Subject]:
    return make(matomo, "spring"), make(matomo, "Spring sale")


def into_of(subject: Subject) -> Subject | None:
    subject.refresh_from_db()
    return subject.merged_into


def test_duplicates_are_shown_as_one_and_parted_again(
    pair: tuple[Subject, Subject], head: User
) -> None:
    main, same = pair
    subject_merge(actor=head, duplicates=[same, main], into=main)
    assert into_of(same) == main
    assert into_of(main) is None
    event = AuditEvent.objects.get(action="register.subject.merged")
    assert (event.target_id, event.after) == (str(main.uid), {"duplicates": same.label})
    subject_unmerge(actor=head, subject=same)
    assert into_of(same) is None
    with pytest.raises(Conflict):
        subject_unmerge(actor=head, subject=same)


def test_no_chains_and_no_circles(matomo: Source, head: User) -> None:
    a, b, c = (make(matomo, key) for key in "abc")
    subject_merge(actor=head, duplicates=[a], into=b)
    for duplicates, into in (([b], a), ([b], c), ([a], c), ([c], a), ([a], b)):
        with pytest.raises(Invalid):
            subject_merge(actor=head, duplicates=duplicates, into=into)
    subject_merge(actor=head, duplicates=[c], into=b)
    assert Subject.objects.filter(merged_into=b).count() == 2


def test_only_one_kind_of_one_company(
    tree: Tree, other_tree: Tree, matomo: Source, head: User, superuser: User, outsider: User
) -> None:
    main = make(matomo)
    site = make(matomo, "site", kind=Subject.Kind.SITE)
    alien = make(rows.matomo_source(outsider, other_tree.department.scope), "alien")
    inside = make(matomo, "inside", parent=main)
    deeper = make(matomo, "deeper", parent=inside)
    for other in (site, alien, inside, deeper):
        with pytest.raises(Invalid):
            subject_merge(actor=superuser, duplicates=[other], into=main)
    with pytest.raises(Invalid):
        subject_merge(actor=head, duplicates=[main], into=deeper)
    with pytest.raises(Invalid):
        subject_merge(actor=head, duplicates=[main], into=main)
    of_direction = make(matomo, "mine", scope=tree.a.scope)
    subject_merge(actor=head, duplicates=[of_direction], into=main)


def test_the_right_is_needed_on_every_one(
    tree: Tree,
    pair: tuple[Subject, Subject],
    direction_head: User,
    specialist: User,
    matomo: Source,
) -> None:
    main, same = pair
    mine = make(matomo, "mine", scope=tree.a.scope)
    for actor in (specialist, direction_head):
        with pytest.raises(Forbidden):
            subject_merge(actor=actor, duplicates=[same], into=mine)
        with pytest.raises(Forbidden):
            subject_unmerge(actor=actor, subject=main)
    other = make(matomo, "other", scope=tree.a.scope)
    subject_merge(actor=direction_head, duplicates=[other], into=mine)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_make_no_chain() -> None:
    tree = factories.make_tree()
    head = factories.make_user("head", tree.department.scope)
    source = rows.matomo_source(head, tree.department.scope)
    ring = [make(source, key) for key in "abcd"]
    start = threading.Barrier(4)

    def one(place: int) -> None:
        try:
            start.wait(timeout=10)
            duplicate, into = ring[place], ring[(place + 1) % 4]
            subject_merge(actor=factories.reread(head), duplicates=[duplicate], into=into)
        except Invalid:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(place,)) for place in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    merged = Subject.objects.filter(merged_into__isnull=False)
    assert merged.exists()
    assert not merged.filter(merged_into__merged_into__isnull=False).exists()


def test_the_page_offers_the_most_alike_first(
    matomo: Source, pair: tuple[Subject, Subject], head: User, client_of: Open
) -> None:
    main, same = pair
    make(matomo, "Quite another thing")
    make(matomo, "spring", kind=Subject.Kind.SITE)
    client, url = client_of(head), reverse("register:subject-merge", args=[main.uid])
    labels = [text for _uid, text in client.get(url).context["form"].fields["duplicates"].choices]
    assert labels == ["Spring Sale · Site", "Quite Another Thing · Site"]
    narrowed = client.get(url, {"q": "quite"}).context["form"].fields["duplicates"].choices
    assert [text for _uid, text in narrowed] == ["Quite Another Thing · Site"]
    assert client.post(url, {}).status_code == 422
    client.post(url, {"duplicates": [str(same.uid)]})
    assert into_of(same) == main
    page = client.get(reverse("register:subject-detail", args=[same.uid])).content.decode()
    assert "A duplicate: it is shown as" in page
    part = reverse("register:subject-part", args=[same.uid])
    assert client.get(part).status_code == 405
    assert client.post(part).status_code == 302
    assert into_of(same) is None


def test_who_may_open_the_page(
    pair: tuple[Subject, Subject],
    auditor: User,
    outsider: User,
    specialist: User,
    client_of: Open,
) -> None:
    merge = reverse("register:subject-merge", args=[pair[0].uid])
    part = reverse("register:subject-part", args=[pair[0].uid])
    for user, status in ((auditor, 403), (specialist, 403), (outsider, 404)):
        assert client_of(user).get(merge).status_code == status
        assert client_of(user).post(part).status_code == status


def test_search_finds_what_it_is_shown_as(pair: tuple[Subject, Subject], head: User) -> None:
    main, same = pair
    subject_merge(actor=head, duplicates=[same], into=main)
    hits = [hit for group in search(head, "spring", limit=9) for hit in group.hits]
    labels = [hit.label for hit in hits if "/subjects/" in hit.url]
    assert labels == ["Spring"]
