"""Zalo on a loopback port: Official Account (OpenAPI v3, OAuth v4, ZBS templates) and Bot Platform.

What it enforces is documented at docs.zaloplatforms.com (Official Account, ZBS Template Message, BOT).
Where sources disagree or nothing is published, :class:`simulators.zalo.switches.Switches` has both positions.
"""
