"""What is agreed about a stream of a source."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.utils.translation import gettext

from config.lib.forms import FormPage
from kpis.register import policies
from kpis.register.forms.stream import AgreeForm
from kpis.register.models import Source, Stream
from kpis.register.selectors.streams import stream_labels
from kpis.register.services.streams import stream_agree
from kpis.register.wording import hours_words
from staff.accounts.access import Access, require, user_of


class StreamAgree(FormPage):
    """How old the figures of a stream may be. The source's page sends here; a refusal comes back as
    this page with what was typed."""

    access = Access("right", policies.SOURCE_MANAGE)
    form_class = AgreeForm

    @cached_property
    def row(self) -> Stream:
        user = user_of(self.request)
        visible = Source.objects.visible_to(user, policies.SOURCE_VIEW)
        rows = Stream.objects.filter(source__in=visible).select_related("source__scope")
        stream: Stream = get_object_or_404(rows, pk=self.kwargs["pk"])
        require(user, policies.SOURCE_MANAGE, stream.source.scope)
        return stream

    def dispatch(self, *args: Any, **kwargs: Any) -> Any:
        self.label = stream_labels(self.row.source).get(self.row.name, self.row.name)
        return super().dispatch(*args, **kwargs)

    def get_title(self) -> str:
        values = {"source": self.row.source, "stream": self.label}
        return gettext("Agreed age: %(source)s, %(stream)s") % values

    def get_initial(self) -> dict[str, Any]:
        return {"hours": self.row.agreed_hours}

    def service(self, form: AgreeForm) -> None:
        hours = form.cleaned_data["hours"]
        stream_agree(actor=user_of(self.request), stream=self.row, hours=hours)

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        if response.status_code == 302:
            values = {"stream": self.label, "age": hours_words(form.cleaned_data["hours"])}
            text = gettext("“%(stream)s” is late when older than %(age)s.") % values
            messages.success(self.request, text)
        return response

    def get_success_url(self) -> str:
        return f"{self.row.source.get_absolute_url()}#streams"

    def get_cancel_url(self) -> str:
        return self.get_success_url()
