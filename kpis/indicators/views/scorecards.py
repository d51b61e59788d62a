"""Scorecards: the list of a department, one scorecard with its figures, its editor, disputes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from config.lib.dates import month_first
from config.lib.errors import AppError, Forbidden
from config.lib.forms import FormPage, add_service_errors
from config.lib.htmx import wants_part
from config.lib.listing import ListPage
from kpis.indicators import policies
from kpis.indicators.forms.scorecards import (
    CardForm,
    CardLines,
    DisputeForm,
    norm_typed,
    open_months,
)
from kpis.indicators.models import Kpi
from kpis.indicators.selectors.cards import (
    campaigns_of,
    card_now,
    cards_page,
    disputes_of,
    one_card,
    weighable_kpis,
)
from kpis.indicators.services.disputes import dispute_raise
from kpis.indicators.services.scorecards import MOST_OF_PERSON, scorecard_set
from kpis.indicators.tables import CampaignTable
from kpis.indicators.templatetags.kpi import month_name
from kpis.indicators.views.holders import (
    Holder,
    campaign_or_404,
    card_month,
    department_or_404,
    month_links,
    myself,
    person_or_404,
)
from kpis.indicators.views.place import asked_month, choose, first_department, here
from staff.accounts.access import Access, access, require, user_of

ROWS_OF_DEPARTMENT = 12


@access(policies.SCORECARD_VIEW)
@require_GET
def scorecards(request: HttpRequest) -> HttpResponse:
    if choose(request, policies.SCORECARD_VIEW).department is None:
        return render(request, "indicators/no_department.html", first_department(user_of(request)))
    at, user = here(request, policies.SCORECARD_VIEW), user_of(request)
    month = asked_month(request, at.month)
    if month > month_first(at.today):
        raise Http404
    context = {
        "place": at,
        "cards": cards_page(user=user, department=at.department, month=month, today=at.today),
        "can_manage": user.can(policies.SCORECARD_MANAGE, at.department.scope),
        **month_links(month, at.today),
    }
    return render(request, "indicators/scorecards.html", context)


@access(policies.SCORECARD_OWN)
@require_GET
def my_kpis(request: HttpRequest) -> HttpResponse:
    holder = myself(user_of(request))
    if holder is None:
        return render(request, "indicators/not_on_staff.html")
    return _card_page(request, holder)


@access(policies.SCORECARD_OWN)
@require_GET
def person(request: HttpRequest, uid: UUID) -> HttpResponse:
    return _card_page(request, person_or_404(request, uid))


@access(policies.SCORECARD_VIEW)
@require_GET
def campaign(request: HttpRequest, uid: UUID) -> HttpResponse:
    return _card_page(request, campaign_or_404(request, uid))


@access(policies.SCORECARD_VIEW)
@require_GET
def department(request: HttpRequest) -> HttpResponse:
    return _card_page(request, department_or_404(request))


def _card_page(request: HttpRequest, holder: Holder) -> HttpResponse:
    month, user = card_month(request, holder), user_of(request)
    is_own = bool(holder.employee and holder.employee.user_id == user.pk)
    scope = holder.department.scope
    context = {
        "holder": holder,
        "page": one_card(
            department=holder.department, holder=holder.filter, month=month, today=holder.today
        ),
        "disputes": disputes_of(holder.employee, month) if holder.employee else [],
        "is_own": is_own,
        "can_manage": user.can(policies.SCORECARD_MANAGE, scope),
        "can_set_target": user.can(policies.TARGET_MANAGE, scope),
        "can_see_list": user.can(policies.SCORECARD_VIEW),
        **month_links(month, holder.today),
    }
    return render(request, "indicators/scorecard.html", context)


@access(policies.SCORECARD_MANAGE)
@require_http_methods(["GET", "POST"])
def person_edit(request: HttpRequest, uid: UUID) -> HttpResponse:
    return _edit(request, person_or_404(request, uid))


@access(policies.SCORECARD_MANAGE)
@require_http_methods(["GET", "POST"])
def campaign_edit(request: HttpRequest, uid: UUID) -> HttpResponse:
    return _edit(request, campaign_or_404(request, uid))


@access(policies.SCORECARD_MANAGE)
@require_http_methods(["GET", "POST"])
def department_edit(request: HttpRequest) -> HttpResponse:
    return _edit(request, department_or_404(request))


def _edit(request: HttpRequest, holder: Holder) -> HttpResponse:
    """The editor. ``check`` only adds up the weights: live by htmx, else by its button."""
    require(user_of(request), policies.SCORECARD_MANAGE, holder.department.scope)
    months = open_months(month_first(holder.today))
    card = card_now(holder.department, holder.filter, months[-1])
    of_person = holder.employee is not None
    lines = CardLines(
        request.POST or None,
        kpis=weighable_kpis(),
        of_person=of_person,
        rows=MOST_OF_PERSON if of_person else ROWS_OF_DEPARTMENT,
        card=card,
    )
    form = CardForm(
        request.POST or None,
        months=[(month.isoformat(), month_name(month)) for month in months],
        of_person=of_person,
        changing=card is not None,
        initial={"bonus_norm": norm_typed(card)},
    )
    context = {"holder": holder, "form": form, "lines": lines, "card": card}
    if wants_part(request, "weight-sum"):
        return render(request, "indicators/_weight_sum.html", context)
    status = 200
    if request.method == "POST" and "check" not in request.POST:
        if _saved(request, holder, form, lines):
            return redirect(holder.url)
        status = 422
    return render(request, "indicators/scorecard_form.html", context, status=status)


def _saved(request: HttpRequest, holder: Holder, form: CardForm, lines: CardLines) -> bool:
    if not (form.is_valid() & lines.is_valid()):
        return False
    try:
        scorecard_set(
            actor=user_of(request),
            scope=holder.department.scope,
            employee=holder.employee,
            subject=holder.subject,
            lines=lines.drafts,
            today=holder.today,
            valid_from=form.cleaned_data["valid_from"],
            bonus_norm=form.cleaned_data.get("bonus_norm"),
            reason=form.cleaned_data.get("reason", ""),
        )
    except Forbidden:
        raise
    except AppError as error:
        add_service_errors(form, error)
        return False
    messages.success(request, _("The scorecard is saved."))
    return True


class Dispute(FormPage):
    """The person's objection to one KPI of a month."""

    access = Access("right", policies.SCORECARD_OWN)
    form_class = DisputeForm
    submit_label = gettext_lazy("Send to the head")
    success_message = gettext_lazy("The head has been asked.")

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        self.holder = person_or_404(request, kwargs["uid"])
        self.kpi = get_object_or_404(Kpi, code=kwargs["code"])
        self.month = card_month(request, self.holder)
        if self.holder.employee is None or self.holder.employee.user_id != user_of(request).pk:
            raise Forbidden
        return super().dispatch(request, *args, **kwargs)

    def get_title(self) -> str:
        return _("Dispute: %(kpi)s, %(month)s") % {
            "kpi": self.kpi,
            "month": month_name(self.month),
        }

    def service(self, form: DisputeForm) -> object:
        assert self.holder.employee is not None  # noqa: S101  `dispatch` has looked
        return dispute_raise(
            actor=user_of(self.request),
            employee=self.holder.employee,
            kpi=self.kpi,
            month=self.month,
            text=form.cleaned_data["text"],
            today=self.holder.today,
        )

    def get_success_url(self) -> str:
        return f"{self.holder.url}?month={self.month:%Y-%m}"

    get_cancel_url = get_success_url


class Campaigns(ListPage):
    """Campaigns of the department: each leads to its scorecard."""

    access = Access("right", policies.SCORECARD_VIEW)
    table_class = CampaignTable
    title = gettext_lazy("Campaigns")
    lead = gettext_lazy("Each campaign with its own scorecard and targets.")
    search_fields = ("label", "owner__full_name")
    empty_title = gettext_lazy("No campaigns yet")
    empty_text = gettext_lazy("They come with the figures of the advertising sources.")
    empty_icon = "speakerphone"
    export_name = "campaigns"

    def get_queryset(self) -> QuerySet[Any]:
        return campaigns_of(department_or_404(self.request).department)

    def row_url(self, record: Any) -> str | None:
        return reverse("indicators:campaign", args=[record.uid])
