"""No inline script or style anywhere, and a policy that would stop one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template
from django.test import Client

from staff.accounts.models import User

TEMPLATES = Path(settings.BASE_DIR) / "templates"
# A letter has no policy, and mail programs know no other styles than those inside it.
PAGES = sorted(
    str(path.relative_to(TEMPLATES))
    for path in TEMPLATES.rglob("*.html")
    if path.parent.name != "email"
)
TAG = re.compile(r"{%.*?%}", re.DOTALL)  # "style=" may be an argument of an include
INLINE_STYLE = re.compile(r"<style\b|\sstyle=", re.IGNORECASE)
INLINE_SCRIPT = re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", re.IGNORECASE)
HANDLER = re.compile(r"\son(click|change|submit|load|input|key\w+|mouse\w+|focus|blur|error)=")
FOREIGN = re.compile(r"""(?:src|href)=["'](?:https?:)?//""")


@pytest.mark.parametrize("name", PAGES)
def test_template_compiles_and_holds_nothing_inline(name: str) -> None:
    get_template(name)
    text = TAG.sub("", (TEMPLATES / name).read_text(encoding="utf-8"))
    for pattern in (INLINE_STYLE, INLINE_SCRIPT, HANDLER, FOREIGN):
        assert not pattern.search(text), f"{name}: {pattern.search(text)}"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address", ["/account/login/", "/", "/nowhere/", "/help/", "/_components/"]
)
def test_every_page_carries_the_policy(client: Client, nobody: User, address: str) -> None:
    if address != "/account/login/":
        client.force_login(nobody)
    response = client.get(address)
    policy = response["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert response["X-Frame-Options"] == "DENY"
    page = response.content.decode()
    assert not INLINE_SCRIPT.search(page)
    assert not INLINE_STYLE.search(page)
