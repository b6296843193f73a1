"""A Bot API server that behaves as Telegram's: its envelope, limits and failures."""
