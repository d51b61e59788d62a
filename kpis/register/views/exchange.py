"""Where 1C calls: plain text both ways, as its exchange with a site expects."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from config.lib.middleware import client_ip, raw_body
from kpis.register.services import exchange
from staff.accounts.access import public_access

_NO_ORDERS = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<КоммерческаяИнформация ВерсияСхемы="2.05" ДатаФормирования="{}"></КоммерческаяИнформация>\n'
)


@csrf_exempt
@public_access
@raw_body
@never_cache
@require_http_methods(["GET", "POST"])
def onec(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One step of the exchange. 1C signs in itself; whoever has not gets nothing else."""
    mode = request.GET.get("mode", "")
    try:
        if mode == "checkauth":
            return _signed_in(request, uid)
        cookie = request.COOKIES.get(exchange.COOKIE, "")
        visit = exchange.visit_of(uid=uid, cookie=cookie)
        return _step(request, visit, mode)
    except exchange.Refused as refusal:
        answer = _text(f"failure\n{refusal.message}", status=refusal.status)
        if refusal.status == 401:
            answer["WWW-Authenticate"] = 'Basic realm="exchange"'
        return answer


def _signed_in(request: HttpRequest, uid: UUID) -> HttpResponse:
    value = exchange.visit_open(
        uid=uid,
        authorization=request.headers.get("Authorization", ""),
        address=client_ip(request) or "",
    )
    return _text(f"success\n{exchange.COOKIE}\n{value}")


def _step(request: HttpRequest, visit: exchange.Visit, mode: str) -> HttpResponse:
    filename = request.GET.get("filename", "")
    if request.GET.get("type", "") != "sale":
        raise exchange.Refused(_("Only orders are exchanged here: type=sale."))
    match mode, request.method:
        case "init", _method:
            return _text(exchange.visit_begin(visit))
        case "file", "POST":
            exchange.part_add(visit=visit, filename=filename, read=request.read)
            return _text("success")
        case "import", _method:
            exchange.file_import(visit=visit, filename=filename)
            return _text("success")
        case "query", _method:
            made = timezone.localtime().strftime("%Y-%m-%dT%H:%M:%S")
            return HttpResponse(_NO_ORDERS.format(made), content_type="text/xml; charset=utf-8")
        case "success", _method:
            return _text("success")
    raise exchange.Refused(_("This step of the exchange is not known."))


def _text(text: str, *, status: int = 200) -> HttpResponse:
    return HttpResponse(f"{text}\n", status=status, content_type="text/plain; charset=utf-8")
