"""Who can log in to the demo company. The seeding command creates exactly these people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

PASSWORD = "modus-demo-2026"  # noqa: S105 - shown on the demo's log-in page on purpose


@dataclass(frozen=True, slots=True)
class DemoLogin:
    """``role`` is a role code; ``direction`` is "A", "B", "C" or "" for the whole department."""

    email: str
    label: StrOrPromise
    role: str
    full_name: str
    direction: str = ""


LOGINS = (
    DemoLogin("head@demo.modus", _("Head of department"), "head", "Мария Климова"),
    DemoLogin(
        "specialist@demo.modus", _("Specialist of direction A"), "specialist", "Иван Петров", "A"
    ),
    DemoLogin("director@demo.modus", _("Director"), "director", "Андрей Соколов"),
    DemoLogin(
        "clients@demo.modus", _("Head of direction B"), "direction_head", "Ольга Белова", "B"
    ),
    DemoLogin("trainee@demo.modus", _("Trainee of direction C"), "trainee", "Лев Орлов", "C"),
    DemoLogin("auditor@demo.modus", _("Auditor"), "auditor", "Нина Власова"),
)
