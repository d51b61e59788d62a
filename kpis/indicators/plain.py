"""Dataclasses to plain JSON and back without losing a digit: fractions are text like ``7/3``."""

from __future__ import annotations

import datetime as dt
import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from functools import cache
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")


def to_plain(thing: object) -> Any:
    """What `json` can write. Raises TypeError for anything but dataclasses, fractions, dates, text,
    whole numbers and collections of them."""
    if thing is None or (isinstance(thing, bool | str) and not isinstance(thing, Enum)):
        return thing
    if isinstance(thing, Enum):
        return thing.value
    if isinstance(thing, Fraction | Decimal):
        return str(thing)
    if isinstance(thing, int):
        return thing
    if isinstance(thing, dt.date | dt.datetime):
        return thing.isoformat()
    if isinstance(thing, tuple | list):
        return [to_plain(item) for item in thing]
    if isinstance(thing, Mapping):
        return {str(key): to_plain(item) for key, item in thing.items()}
    if is_dataclass(thing):
        return {item.name: to_plain(getattr(thing, item.name)) for item in fields(thing)}
    raise TypeError(f"{type(thing).__name__} cannot be kept")


def from_plain(kind: type[T], plain: Any) -> T:
    """The dataclass ``kind`` from what `to_plain` made; a field that was not kept yet takes its
    default."""
    return cast("T", _read(kind, plain))


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _read(kind: Any, plain: Any) -> Any:
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        one = next(item for item in inner if item is not types.NoneType)
        return None if plain is None else _read(one, plain)
    if origin is tuple:
        if len(inner) == 2 and inner[1] is Ellipsis:
            return tuple(_read(inner[0], item) for item in plain)
        return tuple(_read(one, item) for one, item in zip(inner, plain, strict=True))
    if origin is not None and issubclass(origin, Mapping):
        return {key: _read(inner[1], item) for key, item in plain.items()}
    if not isinstance(kind, type):
        return plain
    if is_dataclass(kind):
        hints = _hints(kind)
        return kind(**{name: _read(hints[name], plain[name]) for name in hints if name in plain})
    if issubclass(kind, Fraction | Decimal | Enum):
        return kind(plain)
    if issubclass(kind, dt.date):
        return kind.fromisoformat(plain)
    return plain
