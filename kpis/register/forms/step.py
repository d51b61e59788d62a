"""The mapping step: which shape, which suggestion, which preview belong to what was posted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.core.cache import cache

from kpis.register import policies
from kpis.register.files import (
    FileRefused,
    FileShape,
    Mapping,
    MappingError,
    Preview,
    preview,
    suggest,
)
from kpis.register.files.mapping import Target
from kpis.register.files.reader import settle
from kpis.register.forms.columns import ColumnsForm, drawn_for, overrides
from kpis.register.models import FileImport, MappingTemplate, Metric
from kpis.register.services.imports import import_path, import_shape
from staff.accounts.models import User

SAMPLE = 1000
KEEP_SHAPE = 3600


@dataclass(slots=True)
class Step:
    """``applied`` is the template the suggestion came from; ``refusal`` says why the wanted way of
    reading the file does not work (the recognised one is shown instead)."""

    record: FileImport
    form: ColumnsForm
    preview: Preview
    applied: str = ""
    refusal: str = ""


def templates_for(record: FileImport, user: User) -> list[MappingTemplate]:
    """Saved mappings of the source's place."""
    visible = MappingTemplate.objects.visible_to(user, policies.IMPORT)
    return list(visible.filter(scope=record.source.scope))


def step_open(record: FileImport, user: User, template: str) -> Step:
    """The page as first shown: a chosen template, else one that fits, else a guess."""
    shape = base_shape(record)
    applied, refusal = "", ""
    mapping = None
    for known in templates_for(record, user):
        wanted = str(known.uid) == template
        if not wanted and (template or mapping is not None):
            continue
        saved = Mapping.from_json(known.mapping)
        try:
            settled = settle(import_path(record), shape, saved)
        except FileRefused as error:
            refusal = error.message if wanted else refusal
            continue
        if wanted or set(saved.columns()) <= set(settled.names):
            shape, mapping, applied = settled, saved, known.name
    if mapping is None:
        mapping = suggestion(record, shape, None, Mapping(target="results"))
    form = ColumnsForm(None, shape=shape, mapping=mapping, policy=record.policy)
    return _previewed(record, form, mapping, applied, refusal)


def step_post(record: FileImport, data: Any) -> Step:
    """The page after a change. Raises nothing: what does not work is said on the page."""
    shape = base_shape(record)
    refusal = ""
    target: Target = "orders" if data.get("target") == "orders" else "results"
    way = Mapping(target=target)
    try:
        way = Mapping.from_json({"target": target, **overrides(data)})
        shape = settle(import_path(record), shape, way)
    except (FileRefused, MappingError) as error:
        refusal, way = error.message, Mapping(target=target)
    mapping = suggestion(record, shape, target, way)
    fits = data.get("shown") == drawn_for(target, shape)
    form = ColumnsForm(
        data if fits else None,
        shape=shape,
        mapping=mapping,
        policy=data.get("policy") or record.policy,
    )
    if form.is_bound:
        form.is_valid()
        mapping = form.mapping()
    return _previewed(record, form, mapping, "", refusal)


def base_shape(record: FileImport) -> FileShape:
    """The form as recognised, remembered while the person works on the step."""
    key = f"register-shape-{record.uid}"
    known = cache.get(key)
    if isinstance(known, FileShape):
        return known
    found = import_shape(record)
    cache.set(key, found, KEEP_SHAPE)
    return found


def suggestion(record: FileImport, shape: FileShape, target: Any, way: Mapping) -> Mapping:
    """The guessed meanings of the columns, read the way that was chosen."""
    rows = preview(import_path(record), shape, way, SAMPLE).rows
    zone = str(record.source.settings.get("time_zone") or "Europe/Moscow")
    found = suggest(shape, [row.cells for row in rows], target=target, time_zone=zone)
    codes = set(Metric.objects.values_list("code", flat=True))
    return replace(
        found,
        metrics=tuple(pair for pair in found.metrics if pair[1] in codes),
        encoding=way.encoding,
        delimiter=way.delimiter,
        sheet=way.sheet,
        header_row=way.header_row,
    )


def _previewed(
    record: FileImport, form: ColumnsForm, mapping: Mapping, applied: str, refusal: str
) -> Step:
    try:
        seen = preview(import_path(record), form.shape, mapping)
    except FileRefused as error:  # a template names a column that this file does not have
        seen = preview(import_path(record), form.shape, Mapping(target=mapping.target))
        refusal = refusal or error.message
    return Step(record, form, seen, applied, refusal)
