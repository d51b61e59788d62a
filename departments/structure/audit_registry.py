"""The registry behind the model audit: every app tells what it knows about rows of the ideal model.

An app registers a probe in ``AppConfig.ready()``. A probe gets the department and answers, for the
codes it knows, what is really there; rows without a probe are shown as "not yet in the product".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from departments.structure.models import Department


class State(StrEnum):
    """How a row of the model stands in a department."""

    PRESENT = "present"
    EMPTY = "empty"  # the place exists, nothing is in it
    MISSING = "missing"  # nothing of it exists
    OVERDUE = "overdue"  # it exists and is late
    NOT_BUILT = "not_built"  # the product has no page for it yet


@dataclass(frozen=True, slots=True)
class Finding:
    """``detail`` says what was found ("2 people", "last done 03.11"), ``url`` where it is fixed."""

    state: State
    detail: StrOrPromise = ""
    url: str = ""


Probe = Callable[["Department"], Mapping[str, Finding]]
_probes: list[Probe] = []


def register_probe(probe: Probe) -> Probe:
    """Add a probe; used as a decorator in an app's ``model_audit.py``."""
    _probes.append(probe)
    return probe


def probes() -> tuple[Probe, ...]:
    return tuple(_probes)
