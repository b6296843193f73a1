"""Puts the parts of one Official Account together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

import httpx
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.channels.contract import Inbound
from bot.channels.zalo_oa.api import TIMEOUT, Api
from bot.channels.zalo_oa.config import NAME, Config
from bot.channels.zalo_oa.oauth import OAuth
from bot.channels.zalo_oa.outbound import ZaloSender
from bot.channels.zalo_oa.service import OnReceipt, OnRights, OnUnfollow, Zalo
from bot.channels.zalo_oa.template import Templates
from bot.channels.zalo_oa.template_file import Template
from bot.channels.zalo_oa.tokens import Tokens
from bot.channels.zalo_oa.vault import Vault
from bot.channels.zalo_oa.windows import Windows
from core.reminders.model import Kind
from core.secret import Secret


def build(
    config: Config,
    engine: AsyncEngine,
    secret: Secret,
    inbound: Inbound,
    clock: Callable[[], dt.datetime],
    *,
    client: httpx.AsyncClient | None = None,
    on_unfollow: OnUnfollow | None = None,
    on_rights: OnRights | None = None,
    on_receipt: OnReceipt | None = None,
    templates: Mapping[Kind, Template] | None = None,
) -> Zalo:
    """The channel, ready to start. ``Zalo.stop`` closes the client, also one that was given.

    Args:
        templates: of the file ZALO_TEMPLATES_FILE; without it no template is ever sent.
    """
    client = client or httpx.AsyncClient(timeout=TIMEOUT, follow_redirects=False)
    tokens = Tokens(Vault(engine, secret, NAME, clock), OAuth(client, config), clock)
    api = Api(client, config.api_base, tokens, clock)
    zbs = Api(client, config.zbs_base, tokens, clock)
    return Zalo(
        config,
        inbound,
        ZaloSender(api, config.contact_image),
        tokens,
        Windows(engine, api, clock),
        api.quota,
        client,
        clock,
        on_unfollow=on_unfollow,
        on_rights=on_rights,
        on_receipt=on_receipt,
        templates=Templates(api, zbs, templates, clock) if templates else None,
    )
