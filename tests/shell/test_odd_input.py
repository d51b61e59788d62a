"""Odd input is answered, never a failure of the server."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from django.test import Client
from openpyxl import load_workbook

from config.lib.export import xlsx_response
from staff.accounts.models import User

pytestmark = pytest.mark.django_db
Open = Callable[[User], Client]
ADDRESSES = ["/search/?q=a%00b", "/accounts/users/?q=%00", "/register/results/?metric=%00"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_nul_in_an_address_is_refused(address: str, head: User, client_of: Open) -> None:
    assert client_of(head).get(address).status_code == 422


def test_a_nul_in_a_form_is_refused(head: User, client_of: Open) -> None:
    values = {"page": "/accounts/users/", "name": "Mine\x00", "query": ""}
    assert client_of(head).post("/views/save/", values).status_code == 422


def test_a_page_number_of_any_length_gives_a_page(head: User, client_of: Open) -> None:
    assert client_of(head).get("/accounts/users/?page=" + "9" * 5000).status_code == 200


def test_a_control_character_does_not_break_a_workbook() -> None:
    body = xlsx_response("x", [["Name"], ["bell\x07 and tab\x0b"]]).content
    sheet = load_workbook(io.BytesIO(body)).active
    assert sheet is not None
    assert sheet["A2"].value == "bell and tab"
