from __future__ import annotations

import stat
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from bot.errors import SettingsError
from bot.settings import load_settings
from bot.web.gate import Gate
from bot.web.journal import Journal
from bot.web.metrics import Metrics
from bot.web.passwords import SIGNED_IN_SECONDS, Passwords, write_password
from bot.web.requests import Reception
from bot.web.signing_in import SigningIn, sign_in_routes

WORDS = "leg er alvor for børn"


class Clock:
    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def path(tmp_path: Path) -> Path:
    write_password(tmp_path / "staff", "anna", WORDS)
    return tmp_path / "staff"


def test_a_password_fits_its_name_alone(path: Path) -> None:
    write_password(path, "bo", "en helt anden sætning")
    passwords = Passwords(path)

    assert passwords.fits("anna", WORDS)
    assert not passwords.fits("bo", WORDS)
    assert not passwords.fits("nobody", WORDS)
    assert not passwords.fits("anna", WORDS + "x" * 1000)
    assert WORDS not in path.read_text(encoding="utf-8")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_cookie_is_good_for_a_while(path: Path) -> None:
    clock = Clock()
    passwords = Passwords(path, clock)
    cookie = passwords.cookie("anna")

    assert passwords.holds(cookie)
    clock.now += SIGNED_IN_SECONDS
    assert not passwords.holds(cookie)
    clock.now -= 10 * SIGNED_IN_SECONDS
    assert not passwords.holds(cookie)


def test_a_cookie_ends_with_the_password(path: Path) -> None:
    passwords = Passwords(path)
    cookie = passwords.cookie("anna")

    write_password(path, "bo", "en helt anden sætning")
    assert passwords.holds(cookie)
    write_password(path, "anna", "en ny sætning om leg")
    assert not passwords.holds(cookie)


@pytest.mark.parametrize("forged", ["", ".", "..", "9999999999.YW5uYQ.", "9999999999.YW5uYQ.é", "x.YW5uYQ.x", "1.%.x"])
def test_a_cookie_of_another_make_is_none(path: Path, forged: str) -> None:
    assert not Passwords(path).holds(forged)


def test_every_letter_of_a_cookie_counts(path: Path) -> None:
    passwords = Passwords(path)
    cookie = passwords.cookie("anna")

    changed = [cookie[:at] + ("0" if cookie[at] != "0" else "1") + cookie[at + 1 :] for at in range(len(cookie))]

    assert not any(passwords.holds(other) for other in changed)


@pytest.mark.parametrize(("name", "password"), [("a b", WORDS), ("a:b", WORDS), ("", WORDS), ("anna", "short")])
def test_what_is_no_name_or_password_is_said(path: Path, name: str, password: str) -> None:
    with pytest.raises(SettingsError, match=r"name|characters"):
        write_password(path, name, password)


@pytest.mark.parametrize("content", [b"anna\n", b"anna:plain\n", b"\xff"])
def test_a_file_of_something_else_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "staff").write_bytes(content)

    with pytest.raises(SettingsError, match="grundlag password"):
        Passwords(tmp_path / "staff")


@pytest.fixture
def client(path: Path) -> TestClient:
    settings = load_settings(passwords=path)
    signing_in = SigningIn(settings)

    async def who(request: Request) -> Response:
        return JSONResponse({"staff": signing_in.is_staff(request.scope)})

    inner = Starlette(routes=[*sign_in_routes(signing_in), Route("/page/who", who)])
    return TestClient(Reception(Gate(inner, settings), settings, Metrics(), Journal(requests=False)))


def test_signing_in_and_out(client: TestClient) -> None:
    page = client.get("/sign-in", headers={"Accept-Language": "sv"})
    assert "Logga in" in page.text
    assert "form-action 'self'" in page.headers["content-security-policy"]
    assert not client.get("/page/who").json()["staff"]

    answer = client.post("/sign-in", data={"name": "anna", "password": WORDS}, follow_redirects=False)

    assert answer.status_code == 303
    assert "HttpOnly" in answer.headers["set-cookie"]
    assert "SameSite=lax" in answer.headers["set-cookie"]
    assert client.get("/page/who").json()["staff"]
    client.post("/sign-out", follow_redirects=False)
    assert not client.get("/page/who").json()["staff"]


def test_guessing_is_slow(client: TestClient) -> None:
    answers = [client.post("/sign-in", data={"name": "anna", "password": f"guess {n}"}) for n in range(6)]

    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    assert 'role="alert"' in answers[0].text


def test_another_site_cannot_sign_anybody_in(client: TestClient) -> None:
    headers = {"Sec-Fetch-Site": "cross-site"}

    assert client.post("/sign-in", data={"name": "anna", "password": WORDS}, headers=headers).status_code == 403
