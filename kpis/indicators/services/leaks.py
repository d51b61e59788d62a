"""Codes that leaked: used by those whom other channels brought."""

from __future__ import annotations

import datetime as dt

from django.db.models import Count, Exists, OuterRef, Q
from django.db.models.functions import Upper
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.lib.text import filled
from kpis.indicators.engine.attribution import STATEMENTS, Rung, is_leaked
from kpis.indicators.models import AttributionRule, OrderCredit, PublicCode
from kpis.indicators.selectors.attribution_rules import LEAK_USES, judged_streams
from staff.accounts.models import Scope
from staff.accounts.rights import Role
from staff.accounts.selectors import people_with
from staff.accounts.services.audit import audit
from staff.accounts.services.notifications import notify

LOOK_BACK = dt.timedelta(days=90)
NO_CHANNEL = [Rung.DIRECT.value, *(rung.value for rung in STATEMENTS)]


def codes_watch(*, scope: Scope) -> list[PublicCode]:
    """Codes of the last 90 days of which more than 30 % of the uses follow another channel's touch:
    they are put into the list, assist from then on, and the heads are told. Codes a person has
    judged are left alone."""
    rule = AttributionRule.objects.filter(scope=scope).first()
    at_least = rule.leak_uses if rule else LEAK_USES
    judged = {code.upper() for code in _known(scope)}
    since = timezone.now().date() - LOOK_BACK
    before = OrderCredit.objects.filter(
        stream=OuterRef("stream"), kind=OuterRef("kind"), key=OuterRef("key"), at__lt=OuterRef("at")
    ).exclude(Q(rung__in=NO_CHANNEL) | Q(channel=OuterRef("channel")))
    uses = (
        OrderCredit.objects.filter(
            stream__in=judged_streams(scope), kind=OrderCredit.Kind.ORDER, day__gte=since
        )
        .exclude(code="")
        .exclude(rung=Rung.COUPON)
        .annotate(word=Upper("code"), follows=Exists(before))
        .values("word")
        .annotate(uses=Count("pk"), preceded=Count("pk", filter=Q(follows=True)))
    )
    found = []
    for word, count, preceded in uses.values_list("word", "uses", "preceded"):
        if word in judged or not is_leaked(uses=count, preceded=preceded, at_least=at_least):
            continue
        row, made = PublicCode.objects.get_or_create(
            scope=scope,
            code=word,
            defaults={
                "state": PublicCode.State.SUSPECTED,
                "uses": count,
                "preceded": preceded,
            },
        )
        if made:
            found.append(row)
            _tell(row)
    return found


def _tell(row: PublicCode) -> None:
    audit(
        action="indicators.code.suspected",
        target=row,
        scope=row.scope,
        after={"code": row.code, "uses": row.uses, "preceded": row.preceded},
    )
    notify(
        users=people_with(frozenset({Role.HEAD}), row.scope),
        title=filled(_("The code %(code)s seems to be public"), code=row.code),
        body=filled(
            _(
                "%(preceded)s of its %(uses)s uses follow touches of other channels: from now on "
                "it only assists."
            ),
            preceded=row.preceded,
            uses=row.uses,
        ),
        url=reverse("indicators:codes"),
        level="warning",
        key=f"public-code-{row.pk}",
    )


def _known(scope: Scope) -> list[str]:
    return list(PublicCode.objects.filter(scope=scope).values_list("code", flat=True))
