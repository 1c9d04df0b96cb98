"""Settings from the environment (prefix GRUNDLAG_), with defaults that need nothing set up."""

from __future__ import annotations

import hashlib
import os
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from platformdirs import user_cache_path
from pydantic import BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.errors import SettingsError

EMBEDDED_ENCODER = "embedded"
EMBEDDED_BY_TORCH = "embedded-torch"
ROOT = Path(__file__).resolve().parent.parent
DEFAULT_CORPUS = ROOT / "corpus"
MAX_QUESTION_CHARACTERS = 1000
LOOPBACK = "127.0.0.0/8, ::1"


def _listed(value: object) -> object:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


Networks = Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode, BeforeValidator(_listed)]
"""Networks or single addresses, separated by commas."""
Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed)]
"""Names, separated by commas."""


def _server_address(value: object) -> object:
    if isinstance(value, str) and value:
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.path not in {"", "/"}:
            raise ValueError("expected an address like http://server:8000, without a name, a password or a path")
        return value.rstrip("/")
    return value


ServerAddress = Annotated[str, BeforeValidator(_server_address)]
"""Scheme, host and port of a server, or nothing."""

Kinds = Annotated[tuple[Literal["feedback", "unanswered"], ...], NoDecode, BeforeValidator(_listed)]


class Settings(BaseSettings):
    """Where things are and which models are used; each field can be set as GRUNDLAG_<FIELD>."""

    model_config = SettingsConfigDict(env_prefix="GRUNDLAG_", env_ignore_empty=True, extra="ignore")

    corpus: Path = DEFAULT_CORPUS
    """The folder with documents/, catalogue.toml and questions.jsonl; or a bare folder of documents."""
    index: Path = ROOT / "index"
    """The folder that snapshots are built in; `load_settings` keeps those of another corpus in a folder below it."""
    cache: Path = Field(default_factory=lambda: user_cache_path("grundlag"))
    """Where the converted encoder is kept, outside the checkout."""
    build_on_start: bool = True
    """Whether `grundlag serve` brings the index up to date before it answers; a replica serves what is there."""
    chroma_url: ServerAddress = ""
    """A Chroma server that large tables of vectors are searched in; empty for the snapshot's own Chroma folder."""
    exact_rows: int = Field(default=131_072, ge=0)
    """Tables of at most so many rows are compared whole: that takes less time than Chroma's reply, and misses none."""
    encoder: str = EMBEDDED_ENCODER
    """"embedded"; "embedded-torch", the same model run by torch; or any sentence-transformers model name or folder."""
    host: str = "127.0.0.1"
    port: int = Field(default=7860, ge=0, le=65535)
    """0 lets the system choose a free port."""
    threads: int = Field(default=0, ge=0)
    """Threads of the encoder; 0 means one for each core."""
    chat_model: str = ""
    """Empty, or LangChain's name of a chat model, "provider:model"."""
    chat_url: str = ""
    """Where the chat model is served; empty for the provider's own address."""
    chat_key: SecretStr | None = None
    """The key for it, where it needs one."""
    chat_timeout: float = Field(default=60.0, gt=0)
    """Seconds that one call of the chat model may take."""
    chat_deadline: float = Field(default=20.0, gt=0)
    """Seconds that a whole written answer may take, waiting for a place included; then the quotes are shown. On the
    page at most four fifths of `question_seconds`.
    """
    chat_retries: int = Field(default=1, ge=0)
    """How often a call that failed is tried again."""
    chat_tokens: int = Field(default=800, gt=0)
    """Tokens that one reply may have."""
    chat_at_a_time: int = Field(default=2, gt=0)
    """Answers that the chat model writes at a time."""
    check_model: str = ""
    """Empty, or a sentence-transformers CrossEncoder (name or folder) with a label "entailment": what it does not let
    follow from a passage is held back too.
    """
    reader: Literal["short", "plain", "thorough"] = "plain"
    """How written answers are worded."""
    trusted_proxies: Networks = ()
    """Where reverse proxies connect from. Only they are believed who says for whom they ask (X-Forwarded-For)."""
    questions_per_minute: int = Field(default=120, ge=0)
    """Questions and searches that one client's address may ask; a whole school may share one. 0 for no limit."""
    requests_per_minute: int = Field(default=1200, ge=0)
    """All other requests of one address. 0 for no limit."""
    waiting_questions: int = Field(default=64, ge=1)
    """Questions that may wait at a time; one more is told to come back."""
    question_seconds: float = Field(default=30.0, gt=0)
    """How long one question may take, waiting included."""
    connections: int = Field(default=1000, ge=10)
    """Connections that may be open at a time."""
    watch: bool = False
    """Whether the server builds the index again whenever a document changes, as `grundlag watch` does."""
    originals: bool = True
    """Whether the reader links the file that a document was read from, with all that is in it."""
    staff_header: str = ""
    """The header in which a trusted proxy names who is signed in, such as X-Forwarded-User; empty for none."""
    staff_group: str = ""
    """Empty, or the word that must be among that header's, where it lists groups."""
    passwords: Path | None = None
    """The file of staff's names and argon2 hashes that `grundlag password` writes."""
    hostnames: Names = ()
    """The names that the server is asked by, without a port; empty for any."""
    mcp: bool = False
    """Whether /mcp speaks the Model Context Protocol (extra "mcp")."""
    metrics_from: Networks = Field(default=LOOPBACK, validate_default=True)
    """Who may read /metrics."""
    feedback: Path | None = None
    """The file that feedback, or what `feedback_keeps` says, is kept in; without one nothing about a question is."""
    feedback_keeps: Kinds = ("feedback",)
    """"feedback", "unanswered" or both: what people say of answers, and questions that the documents do not answer."""
    feedback_days: int = Field(default=30, ge=1, le=3650)
    """After so many days it is deleted."""
    traces_url: ServerAddress = ""
    """An OpenTelemetry collector (OTLP over gRPC) that a span of each question is sent to (extra "traces")."""
    log_requests: bool = False
    """One line of JSON for each request: id, method, route, status and time; never what was asked, or by whom."""


def load_settings(**overrides: object) -> Settings:
    """Settings from the environment, with `overrides` (those that are not None) in front.

    An index belongs to the corpus that is set beside it, the default one to the default corpus. Another corpus for
    which no index is set has one of its own, so that it neither answers from that index nor takes its place.
    Raises SettingsError naming the first setting that is wrong.
    """
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        environment = Settings()
        settings = Settings.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        name = "GRUNDLAG_" + "_".join(str(part) for part in first["loc"]).upper()
        raise SettingsError(
            f"{name} is {first['input']!r}: {first['msg']}. Set it to a value of that kind, or unset it."
        ) from None
    if "index" in given:
        return settings
    home = environment.corpus if "index" in environment.model_fields_set else DEFAULT_CORPUS
    return settings.model_copy(update={"index": index_of(settings.corpus, environment.index, home)})


def index_of(corpus: Path, index: Path, home: Path) -> Path:
    """Where the index of `corpus` is kept: in `index` if it is the corpus `home`, else in a folder below it."""
    resolved = os.path.realpath(corpus)
    if resolved == os.path.realpath(home):
        return index
    return index / "other" / hashlib.sha256(os.fsencode(resolved)).hexdigest()[:12]
