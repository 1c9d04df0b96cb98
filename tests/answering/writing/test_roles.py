from __future__ import annotations

from dataclasses import replace

import pytest

from bot.answering.writing.roles import roles_agree, without_bodies
from bot.answering.writing.rules import Pair, known_names, names_agree
from bot.answering.writing.words import words_of

Parts = tuple[tuple[str, str], ...]


def pair(*parts: tuple[str, str], spoken: str = "da", written: str = "da", text: str = "") -> Pair:
    """A statement's clauses, each beside the clause of the passage that says the same."""
    said = " ".join(part for part, _ in parts)
    stands = text or " ".join(clause for _, clause in parts)
    return Pair(
        said=said,
        whole=said,
        spoken=words_of(spoken),
        text=stands,
        around="",
        near=stands,
        beside=tuple((part, (clause,)) for part, clause in parts),
        sentences=stands,
        written=words_of(written),
        bodies=("Barn- och Elevhälsan",),
        names=frozenset(),
    )


@pytest.mark.parametrize(
    ("parts", "spoken"),
    [
        ((("De unge møder de voksne med tillid.", "De voksne møder de unge med tillid."),), "da"),
        ((("Forældrene er vores partner.", "Den unge er vores partner. Forældre kan ringe."),), "da"),
        ((("The staff had the last word.", "De unge fik det sidste ord."),), "en"),
        ((("The pupils worked with the words.", "Vi har arbejdet med ordene."),), "en"),
        ((("Three adults and one child share.", "Tre børn og en voksen deler."),), "en"),
        ((("De går fra fællesskab til individ.", "De går fra individ til fællesskab."),), "da"),
        ((("Resultatet er vigtigere end processen.", "Processen er vigtigere end resultatet."),), "da"),
        (
            (
                ("Personalet får et skema,", "Forældrene får et skema,"),
                ("og forældrene gennemgår målene.", "og personalet gennemgår målene."),
            ),
            "da",
        ),
    ],
    ids=lambda value: value[0][0] if isinstance(value, tuple) else value,
)
def test_one_in_the_place_of_another(parts: Parts, spoken: str) -> None:
    swapped = pair(*parts, spoken=spoken)
    # A passage of sentences: the clause that was found is one of them.
    first = replace(swapped, beside=tuple((part, (clause[0].split(". ")[0],)) for part, clause in swapped.beside))

    assert not roles_agree(first)
    assert roles_agree(pair(*((clause, clause) for _, clause in parts)))


@pytest.mark.parametrize(
    ("parts", "spoken"),
    [
        ((("De unge mødes af de voksne.", "De voksne møder de unge."),), "da"),
        ((("Parents and staff meet.", "Personale og forældre mødes."),), "en"),
        ((("Staff listen to young people.", "Vi lytter til de unge."),), "en"),
        ((("The employees listen.", "Vi lytter til de unge."),), "en"),
        ((("Eleverne lærer mere.", "Børnene lærer mere."),), "da"),
        ((("De går fra individ mod fællesskab.", "De går fra individ til fællesskab."),), "da"),
        ((("Den er vigtig for flere end de unge.", "Den er vigtig for de unge."),), "da"),
        (
            (
                ("Børnene er med,", "Forældre taler med os om børnene,"),
                ("og de leger.", "og børnene leger."),
            ),
            "da",
        ),
    ],
    ids=lambda value: value[0][0] if isinstance(value, tuple) else value,
)
def test_the_same_in_other_words(parts: Parts, spoken: str) -> None:
    assert roles_agree(pair(*parts, spoken=spoken))


def test_one_clause_may_take_its_people_from_another_of_the_sentence() -> None:
    sentence = "Forældrene får et skema, og personalet gennemgår målene."
    first, second = "Forældrene får et skema,", "og personalet gennemgår målene."
    one = pair(("Personalet har målene.", first), text=sentence)
    both = pair(("Personalet får et skema,", first), ("og forældrene gennemgår målene.", second), text=sentence)

    assert roles_agree(one)
    assert not roles_agree(both)


def test_bodies_are_no_people() -> None:
    assert without_bodies("Vi i Barn- och Elevhälsan", ("Barn- och Elevhälsan",)).split() == ["Vi", "i"]


def test_who_publishes_a_document_is_a_name() -> None:
    names = known_names(["Alle er med."], ["Ikast Kommune"])
    said = replace(pair(("Ikast bygger på tillid.", "Klubben bygger på tillid.")), names=names)

    assert "ikast" in names
    assert "alle" not in names
    assert not names_agree(said)
