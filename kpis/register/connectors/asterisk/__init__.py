"""Asterisk: call records from its own table in MySQL, MariaDB or PostgreSQL."""
