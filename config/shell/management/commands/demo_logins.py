"""``manage.py demo_logins``: whom to log in as, one line each."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation

from config.shell.demo import LOGINS, PASSWORD


class Command(BaseCommand):
    help = "Print the demo logins."

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override("en"):
            for login in LOGINS:
                self.stdout.write(f"{login.email:<24} {PASSWORD}   {login.label}")
