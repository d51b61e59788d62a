"""Forms about people, roles and own preferences. Services decide, choices only spare detours."""

from __future__ import annotations

import zoneinfo
from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from staff.accounts import policies
from staff.accounts.models import ApiScope, RoleGrant, Scope, User
from staff.accounts.rights import Role, right
from staff.accounts.selectors import ScopeNames, colleagues, scopes_under

MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class ScopeField(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic over the model
    """Scopes with what they lie in: "Alpha / Marketing / Direction A"."""

    def __init__(self, **kwargs: Any) -> None:
        self.names = ScopeNames()
        super().__init__(queryset=Scope.objects.none(), to_field_name="uid", **kwargs)

    def label_from_instance(self, obj: Scope) -> str:
        return self.names(obj)


class RoleForm(forms.Form):
    """A role and where it is held, out of what the actor may give."""

    role = forms.ChoiceField(label=_("Role"))
    scope = ScopeField(
        label=_("Where"), help_text=_("The role holds there and in everything that lies inside.")
    )

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        allowed = policies.roles_to_give(actor)
        role = cast("forms.ChoiceField", self.fields["role"])
        scope = cast("ScopeField", self.fields["scope"])
        role.choices = [("", "---------"), *(item for item in Role.choices if item[0] in allowed)]
        scope.queryset = scopes_under(actor.paths_with(policies.USER_MANAGE))


class InviteForm(RoleForm):
    full_name = forms.CharField(label=_("Full name"), max_length=150)
    email = forms.EmailField(
        label=_("E-mail"), help_text=_("A letter with a link will be sent there.")
    )
    field_order = ["full_name", "email", "role", "scope"]


class GrantForm(RoleForm):
    ends_at = forms.DateTimeField(
        label=_("Until"), required=False, widget=MOMENT, help_text=_("Empty: without an end.")
    )
    reason = forms.CharField(label=_("Reason"), max_length=250, required=False)


class GrantField(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic over the model
    def label_from_instance(self, obj: RoleGrant) -> str:
        return f"{obj.get_role_display()} · {obj.scope}"


class DelegateForm(forms.Form):
    """One of the actor's own roles, lent to a colleague."""

    grant = GrantField(queryset=RoleGrant.objects.none(), label=_("My role"), to_field_name="uid")
    to_user = forms.ModelChoiceField(
        queryset=User.objects.none(), label=_("To whom"), to_field_name="uid"
    )
    starts_at = forms.DateTimeField(label=_("From"), widget=MOMENT, initial=timezone.now)
    ends_at = forms.DateTimeField(label=_("Until"), widget=MOMENT)
    reason = forms.CharField(
        label=_("Reason"), max_length=250, help_text=_("Leave, duty day, business trip…")
    )

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        grant = cast("GrantField", self.fields["grant"])
        to_user = cast("forms.ModelChoiceField[User]", self.fields["to_user"])
        lendable = right(policies.DELEGATE).roles
        own = RoleGrant.objects.active().filter(user=actor, role__in=lendable)
        grant.queryset = own.select_related("scope")
        to_user.queryset = colleagues(actor).order_by("full_name")


class TokenForm(forms.Form):
    """A token of one's own."""

    name = forms.CharField(
        label=_("Name"),
        max_length=100,
        help_text=_("Which program will use it: you will recognise the token by it."),
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        choices=ApiScope.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Never more than you may do yourself."),
    )
    expires_at = forms.DateTimeField(
        label=_("Until"), required=False, widget=MOMENT, help_text=_("Empty: without an end.")
    )


def time_zones() -> list[tuple[str, Any]]:
    """Zones of places, without the technical ones."""
    names = sorted(name for name in zoneinfo.available_timezones() if _is_place(name))
    return [("", _("As on the server")), *((name, name.replace("_", " ")) for name in names)]


def _is_place(name: str) -> bool:
    return "/" in name and not name.startswith(("Etc/", "SystemV/", "US/", "posix/", "right/"))


class PreferencesForm(forms.Form):
    full_name = forms.CharField(label=_("Full name"), max_length=150)
    language = forms.ChoiceField(label=_("Language"), choices=User.Language.choices, required=False)
    theme = forms.ChoiceField(label=_("Theme"), choices=User.Theme.choices)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=time_zones, required=False)
