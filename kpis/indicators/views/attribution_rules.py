"""What attribution goes by: versions of the rule, channels, public codes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from config.lib.forms import FormPage
from config.lib.listing import ListPage
from departments.structure.models import Department
from kpis.indicators import policies
from kpis.indicators.filters_attribution import ChannelRuleFilter
from kpis.indicators.forms.attribution import ChannelForm, CodeForm, RuleForm
from kpis.indicators.models import AttributionRule, ChannelRule, PublicCode
from kpis.indicators.selectors.attribution_rules import first_open_month, rules_listed
from kpis.indicators.services import attribution_rules as services
from kpis.indicators.tables_attribution import ChannelRuleTable, PublicCodeTable
from kpis.indicators.views.place import Here, here
from staff.accounts.access import Access, access, require, user_of


@access(policies.ATTRIBUTION_VIEW)
@require_GET
def rules(request: HttpRequest) -> HttpResponse:
    at = here(request, policies.ATTRIBUTION_VIEW)
    scope = at.department.scope
    context = {
        "place": at,
        "rules": rules_listed(scope),
        "can_manage": user_of(request).can(policies.ATTRIBUTION_MANAGE, scope),
    }
    return render(request, "indicators/attribution_rules.html", context)


class _OfDepartment(FormPage):
    """A form about the department of the request, for those who manage its attribution."""

    access = Access("right", policies.ATTRIBUTION_MANAGE)
    success_message = _("Saved. Orders of open months follow within minutes.")
    back = ""

    @cached_property
    def at(self) -> Here:
        at = here(self.request, policies.ATTRIBUTION_VIEW)
        require(user_of(self.request), policies.ATTRIBUTION_MANAGE, at.department.scope)
        return at

    @property
    def department(self) -> Department:
        return self.at.department

    def get_success_url(self) -> str:
        return reverse(self.back)

    get_cancel_url = get_success_url


class RuleAdd(_OfDepartment):
    form_class = RuleForm
    title = _("New version of the rule")
    lead = _("Earlier months keep the version they had. A closed month is not attributed anew.")
    back = "indicators:attribution-rules"

    def get_initial(self) -> dict[str, Any]:
        scope, today = self.department.scope, self.at.today
        newest = next(iter(rules_listed(scope)), AttributionRule())
        month = max(first_open_month(scope, today), today.replace(day=1))
        names = ("model", "window_hours", "half_life_days", "leak_uses", "assist_only")
        return {name: getattr(newest, name) for name in names} | {"valid_from": month}

    def service(self, form: RuleForm) -> AttributionRule:
        return services.attribution_rule_add(
            actor=user_of(self.request), scope=self.department.scope, **form.cleaned_data
        )


class ChannelRuleList(ListPage):
    access = Access("right", policies.ATTRIBUTION_VIEW)
    template_name = "indicators/attribution_list.html"
    table_class = ChannelRuleTable
    filterset_class = ChannelRuleFilter
    search_fields = ("pattern", "medium", "campaign", "channel")
    search_placeholder = _("Tag, code or channel")
    title = _("Channels by their traces")
    lead = _(
        "What a tag, a code, a number or a name means. Without a rule a channel keeps the name "
        "its source gives it."
    )
    empty_title = _("No rules of channels yet")
    empty_text = _("Until then channels are called as their sources call them.")
    empty_icon = "arrows-join"
    create_url_name = "indicators:channel-new"
    create_label = _("Add rule")
    create_right = policies.ATTRIBUTION_MANAGE
    export_name = "channels"

    def get_queryset(self) -> QuerySet[Any]:
        at = here(self.request, policies.ATTRIBUTION_VIEW)
        rows = ChannelRule.objects.filter(scope=at.department.scope)
        return rows.select_related("direction", "subject")

    def row_url(self, record: Any) -> str | None:
        may = user_of(self.request).can(policies.ATTRIBUTION_MANAGE)
        return record.get_absolute_url() if may else None


class ChannelRuleEdit(_OfDepartment):
    """A new rule, or with a ``uid`` one that exists."""

    template_name = "indicators/channel_rule.html"
    form_class = ChannelForm
    back = "indicators:channels"

    @cached_property
    def row(self) -> ChannelRule | None:
        if "uid" not in self.kwargs:
            return None
        seen = ChannelRule.objects.visible_to(
            user_of(self.request), policies.ATTRIBUTION_MANAGE
        ).select_related("scope")
        found: ChannelRule = get_object_or_404(seen, uid=self.kwargs["uid"])
        return found

    @property
    def department(self) -> Department:
        if self.row is None:
            return self.at.department
        found: Department = Department.objects.select_related("company__scope").get(
            scope=self.row.scope
        )
        return found

    def get_title(self) -> Any:
        return str(self.row) if self.row else _("New rule of a channel")

    def get_initial(self) -> dict[str, Any]:
        """An unknown channel can be named from its order's page."""
        asked = ("kind", "pattern", "medium", "campaign")
        return {name: self.request.GET[name] for name in asked if name in self.request.GET}

    def get_form_kwargs(self) -> dict[str, Any]:
        own = {"department": self.department, "instance": self.row}
        return super().get_form_kwargs() | own

    def service(self, form: ChannelForm) -> ChannelRule:
        return services.channel_rule_save(
            actor=user_of(self.request),
            scope=self.department.scope,
            rule=self.row,
            **form.cleaned_data,
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"row": self.row}


@access(policies.ATTRIBUTION_MANAGE)
@require_POST
def channel_rule_delete(request: HttpRequest, uid: UUID) -> HttpResponse:
    user = user_of(request)
    seen = ChannelRule.objects.visible_to(user, policies.ATTRIBUTION_VIEW)
    services.channel_rule_delete(actor=user, rule=get_object_or_404(seen, uid=uid))
    messages.success(request, gettext("Deleted."))
    return redirect("indicators:channels")


class PublicCodeList(ListPage):
    access = Access("right", policies.ATTRIBUTION_VIEW)
    template_name = "indicators/attribution_list.html"
    table_class = PublicCodeTable
    search_fields = ("code", "reason")
    title = _("Public codes")
    lead = _("Codes that anybody can find say nothing of a channel: they assist and never win.")
    empty_title = _("No public codes")
    empty_text = _(
        "A code whose uses mostly follow other channels appears here by itself; one found on a "
        "site of codes is added by hand."
    )
    empty_icon = "discount"
    create_url_name = "indicators:code-new"
    create_label = _("Add code")
    create_right = policies.ATTRIBUTION_MANAGE
    export_name = "public-codes"

    def get_queryset(self) -> QuerySet[Any]:
        at = here(self.request, policies.ATTRIBUTION_VIEW)
        return PublicCode.objects.filter(scope=at.department.scope).select_related("author")

    def row_url(self, record: Any) -> str | None:
        may = user_of(self.request).can(policies.ATTRIBUTION_MANAGE)
        return record.get_absolute_url() if may else None


class PublicCodeEdit(_OfDepartment):
    """A new code, or with a ``uid`` one that is known."""

    form_class = CodeForm
    back = "indicators:codes"

    @cached_property
    def row(self) -> PublicCode | None:
        if "uid" not in self.kwargs:
            return None
        seen = PublicCode.objects.visible_to(user_of(self.request), policies.ATTRIBUTION_MANAGE)
        found: PublicCode = get_object_or_404(seen.select_related("scope"), uid=self.kwargs["uid"])
        return found

    def get_title(self) -> Any:
        return str(self.row) if self.row else _("New public code")

    def get_initial(self) -> dict[str, Any]:
        row = self.row
        return {} if row is None else {"code": row.code, "state": row.state, "reason": row.reason}

    def service(self, form: CodeForm) -> PublicCode:
        return services.public_code_save(
            actor=user_of(self.request),
            scope=self.row.scope if self.row else self.department.scope,
            row=self.row,
            **form.cleaned_data,
        )
