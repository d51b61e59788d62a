"""The service account's key: the JSON file Google lets its owner download."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _
from google.auth import crypt, jwt

from kpis.register.connectors.errors import AuthError

SCOPE = "https://www.googleapis.com/auth/analytics.readonly"
LIFETIME = dt.timedelta(minutes=55)
_ADVICE = _(
    "In Google Cloud open the service account, create a JSON key and enter the whole file here."
)


@dataclass(frozen=True, slots=True)
class ServiceKey:
    """``email`` is who must be a viewer of the property; ``private_key`` signs for it."""

    email: str
    key_id: str
    private_key: str = field(repr=False)

    @classmethod
    def of(cls, text: str) -> ServiceKey:
        """The key in the text of a key file. Raises `AuthError` when it is not one; whether it can
        sign is told by `signer`."""
        if not text.strip():
            raise AuthError(_("No service account key has been entered."), advice=_ADVICE)
        try:
            data = json.loads(text)
        except ValueError as error:
            raise AuthError(_("The key is not a JSON file."), advice=_ADVICE) from error
        if not isinstance(data, dict) or data.get("type") != "service_account":
            raise AuthError(_("This is not the key of a service account."), advice=_ADVICE)
        email, private = data.get("client_email"), data.get("private_key")
        if not isinstance(email, str) or not isinstance(private, str) or not email or not private:
            raise AuthError(_("The service account key is not complete."), advice=_ADVICE)
        return cls(email, str(data.get("private_key_id") or ""), private)

    def signer(self) -> crypt.RSASigner:
        """Raises `AuthError` for a private key that cannot be read."""
        try:
            signer: crypt.RSASigner = crypt.RSASigner.from_string(  # type: ignore[no-untyped-call]
                self.private_key, self.key_id
            )
        except (ValueError, TypeError) as error:
            raise AuthError(
                _("The private key in the service account key cannot be read."), advice=_ADVICE
            ) from error
        return signer

    def assertion(self, audience: str, now: dt.datetime) -> str:
        """A signed statement of who asks, good for `LIFETIME` at ``audience``."""
        claims = {
            "iss": self.email,
            "scope": SCOPE,
            "aud": audience,
            "iat": int(now.timestamp()),
            "exp": int((now + LIFETIME).timestamp()),
        }
        signed: bytes = jwt.encode(self.signer(), claims)  # type: ignore[no-untyped-call]
        return signed.decode()
