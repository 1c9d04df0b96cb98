from __future__ import annotations

from dataclasses import replace

import pytest

from bot.answering.writing.rules import RULES, Pair, known_names
from bot.answering.writing.words import words_of


def pair(said: str, text: str, spoken: str = "da", written: str = "da", around: str = "") -> Pair:
    """A statement beside a passage of one clause."""
    return Pair(
        said=said,
        whole=said,
        spoken=words_of(spoken),
        text=text,
        around=around,
        near=text,
        beside=((said, (text,)),),
        sentences=text,
        written=words_of(written),
        bodies=("Barn- och Elevhälsan",),
        names=known_names(["Det er UngHerning, der siger det. Vi er i UngHerning."]),
    )


@pytest.mark.parametrize(
    ("rule", "said", "text"),
    [
        ("number", "Der er 31 distrikter.", "Der er 13 distrikter."),
        ("number", "Der er fem værdier.", "Der er tre værdier."),
        ("number", "De mødes i maj.", "De mødes i juni."),
        ("number", "De mødes om tirsdagen.", "De mødes hver mandag."),
        ("group", "Læreren taler med dem.", "Skolelederen taler med dem."),
        ("negation", "De unge er ikke med.", "De unge er med."),
        ("negation", "Det er det samme.", "Det er ikke det samme."),
        ("modal", "Børn kan inddrages.", "Børn skal inddrages."),
        ("modal", "Børn skal inkluderes.", "Det tilstræbes, at børn inkluderes."),
        ("modal", "Børn inkluderes.", "Det tilstræbes, at børn inkluderes."),
        ("modal", "Børn bør inddrages.", "Børn skal inddrages."),
        ("group", "Forældrene er med.", "De unge er med."),
        ("name", "Skolen ligger i Ikast.", "Skolen ligger i Snejbjerg."),
        ("name", "UngHerning er med.", "Klubben er med."),
        ("opposite", "Det er let at lære.", "Det er vanskeligt at lære."),
        ("limit", "Kun de unge er med.", "De unge er med."),
        ("repeated", "Det er en leder, leder, leder, leder.", "Det er en leder."),
        ("unfinished", "Sammen tager vi ansvar for at.", "Sammen tager vi ansvar."),
        ("unfinished", "De personlige roller og en m/.", "De personlige roller."),
        ("unfinished", "Det giver dem,.", "Det giver dem lyst."),
        ("group", "De unge mødes hver uge.", "De unge mødes."),
        ("group", "I løbet af dagen er de unge med.", "De unge er med."),
        ("speaker", "Jeg arbejder i skolen.", "De arbejder i skolen."),
        ("speaker", "Vores skole er åben.", "Skolen er åben."),
        ("unfinished", "De voksne skaber ”som øger mulighederne for i.", "De øger mulighederne."),
    ],
)
def test_what_does_not_agree(rule: str, said: str, text: str) -> None:
    assert not RULES[rule](pair(said, text))
    assert RULES[rule](pair(text, text))


@pytest.mark.parametrize(
    ("said", "spoken", "text"),
    [
        ("Det er, hvad skolen tror på.", "da", "Det er, hvad skolen tror på."),
        ("Skolen siger ”leg er vigtig”.", "da", "Skolen siger: leg er vigtig."),
        ("Det er barnets ø", "da", "Det er barnets ø."),
        ("This is what they ask for.", "en", "Det er, hvad de beder om."),
        ("There are 13 districts.", "en", "Der er 13 distrikter."),
        ("The meetings took two hours.", "en", "Møderne varede to timer."),
        ("Recognising is something other than agreeing.", "en", "At anerkende er ikke at give ret."),
        ("Day care is open all days of the year.", "en", "Dagtilbuddet er åbent alle årets dage."),
        ("Personalet mødes hver dag.", "da", "Personalet mødes dagligt."),
        ("Lärdagarna var varje månad.", "sv", "Læringsdagene var hver måned."),
        ("Our children are in school.", "en", "Vores børn går i skole."),
        ("Me and my school.", "en", "Jeg og min skole."),
        ("Barn och unga ska involveras.", "sv", "Børn og unge skal inddrages."),
        ("The aim is to include children.", "en", "Det tilstræbes, at børn inkluderes."),
        ("Eleverna är med.", "sv", "Eleverne er med."),
        ("They meet on Fridays in May.", "en", "De mødes om fredagen i maj."),
        ("Barnet får en kontaktperson.", "sv", "Barnet får en kontaktperson."),
        ("Man får låta det stå.", "sv", "Man må gerne lade det stå."),
        ("Nobody smokes here.", "en", "Her er røgfri."),
        ("Children learn, so that they can live well.", "en", "Børn lærer for at leve godt."),
    ],
)
def test_what_agrees_across_languages(said: str, spoken: str, text: str) -> None:
    assert [name for name, agrees in RULES.items() if not agrees(pair(said, text, spoken))] == []


def test_headings_and_publisher_count_as_well() -> None:
    assert RULES["name"](pair("Det siger Herning Kommune.", "Børn er med.", around="Herning Kommune, Byrådet"))


def test_the_name_of_a_body_names_no_group() -> None:
    assert not RULES["group"](
        pair("Eleverna har arbetat med orden.", "Vi i Barn- och Elevhälsan har arbetat.", "sv", "sv")
    )
    assert RULES["group"](
        pair("Personalen har arbetat med orden.", "Vi i Barn- och Elevhälsan har arbetat.", "sv", "sv")
    )


def test_each_clause_is_held_against_its_own() -> None:
    text = "Det er frivilligt, og vi har ikke ansvar for lektierne."
    whole = pair("Det er frivilligt, og vi har ansvar for lektierne.", text)
    beside = (
        ("Det er frivilligt,", ("Det er frivilligt,",)),
        ("og vi har ansvar for lektierne.", ("og vi har ikke ansvar for lektierne.",)),
    )

    assert not RULES["negation"](replace(whole, beside=beside))
    assert RULES["negation"](replace(whole, said="Det er frivilligt.", whole="Det er frivilligt.", beside=beside[:1]))
