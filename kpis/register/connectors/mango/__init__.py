"""Mango Office: calls of a virtual telephone exchange."""
