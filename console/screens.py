"""The screens of the console, in the order of its menu."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter

from core.staff.rights import Right


@dataclass(frozen=True, slots=True)
class Screen:
    """One entry of the menu and the routes behind it.

    Args:
        name: of its package and its templates.
        title: in the menu; empty for what stands in no menu.
        path: where it begins.
        right: whoever lacks it does not see the entry.
    """

    name: str
    title: str
    path: str
    right: Right
    router: APIRouter


def all_screens() -> tuple[Screen, ...]:
    """Every screen. Imported late: a screen's pages know the shell, which knows the screens."""
    from console import inbox
    from console.access import accounts, log, me, offices
    from console.broadcasts import routes as broadcasts
    from console.catalogue import screen as catalogue
    from console.counter import lists as counter
    from console.feedback import ratings
    from console.figures import routes as figures
    from console.my_chat import routes as my_chat

    return (
        counter.screen,
        inbox.screen,
        broadcasts.screen,
        ratings.screen,
        figures.screen,
        catalogue.screen,
        accounts.screen,
        offices.screen,
        log.screen,
        me.screen,
        my_chat.screen,
    )
