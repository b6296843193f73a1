"""What the documents say is so: the map of the tree, the settings, the services."""

from __future__ import annotations

import re
import subprocess

import yaml

from core.settings import Settings
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
ENVIRONMENT = (ROOT / ".env.example").read_text(encoding="utf-8")


def _tracked() -> set[str]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return {line.split("/")[0] + ("/" if "/" in line else "") for line in listed.splitlines()}


def test_the_map_names_every_folder_and_nothing_else() -> None:
    block = README.split("## Map")[1].split("```")[1]
    named = {match for line in block.splitlines() if (match := line.split(" ")[0]).endswith("/")}
    assert named == {name for name in _tracked() if name.endswith("/") and not name.startswith(".")}


def test_the_two_commands_stand_on_the_first_screen() -> None:
    assert "make run" in README[:800]
    assert "make test" in README[:800]


def test_every_setting_is_documented_with_its_default() -> None:
    documented = dict(re.findall(r"^#([A-Z_]+)=(.*)$", ENVIRONMENT, re.MULTILINE))
    assert set(documented) == {name.upper() for name in Settings.model_fields}
    for name, field in Settings.model_fields.items():
        default = "" if field.default is None else str(field.default).replace(f"{ROOT}/", "")
        assert documented[name.upper()] in (
            default,
            default.rstrip("0").rstrip("."),
        ), name


def test_services_know_only_documented_settings() -> None:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]
    known = {name.upper() for name in Settings.model_fields}
    for name, service in services.items():
        assert set(service.get("environment") or {}) <= known, name
    published = {name: service["ports"] for name, service in services.items() if "ports" in service}
    assert list(published) == ["app", "console"]
    assert published["console"][0].startswith("127.0.0.1:"), "staff come in through a proxy"
