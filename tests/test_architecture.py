"""Rules of the house that no linter knows. Each failure names the file or the address."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from celery import current_app
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

from staff.accounts.access import policy_of
from staff.accounts.rights import right

ROOT = Path(__file__).resolve().parent.parent
APPS = (
    "config",
    "staff",
    "departments",
    "kpis",
    "client_programs",
    "channels_publishing",
    "mailings",
)
CODE = sorted(path for app in APPS for path in (ROOT / app).rglob("*.py"))
PRODUCT = [path for path in CODE if "migrations" not in path.parts]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def calls(path: Path, *names: str) -> Iterator[ast.Call]:
    """Calls of functions or methods called one of ``names``."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            called = node.func
            name = getattr(called, "id", None) or getattr(called, "attr", None)
            if name in names:
                yield node


def found(paths: list[Path], *names: str) -> Iterator[tuple[str, ast.Call]]:
    """The same in many files, each call with its place."""
    for path in paths:
        for call in calls(path, *names):
            yield f"{name_of(path)}:{call.lineno}", call


def places(paths: list[Path], *names: str) -> set[str]:
    return {where for where, _call in found(paths, *names)}


def addresses(
    patterns: list[URLPattern | URLResolver], prefix: str = ""
) -> Iterator[tuple[str, URLPattern]]:
    for entry in patterns:
        address = f"{prefix}{entry.pattern}"
        if isinstance(entry, URLResolver):
            yield from addresses(entry.url_patterns, address)
        else:
            yield address, entry


ADDRESSES = dict(addresses(get_resolver().url_patterns))


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_address_declares_who_may_open_it(address: str) -> None:
    policy = policy_of(ADDRESSES[address].callback)
    assert policy is not None, f"/{address} is closed to everybody: declare its access"
    if policy.kind == "right":
        right(policy.right)


def test_addresses_of_libraries_open_no_page_of_ours() -> None:
    for address, entry in ADDRESSES.items():
        module = entry.callback.__module__
        if not module.startswith(APPS):
            allowed = ("account/", "i18n/", "static/", "api/")
            assert address.startswith(allowed), f"/{address} is answered by {module}"


def test_no_model_is_fetched_by_name() -> None:
    """An import of a lower floor stands in a module's head; `get_model` would hide one upwards."""
    assert places(PRODUCT, "get_model") == set()


def test_a_foreign_key_names_a_class() -> None:
    """Only ``settings.AUTH_USER_MODEL`` and "self" are not classes."""
    named = {
        f"{where}: {target.value!r}"
        for where, call in found(PRODUCT, "ForeignKey", "OneToOneField", "ManyToManyField")
        if call.args and isinstance(target := call.args[0], ast.Constant) and target.value != "self"
    }
    assert named == set()


def enqueued() -> Iterator[tuple[str, str]]:
    for where, call in found(PRODUCT, "enqueue"):
        first = call.args[0] if call.args else None
        if isinstance(first, ast.Constant) and isinstance(first.value, str):
            yield where, first.value


def tasks() -> set[str]:
    current_app.loader.import_default_modules()
    return set(current_app.tasks)


def test_every_enqueued_task_exists() -> None:
    known = tasks()
    assert {f"{where}: {name}" for where, name in enqueued() if name not in known} == set()


def test_every_task_of_the_clock_exists_and_expires() -> None:
    known = tasks()
    schedule: dict[str, Any] = settings.CELERY_BEAT_SCHEDULE
    for name, entry in schedule.items():
        assert entry["task"] in known, f"beat entry {name} calls {entry['task']}"
        assert entry["options"]["expires"], f"beat entry {name} piles up behind a stopped worker"


def test_routes_are_of_tasks_that_exist() -> None:
    assert set(settings.CELERY_TASK_ROUTES) <= tasks()


def test_a_job_is_sent_only_after_the_commit() -> None:
    """Through `config.lib.tasks.enqueue`, never `delay` or `apply_async` inside a transaction."""
    senders = [path for path in PRODUCT if name_of(path) != "config/lib/tasks.py"]
    assert places(senders, "delay", "apply_async", "send_task") == set()


def test_figures_are_never_floats() -> None:
    """Values are Decimal or int. The simulator invents figures in its own way and stores none."""
    own = [path for path in PRODUCT if name_of(path).startswith("kpis/")]
    figures = [path for path in own if "simulator" not in path.parts]
    assert figures
    assert places(figures, "float", "FloatField") == set()


def test_only_the_http_factory_speaks_http() -> None:
    speakers = {
        name_of(path)
        for path in PRODUCT
        if not name_of(path).startswith("config/lib/http")
        and imported(path) & {"httpx", "requests", "urllib3"}
    }
    assert speakers == set()


def imported(path: Path) -> set[str]:
    """Top packages that a module imports."""
    packages = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            packages.add((node.module or "").split(".")[0])
        elif isinstance(node, ast.Import):
            packages |= {alias.name.split(".")[0] for alias in node.names}
    return packages


INLINE = {
    "an inline script": re.compile(r"<script(?![^>]*\bsrc=)[^>]*>(?!\s*</script>)", re.IGNORECASE),
    "an inline style sheet": re.compile(r"<style\b", re.IGNORECASE),
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "an event handler": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "a script address": re.compile(r"(?:href|src|action)\s*=\s*[\"']javascript:", re.IGNORECASE),
    "a foreign script": re.compile(r"<(?:script|link|img|iframe)[^>]*(?:src|href)=[\"']https?:"),
}
DATA_SCRIPT = re.compile(r"<script[^>]*type=[\"']application/json[\"']", re.IGNORECASE)
TEMPLATE_TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '<p style="color:red">',
        "<style>p{}</style>",
        '<a onclick="x()">',
        '<a href="javascript:x">',
        '<script src="https://cdn.example/x.js"></script>',
    ],
)
def test_the_rules_of_templates_see_what_they_forbid(text: str) -> None:
    assert any(pattern.search(text) for pattern in INLINE.values())


def test_templates_keep_the_content_security_policy() -> None:
    faults = {
        f"{name_of(path)}: {what}"
        for path in TEMPLATES
        if "email" not in path.parts  # letters are read elsewhere, their styles must be inline
        for what, pattern in INLINE.items()
        if pattern.search(DATA_SCRIPT.sub("<data", TEMPLATE_TAG.sub("", path.read_text("utf-8"))))
    }
    assert faults == set()


def test_a_form_that_changes_something_carries_the_token() -> None:
    bare = {
        name_of(path)
        for path in TEMPLATES
        for form in re.findall(r"<form\b.*?</form>", path.read_text("utf-8"), re.DOTALL)
        if re.search(r"method=[\"']post", form, re.IGNORECASE) and "csrf_token" not in form
    }
    assert bare == set()


def test_a_function_view_declares_its_methods() -> None:
    loose = {
        f"/{address}"
        for address, marks in decorators().items()
        if not any(mark.startswith("require_") for mark in marks)
        and ADDRESSES[address].callback.__module__ != "config.shell.views.errors"
    }
    assert loose == set()


def test_an_action_is_done_by_post_only() -> None:
    """By the last word of the address's name; a form's page answers GET as well and is not one."""
    wrong = {
        f"/{address}: {sorted(marks)}"
        for address, marks in decorators().items()
        if ACTION.search(ADDRESSES[address].name or "")
        and not marks & {"require_POST", "require_http_methods(['POST'])"}
    }
    assert wrong == set()


ACTION = re.compile(
    r"(^|_|-)(delete|remove|start|finish|skip|reopen|revoke|end|block|unblock|approve|decline|"
    r"reset|sync|run|cancel|retry|link|theme|language)$"
)


def decorators() -> dict[str, set[str]]:
    """Decorators of our function views as written, by address."""
    marked = {}
    for address, entry in ADDRESSES.items():
        view = inspect.unwrap(entry.callback)
        if not view.__module__.startswith(APPS) or not inspect.isfunction(view):
            continue
        if hasattr(entry.callback, "view_class") or hasattr(entry.callback, "cls"):
            continue  # a class answers the methods it has
        (function,) = ast.parse(inspect.cleandoc(inspect.getsource(view))).body
        assert isinstance(function, ast.FunctionDef)
        marked[address] = {ast.unparse(mark) for mark in function.decorator_list}
    return marked


def test_services_never_read_the_request() -> None:
    """A service is called from pages, commands and workers alike."""
    allowed = {"staff/accounts/services/users.py"}  # the password letter needs the site's address
    readers = {
        name_of(path)
        for path in PRODUCT
        if "services" in path.parts and "HttpRequest" in path.read_text(encoding="utf-8")
    }
    assert readers <= allowed


def test_no_file_is_too_long() -> None:
    long = {name_of(path): lines for path in PRODUCT if (lines := _lines(path)) > 400}
    assert long == {}


def _lines(path: Path) -> int:
    return path.read_text(encoding="utf-8").count("\n")
