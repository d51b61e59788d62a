"""Attribution: the rules by which orders are given to channels, and what came of them."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from config.lib.models import PublicModel, Timestamped
from config.lib.text import pick
from departments.structure.models import Direction
from kpis.indicators.engine.attribution import Model, Rung
from kpis.indicators.engine.channels import Kind
from kpis.register.models import Source, Stream, Subject
from staff.accounts.models import Scope, ScopedQuerySet

MODELS = [
    (Model.LADDER.value, _("by evidence")),
    (Model.LAST.value, _("last touch")),
    (Model.LAST_NON_DIRECT.value, _("last touch but direct")),
    (Model.FIRST.value, _("first touch")),
    (Model.LINEAR.value, _("in equal parts")),
    (Model.POSITION.value, _("by position 40/20/40")),
    (Model.DECAY.value, _("by age of the touch")),
]
KINDS = [
    (Kind.UTM.value, _("tags of a link")),
    (Kind.CODE.value, _("promo code, coupon, QR code")),
    (Kind.NUMBER.value, _("telephone number")),
    (Kind.NAME.value, _("name in the CRM or the buyer's answer")),
    (Kind.REFERRER.value, _("site before")),
]
RUNGS = [
    (Rung.COUPON.value, _("personal coupon or card offer")),
    (Rung.CODE.value, _("code of one placement")),
    (Rung.NUMBER.value, _("telephone number of its own")),
    (Rung.CLICK.value, _("tagged link or click")),
    (Rung.MANAGER.value, _("entered by a manager")),
    (Rung.SURVEY.value, _("the buyer's answer")),
    (Rung.REFERRER.value, _("search or site before")),
    (Rung.DIRECT.value, _("direct or unknown")),
]


class AttributionRule(PublicModel):
    """How orders from the month ``valid_from`` on are given to channels. Rows are only added: the
    newest row of a month counts. ``assist_only`` are patterns of channels that never win."""

    scope = models.ForeignKey(Scope, on_delete=models.PROTECT, related_name="+")
    valid_from = models.DateField(_("effective from"))
    model = models.CharField(_("model"), max_length=15, choices=MODELS, default=Model.LADDER.value)
    window_hours = models.PositiveIntegerField(
        _("window, hours"),
        default=720,
        validators=[MinValueValidator(1), MaxValueValidator(24 * 400)],
    )
    half_life_days = models.PositiveSmallIntegerField(
        _("half-life, days"),
        default=7,
        validators=[MinValueValidator(1), MaxValueValidator(400)],
    )
    assist_only = models.JSONField(_("channels that only assist"), default=list)
    leak_uses = models.PositiveSmallIntegerField(
        _("uses before a code is judged"), default=10, validators=[MinValueValidator(1)]
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(_("reason"), max_length=250)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["-valid_from", "-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_from__day=1), name="attribution_rule_from_first_day"
            ),
            models.CheckConstraint(
                condition=Q(window_hours__gte=1, half_life_days__gte=1, leak_uses__gte=1),
                name="attribution_rule_positive",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_model_display()} {self.valid_from:%Y-%m}"


class ChannelRule(PublicModel, Timestamped):
    """What a tag, a code, a number or a name means; see `engine.channels.Rule`."""

    scope = models.ForeignKey(Scope, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("what it looks at"), max_length=8, choices=KINDS)
    pattern = models.CharField(_("pattern"), max_length=200)
    medium = models.CharField(_("medium"), max_length=200, blank=True)
    campaign = models.CharField(_("campaign"), max_length=200, blank=True)
    is_channel = models.BooleanField(_("brings buyers"), default=True)
    is_single = models.BooleanField(_("the code belongs to one placement"), default=True)
    channel = models.CharField(_("channel"), max_length=120, blank=True)
    direction = models.ForeignKey(
        Direction,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("direction"),
    )
    subject = models.ForeignKey(
        Subject,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("subject"),
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "pattern", "medium", "campaign"]
        constraints = [
            models.UniqueConstraint(
                fields=["scope", "kind", "pattern", "medium", "campaign"],
                name="channel_rule_once",
                violation_error_message=_("There is already such a rule."),
            ),
            models.CheckConstraint(
                condition=Q(is_channel=False) | ~Q(channel=""), name="channel_rule_names_channel"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pattern} → {self.channel or '—'}"

    def get_absolute_url(self) -> str:
        return reverse("indicators:channel-edit", args=[self.uid])


class PublicCode(PublicModel, Timestamped):
    """A code anybody can find: it assists and never wins. ``suspected`` ones were found by their
    uses; ``cleared`` ones a person has looked at, they are not suspected again."""

    class State(models.TextChoices):
        PUBLIC = "public", _("public")
        SUSPECTED = "suspected", _("found by its uses")
        CLEARED = "cleared", _("not public")

    scope = models.ForeignKey(Scope, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(_("code"), max_length=80)
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.PUBLIC)
    uses = models.PositiveIntegerField(_("uses"), default=0)
    preceded = models.PositiveIntegerField(_("after other channels"), default=0)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(_("reason"), max_length=250, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(
                "scope",
                "code",
                name="public_code_once",
                violation_error_message=_("The code is in the list already."),
            )
        ]

    def __str__(self) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        return reverse("indicators:code-edit", args=[self.uid])


class OrderOverride(models.Model):
    """A person's word on where an order came from, against the evidence. Rows are only added, the
    newest counts; an empty ``channel`` takes the word back."""

    stream = models.ForeignKey(Stream, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=80)
    channel = models.CharField(_("channel"), max_length=120, blank=True)
    direction = models.ForeignKey(
        Direction, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(_("reason"), max_length=250)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["stream", "key"], name="override_of_order")]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="override_has_reason")]

    def __str__(self) -> str:
        return f"{self.key} → {self.channel}"


class OrderCredit(models.Model):
    """A channel's part in an order or, with negative sums, in a refund of it.

    ``day`` is the business day in the company's zone: of the order, of the refund for a refund.
    ``amount`` is the part by the rule in force; the columns named for the models are what each of
    them would give. Over the rows of an order every column comes to the order's sum. Exactly one
    row is primary. ``discount`` stands with the channel of the code. ``order`` is the key of the
    order a refund is of. ``fingerprint`` is of what the order looked like when its rows were made.
    """

    class Kind(models.TextChoices):
        ORDER = "order", _("order")
        REFUND = "refund", _("refund")

    class Role(models.TextChoices):
        PRIMARY = "primary", _("primary source")
        ASSIST = "assist", _("assist")

    stream = models.ForeignKey(Stream, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=6, choices=Kind.choices, default=Kind.ORDER)
    key = models.CharField(max_length=80)
    number = models.PositiveSmallIntegerField()
    order = models.CharField(max_length=80, blank=True)
    day = models.DateField()
    at = models.DateTimeField()
    role = models.CharField(max_length=7, choices=Role.choices)
    rung = models.PositiveSmallIntegerField(choices=RUNGS)
    channel = models.CharField(max_length=120, blank=True)
    direction = models.ForeignKey(Direction, null=True, on_delete=models.PROTECT, related_name="+")
    subject = models.ForeignKey(Subject, null=True, on_delete=models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3)
    amount = models.DecimalField(max_digits=18, decimal_places=2)
    ladder = models.DecimalField(max_digits=18, decimal_places=2)
    last = models.DecimalField(max_digits=18, decimal_places=2)
    last_non_direct = models.DecimalField(max_digits=18, decimal_places=2)
    first = models.DecimalField(max_digits=18, decimal_places=2)
    linear = models.DecimalField(max_digits=18, decimal_places=2)
    position = models.DecimalField(max_digits=18, decimal_places=2)
    decay = models.DecimalField(max_digits=18, decimal_places=2)
    margin = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    discount = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    code = models.CharField(max_length=80, blank=True)
    evidence = models.CharField(max_length=300, blank=True)
    rule = models.ForeignKey(AttributionRule, null=True, on_delete=models.PROTECT, related_name="+")
    override = models.ForeignKey(
        OrderOverride, null=True, on_delete=models.PROTECT, related_name="+"
    )
    fingerprint = models.CharField(max_length=32)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["stream", "kind", "key", "number"], name="credit_once_in_order"
            ),
            models.UniqueConstraint(
                fields=["stream", "kind", "key"],
                condition=Q(role="primary"),
                name="credit_one_primary",
            ),
        ]
        indexes = [
            # sums by channel over the days of the counted streams
            models.Index(fields=["stream", "day"], name="credit_of_day"),
            # the uses of a code over the last days
            models.Index(fields=["code", "day"], condition=~Q(code=""), name="credit_of_code"),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.channel} {self.amount}"


class AttributionJob(models.Model):
    """The work of keeping one source's credits up to date: how far it is, what went wrong.

    ``seen_at`` is the newest load it has taken into account, ``stamp`` the rules it went by.
    """

    class State(models.TextChoices):
        PLANNED = "planned", _("planned")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    source = models.OneToOneField(Source, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=7, choices=State.choices, default=State.PLANNED)
    seen_at = models.DateTimeField(null=True)
    stamp = models.CharField(max_length=64, blank=True)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.source} {self.state}"

    @property
    def error_text(self) -> str:
        return pick(self.error)
