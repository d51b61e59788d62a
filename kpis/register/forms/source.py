"""The form of a source: what every source has, then what its connector asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from config.lib.forms import ModusFormHelper
from kpis.register import policies
from kpis.register.forms.watched import folder_fields
from kpis.register.models import Source
from kpis.register.registry import FILE_KIND, connector_class
from staff.accounts.models import Scope, User
from staff.accounts.selectors import ScopeNames, colleagues, scopes_under

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

EVERY: tuple[tuple[int, StrOrPromise], ...] = (
    (15, _("every 15 minutes")),
    (30, _("every 30 minutes")),
    (60, _("every hour")),
    (180, _("every 3 hours")),
    (360, _("every 6 hours")),
    (720, _("every 12 hours")),
    (1440, _("once a day")),
)
ONLY_PULLED = ("every_minutes", "history_from")


class ScopeField(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic in the stubs only
    """A place in the tree, called by the whole way to it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Scope.objects.none(), to_field_name="uid", **kwargs)
        self.names = ScopeNames()

    def label_from_instance(self, obj: Any) -> str:
        return self.names(obj)

    def offer(self, user: User, right: str) -> None:
        """Every scope on which ``user`` holds ``right``; the only one is chosen at once."""
        scopes = scopes_under(user.paths_with(right)).exclude(kind=Scope.Kind.GROUP)
        self.queryset = scopes
        first = scopes.first()
        if first is not None:
            self.initial = first.uid


class CommonForm(forms.Form):
    """``helper`` shows the common fields and the connector's under headings of their own."""

    name = forms.CharField(
        label=_("Name"), max_length=150, help_text=_("As people of the department call it.")
    )
    scope = ScopeField(
        label=_("Whose"), help_text=_("Its figures enter the KPIs of this place and of all above.")
    )
    every_minutes = forms.TypedChoiceField(label=_("Read"), coerce=int, choices=EVERY, initial=60)
    history_from = forms.DateField(
        label=_("History from"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("The first day worth having; empty means a year back."),
    )
    owner = forms.ModelChoiceField(
        label=_("Who answers for it"),
        queryset=User.objects.none(),
        to_field_name="uid",
        help_text=_("Is told when the source needs attention."),
    )

    kind = ""

    def __init__(self, *args: Any, user: User, source: Source | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.source = source
        cls = connector_class(self.kind)
        self.own = tuple(cls.settings_form.base_fields)
        self.kept: dict[str, object] = {}
        self.secret = cls.secret_fields
        self.optional = frozenset(getattr(cls, "optional_secrets", ()))
        people = cast("forms.ModelChoiceField[User]", self.fields["owner"])
        people.queryset = _owners(user, source)
        people.initial = user.uid
        if source is None:
            cast("ScopeField", self.fields["scope"]).offer(user, policies.SOURCE_MANAGE)
        else:
            del self.fields["scope"]
            self._keep_schedule(source.every_minutes)
        if self.kind == FILE_KIND:
            for name in ONLY_PULLED:
                del self.fields[name]
            self.kept = folder_fields(self, user, source)
            self.own = tuple(name for name in self.own if name in self.fields)
        self._mark_secrets()
        self.helper = ModusFormHelper()
        common = [name for name in CommonForm.base_fields if name in self.fields]
        self.helper.layout = Layout(*common, *self._sections(cls.settings_form))

    def _sections(self, settings_form: type[forms.Form]) -> list[Fieldset]:
        """The connector's fields under its own headings, or all under one."""
        one = _("Files") if self.kind == FILE_KIND else _("Connection")
        starts: dict[str, StrOrPromise] = dict(getattr(settings_form, "sections", ()))
        found: list[tuple[StrOrPromise, list[str]]] = []
        for name in self.own:
            if name in starts or not found:
                found.append((starts.get(name, one), []))
            found[-1][1].append(name)
        return [Fieldset(title, *names, css_class="settings-part") for title, names in found]

    def _keep_schedule(self, minutes: int) -> None:
        """An interval set elsewhere stays choosable."""
        field = cast("forms.TypedChoiceField", self.fields["every_minutes"])
        if minutes not in dict(EVERY):
            odd = (minutes, _("every %(minutes)s minutes") % {"minutes": minutes})
            field.choices = [odd, *EVERY]

    def _mark_secrets(self) -> None:
        for name in self.secret:
            field = self.fields[name]
            if self.source is None:
                field.required = name not in self.optional
            else:
                field.widget.attrs["placeholder"] = _("stored, leave empty to keep")

    def clean(self) -> dict[str, Any]:
        """The name must be free in its place; said at the field, not above the form."""
        data = super().clean() or self.cleaned_data
        scope = self.source.scope if self.source else data.get("scope")
        own = self.source.pk if self.source else None
        if name_taken(scope, data.get("name"), own):
            self.add_error("name", _("There is already a source with this name."))
        return data

    def settings_typed(self) -> dict[str, object]:
        """What the connector's own form is to be given."""
        return self.kept | {name: self.cleaned_data[name] for name in self.own}

    def common_typed(self) -> dict[str, Any]:
        """The common fields that this kind of source has."""
        return {
            name: self.cleaned_data[name] for name in CommonForm.base_fields if name in self.fields
        }


def name_taken(scope: Scope | None, name: str | None, own: int | None = None) -> bool:
    """Whether another source of the place is called so."""
    if scope is None or not name:
        return False
    return Source.objects.filter(scope=scope, name=name).exclude(pk=own).exists()


def source_form(kind: str) -> type[CommonForm]:
    """The form for sources of ``kind``. Raises LookupError for a kind that is not installed."""
    settings_form = connector_class(kind).settings_form
    return cast(
        "type[CommonForm]",
        type("SourceForm", (CommonForm, settings_form), {"kind": kind, "__module__": __name__}),
    )


def _owners(user: User, source: Source | None) -> QuerySet[User]:
    known = Q(pk=user.pk) | Q(pk__in=colleagues(user).values("pk"))
    if source is not None and source.owner_id:
        known |= Q(pk=source.owner_id)
    return User.objects.filter(known).order_by("full_name")
