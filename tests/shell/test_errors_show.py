"""Error pages: the right code, the request id, never the text of an exception."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path

from config.lib.errors import AppError, Conflict, Forbidden, Invalid
from config.shell.urls import urlpatterns as shell_urls
from staff.accounts.access import public_access
from staff.accounts.models import User

SECRET = "table accounts_user password=hunter2"
ID = "test-request-0001"
ERRORS: dict[str, Exception] = {
    "broken": RuntimeError(SECRET),
    "refused": Forbidden(),
    "invalid": Invalid(fields={"name": "No name."}),
    "conflict": Conflict(),
    "bad": BadRequest(SECRET),
    "app": AppError("Said plainly."),
}


@public_access
def fail(request: HttpRequest, kind: str) -> HttpResponse:
    raise ERRORS[kind]


@public_access
def form(request: HttpRequest) -> HttpResponse:
    return HttpResponse("saved")


def undeclared(request: HttpRequest) -> HttpResponse:
    return HttpResponse("open")


urlpatterns = [
    path("fail/<slug:kind>/", fail),
    path("api/fail/<slug:kind>/", fail),
    path("form/", form),
    path("undeclared/", undeclared),
    path("", include((shell_urls, "shell"))),
    path("account/", include("allauth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
]
handler400 = "config.shell.views.errors.bad_request"
handler403 = "config.shell.views.errors.forbidden"
handler404 = "config.shell.views.errors.not_found"
handler500 = "config.shell.views.errors.server_error"

pytestmark = [pytest.mark.urls(__name__), pytest.mark.django_db]


@pytest.fixture
def visitor() -> Client:
    return Client(
        raise_request_exception=False, headers={"X-Request-Id": ID, "Accept-Language": "en"}
    )


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/nowhere/", 404, "There is no such page"),
        ("/fail/refused/", 403, "You do not have the right"),
        ("/fail/invalid/", 422, "No name."),
        ("/fail/conflict/", 409, "already been done"),
        ("/fail/bad/", 400, "could not be understood"),
        ("/fail/broken/", 500, "went wrong on our side"),
        ("/undeclared/", 403, "You do not have the right"),
    ],
)
def test_page_has_code_words_and_request_id(
    visitor: Client, address: str, status: int, words: str
) -> None:
    response = visitor.get(address)
    page = response.content.decode()
    assert response.status_code == status
    assert words in page
    assert ID in page
    assert response["X-Request-Id"] == ID
    assert "hunter2" not in page
    assert "Traceback" not in page


def test_an_htmx_request_gets_a_toast(visitor: Client) -> None:
    response = visitor.get("/fail/app/", headers={"HX-Request": "true"})
    assert response.status_code == 400
    assert response["HX-Retarget"] == "#toasts"
    assert b"Said plainly." in response.content
    assert b"<html" not in response.content


@pytest.mark.parametrize(("kind", "status"), [("app", 400), ("broken", 500), ("bad", 400)])
def test_the_api_gets_json(visitor: Client, kind: str, status: int) -> None:
    response = visitor.get(f"/api/fail/{kind}/")
    assert response.status_code == status
    assert set(response.json()) == {"error"}
    assert set(response.json()["error"]) == {"code", "message", "fields"}


def test_the_500_page_needs_no_database(
    visitor: Client, django_assert_num_queries: Callable[[int], object]
) -> None:
    with django_assert_num_queries(0):  # type: ignore[attr-defined]  # a context manager
        assert visitor.get("/fail/broken/").status_code == 500


def test_a_stale_form_is_explained() -> None:
    strict = Client(enforce_csrf_checks=True, headers={"X-Request-Id": ID, "Accept-Language": "en"})
    response = strict.post("/form/", {})
    assert response.status_code == 403
    assert "The form has expired" in response.content.decode()
    assert ID in response.content.decode()


def test_pages_speak_russian_too(visitor: Client, nobody: User) -> None:
    User.objects.filter(pk=nobody.pk).update(language="ru")
    visitor.force_login(nobody)
    page = visitor.get("/nowhere/").content.decode()
    assert '<html lang="ru"' in page
