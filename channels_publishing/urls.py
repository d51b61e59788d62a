"""Addresses of channels and placements."""

from django.urls import path

from channels_publishing.views import channels, placements

app_name = "channels_publishing"
urlpatterns = [
    path("", channels.ChannelList.as_view(), name="channel-list"),
    path("new/", channels.ChannelCreate.as_view(), name="channel-create"),
    path("<uuid:uid>/", channels.channel_detail, name="channel-detail"),
    path("<uuid:uid>/edit/", channels.ChannelEdit.as_view(), name="channel-edit"),
    path("<uuid:uid>/verdict/", channels.ChannelJudge.as_view(), name="channel-judge"),
    path("<uuid:uid>/archive/", channels.archive, name="channel-archive"),
    path("placements/", placements.PlacementList.as_view(), name="placement-list"),
    path("placements/new/", placements.PlacementCreate.as_view(), name="placement-create"),
    path("placements/<uuid:uid>/", placements.placement_detail, name="placement-detail"),
    path("placements/<uuid:uid>/edit/", placements.PlacementEdit.as_view(), name="placement-edit"),
    path(
        "placements/<uuid:uid>/place/", placements.PlacementPlace.as_view(), name="placement-place"
    ),
    path(
        "placements/<uuid:uid>/check/", placements.PlacementCheck.as_view(), name="placement-check"
    ),
    path(
        "placements/<uuid:uid>/cancel/",
        placements.PlacementCancel.as_view(),
        name="placement-cancel",
    ),
]
