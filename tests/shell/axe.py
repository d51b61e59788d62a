"""What axe finds on a page: serious and critical only."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from playwright.sync_api import Page

AXE = settings.BASE_DIR / "node_modules" / "axe-core" / "axe.min.js"
SERIOUS = {"serious", "critical"}
# Style sheets are not fetched again: only a rule that is off by default would read them.
RUN = """async () => (
    await axe.run(document, {resultTypes: ["violations"], preload: false})
).violations"""


def violations(page: Page) -> list[str]:
    """One line per finding: rule, what is wrong, where."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = page.evaluate(RUN)
    return [
        f"{rule['id']}: {rule['help']} at {[node['target'] for node in rule['nodes'][:3]]}"
        for rule in found
        if rule["impact"] in SERIOUS
    ]
