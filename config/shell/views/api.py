"""The description of the API: OpenAPI for programs, one page for people. Nothing foreign is loaded
for either."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from drf_spectacular.renderers import OpenApiJsonRenderer2
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.shell.api_page import operations, schema
from staff.accounts.access import PUBLIC, login_access
from staff.accounts.models import ApiScope


class Schema(APIView):
    """OpenAPI 3.1 in JSON. Open: it says what can be asked, nothing of what is answered here."""

    access = PUBLIC
    authentication_classes = ()
    permission_classes = (AllowAny,)
    renderer_classes = (OpenApiJsonRenderer2,)

    @extend_schema(exclude=True)
    def get(self, request: Request) -> Response:
        return Response(schema())


@login_access
@require_safe
def api_docs(request: HttpRequest) -> HttpResponse:
    context = {
        "title": _("Description of the API"),
        "operations": operations(schema()),
        "scopes": ApiScope.choices,
        "address": request.build_absolute_uri("/api/v1/"),
    }
    return render(request, "shell/api_docs.html", context)
