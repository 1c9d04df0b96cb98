"""What a snapshot says of itself, and whether its files still say the same."""

from __future__ import annotations

import hashlib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from bot.errors import IndexDamagedError

FORMAT = 4
"""Raised whenever files are laid out otherwise, or texts are cut or encoded otherwise: older snapshots are rebuilt."""
MANIFEST = "manifest.json"
REBUILD = "Run `grundlag index --rebuild`."


class Manifest(BaseModel):
    """The contents of manifest.json."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: int
    id: str
    encoder: str
    encoder_fingerprint: str
    splitter: dict[str, int]
    documents: dict[str, str]
    """Name -> SHA-256 of the source file."""
    catalogue: str
    """SHA-256 of catalogue and question bank."""
    passages: int
    groups: int
    questions: int
    lost_questions: int
    files: dict[str, str]
    """Path below the snapshot -> SHA-256; Chroma's own files change when opened and are checked by asking instead."""


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write `folder`/manifest.json."""
    (folder / MANIFEST).write_text(manifest.model_dump_json(indent=1), encoding="utf-8")


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a snapshot. Raises IndexDamagedError when it is missing, malformed or of another format."""
    path = folder / MANIFEST
    try:
        manifest = Manifest.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        raise IndexDamagedError(f"The snapshot {folder.name} has no manifest. {REBUILD}") from None
    except ValidationError:
        raise IndexDamagedError(
            f"The manifest of snapshot {folder.name} is not one of this version. {REBUILD}"
        ) from None
    if manifest.format != FORMAT:
        raise IndexDamagedError(
            f"Snapshot {folder.name} has format {manifest.format}, this version reads format {FORMAT}. {REBUILD}"
        )
    return manifest


def hash_files(folder: Path, without: str) -> dict[str, str]:
    """SHA-256 of every file below `folder`, but for the subfolder `without` and the manifest."""
    return {
        name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and (name := path.relative_to(folder).as_posix()) != MANIFEST
        and not name.startswith(f"{without}/")
    }


def check_files(folder: Path, manifest: Manifest, without: str) -> None:
    """Compare every file with the manifest. Raises IndexDamagedError naming the first that differs."""
    found = hash_files(folder, without)
    for name, expected in manifest.files.items():
        if found.get(name) != expected:
            state = "is missing" if name not in found else "has changed"
            raise IndexDamagedError(f"Snapshot {manifest.id}: {name} {state} since it was built. {REBUILD}")
