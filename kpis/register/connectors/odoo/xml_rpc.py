"""XML-RPC without its own transport and without binary fractions: figures stay exact."""

from __future__ import annotations

import xmlrpc.client
from decimal import Decimal, InvalidOperation
from typing import Any
from xml.parsers.expat import ExpatError

from defusedxml import DefusedXmlException
from defusedxml.xmlrpc import DefusedExpatParser

CONTENT_TYPE = "text/xml"


class Unreadable(ValueError):
    """This is no XML-RPC; ``is_cut_off`` when it stops in the middle."""

    def __init__(self, text: str, *, is_cut_off: bool = False) -> None:
        super().__init__(text)
        self.is_cut_off = is_cut_off


def _end_exact(target: xmlrpc.client.Unmarshaller, data: str) -> None:
    target.append(Decimal(data.strip()))
    target._value = False


class _Exact(xmlrpc.client.Unmarshaller):
    """Keeps the digits of a double as they were sent."""

    dispatch = xmlrpc.client.Unmarshaller.dispatch | {"double": _end_exact}


def written(method: str, *arguments: object) -> bytes:
    """A call."""
    return xmlrpc.client.dumps(arguments, method, allow_none=True).encode()  # type: ignore[arg-type]


def read(body: bytes) -> tuple[Any, str | None]:
    """The parameters of an answer or a call, and the name of the method of a call.

    Raises `xmlrpc.client.Fault` for a fault, `Unreadable` for what is no XML-RPC; entities and
    other documents are never followed.
    """
    target = _Exact()
    parser = DefusedExpatParser(target, forbid_dtd=True)
    try:
        parser.feed(body)
        parser.close()
        return target.close(), target.getmethodname()
    except DefusedXmlException as error:
        raise Unreadable(str(error)) from error
    except ExpatError as error:
        is_cut_off = body.lstrip()[:5] == b"<?xml" and not body.rstrip().endswith(b">")
        text = str(error)
        cut = is_cut_off or "no element found" in text or "unclosed token" in text
        raise Unreadable(text, is_cut_off=cut) from error
    except (xmlrpc.client.ResponseError, InvalidOperation, ValueError, IndexError) as error:
        raise Unreadable(str(error)) from error
