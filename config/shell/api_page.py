"""The read model of the API's description page: the OpenAPI document as a list of operations."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.utils.translation import get_language
from drf_spectacular.generators import SchemaGenerator

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Parameter:
    """``where`` is "path" or "query"; ``choices`` are all it may be, empty for anything."""

    name: str
    where: str
    required: bool
    kind: str
    description: str
    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """``example`` is JSON as text, "" where there is none."""

    status: str
    description: str
    example: str


@dataclass(frozen=True, slots=True)
class Call:
    """One method of one address."""

    name: str
    method: str
    path: str
    summary: str
    description: str
    scope: str
    parameters: tuple[Parameter, ...]
    request: str
    answers: tuple[Answer, ...]


def schema() -> Document:
    """The OpenAPI document in the active language."""
    return _schema((get_language() or "ru")[:2])


@lru_cache(maxsize=4)
def _schema(language: str) -> Document:
    # The addresses do not change while the process lives; the texts differ by language.
    document: Document = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]  # untyped library
    return document


def operations(document: Document) -> list[Call]:
    """Every method of every address, in the order of the addresses."""
    return [
        _operation(path, method, found)
        for path, methods in document["paths"].items()
        for method, found in methods.items()
    ]


def _operation(path: str, method: str, found: Document) -> Call:
    body = found.get("requestBody", {})
    return Call(
        name=found["operationId"],
        method=method.upper(),
        path=path,
        summary=found.get("summary", ""),
        description=found.get("description", ""),
        scope=found.get("x-token-scope", ""),
        parameters=tuple(_parameter(item) for item in found.get("parameters", ())),
        request=_example(body),
        answers=tuple(
            Answer(status, answer.get("description", ""), _example(answer))
            for status, answer in found["responses"].items()
        ),
    )


def _parameter(item: Document) -> Parameter:
    of = item["schema"]
    return Parameter(
        item["name"],
        item["in"],
        bool(item.get("required")),
        of.get("format") or of.get("type", ""),
        item.get("description", ""),
        tuple(str(one) for one in of.get("enum", ())),
    )


def _example(part: Document) -> str:
    found = part.get("content", {}).get("application/json", {}).get("examples", {})
    first = next(iter(found.values()), None)
    if first is None:
        return ""
    return json.dumps(first["value"], ensure_ascii=False, indent=2)
