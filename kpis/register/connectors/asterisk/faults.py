"""What the drivers' errors mean, as one of the six classes."""

from __future__ import annotations

import datetime as dt
import ssl

import psycopg2
import pymysql  # type: ignore[import-untyped]  # no types are published with it
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.lib import http
from kpis.register.connectors.errors import (
    AuthError,
    BugError,
    ConfigError,
    RetryError,
    SourceError,
    WaitError,
)


def fault_of(error: Exception, password: str) -> SourceError:
    """The class of a driver's error; the password is masked in what it says."""
    detail = http.mask(" ".join(str(error).split()), [password])[:300]
    kind = (
        _mysql_kind(error) if isinstance(error, pymysql.Error) else _postgresql_kind(error, detail)
    )
    match kind:
        case "auth":
            return AuthError(
                _("The database does not let us in."),
                detail=detail,
                advice=_("Check the user, its password and its right to read the table."),
            )
        case "tls":
            return ConfigError(
                _("No encrypted connection to the database could be made."),
                field="tls",
                detail=detail,
                advice=_("Correct the certificate of the server, or choose another encryption."),
            )
        case "config":
            return ConfigError(
                _("The database, its table or a column of it is not there."),
                field="table",
                detail=detail,
                advice=_("Compare the settings with the configuration of Asterisk."),
            )
        case "wait":
            until = timezone.now() + dt.timedelta(minutes=5)
            return WaitError(_("The database is busy."), until=until, detail=detail)
        case "retry":
            return RetryError(_("The database could not be reached."), detail=detail)
    return BugError(_("The database answered with an unknown error."), detail=detail)


def _mysql_kind(error: pymysql.Error) -> str:
    code = error.args[0] if error.args and isinstance(error.args[0], int) else 0
    if "SSL" in str(error) or "certificate" in str(error).lower():
        return "tls"
    for kind, codes in (
        ("auth", (1044, 1045, 1130, 1142, 1143, 1251, 1698, 1820, 1862, 4151)),
        ("config", (1046, 1049, 1054, 1146)),
        ("wait", (1040, 1203, 1226)),
        ("retry", (0, 1053, 1077, 1080, 1158, 1159, 1160, 1161, 1205, 1213, 1317, 1969, 3024)),
    ):
        if code in codes:
            return kind
    return "retry" if 2000 <= code < 3000 else "bug"


def _postgresql_kind(error: Exception, detail: str) -> str:
    if not isinstance(error, psycopg2.Error):
        return "tls" if isinstance(error, ssl.SSLError) else "retry"
    code = str(error.pgcode or "")
    if code:
        for kind, starts in (
            ("auth", ("28", "42501")),
            ("config", ("3D000", "3F000", "42P01", "42703")),
            ("wait", ("53",)),
            ("retry", ("08", "40", "57", "58")),
        ):
            if code.startswith(starts):
                return kind
        return "bug"
    # A connection that fails has no code, only words.
    words = detail.lower()
    if "ssl" in words or "certificate" in words:
        return "tls"
    if 'database "' in words and "does not exist" in words:
        return "config"
    if "too many" in words or "remaining connection slots" in words:
        return "wait"
    if any(word in words for word in ("authentication", "pg_hba", "role", "password", "not perm")):
        return "auth"
    return "retry"
