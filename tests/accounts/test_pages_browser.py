"""People, the audit trail and the structure in a real browser: main forms, rare states."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from departments.structure.models import Company, Department, Outlet
from departments.structure.services.companies import brand_kit_save
from departments.structure.services.departments import department_create_by_model
from staff.accounts.models import AuditEvent, User
from staff.accounts.services.users import user_invite, user_set_active
from tests.factories import make_superuser, reread
from tests.plugin_browser import PHONE
from tests.shell.axe import violations

OpenPage = Callable[..., Page]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.once,
    pytest.mark.django_db(transaction=True),
]


def seeded() -> tuple[User, list[str]]:
    """A superuser, and the pages that the demo company (`tests/journeys/test_axe.py`) has in
    another state: somebody blocked, own colours, a department without people.
    """
    root = make_superuser()
    made = department_create_by_model(actor=root, name="Marketing", company_name="Alpha")
    Outlet.objects.create(company=made.company, name="Shop")
    brand_kit_save(actor=root, company=made.company, primary="#0f766e", accent="#f59e0b")
    scope = made.directions.get(code="A").scope
    person = user_invite(
        actor=root, email="a@alpha.example", full_name="Anna", role="specialist", scope=scope
    )
    user_set_active(actor=root, user=person, active=False, reason="left")
    event = AuditEvent.objects.get(action="accounts.user.blocked")
    company, department = f"/structure/companies/{made.company.uid}/", made.get_absolute_url()
    return root, [
        *("/accounts/users/", person.get_absolute_url(), f"/accounts/audit/{event.uid}/"),
        *("/accounts/delegations/", company, f"{company}brand/"),
        *(department, f"{department}model-audit/?part=A"),
    ]


def test_axe_finds_nothing_serious_and_nothing_is_cut(open_page: OpenPage) -> None:
    root, addresses = seeded()
    page = open_page(root, size=PHONE, language="ru", dark=True)
    for address in addresses:
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200, address
        assert violations(page) == [], address
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0], address


def test_a_department_is_created_and_its_audit_read(open_page: OpenPage) -> None:
    page = open_page(make_superuser())
    page.goto("/structure/departments/")
    page.get_by_role("link", name="New department by the ideal model").first.click()
    page.get_by_label("Name of the new company").fill("Gamma")
    page.get_by_label("Name of the department").fill("Marketing")
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_role("heading", name="Model audit")).to_be_visible()
    page.get_by_role("link", name="present").click()
    expect(page.get_by_text("A.U1")).to_be_visible()
    assert Department.objects.get().company == Company.objects.get(name="Gamma")


def test_a_person_is_blocked_with_a_reason_in_two_steps(open_page: OpenPage) -> None:
    root, _addresses = seeded()
    person = User.objects.get(email="a@alpha.example")
    user_set_active(actor=root, user=person, active=True)
    page = open_page(root)
    page.goto(person.get_absolute_url())
    page.locator("summary", has_text="Block").click()
    page.get_by_label("Reason").first.fill("left for good")
    page.get_by_role("button", name="Block").click()
    expect(page.get_by_role("button", name="Unblock")).to_be_visible()
    assert not reread(person).is_active
    assert AuditEvent.objects.filter(reason="left for good").exists()


def test_language_and_theme_are_switched_from_the_menu(open_page: OpenPage) -> None:
    root = make_superuser()
    page = open_page(root)
    page.goto("/accounts/preferences/")
    page.get_by_role("button", name="Your menu").click()
    with page.expect_response("**/accounts/theme/"):
        page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    assert reread(root).theme == "dark"
    page.get_by_role("button", name="Your menu").click()
    with page.expect_navigation():
        page.get_by_role("button", name="Русский").click()
    expect(page.locator("html")).to_have_attribute("lang", "ru")
