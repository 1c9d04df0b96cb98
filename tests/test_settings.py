from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import SettingsError
from bot.settings import EMBEDDED_ENCODER, ROOT, Settings, index_of, load_settings

DEFAULT = ROOT / "index"


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


def test_what_is_set_to_nothing_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CORPUS", "INDEX", "ENCODER", "PORT"):
        monkeypatch.setenv(f"GRUNDLAG_{name}", "")

    assert load_settings() == load_settings(corpus=ROOT / "corpus", index=DEFAULT, encoder=EMBEDDED_ENCODER, port=7860)


def test_another_corpus_has_another_index(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Wherever it is set: the default index is neither answered from nor overwritten."""
    one = load_settings(corpus=tmp_path / "one").index
    two = load_settings(corpus=tmp_path / "two").index
    monkeypatch.setenv("GRUNDLAG_CORPUS", str(tmp_path / "one"))

    assert len({DEFAULT, one, two}) == 3
    assert DEFAULT in one.parents
    assert load_settings().index == load_settings(corpus=tmp_path / "x" / ".." / "one").index == one
    assert load_settings(corpus=tmp_path / "two").index == two
    assert load_settings(corpus=ROOT / "corpus").index == DEFAULT


def test_an_index_that_is_set_is_the_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GRUNDLAG_CORPUS", str(tmp_path / "one"))
    assert load_settings(index=tmp_path / "given").index == tmp_path / "given"

    monkeypatch.setenv("GRUNDLAG_INDEX", str(tmp_path / "index"))
    assert load_settings().index == load_settings(corpus=tmp_path / "one").index == tmp_path / "index"
    # It belongs to the corpus that is set beside it.
    others = {load_settings(corpus=tmp_path / "two").index, load_settings(corpus=ROOT / "corpus").index}
    assert len(others) == 2
    assert all(tmp_path / "index" in other.parents for other in others)


def test_a_corpus_behind_a_link_is_the_same_corpus(tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "link").symlink_to("corpus")

    assert index_of(tmp_path / "link", tmp_path / "index", tmp_path / "corpus") == tmp_path / "index"


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
