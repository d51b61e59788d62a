"""The registry behind "New department by the ideal model": every app installs its own part.

An app registers an installer in ``AppConfig.ready()``. Installers run in the order of the floors,
inside the transaction that creates the department: one that raises leaves nothing behind. An
installer writes only rows of ``options.directions`` and of the head, and does nothing where its
rows exist already.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from departments.structure.models import Department
    from staff.accounts.models import User


@dataclass(frozen=True, slots=True)
class InstallOptions:
    """What the person chose: letters of the directions, and the codes of the parts to install."""

    directions: tuple[str, ...] = ("A", "B", "C")
    parts: frozenset[str] = frozenset()


Installer = Callable[["Department", "User", InstallOptions], None]


@dataclass(frozen=True, slots=True)
class Part:
    """``code`` and ``label`` make a tick box of the form; without a code it is always installed."""

    installer: Installer
    code: str = ""
    label: StrOrPromise = ""


_parts: list[Part] = []


def register_installer(
    installer: Installer, *, part: str = "", label: StrOrPromise = ""
) -> Installer:
    """Add an installer. With ``part`` and ``label`` it is optional and on by default."""
    if part and any(known.code == part for known in _parts):
        raise ValueError(f"part {part} is registered twice")
    _parts.append(Part(installer, part, label))
    return installer


def parts() -> tuple[Part, ...]:
    """Every registered part in the order of installation."""
    return tuple(_parts)


def optional_parts() -> tuple[Part, ...]:
    """Those that the form offers to leave out."""
    return tuple(part for part in _parts if part.code)
