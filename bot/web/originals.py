"""The files that documents were read from, handed out as they are: to be saved, never to be shown by the browser."""

from __future__ import annotations

import hashlib
import unicodedata
from pathlib import Path
from urllib.parse import quote

from bot.documents.corpus import documents_folder
from bot.documents.folder import read_bytes, sources_in
from bot.errors import DocumentError
from bot.web.protocol import Assistant

TYPES = {".pdf": "application/pdf"}
"""Whatever else it is, no browser need know: it might run what is in it."""
PLAIN = "application/octet-stream"


class Originals:
    """The files below the documents folder of `corpus`, each only for whom its document is, and as it was indexed."""

    def __init__(self, corpus: Path) -> None:
        self._corpus = corpus

    def read(self, assistant: Assistant, name: str) -> bytes | None:
        """The file of one of the assistant's documents; None where there is none or it is another file by now.

        What was written into a file since is not handed out before it is indexed: who may see it is not known yet.
        """
        expected = assistant.source_hash(name)
        if expected is None:
            return None
        try:
            folder = documents_folder(self._corpus)
            sources, _ = sources_in(folder)
            source = next((s for s in sources if s.name == unicodedata.normalize("NFC", name)), None)
            data = read_bytes(source, folder) if source is not None else b""
        except DocumentError:
            return None
        return data if hashlib.sha256(data).hexdigest() == expected else None


def original_headers(name: str) -> dict[str, str]:
    """The headers with which a file is saved under its own name, and kept by nobody on the way."""
    plain = Path(name).name
    # What is no plain ASCII, or could end the value, stands in the encoded form alone.
    simple = "".join(c if c.isascii() and (c.isalnum() or c in "-_. ") else "_" for c in plain)
    return {
        "Content-Disposition": f"attachment; filename=\"{simple}\"; filename*=UTF-8''{quote(plain, safe='')}",
        "Cache-Control": "no-store",
        "Content-Security-Policy": "sandbox",
    }


def media_type(name: str) -> str:
    """What a file is said to be."""
    return TYPES.get(Path(name).suffix.lower(), PLAIN)
