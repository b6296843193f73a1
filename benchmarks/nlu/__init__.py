"""Somebody else's Vietnamese intents and slots, trained with this repository's config.yml and scored.

Runs in Rasa's environment: ``make bench-nlu DATA=folder`` with ``train.yml`` and ``test.yml`` in Rasa's format.
"""
