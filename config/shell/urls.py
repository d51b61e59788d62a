"""Addresses of the shell."""

from django.urls import path

from config.shell.views import api, components, health, help, home, saved, search

app_name = "shell"

urlpatterns = [
    path("", home.home, name="home"),
    path("brand.css", home.brand, name="brand"),
    path("robots.txt", home.robots, name="robots"),
    path("healthz", health.healthz, name="healthz"),
    path("search/", search.search_page, name="search"),
    path("notifications/", search.notifications, name="notifications"),
    path("notifications/read/", search.notifications_mark_read, name="notifications-read"),
    path("views/save/", saved.view_keep, name="view-save"),
    path("views/<int:pk>/delete/", saved.view_forget, name="view-delete"),
    path("help/", help.help_index, name="help"),
    path("help/<slug:topic>/", help.help_topic, name="help-topic"),
    path("api/", api.api_docs, name="api-docs"),
    path("api/v1/schema/", api.Schema.as_view(), name="api-schema"),
    path("_components/", components.components, name="components"),
]
