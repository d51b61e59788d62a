"""Every page of the product, as the address list of the product gives them: nothing serious found
by axe, nothing wider than a phone, no error in the console, no broken content security policy.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db.models import Model
from django.urls import URLPattern, URLResolver, get_resolver
from playwright.sync_api import Error, Page, TimeoutError

from config.lib.dates import today
from departments.structure.models import Direction, Outlet, Unit
from departments.work.models import LogLine
from departments.work.services.log import LogEntry, log_add
from kpis.indicators.selectors.report import latest_month
from kpis.register.models import RawAnswer, Source, Subject
from staff.accounts.models import AuditEvent
from staff.people.models import Employee
from tests.journeys.company import Demo
from tests.journeys.pages import LAPTOP, PHONE, shoot, width_of
from tests.plugin_browser import OpenPage
from tests.shell.axe import violations

pytestmark = [pytest.mark.browser, pytest.mark.once]

SHARES = 4
UID = "<uuid:uid>"
# Addresses whose parameters are words.
SAMPLES = {
    "help/<slug:topic>/": ["figures", "keyboard"],
    "kpis/kpi/<slug:code>/": ["sessions", "cost_per_order"],
    "kpis/kpi/<slug:code>/breakdown/": ["orders", "cost_per_order"],
    "kpis/rows/<slug:metric>/": ["revenue"],
    "kpis/library/<slug:code>/edit/": ["revenue"],
    "kpis/library/<slug:code>/formula/": ["cost_per_order"],
    "register/sources/new/<slug:kind>/": ["matomo", "file"],
}
# Objects that are changed but have no page of their own, or one that only a link knows.
FORMS_ONLY: dict[str, type[Model]] = {
    "structure/outlets/<uuid:uid>/": Outlet,
    "structure/directions/<uuid:uid>/": Direction,
    "structure/units/<uuid:uid>/": Unit,
    "accounts/audit/<uuid:uid>/": AuditEvent,
    "work/log/<uuid:uid>/": LogLine,
    "register/answers/<uuid:uid>/": RawAnswer,
    "register/sheet/<uuid:uid>/": Source,
    "register/subjects/<uuid:uid>/": Subject,
    "kpis/people/<uuid:uid>/": Employee,
}
# Addresses that are only pressed, never opened.
BUTTONS = (
    "/delete/",
    "/count/",
    "/cancel/",
    "/agree/",
    "/retry/",
    "/replay/",
    "/end/",
    "/revoke/",
    "/approve/",
    "/archive/",
    "/answer/",
    "work/decisions/<uuid:uid>/",
    "role-policies/<slug:role>/",
)
# Called by vendors' programs, a part of a page, opened with a key that only their lists know, or
# something of which the demo company has none.
NOT_OPENED = (
    "api/v1/",
    "healthz",
    "exchange/",
    "kpis/alert-rules/<uuid:uid>/",
    "kpis/attribution/channels/<uuid:uid>/",
    "kpis/attribution/codes/<uuid:uid>/",
    "kpis/campaigns/<uuid:uid>/",
    "kpis/people/<uuid:uid>/dispute/",
    "kpis/people/<uuid:uid>/rows/",
    "kpis/notes/<uuid:uid>/",
    "register/comparisons/ours/",
    "work/calendar/<uuid:uid>/",
    "register/comparisons/<uuid:uid>/",
    "kpis/report/sending/<uuid:uid>/",
    "register/mail-events/",
    "register/enquiries/<int:stream>/",
    "register/orders/<int:stream>/",
    "kpis/attribution/orders/<int:stream>/",
)
MAIN = (
    "kpis/dashboard/",
    "work/my-day/",
    "work/decisions/",
    "kpis/targets/",
    "kpis/kpi/revenue/",
    "register/sources/",
    "register/results/",
    "accounts/users/",
    "accounts/audit/",
)
# The theme is on, and no colour is on its way from the other one.
SETTLED = """theme => document.documentElement.dataset.bsTheme === theme
    && document.getAnimations().every(each => each.playState !== "running")"""

# A file, a bare refusal, an answer without a body.
NO_PAGE = ("Download is starting", "ERR_HTTP_RESPONSE_CODE_FAILURE", "ERR_ABORTED")

MONTHS = {
    "kpis/targets/<slug:code>/<int:year>-<int:month>/": "kpis/targets/revenue/2026-1/",
    "kpis/report/<int:year>-<int:month>/": "kpis/report/2020-1/",
    "kpis/report/<int:year>-<int:month>/verdict/": "kpis/report/2020-1/verdict/",
    "kpis/report/<int:year>-<int:month>/reopen/": "kpis/report/2020-1/reopen/",
}


def patterns(entries: list[Any], prefix: str = "") -> Iterator[str]:
    for entry in entries:
        address = f"{prefix}{entry.pattern}"
        if isinstance(entry, URLResolver):
            yield from patterns(entry.url_patterns, address)
        elif isinstance(entry, URLPattern):
            yield address


def objects() -> Iterator[tuple[str, Model]]:
    """The newest object of every kind that has a page, with the pattern of its page."""
    for start, kind in FORMS_ONLY.items():
        yield start, kind._default_manager.order_by("-pk")[0]
    for model in apps.get_models():
        if not hasattr(model, "get_absolute_url") or not hasattr(model, "uid"):
            continue
        found: Any = model._default_manager.order_by("-pk").first()
        if found is not None:
            own = found.get_absolute_url().lstrip("/")
            yield own.replace(str(found.uid), UID), found


def addresses() -> list[str]:
    """Every address a browser could be sent to."""
    known = dict(objects())
    found: list[str] = []
    for pattern in dict.fromkeys(patterns(get_resolver().url_patterns)):
        if pattern.startswith(NOT_OPENED):
            continue
        if "<" not in pattern and "(" not in pattern and "^" not in pattern:
            found.append(pattern)
        elif pattern in SAMPLES:
            found += [re.sub(r"<[^>]+>", word, pattern) for word in SAMPLES[pattern]]
        elif pattern in MONTHS:
            found.append(MONTHS[pattern])
        elif pattern.count("<") == 1 and UID in pattern:
            start = pattern[: pattern.index(UID) + len(UID)] + "/"
            if start in known:
                uid = str(known[start].uid)  # type: ignore[attr-defined]  # `objects` looked for it
                found.append(pattern.replace(UID, uid))
    return found


@pytest.fixture(autouse=True)
def _a_line_in_the_log(demo: Demo) -> None:
    """The head's own, so that its form can be opened."""
    scope, day = demo.department.scope, today("Europe/Moscow")
    log_add(actor=demo.person("head"), scope=scope, day=day, entry=LogEntry(text="Планёрка"))


def opens(page: Page, address: str, size: tuple[int, int], theme: str) -> bool:
    """Go there; whether it is answered with a page: most other addresses are buttons."""
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    try:
        answer = page.goto(f"/{address}")
    except Error as error:
        if any(text in error.message for text in NO_PAGE):
            return False
        raise
    assert answer is not None
    is_page = answer.headers.get("content-type", "").startswith("text/html")
    return answer.status == 200 and is_page and answer.request.redirected_from is None


def faults_of(page: Page, address: str, size: tuple[int, int], theme: str) -> list[str]:
    """What axe finds on the opened page, and whether it is too wide at this width or a phone's."""
    try:
        page.wait_for_function(SETTLED, arg=theme)
    except TimeoutError:
        return [f"{address}: a movement without end"]
    found = violations(page)
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    if width_of(page) > PHONE[0]:
        found.append(f"{width_of(page)} px wide on a phone")
    return [f"{address} {theme} {size[0]}: {fault}" for fault in found]


@pytest.mark.parametrize("share", range(SHARES))
def test_every_page_is_accessible_and_fits_a_phone(
    visit: OpenPage, demo: Demo, share: int, shots: Path | None
) -> None:
    """As the head of department, and as the administrator where the head has no right. Every other
    page in the dark on a phone; half of both kinds in Russian.
    """
    language = "ru" if share % 2 else "en"
    readers = [visit(demo.person(name), language=language) for name in ("head", "admin")]
    faults: list[str] = []
    opened = 0
    for number, address in enumerate(addresses()[share::SHARES]):
        size, theme = (PHONE, "dark") if number % 2 else (LAPTOP, "light")
        page = next((each for each in readers if opens(each, address, size, theme)), None)
        if page is not None:
            faults += faults_of(page, address, size, theme)
            shoot(page, shots, f"all-{address.replace('/', '_')}")
            opened += 1
    assert opened > 5
    assert faults == [], "\n".join(faults)


@pytest.mark.parametrize(
    ("size", "theme", "language"), [(LAPTOP, "dark", "ru"), (PHONE, "light", "en")]
)
def test_main_pages_are_accessible_at_any_size_in_both_themes(
    visit: OpenPage,
    demo: Demo,
    size: tuple[int, int],
    theme: str,
    language: str,
    shots: Path | None,
) -> None:
    page = visit(demo.person("head"), language=language)
    month = latest_month(demo.department, today("Europe/Moscow"))
    report = f"kpis/report/{month.year}-{month.month}/"
    faults: list[str] = []
    for address in (*MAIN, report, demo.source.get_absolute_url().lstrip("/")):
        assert opens(page, address, size, theme), address
        faults += faults_of(page, address, size, theme)
        page.set_viewport_size({"width": size[0], "height": size[1]})
        shoot(page, shots, f"main-{theme}-{size[0]}-{address.replace('/', '_')}")
    assert faults == [], "\n".join(faults)


def test_every_kind_of_page_has_something_to_show(demo: Demo) -> None:
    """Otherwise the tests above would pass it by."""
    kinds = {start for start, _object in objects()}
    missing = []
    for pattern in dict.fromkeys(patterns(get_resolver().url_patterns)):
        if pattern.startswith(("account/", "i18n/", *NOT_OPENED)) or "<" not in pattern:
            continue
        start = pattern[: pattern.find(UID) + len(UID)] + "/"
        if not (start in kinds or pattern in {*SAMPLES, *MONTHS} or pattern.endswith(BUTTONS)):
            missing.append(pattern)
    assert missing == []
