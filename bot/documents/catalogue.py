"""What is known of each document beyond its text: corpus/catalogue.toml."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal, NoReturn, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from bot.errors import CatalogueError

CATALOGUE = "catalogue.toml"
DOCUMENTS = "documents"
ADDRESS = re.compile(r"https?://[^\s/?#\"<>]+[^\s\"<>]*")


class DocumentKind(StrEnum):
    """How binding a document is."""

    LAW = "law"
    GUIDELINE = "guideline"
    VALUE_STATEMENT = "value statement"
    RECORD = "record"


def _written(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _as_exact_as_known(value: str) -> str:
    """A year, month or day that exists."""
    if not re.fullmatch(r"\d{4}(-\d{2}){0,2}", value):
        raise ValueError(f'{value!r} found, a day (2013-05-28), a month ("2013-05") or a year ("2013") expected')
    date.fromisoformat((value + "-01-01")[:10])
    return value


def _day(value: object) -> object:
    return date.fromisoformat(value) if isinstance(value, str) else value


def _web_address(value: str) -> str:
    if not ADDRESS.fullmatch(value):
        raise ValueError(f"{value!r} found, an address that begins with https:// expected")
    return value


Text = Annotated[str, Field(min_length=1)]
Day = Annotated[date, BeforeValidator(_day), Field(strict=True)]


class Entry(BaseModel):
    """One document's entry; every field may be missing, then it is inferred from the text or unknown."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: Text | None = None
    publisher: Text | None = None
    language: Annotated[str, Field(pattern="^[a-z]{2}$")] | None = None
    """ISO 639-1: "da", "sv"."""
    kind: DocumentKind | None = None
    adopted: Annotated[str, BeforeValidator(_written), AfterValidator(_as_exact_as_known)] | None = None
    valid_from: Day | None = None
    valid_until: Day | None = None
    """The last day in force."""
    replaced_by: Text | None = None
    """The name of the document that took its place, or its title where it is not in the corpus."""
    contact: Text | None = None
    audience: Literal["public", "staff"] | None = None
    """Who may see it; nobody is told of a document for staff but staff."""
    source: Annotated[str, AfterValidator(_web_address)] | None = None
    """The web address the document was taken from."""
    also_called: tuple[Text, ...] = ()
    """Other names by which people ask for the document."""

    @model_validator(mode="after")
    def _in_force_for_a_while(self) -> Self:
        if self.valid_from and self.valid_until and self.valid_until < self.valid_from:
            raise ValueError(f"valid_until is {self.valid_until}, before valid_from, {self.valid_from}")
        return self


def read_catalogue(corpus: Path) -> dict[str, Entry]:
    """The entries of `corpus`/catalogue.toml by document name; empty where there is no catalogue.

    Raises CatalogueError naming the line, entry and field that cannot be used.
    """
    path = corpus / CATALOGUE
    if not path.is_file():
        return {}
    try:
        text = path.read_text(encoding="utf-8-sig")
        table = tomllib.loads(text)
    except OSError as error:
        raise CatalogueError(f"{path} cannot be read: {error.strerror}. Mend its permissions.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise CatalogueError(f"{path} is not valid TOML: {error}. Mend that line.") from None
    return dict(_entries(table, text, path))


def _entries(table: dict[str, object], text: str, path: Path) -> list[tuple[str, Entry]]:
    for key in table:
        if key != DOCUMENTS:
            _refuse(path, _line_of(text, key), f'{key!r} found, only [{DOCUMENTS}."NAME"] expected')
    found = table.get(DOCUMENTS, {})
    if not isinstance(found, dict):
        _refuse(path, _line_of(text, DOCUMENTS), f'{DOCUMENTS} is no table: [{DOCUMENTS}."NAME"] expected')
    entries = []
    for name, fields in found.items():
        try:
            entries.append((unicodedata.normalize("NFC", name), Entry.model_validate(fields)))
        except ValidationError as error:
            first = error.errors()[0]
            field = ".".join(str(part) for part in first["loc"]) or "entry"
            line = _line_of(text, name, *(str(part) for part in first["loc"][:1]))
            said = first["msg"].removeprefix("Value error, ")
            _refuse(path, line, f'[{DOCUMENTS}."{name}"] {field}: {said}')
    return entries


def _refuse(path: Path, line: int | None, what: str) -> NoReturn:
    where = f"{path} line {line}" if line else str(path)
    raise CatalogueError(" ".join(f"{where}: {what}. Mend or remove it.".split()))


def _line_of(text: str, *keys: str) -> int | None:
    """The number of the line where the last of `keys`, each below the one before, is first written."""
    at = 0
    line = None
    for key in keys:
        # A key stands at the start of its line, in a table's brackets or before its equals sign.
        found = re.compile(rf"^[ \t]*[^#\n=]*?(?<![\w-]){re.escape(key)}(?![\w-])", re.MULTILINE).search(text, at)
        if found is None:
            return line
        at = found.end()
        line = text.count("\n", 0, at) + 1
    return line
