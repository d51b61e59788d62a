"""Placements: the list by date, the card, and each step of the way."""

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

from channels_publishing import policies
from channels_publishing.cards import placement_card
from channels_publishing.filters import PlacementFilter
from channels_publishing.forms import CancelForm, CheckForm, PlaceForm, PlacementForm
from channels_publishing.models import Channel, Placement
from channels_publishing.services.placements import (
    placement_cancel,
    placement_check,
    placement_edit,
    placement_place,
    placement_plan,
)
from channels_publishing.tables import PlacementTable
from config.lib.forms import FormPage
from config.lib.listing import ListPage
from staff.accounts.access import Access, access, require, user_of


def visible_placements(request: HttpRequest) -> QuerySet[Placement]:
    rows = Placement.objects.visible_to(user_of(request), policies.CHANNEL_VIEW)
    return rows.select_related(
        "channel__direction__department__company", "channel__direction__scope", "checked_by"
    )


class PlacementList(ListPage):
    access = Access("right", policies.CHANNEL_VIEW)
    table_class = PlacementTable
    filterset_class = PlacementFilter
    search_fields = ("title", "channel__name", "url")
    title = _("Placements")
    lead = _("What is placed where and when, and whether it was checked.")
    create_url_name = "channels_publishing:placement-create"
    create_label = _("Placement")
    create_right = policies.PLACEMENT_MANAGE
    empty_title = _("No placements yet")
    empty_text = _("Plan the first one: what, on which channel and when.")
    empty_icon = "speakerphone"
    export_name = "placements"

    def get_queryset(self) -> QuerySet[Placement]:
        return visible_placements(self.request)


class PlacementCreate(FormPage):
    access = Access("right", policies.PLACEMENT_MANAGE)
    form_class = PlacementForm
    title = _("New placement")
    success_message = _("The placement is planned.")
    cancel_url_name = "channels_publishing:placement-list"

    def get_initial(self) -> dict[str, Any]:
        mine = Channel.objects.visible_to(user_of(self.request), policies.PLACEMENT_MANAGE)
        known = {str(channel.uid): channel.pk for channel in mine}
        return {"channel": known.get(self.request.GET.get("channel", ""))}

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"actor": user_of(self.request)}

    def service(self, form: PlacementForm) -> Placement:
        return placement_plan(actor=user_of(self.request), **form.cleaned_data)


class OnePlacement(FormPage):
    """A form about the placement in the address, for those who hold the right there."""

    access = Access("right", policies.PLACEMENT_MANAGE)

    @cached_property
    def placement(self) -> Placement:
        placement: Placement = get_object_or_404(
            visible_placements(self.request), uid=self.kwargs["uid"]
        )
        scope = placement.channel.direction.scope
        require(user_of(self.request), self.access.right, scope)
        return placement

    @property
    def about(self) -> dict[str, Any]:
        return {"actor": user_of(self.request), "placement": self.placement}

    def get_title(self) -> str:
        return f"{self.title}: {self.placement}"

    def get_cancel_url(self) -> str:
        return self.placement.get_absolute_url()


class PlacementEdit(OnePlacement):
    form_class = PlacementForm
    title = _("Placement")
    success_message = _("Saved.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {
            "actor": user_of(self.request),
            "instance": self.placement,
        }

    def service(self, form: PlacementForm) -> Placement:
        return placement_edit(**self.about, **form.cleaned_data)


class PlacementPlace(OnePlacement):
    form_class = PlaceForm
    title = _("Mark as placed")
    submit_label = _("Mark as placed")
    success_message = _("Written down: it is placed.")

    def get_initial(self) -> dict[str, Any]:
        return {"published_at": timezone.now(), "url": self.placement.url}

    def service(self, form: PlaceForm) -> Placement:
        return placement_place(**self.about, **form.cleaned_data)


class PlacementCheck(OnePlacement):
    access = Access("right", policies.PLACEMENT_CHECK)
    form_class = CheckForm
    title = _("Check")
    lead = _("Open the link, look, and say what you saw.")
    success_message = _("The check is written down.")

    def service(self, form: CheckForm) -> Placement:
        return placement_check(**self.about, **form.cleaned_data)


class PlacementCancel(OnePlacement):
    form_class = CancelForm
    title = _("Give up the placement")
    submit_label = _("Give up")
    success_message = _("The placement is given up.")

    def service(self, form: CancelForm) -> Placement:
        return placement_cancel(**self.about, **form.cleaned_data)


@access(policies.CHANNEL_VIEW)
@require_GET
def placement_detail(request: HttpRequest, uid: UUID) -> HttpResponse:
    placement = get_object_or_404(visible_placements(request), uid=uid)
    card = placement_card(user_of(request), placement)
    return render(request, "channels_publishing/placement_detail.html", card)
