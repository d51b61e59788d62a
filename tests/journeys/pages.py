"""What the journeys have in common: widths, log-in, figures read from a page, one language."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from config.shell.demo import PASSWORD
from staff.accounts.models import User
from tests.journeys.company import Demo
from tests.plugin_browser import OpenPage

LAPTOP, PHONE = (1366, 768), (390, 844)
# A busy machine is slow, not wrong.
expect.set_options(timeout=20_000)

# Words that English pages cannot do without. Names of people's things are Russian in the demo, and
# Latin brands and terms (Matomo, CSV, KPI) are none of these.
ENGLISH = """
    the and of is are not yet by with from this that for your you
    save cancel close open edit add delete new done today day month year plan fact forecast
    target targets source sources results register settings search menu log start finish
    overdue report dashboard decision decisions export filters all nothing page pp pcs
""".split()


@dataclass(frozen=True, slots=True)
class Walk:
    """One way through the product: who reads which language on how wide a screen."""

    language: str
    size: tuple[int, int]

    @property
    def is_phone(self) -> bool:
        return self.size == PHONE

    @property
    def name(self) -> str:
        return f"{self.language}-{'phone' if self.is_phone else 'laptop'}"

    def word(self, russian: str, english: str) -> str:
        return russian if self.language == "ru" else english


RU_LAPTOP, EN_PHONE, EN_LAPTOP = Walk("ru", LAPTOP), Walk("en", PHONE), Walk("en", LAPTOP)

every_walk = pytest.mark.parametrize(
    "walk",
    [
        pytest.param(RU_LAPTOP, id=RU_LAPTOP.name),
        *(
            pytest.param(walk, id=walk.name, marks=pytest.mark.once)
            for walk in (EN_PHONE, EN_LAPTOP, Walk("ru", PHONE))
        ),
    ],
)


def enter(
    visit: OpenPage,
    demo: Demo,
    person: str,
    walk: Walk,
    address: str = "/",
    *,
    scripts: bool = True,
) -> Page:
    """Already logged in, at ``address``: for journeys that are not about the log-in."""
    user = demo.person(person)
    page = visit(user, size=walk.size, language=walk.language, scripts=scripts)
    page.goto(address)
    return page


def log_in(visit: OpenPage, demo: Demo, person: str, walk: Walk, *, scripts: bool = True) -> Page:
    """By the form, as a person does it; ends on the person's first page."""
    user = demo.person(person)
    User.objects.filter(pk=user.pk).update(language=walk.language)
    page = visit(size=walk.size, language=walk.language, scripts=scripts)
    page.goto("/")
    expect(page.locator("html")).to_have_attribute("lang", walk.language)
    page.fill("form[data-login] [name=login]", user.email)
    page.fill("form[data-login] [name=password]", PASSWORD)
    page.click("form[data-login] [type=submit]")
    expect(page.locator("body")).to_contain_text(demo.department.company.name)
    page.wait_for_load_state("load")
    return page


def reads_well(page: Page, walk: Walk) -> None:
    """In the reader's language, and no wider than the screen."""
    expect(page.locator("html")).to_have_attribute("lang", walk.language)
    assert width_of(page) <= walk.size[0], f"{page.url} is {width_of(page)} wide"
    if walk.language == "ru":
        leaked = english_words(page.inner_text("body"))
        assert not leaked, f"{page.url}: {leaked}"


def english_words(text: str) -> list[str]:
    """Common English words of the interface found in ``text``, with what stands around them."""
    pattern = rf".{{0,25}}(?<![\w.-])(?:{'|'.join(ENGLISH)})(?![\w.-]).{{0,25}}"
    return re.findall(pattern, text, re.IGNORECASE)


def width_of(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth"))


def amount(text: str, walk: Walk) -> Decimal:
    """The figure written in ``text``: ``3 026 070 ₽``, ``2.07 %``, ``1,708``."""
    plain = re.sub(r"[^\d.,−-]", "", text).replace("−", "-")
    if walk.language == "ru":
        return Decimal(plain.replace(",", "."))
    return Decimal(plain.replace(",", ""))


def half_step(shown: Decimal) -> Decimal:
    """How far the exact value may be from what is shown."""
    return Decimal(1).scaleb(int(shown.as_tuple().exponent)) / 2


def focus_by(page: Page, key: str, place: Locator, *, times: int = 60) -> None:
    """Press ``key`` until ``place`` has the focus."""
    for _ in range(times):
        page.keyboard.press(key)
        if place.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"{key!r} never reached {place}")


def shoot(page: Page, folder: Path | None, name: str) -> None:
    if folder is not None:
        # To hide the caret it would write a style into the page, which the policy forbids.
        page.screenshot(path=folder / f"{name}.png", full_page=True, caret="initial")
