"""The simulator as a process or a context: a threaded HTTP server over one set of figures."""

from __future__ import annotations

import datetime as dt
import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from http.server import ThreadingHTTPServer
from typing import Any, Self
from zoneinfo import ZoneInfo

from kpis.simulator.company import TIME_ZONE, Figures, figures
from kpis.simulator.faults import Switchboard
from kpis.simulator.handler import Handler
from kpis.simulator.matomo import Matomo
from kpis.simulator.play import Play, Stage

logger = logging.getLogger(__name__)
TOKEN = "demo-token"  # noqa: S105  the simulator's published token opens invented figures only


@dataclass(frozen=True, slots=True)
class Mount:
    """A vendor and its switches."""

    play: Play
    faults: Switchboard


class Simulator:
    """Listens on ``host:port`` (0: any free port) from `start` to `stop`, or inside ``with``.

    ``faults`` are names of `Fault`, or a mapping of names to how many requests they concern.
    ``today`` fixes the date in the shop's time zone; without it the real one counts. ``drip`` is
    the pause in seconds between the bytes of a slow body. ``plays`` are the vendors mounted below
    ``/<kind>``; ``now`` fixes their clock.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 8765,
        faults: Mapping[str, int | None] | Iterable[str] = (),
        seed: int = 1,
        token: str = TOKEN,
        today: dt.date | None = None,
        drip: float = 0.1,
        on_request: Callable[[str], None] | None = None,
        plays: Iterable[type[Play]] = (),
        now: Callable[[], dt.datetime] | None = None,
    ) -> None:
        self.faults = Switchboard(faults)
        clock = now or (lambda: dt.datetime.now(dt.UTC))
        self.mounts = {
            cls.kind: Mount(
                cls(Stage(seed=seed, now=clock, url=self._url_of(cls.kind))),
                Switchboard(known=cls.faults()),
            )
            for cls in plays
        }
        self.token = token
        self.drip = drip
        self.stopping = threading.Event()
        self.lock = threading.Lock()
        self.on_request = on_request or logger.info
        self._seed = seed
        self._today = today
        self.matomo = Matomo(token=token, figures=self._figures, today=self.today)
        simulator = self

        class Bound(Handler):
            owner = simulator

        self._server = ThreadingHTTPServer((host, port), Bound)
        self._server.daemon_threads = True
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """The base address a source is given, without a slash at the end."""
        host, port = self._server.server_address[:2]
        return f"http://{host if isinstance(host, str) else host.decode()}:{port}"

    def boards(self) -> dict[str, Switchboard]:
        """Every switchboard by kind of source; "" is Matomo's."""
        return {"": self.faults, **{kind: mount.faults for kind, mount in self.mounts.items()}}

    def url_of(self, kind: str) -> str:
        """The base address of the vendor mounted as ``kind``."""
        return f"{self.url}/{kind}"

    def _url_of(self, kind: str) -> Callable[[], str]:
        return lambda: self.url_of(kind)

    def today(self) -> dt.date:
        """The date in the shop's time zone."""
        return self._today or dt.datetime.now(ZoneInfo(TIME_ZONE)).date()

    def truth(self, site: int, day: dt.date) -> dict[str, Any]:
        """What an undisturbed read of ``day`` gives now, by metric code.

        {} for a day without visits; ``revenue`` is a Decimal in the
        site's currency, ``campaigns`` holds campaign_sessions by label, the rest are integers.
        """
        found = self._figures(site, day, 1000)
        if found is None:
            return {}
        return {
            "sessions": found.sessions,
            "users": found.users,
            "bounces": found.bounces,
            "session_seconds": found.session_seconds,
            "page_actions": found.page_actions,
            "orders": found.orders,
            "revenue": found.revenue,
            "items_sold": found.items_sold,
            "campaigns": dict(found.campaigns),
        }

    def start(self) -> None:
        """Begin to answer, in a thread of its own."""
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.005}, daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Stop answering and free the port; a body that is still dripping is cut off."""
        self.stopping.set()
        if self._thread is not None:
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()

    def _figures(self, site: int, day: dt.date, grown: int) -> Figures | None:
        return figures(site, day, today=self.today(), seed=self._seed, grown=grown)
