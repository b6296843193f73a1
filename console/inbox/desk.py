"""What the pages of conversations work with, made over the parts of the process."""

from __future__ import annotations

from collections.abc import Sequence

from console.parts import Parts
from core.conversations.talks.canned import CannedReplies
from core.conversations.talks.deeds import AfterClose, Deeds
from core.conversations.talks.lists import Lists
from core.feedback.after_talk import AskHowItWas
from core.feedback.surveys import Surveys


def lists(parts: Parts) -> Lists:
    """What staff see."""
    return Lists(parts.engine)


def deeds(parts: Parts) -> Deeds:
    """What staff do."""
    return Deeds(parts.engine, parts.audit, parts.profile, parts.now, after_close(parts))


def canned(parts: Parts) -> CannedReplies:
    """The replies kept for use again."""
    return CannedReplies(parts.engine, parts.audit, parts.now)


def after_close(parts: Parts) -> Sequence[AfterClose]:
    """Who acts when a conversation was closed, in the same transaction."""
    return (AskHowItWas(Surveys(parts.engine, parts.profile)),)
