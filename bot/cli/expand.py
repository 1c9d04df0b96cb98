"""`grundlag expand`: drafts questions for the question bank with the chat model, for a person to review."""

from __future__ import annotations

import argparse

from bot.cli.drafts import chosen_documents, language
from bot.cli.options import Commands, new_command, positive, settings_of
from bot.cli.output import say


def add_command(commands: Commands) -> None:
    """Add `expand` to the program."""
    parser = new_command(commands, "expand", run, "draft questions for the question bank with the chat model")
    parser.add_argument("documents", nargs="*", metavar="DOCUMENT", help="these documents only")
    parser.add_argument("--language", action="append", type=language, metavar="L", help="da, sv, en unless given")
    parser.add_argument("--each", type=positive, default=3, metavar="N", help="questions for a passage and language")


def run(options: argparse.Namespace) -> int:
    """Draft for every passage that neither the bank nor an earlier draft covers; say how to go on."""
    from bot.answering.drafting import DRAFTS, LANGUAGES, draft_questions, drafted_passages, write_draft
    from bot.documents.corpus import read_corpus
    from bot.documents.passages import passages_of, squeeze
    from bot.documents.recognition import recognition_of
    from bot.models.chat import load_chat_model
    from bot.progress import counted
    from bot.store.bank import BANK, read_bank, settle

    settings = settings_of(options)
    model = load_chat_model(settings)
    corpus = read_corpus(settings.corpus, recognition_of(settings))
    wanted = chosen_documents({d.name: d for d in corpus.documents}, options.documents)
    passages = passages_of(corpus.documents)
    covered = set(settle(read_bank(settings.corpus), corpus.documents, passages).rows)
    path = settings.corpus / DRAFTS
    done = drafted_passages(path)
    left = [
        passage
        for row, passage in enumerate(passages)
        if row not in covered
        and passage.place.document in wanted
        and (passage.place.document, squeeze(passage.text)) not in done
    ]
    drafts = draft_questions(model, left, options.language or LANGUAGES, options.each)
    count = 0
    for draft in counted(drafts, len(left), "passages"):
        write_draft(path, draft)
        count += len(draft.questions)
    if not left:
        say("Nothing to draft: the question bank or an earlier draft has questions for every passage.")
        return 0
    say(
        f"{count} questions for {len(left)} passages are in {path}. Read them, take out what the passage does not "
        f"answer, move the rest to {settings.corpus / BANK}, and run `grundlag index`."
    )
    return 0
