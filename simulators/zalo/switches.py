"""What sources disagree about or do not say: each a switch, so that tests can try both positions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass
class Switches:
    """The defaults are the position best supported.

    Args:
        free_messages: consultation messages in the 48 hours after an interaction; None for unlimited, as one
            source has it since 01-01-2026.
        expired_code: what an access token too old is answered.
        followers_only: answers to people who wrote but do not follow are refused with -213.
        signature_secret: the "OA Secret Key" of the webhook page, or the secret of the application.
        signature_timestamp: the ``timestamp`` of the body, or the header ``X-ZEvent-Timestamp``.
        title_limit: characters of a button's title.
        list_template: whether ``template_type: "list"`` works on v3; -233 otherwise.
        closed_code: what the endpoints shut down on 01-03-2026 answer.
        echo: our own sends come back as ``oa_send_*``.
        submit_from_oa: ``user_submit_info`` names the person as recipient rather than sender.
        rights_event: the name of the event of a data subject's request; one list of events has this one,
            none says what it means.
        night_tags: template tags refused between 22:00 and 06:00; tag 1 has one source only.
        bot_photo_key: where a picture's address is in ``message.image.received``.
        bot_writes_first: a chat can be written to before the person wrote.
    """

    free_messages: int | None = 8
    expired_code: Literal[-216, -220] = -220
    followers_only: bool = True
    signature_secret: Literal["oa", "app"] = "oa"  # noqa: S105 - which secret, not a secret
    signature_timestamp: Literal["body", "header"] = "body"
    title_limit: int = 100
    list_template: bool = False
    closed_code: int = -240
    echo: bool = True
    submit_from_oa: bool = False
    rights_event: str = "user_withdraw"
    night_tags: frozenset[int] = frozenset({1, 3})
    bot_photo_key: Literal["photo", "photo_url"] = "photo"
    bot_writes_first: bool = False
