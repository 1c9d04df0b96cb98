"""Progress on standard error for whatever takes long: the first conversion of the encoder, indexing, batches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

if TYPE_CHECKING:
    from bot.documents.corpus import Corpus
    from bot.documents.recognition import Recognition
    from bot.models.encoder import Encoder
    from bot.settings import Settings
    from bot.store.report import Report

T = TypeVar("T")
_ENCODERS: dict[tuple[str, str, int], Encoder] = {}


def indexed(
    settings: Settings, *, rebuild: bool = False, recognition: Recognition | None = None
) -> tuple[Report, Corpus]:
    """Bring the index up to date with a progress bar for each stage."""
    from bot.composition import build_index, read_sources

    sources = read_sources(settings, recognition, anew=rebuild)
    encoder = loaded_encoder(settings)
    with _bar() as bar:
        tasks: dict[str, object] = {}

        def advance(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(stage, total=total)
            bar.update(tasks[stage], completed=done, total=total)  # type: ignore[arg-type]

        return build_index(settings, encoder, sources=sources, rebuild=rebuild, progress=advance)


def loaded_encoder(settings: Settings) -> Encoder:
    """The encoder, loaded once in a process; its first conversion shows a bar."""
    from bot.models.loading import load_encoder

    key = (settings.encoder, str(settings.cache), settings.threads)
    if key not in _ENCODERS:
        with _bar() as bar:
            task = bar.add_task("encoder", total=100)
            _ENCODERS[key] = load_encoder(
                settings, lambda what, share: bar.update(task, description=what, completed=int(100 * share))
            )
    return _ENCODERS[key]


def counted(items: Iterable[T], total: int, what: str = "questions") -> Iterator[T]:
    """The items, with a bar that counts them on a terminal."""
    with _bar() as bar:
        task = bar.add_task(what, total=total)
        for item in items:
            yield item
            bar.advance(task)


def _bar() -> Progress:
    """Bars on standard error; gone when done, and nothing at all where that is no terminal."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
