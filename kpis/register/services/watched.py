"""Watched folders: where they may lie, and whose they are."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext_lazy as _

from config.lib.errors import Invalid
from kpis.register.models import MappingTemplate, Source
from kpis.register.registry import FILE_KIND
from staff.accounts.models import Scope

# Settings of a file source that say what is loaded by itself, and how.
FOLDER = ("folder", "template")


def folder_path(name: str) -> Path:
    """The folder called ``name`` below ``WATCHED_FOLDERS``. Raises `Invalid` when it is not there
    or does not really lie there: a symbolic link may lead anywhere.
    """
    root = Path(os.path.realpath(settings.WATCHED_FOLDERS))
    wanted = root.joinpath(*name.split("/"))
    if Path(os.path.realpath(wanted)) != wanted or root not in wanted.parents:
        raise _refused(_("The folder lies outside of the folder for watched files."))
    if not wanted.is_dir():
        raise _refused(_("There is no such folder."))
    return wanted


def folder_claim(*, plain: Mapping[str, object], scope: Scope, own: int | None = None) -> None:
    """Check the folder and the template a file source is given. Raises `Invalid` by field: a folder
    feeds one source only, a template is of the source's own place. Must run in a transaction.
    """
    name = str(plain.get("folder") or "")
    if not name:
        return
    if not settings.WATCHED_FOLDERS:
        raise _refused(_("Watched folders are switched off in this installation."))
    with connection.cursor() as cursor:  # two sources at once cannot claim one folder
        cursor.execute("SELECT pg_advisory_xact_lock(4, 0)")
    folder_path(name)
    others = Source.objects.filter(kind=FILE_KIND, settings__folder=name).exclude(pk=own)
    if others.exists():
        raise _refused(_("Another source is fed from this folder."))
    if template_of(plain, scope) is None:
        message = _("Choose a template of the place the source belongs to.")
        raise Invalid(message, fields={"template": message})


def template_of(plain: Mapping[str, object], scope: Scope) -> MappingTemplate | None:
    """The template the files are read with, None when it is not there any more."""
    uid = str(plain.get("template") or "")
    found = MappingTemplate.objects.filter(scope=scope)
    return next((item for item in found if str(item.uid) == uid), None)


def _refused(message: object) -> Invalid:
    return Invalid(str(message), fields={"folder": str(message)})
