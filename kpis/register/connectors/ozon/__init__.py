"""Ozon: postings, money and advertising of one seller. See README.md beside this file."""
