"""A program that calls the API, and the API's own description to hold its answers against."""

from __future__ import annotations

from typing import Any

from django.test import Client
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # no stubs
from jsonschema.validators import validator_for  # type: ignore[import-untyped]  # no stubs

from config.shell.api_page import schema
from staff.accounts.models import ApiScope, User
from staff.accounts.services.tokens import token_make

EVERYTHING = tuple(ApiScope.values)


def program(user: User, *scopes: str, name: str = "BI") -> Client:
    """A client with a token of ``user``: for everything, or for ``scopes``."""
    _token, text = token_make(actor=user, name=name, scopes=scopes or EVERYTHING)
    return with_token(text)


def with_token(text: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {text}", "Accept-Language": "en"})


def send(client: Client, method: str, address: str, body: object) -> Any:
    """POST or PUT of JSON."""
    call = getattr(client, method)
    return call(address, data=body, content_type="application/json")


def code_of(answer: Any) -> tuple[int, str]:
    """Status and code of a refusal, whose form is checked on the way."""
    body = answer.json()
    assert set(body) == {"error"}, body
    assert set(body["error"]) == {"code", "message", "fields"}
    assert body["error"]["message"]
    return answer.status_code, body["error"]["code"]


def assert_described(body: object, operation: str, status: int = 200) -> None:
    """``body`` is what the description promises for ``operation``, and nothing beyond it."""
    document = schema()
    faults = list(faults_of(body, content_of(document, operation, status), document))
    assert faults == []


def content_of(document: dict[str, Any], operation: str, status: int) -> dict[str, Any]:
    for methods in document["paths"].values():
        for found in methods.values():
            if found["operationId"] == operation:
                content = found["responses"][str(status)]["content"]
                return dict(content["application/json"]["schema"])
    raise LookupError(operation)


def faults_of(body: object, part: dict[str, Any], document: dict[str, Any]) -> list[str]:
    components = {name: closed(found) for name, found in document["components"]["schemas"].items()}
    whole = {**part, "components": {"schemas": components}}
    kind = validator_for(whole, default=Draft202012Validator)
    return [f"{error.json_path}: {error.message}" for error in kind(whole).iter_errors(body)]


def closed(part: dict[str, Any]) -> dict[str, Any]:
    """An object that may not hold more than it says."""
    return part | {"additionalProperties": False} if part.get("type") == "object" else part
