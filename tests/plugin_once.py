"""A test that asks for no database runs the same whatever services are given: it is marked
``once``, so that a second run on other services leaves it out.
"""

from __future__ import annotations

import pytest

DATABASE = {"db", "transactional_db", "django_db_setup"}


def needs_services(item: pytest.Item) -> bool:
    """Whether a database, and with it a broker, could change the result: pytest-django lets nobody
    else reach one."""
    asked = set(getattr(item, "fixturenames", ()))
    return item.get_closest_marker("django_db") is not None or bool(asked & DATABASE)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if not needs_services(item):
            item.add_marker(pytest.mark.once)
