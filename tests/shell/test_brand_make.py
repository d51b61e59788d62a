"""Company colours: any colour becomes readable in both themes."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from hypothesis import example, given
from hypothesis import strategies as st

from config.shell import brand
from config.shell.brand import DARK_SURFACE, DEFAULT_PRIMARY, LIGHT_SURFACE, READABLE

colours = st.integers(0, 0xFFFFFF).map("{:06x}".format)


@given(colours, st.sampled_from([LIGHT_SURFACE, DARK_SURFACE]))
@example("000000", DARK_SURFACE)
@example("ffffff", LIGHT_SURFACE)
def test_any_colour_becomes_readable(colour: str, surface: str) -> None:
    assert brand.contrast(brand.readable_on(colour, surface), surface) >= READABLE


@given(colours)
def test_text_on_a_fill_is_readable(colour: str) -> None:
    fill = brand.readable_on(colour, LIGHT_SURFACE)
    assert brand.contrast(brand.text_on(fill), fill) >= READABLE


def test_contrast_of_black_and_white() -> None:
    assert brand.contrast("000000", "ffffff") == 21
    assert brand.contrast("777777", "777777") == 1


def test_a_readable_colour_stays_itself() -> None:
    assert brand.readable_on("0f766e", LIGHT_SURFACE) == "0f766e"


@pytest.mark.parametrize("given_", ["red", "};body{display:none", "#12", "", None, "12345g"])
def test_what_is_no_colour_is_ignored(given_: str | None) -> None:
    assert brand.parse(given_, DEFAULT_PRIMARY) == DEFAULT_PRIMARY


def test_the_sheet_is_made_of_the_address_alone(
    client: Client, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    response = client.get("/brand.css", {"primary": "7c3aed", "accent": "}x{"})
    text = response.content.decode()
    assert response["Content-Type"].startswith("text/css")
    assert "immutable" in response["Cache-Control"]
    assert "--brand:#7c3aed" in text
    assert "}x{" not in text
    assert re.fullmatch(r"(:root|\[data-bs-theme=dark\]|[-a-z0-9#:;,{}\s])+", text)
