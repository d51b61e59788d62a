"""The simulator's own page: what it is and its switches. Plain HTML, no scripts, no styles."""

from __future__ import annotations

import html
from collections.abc import Mapping

from kpis.simulator.company import SITES
from kpis.simulator.faults import Switchboard


def render(*, url: str, token: str, boards: Mapping[str, Switchboard]) -> bytes:
    """The page for ``GET /_simulator/``; ``boards`` by kind of source, "" is Matomo."""
    sites = "".join(f"<li>{site.number}: {html.escape(site.name)}</li>" for site in SITES.values())
    tables = "".join(_table(kind, board) for kind, board in boards.items())
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Channel simulator</title></head><body>
<h1>Channel simulator</h1>
<p>A development server. It answers as a Matomo installation of the tea shop «Северный чай» would;
every figure here is invented. <span lang="ru">Учебный сервер: все показатели вымышлены.</span></p>
<p>Matomo address: <code>{html.escape(url)}</code>, token: <code>{html.escape(token)}</code></p>
<ul>{sites}</ul>
{tables}
<form method="post" action="/_simulator/faults"><input type="hidden" name="state" value="clear">
<button>Switch everything off</button></form>
</body></html>
""".encode()


def _table(kind: str, board: Switchboard) -> str:
    on = board.state()
    rows = "".join(_row(kind, fault, text, on) for fault, text in board.known.items())
    return (
        f"<h2>{html.escape(kind or 'matomo')}</h2>"
        "<table><thead><tr><th>Name</th><th>What happens</th><th>State</th><th></th></tr></thead>"
        f"<tbody>{rows}</tbody></table>"
    )


def _row(kind: str, fault: str, text: str, on: Mapping[str, int | None]) -> str:
    active = fault in on
    times = on.get(fault)
    state = "off" if not active else "on" if times is None else f"on, {times} more"
    return (
        f"<tr><td>{fault}</td><td>{html.escape(text)}</td><td>{state}</td><td>"
        '<form method="post" action="/_simulator/faults">'
        f'<input type="hidden" name="kind" value="{html.escape(kind)}">'
        f'<input type="hidden" name="fault" value="{fault}">'
        f'<input type="hidden" name="state" value="{"off" if active else "on"}">'
        f'<input type="number" name="times" min="1" aria-label="{fault}: number of requests">'
        f"<button>Switch {'off' if active else 'on'}</button></form></td></tr>"
    )
