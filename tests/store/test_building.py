from __future__ import annotations

import errno
import json
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NoReturn

import numpy as np
import pytest
from filelock import FileLock

from bot.composition import build_index
from bot.errors import DocumentError, GrundlagError, IndexBusyError, IndexDamagedError, IndexMissingError
from bot.models.encoder import Encoder, Task
from bot.models.encoding import Encoding
from bot.settings import Settings
from bot.store import building
from bot.store.builds import BUILDS, CURRENT, current_folder
from bot.store.snapshot import KNOWN_VECTORS, Snapshot, open_snapshot, verify_snapshot

LEG = "Om leg\n\nLeg er den vigtigste vej til læring for de yngste børn.\n"
MAD = "Om mad\n\nVi spiser sammen med børnene hver dag klokken tolv, og alle smager.\n"
QUESTION = {
    "question": "Hvorfor leger de?",
    "language": "da",
    "document": "leg.txt",
    "quote": "Leg er den vigtigste vej",
}
Files = Mapping[str, str | bytes]
Write = Callable[[Files], Settings]
Progress = Callable[[int, int], None]


class SameEncoder(Encoder):
    """The real encoder under another object; subclasses fail where a build may fail."""

    def __init__(self, real: Encoder, fingerprint: str | None = None) -> None:
        self.real = real
        super().__init__(real.name, fingerprint or real.fingerprint, real.prompts, real.max_tokens)

    def _encode(self, texts: list[str], prompt: str, task: Task) -> list[Encoding]:
        return self.real._encode(texts, prompt, task)


class IdleEncoder(SameEncoder):
    """May be asked who it is, and nothing else."""

    def encode_passages(self, *_: object, **__: object) -> list[Encoding]:
        raise AssertionError("nothing had to be encoded")

    encode_queries = encode_passages


class InterruptedEncoder(SameEncoder):
    """Stops with `error` when half of the passages are done."""

    def __init__(self, real: Encoder, error: BaseException) -> None:
        super().__init__(real)
        self.error = error

    def encode_passages(
        self, texts: Sequence[str], progress: Progress | None = None, batch_size: int = 16
    ) -> list[Encoding]:
        super().encode_passages(texts[: len(texts) // 2], progress, batch_size)
        raise self.error


class FaultyEncoder(SameEncoder):
    """Has nothing to say of one passage among many, which no check of an index may let pass."""

    def __init__(self, real: Encoder, fault: int) -> None:
        super().__init__(real)
        self.fault = fault

    def encode_passages(
        self, texts: Sequence[str], progress: Progress | None = None, batch_size: int = 16
    ) -> list[Encoding]:
        encodings = super().encode_passages(texts, progress, batch_size)
        if len(encodings) > KNOWN_VECTORS:
            faulty = encodings[self.fault]
            encodings[self.fault] = Encoding(np.zeros_like(faulty.vector), faulty.tokens, faulty.spans)
        return encodings


class WaitingEncoder(SameEncoder):
    """Tells that the build is under way, and goes on when it is let."""

    def __init__(self, real: Encoder) -> None:
        super().__init__(real)
        self.begun, self.may_go_on = threading.Event(), threading.Event()

    def encode_passages(
        self, texts: Sequence[str], progress: Progress | None = None, batch_size: int = 16
    ) -> list[Encoding]:
        self.begun.set()
        assert self.may_go_on.wait(60)
        return super().encode_passages(texts, progress, batch_size)


def checked(settings: Settings, encoder: Encoder) -> list[str]:
    """The documents of the snapshot in use, after every check there is."""
    folder = current_folder(settings.index)
    verify_snapshot(folder, encoder)
    snapshot = open_snapshot(folder, encoder)
    try:
        return list(snapshot.documents)
    finally:
        snapshot.close()


def builds(settings: Settings) -> list[str]:
    return sorted(path.name for path in (settings.index / BUILDS).iterdir())


def opened(settings: Settings, encoder: Encoder) -> Snapshot:
    return open_snapshot(current_folder(settings.index), encoder)


def best(snapshot: Snapshot, words: str) -> str:
    """The text of the passage that a reader of the snapshot finds first."""
    vector = np.asarray(snapshot.embeddings.embed_query(words), dtype=np.float32)
    return snapshot.passages[snapshot.nearest("passages", vector, 1)[0]].text


def test_a_first_build(write_corpus: Write, encoder: Encoder) -> None:
    settings = write_corpus({"leg.txt": LEG, "ude/mad.txt": MAD, "questions.jsonl": json.dumps(QUESTION)})
    told: list[tuple[str, int, int]] = []

    report, corpus = build_index(settings, encoder, progress=lambda *step: told.append(step))

    assert report.built
    assert report.added == ("leg.txt", "ude/mad.txt")
    assert report.changed == report.removed == report.lost_questions == ()
    assert (report.passages, report.questions) == (2, 1)
    assert len(corpus.documents) == 2
    assert checked(settings, encoder) == ["leg.txt", "ude/mad.txt"]
    assert builds(settings) == [report.snapshot]
    assert {stage for stage, _, _ in told} == {"passages", "questions", "write", "check"}
    assert all(0 <= done <= total for _, done, total in told)
    assert told[-1] == ("check", 1, 1)


def test_the_same_input_is_not_built_again(write_corpus: Write, encoder: Encoder) -> None:
    settings = write_corpus({"leg.txt": LEG, "mad.txt": MAD})
    first, _ = build_index(settings, encoder)
    written = {path: path.stat().st_mtime_ns for path in (settings.index / BUILDS).rglob("*.json")}

    again, _ = build_index(settings, IdleEncoder(encoder))

    assert not again.built
    assert again.snapshot == first.snapshot
    assert again.added == again.changed == again.removed == ()
    assert {path: path.stat().st_mtime_ns for path in (settings.index / BUILDS).rglob("*.json")} == written


def test_the_same_input_has_the_same_id_anywhere(write_corpus: Write, encoder: Encoder, tmp_path: Path) -> None:
    settings = write_corpus({"leg.txt": LEG})
    elsewhere = settings.model_copy(update={"index": tmp_path / "another"})

    one, _ = build_index(settings, encoder)
    other, _ = build_index(elsewhere, encoder)

    assert one.snapshot == other.snapshot


@pytest.mark.parametrize(
    "changed",
    [
        {"leg.txt": LEG + "\nMere.\n"},
        {"mad.txt": MAD},
        {"catalogue.toml": '[documents."leg.txt"]\ntitle = "Leg"\n'},
        {"questions.jsonl": json.dumps(QUESTION)},
    ],
    ids=["document", "new document", "catalogue", "bank"],
)
def test_what_goes_into_the_index_makes_its_id(write_corpus: Write, encoder: Encoder, changed: Files) -> None:
    settings = write_corpus({"leg.txt": LEG})
    before, _ = build_index(settings, encoder)

    write_corpus(changed)
    after, _ = build_index(settings, encoder)

    assert after.built
    assert after.snapshot != before.snapshot


def test_another_encoder_has_another_index(write_corpus: Write, encoder: Encoder) -> None:
    settings = write_corpus({"leg.txt": LEG})
    before, _ = build_index(settings, encoder)
    other = SameEncoder(encoder, "another model")

    after, _ = build_index(settings, other)

    assert after.built
    assert after.snapshot != before.snapshot
    assert checked(settings, other) == ["leg.txt"]


def test_a_rebuild_is_asked_for(write_corpus: Write, encoder: Encoder) -> None:
    settings = write_corpus({"leg.txt": LEG})
    first, _ = build_index(settings, encoder)

    again, _ = build_index(settings, encoder, rebuild=True)

    assert again.built
    assert again.snapshot == first.snapshot
    assert checked(settings, encoder) == ["leg.txt"]
    # The one before is left where it is: somebody may still read it.
    assert len(builds(settings)) == 2
    assert current_folder(settings.index).name != first.snapshot


def test_what_became_of_each_document_is_told(write_corpus: Write, encoder: Encoder) -> None:
    settings = write_corpus({"leg.txt": LEG, "mad.txt": MAD, "old.txt": "Gammelt\n\nDet her gælder ikke mere nu.\n"})
    build_index(settings, encoder)

    write_corpus({"mad.txt": MAD + "\nOg vi taler sammen imens.\n", "new.txt": "Nyt\n\nDet her gælder fra i dag.\n"})
    (settings.corpus / "old.txt").unlink()
    report, _ = build_index(settings, encoder)

    assert (report.added, report.changed, report.removed) == (("new.txt",), ("mad.txt",), ("old.txt",))
    assert checked(settings, encoder) == ["leg.txt", "mad.txt", "new.txt"]


def test_a_question_whose_passage_is_gone_is_told(write_corpus: Write, encoder: Encoder) -> None:
    settings = write_corpus({"leg.txt": MAD, "questions.jsonl": json.dumps(QUESTION)})

    report, _ = build_index(settings, encoder)

    assert report.lost_questions == (QUESTION["question"],)
    assert report.questions == 0
    assert checked(settings, encoder) == ["leg.txt"]


@pytest.mark.parametrize("error", [RuntimeError("no memory"), KeyboardInterrupt()], ids=["error", "stopped"])
def test_an_interrupted_build_changes_nothing(write_corpus: Write, encoder: Encoder, error: BaseException) -> None:
    settings = write_corpus({"leg.txt": LEG})
    before, _ = build_index(settings, encoder)
    reader = opened(settings, encoder)

    write_corpus({"leg.txt": MAD, "mad.txt": MAD})
    with pytest.raises(type(error)):
        build_index(settings, InterruptedEncoder(encoder, error))

    assert builds(settings) == [before.snapshot]
    assert (settings.index / CURRENT).read_text(encoding="utf-8").strip() == before.snapshot
    assert checked(settings, encoder) == ["leg.txt"]
    assert best(reader, "leg") == best(opened(settings, encoder), "leg") == LEG.splitlines()[2]
    # Nobody is locked out afterwards.
    assert build_index(settings, encoder)[0].built


@pytest.mark.parametrize("fault", range(3))
def test_a_build_that_does_not_pass_its_check_is_not_used(write_corpus: Write, encoder: Encoder, fault: int) -> None:
    settings = write_corpus({"leg.txt": LEG})
    before, _ = build_index(settings, encoder)

    # More passages than are looked at when a snapshot is opened: the builder looks at all.
    text = "Mad\n\n" + "\n\n".join(f"Ret nummer {number} er en god ret." for number in range(4 * KNOWN_VECTORS))
    write_corpus({"mad.txt": text})
    with pytest.raises(IndexDamagedError, match=r"not found by their own vectors|not of length 1"):
        build_index(settings, FaultyEncoder(encoder, fault))

    assert builds(settings) == [before.snapshot]
    assert checked(settings, encoder) == ["leg.txt"]


def test_a_build_is_named_only_when_it_is_whole(write_corpus: Write, encoder: Encoder) -> None:
    settings = write_corpus({"leg.txt": LEG})
    before, _ = build_index(settings, encoder)
    seen: list[str] = []

    write_corpus({"mad.txt": MAD})
    after, _ = build_index(settings, encoder, progress=lambda *_: seen.append(current_folder(settings.index).name))

    assert set(seen) == {before.snapshot}
    assert current_folder(settings.index).name == after.snapshot != before.snapshot


def test_whoever_looks_while_it_switches_sees_a_whole_snapshot(write_corpus: Write, encoder: Encoder) -> None:
    settings = write_corpus({"leg.txt": LEG})
    build_index(settings, encoder)
    done, seen, problems = threading.Event(), set[str](), list[Exception]()

    def look() -> None:
        while not done.is_set():
            try:
                folder = current_folder(settings.index)
                assert (folder / "manifest.json").is_file()
                seen.add(folder.name)
            except (GrundlagError, AssertionError) as error:
                problems.append(error)

    looker = threading.Thread(target=look)
    looker.start()
    try:
        for text in (MAD, LEG * 2, MAD * 2):
            write_corpus({"leg.txt": text})
            build_index(settings, encoder)
    finally:
        done.set()
        looker.join()

    assert problems == []
    assert len(seen) > 1


def test_a_reader_keeps_what_it_opened(write_corpus: Write, encoder: Encoder) -> None:
    settings = write_corpus({"leg.txt": LEG})
    build_index(settings, encoder)
    reader = opened(settings, encoder)

    write_corpus({"leg.txt": MAD})
    after, _ = build_index(settings, encoder)

    assert best(reader, "leg og mad") == LEG.splitlines()[2]
    assert reader.id != after.snapshot
    assert best(opened(settings, encoder), "leg og mad") == MAD.splitlines()[2]


def test_a_reader_outlives_a_rebuild_of_the_same(write_corpus: Write, encoder: Encoder) -> None:
    settings = write_corpus({"leg.txt": LEG, "mad.txt": MAD, "questions.jsonl": json.dumps(QUESTION)})
    build_index(settings, encoder)
    reader = opened(settings, encoder)

    build_index(settings, encoder, rebuild=True)

    assert best(reader, "Hvorfor leger de?") == LEG.splitlines()[2]
    assert best(opened(settings, encoder), "Hvorfor leger de?") == LEG.splitlines()[2]


def test_the_last_good_build_is_kept_and_no_more(write_corpus: Write, encoder: Encoder) -> None:
    ids = []
    for number in range(4):
        settings = write_corpus({"leg.txt": f"{LEG}\nUdgave {number} af teksten gælder fra i dag.\n"})
        ids.append(build_index(settings, encoder)[0].snapshot)

    ids.append(build_index(settings, encoder, rebuild=True)[0].snapshot)

    assert ids[-1] == ids[-2]
    assert builds(settings) == [ids[-2], f"{ids[-1]}-1"]
    open_snapshot(settings.index / BUILDS / ids[-2], encoder).close()


def test_what_a_killed_build_left_is_cleared_away(write_corpus: Write, encoder: Encoder) -> None:
    settings = write_corpus({"leg.txt": LEG})
    left = settings.index / BUILDS / ".building-abc"
    left.mkdir(parents=True)
    (left / "passages.json").write_text("[", encoding="utf-8")

    report, _ = build_index(settings, encoder)

    assert builds(settings) == [report.snapshot]


def test_one_builder_at_a_time(write_corpus: Write, encoder: Encoder) -> None:
    settings = write_corpus({"leg.txt": LEG})
    waiting = WaitingEncoder(encoder)
    first = threading.Thread(target=build_index, args=(settings, waiting))
    first.start()
    try:
        assert waiting.begun.wait(60)
        with pytest.raises(IndexBusyError, match="Wait") as caught:
            build_index(settings, encoder)
    finally:
        waiting.may_go_on.set()
        first.join()

    assert str(settings.index) in str(caught.value)
    assert checked(settings, encoder) == ["leg.txt"]
    assert not build_index(settings, encoder)[0].built


def test_a_damaged_index_is_built_again_without_being_asked(write_corpus: Write, encoder: Encoder) -> None:
    settings = write_corpus({"leg.txt": LEG})
    build_index(settings, encoder)
    (current_folder(settings.index) / "passages" / "vectors.npy").unlink()

    report, _ = build_index(settings, encoder)

    assert report.built
    assert checked(settings, encoder) == ["leg.txt"]


def test_nothing_to_index(write_corpus: Write, encoder: Encoder) -> None:
    settings = write_corpus({"bad.bin": b"\x00"})

    with pytest.raises(DocumentError, match="no document"):
        build_index(settings, encoder)

    assert not settings.index.exists()


@pytest.mark.parametrize("content", [b"\xef\xbb\xbf", "\u00a0\u2003".encode(), b"Velkommen\n", b"-----\n"])
def test_a_corpus_without_a_passage(write_corpus: Write, encoder: Encoder, content: bytes) -> None:
    settings = write_corpus({"a.txt": content})

    with pytest.raises(DocumentError, match=r"There is no .*(Put|Add)") as caught:
        build_index(settings, encoder)

    assert "\n" not in str(caught.value)
    assert not settings.index.exists()


def test_a_document_without_a_passage_beside_others(write_corpus: Write, encoder: Encoder) -> None:
    settings = write_corpus({"leg.txt": LEG, "velkommen.txt": "Velkommen\n"})

    report, _ = build_index(settings, encoder)

    assert report.passages == 1
    assert "leg.txt" in checked(settings, encoder)


@pytest.mark.parametrize("umask", [0o022, 0o077, 0o002])
def test_whoever_may_read_files_may_read_the_index(write_corpus: Write, encoder: Encoder, umask: int) -> None:
    settings = write_corpus({"leg.txt": LEG})
    before = os.umask(umask)
    try:
        build_index(settings, encoder)
    finally:
        os.umask(before)

    folder = current_folder(settings.index)
    for path in (settings.index, settings.index / BUILDS, settings.index / CURRENT, *folder.rglob("*"), folder):
        expected = (0o777 if path.is_dir() else 0o666) & ~umask
        # Chroma's own files may be shut to others' writing whatever the umask is.
        assert path.stat().st_mode & 0o755 == expected & 0o755, path


def test_what_is_up_to_date_needs_no_place_to_write(
    write_corpus: Write, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = write_corpus({"leg.txt": LEG})
    build_index(settings, encoder)

    class ReadOnly(FileLock):
        def acquire(self, *_: object, **__: object) -> NoReturn:
            raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(building, "FileLock", ReadOnly)

    assert not build_index(settings, encoder)[0].built
    with pytest.raises(IndexMissingError, match=r"Read-only file system.*--index"):
        build_index(settings, encoder, rebuild=True)


def test_an_index_where_no_folder_can_be(write_corpus: Write, encoder: Encoder) -> None:
    settings = write_corpus({"leg.txt": LEG})
    settings.index.write_text("a file", encoding="utf-8")

    with pytest.raises(IndexMissingError, match="--index") as caught:
        build_index(settings, encoder)

    assert str(settings.index) in str(caught.value)


def test_passages_in_a_snapshot_are_those_of_the_documents(write_corpus: Write, encoder: Encoder) -> None:
    settings = write_corpus({"leg.txt": LEG.replace("\n", "\r\n").encode("cp1252"), "mad.md": MAD})
    build_index(settings, encoder)

    snapshot = open_snapshot(current_folder(settings.index), encoder)
    try:
        for passage in snapshot.passages:
            place = passage.place
            assert snapshot.documents[place.document].text[place.start : place.end] == passage.text
        assert {p.text for p in snapshot.passages} == {LEG.splitlines()[2], MAD.splitlines()[2]}
    finally:
        snapshot.close()
