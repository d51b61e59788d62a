"""API tokens: one's own, and everybody's for those who manage them."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from config.lib.errors import AppError, Forbidden
from config.lib.forms import FormPage, add_service_errors
from staff.accounts import policies
from staff.accounts.access import LOGIN, login_access, user_of
from staff.accounts.forms import TokenForm
from staff.accounts.selectors import tokens_visible_to
from staff.accounts.services.tokens import token_make, token_revoke

SHOWN = 200


@login_access
@require_GET
def token_list(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    rows = tokens_visible_to(user)
    context = {
        "title": gettext("API tokens"),
        "own": rows.filter(user=user)[:SHOWN],
        "others": rows.exclude(user=user)[:SHOWN],
        "sees_others": user.can(policies.TOKEN_MANAGE),
    }
    return render(request, "accounts/token_list.html", context)


class TokenMake(FormPage):
    """The answer to the form is the only page that ever shows the token."""

    access = LOGIN
    form_class = TokenForm
    title = _("New API token")
    lead = _("A program that has the token acts in your name, within what you tick here.")
    submit_label = _("Make the token")
    cancel_url_name = "accounts:token-list"

    def form_valid(self, form: TokenForm) -> HttpResponse:
        try:
            token, text = token_make(actor=user_of(self.request), **form.cleaned_data)
        except Forbidden:
            raise
        except AppError as error:
            add_service_errors(form, error)
            return self.form_invalid(form)
        context = {"title": gettext("The token is made"), "token": token, "text": text}
        response = render(self.request, "accounts/token_made.html", context)
        response["Cache-Control"] = "no-store"
        return response


@login_access
@require_POST
def revoke(request: HttpRequest, uid: UUID) -> HttpResponse:
    user = user_of(request)
    token = get_object_or_404(tokens_visible_to(user), uid=uid)
    token_revoke(actor=user, token=token)
    messages.success(request, gettext("The token is revoked: programs that use it are refused."))
    return redirect("accounts:token-list")
