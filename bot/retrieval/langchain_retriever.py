"""The search as a LangChain retriever, for whoever wants to go on with that; nothing else needs it, or imports it."""

from __future__ import annotations

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document as LangChainDocument
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from bot.retrieval.retriever import Searcher


class GrundlagRetriever(BaseRetriever):
    """The same search as a LangChain retriever: passages as Documents, with their place in the metadata."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    searcher: Searcher
    k: int = 5

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[LangChainDocument]:
        found = self.searcher.find(self.searcher.encode(query)[0])
        return [
            LangChainDocument(
                page_content=hit.passage.text,
                id=hit.passage.id,
                metadata={
                    "document": hit.passage.place.document,
                    "title": hit.passage.title,
                    "section": list(hit.passage.place.section),
                    "start": hit.passage.place.start,
                    "end": hit.passage.place.end,
                    "score": hit.score,
                },
            )
            for hit in self.searcher.hits(found.ranked, self.k)
        ]
