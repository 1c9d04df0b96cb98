"""What a snapshot says of itself, and whether its files still say the same."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from bot.errors import IndexDamagedError

FORMAT = 10
"""Raised whenever files are laid out otherwise, or texts are cut or encoded otherwise: older snapshots are rebuilt."""
MANIFEST = "manifest.json"
CHECKSUM = "manifest.sha256"
"""The hash of the manifest, in the form that `sha256sum --check` reads; the manifest has those of all other files."""
HASHED_AT_A_TIME = 2
"""Files whose hash is taken side by side: hashing leaves the interpreter to others."""
REBUILD = "Run `grundlag index --rebuild`."


class FileRecord(BaseModel):
    """A file as it was when the snapshot was built: bytes, and their SHA-256."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    size: int
    sha256: str


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
    readings: dict[str, str]
    """Name -> SHA-256 of all that a document was made from: file, name and catalogue entry."""
    catalogue: str
    """SHA-256 of catalogue and question bank."""
    passages: int
    groups: int
    questions: int
    lost_questions: int
    worn: int
    """Rows that were put into Chroma's graphs or taken out since they were made whole."""
    files: dict[str, FileRecord]
    """Every other file of the snapshot by its path below it."""


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write `folder`/manifest.json and its checksum."""
    data = manifest.model_dump_json(indent=1).encode()
    (folder / MANIFEST).write_bytes(data)
    (folder / CHECKSUM).write_bytes(_checksum(data))


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a snapshot. Raises IndexDamagedError when it cannot be read, or is of another format."""
    try:
        data = (folder / MANIFEST).read_bytes()
        manifest = Manifest.model_validate_json(data)
        # Only then: a snapshot of another format may have none.
        checksum = (folder / CHECKSUM).read_bytes() if manifest.format == FORMAT else b""
    except FileNotFoundError as error:
        missing = Path(error.filename).name
        raise IndexDamagedError(f"The snapshot {folder.name} has no {missing}. {REBUILD}") from None
    except OSError as error:
        raise IndexDamagedError(
            f"The manifest of snapshot {folder.name} cannot be read ({error.strerror}). {REBUILD}"
        ) from None
    except ValidationError:
        raise IndexDamagedError(
            f"The manifest of snapshot {folder.name} is not one of this version. {REBUILD}"
        ) from None
    if manifest.format != FORMAT:
        raise IndexDamagedError(
            f"Snapshot {folder.name} has format {manifest.format}, this version reads format {FORMAT}. {REBUILD}"
        )
    if checksum != _checksum(data):
        raise IndexDamagedError(f"Snapshot {folder.name}: {MANIFEST} has changed since it was built. {REBUILD}")
    return manifest


def _checksum(manifest: bytes) -> bytes:
    return f"{hashlib.sha256(manifest).hexdigest()}  {MANIFEST}\n".encode()


def record_files(folder: Path) -> dict[str, FileRecord]:
    """Size and hash of every file below `folder`, but for the manifest and its checksum."""
    return {
        name: FileRecord(size=path.stat().st_size, sha256=_hash(path))
        for path in sorted(folder.rglob("*"))
        if path.is_file() and (name := path.relative_to(folder).as_posix()) not in {MANIFEST, CHECKSUM}
    }


def check_sizes(folder: Path, manifest: Manifest) -> None:
    """Compare the length of every file with the manifest: quick, and shows what is missing or cut short.

    Raises IndexDamagedError naming the first that differs.
    """
    for name, record in manifest.files.items():
        try:
            size = (folder / name).stat().st_size if (folder / name).is_file() else None
        except OSError as error:
            raise _unreadable(manifest, name, error) from None
        if size != record.size:
            raise _differs(manifest, name, missing=size is None)


def check_files(folder: Path, manifest: Manifest, below: str = "", *, besides: str | None = None) -> None:
    """Compare every byte of every file with the manifest, or of those whose path begins with `below`.

    Those whose path begins with `besides` are left out. Raises IndexDamagedError naming the first that differs.
    """
    names = [name for name in manifest.files if name.startswith(below)]
    if besides is not None:
        names = [name for name in names if not name.startswith(besides)]

    def differs(name: str) -> IndexDamagedError | None:
        try:
            found = _hash(folder / name)
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return _differs(manifest, name, missing=True)
        except OSError as error:
            return _unreadable(manifest, name, error)
        return _differs(manifest, name, missing=False) if found != manifest.files[name].sha256 else None

    with ThreadPoolExecutor(HASHED_AT_A_TIME) as threads:
        for error in threads.map(differs, names):
            if error is not None:
                raise error


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _differs(manifest: Manifest, name: str, *, missing: bool) -> IndexDamagedError:
    state = "is missing" if missing else "has changed since it was built"
    return IndexDamagedError(f"Snapshot {manifest.id}: {name} {state}. {REBUILD}")


def _unreadable(manifest: Manifest, name: str, error: OSError) -> IndexDamagedError:
    return IndexDamagedError(f"Snapshot {manifest.id}: {name} cannot be read ({error.strerror}). {REBUILD}")
