"""The brand kit with a preview and the contrast of its colours."""

from __future__ import annotations

from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from config.lib.forms import FormPage
from departments.structure import policies
from departments.structure.contrast import BrandCheck, brand_checks
from departments.structure.forms import BrandForm
from departments.structure.models import BrandKit, Company
from departments.structure.services.companies import brand_kit_save
from departments.structure.views.lookup import company_of
from staff.accounts.access import Access, user_of


class BrandEdit(FormPage):
    access = Access("right", policies.STRUCTURE_MANAGE)
    form_class = BrandForm
    template_name = "structure/brand_form.html"
    lead = _("The colours of pages, reports and materials of the company.")
    success_message = _("The brand is saved.")

    @cached_property
    def company(self) -> Company:
        company = company_of(self.request, self.kwargs["uid"])
        policies.require_outlets(user_of(self.request), company)
        return company

    @cached_property
    def kit(self) -> BrandKit:
        return BrandKit.objects.filter(company=self.company).first() or BrandKit(
            company=self.company
        )

    def get_title(self) -> str:
        return gettext("Brand of %(company)s") % {"company": self.company}

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"instance": self.kit}

    def service(self, form: BrandForm) -> BrandKit:
        actor = user_of(self.request)
        return brand_kit_save(actor=actor, company=self.company, **form.cleaned_data)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {"kit": self.kit, "checks": self.checks()}

    def checks(self) -> list[BrandCheck]:
        return brand_checks(self.kit.primary, self.kit.accent)

    def get_success_url(self) -> str:
        return self.request.path  # the preview shows what was saved

    def get_cancel_url(self) -> str:
        return self.company.get_absolute_url()
