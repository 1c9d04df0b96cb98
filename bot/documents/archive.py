"""Word and OpenDocument files are ZIP archives of XML: are they safe to open?"""

from __future__ import annotations

import io
import lzma
import zipfile
import zlib

from lxml import etree

from bot.errors import DocumentError

MAX_UNPACKED_BYTES = 300 * 1024 * 1024
"""What an archive may come to in memory, pictures included."""
MAX_XML_BYTES = 64 * 1024 * 1024
"""What one XML file in it may come to: a text of ten thousand pages."""
MAX_RATIO = 500
"""Text in XML is packed to a twentieth; a file that is packed to less than this share was made to explode."""
RATIO_FROM_BYTES = 10 * 1024 * 1024
MAX_MEMBERS = 10_000
DAMAGED = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    KeyError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
)
"""What `zipfile` raises for archives that are damaged, encrypted or packed in a way it does not know."""


def open_archive(data: bytes, name: str, wanted: str) -> zipfile.ZipFile:
    """The archive in `data`. Raises DocumentError unless it is one, has `wanted` in it, and unpacks to a sane size."""
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise DocumentError(f"{name} is encrypted or of an old format. Save it again without a password, as .docx.")
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except DAMAGED:
        raise DocumentError(f"{name} is damaged or not of the format its ending says. Save it again.") from None
    members = archive.infolist()
    if wanted not in archive.namelist():
        raise DocumentError(f"{name} is damaged: it has no {wanted}. Save it again.")
    if any(member.flag_bits & 1 for member in members):
        raise DocumentError(f"{name} is encrypted. Save it again without a password.")
    if (
        len(members) > MAX_MEMBERS
        or sum(member.file_size for member in members) > MAX_UNPACKED_BYTES
        or any(member.filename.endswith((".xml", ".rels")) and member.file_size > MAX_XML_BYTES for member in members)
        or any(
            member.file_size > RATIO_FROM_BYTES and member.file_size > MAX_RATIO * member.compress_size
            for member in members
        )
    ):
        raise DocumentError(f"{name} unpacks to more than can be read. Take large pictures out of it, or split it.")
    return archive


def member_bytes(archive: zipfile.ZipFile, member: str, name: str) -> bytes:
    """What a file in the archive holds. Raises DocumentError where it is damaged."""
    try:
        return archive.read(member)
    except DAMAGED as error:
        said = " ".join(str(error).split())
        raise DocumentError(f"{name} is damaged: {member} cannot be read ({said}). Save it again.") from None


def parsed(archive: zipfile.ZipFile, member: str, name: str) -> etree._Element:
    """The root of an XML file in the archive; nothing outside of it is ever read.

    Raises DocumentError for XML that is malformed or declares entities, which no word processor writes.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    content = member_bytes(archive, member, name)
    try:
        root = etree.fromstring(content, parser)
    except (etree.LxmlError, ValueError) as error:
        said = " ".join(str(error).split())
        raise DocumentError(f"{name} is damaged: {member} is no XML ({said}). Save it again.") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise DocumentError(f"{name} declares entities in {member}, as no word processor does. Save it again.")
    return root
