"""Wildberries: orders, returns, settlement and advertising of one seller."""
