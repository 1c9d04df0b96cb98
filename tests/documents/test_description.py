from __future__ import annotations

from dataclasses import asdict
from datetime import date

import pytest

from bot.documents.catalogue import Entry
from bot.documents.description import described, title_from_name
from bot.documents.structure import parse_structure

TEXT = "Læreplan for Myretuen\n\nBørnene leger ude hver dag, og de voksne leger med. Vi taler om vejret.\n"


def test_what_the_catalogue_knows_is_carried() -> None:
    known = {
        "title": "En titel",
        "publisher": "Egelund Kommune",
        "language": "da",
        "kind": "law",
        "adopted": "2023-03",
        "valid_from": date(2023, 4, 1),
        "valid_until": date(2027, 3, 31),
        "replaced_by": "b.txt",
        "contact": "Dagtilbud, rådhuset",
        "audience": "staff",
        "source": "https://example.org/plan.pdf",
        "also_called": ("planen",),
    }

    document = asdict(described("a.txt", TEXT, parse_structure(TEXT), Entry.model_validate(known)))

    assert {name: document[name] for name in known} == known
    assert set(known) == set(Entry.model_fields)


def test_nothing_but_the_text_is_made_up() -> None:
    document = described("a.txt", TEXT, parse_structure(TEXT), None)

    assert (document.title, document.language) == ("Læreplan for Myretuen", "da")
    assert (document.contact, document.adopted, document.valid_until, document.replaced_by) == (None,) * 4


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("mål/egelund-laereplan.txt", "Egelund laereplan"),
        ("ALLE_BØRN.v2.md", "ALLE BØRN.v2"),
        ("---.txt", "---.txt"),
        ("å.txt", "Å"),
    ],
)
def test_title_from_name(name: str, title: str) -> None:
    assert title_from_name(name) == title
