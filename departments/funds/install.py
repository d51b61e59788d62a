"""The model's fund tree in a new department."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from departments.funds.services.funds import fund_create
from departments.structure.blueprint import FUNDS
from departments.structure.install_registry import InstallOptions, register_installer

if TYPE_CHECKING:
    from departments.structure.models import Department
    from staff.accounts.models import User

ANNUAL = "H.F6"


def funds_install(department: Department, actor: User, options: InstallOptions) -> None:
    """H.F1-H.F6, the wholes before their parts. Funds that exist already are left alone."""
    known = {fund.model_code: fund for fund in department.funds.exclude(model_code="")}
    for row in sorted(FUNDS, key=lambda each: (bool(each.parent_code), each.code)):
        if row.code not in known:
            known[row.code] = fund_create(
                actor=actor,
                department=department,
                model_code=row.code,
                name_ru=row.ru,
                name_en=row.en,
                kind=row.fund_type.value,
                parent=known[row.parent_code] if row.parent_code else None,
                accrues=row.code == ANNUAL,
            )


register_installer(funds_install, part="funds", label=_("Funds"))
