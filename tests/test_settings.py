from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import SettingsError
from bot.settings import EMBEDDED_ENCODER, ROOT, Settings, load_settings


@pytest.fixture(autouse=True)
def _no_cache_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GRUNDLAG_CACHE", raising=False)


def test_nothing_has_to_be_set() -> None:
    settings = load_settings()

    assert settings.corpus == ROOT / "corpus"
    assert settings.index == ROOT / "index"
    assert settings.encoder == EMBEDDED_ENCODER
    assert (settings.host, settings.port, settings.threads) == ("127.0.0.1", 7860, 0)
    assert settings.cache.is_absolute()
    assert ROOT not in settings.cache.parents


def test_the_page_is_served_to_this_machine_alone() -> None:
    assert load_settings().host == "127.0.0.1"


def test_the_environment_sets_what_is_not_given(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GRUNDLAG_CORPUS", str(tmp_path))
    monkeypatch.setenv("GRUNDLAG_PORT", "8000")
    monkeypatch.setenv("GRUNDLAG_UNKNOWN", "no harm")
    monkeypatch.setenv("PORT", "9000")

    settings = load_settings(port=8001, corpus=None)

    assert settings.corpus == tmp_path
    assert settings.port == 8001


@pytest.mark.parametrize(("name", "value"), [("PORT", "abc"), ("PORT", "65536"), ("PORT", "-1"), ("THREADS", "many")])
def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"GRUNDLAG_{name}", value)

    with pytest.raises(SettingsError) as caught:
        load_settings()

    assert f"GRUNDLAG_{name} is '{value}'" in str(caught.value)
    assert "unset it" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_wrong_override_is_named() -> None:
    with pytest.raises(SettingsError, match="GRUNDLAG_PORT is 99999"):
        load_settings(port=99999)


def test_every_setting_is_of_this_project() -> None:
    assert Settings.model_config["env_prefix"] == "GRUNDLAG_"
