"""Fixtures for everything over the bot."""

from tests.bot.town import town

__all__ = ["town"]
