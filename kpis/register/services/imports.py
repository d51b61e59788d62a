"""Files: taking one in, and choosing what its columns mean. `loading` puts it into the register."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from config.lib.errors import Conflict, Invalid
from config.lib.text import filled
from kpis.register import policies
from kpis.register.files import FileRefused, FileShape, Mapping, sniff
from kpis.register.models import FileImport, MappingTemplate, Source, SyncRun
from kpis.register.services.runs import run_create
from staff.accounts.access import require
from staff.accounts.models import Scope, User
from staff.accounts.services.audit import audit

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def import_create(*, actor: User, source: Source, name: str, content: BinaryIO) -> FileImport:
    """Keep the file and look at it. Raises `Invalid` (field ``file``) for what cannot be a table.

    The stored name is ours, never the uploader's. Nothing is loaded yet.
    """
    require(actor, policies.IMPORT, source.scope)
    folder = Path(settings.MEDIA_ROOT) / "imports"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / uuid4().hex
    digest, size = hashlib.sha256(), 0
    try:
        path.touch(mode=0o600)
        with path.open("wb") as target:
            while chunk := content.read(1 << 20):
                size += len(chunk)
                if size > settings.IMPORT_MAX_BYTES:
                    limit = settings.IMPORT_MAX_BYTES // (1024 * 1024)
                    raise refused(filled(_("The file is larger than %(limit)s MB."), limit=limit))
                digest.update(chunk)
                target.write(chunk)
        sniff(path, filename=name)
    except FileRefused as error:
        path.unlink(missing_ok=True)
        raise refused(error.message) from error
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    with transaction.atomic():
        record = FileImport.objects.create(
            source=source,
            original_name=Path(name).name[:255],
            path=str(path.relative_to(settings.MEDIA_ROOT)),
            sha256=digest.hexdigest(),
            size=size,
            created_by=actor,
        )
        audit(
            action="register.file.uploaded",
            actor=actor,
            target=record,
            scope=source.scope,
            after={"name": record.original_name, "size": size, "sha256": record.sha256},
        )
    return record


def refused(message: StrOrPromise) -> Invalid:
    return Invalid(_("The file cannot be used."), fields={"file": message})


def import_path(record: FileImport) -> Path:
    """Where the file lies. Never outside MEDIA_ROOT."""
    return Path(settings.MEDIA_ROOT) / record.path


def import_shape(record: FileImport) -> FileShape:
    """The form of the file. Raises `Invalid` when it is gone or no table any more."""
    try:
        return sniff(import_path(record), filename=record.original_name)
    except FileRefused as error:
        raise refused(error.message) from error
    except FileNotFoundError as error:
        raise refused(_("The file is no longer kept.")) from error


@transaction.atomic
def import_start(
    *, actor: User, record: FileImport, mapping: Mapping, policy: str, template_name: str = ""
) -> SyncRun:
    """Load the file with this mapping. The work is done by a worker; the run shows its progress."""
    source = record.source
    require(actor, policies.IMPORT, source.scope)
    if problems := mapping.problems():
        raise Invalid(" ".join(problem.message for problem in problems))
    record = FileImport.objects.select_for_update().get(pk=record.pk)
    if record.state != FileImport.State.UPLOADED:
        raise Conflict(_("This file has already been loaded. Upload it again to load it anew."))
    record.mapping, record.policy = mapping.to_json(), policy
    record.state = FileImport.State.STARTED
    record.run = run_create(source=source, trigger=SyncRun.Trigger.IMPORT, actor=actor)
    record.save()
    if template_name:
        template_save(actor=actor, scope=source.scope, name=template_name, mapping=mapping)
    audit(
        action="register.file.started",
        actor=actor,
        target=record,
        scope=source.scope,
        after={"mapping": record.mapping, "policy": policy},
    )
    return record.run


def template_save(*, actor: User, scope: Scope, name: str, mapping: Mapping) -> MappingTemplate:
    """Keep a mapping under a name; the same name is overwritten."""
    require(actor, policies.IMPORT, scope)
    template, _created = MappingTemplate.objects.update_or_create(
        scope=scope, name=name, defaults={"mapping": mapping.to_json()}
    )
    audit(action="register.template.saved", actor=actor, target=template, scope=scope)
    return template
