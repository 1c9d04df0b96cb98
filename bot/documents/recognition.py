"""Text of scanned pages: recognised by ocrmypdf where that is installed and asked for, and kept by the file's hash."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from bot.errors import DocumentError
from bot.settings import Settings

PROGRAM = "ocrmypdf"
LANGUAGES = "dan+swe"
# Every page becomes a picture before it is read: what a file says where nobody sees it is not in the result.
OPTIONS = ("--force-ocr", "--language", LANGUAGES, "--output-type", "pdf", "--quiet")
SECONDS = 1800.0
"""One file may take so long: ten thousand pages take longer, and are none for this program."""
DONE = frozenset({0, 10})
"""ocrmypdf ends with 10 where the file is whole and only not fit for archives."""
MAX_RESULT_BYTES = 500 * 1024 * 1024
REASON_CHARACTERS = 200
INSTALL = f"Install {PROGRAM} and tesseract with the languages dan and swe, then run `grundlag index --ocr`."


class Recognition:
    """What was recognised in scanned files, in the folder `kept`; with `run` files that are new are recognised.

    The original is never written to: the program is given a copy in a folder of its own, and a time limit.
    """

    def __init__(self, kept: Path, *, run: bool = False, say: Callable[[str], None] = lambda line: None) -> None:
        self._kept = kept
        self._run = run
        self._say = say

    def of(self, data: bytes, name: str) -> bytes | None:
        """The file `data` as a PDF with text; None where it was not recognised before and shall not be now.

        Raises DocumentError when the program is missing, fails or takes too long.
        """
        original = hashlib.sha256(data).hexdigest()
        found = self._found(original)
        if found is not None or not self._run:
            return found
        program = shutil.which(PROGRAM)
        if program is None:
            raise DocumentError(f"{name} has no text, and {PROGRAM} is not installed. {INSTALL}")
        self._say(f"recognising the text of {name}: this takes some seconds a page")
        result = _recognised(program, data, name)
        self._keep(original, result)
        return result

    def _found(self, original: str) -> bytes | None:
        """What is kept for a file; the name of a result says its hash, and one that has changed is taken away."""
        for path in sorted(self._kept.glob(f"{original}-*.pdf")):
            try:
                result = path.read_bytes()
                if path.stem.partition("-")[2] == hashlib.sha256(result).hexdigest():
                    return result
                path.unlink()
            except OSError:
                continue
        return None

    def _keep(self, original: str, result: bytes) -> None:
        try:
            self._kept.mkdir(parents=True, exist_ok=True, mode=0o700)
            # For this user alone: the document may be for staff.
            number, draft = tempfile.mkstemp(dir=self._kept, prefix=".draft-")
            with os.fdopen(number, "wb") as file:
                file.write(result)
            Path(draft).replace(self._kept / f"{original}-{hashlib.sha256(result).hexdigest()}.pdf")
        except OSError as error:
            raise DocumentError(
                f"The recognised text cannot be kept in {self._kept} ({error.strerror}). "
                "Make room, or set GRUNDLAG_CACHE to a folder that can be written to."
            ) from None


def recognition_of(
    settings: Settings, *, run: bool = False, say: Callable[[str], None] = lambda line: None
) -> Recognition:
    """What was recognised in scanned documents; with `run` those that are new are recognised too, which takes long."""
    return Recognition(settings.cache / "ocr", run=run, say=say)


def _recognised(program: str, data: bytes, name: str) -> bytes:
    with tempfile.TemporaryDirectory(prefix="grundlag-ocr-") as folder:
        given, made = Path(folder, "given.pdf"), Path(folder, "made.pdf")
        given.write_bytes(data)
        code, said = _finished([program, *OPTIONS, str(given), str(made)], folder, name)
        if code not in DONE or not made.is_file():
            reason = " ".join(said.split())[-REASON_CHARACTERS:] or f"it ended with {code}"
            raise DocumentError(f"{name} has no text, and {PROGRAM} could not recognise any ({reason}). {INSTALL}")
        if made.stat().st_size > MAX_RESULT_BYTES:
            raise DocumentError(f"{name} has become too large by the recognition of its text. Split the file.")
        return made.read_bytes()


def _finished(command: list[str], folder: str, name: str) -> tuple[int, str]:
    """The exit code and what the program said; it and all that it started are ended when its time is over."""
    process = subprocess.Popen(  # noqa: S603 - the program that PATH names, with fixed arguments
        command,
        cwd=folder,
        env={**os.environ, "TMPDIR": folder},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        _, said = process.communicate(timeout=SECONDS)
    except subprocess.TimeoutExpired:
        raise DocumentError(
            f"{name} has no text, and {PROGRAM} took longer than {SECONDS:g} seconds over it. Split the file."
        ) from None
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
    return process.returncode, said.decode("utf-8", "replace")
