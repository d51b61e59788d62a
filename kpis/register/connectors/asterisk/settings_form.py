"""What a person enters to read the call records of an Asterisk."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from django import forms
from django.utils.translation import gettext_lazy as _

from kpis.register.connectors.setting_fields import SecretField, ZoneField
from kpis.register.connectors.setting_names import names_of

PORTS = {"mysql": 3306, "postgresql": 5432}
_ALIASES = {"mariadb": "mysql", "postgres": "postgresql", "pgsql": "postgresql"}
_HOST = re.compile(r"[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]")
_DATABASE = re.compile(r"/[A-Za-z0-9_$-]{1,64}", re.ASCII)
NAME = r"[A-Za-z_][A-Za-z0-9_]{0,62}"


class AsteriskSettingsForm(forms.Form):
    """The database, a user that may read, and how incoming calls are told."""

    sections = (
        ("base_url", _("Access")),
        ("table", _("Call records")),
        ("contexts", _("What is a call")),
    )
    base_url = forms.CharField(
        label=_("Address of the database"),
        max_length=300,
        help_text=_(
            "mysql://pbx.example.com:3306/asteriskcdrdb or "
            "postgresql://pbx.example.com:5432/asterisk"
        ),
    )
    user = forms.CharField(
        label=_("User of the database"),
        max_length=60,
        help_text=_("One that may only read this one table."),
    )
    password = SecretField(label=_("Password of the database"), strip=False)
    tls = forms.ChoiceField(
        label=_("Encryption"),
        choices=(
            ("verify", _("with the server's certificate verified")),
            ("require", _("without looking at the certificate")),
            ("off", _("none: only inside a closed network")),
        ),
    )
    table = forms.RegexField(
        regex=rf"^({NAME}\.)?{NAME}$", label=_("Table"), initial="cdr", max_length=130
    )
    time_zone = ZoneField(
        label=_("Time zone of the Asterisk server"),
        help_text=_("Its records tell the server's local time without a zone."),
    )
    line_column = forms.RegexField(
        regex=rf"^{NAME}$",
        label=_("Column of the number that was called"),
        initial="dst",
        help_text=_("dst as a rule; did where FreePBX keeps it."),
    )
    contexts = forms.CharField(
        label=_("Contexts of incoming calls"),
        required=False,
        max_length=500,
        help_text=_(
            "Names separated by commas, for example from-trunk. Empty: a call is incoming when the "
            "caller's number is longer than an extension."
        ),
    )
    extension_digits = forms.IntegerField(
        label=_("Digits of the longest extension"), min_value=2, max_value=9, initial=5
    )
    people_only = forms.BooleanField(
        label=_("Only a person answers"),
        required=False,
        help_text=_("A menu or a queue that picked up does not make a call answered."),
    )

    def clean_base_url(self) -> str:
        """Kind of database, host, port and name of the database; nothing else."""
        typed = str(self.cleaned_data["base_url"]).strip().rstrip("/")
        refusal = forms.ValidationError(
            _("Enter mysql:// or postgresql://, a host and the name of the database, without a "
              "name and password in it.")
        )  # fmt: skip
        try:
            parts = urlsplit(typed)
            port = parts.port
        except ValueError as error:
            raise refusal from error
        kind = _ALIASES.get(parts.scheme, parts.scheme)
        host = parts.netloc.removesuffix(f":{port}")
        if (
            kind not in PORTS
            or not _HOST.fullmatch(host)
            or not _DATABASE.fullmatch(parts.path)
            or parts.query
            or parts.fragment
            or port == 0
        ):
            raise refusal
        return f"{kind}://{host.lower()}:{port or PORTS[kind]}{parts.path}"

    def clean_contexts(self) -> str:
        """The names once each."""
        return ", ".join(names_of(self.cleaned_data["contexts"]))
