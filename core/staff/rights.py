"""Who may do what in the console. Pure.

An account has one or several roles and works for some offices or for all of them. A right says what may be done;
the offices say whose dossiers, conversations and complaints it is done with.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What somebody is here for. The values are kept in the database."""

    VIEWER = "viewer"
    COUNTER = "counter"
    APPROVER = "approver"
    EDITOR = "editor"
    TRAINER = "trainer"
    ADMIN = "admin"

    @property
    def label(self) -> str:
        """Its Vietnamese name."""
        return ROLE_LABELS[self]


class Right(StrEnum):
    """One thing that may be done; every page and action of the console asks for exactly one."""

    SIGNED_IN = "signed_in"  # whoever has an account: their own page
    SEE_COUNTER = "see_counter"
    SEND_REMINDER = "send_reminder"
    SEE_BROADCASTS = "see_broadcasts"
    WRITE_BROADCAST = "write_broadcast"
    APPROVE_BROADCAST = "approve_broadcast"
    SEE_INBOX = "see_inbox"
    ANSWER_INBOX = "answer_inbox"
    SEE_FEEDBACK = "see_feedback"
    ANSWER_FEEDBACK = "answer_feedback"
    SEE_FIGURES = "see_figures"
    SEE_CATALOGUE = "see_catalogue"
    EDIT_CATALOGUE = "edit_catalogue"
    TRAIN = "train"
    MANAGE_ACCOUNTS = "manage_accounts"
    SEE_AUDIT = "see_audit"


ROLE_LABELS: dict[Role, str] = {
    Role.VIEWER: "Người xem",
    Role.COUNTER: "Cán bộ một cửa",
    Role.APPROVER: "Người duyệt thông báo",
    Role.EDITOR: "Biên tập thủ tục",
    Role.TRAINER: "Người huấn luyện",
    Role.ADMIN: "Quản trị",
}
_LOOK = frozenset({Right.SIGNED_IN, Right.SEE_BROADCASTS, Right.SEE_FIGURES, Right.SEE_CATALOGUE})
_COUNTER = _LOOK | {
    Right.SEE_COUNTER,
    Right.SEND_REMINDER,
    Right.WRITE_BROADCAST,
    Right.SEE_INBOX,
    Right.ANSWER_INBOX,
    Right.SEE_FEEDBACK,
    Right.ANSWER_FEEDBACK,
}
MATRIX: dict[Role, frozenset[Right]] = {
    Role.VIEWER: _LOOK,
    Role.COUNTER: _COUNTER,
    Role.APPROVER: _COUNTER | {Right.APPROVE_BROADCAST},
    Role.EDITOR: _LOOK | {Right.EDIT_CATALOGUE, Right.SEE_FEEDBACK},
    Role.TRAINER: _LOOK | {Right.TRAIN},
    Role.ADMIN: frozenset(Right),
}


@dataclass(frozen=True, slots=True)
class Staff:
    """Somebody who is signed in.

    Args:
        id: of the account.
        name: what they sign in with.
        full_name: as the console shows it.
        offices: ids of the offices they work for; meaningless with ``everywhere``.
        everywhere: whether they work for the whole province.
    """

    id: int
    name: str
    full_name: str
    roles: frozenset[Role]
    offices: frozenset[int] = frozenset()
    everywhere: bool = False

    def may(self, right: Right) -> bool:
        """Whether one of their roles has the right."""
        return any(right in MATRIX[role] for role in self.roles)

    def works_for(self, office: int | None) -> bool:
        """Whether an office's work is theirs; what belongs to no office yet is everybody's."""
        return self.everywhere or office is None or office in self.offices

    def scope(self) -> Collection[int] | None:
        """The offices they see; None for all."""
        return None if self.everywhere else self.offices
