"""The tables of those who work with the console: accounts, sessions, offices, the audit log.

A change here needs a migration in ``core/db/migrations``.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import JSON, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.db.tables import Base, Moment

_Moment = Moment()
_Address = String(200)


class OfficeRow(Base):
    """A one-stop shop or an agency behind it, as the console divides work.

    ``identifiers`` are beginnings of dossier codes (``H15.50.05``); ``unit`` is the commune it serves, by its
    official number; ``spans`` its own opening hours (``07:00-11:30``), the province's where it is null.
    """

    __tablename__ = "office"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    unit: Mapped[str | None] = mapped_column(String(10), unique=True)
    identifiers: Mapped[list[str]] = mapped_column(JSON, default=list)
    phone: Mapped[str] = mapped_column(String(40), default="")
    spans: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    active: Mapped[bool] = mapped_column(default=True)


class AccountRow(Base):
    """A member of staff. ``name`` is what they sign in with, in lower case.

    ``password`` is an argon2 hash; ``totp`` the sealed secret of their authenticator and ``totp_step`` the last
    step of it that was used, so that a code opens once. ``offices`` are those they work for; with ``everywhere``
    all of them.
    """

    __tablename__ = "staff_account"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60), unique=True)
    full_name: Mapped[str] = mapped_column(String(120))
    password: Mapped[str] = mapped_column(Text)
    must_change: Mapped[bool] = mapped_column(default=False)
    totp: Mapped[str | None] = mapped_column(Text)
    totp_step: Mapped[int | None]
    roles: Mapped[list[str]] = mapped_column(JSON, default=list)
    offices: Mapped[list[int]] = mapped_column(JSON, default=list)
    everywhere: Mapped[bool] = mapped_column(default=False)
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[dt.datetime | None] = mapped_column(_Moment)
    created_at: Mapped[dt.datetime] = mapped_column(_Moment)
    disabled_at: Mapped[dt.datetime | None] = mapped_column(_Moment)


class SessionRow(Base):
    """Somebody who is signed in. ``token`` is a fingerprint of the cookie; ``csrf`` goes with every form."""

    __tablename__ = "staff_session"

    token: Mapped[str] = mapped_column(String(64), primary_key=True)
    account: Mapped[int] = mapped_column(index=True)
    csrf: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[dt.datetime] = mapped_column(_Moment)
    seen_at: Mapped[dt.datetime] = mapped_column(_Moment)
    expires_at: Mapped[dt.datetime] = mapped_column(_Moment, index=True)


class StaffLinkRow(Base):
    """That a chat address belongs to a member of staff, who drafts notices and labels messages from there."""

    __tablename__ = "staff_link"

    address: Mapped[str] = mapped_column(_Address, primary_key=True)
    account: Mapped[int] = mapped_column(index=True)
    since: Mapped[dt.datetime] = mapped_column(_Moment)


class StaffLinkCodeRow(Base):
    """A code shown in the console that links the chat address which types it. Only its fingerprint is kept."""

    __tablename__ = "staff_link_code"

    token: Mapped[str] = mapped_column(String(64), primary_key=True)
    account: Mapped[int] = mapped_column(index=True)
    expires_at: Mapped[dt.datetime] = mapped_column(_Moment, index=True)


class AuditRow(Base):
    """One change somebody made. The database refuses to change or delete a row; ``hash`` covers the one before.

    ``detail`` holds what changed and never what a citizen wrote or who they are.
    """

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(_Moment, index=True)
    account: Mapped[int | None] = mapped_column(index=True)
    who: Mapped[str] = mapped_column(String(60))
    what: Mapped[str] = mapped_column(String(40), index=True)
    subject: Mapped[str] = mapped_column(String(120), index=True)
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    hash: Mapped[str] = mapped_column(String(64))
