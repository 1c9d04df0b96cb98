from __future__ import annotations

import pytest
from langchain import chat_models
from langchain_core.language_models import BaseChatModel

from bot.errors import ModelError
from bot.models.chat import load_chat_model
from bot.settings import load_settings


def test_none_is_set() -> None:
    with pytest.raises(ModelError, match="GRUNDLAG_CHAT_MODEL"):
        load_chat_model(load_settings())


@pytest.mark.parametrize("name", ["nobody:nothing", "nothing", "cohere:command-r"])
def test_one_that_cannot_be_loaded_is_named_in_one_line(name: str) -> None:
    with pytest.raises(ModelError, match=name) as caught:
        load_chat_model(load_settings(chat_model=name))

    assert "\n" not in str(caught.value)


def test_settings_reach_the_provider(monkeypatch: pytest.MonkeyPatch) -> None:

    given: dict[str, object] = {}

    def init(name: str, **options: object) -> BaseChatModel | None:
        given.update(options, name=name)
        return None

    monkeypatch.setattr(chat_models, "init_chat_model", init)
    load_chat_model(
        load_settings(chat_model="openai:m", chat_url="http://127.0.0.1:9", chat_key="secret", chat_timeout=7)
    )

    assert given == {
        "name": "openai:m",
        "base_url": "http://127.0.0.1:9",
        "api_key": "secret",
        "timeout": 7.0,
        "temperature": 0,
        "max_retries": 1,
        "max_tokens": 800,
        "configurable_fields": None,
    }


def test_the_key_is_not_shown() -> None:
    assert "secret" not in repr(load_settings(chat_model="openai:m", chat_key="secret"))
