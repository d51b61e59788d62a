"""The demo company "Северный чай": made once by `manage.py seed_demo`, through the same services
that the pages call, so nothing in the demo is something a person could not do."""

from config.shell.demo_company.channels import simulator_moved
from config.shell.demo_company.company import demo_create, demo_exists

__all__ = ["demo_create", "demo_exists", "simulator_moved"]
