"""What a person enters for a mail service that reports by itself."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from kpis.register.connectors.setting_fields import ZoneField

SERVICES = (
    ("unisender_go", "Unisender Go"),
    ("brevo", "Brevo"),
    ("mailersend", "MailerSend"),
    ("mailgun", "Mailgun"),
    ("mailjet", "Mailjet"),
    ("mailtrap", "Mailtrap"),
    ("mandrill", "Mandrill"),
    ("postal", "Postal"),
    ("postmark", "Postmark"),
    ("resend", "Resend"),
    ("sendgrid", "SendGrid"),
    ("sparkpost", "SparkPost"),
)


class MailWebhooksSettingsForm(forms.Form):
    service = forms.ChoiceField(label=_("Mail service"), choices=SERVICES)
    time_zone = ZoneField(
        label=_("Time zone"), help_text=_("Days of mailings are cut in this zone.")
    )
    metadata_field = forms.RegexField(
        label=_("Field of the metadata that names the campaign"),
        regex=r"^[A-Za-z0-9_.-]+$",
        max_length=50,
        initial="campaign_id",
        help_text=_("Your program sets it on every letter of a mailing."),
    )
    address_number = forms.IntegerField(
        label=_("Number of the address"),
        min_value=1,
        max_value=9999,
        initial=1,
        help_text=_("Another number makes another address; the old one stops working. The page "
                    "of the source shows the one to enter in the service."),
    )  # fmt: skip
