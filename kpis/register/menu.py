"""Menu lines of the register."""

from django.utils.translation import gettext_lazy as _

from config.lib.registry import NavItem, register_nav
from kpis.register import policies

register_nav(
    NavItem(
        "results",
        _("Results register"),
        "register:results",
        "table",
        "results",
        40,
        policies.RESULT_VIEW,
        short=_("Register"),
    )
)
register_nav(
    NavItem(
        "enquiries",
        _("Enquiries"),
        "register:enquiry-list",
        "message-question",
        "results",
        42,
        policies.RESULT_VIEW,
    )
)
register_nav(
    NavItem(
        "orders",
        _("Orders"),
        "register:order-list",
        "shopping-cart",
        "results",
        44,
        policies.RESULT_VIEW,
    )
)
register_nav(
    NavItem(
        "subjects",
        _("Subjects"),
        "register:subject-list",
        "target",
        "results",
        46,
        policies.RESULT_VIEW,
    )
)
register_nav(
    NavItem(
        "sources", _("Sources"), "register:source-list", "plug", "results", 50, policies.SOURCE_VIEW
    )
)
register_nav(
    NavItem(
        "import", _("Load file"), "register:import-new", "upload", "results", 60, policies.IMPORT
    )
)
register_nav(
    NavItem(
        "sheet",
        _("Enter figures"),
        "register:sheet",
        "writing",
        "results",
        61,
        policies.RESULT_ENTER,
    )
)
register_nav(
    NavItem(
        "whole-figures",
        _("Figures of whole periods"),
        "register:whole-list",
        "calendar-stats",
        "results",
        61,
        policies.RESULT_VIEW,
        short=_("Whole periods"),
    )
)
register_nav(
    NavItem(
        "reconciliations",
        _("Comparison with cabinets"),
        "register:reconciliation-list",
        "scale",
        "results",
        62,
        policies.SOURCE_VIEW,
        short=_("Comparison"),
    )
)
