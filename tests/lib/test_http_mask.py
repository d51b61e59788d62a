"""A secret is hidden in every form a vendor or a header may give it back in."""

from __future__ import annotations

import base64
import html
import json
import re
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.lib.http import mask, mask_bytes

SECRET = "s3cret/value+with=sïgns&<more>"


@pytest.mark.parametrize(
    "shown",
    [
        SECRET,
        quote(SECRET),
        quote(SECRET, safe=""),
        quote_plus(SECRET),
        re.sub("%..", lambda code: code[0].lower(), quote(SECRET, safe="")),
        json.dumps(SECRET)[1:-1],
        html.escape(SECRET),
        SECRET.encode().hex(),
    ],
)
def test_every_spelling_is_masked(shown: str) -> None:
    text = f"before token={shown}&after"
    assert mask(text, [SECRET]) == "before token=***&after"
    assert mask_bytes(text.encode(), [SECRET]) == b"before token=***&after"


@pytest.mark.parametrize("prefix", ["", "u", "us", "user:", "someone@example.com:"])
def test_a_basic_header_is_masked(prefix: str) -> None:
    packed = base64.b64encode(f"{prefix}{SECRET}".encode()).decode()
    masked = mask(f"Authorization: Basic {packed}", [SECRET])
    assert "***" in masked
    # What stays is too little to hold more than the edge of the secret.
    assert len(masked) < len("Authorization: Basic ***") + len(prefix) * 2 + 6


@given(
    secret=st.text(st.characters(codec="ascii", min_codepoint=33), min_size=8, max_size=60),
    text=st.text(max_size=30),
)
def test_nothing_of_any_secret_is_left(secret: str, text: str) -> None:
    if secret in "***":
        return
    masked = mask(f"{text}\n{secret}\n{quote(secret, safe='')}\n", [secret])
    assert secret not in masked
    assert quote(secret, safe="") not in masked


def test_a_longer_secret_is_not_left_by_a_shorter_one() -> None:
    assert mask("abcdefgh-ijkl", ["abcdefgh", "abcdefgh-ijkl"]) == "***"


def test_without_secrets_nothing_changes() -> None:
    assert mask("plain text", []) == mask("plain text", [""]) == "plain text"
