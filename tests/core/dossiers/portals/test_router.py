"""Which portal is asked, and the file that says so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from core.dossiers.portals.connections import DvcqgConnection, IgateConnection, load_connections, simulated
from core.dossiers.portals.router import Portals, build
from core.dossiers.portals.sessions import MemorySessions
from core.errors import PortalError, SettingsError
from core.paths import ROOT
from simulators.portal.world import World
from tests.core.dossiers.portals.fakes import PASSWORD, clock, code, igate_wire

EXAMPLE = ROOT / "data" / "portals.example.yml"
H45, G09, H48 = "000.00.12.H45-200926-0001", "G09.20-20260609-0092637", "000.00.53.H48-220921-0099"


def built() -> Portals:
    """Both simulated portals, with one more for the ministry G09."""
    igate, dvcqg = simulated("http://127.0.0.1:1")
    ministry = dvcqg.model_copy(update={"id": "ministry", "prefixes": ("G09",)})
    return build([igate, dvcqg, ministry], MemorySessions(clock), clock)


async def test_the_longest_prefix_decides() -> None:
    async with built() as portals:
        served = [
            portals.serving(code(text)) for text in ("H15.50-261008-0975", H45, G09, "G15.01-261008-0001")
        ]
        assert None not in served
        assert served[1] is served[3]
        assert len({id(portal) for portal in served}) == 3
        assert portals.serving(code(H48)) is None
        with pytest.raises(PortalError, match="no portal serves codes of H48"):
            await portals.dossier(code(H48))


async def test_a_look_up_goes_through() -> None:
    made: list[httpx.AsyncClient] = []

    def factory(_: Any) -> httpx.AsyncClient:
        made.append(httpx.AsyncClient(transport=igate_wire()))
        return made[-1]

    portals = build(simulated("http://127.0.0.1:1/"), MemorySessions(clock), clock, factory)
    assert await portals.dossier(code())
    await portals.close()
    assert all(client.is_closed for client in made)


def test_the_simulated_portals() -> None:
    igate, dvcqg = simulated("http://127.0.0.1:8090/")
    assert isinstance(igate, IgateConnection)
    assert isinstance(dvcqg, DvcqgConnection)
    assert (igate.sso, igate.gateway, dvcqg.url) == (
        "http://127.0.0.1:8090/igate",
        "http://127.0.0.1:8090/igate",
        "http://127.0.0.1:8090/dvcqg",
    )
    assert (dvcqg.auth_path, dvcqg.integration_path) == ("/login", "/integration")
    world = World()
    assert (dvcqg.dstcode, dvcqg.username, dvcqg.password.get_secret_value()) == (
        world.dstcode,
        world.username,
        world.password,
    )
    assert igate.client_secret is not None
    assert (igate.client_id, igate.client_secret.get_secret_value()) == (world.client, world.secret)


GOOD: dict[str, Any] = {
    "id": "one",
    "driver": "dvcqg",
    "prefixes": ["H45"],
    "url": "https://adapter.test/",
    "username": "assistant",
    "password": PASSWORD,
    "dstcode": "SIM",
    "madonvi": "000.00.00.H15",
}
IGATE: dict[str, Any] = {"id": "two", "driver": "igate", "prefixes": ["H15"], "gateway": "https://gw.test"}


def write(folder: Path, *portals: Any) -> Path:
    """A file of portals."""
    file = folder / "portals.yml"
    file.write_text(yaml.safe_dump({"portals": list(portals)}), encoding="utf-8")
    return file


def test_a_good_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(f"{PASSWORD}\n", encoding="utf-8")
    filed = {k: v for k, v in GOOD.items() if k != "password"} | {"password_file": "secret"}
    one, two = load_connections(write(tmp_path, filed, IGATE))
    assert isinstance(one, DvcqgConnection)
    assert one.password.get_secret_value() == PASSWORD
    assert one.url == "https://adapter.test"
    assert one.limits.total < 4.0  # before the citizen has waited long enough
    assert PASSWORD not in repr([one, two]) + str(one) + one.model_dump_json()


def test_the_example_is_valid_but_for_its_secrets(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        load_connections(EXAMPLE)
    assert [line.split(": ", 1)[1] for line in str(caught.value).splitlines()] == [
        "portal dak-lak: client_secret_file: cannot be read (FileNotFoundError)",
        "portal phu-yen: password_file: cannot be read (FileNotFoundError)",
    ]
    (tmp_path / "s").write_text("x", encoding="utf-8")
    text = EXAMPLE.read_text(encoding="utf-8")
    for name in ("igate_client_secret", "dvcqg_password"):
        text = text.replace(f"/run/secrets/{name}", "s")
    (tmp_path / "portals.yml").write_text(text, encoding="utf-8")
    assert [c.id for c in load_connections(tmp_path / "portals.yml")] == ["dak-lak", "phu-yen"]


def test_the_example_names_every_key() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    for model in (DvcqgConnection, IgateConnection):
        assert all(key in text for key in model.model_fields)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"url": None}, "portal one: url: "),
        ({"url": "adapter.test"}, "portal one: url: must be a full address"),
        ({"url": f"https://me:{PASSWORD}@adapter.test"}, "portal one: url: must hold no user name"),
        ({"url": "http://adapter.test"}, "portal one: url: http:// would send credentials in clear"),
        ({"url": "http://localhost.evil.test"}, "portal one: url: http:// would send"),
        ({"id": "Mỹ"}, "portal Mỹ: id: "),
        ({"driver": "soap"}, "portal one: "),
        ({"prefixes": []}, "portal one: prefixes: "),
        ({"prefixes": ["h15"]}, "portal one: prefixes.0: "),
        ({"prefixes": ["H45", "H45"]}, "portals one: prefixes: H45 stands 2 times"),
        ({"pasword": PASSWORD}, "portal one: pasword: "),
        ({"password": ""}, "portal one: password: "),
        ({"password_file": "x"}, "portal one: password_file: give either this or password"),
        ({"dstcode": "a\nb"}, "portal one: dstcode: "),
        ({"auth_path": "login?x=1"}, "portal one: auth_path: "),
        ({"status_names": {"Đang thụ lý": "Đang làm"}}, "portal one: status_names: 'Đang làm' is none"),
        ({"limits": {"total": 0}}, "portal one: limits.total: "),
        ({"limits": {"totla": 1}}, "portal one: limits.totla: "),
    ],
)
def test_a_bad_file_is_refused_by_field(change: dict[str, Any], said: str, tmp_path: Path) -> None:
    file = write(tmp_path, {**GOOD, **change})
    with pytest.raises(SettingsError) as caught:
        load_connections(file)
    assert str(caught.value).startswith(f"{file}: {said}")
    assert PASSWORD not in str(caught.value)


@pytest.mark.parametrize(
    ("portals", "said"),
    [
        ([GOOD, {**IGATE, "id": "one"}], "portal one: id: stands 2 times"),
        ([GOOD, {**IGATE, "prefixes": ["H45"]}], "portals one, two: prefixes: H45 stands 2 times"),
        ([{**IGATE, "client_id": "a"}], "portal two: sso, client_id and client_secret: give all three"),
        (["text"], "portal 1: "),
        ([{}], "portal 1: "),
    ],
)
def test_portals_must_fit_together(portals: list[Any], said: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"portals\.yml") as caught:
        load_connections(write(tmp_path, *portals))
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (f"portals:\n  - password: '{PASSWORD}\n", "no YAML"),
        ("portal: []", "must hold the key portals"),
        ("portals: {}", "must hold the key portals"),
        ("portals: []\nextra: 1", "must hold the key portals"),
        ("", "must hold the key portals"),
        ("- a", "must hold the key portals"),
        ("\x00", "no YAML"),
    ],
)
def test_a_file_that_is_none(content: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "portals.yml"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(SettingsError, match=said) as caught:
        load_connections(file)
    assert PASSWORD not in str(caught.value)
    with pytest.raises(SettingsError, match="cannot be read"):
        load_connections(tmp_path / "missing.yml")


def test_plain_http_is_for_loopback_or_on_purpose(tmp_path: Path) -> None:
    for url in ("http://127.0.0.1:8090", "http://localhost", "http://[::1]:1"):
        assert load_connections(write(tmp_path, {**GOOD, "url": url}))
    assert load_connections(write(tmp_path, {**GOOD, "url": "http://inner.test", "allow_plain": True}))


def test_the_same_code_cannot_have_two_portals() -> None:
    igate, dvcqg = simulated("http://127.0.0.1:1")
    with pytest.raises(SettingsError, match="H15 stands 2 times"):
        build([igate, dvcqg.model_copy(update={"prefixes": ("H15",)})], MemorySessions(clock), clock)
