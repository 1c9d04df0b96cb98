"""Figures worked out by hand for made-up answers."""

from __future__ import annotations

import pytest

from bot.evaluation.gold import Evidence, GoldQuestion
from bot.evaluation.scoring import Judge, Judgement, summarise
from bot.schema import Answer, Citation, Document, RankedSpan, Status, Timing

TEXT = "Leg er læring. Vi leger ude. Mad er godt. Leg er læring."
NAME = "a.txt"
DOCUMENTS = {
    NAME: Document(NAME, "A", TEXT, "da"),
    "b.txt": Document("b.txt", "B", "Noget helt andet.", "da"),
}
LEG, UDE, MAD = (0, 14), (15, 28), (29, 41)
AGAIN = (42, 56)
Span = tuple[int, int]


def gold(*quotes: str, mode: str = "any") -> GoldQuestion:
    return GoldQuestion(
        id="x", question="?", mode=mode, evidence=tuple(Evidence(document=NAME, quote=quote) for quote in quotes)
    )


def answer(
    *cited: Span, ranked: tuple[Span, ...] = (), status: Status = Status.ANSWERED, text: str = "", total: float = 5.0
) -> Answer:
    return Answer(
        id="x",
        question="?",
        language="da",
        status=status,
        text=text,
        citations=tuple(
            Citation(number, NAME, "A", (), start, end, TEXT[start:end]) for number, (start, end) in enumerate(cited, 1)
        ),
        passages=tuple(RankedSpan(NAME, start, end, 0.5) for start, end in ranked),
        confidence=0.9,
        timing_ms=Timing(total, 1, 1, 1),
        index="i",
        model="m",
    )


def judged(question: GoldQuestion, given: Answer) -> Judgement:
    return Judge(DOCUMENTS).judge(question, given)


REFUSED = answer(status=Status.NOT_FOUND)


def test_the_offsets_of_this_file_are_right() -> None:
    assert [TEXT[start:end] for start, end in (LEG, UDE, MAD, AGAIN)] == [
        "Leg er læring.",
        "Vi leger ude.",
        "Mad er godt.",
        "Leg er læring.",
    ]


@pytest.mark.parametrize(
    ("question", "given", "recall", "first_hit", "precision"),
    [
        (gold("Vi leger ude."), answer(UDE), 1, 1, 1),
        (gold("Vi leger ude."), answer(MAD), 0, 0, 0),
        (gold("Vi leger ude."), answer(MAD, UDE), 1, 0, 0.5),
        (gold("Vi leger ude."), answer((15, 41)), 1, 1, 1),  # the gold quote is inside the citation
        (gold("Leg er læring."), answer(AGAIN), 1, 1, 1),  # any place where it stands
        (gold("vi  LEGER\nude"), answer(UDE), 1, 1, 1),  # white space and capitals do not matter
        (gold("Vi leger ude."), answer((15, 24)), 1, 1, 1),  # "Vi leger": 7 of 10 letters
        (gold("Vi leger ude."), answer((15, 22)), 0, 0, 1),  # "Vi lege": 6 of 10, but all inside
        (gold("Vi leger ude.", "Mad er godt.", mode="all"), answer(UDE), 0.5, 1, 1),
        (gold("Vi leger ude.", "Mad er godt.", mode="any"), answer(UDE), 1, 1, 1),
        (gold("Vi leger ude.", "Mad er godt.", mode="all"), answer(UDE, LEG, MAD), 1, 1, 2 / 3),
        (gold("Vi leger ude."), answer(MAD, text="Der står: vi leger ude"), 1, 0, 0),
        (gold("Vi leger ude."), REFUSED, 0, 0, None),
        (gold("Vi leger ude."), answer(UDE, status=Status.NOT_FOUND), 0, 0, None),
        (gold("Findes ikke."), answer(UDE), 0, 0, 0),
    ],
)
def test_citations(
    question: GoldQuestion, given: Answer, recall: float, first_hit: float, precision: float | None
) -> None:
    judgement = judged(question, given)

    assert judgement.recall == recall
    assert judgement.first_hit == first_hit
    assert judgement.precision == precision


@pytest.mark.parametrize(
    ("ranked", "hit", "recall", "reciprocal"),
    [
        ((UDE, MAD), 1, 1, 1),
        ((MAD, LEG, UDE), 0, 1, 1 / 3),
        ((MAD,), 0, 0, 0),
        ((), 0, 0, 0),
        ((MAD, LEG, MAD, LEG, MAD, UDE), 0, 0, 1 / 6),
    ],
)
def test_ranked_passages(ranked: tuple[Span, ...], hit: float, recall: float, reciprocal: float) -> None:
    judgement = judged(gold("Vi leger ude."), answer(MAD, ranked=ranked))

    assert judgement.passage_hit == hit
    assert judgement.passage_recall == recall
    assert judgement.reciprocal_rank == pytest.approx(reciprocal)


def test_a_misquote_is_not_verbatim() -> None:
    good = answer(UDE)
    bad = Answer(
        **{
            **{name: getattr(good, name) for name in Answer.__slots__},
            "citations": (Citation(1, NAME, "A", (), *UDE, "Vi leger inde."),),
        }
    )

    assert judged(gold("Vi leger ude."), good).verbatim == (True,)
    assert judged(gold("Vi leger ude."), bad).verbatim == (False,)
    assert judged(gold("Vi leger ude."), bad).fell_short
    assert not judged(gold("Vi leger ude."), good).fell_short


def test_a_question_without_evidence_should_be_refused() -> None:
    refused, answered = judged(gold(), REFUSED), judged(gold(), answer(UDE))

    assert refused.recall is answered.recall is None
    assert not refused.fell_short
    assert answered.fell_short


def test_the_figures_over_many() -> None:
    judgements = [
        judged(gold("Vi leger ude."), answer(UDE, ranked=(UDE,), total=10)),
        judged(gold("Vi leger ude."), answer(MAD, UDE, ranked=(MAD, UDE), total=20)),
        judged(gold("Vi leger ude."), answer(status=Status.NOT_FOUND, ranked=(UDE,), total=30)),
        judged(gold(), answer(status=Status.NOT_FOUND, total=40)),
        judged(gold(), answer(LEG, total=50)),
    ]

    assert summarise(judgements) == {
        "questions": 5,
        "answerable": 3,
        "unanswerable": 2,
        "recall": 0.667,
        "first_hit": 0.333,
        "precision": 0.75,
        "verbatim": 1.0,
        "wrongly_refused": 0.333,
        "rightly_refused": 0.5,
        "refusal_f1": 0.5,
        "passage_hit1": 0.667,
        "passage_recall5": 1.0,
        "passage_mrr": 0.833,
        "cited_chars_median": 25,
        "cited_chars_p95": 13,
        "ms_median": 30,
    }


def test_no_figures_over_nothing() -> None:
    figures = summarise([])

    assert (figures["questions"], figures["recall"], figures["verbatim"]) == (0, None, None)
