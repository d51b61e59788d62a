"""Log lines a person can read: time, level, logger, request or job id, message."""

from __future__ import annotations

import logging

from config.lib.context import current


class ContextFilter(logging.Filter):
    """Puts the request or job id on every record."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = current().request_id[:8] or "-"
        return True


class LineFormatter(logging.Formatter):
    default_time_format = "%H:%M:%S"
    default_msec_format = ""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s [%(request_id)s] %(message)s")
