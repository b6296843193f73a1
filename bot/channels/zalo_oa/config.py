"""What an Official Account needs to be configured with. Read by whoever builds the channel."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.channels.pictures import Hosts, hosts
from core.settings import Settings

NAME = "zalo"  # in addresses: zalo:2512523625412515
PICTURES = Hosts(("zdn.vn", "zadn.vn", "dlfl.vn", "dlmd.me"))  # seen in the field, in no documentation


@dataclass(frozen=True, slots=True)
class Config:
    """One Official Account.

    Args:
        app_id: of the application at developers.zalo.me.
        app_secret: its secret key, for tokens.
        oa_secret: the "OA Secret Key" of the console's webhook page, for signatures.
        oa_id: of the Official Account; events that name another are left alone.
        app_secret_signs: accept signatures made with ``app_secret`` too (sources conflict on which it is).
        trust_form_phone: whether a number of the "share your information" form proves whose it is.
        api_base, oauth_base, zbs_base: Zalo's addresses; a simulator's in development.
        pictures: where pictures may be fetched from.
        contact_image: https address of the picture over the form that asks for the number; Zalo's form needs
            one, so without it nobody is shown the form.
    """

    app_id: str
    oa_id: str
    app_secret: str = field(repr=False)
    oa_secret: str = field(repr=False)
    app_secret_signs: bool = True
    trust_form_phone: bool = True
    api_base: str = "https://openapi.zalo.me"
    oauth_base: str = "https://oauth.zaloapp.com"
    zbs_base: str = "https://business.openapi.zalo.me"
    pictures: Hosts = PICTURES
    contact_image: str | None = None

    def secrets(self) -> tuple[str, ...]:
        """The secrets a webhook's signature may be made with."""
        wanted = (self.oa_secret, self.app_secret) if self.app_secret_signs else (self.oa_secret,)
        return tuple(dict.fromkeys(filter(None, wanted)))


def of_settings(settings: Settings) -> Config:
    """The account the settings describe; its four keys must be set."""
    assert settings.zalo_app_id
    assert settings.zalo_oa_id
    assert settings.zalo_app_secret
    assert settings.zalo_oa_secret
    return Config(
        app_id=settings.zalo_app_id,
        oa_id=settings.zalo_oa_id,
        app_secret=settings.zalo_app_secret.get_secret_value(),
        oa_secret=settings.zalo_oa_secret.get_secret_value(),
        app_secret_signs=settings.zalo_app_secret_signs,
        trust_form_phone=settings.zalo_trust_form_phone,
        api_base=settings.zalo_api_base_url,
        oauth_base=settings.zalo_oauth_base_url,
        zbs_base=settings.zalo_zbs_base_url,
        pictures=hosts(settings.zalo_media_hosts, settings.zalo_media_base_url),
        contact_image=settings.zalo_contact_image,
    )
