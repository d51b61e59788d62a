"""Rights over vacancies and candidates; a contact is personal data and has its own right."""

from django.utils.translation import gettext_lazy as _

from staff.accounts.rights import MANAGERS, READERS, Role, declare

HIRING_VIEW = declare("hiring.vacancy.view", _("See vacancies and candidates"), *MANAGERS, *READERS)
HIRING_MANAGE = declare("hiring.vacancy.manage", _("Choose people"), *MANAGERS)
CONTACT_VIEW = declare(
    "hiring.contact.view", _("See candidates' contacts"), *MANAGERS, Role.DIRECTOR
)
