"""The connector of any JSON service: asks as described, reads as described."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from kpis.register.connectors.base import Account, CheckItem, Group, Page, Stream, Window
from kpis.register.connectors.errors import BugError, ConfigError
from kpis.register.connectors.json_http.check import checks
from kpis.register.connectors.json_http.client import Got, JsonClient
from kpis.register.connectors.json_http.mapping import Harvest
from kpis.register.connectors.json_http.notes import NOTES
from kpis.register.connectors.json_http.paths import MISSING
from kpis.register.connectors.json_http.plan import Plan
from kpis.register.connectors.json_http.settings_form import JsonSettingsForm
from kpis.register.connectors.json_http.templates import Values, written

MOST_PAGES = 2_000


class JsonConnector:
    """One described question to one service. Keeps to `connectors.base.Connector`."""

    kind: ClassVar[str] = "json_http"
    label: ClassVar[StrOrPromise] = _("Any JSON service")
    group: ClassVar[Group] = Group.OTHER
    gives: ClassVar[StrOrPromise] = _(
        "Figures of any service with a JSON interface, described here."
    )
    secret_fields: ClassVar[tuple[str, ...]] = ("secret",)
    optional_secrets: ClassVar[tuple[str, ...]] = ("secret",)
    settings_form: ClassVar[type[forms.Form]] = JsonSettingsForm
    notes: ClassVar[tuple[StrOrPromise, ...]] = NOTES

    def __init__(self, account: Account) -> None:
        self.plan = Plan.of(account.settings)
        self.client = JsonClient(account, self.plan)

    def streams(self) -> tuple[Stream, ...]:
        """The rows; a day at a time where the answer does not tell the day."""
        return (
            Stream(
                name="rows",
                label=_("Figures"),
                metrics=tuple(column.metric for column in self.plan.columns),
                lookback_days=self.plan.lookback_days,
                slice_days=self.plan.slice_days if self.plan.day else 1,
            ),
        )

    def time_zone(self) -> str:
        """The service's zone as entered."""
        return self.plan.zone.key

    def check(self) -> Iterator[CheckItem]:
        """The address, the secret, the rows, and how the first of them are read."""
        return checks(self)

    def read(self, stream: str, window: Window) -> Iterator[Page]:
        """The pages of a slice. Facts come with their page, or with the last one where rows of a
        day and thing are added up."""
        if stream != "rows":
            raise ConfigError(_("This part of the source is switched off."), detail=stream)
        if not self.plan.day and window.first != window.last:
            raise ConfigError(
                _("Without a field of the day only one day can be asked for."), field="day_path"
            )
        harvest = self.harvest(window)
        last: Page | None = None
        for got, fresh in self._pages(harvest):
            if last is not None:
                yield last
            last = Page(
                facts=() if self.plan.adds else harvest.drained(),
                raw=got.reader.raw,
                request=got.request,
                received=fresh,
                announced=got.total,
                notices=got.notices,
            )
        if last is not None:
            yield replace(
                last,
                facts=(*last.facts, *harvest.drained()),
                notices=(*last.notices, *harvest.notices()),
            )

    def close(self) -> None:
        """Free the connections."""
        self.client.close()

    def harvest(self, window: Window) -> Harvest:
        """An empty one for a slice."""
        from kpis.register.vocabulary import WORDS

        money = frozenset(word.code for word in WORDS if word.unit == "money")
        return Harvest(self.plan, window, money)

    def values(
        self, window: Window, *, number: int = 0, offset: int = 0, cursor: str | None = None
    ) -> Values:
        """What is put into the places of the question for page ``number``, counted from 0."""
        plan = self.plan
        return {
            "first": written(window.first, plan.date_form, plan.zone, last=False),
            "last": written(window.last, plan.date_form, plan.zone, last=True),
            "page": plan.first_page + number,
            "offset": offset,
            "size": plan.page_size,
            "cursor": cursor,
        }

    def _pages(self, harvest: Harvest) -> Iterator[tuple[Got, int]]:
        """Every answer with its number of new rows, until the service has no more."""
        asked: set[str] = set()
        taken = offset = 0
        got = self.client.ask(self.values(harvest.window))
        for number in range(1, MOST_PAGES):
            fresh = harvest.take(got.reader, got.rows)
            taken += fresh
            yield got, fresh
            before = got
            match self.plan.paging:
                case "page" | "offset":
                    if not got.rows or (got.total is not None and taken >= got.total):
                        return
                    # A service may give less than asked for; more is an overlap.
                    offset += min(len(got.rows), self.plan.page_size)
                    values = self.values(harvest.window, number=number, offset=offset)
                    got = self.client.ask(values)
                    if got.rows and got.rows == before.rows:
                        raise ConfigError(
                            _("Every page is the same: the service does not know the place of "
                              "the page."),
                            field="base_url",
                            detail=got.request,
                        )  # fmt: skip
                case "cursor" | "next":
                    onward = _onward(got)
                    if not onward:
                        return
                    if onward in asked:
                        got.reader.bug(_("The pages go in a circle."), onward)
                    asked.add(onward)
                    if self.plan.paging == "next":
                        got = self.client.follow(onward)
                    else:
                        got = self.client.ask(self.values(harvest.window, cursor=onward))
                case _:
                    return
        raise BugError(_("The pages have no end."), raw=got.reader.raw, detail=got.request)


def _onward(got: Got) -> str:
    """The cursor or link to the next page, "" after the last."""
    if got.following is MISSING or got.following in (None, "", False):
        return ""
    if isinstance(got.following, dict | list | bool):
        got.reader.bug(_("A field has another kind of value than agreed."), "cursor")
    return str(got.following)
