"""Zalo Bot Platform: the pilot's channel, text only (bot.zapps.me; specification "Stable v2.5.0")."""
