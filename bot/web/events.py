"""What the page asks of Gradio's queue: the answer to a question, growing piece by piece."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from bot.settings import MAX_QUESTION_CHARACTERS
from bot.web.finding import Wanted, find_passages
from bot.web.keeping import NOTHING, Keeping
from bot.web.protocol import Assistant
from bot.web.render import render_ending, render_pieces, render_related
from bot.web.texts import choose_language
from bot.web.views import render_found

MAX_EARLIER_QUESTIONS = 10
MAX_WORDS_CHARACTERS = 300
Step = dict[str, str]


def ask_event(following: Assistant, keeping: Keeping = NOTHING) -> Callable[[dict[str, object]], Iterator[Step]]:
    """The event behind the question box: `{"question": text, "history": earlier ones, "language": of the page,
    "reader": short, plain or thorough}`.

    One value with all of them, each of which may be missing: a page may have been open since before an upgrade.
    Each step is either `{"part": html}`, the next piece of the answer, or `{"whole": html}`, all of it so far while a
    chat model writes, or the last one: `{"html": sources, "related": questions, "status": ..., "language": of the
    answer, "asked": language of the question}`, with `"question"` where a personal number was taken out of it.
    """

    def ask(asked: dict[str, object]) -> Iterator[Step]:
        # Answer, sources and questions to go on with come from one snapshot, whatever is built meanwhile.
        assistant = following.now()
        given = asked if isinstance(asked, dict) else {}
        spoken = choose_language(str(given.get("language")))
        earlier = earlier_questions(given.get("history"))
        question = _bounded(given.get("question"))
        reader = given.get("reader")
        if assistant.writes:
            worded = reader if isinstance(reader, str) else None
            for answer in assistant.ask_growing(question, earlier, expected=spoken, reader=worded):
                yield {"whole": "".join(render_pieces(answer, assistant.documents))}
        else:
            answer = assistant.ask(question, earlier, expected=spoken)
            for part in render_pieces(answer, assistant.documents):
                yield {"part": part}
        # The page shows the question without the number, and sends it so as an earlier one.
        masked = {"question": answer.question} if answer.warning else {}
        yield {
            **masked,
            "html": render_ending(answer, assistant.documents, feedback=keeping.feedback),
            "related": render_related(assistant.related(answer, spoken, earlier), spoken),
            "status": str(answer.status),
            "language": choose_language(None, answer.language),
            "asked": answer.language,
        }

    return ask


def search_event(following: Assistant) -> Callable[[dict[str, object]], Step]:
    """The event behind the search field: the form's fields -> `{"html": passages}`."""

    def search(fields: dict[str, object]) -> Step:
        given = fields if isinstance(fields, dict) else {}
        texts = {name: _short(given.get(name)) for name in ("words", "document", "publisher", "language", "kind")}
        wanted = Wanted(**texts, exact=bool(given.get("exact")), by_place=given.get("sort") == "place")
        return {"html": render_found(find_passages(following.now(), wanted))}

    return search


def earlier_questions(history: object) -> Sequence[str]:
    """The last questions of what a browser sends as history; anything that is no question is left out."""
    given = history if isinstance(history, list) else []
    questions = [entry for entry in given if isinstance(entry, str) and 0 < len(entry) <= MAX_QUESTION_CHARACTERS]
    return questions[-MAX_EARLIER_QUESTIONS:]


def _short(value: object) -> str:
    return value[:MAX_WORDS_CHARACTERS].strip() if isinstance(value, str) else ""


def _bounded(question: object) -> str:
    """The question as text; one character too many is enough for the core to see that it is too long."""
    return question[: MAX_QUESTION_CHARACTERS + 1] if isinstance(question, str) else ""
