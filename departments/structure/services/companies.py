"""Companies, their outlets and brand."""

from __future__ import annotations

from django.db import transaction

from config.lib.clean import full_clean
from departments.structure import policies
from departments.structure.models import BrandKit, Company, Outlet
from staff.accounts.access import require
from staff.accounts.models import Scope, User
from staff.accounts.services.audit import audit, snapshot
from staff.accounts.services.scopes import group_scope, scope_create, scope_rename

COMPANY_FIELDS = ("name", "currency", "time_zone", "site_url")
OUTLET_FIELDS = ("name", "address", "is_open")
BRAND_FIELDS = ("primary", "accent", "font", "slogan", "tone")


@transaction.atomic
def company_create(
    *,
    actor: User,
    name: str,
    currency: str = "RUB",
    time_zone: str = "Europe/Moscow",
    site_url: str = "",
) -> Company:
    """A company of the group. Raises `Forbidden` for whoever does not direct the whole group."""
    group = group_scope()
    require(actor, policies.COMPANY_MANAGE, group)
    scope = scope_create(kind=Scope.Kind.COMPANY, label=name, parent=group)
    company = Company(
        scope=scope, name=name, currency=currency, time_zone=time_zone, site_url=site_url
    )
    full_clean(company)
    company.save()
    audit(
        action="structure.company.created",
        actor=actor,
        target=company,
        scope=scope,
        after=snapshot(company, *COMPANY_FIELDS),
    )
    return company


@transaction.atomic
def company_update(
    *, actor: User, company: Company, name: str, currency: str, time_zone: str, site_url: str
) -> Company:
    """Raises `Forbidden` without the right on the company, `Invalid` for a name that is taken."""
    require(actor, policies.COMPANY_MANAGE, company.scope)
    before = snapshot(company, *COMPANY_FIELDS)
    company.name, company.currency = name, currency
    company.time_zone, company.site_url = time_zone, site_url
    full_clean(company)
    company.save()
    scope_rename(scope=company.scope, label=name)
    audit(
        action="structure.company.changed",
        actor=actor,
        target=company,
        scope=company.scope,
        before=before,
        after=snapshot(company, *COMPANY_FIELDS),
    )
    return company


@transaction.atomic
def outlet_save(
    *,
    actor: User,
    company: Company,
    name: str,
    address: str,
    is_open: bool = True,
    outlet: Outlet | None = None,
) -> Outlet:
    """A new outlet, or the changed ``outlet``; a closed one stays for its history."""
    policies.require_outlets(actor, company)
    before = snapshot(outlet, *OUTLET_FIELDS) if outlet else {}
    row = outlet or Outlet(company=company)
    row.name, row.address, row.is_open = name, address, is_open
    full_clean(row)
    row.save()
    audit(
        action="structure.outlet.changed" if outlet else "structure.outlet.created",
        actor=actor,
        target=row,
        scope=company.scope,
        before=before,
        after=snapshot(row, *OUTLET_FIELDS),
    )
    return row


@transaction.atomic
def brand_kit_save(
    *,
    actor: User,
    company: Company,
    primary: str,
    accent: str,
    font: str = "",
    slogan: str = "",
    tone: str = "",
) -> BrandKit:
    """The company's colours and voice; pages take the colours at the next request."""
    policies.require_outlets(actor, company)
    kit = BrandKit.objects.filter(company=company).first()
    before = snapshot(kit, *BRAND_FIELDS) if kit else {}
    kit = kit or BrandKit(company=company)
    kit.primary, kit.accent = primary.lower(), accent.lower()
    kit.font, kit.slogan, kit.tone = font, slogan, tone
    full_clean(kit)
    kit.save()
    audit(
        action="structure.brand.changed",
        actor=actor,
        target=kit,
        scope=company.scope,
        before=before,
        after=snapshot(kit, *BRAND_FIELDS),
    )
    return kit
