"""Rights over sources, runs, imports and results."""

from django.utils.translation import gettext_lazy as _

from staff.accounts.rights import EVERYONE, MANAGERS, Role, declare

SOURCE_VIEW = declare("register.source.view", _("See sources and their runs"), *EVERYONE)
SOURCE_MANAGE = declare("register.source.manage", _("Change sources"), Role.HEAD)
SOURCE_SYNC = declare("register.source.sync", _("Read a source now"), *MANAGERS, Role.SPECIALIST)
IMPORT = declare("register.file.import", _("Load files"), *MANAGERS, Role.SPECIALIST)
RESULT_VIEW = declare("register.result.view", _("See results and raw answers"), *EVERYONE)
RESULT_ENTER = declare(
    "register.result.enter", _("Enter figures by hand"), *MANAGERS, Role.SPECIALIST
)
RECONCILE = declare("register.reconcile", _("Compare with the cabinet and sign"), *MANAGERS)
SUBJECT_MANAGE = declare(
    "register.subject.manage", _("Name owners of subjects, put duplicates together"), *MANAGERS
)
