"""Keeping a list's search, filters and sort under a name."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

from django.db import transaction
from django.urls import Resolver404, resolve
from django.utils.translation import gettext_lazy as _

from config.lib.errors import Invalid
from config.shell.models import SavedView
from staff.accounts.models import User

VIEWS_OF_A_PAGE = 20
# What belongs to one visit and not to a view.
PASSING = {"page", "_export"}


@transaction.atomic
def view_save(*, user: User, page: str, name: str, query: str) -> SavedView:
    """Keep ``query`` of the list at address ``page``; a view of the same name is replaced.

    Raises `Invalid` for a page that does not exist, no name, or too many views.
    """
    name = " ".join(name.split())[:60]
    if not name:
        raise Invalid(_("Give the view a name."), fields={"name": _("Give the view a name.")})
    try:
        resolve(page)
    except Resolver404 as error:
        raise Invalid(_("There is no such page.")) from error
    views = SavedView.objects.filter(user=user, page=page)
    if views.exclude(name=name).count() >= VIEWS_OF_A_PAGE:
        raise Invalid(_("Too many saved views: delete one first."))
    kept = [(key, value) for key, value in parse_qsl(query) if key not in PASSING and value]
    values = {"query": urlencode(kept)[:1000]}
    view, _made = SavedView.objects.update_or_create(
        user=user, page=page, name=name, defaults=values
    )
    return view


def view_delete(*, user: User, pk: int) -> str:
    """Forget one of the person's own views; returns the address of its list ("" if it is gone)."""
    view = SavedView.objects.filter(user=user, pk=pk).first()
    if view is None:
        return ""
    view.delete()
    return view.page
