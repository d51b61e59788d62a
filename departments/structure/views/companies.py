"""Companies and their outlets."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from config.lib.forms import FormPage
from config.lib.listing import ListPage
from departments.structure import policies
from departments.structure.forms import CompanyForm, OutletForm
from departments.structure.models import Company, Department, Outlet
from departments.structure.services.companies import company_create, company_update, outlet_save
from departments.structure.tables import CompanyTable
from departments.structure.views.lookup import company_of
from staff.accounts.access import Access, access, require, user_of
from staff.accounts.services.scopes import group_scope


class CompanyList(ListPage):
    access = Access("right", policies.STRUCTURE_VIEW)
    table_class = CompanyTable
    search_fields = ("name", "site_url")
    title = _("Companies")
    create_url_name = "structure:company-create"
    create_label = _("New company")
    empty_text = _("A company owns outlets and a brand; its department works for it.")
    empty_icon = "building"
    export_name = "companies"

    def get_queryset(self) -> QuerySet[Any]:
        rows = Company.objects.visible_to(user_of(self.request), policies.STRUCTURE_VIEW)
        counted = rows.annotate(outlet_count=Count("outlets", distinct=True))
        listed: QuerySet[Any] = counted.prefetch_related("departments")
        return listed

    @property
    def create_url(self) -> str:
        may = user_of(self.request).can(policies.COMPANY_MANAGE, group_scope())
        return super().create_url if may else ""


@access(policies.STRUCTURE_VIEW)
@require_GET
def company_detail(request: HttpRequest, uid: Any) -> HttpResponse:
    user, company = user_of(request), company_of(request, uid)
    departments = Department.objects.visible_to(user, policies.STRUCTURE_VIEW)
    context = {
        "title": company.name,
        "company": company,
        "departments": departments.filter(companies=company).prefetch_related("directions"),
        "outlets": company.outlets.order_by("-is_open", "name"),
        "brand": getattr(company, "brand_kit", None),
        "may_edit": user.can(policies.COMPANY_MANAGE, company.scope),
        "may_outlets": policies.may_manage_outlets(user, company),
    }
    return render(request, "structure/company_detail.html", context)


class CompanyCreate(FormPage):
    access = Access("right", policies.COMPANY_MANAGE)
    form_class = CompanyForm
    title = _("New company")
    success_message = _("The company is created.")
    cancel_url_name = "structure:company-list"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        require(user_of(request), policies.COMPANY_MANAGE, group_scope())
        return super().get(request, *args, **kwargs)

    def service(self, form: CompanyForm) -> Company:
        return company_create(actor=user_of(self.request), **form.cleaned_data)


class CompanyEdit(FormPage):
    access = Access("right", policies.COMPANY_MANAGE)
    form_class = CompanyForm
    success_message = _("Saved.")

    @cached_property
    def company(self) -> Company:
        company = company_of(self.request, self.kwargs["uid"])
        require(user_of(self.request), policies.COMPANY_MANAGE, company.scope)
        return company

    def get_title(self) -> str:
        return self.company.name

    def get_form_kwargs(self) -> dict[str, Any]:
        # The form fills a copy: the service compares with what is stored.
        return super().get_form_kwargs() | {"instance": Company.objects.get(pk=self.company.pk)}

    def service(self, form: CompanyForm) -> Company:
        actor = user_of(self.request)
        return company_update(actor=actor, company=self.company, **form.cleaned_data)

    def get_cancel_url(self) -> str:
        return self.company.get_absolute_url()


class OutletCreate(FormPage):
    access = Access("right", policies.STRUCTURE_MANAGE)
    form_class = OutletForm
    title = _("New outlet")
    success_message = _("The outlet is added.")

    @cached_property
    def company(self) -> Company:
        company = company_of(self.request, self.kwargs["uid"])
        policies.require_outlets(user_of(self.request), company)
        return company

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.lead = self.company.name
        return super().get(request, *args, **kwargs)

    def service(self, form: OutletForm) -> Outlet:
        return outlet_save(actor=user_of(self.request), company=self.company, **form.cleaned_data)

    def get_success_url(self) -> str:
        return self.company.get_absolute_url()

    get_cancel_url = get_success_url


class OutletEdit(FormPage):
    access = Access("right", policies.STRUCTURE_MANAGE)
    form_class = OutletForm
    success_message = _("Saved.")

    @cached_property
    def outlet(self) -> Outlet:
        user = user_of(self.request)
        visible = Company.objects.visible_to(user, policies.STRUCTURE_VIEW)
        rows = Outlet.objects.filter(company__in=visible).select_related("company__scope")
        outlet: Outlet = get_object_or_404(rows, uid=self.kwargs["uid"])
        policies.require_outlets(user, outlet.company)
        return outlet

    def get_title(self) -> str:
        return gettext("Outlet: %(name)s") % {"name": self.outlet.name}

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"instance": Outlet.objects.get(pk=self.outlet.pk)}

    def service(self, form: OutletForm) -> Outlet:
        outlet, actor = self.outlet, user_of(self.request)
        return outlet_save(actor=actor, company=outlet.company, outlet=outlet, **form.cleaned_data)

    def get_success_url(self) -> str:
        return self.outlet.company.get_absolute_url()

    get_cancel_url = get_success_url
