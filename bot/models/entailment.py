"""A CrossEncoder for natural language inference: does one text follow from another?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import ModelError
from bot.models.loading import load_quietly
from bot.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sentence_transformers import CrossEncoder

ENTAILMENT = "entailment"
CONFIG = "config.json"
"""By this file a model that was downloaded is known to be there."""
REMEDY = "set GRUNDLAG_CHECK_MODEL to a CrossEncoder's name or folder that tells entailment, or unset it"


class EntailmentModel:
    """Tells how probable it is that a statement follows from a text. Threads may share it.

    Raises ModelError if the model's labels do not name entailment.
    """

    def __init__(self, model: CrossEncoder, name: str) -> None:
        self.name = name
        self.labels = _labels(model)
        self._model = model
        found = [number for number, label in self.labels.items() if label.lower() == ENTAILMENT]
        # With one label there is nothing that a text could say instead.
        if len(found) != 1 or len(self.labels) < 2:  # noqa: PLR2004
            named = ", ".join(self.labels.values())
            raise ModelError(f"The check model {name} has the labels {named}, and none called {ENTAILMENT}; {REMEDY}.")
        self._column = found[0]

    def probability(self, text: str, statement: str) -> float:
        """The probability (0 to 1) that `statement` follows from `text`."""
        scores = self._model.predict([(text, statement)], apply_softmax=True, show_progress_bar=False)
        return float(scores[0][self._column])


def load_entailment(settings: Settings) -> EntailmentModel:
    """The model that `settings.check_model` names: a folder, or a hub's name that is downloaded once.

    Raises ModelError if it is missing, cannot be loaded, or does not tell entailment.
    """
    name = settings.check_model
    path = Path(name).expanduser()
    local = path.is_dir()
    if not local and (path.is_absolute() or name.startswith((".", "~"))):
        raise ModelError(f"The check model's folder {path} does not exist; {REMEDY}.")
    given = str(path) if local else name

    def opened(only_local: bool) -> CrossEncoder:
        # Imported here because it takes seconds and most never use it.
        from sentence_transformers import CrossEncoder  # noqa: PLC0415

        model: CrossEncoder = CrossEncoder(given, local_files_only=only_local)
        return model

    try:
        model = load_quietly(opened, given, CONFIG, settings.threads, local=local)
    except ModelError as error:
        raise ModelError(f"The check model {name} could not be loaded ({error}); {REMEDY}.") from error
    return EntailmentModel(model, path.resolve().name if local else name)


def _labels(model: CrossEncoder) -> Mapping[int, str]:
    labels = getattr(model.config, "id2label", None) or {}
    return {int(number): str(label) for number, label in labels.items()}
