"""What kind of thing is asked, in any language: a linear classifier on the question's vector.

`intents.json` holds its weights, says what they were learned on and by which command.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

# "Write a poem about ...": a text of the bot's own is wanted, in the languages people ask in.
WANTS_A_TEXT = re.compile(
    r"""^\W*(?:(?:please|kan\ du|vil\ du|kunne\ du|can\ you|could\ you|bitte|proszę|будь\ ласка)\W+)?
        (?:skriv[ea]?|digte?|dikta?|find\ på|lave?|hitta\ på|write|compose|make\ up|invent|schreib\w*|dichte|napisz|ułóż
          |напиши|напишіть|склади|складіть|اكتب)\b
        \W+(?:\w+\W+){0,3}?
        (?:\w*(?:digt\w*|dikt\w*|sang\w*|sång\w*|historie|eventyr|saga|brev|mail|mejl)  # "fødselsdagssang" is one word
          |vers|rim|vise|vits|vittighed\w*|stil|essay|uppsats|e-mail|ansøgning\w*|ansökan|søknad|tale|tal|debatindlæg|debatartik\w*
          |poems?|songs?|story|stories|jokes?|rhymes?|haiku|limerick|letter|application|speech|article
          |\w*gedicht\w*|lied|\w+slied|\w*geschichte|witz|\w*brief|wiersz\w*|piosenk\w*|opowiadanie|list
          |вірш\w*|пісн\w*|оповідання|лист\w*|казк\w*|قصيدة|أغنية|قصة|رسالة)\b""",
    re.IGNORECASE | re.VERBOSE,
)
INTENTS = ("single", "list", "outline", "compare", "smalltalk", "instruction")
"""One passage; a whole list; a document's headings; several documents; no question; an attempt to steer the bot."""


class IntentModel(BaseModel):
    """intents.json: a softmax over INTENTS; `mean` is taken off the question's vector first."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    learned_on: str
    command: str
    mean: tuple[float, ...]
    weights: tuple[tuple[float, ...], ...]
    """One row for each of INTENTS."""
    biases: tuple[float, ...]

    def probabilities(self, vector: NDArray[np.float32]) -> dict[str, float]:
        """The probability of each intent; all equal for an encoder the weights were not learned with."""
        weights, mean, biases = _arrays(self)
        if mean.shape != vector.shape:
            return dict.fromkeys(INTENTS, 1 / len(INTENTS))
        logits = weights @ (vector - mean) + biases
        odds = np.exp(logits - logits.max())
        return dict(zip(INTENTS, (odds / odds.sum()).tolist(), strict=True))


def wants_a_text(question: str) -> bool:
    """Is the bot asked to make up a text of its own?"""
    return bool(WANTS_A_TEXT.match(question))


@lru_cache(maxsize=4)
def _arrays(model: IntentModel) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    return np.asarray(model.weights), np.asarray(model.mean), np.asarray(model.biases)


@lru_cache(maxsize=1)
def load_intents() -> IntentModel:
    """The classifier that the package carries."""
    return IntentModel.model_validate_json(resources.files("bot.answering").joinpath("intents.json").read_text("utf-8"))
