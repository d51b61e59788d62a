"""The plan of mailings: list, card, forms."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from config.lib.forms import FormPage
from config.lib.listing import ListPage
from mailings import policies
from mailings.filters import MailingFilter
from mailings.forms import CancelForm, MailingForm, SentForm
from mailings.models import Mailing
from mailings.services import mailing_cancel, mailing_edit, mailing_plan, mailing_sent
from mailings.tables import STATE_TONES, MailingTable
from staff.accounts.access import Access, access, require, user_of
from staff.accounts.history import history


def visible_mailings(request: HttpRequest) -> QuerySet[Mailing]:
    rows = Mailing.objects.visible_to(user_of(request), policies.MAILING_VIEW)
    return rows.select_related(
        "direction__department__company", "direction__scope", "group", "responsible"
    )


class MailingList(ListPage):
    access = Access("right", policies.MAILING_VIEW)
    table_class = MailingTable
    filterset_class = MailingFilter
    search_fields = ("name", "group__name")
    title = _("Mailings")
    lead = _("What goes to whom and when. Letters leave from the department's mailing service.")
    create_url_name = "mailings:mailing-create"
    create_label = _("Mailing")
    create_right = policies.MAILING_MANAGE
    empty_title = _("No mailings planned yet")
    empty_text = _("Describe a client group, then plan the first mailing to it.")
    empty_icon = "mail"
    export_name = "mailings"

    def get_queryset(self) -> QuerySet[Mailing]:
        return visible_mailings(self.request)


class MailingCreate(FormPage):
    access = Access("right", policies.MAILING_MANAGE)
    form_class = MailingForm
    title = _("New mailing")
    success_message = _("The mailing is planned.")
    cancel_url_name = "mailings:mailing-list"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"actor": user_of(self.request)}

    def service(self, form: MailingForm) -> Mailing:
        return mailing_plan(actor=user_of(self.request), **form.cleaned_data)


class OneMailing(FormPage):
    """A form about the mailing in the address, for those who may change it."""

    access = Access("right", policies.MAILING_MANAGE)

    @cached_property
    def mailing(self) -> Mailing:
        mailing: Mailing = get_object_or_404(visible_mailings(self.request), uid=self.kwargs["uid"])
        require(user_of(self.request), policies.MAILING_MANAGE, mailing.direction.scope)
        return mailing

    @property
    def about(self) -> dict[str, Any]:
        return {"actor": user_of(self.request), "mailing": self.mailing}

    def get_title(self) -> str:
        return f"{self.title}: {self.mailing}"

    def get_cancel_url(self) -> str:
        return self.mailing.get_absolute_url()


class MailingEdit(OneMailing):
    form_class = MailingForm
    title = _("Mailing")
    success_message = _("Saved.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {
            "actor": user_of(self.request),
            "instance": self.mailing,
        }

    def service(self, form: MailingForm) -> Mailing:
        return mailing_edit(**self.about, **form.cleaned_data)


class MailingSent(OneMailing):
    form_class = SentForm
    title = _("Mark as sent")
    lead = _("Write down that the mailing went out from the mailing service.")
    success_message = _("Written down: the mailing is sent.")

    def get_initial(self) -> dict[str, Any]:
        size = self.mailing.group.size_estimate
        return {"sent_at": timezone.now(), "recipients": size}

    def service(self, form: SentForm) -> Mailing:
        return mailing_sent(**self.about, **form.cleaned_data)


class MailingCancel(OneMailing):
    form_class = CancelForm
    title = _("Cancel the mailing")
    submit_label = _("Cancel the mailing")
    success_message = _("The mailing is cancelled.")

    def service(self, form: CancelForm) -> Mailing:
        return mailing_cancel(**self.about, **form.cleaned_data)


@access(policies.MAILING_VIEW)
@require_GET
def mailing_detail(request: HttpRequest, uid: UUID) -> HttpResponse:
    user = user_of(request)
    mailing: Mailing = get_object_or_404(visible_mailings(request), uid=uid)
    may = user.can(policies.MAILING_MANAGE, mailing.direction.scope)
    context = {
        "title": mailing.name,
        "mailing": mailing,
        "tone": STATE_TONES.get(mailing.state, ""),
        "may_edit": may and mailing.state != Mailing.State.CANCELLED,
        "may_move": may and mailing.state == Mailing.State.PLANNED,
        "history": history(user, mailing),
    }
    return render(request, "mailings/mailing_detail.html", context)
