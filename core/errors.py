"""Every error this project raises on purpose.

AssistantError
    SettingsError          a setting is missing, unsafe or malformed; names the key
    CatalogueError         a procedure file is wrong; names the file and the field
    PlacesError            the units file is wrong
    DatabaseAway           the database is out of reach or too busy; trying later helps
    UnderstandingError     Rasa could not answer (away, slow, not JSON)
    PortalError            a portal could not tell the state of a dossier
        PortalAway         out of reach, slow, busy, or given up on for a while
        PortalConfused     its answer cannot be trusted
        PortalRefused      it does not accept our credentials
    PhotoError             a picture cannot be read; says why
    StaffError             staff asked for what cannot be done; says so, in Vietnamese, to them
    SendError              a message could not be delivered; says what to do about it
"""

from __future__ import annotations

import datetime as dt


class AssistantError(Exception):
    """Base of the project's own errors."""


class SettingsError(AssistantError):
    """A setting is missing, unsafe or malformed."""


class DatabaseAway(AssistantError):
    """The database is out of reach or too busy; nothing was answered, and trying later helps."""


class CatalogueError(AssistantError):
    """A procedure record cannot be used."""


class PlacesError(AssistantError):
    """The file of administrative units cannot be used."""


class UnderstandingError(AssistantError):
    """Rasa gave no usable answer; the caller falls back to plain search."""


class PortalError(AssistantError):
    """A portal could not tell the state of a dossier; the message holds no personal data."""


class PortalAway(PortalError):
    """Out of reach, slow, busy, or given up on for a while; trying later helps."""


class PortalConfused(PortalError):
    """The answer cannot be trusted: not JSON, cut off, of another dossier."""


class PortalRefused(PortalError):
    """The portal does not accept our credentials; an operator must act."""


class PhotoError(AssistantError):
    """A picture cannot be read: too large, damaged, or no picture."""


class StaffError(AssistantError):
    """A member of staff asked for what cannot be done.

    The message is Vietnamese and shown to them as it is: what is wrong and how to mend it.

    Args:
        field: the name of the form's field that is wrong; empty when it is none of them.
    """

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class SendError(AssistantError):
    """A message was not delivered.

    Args:
        reason: for the operator, without personal data.
        retry_after: seconds after which another try is sensible; None = do not retry.
        gone: the contact blocked the bot or no longer exists.
        unknown: the request was written but no answer came; it may have been delivered.
        outside_window: the platform takes no free message to this person now; a paid template may reach them.
        configuration: the account or a setting is at fault; nothing gets through until an operator acts.
        not_before: the moment (with its zone) when another try is allowed; ``retry_after`` says the same.
        rate: the platform is too busy with us: nothing else of ours should go to it before ``retry_after``.
    """

    def __init__(
        self,
        reason: str,
        *,
        retry_after: float | None = None,
        gone: bool = False,
        unknown: bool = False,
        outside_window: bool = False,
        configuration: bool = False,
        not_before: dt.datetime | None = None,
        rate: bool = False,
    ) -> None:
        super().__init__(reason)
        self.retry_after = retry_after
        self.gone = gone
        self.unknown = unknown
        self.outside_window = outside_window
        self.configuration = configuration
        self.not_before = not_before
        self.rate = rate
