"""Asterisk: what the database drivers' errors mean."""

from __future__ import annotations

import psycopg2
import pymysql  # type: ignore[import-untyped]
import pytest

from kpis.register.connectors.asterisk.faults import fault_of
from kpis.register.connectors.errors import (
    AuthError,
    BugError,
    ConfigError,
    RetryError,
    SourceError,
    WaitError,
)

PASSWORD = "pbx-demo-password"


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (pymysql.err.OperationalError(1045, f"denied {PASSWORD}"), AuthError),
        (pymysql.err.OperationalError(1142, "SELECT command denied"), AuthError),
        (pymysql.err.OperationalError(1049, "Unknown database"), ConfigError),
        (pymysql.err.ProgrammingError(1146, "no such table"), ConfigError),
        (pymysql.err.OperationalError(1040, "Too many connections"), WaitError),
        (pymysql.err.OperationalError(2013, "Lost connection"), RetryError),
        (pymysql.err.OperationalError(2003, "SSL: CERTIFICATE_VERIFY_FAILED"), ConfigError),
        (pymysql.err.InternalError(1, "strange"), BugError),
        (psycopg2.OperationalError("FATAL: password authentication failed"), AuthError),
        (psycopg2.OperationalError('FATAL: database "x" does not exist'), ConfigError),
        (psycopg2.OperationalError("FATAL: sorry, too many clients already"), WaitError),
        (psycopg2.OperationalError("timeout expired"), RetryError),
        (psycopg2.OperationalError("server does not support SSL"), ConfigError),
        (TimeoutError("timed out"), RetryError),
        (ConnectionRefusedError("refused"), RetryError),
    ],
)
def test_every_driver_error_has_its_class(error: Exception, expected: type[SourceError]) -> None:
    fault = fault_of(error, PASSWORD)
    assert type(fault) is expected
    assert PASSWORD not in fault.detail
