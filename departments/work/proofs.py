"""What may be attached as a proof: photos and PDF, recognised by content and by name."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from config.lib.errors import Invalid

MAX_BYTES = 10 * 1024 * 1024
HEAD_BYTES = 16


@dataclass(frozen=True, slots=True)
class ProofType:
    """A content type, the name endings it goes with, and whether a browser may show it in place."""

    mime: str
    endings: tuple[str, ...]
    shown: bool


JPEG = ProofType("image/jpeg", (".jpg", ".jpeg"), shown=True)
PNG = ProofType("image/png", (".png",), shown=True)
WEBP = ProofType("image/webp", (".webp",), shown=True)
PDF = ProofType("application/pdf", (".pdf",), shown=False)
TYPES = {kind.mime: kind for kind in (JPEG, PNG, WEBP, PDF)}
ACCEPT = ",".join(ending for kind in TYPES.values() for ending in kind.endings)


def proof_check(upload: UploadedFile[Any]) -> ProofType:
    """The type of an uploaded proof.

    Raises `Invalid` (field ``proof_file``) for an empty or too big file, for content that is
    none of the types, and for a name that says something else than the content.
    """
    if not upload.size:
        raise _refused(_("The file is empty."))
    if upload.size > MAX_BYTES:
        raise _refused(_("The file is larger than 10 MB."))
    kind = _recognised(upload.read(HEAD_BYTES))
    upload.seek(0)
    if kind is None or PurePath(upload.name or "").suffix.lower() not in kind.endings:
        raise _refused(_("Attach a photo (JPEG, PNG, WebP) or a PDF."))
    return kind


def _recognised(head: bytes) -> ProofType | None:
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return WEBP
    return PDF if head.startswith(b"%PDF-") else None


def _refused(message: object) -> Invalid:
    return Invalid(str(message), code="proof_refused", fields={"proof_file": str(message)})
