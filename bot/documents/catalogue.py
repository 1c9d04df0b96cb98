"""What is known of each document beyond its text: corpus/catalogue.toml."""

from __future__ import annotations

import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from bot.errors import CatalogueError

CATALOGUE = "catalogue.toml"


class Entry(BaseModel):
    """One document's entry; every field may be missing, then it is inferred from the text."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str | None = None
    publisher: str | None = None
    language: str | None = None
    kind: str | None = None
    contact: str | None = None
    also_called: tuple[str, ...] = ()
    """Other names by which people ask for the document."""


def read_catalogue(corpus: Path) -> dict[str, Entry]:
    """The entries of `corpus`/catalogue.toml by document name; empty where there is no catalogue.

    Raises CatalogueError naming the entry and field that cannot be used.
    """
    path = corpus / CATALOGUE
    if not path.is_file():
        return {}
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CatalogueError(f"{path} is not valid TOML: {error}. Mend that line.") from None
    entries = {}
    for name, fields in table.get("documents", {}).items():
        try:
            entries[name] = Entry.model_validate(fields)
        except ValidationError as error:
            first = error.errors()[0]
            field = ".".join(str(part) for part in first["loc"]) or "entry"
            raise CatalogueError(f'{path}: [documents."{name}"] {field}: {first["msg"]}. Mend or remove it.') from None
    return entries
