"""Which portals this deployment asks, and how: one file, checked as a whole before anything starts."""

from __future__ import annotations

import ipaddress
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

import yaml
from pydantic import BaseModel, ConfigDict, Field, SecretStr, TypeAdapter, ValidationError, ValidationInfo
from pydantic import field_validator as checks
from pydantic import model_validator as checks_all

from core.dossiers.model import status_named
from core.errors import SettingsError

Prefix = Annotated[str, Field(pattern=r"^[A-Z](\d{2})?$")]
PortalPath = Annotated[str, Field(pattern=r"^/[\w./~-]*$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Limits(_Strict):
    """How long and how often one portal is asked.

    Args:
        connect, read: seconds for one connection and for one silence.
        total: seconds for one look-up with everything it needs.
        concurrency: look-ups at once.
        attempts: how often one request is sent at most.
        failures, pause: after so many failed look-ups in a row the portal is left alone for so many seconds.
        megabytes: the largest answer read.
        refresh_per_second: followed dossiers asked for in a second, all processes together. They are asked for
            with at most half of ``concurrency``, so that citizens who wait come first.
    """

    connect: float = Field(default=2.0, gt=0, le=60)
    read: float = Field(default=3.0, gt=0, le=60)
    total: float = Field(default=3.8, gt=0, le=60)
    concurrency: int = Field(default=8, ge=1, le=200)
    attempts: int = Field(default=3, ge=1, le=10)
    failures: int = Field(default=5, ge=1, le=1000)
    pause: float = Field(default=20.0, gt=0, le=3600)
    megabytes: float = Field(default=5.0, gt=0, le=100)
    refresh_per_second: float = Field(default=10.0, ge=0.01, le=1000)

    @property
    def behind(self) -> int:
        """Look-ups at once that nobody waits for."""
        return max(self.concurrency // 2, 1)


class _Connection(_Strict):
    """What every driver needs.

    Args:
        prefixes: roots of dossier codes this portal keeps: ``H15``, or a letter for all of its kind.
        status_names: names of this portal that mean one of the ten national statuses.
        allow_plain: lets credentials travel over http:// to another machine.
        push_secret: with which the portal signs what it pushes; without it nothing pushed is taken.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")
    prefixes: tuple[Prefix, ...] = Field(min_length=1)
    status_names: dict[str, str] = Field(default_factory=dict)
    limits: Limits = Limits()
    allow_plain: bool = False
    push_secret: SecretStr | None = Field(default=None, min_length=16)

    @checks_all(mode="before")
    @classmethod
    def _read_files(cls, data: Any, info: ValidationInfo) -> Any:
        """Put the content of each ``<key>_file`` in the place of ``<key>``; paths are relative to the file."""
        if not isinstance(data, dict):
            return data
        folder = (info.context or {}).get("folder", Path())
        filled = dict(data)
        for key in [k for k in filled if isinstance(k, str) and k.endswith("_file")]:
            name = key.removesuffix("_file")
            if name in filled:
                raise ValueError(f"{key}: give either this or {name}")
            try:
                filled[name] = (folder / str(filled.pop(key))).read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                raise ValueError(f"{key}: cannot be read ({type(error).__name__})") from None
        return filled

    @checks("status_names")
    @classmethod
    def _names_are_official(cls, value: dict[str, str]) -> dict[str, str]:
        for official in value.values():
            if status_named(official) is None:
                raise ValueError(f"{official!r} is none of the ten national statuses")
        return value

    @checks("url", "sso", "gateway", check_fields=False)
    @classmethod
    def _is_address(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parsed = urlsplit(value)
        if parsed.scheme not in ("http", "https") or not parsed.hostname:
            raise ValueError("must be a full address such as https://portal.example.vn")
        if parsed.username is not None or parsed.query or parsed.fragment:
            raise ValueError("must hold no user name, password, ? or #")
        return value.rstrip("/")

    @checks_all(mode="after")
    def _is_private(self) -> Self:
        for key in ("url", "sso", "gateway"):
            address = getattr(self, key, None)
            if address and address.startswith("http:") and not self.allow_plain and not _is_loopback(address):
                raise ValueError(
                    f"{key}: http:// would send credentials in clear; use https:// or allow_plain: true"
                )
        return self


class DvcqgConnection(_Connection):
    """A portal that speaks the DVCQG (NGSP) exchange.

    Args:
        dstcode: the value of the header of the same name.
        madonvi: the identifier of the asking unit.
        session_minutes: how long a session is used before signing in anew; an earlier end is noticed.
    """

    driver: Literal["dvcqg"]
    url: str
    username: str = Field(min_length=1)
    password: SecretStr = Field(min_length=1)
    dstcode: str = Field(pattern=r"^[\x21-\x7e]{1,200}$")
    madonvi: str = Field(min_length=1)
    auth_path: PortalPath = "/login"
    integration_path: PortalPath = "/integration"
    session_minutes: float = Field(default=20.0, gt=0, le=24 * 60)


class IgateConnection(_Connection):
    """A portal on VNPT iGate 2.0. Without client credentials only its public look-up is asked."""

    driver: Literal["igate"]
    gateway: str
    sso: str | None = None
    realm: str = Field(default="digo", pattern=r"^[\w-]+$")
    client_id: str | None = Field(default=None, min_length=1)
    client_secret: SecretStr | None = Field(default=None, min_length=1)

    @checks_all(mode="after")
    def _is_complete(self) -> Self:
        given = [self.sso, self.client_id, self.client_secret]
        if any(given) and not all(given):
            raise ValueError(
                "sso, client_id and client_secret: give all three, or none for the public look-up"
            )
        return self


Connection = Annotated[DvcqgConnection | IgateConnection, Field(discriminator="driver")]
_CONNECTION: TypeAdapter[DvcqgConnection | IgateConnection] = TypeAdapter(Connection)


def load_connections(file: Path) -> list[Connection]:
    """The portals listed under ``portals:`` in a YAML file; data/portals.example.yml explains it.

    Raises:
        SettingsError: naming the file, and for each problem the portal and the field, never a value.
    """
    try:
        data = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file}: cannot be read ({type(error).__name__})") from None
    except yaml.YAMLError as error:
        mark = getattr(
            error, "problem_mark", None
        )  # the full text would quote the line, and with it a secret
        raise SettingsError(f"{file}: no YAML" + (f" (line {mark.line + 1})" if mark else "")) from None
    listed = data.get("portals") if isinstance(data, dict) else None
    if not isinstance(listed, list) or set(data) != {"portals"}:
        raise SettingsError(f"{file}: must hold the key portals, a list, and nothing else")
    found: list[DvcqgConnection | IgateConnection] = []
    problems: list[str] = []
    for number, one in enumerate(listed, start=1):
        try:
            found.append(_CONNECTION.validate_python(one, context={"folder": file.parent}))
        except ValidationError as error:
            problems += [f"{_name(one, number)}: {line}" for line in _problems(error)]
    problems += duplicates(found)
    if problems:
        raise SettingsError("\n".join(f"{file}: {line}" for line in problems))
    return found


def duplicates(connections: Sequence[Connection]) -> list[str]:
    """What two portals claim at once; empty when every id and every prefix stands once."""
    ids = Counter(c.id for c in connections)
    prefixes = Counter(p for c in connections for p in c.prefixes)
    return [f"portal {i}: id: stands {n} times" for i, n in ids.items() if n > 1] + [
        f"portals {', '.join(dict.fromkeys(c.id for c in connections if p in c.prefixes))}: prefixes: {p} "
        f"stands {n} times"
        for p, n in prefixes.items()
        if n > 1
    ]


def simulated(base_url: str) -> list[Connection]:
    """The connections to the simulated portals under one address; their credentials are no secret."""
    base = base_url.rstrip("/")
    return [
        IgateConnection(
            id="simulated-igate",
            driver="igate",
            prefixes=("H15",),
            sso=f"{base}/igate",
            gateway=f"{base}/igate",
            client_id="motcua",
            client_secret=SecretStr("motcua-mo-phong"),
            allow_plain=True,
            push_secret=SecretStr("motcua-mo-phong-bao-tin"),
        ),
        DvcqgConnection(
            id="simulated-dvcqg",
            driver="dvcqg",
            prefixes=("H45", "G"),
            url=f"{base}/dvcqg",
            username="motcua",
            password=SecretStr("motcua-mo-phong"),
            dstcode="VN:GOV:H15:motcua",
            madonvi="000.00.00.H15",
            allow_plain=True,
            push_secret=SecretStr("motcua-mo-phong-bao-tin"),
        ),
    ]


def _problems(error: ValidationError) -> list[str]:
    """Each problem without the value; the discriminator in the path says nothing to a reader."""
    lines = []
    for one in error.errors(include_input=False, include_url=False):
        path = ".".join(str(p) for p in one["loc"] if p not in ("dvcqg", "igate"))
        said = one["msg"].removeprefix("Value error, ")
        lines.append(f"{path}: {said}" if path else said)
    return lines


def _name(one: Any, number: int) -> str:
    return (
        f"portal {one['id']}"
        if isinstance(one, dict) and isinstance(one.get("id"), str)
        else f"portal {number}"
    )


def _is_loopback(address: str) -> bool:
    host = urlsplit(address).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
