from __future__ import annotations

import numpy as np

from bot.models.sentence_encoder import SentenceEncoder

TEXT = "Hvilke mål har kommunen for børns sprog, trivsel og læring i dagtilbud?"


def test_vectors_are_those_of_sentence_transformers(torch_encoder: SentenceEncoder) -> None:
    texts = [TEXT, "Förskolan ska ge varje barn förutsättningar att utveckla sitt språk.", "og"]
    bare = torch_encoder._model

    query = torch_encoder.encode_query(texts[0])
    passages = torch_encoder.encode_passages(texts)

    np.testing.assert_allclose(query.vector, bare.encode_query(texts[0]), atol=1e-6)
    np.testing.assert_allclose(query.vector, bare.encode("query: " + texts[0]), atol=1e-6)
    np.testing.assert_allclose([passage.vector for passage in passages], bare.encode_document(texts), atol=1e-6)


def test_tokens_pool_to_the_vector(torch_encoder: SentenceEncoder) -> None:
    text = TEXT
    every = torch_encoder._model.encode_query(text, output_value="token_embeddings").numpy()

    encoding = torch_encoder.encode_query(text)

    # bos, "que", "ry", ":" in front and eos behind are left out.
    np.testing.assert_allclose(encoding.tokens, every[4:-1], atol=1e-5)
    mean = every.mean(axis=0)
    np.testing.assert_allclose(encoding.vector, mean / np.linalg.norm(mean), atol=1e-5)
