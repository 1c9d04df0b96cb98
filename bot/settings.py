"""Settings from the environment (prefix GRUNDLAG_), with defaults that need nothing set up."""

from __future__ import annotations

from pathlib import Path

from platformdirs import user_cache_path
from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import SettingsError

EMBEDDED_ENCODER = "embedded"
ROOT = Path(__file__).resolve().parent.parent
MAX_QUESTION_CHARACTERS = 1000


class Settings(BaseSettings):
    """Where things are and which models are used; each field can be set as GRUNDLAG_<FIELD>."""

    model_config = SettingsConfigDict(env_prefix="GRUNDLAG_", extra="ignore")

    corpus: Path = ROOT / "corpus"
    """The folder with documents/, catalogue.toml and questions.jsonl; or a bare folder of documents."""
    index: Path = ROOT / "index"
    """The folder that snapshots are built in."""
    cache: Path = Field(default_factory=lambda: user_cache_path("grundlag"))
    """Where the converted encoder is kept, outside the checkout."""
    encoder: str = EMBEDDED_ENCODER
    """"embedded", or any sentence-transformers model name or folder."""
    host: str = "127.0.0.1"
    port: int = Field(default=7860, ge=0, le=65535)
    """0 lets the system choose a free port."""
    threads: int = Field(default=0, ge=0)
    """Threads of the encoder; 0 means one for each core."""


def load_settings(**overrides: object) -> Settings:
    """Settings from the environment, with `overrides` (those that are not None) in front.

    Raises SettingsError naming the first setting that is wrong.
    """
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        return Settings.model_validate({**Settings().model_dump(), **given})
    except ValidationError as error:
        first = error.errors()[0]
        name = "GRUNDLAG_" + "_".join(str(part) for part in first["loc"]).upper()
        raise SettingsError(
            f"{name} is {first['input']!r}: {first['msg']}. Set it to a value of that kind, or unset it."
        ) from None
