"""Yandex Metrika: reports of one counter, and its raw visits through the Logs API."""
