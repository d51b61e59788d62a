"""What the commands of the register have in common: who acts, output for people or machines."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, ClassVar

from django.core.management.base import BaseCommand, CommandError

from config.lib.context import acting, amend
from config.lib.errors import AppError
from kpis.register.cli.find import actor_find


class RegisterCommand(BaseCommand):
    """``manage.py <name> <action>`` calls ``do_<action>(actor, options)``, which answers whether
    all is well. Actions of ``for_all`` need nobody: their actor is None."""

    name: ClassVar[str]
    for_all: ClassVar[frozenset[str]] = frozenset()

    def handle(self, *args: object, **options: Any) -> None:
        self.as_json = bool(options["as_json"])
        action = str(options["action"])
        with acting("command", f"manage.py {self.name} {action}"):
            try:
                actor = None
                if action not in self.for_all:
                    actor = actor_find(options["email"])
                    amend(user_id=actor.pk)
                well = getattr(self, f"do_{action}")(actor, options)
            except AppError as error:
                self._refuse(error)
        if not well:
            raise SystemExit(1)

    def say(self, shape: object, lines: Iterable[str]) -> bool:
        if self.as_json:
            self.stdout.write(json.dumps(shape, ensure_ascii=False, indent=2))
        else:
            for line in lines:
                self.line(line)
        return True

    def line(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()

    def _refuse(self, error: AppError) -> None:
        fields = {name: str(text) for name, text in error.fields.items()}
        if self.as_json:
            body = {"code": error.code, "message": str(error.message), "fields": fields}
            self.stdout.write(json.dumps({"error": body}, ensure_ascii=False, indent=2))
            raise SystemExit(1)
        named = {"" if name == "__all__" else f"{name}: ": text for name, text in fields.items()}
        parts = [str(error.message), *(f"{name}{text}" for name, text in named.items())]
        raise CommandError(" ".join(parts))
