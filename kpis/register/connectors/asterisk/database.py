"""The table of call records: a guarded connection, one read-only question, faults as classes."""

from __future__ import annotations

import contextlib
import csv
import datetime as dt
import io
import socket
import ssl
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

import psycopg2
import pymysql  # type: ignore[import-untyped]  # no types are published with it
from django.utils.translation import gettext_lazy as _

from config.lib import http
from config.lib.http_guard import AddressPolicy
from kpis.register.connectors.asterisk.faults import fault_of
from kpis.register.connectors.asterisk.settings_form import PORTS
from kpis.register.connectors.caller import transport_fault
from kpis.register.connectors.errors import (
    AuthError,
    ConfigError,
)

VENDOR = "Asterisk"
CONNECT_SECONDS = 10
READ_SECONDS = 60
NEEDED = ("calldate", "src", "dst", "dstchannel", "billsec", "disposition", "uniqueid")
USEFUL = ("clid", "dcontext", "linkedid", "sequence")
MOST_ROWS = 1_000_000


@dataclass(frozen=True, slots=True)
class Target:
    """Where the table is. ``tls``: "verify", "require" or "off"."""

    kind: str
    host: str
    port: int
    database: str
    user: str
    table: str
    tls: str

    @classmethod
    def of(cls, settings: Mapping[str, object]) -> Target:
        """From what the settings form has stored."""
        parts = urlsplit(str(settings.get("base_url", "")))
        return cls(
            kind=parts.scheme,
            host=parts.hostname or "",
            port=parts.port or PORTS.get(parts.scheme, 0),
            database=unquote(parts.path.lstrip("/")),
            user=str(settings.get("user", "")),
            table=str(settings.get("table") or "cdr"),
            tls=str(settings.get("tls") or "verify"),
        )


class Database:
    """One connection for the life of a connector. Nothing is ever written."""

    def __init__(self, target: Target, password: str, zone: str) -> None:
        self.target = target
        self._password = password
        self._zone = zone
        self._opened: Any = None

    def close(self) -> None:
        """Free the connection."""
        if self._opened is not None:
            with contextlib.suppress(psycopg2.Error, pymysql.Error, OSError):
                self._opened.close()
            self._opened = None

    def columns(self) -> list[str]:
        """The table's columns in lower case."""
        with self._asking() as cursor:
            cursor.execute(f"SELECT * FROM {self._table} LIMIT 0")  # noqa: S608  a checked name
            return [str(column[0]).lower() for column in cursor.description]

    def may_write(self) -> bool:
        """Whether the user could change the table: more than the product wants."""
        with self._asking() as cursor:
            if self.target.kind == "postgresql":
                cursor.execute(
                    "SELECT has_table_privilege(%s, 'INSERT') OR has_table_privilege(%s, 'DELETE')",
                    [self.target.table, self.target.table],
                )
                return bool(cursor.fetchone()[0])
            cursor.execute("SHOW GRANTS")
            grants = [str(row[0]).replace("\\", "") for row in cursor.fetchall()]
        places = (" ON *.* ", f" ON `{self.target.database}`.")
        return any(
            word in grant.upper()
            for grant in grants
            if any(place in grant for place in places)
            for word in ("ALL PRIVILEGES", "INSERT", "DELETE", "UPDATE")
        )

    def read(
        self, columns: Sequence[str], since: dt.datetime, until: dt.datetime
    ) -> tuple[bytes, int]:
        """The records that began from ``since`` until before ``until`` (local times of the server)
        as CSV with a header, and how many the table says there are, both of one moment."""
        span = f"FROM {self._table} WHERE calldate >= %s AND calldate < %s"
        moments = [f"{at:%Y-%m-%d %H:%M:%S}" for at in (since, until)]
        with self._asking() as cursor:
            cursor.execute(f"SELECT count(*) {span}", moments)
            total = int(cursor.fetchone()[0])
            if total > MOST_ROWS:
                raise ConfigError(
                    _("The table has more records of these days than can be read."),
                    field="table",
                    detail=str(total),
                )
            named = ", ".join(columns)
            cursor.execute(f"SELECT {named} {span} ORDER BY calldate, uniqueid", moments)
            text = io.StringIO()
            written = csv.writer(text, lineterminator="\n")
            written.writerow(columns)
            while rows := cursor.fetchmany(5_000):
                written.writerows([_told(value) for value in row] for row in rows)
        return text.getvalue().encode(), total

    @property
    def _table(self) -> str:
        quote = "`" if self.target.kind == "mysql" else '"'
        return ".".join(f"{quote}{part}{quote}" for part in self.target.table.split("."))

    @contextlib.contextmanager
    def _asking(self) -> Iterator[Any]:
        """A cursor inside one read-only transaction that sees one moment."""
        try:
            opened = self._opened = self._opened or self._connected()
            with opened.cursor() as cursor:
                if self.target.kind == "mysql":
                    cursor.execute("SET SESSION TRANSACTION READ ONLY")
                    cursor.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT")
                yield cursor
            opened.rollback()
        except (psycopg2.Error, pymysql.Error, OSError) as error:
            self.close()
            raise fault_of(error, self._password) from error
        except BaseException:
            self.close()
            raise

    def _connected(self) -> Any:
        target = self.target
        if not self._password:
            raise AuthError(_("No password has been entered."))
        try:
            addresses = AddressPolicy.from_settings().addresses(target.host, target.port)
        except http.HttpError as error:
            raise transport_fault(VENDOR, error) from error
        connect = self._mysql if target.kind == "mysql" else self._postgresql
        for address in addresses[:-1]:
            with contextlib.suppress(psycopg2.OperationalError, OSError):
                return connect(address)
        return connect(addresses[-1])

    def _postgresql(self, address: str) -> Any:
        """TLS knows the server by its name, the connection goes to the checked address."""
        target = self.target
        opened = psycopg2.connect(
            host=target.host,
            hostaddr=address,
            port=target.port,
            dbname=target.database,
            user=target.user,
            password=self._password,
            sslmode={"verify": "verify-full", "require": "require"}.get(target.tls, "disable"),
            sslrootcert="system" if target.tls == "verify" and _has_system_roots() else None,
            gssencmode="disable",
            connect_timeout=CONNECT_SECONDS,
            application_name="Modus",
            options=f"-c statement_timeout={READ_SECONDS * 1000} -c timezone={self._zone}",
        )
        opened.set_session(isolation_level="REPEATABLE READ", readonly=True)
        return opened

    def _mysql(self, address: str) -> Any:
        target = self.target
        opened = pymysql.connections.Connection(
            host=target.host,
            port=target.port,
            user=target.user,
            password=self._password,
            database=target.database,
            charset="utf8mb4",
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            write_timeout=CONNECT_SECONDS,
            local_infile=False,
            ssl=_context(target.tls),
            ssl_disabled=target.tls == "off",
            defer_connect=True,
        )
        opened.connect(socket.create_connection((address, target.port), timeout=CONNECT_SECONDS))
        return opened


def _context(tls: str) -> ssl.SSLContext | None:
    if tls == "off":
        return None
    context = ssl.create_default_context()
    if tls == "require":
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _has_system_roots() -> bool:
    """libpq knows the system's certificates by name from version 16 on."""
    return int(psycopg2.extensions.libpq_version()) >= 160_000


def _told(value: object) -> str:
    if value is None:
        return ""
    return value.isoformat(" ") if isinstance(value, dt.datetime) else str(value)
