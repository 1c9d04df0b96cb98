"""The way of a question as a LangChain Runnable, for whoever wants to go on with that; nothing else imports it."""

from __future__ import annotations

from langchain_core.runnables import Runnable, RunnableLambda

from bot.answering.pipeline import Question, Steps
from bot.schema import Answer


def steps_runnable(steps: Steps) -> Runnable[Question, Answer]:
    """understand | retrieve | compose over one snapshot; with a writer, composing writes."""
    return (
        RunnableLambda(steps.understand, name="understand")
        | RunnableLambda(steps.retrieve, name="retrieve")
        | RunnableLambda(steps.compose, name="compose")
    )
