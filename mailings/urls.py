"""Addresses of mailings."""

from django.urls import path

from mailings import views

app_name = "mailings"
urlpatterns = [
    path("", views.MailingList.as_view(), name="mailing-list"),
    path("new/", views.MailingCreate.as_view(), name="mailing-create"),
    path("<uuid:uid>/", views.mailing_detail, name="mailing-detail"),
    path("<uuid:uid>/edit/", views.MailingEdit.as_view(), name="mailing-edit"),
    path("<uuid:uid>/sent/", views.MailingSent.as_view(), name="mailing-sent"),
    path("<uuid:uid>/cancel/", views.MailingCancel.as_view(), name="mailing-cancel"),
]
