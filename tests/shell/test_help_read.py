"""Help: every topic in both languages; the page of components only where it belongs."""

from __future__ import annotations

import pytest
from django.test import Client

from config.shell.views.help import TOPICS
from staff.accounts.models import User


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("topic", TOPICS)
def test_topic_is_written(client: Client, nobody: User, language: str, topic: str) -> None:
    User.objects.filter(pk=nobody.pk).update(language=language)
    client.force_login(nobody)
    page = client.get(f"/help/{topic}/").content.decode()
    body = page.split('class="prose"')[1].split("</main>")[0]
    russian = sum("а" <= letter.lower() <= "я" for letter in body)
    assert len(body) > 400
    assert (russian > 150) == (language == "ru")


@pytest.mark.django_db
def test_an_unknown_topic_is_404(client: Client, nobody: User) -> None:
    client.force_login(nobody)
    assert client.get("/help/nothing/").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("demo", "person", "status"),
    [(True, "nobody", 200), (False, "nobody", 404), (False, "superuser", 200)],
)
def test_who_sees_the_components(
    request: pytest.FixtureRequest,
    client: Client,
    settings: object,
    demo: bool,
    person: str,
    status: int,
) -> None:
    settings.DEMO = demo  # type: ignore[attr-defined]  # pytest-django's settings
    client.force_login(request.getfixturevalue(person))
    assert client.get("/_components/").status_code == status
