"""What the service knows and does. No Telegram, Zalo, Rasa or web framework in here."""
