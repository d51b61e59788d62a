"""Forms about companies, departments and the brand."""

from __future__ import annotations

import zoneinfo
from typing import Any, cast

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from departments.structure import policies
from departments.structure.install_registry import optional_parts
from departments.structure.models import BrandKit, Company, Department, Direction, Outlet, Unit
from staff.accounts.models import User
from staff.accounts.services.scopes import group_scope

CURRENCIES = [
    ("RUB", _("Russian rouble")),
    ("BYN", _("Belarusian rouble")),
    ("KZT", _("Kazakhstani tenge")),
    ("EUR", _("Euro")),
    ("USD", _("US dollar")),
]
COLOUR = forms.TextInput(attrs={"type": "color", "class": "form-control-color"})


def places() -> list[tuple[str, str]]:
    """Time zones of places."""
    return sorted(
        (name, name.replace("_", " "))
        for name in zoneinfo.available_timezones()
        if "/" in name and not name.startswith(("Etc/", "US/", "SystemV/"))
    )


class CompanyForm(forms.ModelForm):  # type: ignore[type-arg]  # generic over the model
    currency = forms.ChoiceField(label=_("Currency"), choices=CURRENCIES)
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=places,
        help_text=_("Business days of the company are cut in this zone."),
    )

    class Meta:
        model = Company
        fields = ["name", "currency", "time_zone", "site_url"]


class OutletForm(forms.ModelForm):  # type: ignore[type-arg]  # generic over the model
    class Meta:
        model = Outlet
        fields = ["name", "address", "is_open"]


class BrandForm(forms.ModelForm):  # type: ignore[type-arg]  # generic over the model
    class Meta:
        model = BrandKit
        fields = ["primary", "accent", "slogan", "font", "tone"]
        widgets = {"primary": COLOUR, "accent": COLOUR, "tone": forms.Textarea(attrs={"rows": 4})}


class UnitForm(forms.ModelForm):  # type: ignore[type-arg]  # generic over the model
    class Meta:
        model = Unit
        fields = ["name_ru", "name_en"]
        labels = {"name_ru": _("Name in Russian"), "name_en": _("Name in English")}


class CompaniesField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # generic over the model
    widget = forms.CheckboxSelectMultiple


class ByModelForm(forms.Form):
    """Everything a new department needs, on one page."""

    company = forms.ModelChoiceField(
        queryset=Company.objects.none(),
        label=_("Company"),
        to_field_name="uid",
        required=False,
        empty_label=_("A new company…"),
    )
    company_name = forms.CharField(
        label=_("Name of the new company"), max_length=200, required=False
    )
    name = forms.CharField(label=_("Name of the department"), max_length=200)
    companies = CompaniesField(
        queryset=Company.objects.none(),
        label=_("Also serves"),
        to_field_name="uid",
        required=False,
        help_text=_("One department may work for several companies of the group."),
    )
    directions = forms.MultipleChoiceField(
        label=_("Directions"),
        choices=Direction.Code.choices,
        initial=Direction.Code.values,
        widget=forms.CheckboxSelectMultiple,
    )
    install = forms.MultipleChoiceField(
        label=_("Install at once"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Everything can be changed or added later."),
    )

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = Company.objects.managed_by(actor, policies.COMPANY_MANAGE)
        company = cast("forms.ModelChoiceField[Company]", self.fields["company"])
        company.queryset = mine
        if not actor.can(policies.COMPANY_MANAGE, group_scope()):
            company.required = True
            del self.fields["company_name"]
        cast("CompaniesField", self.fields["companies"]).queryset = mine
        if mine.count() < 2:
            del self.fields["companies"]
        self.offer_parts()

    def offer_parts(self) -> None:
        """What the floors above can install; nothing to choose, no field."""
        offered = [(part.code, part.label) for part in optional_parts()]
        install = cast("forms.MultipleChoiceField", self.fields["install"])
        install.choices = offered
        install.initial = [code for code, _label in offered]
        if not offered:
            del self.fields["install"]


class DepartmentForm(forms.Form):
    """Name, companies served and directions; a direction that is there cannot be taken away."""

    name = forms.CharField(label=_("Name of the department"), max_length=200)
    companies = CompaniesField(
        queryset=Company.objects.none(), label=_("Serves companies"), to_field_name="uid"
    )
    directions = forms.MultipleChoiceField(
        label=_("Add directions"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, actor: User, department: Department, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = Company.objects.managed_by(actor, policies.COMPANY_MANAGE)
        companies = cast("CompaniesField", self.fields["companies"])
        served = department.companies.values("pk")
        companies.queryset = Company.objects.filter(Q(pk__in=mine.values("pk")) | Q(pk__in=served))
        there = set(department.directions.values_list("code", flat=True))
        missing = [item for item in Direction.Code.choices if item[0] not in there]
        cast("forms.MultipleChoiceField", self.fields["directions"]).choices = missing
        if not missing:
            del self.fields["directions"]
