"""The optional chat model that the settings name, through LangChain's init_chat_model."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bot.errors import ModelError
from bot.settings import Settings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

AT_HOME = frozenset({"ollama", "llamacpp"})
"""Providers that answer on this machine unless an address is set."""
EXAMPLE = "openai:gpt-5-mini or ollama:gemma3"


def load_chat_model(settings: Settings) -> BaseChatModel:
    """The chat model that GRUNDLAG_CHAT_MODEL names ("provider:model"), at GRUNDLAG_CHAT_URL if that is set.

    Nothing is sent anywhere by loading it. Raises ModelError if none is named, or its provider is unknown or not
    installed.
    """
    if not settings.chat_model:
        raise ModelError(f"No chat model is set; this needs one: set GRUNDLAG_CHAT_MODEL, for example to {EXAMPLE}.")
    # Imported here because most never use one, and it takes a second.
    from langchain.chat_models import init_chat_model  # noqa: PLC0415

    given: dict[str, Any] = {
        "timeout": settings.chat_timeout,
        "temperature": 0,
        "max_retries": settings.chat_retries,
        "max_tokens": settings.chat_tokens,
    }
    if settings.chat_url:
        given["base_url"] = settings.chat_url
    if settings.chat_key is not None:
        given["api_key"] = settings.chat_key.get_secret_value()
    try:
        return init_chat_model(settings.chat_model, configurable_fields=None, **given)
    # What LangChain and the providers' packages raise for a package that is missing and for settings they refuse.
    except (ImportError, ValueError, TypeError) as error:
        reason = " ".join(str(error).split())
        raise ModelError(
            f"The chat model {settings.chat_model} could not be loaded ({reason}); set GRUNDLAG_CHAT_MODEL to "
            f"provider:model, for example {EXAMPLE}, and install the provider's LangChain package."
        ) from None


def chat_host(settings: Settings) -> str:
    """Where questions and passages go: the host of the chat model, or its provider's name; "" if they stay here.

    Here is this machine and the networks that are private by their address.
    """
    if not settings.chat_model:
        return ""
    provider = settings.chat_model.partition(":")[0]
    host = urlsplit(settings.chat_url).hostname or ""
    if not host:
        return "" if provider in AT_HOME else provider
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "" if host == "localhost" else host
    return "" if address.is_loopback or address.is_private or address.is_link_local else host
