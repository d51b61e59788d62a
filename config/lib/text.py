"""Text that is stored once and read in either language.

A lazy translation cannot be stored: the reader's language is not known yet. `localize` keeps every
language side by side in a JSON column, `pick` chooses when the page is drawn.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils import translation
from django.utils.functional import lazy

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Localized = dict[str, str]


def localize(message: StrOrPromise, values: Mapping[str, object] | None = None) -> Localized:
    """``{"ru": …, "en": …}`` of a lazy message; ``values`` fill its ``%(name)s`` in each language.

    ``message % values`` would already be text in one language, hence the second argument.
    """
    texts: Localized = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            texts[code] = str(message) % values if values else str(message)
    return texts


def filled(message: StrOrPromise, **values: object) -> StrOrPromise:
    """A lazy message with its ``%(name)s`` filled, still lazy: it can be localized later."""
    return lazy(lambda: str(message) % values, str)()


def pick(texts: Mapping[str, str] | None) -> str:
    """The text in the active language, else in any; "" for nothing."""
    if not texts:
        return ""
    language = (translation.get_language() or settings.LANGUAGE_CODE)[:2]
    return texts.get(language) or texts.get("ru") or next(iter(texts.values()), "")


class BilingualName(models.Model):
    """Rows that come with the product in both languages; a person's own row may fill one."""

    name_ru = models.CharField(max_length=250)
    name_en = models.CharField(max_length=250, blank=True)

    class Meta:
        abstract = True

    @property
    def name(self) -> str:
        """The name in the active language; the Russian one where there is no other."""
        return pick({"ru": self.name_ru, "en": self.name_en or self.name_ru})

    def __str__(self) -> str:
        return self.name
