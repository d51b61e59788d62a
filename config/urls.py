"""Composition root: every address of the product starts here."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("config.shell.urls")),
    path("account/", include("allauth.urls")),
    path("structure/", include("departments.structure.urls")),
    path("accounts/", include("staff.accounts.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
]

handler400 = "config.shell.views.errors.bad_request"
handler403 = "config.shell.views.errors.forbidden"
handler404 = "config.shell.views.errors.not_found"
handler500 = "config.shell.views.errors.server_error"
