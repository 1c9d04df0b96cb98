from __future__ import annotations

import io
import zipfile

import pytest

from bot.documents.archive import MAX_MEMBERS, MAX_UNPACKED_BYTES, RATIO_FROM_BYTES, open_archive
from bot.errors import DocumentError


def archive(**members: bytes) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return written.getvalue()


def refused(data: bytes) -> str:
    with pytest.raises(DocumentError) as caught:
        open_archive(data, "a.docx", "text")
    assert str(caught.value).startswith("a.docx ")
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_an_archive_is_opened() -> None:
    assert open_archive(archive(text=b"leg", picture=b"x" * 1000), "a.docx", "text").read("text") == b"leg"


@pytest.mark.parametrize("data", [b"", b"PK", b"leg", archive(text=b"leg")[:-30], b"%PDF-1.7"])
def test_what_is_no_archive_is_refused(data: bytes) -> None:
    assert "damaged" in refused(data)


def test_an_archive_of_something_else_is_refused() -> None:
    assert "has no text" in refused(archive(mimetype=b"x"))


def test_an_old_or_encrypted_office_file_is_refused() -> None:
    assert "encrypted or of an old format" in refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)


def test_an_encrypted_archive_is_refused() -> None:
    data = bytearray(archive(text=b"leg"))
    data[data.index(b"PK\x01\x02") + 8] |= 1  # the flag in the central directory

    assert "password" in refused(bytes(data))


def test_a_bomb_is_refused() -> None:
    assert "unpacks to more" in refused(archive(text=b"leg", bomb=b"\0" * (RATIO_FROM_BYTES + 1)))


def test_a_file_that_says_it_is_huge_is_refused() -> None:
    data = bytearray(archive(text=b"leg"))
    at = data.index(b"PK\x01\x02") + 24  # the size it unpacks to
    data[at : at + 4] = (MAX_UNPACKED_BYTES + 1).to_bytes(4, "little")

    assert "unpacks to more" in refused(bytes(data))


def test_an_archive_of_too_many_files_is_refused() -> None:
    assert "unpacks to more" in refused(archive(text=b"leg", **{str(i): b"" for i in range(MAX_MEMBERS)}))
