"""``manage.py seed_demo``: the demo company, once; later starts keep what people made of it."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.lib.context import acting
from config.shell.demo_company import demo_create, demo_exists, simulator_moved


class Command(BaseCommand):
    help = "Create the demo company where there is none. Refused outside the demo."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The demo company is made only with MODUS_MODE=demo.")
        with acting("command", "manage.py seed_demo"):
            if demo_exists():
                moved = simulator_moved()
                self.stdout.write(f"The demo company is there; sources moved: {moved}.")
                return
            department = demo_create()
        self.stdout.write(f"Created {department.company}, {department}.")
