"""One item of a connection check: something is tried, its fault is put in words."""

from __future__ import annotations

from collections.abc import Callable

from django_stubs_ext import StrOrPromise

from kpis.register.connectors.base import CheckItem
from kpis.register.connectors.errors import SourceError


def tried(name: str, label: StrOrPromise, attempt: Callable[[], StrOrPromise]) -> CheckItem:
    """Passed with what ``attempt`` says, or failed with the `SourceError` it raised."""
    try:
        return CheckItem(name, label, ok=True, detail=attempt())
    except SourceError as fault:
        return failed(name, label, fault)


def failed(name: str, label: StrOrPromise, fault: SourceError) -> CheckItem:
    """The fault in words, then the vendor's own: an administrator looks those up."""
    words = f"{fault.message} ({fault.detail})" if fault.detail else fault.message
    return CheckItem(name, label, ok=False, detail=words, advice=fault.advice)
