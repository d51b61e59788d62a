"""How this app's actions are called on the audit page, and where its rows are found."""

from django.utils.translation import gettext_lazy as _

from departments.structure.models import BrandKit, Company, Department, Outlet, Unit
from staff.accounts.audit_registry import describe_actions, describe_fields, link_targets

describe_actions(
    {
        "structure.company.created": _("Company created"),
        "structure.company.changed": _("Company changed"),
        "structure.outlet.created": _("Outlet created"),
        "structure.outlet.changed": _("Outlet changed"),
        "structure.brand.changed": _("Brand changed"),
        "structure.department.created": _("Department created by the ideal model"),
        "structure.department.changed": _("Department changed"),
        "structure.unit.created": _("Unit created"),
        "structure.unit.changed": _("Unit renamed"),
    }
)
describe_fields({"companies": _("serves companies"), "directions": _("directions")})
link_targets(
    {
        Company: "structure:company-detail",
        Department: "structure:department-detail",
        Outlet: "",
        BrandKit: "",
        Unit: "",
    }
)
