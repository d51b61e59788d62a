"""Composition root: every address of the product starts here."""

from django.urls import URLPattern, URLResolver, include, path, re_path

from config.shell.views import errors

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("config.shell.urls")),
    # Nobody signs up by themselves, and an e-mail is changed by whoever manages users.
    re_path(r"^account/(signup|email|confirm-email)\b", errors.closed),
    path("account/", include("allauth.urls")),
    path("structure/", include("departments.structure.urls")),
    path("channels/", include("channels_publishing.urls")),
    path("programmes/", include("client_programs.urls")),
    path("mailings/", include("mailings.urls")),
    path("hiring/", include("staff.hiring.urls")),
    path("funds/", include("departments.funds.urls")),
    path("accounts/", include("staff.accounts.urls")),
    path("people/", include("staff.people.urls")),
    path("work/", include("departments.work.urls")),
    path("kpis/", include("kpis.indicators.urls")),
    path("register/", include("kpis.register.urls")),
    path("exchange/", include("kpis.register.exchange_urls")),
    path("api/v1/", include("kpis.register.api_urls")),
    path("api/v1/", include("kpis.indicators.api.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
]

handler400 = "config.shell.views.errors.bad_request"
handler403 = "config.shell.views.errors.forbidden"
handler404 = "config.shell.views.errors.not_found"
handler500 = "config.shell.views.errors.server_error"
