"""The only reader of the environment. Every setting is documented in ``.env.example``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Self
from urllib.parse import urlparse

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from core.errors import SettingsError
from core.paths import ROOT


class Settings(BaseSettings):
    """Settings from the environment, then ``.env``, then these defaults."""

    model_config = SettingsConfigDict(env_file=ROOT / ".env", env_ignore_empty=True, extra="ignore")

    host: str = "127.0.0.1"
    port: int = 8080
    console_host: str = "127.0.0.1"
    console_port: int = 8081
    database_url: str = Field(default=f"sqlite+aiosqlite:///{ROOT / 'var' / 'assistant.db'}", repr=False)
    log_folder: Path = ROOT / "var" / "log"
    rasa_url: str = "http://127.0.0.1:5005"
    actions_url: str = "http://127.0.0.1:5055/webhook"
    rasa_timeout: float = 6.0
    rasa_host: str = "127.0.0.1"
    actions_host: str = "127.0.0.1"
    public_url: str | None = None
    telegram_bot_token: SecretStr | None = None
    telegram_bot_name: str | None = None
    telegram_api_base_url: str | None = None
    telegram_proxy: str | None = None
    telegram_webhook_secret: SecretStr | None = None
    telegram_paid_broadcast: bool = False
    zalo_app_id: str | None = None
    zalo_oa_id: str | None = None
    zalo_app_secret: SecretStr | None = None
    zalo_oa_secret: SecretStr | None = None
    zalo_app_secret_signs: bool = True
    zalo_trust_form_phone: bool = False
    zalo_api_base_url: str = "https://openapi.zalo.me"
    zalo_oauth_base_url: str = "https://oauth.zaloapp.com"
    zalo_zbs_base_url: str = "https://business.openapi.zalo.me"
    zalo_templates_file: Path | None = None
    zalo_media_hosts: str = "zdn.vn,zadn.vn,dlfl.vn,dlmd.me"
    zalo_media_base_url: str | None = None
    zalo_contact_image: str | None = None
    zalo_callback_url: str | None = None
    zalo_bot_token: SecretStr | None = None
    zalo_bot_secret: SecretStr | None = None
    zalo_bot_api_base_url: str = "https://bot-api.zaloplatforms.com"
    profile: str = "dak-lak"
    secret_key: SecretStr | None = None
    secret_file: Path = ROOT / "var" / "secret.key"
    portals_file: Path | None = None
    portal_simulator_url: str = "http://127.0.0.1:8090"
    portal_wait: float = 4.0
    portal_fresh: float = 60.0

    @field_validator("port", "console_port")
    @classmethod
    def _port_is_usable(cls, value: int) -> int:
        if not 1 <= value <= 65535:
            raise ValueError("must be between 1 and 65535")
        return value

    @field_validator(
        "rasa_url",
        "actions_url",
        "public_url",
        "telegram_api_base_url",
        "telegram_proxy",
        "portal_simulator_url",
    )
    @classmethod
    def _is_url(cls, value: str | None) -> str | None:
        if value is not None and "://" not in value:
            raise ValueError("must be a full address such as http://127.0.0.1:5005")
        return value

    @field_validator("database_url")
    @classmethod
    def _database_is_known(cls, value: str) -> str:
        try:
            url = make_url(value)
        except (ArgumentError, ValueError):  # a port that is no number, too
            url = None
        if url is None or url.drivername not in ("sqlite+aiosqlite", "postgresql+asyncpg"):
            raise ValueError(
                "must be sqlite+aiosqlite:///FILE or postgresql+asyncpg://USER:PASSWORD@HOST:5432/DATABASE"
                " (signs such as @ : / # in the password are written %40 %3A %2F %23)"
            )
        if url.drivername == "postgresql+asyncpg" and not url.database:
            raise ValueError("must end with the name of the database: postgresql+asyncpg://…/DATABASE")
        return value

    @field_validator("telegram_webhook_secret")
    @classmethod
    def _secret_is_sendable(cls, value: SecretStr | None) -> SecretStr | None:
        if value and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", value.get_secret_value()):
            raise ValueError("must be 1 to 256 letters A-Z a-z, digits, _ or - (Bot API, setWebhook)")
        return value

    @field_validator("portal_wait")
    @classmethod
    def _wait_is_short(cls, value: float) -> float:
        if not 0.1 <= value <= 4.5:
            raise ValueError("must be 0.1 to 4.5 seconds: a citizen is answered within 5")
        return value

    @model_validator(mode="after")
    def _zalo_is_whole(self) -> Self:
        wanted = {
            "ZALO_APP_ID": self.zalo_app_id,
            "ZALO_OA_ID": self.zalo_oa_id,
            "ZALO_APP_SECRET": self.zalo_app_secret,
            "ZALO_OA_SECRET": self.zalo_oa_secret,
        }
        missing = [key for key, value in wanted.items() if not value]
        if missing and len(missing) < len(wanted):
            raise ValueError(f"{', '.join(missing)} must be set too, or none of {', '.join(wanted)}")
        if self.zalo_bot_token and self.public_url and not self.zalo_bot_secret:
            raise ValueError("ZALO_BOT_SECRET must be set when PUBLIC_URL is used with ZALO_BOT_TOKEN")
        return self

    @model_validator(mode="after")
    def _webhook_needs_secret(self) -> Self:
        if self.telegram_bot_token and self.public_url and not self.telegram_webhook_secret:
            raise ValueError("TELEGRAM_WEBHOOK_SECRET must be set when PUBLIC_URL is used with Telegram")
        return self


def load() -> Settings:
    """Read the settings. Raises SettingsError naming each bad key and what it should be."""
    try:
        return Settings()
    except ValidationError as error:
        lines = [
            f"{'_'.join(str(p) for p in e['loc']).upper() or 'settings'}: {e['msg']}" for e in error.errors()
        ]
        raise SettingsError("; ".join(lines)) from None


def port_of(url: str) -> int:
    """The port an address names, or the usual one of its scheme."""
    parsed = urlparse(url)
    return parsed.port or (443 if parsed.scheme == "https" else 80)
