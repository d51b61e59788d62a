"""What a person enters to describe a service: where to ask, how to page, what the fields mean."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.utils.translation import gettext_lazy as _

from config.lib import http
from config.lib.text import filled
from kpis.register.connectors.json_http.columns import Column, ColumnError, columns_of
from kpis.register.connectors.json_http.paths import ALL, parse
from kpis.register.connectors.json_http.plan import AUTHS, DAY_FORMS, PAGINGS, headers_of
from kpis.register.connectors.json_http.subjects import KINDS
from kpis.register.connectors.json_http.templates import DATE_FORMS, PLACES, places
from kpis.register.connectors.setting_fields import SecretField, ZoneField

# Set by the product or by the secret's own field.
_OWN_HEADERS = {
    "host",
    "content-length",
    "authorization",
    "user-agent",
    "accept-encoding",
    "cookie",
}
_NEEDED = {"page": "page", "offset": "offset", "cursor": "cursor"}


class PathField(forms.CharField):
    """A dotted path; ``many`` allows ``[*]``."""

    def __init__(self, *, many: bool = False, **kwargs: Any) -> None:
        self.many = many
        super().__init__(**{"required": False, "max_length": 200, **kwargs})

    def clean(self, value: Any) -> str:
        """The path as typed, or a refusal."""
        text = str(super().clean(value))
        try:
            path = parse(text)
        except ValueError as error:
            raise forms.ValidationError(
                filled(_("This is not a path: %(path)s"), path=text[:80])
            ) from error
        if ALL in path and not self.many:
            raise forms.ValidationError(
                filled(_("The path must lead to one value: %(path)s"), path=text[:80])
            )
        return text


class JsonSettingsForm(forms.Form):
    """The whole description; `plan.Plan` is read from what it stores."""

    sections = (
        ("base_url", _("Where to ask")),
        ("auth", _("Secret")),
        ("date_form", _("Days and limits")),
        ("paging", _("Pages of the answer")),
        ("error_path", _("How the service refuses")),
        ("day_path", _("What a row means")),
    )
    base_url = forms.CharField(
        label=_("Address"),
        max_length=1000,
        help_text=_(
            "With {first} and {last} where the days go, and {page}, {offset}, {cursor}, {size} "
            "where the pages go: https://api.example.com/stats?from={first}&to={last}&page={page}"
        ),
    )
    method = forms.ChoiceField(label=_("Method"), choices=(("GET", "GET"), ("POST", "POST")))
    body = forms.CharField(
        label=_("Body"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("JSON for POST; the same places in braces, each inside quotes."),
    )
    headers = forms.CharField(
        label=_("Headers"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Name: value, one a line. Nothing secret: these are shown."),
    )
    auth = forms.ChoiceField(label=_("How the secret is sent"), choices=AUTHS)
    auth_name = forms.CharField(
        label=_("Name for the secret"),
        required=False,
        max_length=100,
        help_text=_("Of the header or parameter, or the user's name for name and password."),
    )
    secret = SecretField(
        label=_("Secret"),
        min_length=6,
        max_length=4000,
        help_text=_("Empty where the service needs none."),
    )
    date_form = forms.ChoiceField(label=_("Days in the address are written"), choices=DATE_FORMS)
    time_zone = ZoneField(label=_("Time zone of the service"), help_text=_("Days are cut in it."))
    slice_days = forms.IntegerField(
        label=_("Days in one question"), min_value=1, max_value=92, initial=7
    )
    lookback_days = forms.IntegerField(
        label=_("Days read again"),
        min_value=0,
        max_value=90,
        initial=3,
        help_text=_("How long the service still changes its figures."),
    )
    per_minute = forms.IntegerField(
        label=_("Questions a minute"), min_value=1, max_value=6000, initial=60
    )
    paging = forms.ChoiceField(label=_("Pages"), choices=PAGINGS)
    page_size = forms.IntegerField(
        label=_("Rows on a page"), min_value=1, max_value=100_000, initial=100
    )
    first_page = forms.IntegerField(
        label=_("Number of the first page"), min_value=0, max_value=1, initial=1
    )
    cursor_path = PathField(
        label=_("Where the cursor or link is"),
        help_text=_("For example meta.next. A link must lead to the same server."),
    )
    rows_path = PathField(
        label=_("Where the rows are"),
        many=True,
        help_text=_("For example data.items or reports[*].rows; empty: the answer is the list."),
    )
    total_path = PathField(
        label=_("Where the number of rows is"),
        help_text=_("Of all pages together. With it a lost row cannot go unnoticed."),
    )
    error_path = PathField(
        label=_("Where an error is told"),
        help_text=_("For services that answer 200 with an error inside."),
    )
    auth_words = forms.CharField(
        label=_("Words of a refused secret"),
        required=False,
        max_length=300,
        initial="token, unauthorized, forbidden",
        help_text=_("An error with one of them stops the source until a new secret is given."),
    )
    wait_words = forms.CharField(
        label=_("Words of a limit"),
        required=False,
        max_length=300,
        initial="limit, too many",
        help_text=_("After an error with one of them the source waits."),
    )
    day_path = PathField(
        label=_("Field of the day"),
        help_text=_("Empty: the answer is about the day asked for, one day in a question."),
    )
    day_form = forms.ChoiceField(label=_("The day is written"), choices=DAY_FORMS)
    subject_kind = forms.ChoiceField(label=_("What the rows are about"), choices=KINDS)
    subject_path = PathField(
        label=_("Field of its key"), help_text=_("Empty: all rows are about one thing.")
    )
    subject_label_path = PathField(label=_("Field of its name"))
    subject_name = forms.CharField(label=_("Name of the one thing"), required=False, max_length=200)
    key_path = PathField(
        label=_("Field that makes a row unique"),
        help_text=_("A row told twice on two pages is then counted once."),
    )
    repeats = forms.ChoiceField(
        label=_("Rows of the same day and thing"),
        choices=(("refuse", _("are a fault")), ("add", _("are added up (hours, ads)"))),
    )
    columns = forms.CharField(
        label=_("Metrics"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_(
            "Metric = field, one a line; a factor where the unit differs: "
            "media_cost = stats.spend_micros * 0.000001"
        ),
    )
    currency = forms.RegexField(
        regex=r"^[A-Z]{3}$",
        label=_("Currency"),
        required=False,
        help_text=_("Three letters, for example RUB; needed when a metric is money."),
    )

    def clean_base_url(self) -> str:
        """An address that can be called, with known places outside the server's name."""
        typed = str(self.cleaned_data["base_url"]).strip()
        if "://" not in typed:
            typed = f"https://{typed}"
        try:
            parts = urlsplit(typed)
            http.check_url(typed.replace("{", "").replace("}", ""))
        except (http.UrlRefused, ValueError) as error:
            raise forms.ValidationError(
                _("Enter an http or https address without a name and password in it.")
            ) from error
        if "{" in parts.netloc or parts.fragment:
            raise forms.ValidationError(_("Places in braces belong behind the server's name."))
        _known(typed)
        return typed

    def clean_body(self) -> str:
        """JSON with known places."""
        typed = str(self.cleaned_data["body"]).strip()
        if typed:
            try:
                json.loads(typed)
            except (ValueError, RecursionError) as error:
                raise forms.ValidationError(_("This is not JSON.")) from error
            _known(typed)
        return typed

    def clean_headers(self) -> str:
        """Headers that are not the product's own."""
        typed = str(self.cleaned_data["headers"]).strip()
        try:
            names = [name for name, _value in headers_of(typed)]
        except ValueError as error:
            raise forms.ValidationError(
                filled(_("This line is not “Name: value”: %(line)s"), line=str(error))
            ) from error
        if own := [name for name in names if name.lower() in _OWN_HEADERS]:
            raise forms.ValidationError(
                filled(_("This header cannot be set here: %(name)s"), name=own[0])
            )
        return typed

    def clean_columns(self) -> str:
        """Lines that can be read, metrics that exist."""
        typed = str(self.cleaned_data["columns"]).strip()
        try:
            columns = columns_of(typed)
        except ColumnError as error:
            raise forms.ValidationError(error.message) from error
        unknown = [column.metric for column in columns if column.metric not in _money()]
        if unknown:
            raise forms.ValidationError(
                filled(_("There is no metric %(metric)s."), metric=unknown[0])
            )
        return typed

    def clean(self) -> dict[str, Any]:
        """What only makes sense together."""
        data = super().clean() or self.cleaned_data
        self._clean_places(data)
        if data.get("auth") in ("header", "query", "basic") and not data.get("auth_name"):
            self.add_error("auth_name", _("Enter the name that goes with the secret."))
        if data.get("auth") == "basic" and ":" in str(data.get("auth_name")):
            self.add_error("auth_name", _("The user's name cannot have a colon."))
        if data.get("auth") == "header" and data.get("auth_name"):
            try:
                headers_of(f"{data['auth_name']}: x")
            except ValueError:
                self.add_error("auth_name", _("This is not the name of a header."))
        if data.get("columns") and not data.get("currency") and _has_money(data["columns"]):
            self.add_error("currency", _("One of the metrics is money: enter its currency."))
        if not data.get("subject_path") and not data.get("subject_name"):
            self.add_error("subject_name", _("Enter a name, or the field of the key."))
        return data

    def _clean_places(self, data: dict[str, Any]) -> None:
        """Every answer must be about the days and page asked for."""
        if "base_url" not in data:
            return
        if data.get("body") and data.get("method") != "POST":
            self.add_error("body", _("Only POST has a body."))
        used = places(data["base_url"]) | places(data.get("body", ""))
        needed = _NEEDED.get(data.get("paging", ""))
        if needed and needed not in used:
            self.add_error(
                "paging",
                filled(_("Put {%(place)s} into the address or the body."), place=needed),
            )
        if data.get("paging") in ("cursor", "next") and not data.get("cursor_path"):
            self.add_error("cursor_path", _("Say where the answer has the cursor or link."))
        if not data.get("day_path") and "first" not in used:
            self.add_error(
                "day_path", _("Name the field of the day, or put {first} into the address.")
            )


def _known(text: str) -> None:
    unknown = sorted(places(text) - set(PLACES))
    if unknown:
        raise forms.ValidationError(filled(_("There is no place {%(name)s}."), name=unknown[0]))


def _money() -> dict[str, bool]:
    """Whether a metric of the vocabulary is money, by code."""
    from kpis.register.vocabulary import WORDS

    return {word.code: word.unit == "money" for word in WORDS}


def _has_money(columns: str) -> bool:
    listed: tuple[Column, ...] = columns_of(columns)
    return any(_money()[column.metric] for column in listed)
