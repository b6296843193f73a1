"""Conditions on columns of addresses, for whoever keeps something by address and shows it to the person."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from core.db.tables import LinkRow

Column = InstrumentedAttribute[str] | InstrumentedAttribute[str | None]
Own = str | BindParameter[str]


def same_person(column: Column, own: Own) -> ColumnElement[bool]:
    """Whether the column holds ``own`` or an address linked with it."""
    return or_(column == own, column.in_(_linked(own)))


def linked_since(column: Column, own: Own, moment: Any) -> ColumnElement[bool]:
    """Whether the column holds an address that has been linked with ``own`` since ``moment`` or longer."""
    return column.in_(_linked(own, moment))


def _linked(own: Own, moment: Any = None) -> Select[str]:
    me, other = aliased(LinkRow), aliased(LinkRow)
    found = select(other.address).join(me, me.person == other.person).where(me.address == own)
    return found if moment is None else found.where(me.since <= moment, other.since <= moment)
