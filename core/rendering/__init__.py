"""How each channel shows a message: pure, because the bot sends it and the console previews it."""
