"""Addresses of companies, departments and the model audit."""

from django.urls import path

from departments.structure.views import audit, brand, companies, departments, units

app_name = "structure"
urlpatterns = [
    path("companies/", companies.CompanyList.as_view(), name="company-list"),
    path("companies/new/", companies.CompanyCreate.as_view(), name="company-create"),
    path("companies/<uuid:uid>/", companies.company_detail, name="company-detail"),
    path("companies/<uuid:uid>/edit/", companies.CompanyEdit.as_view(), name="company-edit"),
    path("companies/<uuid:uid>/brand/", brand.BrandEdit.as_view(), name="brand-edit"),
    path(
        "companies/<uuid:uid>/outlets/new/", companies.OutletCreate.as_view(), name="outlet-create"
    ),
    path("outlets/<uuid:uid>/edit/", companies.OutletEdit.as_view(), name="outlet-edit"),
    path("departments/", departments.DepartmentList.as_view(), name="department-list"),
    path("departments/new/", departments.DepartmentCreate.as_view(), name="department-create"),
    path("departments/<uuid:uid>/", departments.department_detail, name="department-detail"),
    path(
        "departments/<uuid:uid>/edit/", departments.DepartmentEdit.as_view(), name="department-edit"
    ),
    path("directions/<uuid:uid>/units/new/", units.UnitCreate.as_view(), name="unit-create"),
    path("units/<uuid:uid>/edit/", units.UnitEdit.as_view(), name="unit-edit"),
    path("model-audit/", audit.model_audit_home, name="model-audit-home"),
    path("departments/<uuid:uid>/model-audit/", audit.model_audit_page, name="model-audit"),
]
