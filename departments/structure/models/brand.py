"""The company's brand: what its pages, reports and materials look like."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from config.lib.models import PublicModel, Timestamped
from departments.structure.models.company import Company
from staff.accounts.models import ScopedQuerySet

HEX_COLOUR = RegexValidator(r"^#[0-9a-fA-F]{6}$", _("Give a colour as #rrggbb."))


class BrandKitQuerySet(ScopedQuerySet):
    scope_field = "company__scope"


class BrandKit(PublicModel, Timestamped):
    """Colours and voice of one company. Colours are checked for contrast when they are used."""

    company = models.OneToOneField(Company, on_delete=models.PROTECT, related_name="brand_kit")
    primary = models.CharField(
        _("main colour"), max_length=7, default="#0f766e", validators=[HEX_COLOUR]
    )
    accent = models.CharField(
        _("accent colour"), max_length=7, default="#b45309", validators=[HEX_COLOUR]
    )
    font = models.CharField(_("font"), max_length=80, blank=True)
    slogan = models.CharField(_("slogan"), max_length=200, blank=True)
    tone = models.TextField(_("tone of voice"), blank=True)

    objects = BrandKitQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.company)
