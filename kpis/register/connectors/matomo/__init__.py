"""Matomo: visits, e-commerce and campaigns of one's own site. See README.md beside this file."""

from kpis.register.connectors.matomo.connector import MatomoConnector

__all__ = ["MatomoConnector"]
