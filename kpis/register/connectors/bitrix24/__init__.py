"""Bitrix24: leads, deals and calls of one portal."""
