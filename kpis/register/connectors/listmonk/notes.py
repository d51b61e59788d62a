"""Why a figure may differ from listmonk's own pages."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from kpis.register.connectors.mailers import COMMON_NOTES

NOTES: tuple[StrOrPromise, ...] = (
    *COMMON_NOTES,
    _("Views and clicks are all views and clicks: listmonk does not tell how many people they "
      "were."),
    _("listmonk counts hard and soft bounces and complaints together, so none of them is read. It "
      "knows neither deliveries nor who left because of a mailing."),
    _("Campaigns sent by another messenger than e-mail are left out."),
    _("The size of a list leaves out those who unsubscribed, where listmonk tells them apart."),
)  # fmt: skip
