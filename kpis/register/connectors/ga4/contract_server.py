"""Google's token service and Data API as they answer about the tea shop's property."""

from __future__ import annotations

import base64
import datetime as dt
import json
from collections.abc import Mapping
from typing import ClassVar
from zoneinfo import ZoneInfo

from google.auth import crypt

from kpis.register.connectors.ga4.key import SCOPE
from kpis.register.connectors.ga4.play_key import EMAIL, key_file, public_pem
from kpis.register.connectors.ga4.play_table import (
    DIMENSIONS,
    METRICS,
    Line,
    body_of,
    error,
    grown,
    lines_of,
    names,
    refused,
    rows_of,
)
from kpis.simulator.play import Play, Reply, Request, Stage, Truth

PROPERTY = "312345678"
_BY_CODE = {
    "sessions": "sessions",
    "users": "totalUsers",
    "new_users": "newUsers",
    "engaged_sessions": "engagedSessions",
    "page_actions": "screenPageViews",
    "goal_completions": "keyEvents",
    "orders": "ecommercePurchases",
    "revenue": "grossPurchaseRevenue",
    "refunds": "refundAmount",
}


_QUOTAS = {
    "daily_quota": "Exhausted property tokens per day.",
    "concurrent_quota": "Exhausted concurrent requests quota.",
}
_FORBIDDEN = "User does not have sufficient permissions for this property."
_DISABLED = "Google Analytics Data API has not been used in project 1 before or it is disabled."
_ELSEWHERE = "Pacific/Honolulu"


class Ga4Play(Play):
    """One property; its token is good for the service account of this seed only."""

    kind: ClassVar[str] = "ga4"
    vendor: ClassVar[str] = "Google Analytics 4"
    own_faults: ClassVar[Mapping[str, str]] = {
        "daily_quota": "429: the property's tokens of the day are used up",
        "concurrent_quota": "429: too many requests at once",
        "quota_nearly_used": "the answer says that no tokens are left this hour",
        "no_permission": "403: the service account is not a viewer of the property",
        "api_disabled": "403: the Data API is off in the project",
        "incompatible": "400: these dimensions and metrics do not go together",
        "token_service_down": "the token service answers 503",
        "clock_wrong": "the token service refuses the signature's time",
        "token_expires_midway": "the token runs out between the first page and the second",
        "duplicated_row": "a page begins with the last row of the page before",
        "shifted_row": "rows shift while paging: some are never sent",
        "total_changes": "the number of rows grows while paging",
        "restated_day": "the last day asked grows by 9 % on the second read",
        "vanished_row": "the last row is gone on the second read",
        "null_metric": "the first metric of the last row is null",
        "new_field": "the table has a column nobody asked for",
        "renamed_field": "the first metric has another name",
        "other_zone": "the property's clock is in another zone",
        "sampled": "the answer is computed from a sample",
        "thresholded": "small groups are hidden",
        "other_row": "rare rows are folded into (other)",
        "restricted": "the account may not see revenue: zeros are sent for it",
        "empty_table": "no rows at all",
    }

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._tokens: set[str] = set()
        self._issued = 0
        self._ran_out = False
        self._asked: dict[bytes, int] = {}

    def source_settings(self) -> dict[str, object]:
        """A property with orders and campaigns."""
        return {
            "base_url": self.stage.url(),
            "token_url": self.stage.url(),
            "property_id": PROPERTY,
            "site_name": "Северный чай",
            "ecommerce": True,
            "campaigns": True,
        }

    def source_secrets(self) -> dict[str, str]:
        """The service account's key file."""
        return {"service_account_key": key_file(self.stage.seed)}

    def answer(self, request: Request, faults: frozenset[str]) -> Reply:
        """The token service under /token, everything else is the Data API."""
        if request.path == "/token":
            return self._token(request, faults)
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if token not in self._tokens:
            return self.token_expired(request)
        base = f"/v1beta/properties/{PROPERTY}"
        if "no_permission" in faults or not request.path.startswith(base):
            return error(403, "PERMISSION_DENIED", _FORBIDDEN)
        if message := _QUOTAS.get(next(iter(faults & _QUOTAS.keys()), "")):
            return error(429, "RESOURCE_EXHAUSTED", message)
        if "api_disabled" in faults:
            return error(403, "PERMISSION_DENIED", _DISABLED)
        if request.path == f"{base}/metadata":
            return Reply.of(
                {
                    "dimensions": [{"apiName": name} for name in DIMENSIONS],
                    "metrics": [{"apiName": name, "type": kind} for name, kind in METRICS.items()],
                    "name": f"properties/{PROPERTY}/metadata",
                }
            )
        if request.path == f"{base}:runReport" and request.method == "POST":
            return self._report(request.json(), request, faults)
        return error(404, "NOT_FOUND", "Requested entity was not found.")

    def limited(self, request: Request, seconds: int | None) -> Reply:
        """The property's tokens of the hour are used up."""
        hint = [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": f"{seconds}s"}]
        return error(
            429,
            "RESOURCE_EXHAUSTED",
            "Exhausted property tokens for a project per hour. These quota tokens will return in "
            "under an hour.",
            details=None if seconds is None else hint,
        )

    def unavailable(self, request: Request) -> Reply:
        """Down for a while."""
        return error(503, "UNAVAILABLE", "The service is currently unavailable.")

    def error_body(self, request: Request) -> Reply:
        """Google's own temporary error."""
        return error(500, "INTERNAL", "Internal error encountered.")

    def token_expired(self, request: Request) -> Reply:
        """The token is not (any more) good; a new one may be asked for."""
        self._tokens.clear()
        return error(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.")

    def truth(self, first: dt.date, last: dt.date) -> Truth:
        """Site totals, orders and campaign sessions."""
        truth: Truth = {}
        for day in self.days(first, last):
            for _key, values in self._lines(day, ("date",)):
                for code, name in _BY_CODE.items():
                    truth[code, f"site:{PROPERTY}", day] = values[name]
            for (_text, *dimensions), values in self._lines(day, DIMENSIONS):
                if not dimensions[2].startswith("("):
                    key = "/".join([PROPERTY, *dimensions])
                    truth["campaign_sessions", f"campaign:{key}", day] = values["sessions"]
        return truth

    def _today(self) -> dt.date:
        return self.stage.now().astimezone(ZoneInfo(self.time_zone)).date()

    def _lines(self, day: dt.date, dimensions: tuple[str, ...]) -> list[Line]:
        return lines_of(self.stage, day, dimensions, today=self._today())

    def _report(self, asked: dict[str, object], request: Request, faults: frozenset[str]) -> Reply:
        refusal = refused(asked, faults)
        if refusal is not None:
            return refusal
        dimensions = tuple(names(asked.get("dimensions")))
        metrics = names(asked.get("metrics"))
        ranges = asked["dateRanges"]
        chosen = ranges[0] if isinstance(ranges, list) else {}
        first, last = self._day(chosen["startDate"]), self._day(chosen["endDate"])
        lines = [
            line
            for day in self.days(first, min(last, self._today()))
            for line in self._lines(day, dimensions or ("date",))
        ]
        limit, offset = int(str(asked.get("limit", 10_000))), int(str(asked.get("offset", 0)))
        if "token_expires_midway" in faults and offset and not self._ran_out:
            self._ran_out = True
            return self.token_expired(request)
        again = self._again(request)
        if "restated_day" in faults and again:
            lines = [grown(line) if line[0][0] == f"{last:%Y%m%d}" else line for line in lines]
        if "vanished_row" in faults and again:
            lines = lines[:-1]
        if "empty_table" in faults:
            lines = []
        total = len(lines) + (1 if "total_changes" in faults and offset else 0)
        start = offset + 1 if "shifted_row" in faults and offset else offset
        page = lines[start : start + limit]
        if "duplicated_row" in faults and offset and page:
            page = [lines[offset - 1], *page]
        rows = rows_of(page, len(dimensions), metrics)
        zone = _ELSEWHERE if "other_zone" in faults else self.time_zone
        return Reply.of(body_of(dimensions, metrics, rows, total=total, zone=zone, faults=faults))

    def _token(self, request: Request, faults: frozenset[str]) -> Reply:
        if "token_service_down" in faults:
            return self.unavailable(request)
        if "clock_wrong" in faults:
            return _no_grant(
                "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable "
                "timeframe. Check your iat and exp values in the JWT claim."
            )
        claims = self._claims(request.form().get("assertion", ""))
        if claims is None:
            return _no_grant("Invalid JWT Signature.")
        if claims.get("iss") != EMAIL or claims.get("scope") != SCOPE:
            return _no_grant("Invalid grant: account not found")
        if claims.get("aud") != f"{self.stage.url()}/token":
            return _no_grant("Invalid JWT: Failed audience check.")
        now = int(self.stage.now().timestamp())
        issued, ends = int(str(claims.get("iat", 0))), int(str(claims.get("exp", 0)))
        if not now - 600 <= issued <= now + 600 or not 0 < ends - issued <= 3600:
            return _no_grant("Invalid JWT: Check your iat and exp values in the JWT claim.")
        self._issued += 1
        token = f"ya29.invented-{self.stage.number(10**12, 'token', self._issued)}-{self._issued}"
        self._tokens.add(token)
        return Reply.of({"access_token": token, "expires_in": 3599, "token_type": "Bearer"})

    def _claims(self, assertion: str) -> dict[str, object] | None:
        """What a good signature says; None for a bad one."""
        signed, _dot, signature = assertion.rpartition(".")
        pem = public_pem(self.stage.seed)
        verifier = crypt.RSAVerifier.from_string(pem)  # type: ignore[no-untyped-call]
        try:
            good = verifier.verify(signed.encode(), _unpacked(signature))
            claims = json.loads(_unpacked(signed.partition(".")[2])) if good else None
        except ValueError:
            return None
        return claims if isinstance(claims, dict) else None

    def _day(self, text: str) -> dt.date:
        yesterday = self._today() - dt.timedelta(days=1)
        return yesterday if text == "yesterday" else dt.date.fromisoformat(text)

    def _again(self, request: Request) -> bool:
        self._asked[request.body] = self._asked.get(request.body, 0) + 1
        return self._asked[request.body] > 1


def _no_grant(told: str) -> Reply:
    return Reply.of({"error": "invalid_grant", "error_description": told}, 400)


def _unpacked(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


PLAY = Ga4Play
