"""The description of the API: valid, complete, true to its own examples, readable by people."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import translation

from config.shell.api_page import operations, schema
from staff.accounts.models import User
from tests.api import faults_of

Operation = dict[str, Any]


def described() -> Iterator[tuple[str, str, Operation]]:
    for path, methods in schema()["paths"].items():
        for method, found in methods.items():
            yield method, path, found


def test_the_description_is_valid(tmp_path: Any) -> None:
    file = tmp_path / "schema.yaml"
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(file))
    assert file.read_text(encoding="utf-8").startswith("openapi: 3.1.0")


def test_every_operation_is_described_with_an_example_and_its_refusals() -> None:
    found = list(described())
    assert len(found) >= 10
    for method, path, operation in found:
        where = f"{method} {path}"
        assert operation["summary"], where
        assert operation["x-token-scope"], where
        assert operation["security"] == [{"token": []}], where
        assert {"401", "403", "422", "429"} <= set(operation["responses"]), where
        assert examples_of(operation["responses"]["200"]), where
        if method in {"post", "put"}:
            assert examples_of(operation["requestBody"]), where
            assert {"404", "409"} <= set(operation["responses"]), where


def test_the_examples_are_what_is_described() -> None:
    document = schema()
    faults = []
    for method, path, operation in described():
        parts = {"sent": operation.get("requestBody", {}), **operation["responses"]}
        for status, part in parts.items():
            for example in examples_of(part):
                of = part["content"]["application/json"]["schema"]
                found = faults_of(example, of, document)
                faults += [f"{method} {path} {status}: {fault}" for fault in found]
    assert faults == []


def examples_of(part: Operation) -> list[Any]:
    content = part.get("content", {}).get("application/json", {})
    return [example["value"] for example in content.get("examples", {}).values()]


def test_no_number_of_a_figure_is_described_as_inexact() -> None:
    assert '"type": "number"' not in json.dumps(schema())


def test_programs_read_the_description_without_a_token(db: None, client: Client) -> None:
    answer = client.get("/api/v1/schema/")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
    assert answer.json()["openapi"] == "3.1.0"
    assert "/api/v1/kpis/{code}/value/" in answer.json()["paths"]


@pytest.mark.parametrize("language", ["ru", "en"])
def test_people_read_it_in_their_language(
    client_of: Callable[[User], Client], head: User, language: str
) -> None:
    head.language = language
    head.save()
    page = client_of(head).get("/api/").content.decode()
    with translation.override(language):
        calls = operations(schema())
    for call in calls:
        assert call.path in page
        assert call.scope in page
    assert "http://testserver/api/v1/" in page


def test_a_stranger_is_led_to_the_log_in_page(db: None, client: Client) -> None:
    answer = client.get("/api/")
    assert answer.status_code == 401
