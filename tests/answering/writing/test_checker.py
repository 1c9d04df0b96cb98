from __future__ import annotations

import pytest

from bot.answering.writing.checker import Checker, is_verbatim
from bot.answering.writing.statements import Statement
from bot.documents.passages import squeeze
from bot.retrieval.retriever import Searcher
from bot.store.snapshot import Snapshot

RESPECT = "Vi bemöter den enskilde individen"
ADULTS = "Alle voksne stiller"
RIGHT = "UngHerning vil, i dialogen med de unge"


@pytest.fixture(scope="module")
def checker(snapshot: Snapshot, searcher: Searcher) -> Checker:
    return Checker(snapshot, searcher.encoder)


def row(checker: Checker, start: str) -> int:
    return next(n for n, p in enumerate(checker.snapshot.passages) if squeeze(p.text).startswith(start))


@pytest.mark.parametrize(
    ("said", "language", "reason"),
    [
        ("At anerkende de unge er ikke det samme som at give dem ret [1].", "da", ""),
        ("UngHerning wants to create a recognising culture in dialogue with the young people [1].", "en", ""),
        ("“Det at anerkende de unge er ikke det samme som at give dem ret” [1].", "da", ""),
        ("At anerkende de unge er ikke det samme som at give dem ret.", "da", "no_mark"),
        ("At anerkende de unge er ikke det samme som at give dem ret [2].", "da", "unknown_mark"),
        ("“Recognising the young people is not the same as agreeing with them” [1].", "en", "misquoted"),
        ("At anerkende de unge er det samme som at give dem ret [1].", "da", "negation"),
        ("At anerkende forældrene er ikke det samme som at give dem ret [1].", "da", "group"),
        ("At anerkende de unge er ikke det samme som at glimbre dem ret [1].", "da", "unknown_word"),
        ("Sheining er ikke det samme som at give de unge ret [1].", "da", "unknown_word"),
        ("Recognising is not the same as agreeing with my young people [1].", "en", "speaker"),
        ("At anerkende de unge er ikke det samme som at [1].", "da", "unfinished"),
        ("Se https://ondt.example om de unge [1].", "da", "address"),
    ],
)
def test_each_reason(checker: Checker, said: str, language: str, reason: str) -> None:
    verdict = checker.check(Statement.of(said), [row(checker, RIGHT)], language)

    assert (verdict.reason, verdict.supported) == (reason, not reason)


def test_what_the_passage_does_not_speak_of(checker: Checker) -> None:
    said = Statement.of("Bilernes farver og priser er vigtige for valget [1].")

    assert checker.check(said, [row(checker, RESPECT)], "da").reason == "meaning"


def test_a_short_statement_must_agree_more_surely(checker: Checker) -> None:
    lax = checker.meaning.model_copy(update={"threshold": 0.0})
    loose = Checker(checker.snapshot, checker.encoder, meaning=lax)
    rows = [row(checker, RESPECT)]

    assert loose.check(Statement.of("Bilernes farver er [1]."), rows, "da").reason == "meaning"
    assert loose.check(Statement.of("Bilernes farver og priser er vigtige [1]."), rows, "da").supported


def test_a_statement_may_rest_on_two_passages(checker: Checker) -> None:
    rows = [row(checker, RESPECT), row(checker, ADULTS)]
    said = "Den enkelte mødes med respekt, og alle voksne har positive forventninger til børn og unge"

    assert checker.check(Statement.of(f"{said} [1][2]."), rows, "da").supported


def test_white_space_and_a_full_stop_do_not_matter_to_a_quote() -> None:
    assert is_verbatim("alle kan\nlære.", "Vi ved, at alle kan lære af alle.")
    assert not is_verbatim("alle vil lære", "Vi ved, at alle kan lære af alle.")


def test_a_claim_added_to_a_true_one(checker: Checker) -> None:
    true = "At anerkende de unge er ikke det samme som at give dem ret"
    added = "læringsdagene blev erstattet af lokale møder i dagtilbud"

    assert checker.check(Statement.of(f"{true} [1]."), [row(checker, RIGHT)], "da").supported
    assert not checker.check(Statement.of(f"{true}, og {added} [1]."), [row(checker, RIGHT)], "da").supported


class OneOpinion:
    """A model for entailment that always says the same, and remembers what it was asked."""

    def __init__(self, probability: float) -> None:
        self.says = probability
        self.asked: list[tuple[str, str]] = []

    def probability(self, text: str, statement: str) -> float:
        self.asked.append((text, statement))
        return self.says


TRUE = "At anerkende de unge er ikke det samme som at give dem ret"


@pytest.mark.parametrize(("probability", "reason"), [(0.9, ""), (0.1, "entailment")])
def test_a_statement_must_pass_the_model_that_is_set_too(
    snapshot: Snapshot, searcher: Searcher, probability: float, reason: str
) -> None:
    model = OneOpinion(probability)
    strict = Checker(snapshot, searcher.encoder, entailment=model)
    verdict = strict.check(Statement.of(f"{TRUE} [1]."), [row(strict, RIGHT)], "da")

    assert verdict.reason == reason
    [(text, said)] = model.asked
    assert said == f"{TRUE}."
    assert RIGHT in text


def test_what_it_says_saves_no_statement_and_is_not_asked_of_quotes(snapshot: Snapshot, searcher: Searcher) -> None:
    model = OneOpinion(0.9)
    strict = Checker(snapshot, searcher.encoder, entailment=model)
    denied = Statement.of(f"{TRUE.replace('ikke ', '')} [1].")
    quoted = Statement.of(f"“{TRUE.replace('At', 'Det at', 1)}” [1].")

    assert strict.check(denied, [row(strict, RIGHT)], "da").reason == "negation"
    assert strict.check(quoted, [row(strict, RIGHT)], "da").supported
    assert model.asked == []
