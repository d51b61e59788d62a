"""Connectors: one folder a vendor. See `base` for the contract and `errors` for the fault
classes.
"""
