"""A form page: what a service refuses comes back to the form, with everything typed."""

from __future__ import annotations

import pytest
from django import forms
from django.test import Client
from django.urls import include, path

from config.lib.errors import Conflict, Forbidden, Invalid
from config.lib.forms import DayInput, FormPage
from staff.accounts.access import LOGIN
from staff.accounts.models import User

REFUSALS = {
    "field": Invalid(fields={"name": "Taken."}),
    "other": Invalid(fields={"elsewhere": "Not here."}),
    "plain": Conflict(),
    "right": Forbidden(),
}


class NameForm(forms.Form):
    name = forms.CharField()
    day = forms.DateField(widget=DayInput())


class NamePage(FormPage):
    access = LOGIN
    form_class = NameForm
    title = "A name"
    success_message = "Kept."
    success_url_name = "shell:help"

    def service(self, form: NameForm) -> None:
        if error := REFUSALS.get(form.cleaned_data["name"]):
            raise error


urlpatterns = [path("name/", NamePage.as_view()), path("", include("config.urls"))]
pytestmark = [pytest.mark.urls(__name__), pytest.mark.django_db]


@pytest.fixture
def page(client: Client, nobody: User) -> Client:
    client.force_login(nobody)
    return client


@pytest.mark.parametrize(
    ("name", "status", "words"),
    [
        ("field", 422, "Taken."),
        ("other", 422, "Not here."),
        ("plain", 422, "already been done"),
        ("right", 403, "You do not have the right"),
        ("", 422, "This field is required."),
    ],
)
def test_refusals(page: Client, name: str, status: int, words: str) -> None:
    response = page.post("/name/", {"name": name, "day": "2026-11-23"})
    assert response.status_code == status
    assert words in response.content.decode()


def test_nothing_typed_is_lost(page: Client) -> None:
    text = page.post("/name/", {"name": "field", "day": "2026-11-23"}).content.decode()
    assert 'value="field"' in text
    assert 'value="2026-11-23"' in text


@pytest.mark.parametrize("language", ["ru", "en"])
def test_a_date_keeps_its_value_in_every_language(
    page: Client, nobody: User, language: str
) -> None:
    User.objects.filter(pk=nobody.pk).update(language=language)
    text = page.post("/name/", {"name": "", "day": "2026-11-23"}).content.decode()
    assert 'type="date" name="day" value="2026-11-23"' in text


def test_success_says_so(page: Client) -> None:
    response = page.post("/name/", {"name": "good", "day": "2026-11-23"}, follow=True)
    assert response.redirect_chain == [("/help/", 302)]
    assert "Kept." in response.content.decode()
