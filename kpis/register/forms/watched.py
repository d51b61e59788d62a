"""The watched folder of a file source: fields that depend on the installation and on templates."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from kpis.register import policies
from kpis.register.models import MappingTemplate, Source
from kpis.register.services.watched import FOLDER
from staff.accounts.models import User
from staff.accounts.selectors import ScopeNames


def folder_fields(form: forms.Form, user: User, source: Source | None) -> dict[str, object]:
    """Offer the templates by name. Where folders are switched off the fields go, and what was
    chosen before is given back, to be kept.
    """
    if not settings.WATCHED_FOLDERS:
        for name in FOLDER:
            del form.fields[name]
        return {name: source.settings.get(name) or "" for name in FOLDER} if source else {}
    known = MappingTemplate.objects.visible_to(user, policies.IMPORT).select_related("scope")
    if source is not None:
        known = known.filter(scope=source.scope)
    names = ScopeNames()
    text = {
        str(item.uid): item.name if source else f"{item.name} — {names(item.scope)}"
        for item in known
    }
    old = form.fields["template"]
    form.fields["template"] = forms.ChoiceField(
        label=old.label,
        required=False,
        help_text=old.help_text,
        choices=[("", _("not chosen")), *text.items()],
    )
    return {}
