"""Documents, passages, groups and bank questions as JSON in a snapshot, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from bot.errors import IndexDamagedError, IndexMissingError
from bot.schema import Document, Group, Passage
from bot.store.bank import Bank
from bot.store.builds import current_folder
from bot.store.manifest import REBUILD, check_files, read_manifest

DOCUMENTS_FILE = "documents.json"
DOCUMENTS = TypeAdapter(tuple[Document, ...])
PASSAGES = TypeAdapter(tuple[Passage, ...])
GROUPS = TypeAdapter(tuple[Group, ...])
BANK = TypeAdapter(Bank)


def write_records(
    folder: Path, documents: Sequence[Document], passages: Sequence[Passage], groups: Sequence[Group], bank: Bank
) -> None:
    """Write the four files of records into `folder`."""
    (folder / DOCUMENTS_FILE).write_bytes(DOCUMENTS.dump_json(tuple(documents)))
    (folder / "passages.json").write_bytes(PASSAGES.dump_json(tuple(passages)))
    (folder / "groups.json").write_bytes(GROUPS.dump_json(tuple(groups)))
    (folder / "bank.json").write_bytes(BANK.dump_json(bank))


def known_documents(index: Path) -> Mapping[str, Document]:
    """The documents of the snapshot in use by the hash of all that each was made from; none where there is none.

    One that is damaged, or of a version that may have read them otherwise, has none either.
    """
    try:
        folder = current_folder(index)
        manifest = read_manifest(folder)
        check_files(folder, manifest, DOCUMENTS_FILE)
        documents = DOCUMENTS.validate_json((folder / DOCUMENTS_FILE).read_bytes())
        return {manifest.readings[document.name]: document for document in documents}
    except (IndexMissingError, IndexDamagedError, OSError, ValidationError, KeyError):
        return {}


def read_records(folder: Path) -> tuple[tuple[Document, ...], tuple[Passage, ...], tuple[Group, ...], Bank]:
    """What `write_records` wrote. Raises IndexDamagedError for a file that is missing or malformed."""
    try:
        return (
            DOCUMENTS.validate_json((folder / DOCUMENTS_FILE).read_bytes()),
            PASSAGES.validate_json((folder / "passages.json").read_bytes()),
            GROUPS.validate_json((folder / "groups.json").read_bytes()),
            BANK.validate_json((folder / "bank.json").read_bytes()),
        )
    except (OSError, ValidationError, json.JSONDecodeError) as error:
        first = str(error).splitlines()[0]
        raise IndexDamagedError(f"Snapshot {folder.name}: its records cannot be read ({first}). {REBUILD}") from None
