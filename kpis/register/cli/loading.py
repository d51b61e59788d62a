"""Loading a file from the command line: the source, the mapping, the start."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from config.lib.errors import Invalid
from config.lib.text import filled
from kpis.register.cli.find import scope_find, source_exists, source_find, template_find
from kpis.register.files import FileRefused, FileShape, Mapping, MappingError, preview
from kpis.register.forms.columns import problem_text
from kpis.register.forms.roles import ROLES
from kpis.register.forms.step import suggestion
from kpis.register.models import FileImport, MappingTemplate
from kpis.register.services.imports import (
    import_create,
    import_path,
    import_shape,
    import_start,
)
from kpis.register.services.uploads import import_create_with_source
from staff.accounts.models import User

SAID_NAMES = 20


def load_start(actor: User, options: dict[str, Any]) -> FileImport:
    """Take the file in and begin to load it. Raises `Invalid` with what keeps it from being loaded;
    the file then waits on the page of its columns."""
    path: Path = options["file"]
    try:
        with path.open("rb") as content:
            record = _taken(actor, path, content, options)
    except OSError as error:
        text = _("The file %(path)s cannot be read: %(reason)s.")
        raise Invalid(filled(text, path=path, reason=error.strerror or "")) from error
    mapping = _mapping(actor, record, options)
    _check(record, mapping)
    import_start(actor=actor, record=record, mapping=mapping, policy=options["policy"])
    record.refresh_from_db()
    return record


def _taken(actor: User, path: Path, content: Any, options: dict[str, Any]) -> FileImport:
    name = options["source"]
    if not options["create"] or source_exists(actor, name):
        source = source_find(actor, name)
        return import_create(actor=actor, source=source, name=path.name, content=content)
    return import_create_with_source(
        actor=actor,
        scope=scope_find(actor, options["scope"]),
        source_name=name,
        currency=options["currency"],
        name=path.name,
        content=content,
    )


def _mapping(actor: User, record: FileImport, options: dict[str, Any]) -> Mapping:
    """From a file, a template, or guessed; then what the command line says by itself."""
    try:
        if options["mapping"]:
            mapping = Mapping.from_json(options["mapping"].read_text(encoding="utf-8"))
        elif options["template"]:
            scope = record.source.scope
            saved: MappingTemplate = template_find(actor, scope, options["template"])
            mapping = Mapping.from_json(saved.mapping)
        else:
            shape, target = import_shape(record), options["target"]
            way = Mapping(target=target or "results")
            mapping = suggestion(record, shape, target, way)
    except MappingError as error:
        raise Invalid(error.message) from error
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid(_("The file with the mapping cannot be read.")) from error
    return _changed(mapping, options)


def _changed(mapping: Mapping, options: dict[str, Any]) -> Mapping:
    changes: dict[str, Any] = {}
    for role, column in options["columns"]:
        if role not in ROLES[mapping.target]:
            known = ", ".join(ROLES[mapping.target])
            text = _("“%(role)s” is no meaning of a column; known are: %(known)s.")
            raise Invalid(filled(text, role=role, known=known))
        changes[role] = column
    if given := dict(options["metrics"]):
        kept = [pair for pair in mapping.metrics if pair[1] not in given.values()]
        changes["metrics"] = tuple((dict(kept) | given).items())
    if options["date_format"]:
        changes["date_format"] = options["date_format"]
    return replace(mapping, **changes)


def _check(record: FileImport, mapping: Mapping) -> None:
    """Everything that can be known before a worker begins."""
    shape = import_shape(record)
    try:
        problems = preview(import_path(record), shape, mapping).problems
    except FileRefused as error:
        raise Invalid(f"{error.message} {_seen(shape)}") from error
    if problems:
        words = [problem_text(problem, mapping.target) for problem in problems]
        raise Invalid(" ".join([*words, _seen(shape)]), code="mapping")


def _seen(shape: FileShape) -> str:
    names = ", ".join(f"“{name}”" for name in shape.names[:SAID_NAMES])
    return str(_("The file has the columns: %(names)s.") % {"names": names})
