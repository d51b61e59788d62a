"""Two people at once."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection

Call = Callable[[], object]


@pytest.fixture
def raced() -> Callable[..., list[object]]:
    """Runs the calls (or one call four times) in threads that begin together.

    Gives back results and raised errors in the order of the calls. Needs a transactional database.
    """

    def race(*calls: Call) -> list[object]:
        runs = list(calls) if len(calls) > 1 else [calls[0]] * 4
        results: list[object] = [None] * len(runs)
        gate = threading.Barrier(len(runs))

        def run(place: int, call: Call) -> None:
            try:
                gate.wait(timeout=30)
                results[place] = call()
            except Exception as error:  # noqa: BLE001  handed to the test
                results[place] = error
            finally:
                connection.close()

        threads = [threading.Thread(target=run, args=pair) for pair in enumerate(runs)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        return results

    return race


@pytest.fixture(autouse=True)
def _own_media(settings: object, tmp_path: object) -> None:
    """Attached files of a test go away with it."""
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]  # pytest-django's settings
