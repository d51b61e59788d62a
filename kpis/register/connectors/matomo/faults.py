"""Every way a Matomo may fail, mapped to one of the six classes of `connectors.errors`."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.lib import http
from kpis.register.connectors.errors import (
    AuthError,
    BugError,
    ConfigError,
    RetryError,
    SourceError,
    WaitError,
)

# Without a hint: long enough to be polite, short enough to be noticed on the same day.
PAUSE = dt.timedelta(minutes=5)
LONGEST_PAUSE = dt.timedelta(days=1)

_NEW_TOKEN = _(
    "In Matomo open Administration → Personal → Security, create a new token and enter it here."
)
_ADDRESS = _("Open the address in a browser: Matomo's sign-in page must appear without a redirect.")
_LATER = _("Nothing to do: the source is asked again by itself.")


def from_transport(error: http.HttpError) -> SourceError:
    """No answer came: what that means for the source."""
    detail = str(error)
    match error:
        case http.HttpTimeout():
            return RetryError(
                _("Matomo did not answer in time."),
                detail=detail,
                advice=_("If it happens often, let Matomo process its reports by cron."),
            )
        case http.TlsFailed():
            return ConfigError(
                _("The server's certificate could not be verified."),
                field="base_url",
                detail=detail,
                advice=_("Renew the certificate of the Matomo server or correct the address."),
            )
        case http.AddressRefused():
            return ConfigError(
                _("The address leads into a closed network and is not called."),
                field="base_url",
                detail=detail,
                advice=_("If Matomo really is there, ask the administrator to allow this host."),
            )
        case http.UrlRefused():
            return ConfigError(
                _("This is not an address that can be called."), field="base_url", detail=detail
            )
        case http.RedirectRefused(location=location):
            return ConfigError(
                _("The server redirects to another address."),
                field="base_url",
                detail=detail,
                advice=_("Enter the final address: %(location)s") % {"location": location},
            )
        case http.BodyTooLarge():
            return BugError(_("Matomo's answer is larger than can be read."), detail=detail)
        case http.HostNotFound():
            # A name server that is down for a minute looks just the same.
            return RetryError(_("The server's name was not found."), detail=detail, advice=_ADDRESS)
        case _:
            return RetryError(_("Matomo could not be reached."), detail=detail, advice=_ADDRESS)


def from_status(answer: http.Answer, detail: str) -> SourceError | None:
    """What a status says when the body is not Matomo's own error; None for 200."""
    status = answer.status
    if status == 200:
        return None
    detail = f"HTTP {status}: {detail}"
    if status == 429:
        return _wait(answer, detail)
    if status >= 500:
        until = answer.retry_after(timezone.now())
        if status == 503 and until is not None:
            return _wait(answer, detail)
        return RetryError(_("Matomo is temporarily unavailable."), detail=detail, advice=_LATER)
    if status in (401, 403):
        return AuthError(_("Matomo does not let us in."), detail=detail, advice=_NEW_TOKEN)
    if status in (404, 405, 410):
        return ConfigError(
            _("There is no Matomo at this address."),
            field="base_url",
            detail=detail,
            advice=_ADDRESS,
        )
    if 200 < status < 300:
        return RetryError(_("Matomo sent an empty answer."), detail=detail, advice=_LATER)
    return BugError(_("Matomo refused the request."), raw=answer.body, detail=detail)


def from_message(
    message: str, *, raw: bytes = b"", answer: http.Answer | None = None
) -> SourceError:
    """Matomo's own ``{"result": "error", "message": …}``; ``message`` is masked already."""
    low = message.lower()
    if "authenticate" in low or "token" in low or "logged in" in low:
        return AuthError(_("Matomo does not accept the token."), detail=message, advice=_NEW_TOKEN)
    if "at least one website" in low:
        return AuthError(
            _("The token's user has no right to view any site."),
            detail=message,
            advice=_("In Matomo give this user the View right for the site."),
        )
    if "access for the website" in low or "unexpected website" in low:
        return ConfigError(
            _("The site is unknown to Matomo or not visible to the token's user."),
            field="site_id",
            detail=message,
            advice=_("Check the site's number; in Matomo give the token's user the View right."),
        )
    if any(words in low for words in ("too many", "rate limit", "blocked", "exceeded")):
        return _wait(answer, message)
    if "not available in the module" in low or "plugin" in low:
        return ConfigError(
            _("This Matomo does not have the report that is asked for."),
            detail=message,
            advice=_("Activate the plugin in Matomo or switch this part of the source off."),
        )
    if "goal" in low or "ecommerce" in low:
        return ConfigError(
            _("E-commerce is not switched on for this site."),
            field="ecommerce",
            detail=message,
            advice=_("Switch e-commerce on in Matomo or off in this source."),
        )
    if any(words in low for words in ("mysql", "database", "timeout", "maintenance", "memory")):
        return RetryError(_("Matomo reports a temporary fault."), detail=message, advice=_LATER)
    return BugError(_("Matomo answered with an unknown error."), raw=raw, detail=message)


def _wait(answer: http.Answer | None, detail: str) -> WaitError:
    now = timezone.now()
    hint = answer.retry_after(now) if answer is not None else None
    until = hint if hint is not None and hint > now else now + PAUSE
    return WaitError(until=min(until, now + LONGEST_PAUSE), detail=detail, advice=_LATER)
