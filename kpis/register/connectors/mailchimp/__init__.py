"""Mailchimp: mailings with their totals, sizes of audiences."""
