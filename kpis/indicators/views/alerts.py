"""Alerts: what was found, answered in place; the rules behind them."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

import django_tables2 as tables
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import cached_property
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from config.lib.errors import Invalid
from config.lib.forms import FormPage
from config.lib.htmx import is_fragment, toast
from config.lib.listing import ListPage
from departments.work.clock import today_of
from kpis.indicators import policies
from kpis.indicators.forms.alerts import AlertRuleForm
from kpis.indicators.models import AlertEvent, AlertRule
from kpis.indicators.selectors.alerts import department_of, events_visible, rules_visible
from kpis.indicators.services import alert_rules as rules
from kpis.indicators.services.alerts import alert_acknowledge, alert_snooze
from kpis.indicators.views.place import Here, choose, first_department, here
from staff.accounts.access import Access, access, require, user_of

CLOSED_SHOWN = 20


@access(policies.ALERT_VIEW)
@require_GET
def alerts(request: HttpRequest) -> HttpResponse:
    """What lasts, and the last ones that are over."""
    user = user_of(request)
    place = choose(request, policies.ALERT_VIEW)
    if place.department is None:
        return render(request, "indicators/no_department.html", first_department(user))
    department = place.department
    rows = events_visible(user).filter(rule__scope__path__startswith=department.scope.path)
    context = {
        "place": place,
        "events": rows.open().order_by("state", "-opened_at"),
        "closed": rows.filter(state=AlertEvent.State.CLOSED)[:CLOSED_SHOWN],
        "tomorrow": today_of(department) + dt.timedelta(days=1),
        "can_answer": user.can(policies.ALERT_ANSWER),
        "can_manage": user.can(policies.ALERT_MANAGE),
        "has_rules": rules_visible(user)
        .filter(scope__path__startswith=department.scope.path)
        .exists(),
    }
    return render(request, "indicators/alerts.html", context)


@access(policies.ALERT_ANSWER)
@require_POST
def alert_answer(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Acknowledge or, with ``until``, put off; the row as it is now for htmx."""
    user = user_of(request)
    event = get_object_or_404(events_visible(user), uid=uid)
    if request.POST.get("answer") == "snooze":
        try:
            until = dt.date.fromisoformat(request.POST.get("until", ""))
        except ValueError as error:
            raise Invalid(gettext("Choose until which day.")) from error
        department = department_of(event.rule.scope)
        today = today_of(department) if department else dt.date.today()  # noqa: DTZ011
        alert_snooze(actor=user, event=event, until=until, today=today)
        text = gettext("Put off.")
    else:
        alert_acknowledge(actor=user, event=event)
        text = gettext("Acknowledged.")
    if not is_fragment(request):
        messages.success(request, text)
        return redirect("indicators:alerts")
    fresh = events_visible(user).get(pk=event.pk)
    tomorrow = dt.date.fromisoformat(request.POST.get("tomorrow") or str(fresh.day))
    context = {"event": fresh, "can_answer": True, "tomorrow": tomorrow}
    response = render(request, "indicators/_alert.html", context)
    response.write(toast(request, text))
    return response


class RuleTable(tables.Table):
    kpi = tables.Column(verbose_name=_("KPI"), order_by=("kpi__name_ru",))
    kind = tables.Column(verbose_name=_("Tell when"))
    scope = tables.Column(verbose_name=_("Whose figures"), orderable=False)
    people = tables.Column(verbose_name=_("Who is told"), empty_values=(), orderable=False)
    is_active = tables.BooleanColumn(verbose_name=_("In force"), yesno="✓,—")

    class Meta:
        model = AlertRule
        fields = ("kpi", "kind", "scope", "people", "is_active")
        order_by = ("kpi",)

    def render_people(self, record: AlertRule) -> str:
        return ", ".join(str(user) for user in record.recipients.all()) or "—"

    value_people = render_people


class AlertRuleList(ListPage):
    access = Access("right", policies.ALERT_VIEW)
    template_name = "indicators/alert_rules.html"
    title = _("Alert rules")
    lead = _("What is watched and who is told. Rules are held against the figures as they come.")
    table_class = RuleTable
    search_fields = ("kpi__name_ru", "kpi__name_en", "recipients__full_name")
    create_url_name = "indicators:alert-rule-create"
    create_label = _("New rule")
    create_right = policies.ALERT_MANAGE
    empty_title = _("Nothing is watched yet")
    empty_text = _("Take the usual rules for the KPIs of the dashboard, or make one of your own.")
    empty_icon = "bell-ringing"
    export_name = "alert-rules"

    def get_queryset(self) -> QuerySet[AlertRule]:
        return rules_visible(user_of(self.request)).distinct()

    def row_url(self, record: AlertRule) -> str | None:
        manages = user_of(self.request).can(policies.ALERT_MANAGE, record.scope)
        return record.get_absolute_url() if manages else None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        can_manage = user_of(self.request).can(policies.ALERT_MANAGE)
        return super().get_context_data(**kwargs) | {"can_manage": can_manage}


class _Rule(FormPage):
    access = Access("right", policies.ALERT_MANAGE)
    form_class = AlertRuleForm
    success_url_name = cancel_url_name = "indicators:alert-rules"

    @cached_property
    def at(self) -> Here:
        return here(self.request, policies.ALERT_MANAGE)

    def get_form_kwargs(self) -> dict[str, Any]:
        own = {"department": self.at.department, "viewer": user_of(self.request)}
        return super().get_form_kwargs() | own


class AlertRuleCreate(_Rule):
    title = _("New alert rule")
    success_message = _("The rule is in force.")

    def service(self, form: AlertRuleForm) -> AlertRule:
        return rules.alert_rule_create(actor=user_of(self.request), plan=form.plan)


class AlertRuleEdit(_Rule):
    template_name = "indicators/alert_rule.html"
    title = _("Alert rule")
    success_message = _("Saved.")

    @cached_property
    def rule(self) -> AlertRule:
        rule = get_object_or_404(rules_visible(user_of(self.request)), uid=self.kwargs["uid"])
        require(user_of(self.request), policies.ALERT_MANAGE, rule.scope)
        return rule

    @cached_property
    def at(self) -> Here:
        department = department_of(self.rule.scope)
        if department is None:
            return here(self.request, policies.ALERT_MANAGE)
        return Here(department, (department,), today_of(department))

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"instance": self.rule}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rule = rules_visible(user_of(self.request)).get(pk=self.rule.pk)
        return super().get_context_data(**kwargs) | {"rule": rule}

    def service(self, form: AlertRuleForm) -> AlertRule:
        return rules.alert_rule_edit(actor=user_of(self.request), rule=self.rule, plan=form.plan)


@access(policies.ALERT_MANAGE)
@require_POST
def alert_rule_delete(request: HttpRequest, uid: UUID) -> HttpResponse:
    rule = get_object_or_404(rules_visible(user_of(request)), uid=uid)
    rules.alert_rule_delete(actor=user_of(request), rule=rule)
    messages.success(request, gettext("Deleted: %(rule)s") % {"rule": rule})
    return redirect("indicators:alert-rules")


@access(policies.ALERT_MANAGE)
@require_POST
def alert_rules_offer(request: HttpRequest) -> HttpResponse:
    """Make the usual rules for the KPIs of the dashboard."""
    at = here(request, policies.ALERT_MANAGE)
    made = rules.alert_rules_offer(actor=user_of(request), scope=at.department.scope)
    text = ngettext("%(count)s rule made.", "%(count)s rules made.", made) % {"count": made}
    messages.success(request, text)
    return redirect("indicators:alert-rules")
