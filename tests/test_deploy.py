"""What it is deployed by, read and compared with itself and with the code. deploy/check.sh also runs the linters."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot import __version__
from bot.settings import ROOT, Settings
from bot.web.server import FINISHING_SECONDS, IDLE_SECONDS

DEPLOY = ROOT / "deploy"
DOCKERFILE = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
UNIT = (DEPLOY / "grundlag.service").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
REQUIREMENTS = (DEPLOY / "requirements.txt").read_text(encoding="utf-8").splitlines()
FILES = (ROOT / "compose.yaml", ROOT / ".dockerignore", *sorted(DEPLOY.iterdir()))
IMPORTED = re.compile(r"^\s*(?:import|from) (\w+)", re.MULTILINE)
OWN = [name for name, service in COMPOSE["services"].items() if service["image"].startswith("grundlag")]


@pytest.mark.parametrize("text", [DOCKERFILE, UNIT, (ROOT / "compose.yaml").read_text(encoding="utf-8")])
def test_every_setting_that_is_named_exists(text: str) -> None:
    named = set(re.findall(r"GRUNDLAG_([A-Z_]+)", text)) - {"NAME"}

    assert named
    assert named <= {name.upper() for name in Settings.model_fields}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_address_outside_is_named(path: Path) -> None:
    hosts = set(re.findall(r"https?://([^\s/\"']+)", path.read_text(encoding="utf-8"))) if path.is_file() else set()

    assert hosts <= {"chroma:8000", "127.0.0.1:8000", "..."}


def test_what_is_copied_is_there_and_let_through() -> None:
    allowed = {
        line[1:] for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line[:1] == "!"
    }
    copied = [
        part for line in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.MULTILINE) for part in line.split()[:-1]
    ]

    assert copied
    for name in copied:
        assert (ROOT / name).exists()
        assert name.split("/")[0] in allowed


def test_the_image_runs_as_nobody_and_asks_whether_it_is_ready() -> None:
    last = DOCKERFILE.rpartition("\nFROM ")[2]

    assert re.search(r"^USER [1-9]\d+$", last, re.MULTILINE)
    assert "HEALTHCHECK" in last
    assert '"deploy.healthy"' in last


def test_every_package_of_the_image_is_pinned_by_hash_as_everywhere_else() -> None:
    constraints = dict(line.split("==") for line in lines("constraints.txt") if "==" in line)
    plain = {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in constraints.items()}
    pins = [line for line in REQUIREMENTS if not line.startswith("#")]

    for line in pins:
        name, version, digest = re.fullmatch(r"(\S+)==(\S+) --hash=sha256:([0-9a-f]{64})", line).groups()  # type: ignore[union-attr]
        assert plain[name] == version, line
        assert digest


def test_the_image_has_what_the_product_depends_on_but_torch() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {re.match(r"[\w.-]+", line)[0].lower() for line in project["dependencies"]}  # type: ignore[index]
    held = {line.split("==")[0] for line in REQUIREMENTS}

    assert wanted - held == {"torch", "sentence-transformers"}


def test_the_image_has_every_package_that_is_imported() -> None:
    """Also those that only come along with a package that the image does without."""
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "bot").rglob("*.py")]
    named = {name for source in sources for name in IMPORTED.findall(source)}
    owners = packages_distributions()
    held = {line.split("==")[0] for line in REQUIREMENTS}
    outside = {name for name in named if name in owners} - {"bot", "torch", "transformers", "sentence_transformers"}

    assert len(outside) > 20
    for name in outside:
        assert held & {re.sub(r"[-_.]+", "-", owner).lower() for owner in owners[name]}, name


def lines(name: str) -> list[str]:
    return (ROOT / name).read_text(encoding="utf-8").splitlines()


def test_nothing_in_compose_may_write_or_gain_rights() -> None:
    for name, service in COMPOSE["services"].items():
        assert service["read_only"], name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["mem_limit"], name
    for name in OWN:
        assert COMPOSE["services"][name]["user"] == "10001:10001"
        assert COMPOSE["services"][name]["image"] == f"grundlag:{__version__}"


def test_chroma_and_the_replicas_are_reached_from_inside_alone() -> None:
    services, networks = COMPOSE["services"], COMPOSE["networks"]

    assert [name for name, service in services.items() if "ports" in service] == ["proxy"]
    assert services["chroma"]["networks"] == ["back"]
    assert "back" not in services["proxy"]["networks"]
    assert networks["back"]["internal"]
    assert networks["front"]["internal"]


def test_two_replicas_share_an_index_that_they_cannot_write_to() -> None:
    services = COMPOSE["services"]
    replicas = [service for name, service in services.items() if name.startswith("grundlag-")]
    caddy = (DEPLOY / "Caddyfile").read_text(encoding="utf-8")

    assert len(replicas) == 2
    for name, service in services.items():
        if name.startswith("grundlag-"):
            assert service["volumes"] == ["index:/grundlag/index:ro"]
            assert service["environment"]["GRUNDLAG_CHROMA_URL"] == "http://chroma:8000"
            assert f"{name}:7860" in caddy


def test_there_is_time_to_finish_what_was_asked() -> None:
    longest = Settings.model_fields["question_seconds"].default + FINISHING_SECONDS
    unit = int(re.search(r"^TimeoutStopSec=(\d+)$", UNIT, re.MULTILINE)[1])  # type: ignore[index]

    assert unit > longest
    for name in ("grundlag-1", "grundlag-2"):
        assert int(COMPOSE["services"][name]["stop_grace_period"].rstrip("s")) > longest


@pytest.mark.parametrize(
    "line",
    ["DynamicUser=yes", "ProtectSystem=strict", "NoNewPrivileges=yes", "CapabilityBoundingSet=", "PrivateTmp=yes"],
)
def test_the_unit_is_kept_in(line: str) -> None:
    assert line in UNIT.splitlines()


@pytest.mark.parametrize(("status", "code"), [("200 OK", 0), ("503 Service Unavailable", 1), ("", 1)])
def test_the_health_check_says_what_the_server_says(status: str, code: int) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        environment = {"GRUNDLAG_PORT": str(listening.getsockname()[1]), "GRUNDLAG_HOSTNAMES": "a.example, b.example"}
        check = subprocess.Popen([sys.executable, "-m", "deploy.healthy"], cwd=ROOT, env=environment)
        connection, _ = listening.accept()
        with connection:
            asked = connection.recv(4096)
            if status:
                connection.sendall(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode())
        assert check.wait(30) == code

    assert asked.startswith(b"GET /health/ready ")
    assert b"Host: a.example\r\n" in asked


def test_the_proxy_lets_a_connection_go_before_the_server_does() -> None:
    [seconds] = re.findall(r"^\s*keepalive (\d+)s$", (DEPLOY / "Caddyfile").read_text(encoding="utf-8"), re.MULTILINE)

    assert int(seconds) + 10 <= IDLE_SECONDS
