"""Watched folders: a file put there is loaded by itself, like one that a person uploads.

One worker at a time looks at a folder (an advisory lock of its source). A file is taken when it has
not changed between two looks, stays where it is while it is being loaded and goes to ``loaded`` or
``refused`` beside by what became of its import: what lies in ``refused`` is not in the register.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
import os
import stat
from dataclasses import replace
from io import BufferedReader
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from config.lib.errors import AppError, Conflict, Invalid
from config.lib.text import Localized, filled, localize, pick
from kpis.register import policies
from kpis.register.connectors.files.connector import LOADED, REFUSED
from kpis.register.files import FileRefused, Mapping, MappingError
from kpis.register.models import FileImport, MappingTemplate, Source, SyncRun
from kpis.register.models.run import OPEN_STATES
from kpis.register.registry import FILE_KIND
from kpis.register.services.imports import import_create, import_path, import_start
from kpis.register.services.looks import Look, Looks
from kpis.register.services.sources import attention_set
from kpis.register.services.watched import folder_path, template_of
from staff.accounts.services.notifications import notify

logger = logging.getLogger(__name__)
STILL = dt.timedelta(seconds=30)


class Moving(Exception):
    """The file is still being written."""


def folders_sweep() -> int:
    """Look at every watched folder once; how many files were taken. Runs every minute."""
    if not settings.WATCHED_FOLDERS:
        return 0
    taken = 0
    fed = Source.objects.filter(kind=FILE_KIND, is_active=True, settings__has_key="folder")
    for pk in fed.exclude(settings__folder="").values_list("pk", flat=True):
        try:
            with transaction.atomic():
                taken += _sweep(pk)
        except (AppError, OSError):
            logger.exception("the watched folder of source %s cannot be swept", pk)
    return taken


def _sweep(pk: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(3, %s)", [pk])
        if not cursor.fetchone()[0]:
            return 0  # another worker is here
    source = Source.objects.select_related("scope", "owner").get(pk=pk)
    name = str(source.settings.get("folder") or "")
    if not name:
        return 0
    looks = Looks.of(source)
    try:
        files = _files(folder_path(name))
    except Invalid as error:
        _trouble(source, looks, error.message)
        return 0
    except OSError as error:
        logger.warning("the watched folder of %s: %s", source, error)
        _trouble(source, looks, _("The watched folder cannot be read: ask for access to it."))
        return 0
    template = template_of(source.settings, source.scope)
    if files and template is None:
        text = _("Files wait in the folder: choose a template in the source's settings.")
        _trouble(source, looks, text)
        return 0
    if files and not _may_load(source):
        text = _("Files wait in the folder: who answers for the source must be able to load files.")
        _trouble(source, looks, text)
        return 0
    _well(source, looks)
    looks.files = {path.name: _look(looks, path) for path in files}
    taken = 0
    for path in files:
        look = looks.files[path.name]
        if look.record:
            _follow(source, looks, path)
        elif template and look.age(timezone.now()) >= STILL and not taken and not _is_busy(source):
            taken += _take(source, looks, path, template)
    looks.keep()
    return taken


def _may_load(source: Source) -> bool:
    """Files are loaded in the name of the source's owner."""
    owner = source.owner
    return owner is not None and owner.is_active and owner.can(policies.IMPORT, source.scope)


def _files(folder: Path) -> list[Path]:
    """Plain files of the folder, the oldest first: a newer one replaces its days. Links, folders
    and hidden files (half a transfer mostly) are left alone.
    """
    with os.scandir(folder) as entries:
        plain = [
            (entry.stat(follow_symlinks=False).st_mtime_ns, entry.name)
            for entry in entries
            if entry.is_file(follow_symlinks=False) and not entry.name.startswith(".")
        ]
    return [folder / name for _changed, name in sorted(plain)]


def _look(looks: Looks, path: Path) -> Look:
    """The remembered look while the file keeps its form, else a first one."""
    found = path.lstat()
    known = looks.files.get(path.name)
    if known is not None and known.same(found):
        return known
    return Look(found.st_size, found.st_mtime_ns, timezone.now().isoformat())


def _is_busy(source: Source) -> bool:
    return SyncRun.objects.open().filter(source=source).exists()


# --- taking a file ------------------------------------------------------------------------------
def _take(source: Source, looks: Looks, path: Path, template: MappingTemplate) -> int:
    """Begin to load the file; 1 when that began. What can never be loaded goes to ``refused``."""
    try:
        mapping = Mapping.from_json(template.mapping)
        with _opened(path) as content:
            record = _known(source, content, mapping)
            if record is None:
                content.seek(0)
                record = _begin(source, path, looks.files[path.name], content, mapping)
    except Moving:
        looks.files[path.name] = _look(looks, path)
        return 0
    except (Conflict, FileNotFoundError):
        return 0  # somebody loads a file by hand just now, or took this one away
    except (Invalid, MappingError) as error:
        _refuse(source, looks, path, _words(error))
        return 0
    except OSError as error:
        logger.warning("a watched file of %s cannot be read: %s", source, error)
        text = _("The file “%(name)s” cannot be read: ask for access to it.")
        _tell(source, looks, path, filled(text, name=path.name))
        return 0
    looks.files[path.name] = replace(looks.files[path.name], record=str(record.uid))
    if record.state == FileImport.State.DONE:
        _tell_repeated(source, record, path)
        _follow(source, looks, path)
        return 0
    return 1


def _opened(path: Path) -> BufferedReader:
    """The file itself, never what a link put there meanwhile leads to."""
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    content = os.fdopen(handle, "rb")
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        content.close()
        raise OSError("not a plain file")
    return content


def _known(source: Source, content: BufferedReader, mapping: Mapping) -> FileImport | None:
    """The import of the very same file read the same way: loaded before, or begun by a worker that
    was killed before it could note so.
    """
    if os.fstat(content.fileno()).st_size > settings.IMPORT_MAX_BYTES:
        return None  # `import_create` says so
    digest = hashlib.file_digest(content, "sha256").hexdigest()
    same = FileImport.objects.filter(source=source, sha256=digest, mapping=mapping.to_json())
    begun = Q(state=FileImport.State.STARTED, run__state__in=OPEN_STATES)
    found: FileImport | None = same.filter(Q(state=FileImport.State.DONE) | begun).first()
    return found


def _begin(
    source: Source, path: Path, look: Look, content: BufferedReader, mapping: Mapping
) -> FileImport:
    """An import of its own, started. Nothing of it remains when it cannot start."""
    owner, record = source.owner, None
    if owner is None:
        raise LookupError("nobody answers for the source")
    try:
        with transaction.atomic():
            record = import_create(actor=owner, source=source, name=path.name, content=content)
            if not look.same(os.fstat(content.fileno())):
                raise Moving
            import_start(actor=owner, record=record, mapping=mapping, policy=record.policy)
    except BaseException:
        if record is not None:
            import_path(record).unlink(missing_ok=True)
        raise
    return record


# --- what became of it --------------------------------------------------------------------------
def _follow(source: Source, looks: Looks, path: Path) -> None:
    """Put the file away once its import has ended."""
    record = FileImport.objects.filter(uid=looks.files[path.name].record).first()
    if record is None:  # noted by a worker whose transaction was lost: taken anew
        looks.files[path.name] = replace(looks.files[path.name], record="")
    elif record.state in {FileImport.State.DONE, FileImport.State.UNDONE}:
        _put(source, looks, path, LOADED)
    elif (record.run is None or not record.run.is_open) and _put(source, looks, path, REFUSED):
        text = localize(_why(path.name, record))
        attention_set(source=source, text=text, url=record.get_absolute_url())


def _why(name: str, record: FileImport) -> StrOrPromise:
    first: Localized = record.errors[0]["message"] if record.errors else {}
    if not first and record.run and record.run.error:
        first = record.run.error
    if not first:
        return filled(_("Loading of the file “%(name)s” was cancelled."), name=name)
    return filled(
        _("The file “%(name)s” was refused; errors: %(count)s. The first one: %(error)s"),
        name=name,
        count=max(record.error_count, 1),
        error=lazy(lambda: pick(first), str)(),
    )


def _put(source: Source, looks: Looks, path: Path, where: str) -> bool:
    """Move the file into the folder ``where`` beside it. A person is told when that fails."""
    try:
        _move(path, where)
    except FileNotFoundError:
        pass  # somebody took it away
    except OSError as error:
        logger.warning("a watched file of %s cannot be moved: %s", source, error)
        text = _("The file “%(name)s” cannot be moved: let the workers write into the folder.")
        _tell(source, looks, path, filled(text, name=path.name))
        return False
    looks.files.pop(path.name)
    return True


def _move(path: Path, where: str) -> None:
    """Under its name with the time; never over another file."""
    folder = path.parent / where
    folder.mkdir(exist_ok=True)
    if folder.is_symlink():
        raise OSError(f"{folder} is a link")
    at = f"{timezone.localtime():%Y-%m-%d %H-%M-%S}"
    target, number = folder / f"{path.stem} {at}{path.suffix}", 1
    while target.exists():
        number += 1
        target = folder / f"{path.stem} {at} {number}{path.suffix}"
    path.rename(target)


# --- telling people -----------------------------------------------------------------------------
def _refuse(source: Source, looks: Looks, path: Path, words: StrOrPromise) -> None:
    """A file that is no table: there is no import to show."""
    if _put(source, looks, path, REFUSED):
        text = _("The file “%(name)s” of the folder cannot be used. %(words)s")
        said = localize(filled(text, name=path.name, words=words))
        attention_set(source=source, text=said, url=source.get_absolute_url())


def _words(error: Invalid | MappingError) -> StrOrPromise:
    """What is wrong with the file itself; said anew in each language."""
    cause = error.__cause__ if isinstance(error, Invalid) else error
    if isinstance(cause, FileRefused | MappingError):
        return lazy(lambda: cause.message, str)()
    return error.fields.get("file") or error.message if isinstance(error, Invalid) else str(error)


def _tell_repeated(source: Source, record: FileImport, path: Path) -> None:
    if source.owner is not None:
        notify(
            users=[source.owner],
            title=filled(_("The file “%(name)s” had been loaded before"), name=path.name),
            body=_("It is the very same file, read the same way: nothing has changed."),
            url=record.get_absolute_url(),
            key=f"watched-again-{record.pk}",
        )


def _tell(source: Source, looks: Looks, path: Path, text: StrOrPromise) -> None:
    """What is wrong with a file that stays where it is: said once while it keeps its form."""
    said = localize(text)
    if looks.files[path.name].told != said["en"]:
        looks.files[path.name] = replace(looks.files[path.name], told=said["en"])
        attention_set(source=source, text=said, url=source.get_absolute_url())


def _trouble(source: Source, looks: Looks, text: StrOrPromise) -> None:
    """What is wrong with the folder: said once while it lasts."""
    said = localize(text)
    if looks.trouble != said["en"]:
        looks.trouble = said["en"]
        looks.keep()
        attention_set(source=source, text=said, url=source.get_absolute_url())


def _well(source: Source, looks: Looks) -> None:
    """What was said of the folder no longer holds; what else waits for a person stays."""
    if looks.trouble and source.attention.get("en") == looks.trouble:
        state = Source.State.OK if source.last_success_at else Source.State.NEW
        Source.objects.filter(pk=source.pk).update(state=state, attention={})
    looks.trouble = ""
