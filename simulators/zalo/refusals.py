"""Refusals and how each API words them.

Codes: docs.zaloplatforms.com, "Bảng mã lỗi" of Official Account, ZBS Template Message and OAuth v4. The OA,
ZBS and OAuth answer HTTP 200 whatever ``error`` says; the Bot Platform also uses real 401 and 429.
"""

from __future__ import annotations

from typing import Any, Literal

Api = Literal["oauth", "oa", "zbs", "bot", "media"]

MESSAGES = {
    -32: "Exceeded the rate limit",
    -100: "Internal error, please try again later",
    -200: "Send message failed",
    -201: "Params is invalid",
    -204: "Official Account is disabled",
    -205: "Official Account doesn't exist",
    -209: "This API is not supported for this app",
    -210: "Parameter exceeds the allowed limit",
    -211: "Out of quota",
    -213: "User has not followed OA",
    -216: "Access token is invalid",
    -217: "User has blocked invitation from OA",
    -218: "Out of quota receive",
    -220: "Access token has expired or is invalid",
    -221: "Official Account is not verified",
    -223: "OA is not authorized to use this feature",
    -224: "OA must be upgraded to use this feature",
    -227: "User is banned or has been inactive for more than 45 days",
    -230: "User has not interacted with the OA in the past 7 days",
    -232: "User has not interacted with OA or the interaction is too old",
    -233: "Message type is not supported",
    -234: "This message type cannot be sent at night (22:00 - 06:00)",
    -240: "This API has been shut down, please use the v3 API",
    -244: "User is restricted from receiving this message type",
    -248: "Violation of platform policy",
    -249: "Template is not allowed to be sent by UID",
    -320: "App must be linked to a Zalo Cloud Account",
    -321: "Zalo Cloud Account is out of balance or inactive",
    -108: "Phone number is invalid",
    -109: "Template id is invalid",
    -114: "User is unable to receive ZBS template message",
    -115: "Out of balance",
    -118: "Zalo account does not exist",
    -119: "Account can't receive ZBS template message",
    -124: "Access token invalid",
    -131: "Template is not approved",
    -133: "This template can't be sent at night (22:00 - 06:00)",
    -139: "User refused to receive this type of message",
    -141: "User refused to receive messages from the Official Account",
    -144: "OA exceeded the daily limit",
    -147: "Template exceeded its quota",
    -1121: "Tracking id is invalid",
    -1122: "Template data is missing a parameter",
    -1123: "Template data has a wrong format",
    -1124: "Template data exceeds the allowed length",
    -14002: "Invalid app id",
    -14003: "Invalid redirect uri or code verifier",
    -14004: "Invalid secret key",
    -14005: "Invalid authorization code",
    -14014: "Invalid refresh token",
    -14018: "Invalid grant type",
}


class Refusal(Exception):
    """Anything but success.

    Args:
        code: Zalo's code, negative; the Bot Platform's positive.
        http: the HTTP status; only the Bot Platform has another than 200.
    """

    def __init__(self, code: int, detail: str = "", http: int = 200) -> None:
        known = MESSAGES.get(code, "Error")
        super().__init__(f"{known}: {detail}" if detail and code in MESSAGES else detail or known)
        self.code, self.http = code, http


def envelope(api: Api, refusal: Refusal) -> dict[str, Any]:
    """The body of a refusal."""
    if api == "bot":
        return {"ok": False, "error_code": refusal.code, "description": str(refusal)}
    if api == "oauth":
        return {
            "error": refusal.code,
            "error_name": str(refusal),
            "error_description": str(refusal),
            "error_reason": "",
            "ref_doc": "https://docs.zaloplatforms.com/",
        }
    return {"error": refusal.code, "message": str(refusal)}
