"""Where mail services report what became of letters: one address a source, its key checked."""

from __future__ import annotations

import logging
from typing import Any
from uuid import UUID

from anymail.exceptions import AnymailConfigurationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.module_loading import import_string
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods
from django.views.generic import View

from kpis.register.models import Source
from kpis.register.services.mail_events import is_mail_key, receiving
from staff.accounts.access import public_access

logger = logging.getLogger(__name__)
KIND = "mail_webhooks"
READERS = {
    "brevo": "anymail.webhooks.brevo.BrevoTrackingWebhookView",
    "mailersend": "anymail.webhooks.mailersend.MailerSendTrackingWebhookView",
    "mailgun": "anymail.webhooks.mailgun.MailgunTrackingWebhookView",
    "mailjet": "anymail.webhooks.mailjet.MailjetTrackingWebhookView",
    "mailtrap": "anymail.webhooks.mailtrap.MailtrapTrackingWebhookView",
    "mandrill": "anymail.webhooks.mandrill.MandrillCombinedWebhookView",
    "postal": "anymail.webhooks.postal.PostalTrackingWebhookView",
    "postmark": "anymail.webhooks.postmark.PostmarkTrackingWebhookView",
    "resend": "anymail.webhooks.resend.ResendTrackingWebhookView",
    "sendgrid": "anymail.webhooks.sendgrid.SendGridTrackingWebhookView",
    "sparkpost": "anymail.webhooks.sparkpost.SparkPostTrackingWebhookView",
    "unisender_go": "anymail.webhooks.unisender_go.UnisenderGoTrackingWebhookView",
}


@public_access
@csrf_exempt
@require_http_methods(["GET", "HEAD", "OPTIONS", "POST"])
def mail_events(request: HttpRequest, uid: UUID, key: str) -> HttpResponseBase:
    """Take the events of one call. An unknown source and a wrong key look the same."""
    source = get_object_or_404(Source, uid=uid, kind=KIND)
    if not is_mail_key(source, key):
        raise Http404
    reader = reader_of(str(source.settings.get("service")))
    try:
        with receiving(source):
            answer: HttpResponseBase = reader.as_view()(request)
            return answer
    except (AnymailConfigurationError, AssertionError, AttributeError, LookupError, TypeError,
            ValueError) as error:  # fmt: skip
        # What another service sends, or another kind of event, cannot be read however often it
        # comes.
        logger.warning("unreadable events for %s: %s", source, type(error).__name__)
        return HttpResponseBadRequest("These are no events of the service of this source.")


def reader_of(service: str) -> Any:
    """The view that reads a service's events. It asks for no secret of its own: they are settings
    of the whole project, while the key in the address is the source's and has been checked."""
    try:
        view: Any = import_string(READERS[service])
    except KeyError:
        raise Http404 from None

    class Reader(view):
        def __init__(self, **kwargs: Any) -> None:
            View.__init__(self, **kwargs)
            self.validators: list[Any] = []

        def get(self, request: HttpRequest) -> HttpResponse:
            """Some services try the address before they use it."""
            return HttpResponse()

        http_method_names = ["post", "head", "options", "get"]

    return Reader
