"""Telegram: what a bot is told of channels. See README.md beside this file."""
