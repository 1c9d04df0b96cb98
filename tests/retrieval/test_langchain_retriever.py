from __future__ import annotations

from collections.abc import Mapping

from langchain_core.documents import Document as LangChainDocument
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import RunnableLambda

from bot.retrieval.langchain_retriever import GrundlagRetriever
from bot.retrieval.retriever import Searcher
from bot.schema import Document

ANERKENDE = "Hvad betyder det at anerkende de unge?"


def test_a_langchain_retriever(searcher: Searcher, documents: Mapping[str, Document]) -> None:
    retriever = GrundlagRetriever(searcher=searcher, k=4)

    found = retriever.invoke(ANERKENDE)

    assert isinstance(retriever, BaseRetriever)
    assert len(found) == 4
    for document in found:
        place = document.metadata
        assert isinstance(document, LangChainDocument)
        assert documents[place["document"]].text[place["start"] : place["end"]] == document.page_content
        assert documents[place["document"]].title == place["title"]
        assert 0 <= place["score"] <= 1
        assert document.id in searcher.snapshot.rows_by_id
    scores = [document.metadata["score"] for document in found]
    assert scores == sorted(scores, reverse=True)
    assert "anerkende" in found[0].page_content


def test_it_goes_into_a_chain(searcher: Searcher) -> None:
    chain = GrundlagRetriever(searcher=searcher, k=1) | RunnableLambda(lambda found: found[0].page_content)

    [answer] = chain.batch(["Hvor mange distrikter er kommunen inddelt i?"])

    assert "13 distrikter" in answer
