"""Yandex Direct: impressions, clicks, cost and conversions of campaigns. See README.md."""
