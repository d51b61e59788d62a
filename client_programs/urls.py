"""Addresses of client groups and programmes."""

from django.urls import path

from client_programs.views import groups, programmes

app_name = "client_programs"
urlpatterns = [
    path("", programmes.ProgrammeList.as_view(), name="programme-list"),
    path("new/", programmes.ProgrammeCreate.as_view(), name="programme-create"),
    path("<uuid:uid>/", programmes.programme_detail, name="programme-detail"),
    path("<uuid:uid>/edit/", programmes.ProgrammeEdit.as_view(), name="programme-edit"),
    path("<uuid:uid>/close/", programmes.ProgrammeClose.as_view(), name="programme-close"),
    path("<uuid:uid>/move/<slug:state>/", programmes.move, name="programme-move"),
    path("groups/", groups.GroupList.as_view(), name="group-list"),
    path("groups/new/", groups.GroupCreate.as_view(), name="group-create"),
    path("groups/<uuid:uid>/", groups.group_detail, name="group-detail"),
    path("groups/<uuid:uid>/edit/", groups.GroupEdit.as_view(), name="group-edit"),
    path("groups/<uuid:uid>/archive/", groups.archive, name="group-archive"),
]
