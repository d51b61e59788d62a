"""Channels: list, card, forms, verdict."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from channels_publishing import policies
from channels_publishing.cards import channel_card
from channels_publishing.filters import ChannelFilter
from channels_publishing.forms import ChannelForm, VerdictForm
from channels_publishing.models import Channel, Placement
from channels_publishing.services.channels import (
    channel_archive,
    channel_create,
    channel_edit,
    channel_judge,
)
from channels_publishing.tables import ChannelTable
from config.lib.forms import FormPage
from config.lib.listing import ListPage
from staff.accounts.access import Access, access, require, user_of


def visible_channels(request: HttpRequest) -> QuerySet[Channel]:
    rows = Channel.objects.visible_to(user_of(request), policies.CHANNEL_VIEW)
    return rows.select_related(
        "direction__department__company", "direction__scope", "responsible", "source"
    )


def visible_channel(request: HttpRequest, uid: UUID) -> Channel:
    channel: Channel = get_object_or_404(visible_channels(request), uid=uid)
    return channel


class ChannelList(ListPage):
    access = Access("right", policies.CHANNEL_VIEW)
    table_class = ChannelTable
    filterset_class = ChannelFilter
    search_fields = ("name", "audience", "url")
    title = _("Channels")
    lead = _("Where the department speaks to its audience, and what is decided about each place.")
    create_url_name = "channels_publishing:channel-create"
    create_label = _("Channel")
    create_right = policies.CHANNEL_MANAGE
    empty_title = _("No channels yet")
    empty_text = _("Add the first one: a page of the site, a group, a banner, a marketplace.")
    empty_icon = "broadcast"
    export_name = "channels"

    def get_queryset(self) -> QuerySet[Channel]:
        placed = ~Q(placements__state__in=[Placement.State.PLANNED, Placement.State.CANCELLED])
        return visible_channels(self.request).annotate(placed=Count("placements", filter=placed))


class ChannelCreate(FormPage):
    access = Access("right", policies.CHANNEL_MANAGE)
    form_class = ChannelForm
    title = _("New channel")
    success_message = _("The channel is added.")
    cancel_url_name = "channels_publishing:channel-list"

    def get_initial(self) -> dict[str, Any]:
        return {"kind": self.request.GET.get("kind", "")}

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"actor": user_of(self.request)}

    def service(self, form: ChannelForm) -> Channel:
        return channel_create(actor=user_of(self.request), **form.cleaned_data)


class OneChannel(FormPage):
    """A form about the channel in the address, for those who may change it."""

    access = Access("right", policies.CHANNEL_MANAGE)

    @cached_property
    def channel(self) -> Channel:
        channel = visible_channel(self.request, self.kwargs["uid"])
        require(user_of(self.request), policies.CHANNEL_MANAGE, channel.direction.scope)
        return channel

    def get_title(self) -> str:
        return f"{self.title}: {self.channel}"

    def get_cancel_url(self) -> str:
        return self.channel.get_absolute_url()


class ChannelEdit(OneChannel):
    form_class = ChannelForm
    title = _("Channel")
    success_message = _("Saved.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {
            "actor": user_of(self.request),
            "instance": self.channel,
        }

    def service(self, form: ChannelForm) -> Channel:
        return channel_edit(actor=user_of(self.request), channel=self.channel, **form.cleaned_data)


class ChannelJudge(OneChannel):
    form_class = VerdictForm
    title = _("Verdict")
    lead = _("What the analysis of the channel says: keep it, test it or give it up.")
    success_message = _("The verdict is written down.")

    def service(self, form: VerdictForm) -> Channel:
        return channel_judge(actor=user_of(self.request), channel=self.channel, **form.cleaned_data)


@access(policies.CHANNEL_VIEW)
@require_GET
def channel_detail(request: HttpRequest, uid: UUID) -> HttpResponse:
    card = channel_card(user_of(request), visible_channel(request, uid))
    return render(request, "channels_publishing/channel_detail.html", card)


@access(policies.CHANNEL_MANAGE)
@require_POST
def archive(request: HttpRequest, uid: UUID) -> HttpResponse:
    channel_archive(actor=user_of(request), channel=visible_channel(request, uid))
    return redirect("channels_publishing:channel-list")
