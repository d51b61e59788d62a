"""The exchange with 1C (CommerceML 2): 1C calls, signs in, sends files in parts.

A whole file is checked, put among the source's deliveries and becomes a run; the connector
``commerceml`` reads it there. Nothing of what 1C sends names a path of ours.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
import logging
import os
import re
import secrets
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from config.lib.crypto import unseal
from config.lib.errors import AppError, Conflict
from config.lib.text import filled
from kpis.register import coverage
from kpis.register.connectors.commerceml.documents import NotReadable, documents
from kpis.register.connectors.commerceml.inbox import deliveries, folder_of, name_at
from kpis.register.connectors.commerceml.mapping import Rules, record_of
from kpis.register.models import Source, Stream, SyncRun
from kpis.register.services.runs import run_create

logger = logging.getLogger(__name__)
KIND = "commerceml"
COOKIE = "modus_exchange"
SALT = "register.exchange"
PART_BYTES = 2_000_000
FILE_BYTES = 50_000_000
FILES_AT_ONCE = 20
CHUNK = 1 << 16
SESSION = dt.timedelta(hours=4)
TRIES, TRIES_SECONDS = 10, 300
_FILE = re.compile(r"[\w.\-() ]{1,100}\.xml", re.IGNORECASE)
_ENDINGS = tuple(
    f"</{name}>".encode(code)
    for code in ("utf-8", "cp1251")
    for name in ("КоммерческаяИнформация",)
)


class Refused(Exception):
    """What 1C is told instead of success, with the status of the answer."""

    def __init__(self, message: StrOrPromise, *, status: int = 200) -> None:
        self.message = message
        self.status = status
        super().__init__("refused")


@dataclass(frozen=True, slots=True)
class Visit:
    """1C after it has signed in; ``folder`` holds the parts of this visit."""

    source: Source
    folder: Path


def visit_open(*, uid: UUID, authorization: str, address: str) -> str:
    """The value of the visit's cookie. Raises `Refused` for a wrong name or password, in the same
    words for a source that does not exist."""
    tries = f"exchange-tries:{uid}:{address}"
    if int(cache.get(tries, 0)) >= TRIES:
        raise Refused(_("Too many attempts. Come again in a few minutes."), status=429)
    source = _source(uid)
    login, password = _basic(authorization)
    known_login, known_password = _known(source)
    # Both are compared whatever the first gives, and with something where there is no source.
    same_login = constant_time_compare(login, known_login)
    same_password = constant_time_compare(password, known_password)
    if source is None or not (known_login and known_password and same_login and same_password):
        cache.add(tries, 0, TRIES_SECONDS)
        cache.incr(tries)
        logger.warning("exchange: a wrong name or password for %s", uid)
        raise Refused(_("The name or the password is wrong."), status=401)
    _tidy(source)
    number = secrets.token_hex(16)
    return signing.dumps([str(source.uid), number, _print(source)], salt=SALT)


def visit_of(*, uid: UUID, cookie: str) -> Visit:
    """The visit a cookie was given for. Raises `Refused` when it is over, of another source, or
    the password has been changed since."""
    over = Refused(_("The visit is over: sign in again."), status=401)
    try:
        owner, number, told = signing.loads(cookie, salt=SALT, max_age=SESSION)
    except (signing.BadSignature, ValueError, TypeError):
        raise over from None
    source = _source(uid)
    if source is None or owner != str(uid) or not constant_time_compare(told, _print(source)):
        raise over
    return Visit(source, folder_of(str(source.uid)) / "parts" / str(number))


def visit_begin(visit: Visit) -> str:
    """Forget parts of before; what 1C may send, in its words."""
    shutil.rmtree(visit.folder, ignore_errors=True)
    return f"zip=no\nfile_limit={PART_BYTES}"


def part_add(*, visit: Visit, filename: str, read: Callable[[int], bytes]) -> None:
    """Append what ``read`` gives to the file. A file that has come to its end is delivered at once:
    not every 1C asks for it afterwards. Raises `Refused`."""
    path = _part(visit, filename)
    visit.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists() and len(list(visit.folder.iterdir())) >= FILES_AT_ONCE:
        raise Refused(_("Too many files at once."))
    begun = path.stat().st_size if path.exists() else 0
    size = begun
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as target:
        while chunk := read(CHUNK):
            if size == 0 and chunk.startswith(b"PK"):
                target.close()
                path.unlink()
                raise Refused(_("Packed files are not accepted: switch packing off in 1C."))
            size += len(chunk)
            if size - begun > PART_BYTES or size > FILE_BYTES:
                target.close()
                path.unlink()
                raise Refused(
                    filled(
                        _("The file is larger than %(limit)s MB."), limit=FILE_BYTES // 1_000_000
                    )
                    if size > FILE_BYTES
                    else _("A part is larger than was agreed.")
                )
            target.write(chunk)
    if size == begun:
        raise Refused(_("The part is empty."))
    if _ends(path):
        _deliver(visit, path)


def file_import(*, visit: Visit, filename: str) -> None:
    """Deliver a file; one that has been delivered already is a success. Raises `Refused`."""
    path = _part(visit, filename)
    if path.exists():
        _deliver(visit, path)
    elif not path.with_suffix(".done").exists():
        raise Refused(_("This file has not been sent."))


def _deliver(visit: Visit, path: Path) -> None:
    """Check the whole file, keep it under the moment of its delivery and plan a run."""
    _check(visit.source, path)
    now = timezone.now()
    folder = folder_of(str(visit.source.uid)) / "delivered"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.rename(folder / name_at(now, secrets.token_hex(4)))
    path.with_suffix(".done").touch(mode=0o600)
    logger.info("exchange: %s was given a file", visit.source)
    if not visit.source.is_active:
        return  # read when the source goes on
    try:
        run_create(source=visit.source, trigger=SyncRun.Trigger.SCHEDULE)
    except Conflict:
        # It is being read and may have passed this file: it is due again when that is over.
        Source.objects.filter(pk=visit.source.pk).update(next_due_at=now)


def _check(source: Source, path: Path) -> None:
    rules = Rules.of(source.settings)
    try:
        with path.open("rb") as content:
            for document in documents(content):
                record_of(document, rules)
    except NotReadable as fault:
        path.unlink()
        words = filled("%(words)s %(detail)s", words=fault.message, detail=fault.detail)
        raise Refused(words) from fault


def _source(uid: UUID) -> Source | None:
    return Source.objects.filter(uid=uid, kind=KIND).first()


def _known(source: Source | None) -> tuple[str, str]:
    if source is None:
        return "", ""
    try:
        password = unseal(source.sealed_secrets).get("password", "")
    except AppError:  # the key has changed: nobody gets in until the password is entered again
        password = ""
    return str(source.settings.get("login") or ""), password


def _print(source: Source) -> str:
    """Changes with the password, so that open visits end with it."""
    return salted_hmac(SALT, "\n".join(_known(source)), algorithm="sha256").hexdigest()[:32]


def _basic(authorization: str) -> tuple[str, str]:
    word, _blank, packed = authorization.partition(" ")
    if word.lower() != "basic":
        return "", ""
    try:
        raw = base64.b64decode(packed.strip(), validate=True)
    except (binascii.Error, ValueError):
        return "", ""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = raw.decode("cp1251", errors="replace")
    login, _colon, password = text.partition(":")
    return login, password


def _part(visit: Visit, filename: str) -> Path:
    """Our own name for the file: what 1C calls it is only a word."""
    if filename.lower().endswith(".zip"):
        raise Refused(_("Packed files are not accepted: switch packing off in 1C."))
    if not _FILE.fullmatch(filename):
        raise Refused(_("Only files of orders (XML) are accepted."))
    return visit.folder / f"{hashlib.sha256(filename.encode()).hexdigest()[:32]}.part"


def _ends(path: Path) -> bool:
    with path.open("rb") as content:
        content.seek(max(path.stat().st_size - 200, 0))
        return content.read().rstrip().endswith(_ENDINGS)


def _tidy(source: Source) -> None:
    """Parts nobody finished go after a day, deliveries that are in the register with the raw
    answers."""
    now = timezone.now()
    parts = folder_of(str(source.uid)) / "parts"
    for folder in parts.iterdir() if parts.is_dir() else ():
        if folder.stat().st_mtime < (now - dt.timedelta(days=1)).timestamp():
            shutil.rmtree(folder, ignore_errors=True)
    stream = Stream.objects.filter(source=source).first()
    covered = coverage.load(stream.covered) if stream else []
    for one in deliveries(str(source.uid)):
        read = any(first <= one.at.date() <= last for first, last in covered)
        if read and one.at < now - dt.timedelta(days=settings.RAW_ANSWER_DAYS):
            one.path.unlink(missing_ok=True)
