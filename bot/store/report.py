"""What a build did, for whoever asked for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.schema import BankQuestion
from bot.store.embedding import Embedded
from bot.store.manifest import Manifest


@dataclass(frozen=True, slots=True)
class Report:
    """What a build did: names of documents by what became of them; `renamed` are pairs of the old and new name.

    `described` says that the catalogue or the question bank says something else than before. `embedded` counts the
    texts that had to be encoded, `reused` those whose vectors were there, `resumed` of them from a build that was
    interrupted.
    """

    snapshot: str
    built: bool
    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    passages: int
    questions: int
    lost_questions: tuple[str, ...]
    renamed: tuple[tuple[str, str], ...] = ()
    described: bool = False
    embedded: int = 0
    reused: int = 0
    resumed: int = 0


def report_of(
    manifest: Manifest, before: Manifest | None, lost: tuple[BankQuestion, ...], embedded: Embedded | None
) -> Report:
    """The report on a snapshot that came after another; `embedded` is None where nothing was built."""
    old = dict(before.documents) if before else {}
    new = dict(manifest.documents)
    renamed = _renamed(old, new)
    for was, now in renamed:
        del old[was]
        del new[now]
    changed = tuple(sorted(name for name in new.keys() & old.keys() if new[name] != old[name]))
    added, removed = tuple(sorted(new.keys() - old.keys())), tuple(sorted(old.keys() - new.keys()))
    moved = bool(added or changed or removed or renamed)
    return Report(
        snapshot=manifest.id,
        built=embedded is not None,
        added=added,
        changed=changed,
        removed=removed,
        passages=manifest.passages,
        questions=manifest.questions,
        lost_questions=tuple(question.question for question in lost),
        renamed=renamed,
        described=before is not None and not moved and before.catalogue != manifest.catalogue,
        embedded=embedded.encoded if embedded else 0,
        reused=embedded.reused if embedded else 0,
        resumed=embedded.resumed if embedded else 0,
    )


def _renamed(old: Mapping[str, str], new: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Files that are gone while one of the same bytes has come."""
    gone: dict[str, list[str]] = {}
    for name in sorted(old.keys() - new.keys()):
        gone.setdefault(old[name], []).append(name)
    pairs = []
    for name in sorted(new.keys() - old.keys()):
        if gone.get(new[name]):
            pairs.append((gone[new[name]].pop(0), name))
    return tuple(sorted(pairs))
