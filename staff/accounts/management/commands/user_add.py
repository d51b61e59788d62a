"""``manage.py user_add EMAIL --name NAME``: the first person of a bare installation."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.lib.context import acting
from config.lib.errors import AppError
from staff.accounts.models import Scope
from staff.accounts.policies import GRANTABLE
from staff.accounts.selectors import ScopeNames
from staff.accounts.services.links import password_link
from staff.accounts.services.scopes import group_scope
from staff.accounts.services.users import user_add_by_operator


class Command(BaseCommand):
    help = "Adds a person who logs in and prints the link by which they set a password."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", required=True, help="full name")
        parser.add_argument("--superuser", action="store_true", help="may do everything everywhere")
        parser.add_argument("--role", choices=sorted(GRANTABLE), default="")
        parser.add_argument(
            "--scope",
            default="",
            help='"group" (the default), or a name such as "Alpha" or "Alpha / Marketing"',
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["superuser"] and not options["role"]:
            raise CommandError("Give --superuser or --role: without one the person sees nothing.")
        with acting("command", "user_add"):
            try:
                user = user_add_by_operator(
                    email=options["email"],
                    full_name=options["name"],
                    superuser=options["superuser"],
                    role=options["role"],
                    scope=scope_named(options["scope"]) if options["role"] else None,
                )
            except AppError as error:
                lines = [f"{name}: {text}" for name, text in error.fields.items()]
                raise CommandError("; ".join(lines) or str(error)) from error
        self.stdout.write(f"{user.full_name} <{user.email}> is added. To set the password, open")
        self.stdout.write(password_link(user))


def scope_named(name: str) -> Scope:
    """The scope of that name. Raises `CommandError` listing the names there are."""
    if name in {"", "group"}:
        return group_scope()
    names = ScopeNames()
    scopes = {names(scope): scope for scope in Scope.objects.exclude(kind=Scope.Kind.GROUP)}
    if name not in scopes:
        known = ", ".join(f'"{known}"' for known in ("group", *sorted(scopes)))
        raise CommandError(f'There is no "{name}". There is: {known}.')
    return scopes[name]
