"""How states of orders and enquiries and their traces are said and marked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from kpis.register.connectors.records import OrderStatus, TouchKind
from kpis.register.models import Enquiry

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

ORDER_STATUS: dict[str, StrOrPromise] = {
    # Translators: a deal that is still in work, not an order yet
    OrderStatus.OPEN: _("in work"),
    # Translators: an order that has been taken on and not paid yet
    OrderStatus.PLACED: _("accepted"),
    # Translators: an order that has been paid
    OrderStatus.PAID: _("paid"),
    # Translators: an order that has been cancelled
    OrderStatus.CANCELLED: _("cancelled"),
}
ORDER_MARKS: dict[str, str] = {
    OrderStatus.OPEN: "info",
    OrderStatus.PLACED: "",
    OrderStatus.PAID: "good",
    OrderStatus.CANCELLED: "bad",
}
ENQUIRY_MARKS: dict[str, str] = {
    Enquiry.Status.NEW: "info",
    Enquiry.Status.QUALIFIED: "good",
    Enquiry.Status.WON: "good",
    Enquiry.Status.LOST: "",
    Enquiry.Status.JUNK: "warn",
}
TOUCH_WORDS: dict[str, StrOrPromise] = {
    TouchKind.COUPON: _("coupon"),
    TouchKind.PROMO_CODE: _("promo code"),
    TouchKind.QR: _("QR code"),
    TouchKind.TRACKING_NUMBER: _("phone number of its own"),
    TouchKind.UTM: _("tags of the link"),
    TouchKind.CLICK_ID: _("click of an advertisement"),
    TouchKind.CLIENT_ID: _("visitor of the site"),
    TouchKind.CRM_SOURCE: _("entered in the CRM"),
    TouchKind.SURVEY: _("the person's own answer"),
    TouchKind.REFERRER: _("page before"),
    TouchKind.AD: _("campaign named by the channel"),
}
