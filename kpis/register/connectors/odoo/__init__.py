"""Odoo: leads, won opportunities and sales orders of one database."""
