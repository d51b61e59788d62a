"""``manage.py simulator``: the channel simulator in the foreground, for demo and development."""

from __future__ import annotations

import signal
import threading
from argparse import ArgumentParser
from types import FrameType

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from kpis.register.registry import plays
from kpis.simulator import Fault, Simulator


class Command(BaseCommand):
    """Runs until SIGTERM or Ctrl-C. Needs no database."""

    help = "Run the channel simulator: every vendor with invented figures and switchable faults."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8765)
        parser.add_argument("--seed", type=int, default=1, help="Another seed, other figures.")
        parser.add_argument("--quiet", action="store_true", help="No line for each request.")
        parser.add_argument(
            "--fault",
            action="append",
            default=[],
            choices=[fault.value for fault in Fault],
            help="A fault to begin with; may be given several times.",
        )

    def handle(
        self,
        *args: object,
        host: str,
        port: int,
        seed: int,
        fault: list[str],
        quiet: bool,
        **options: object,
    ) -> None:
        try:
            simulator = Simulator(
                host=host,
                port=port,
                seed=seed,
                faults=fault,
                plays=plays().values(),
                on_request=(lambda text: None) if quiet else self._line,
            )
        except OSError as error:
            raise CommandError(f"Cannot listen on {host}:{port}: {error.strerror}") from error
        stop = threading.Event()

        def finish(number: int, frame: FrameType | None) -> None:
            stop.set()

        signal.signal(signal.SIGTERM, finish)
        signal.signal(signal.SIGINT, finish)
        with simulator:
            self._line(
                f"channel simulator at {simulator.url} (switches: {simulator.url}/_simulator/)"
            )
            stop.wait()
        self._line("channel simulator stopped")

    def _line(self, text: str) -> None:
        self.stdout.write(f"{timezone.localtime():%H:%M:%S} {text}")
        self.stdout.flush()
