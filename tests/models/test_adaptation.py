from __future__ import annotations

import hashlib
import re

import numpy as np
import pytest
from safetensors.numpy import load

from bot.models.adaptation import DOWN, UP, adapt, adaptation_bytes
from bot.models.encoder import Encoder
from bot.models.graph_encoder import GraphEncoder
from bot.models.loading import find_source
from bot.models.model_folder import converted_folder
from bot.settings import Settings


@pytest.fixture(scope="module")
def as_packaged() -> Encoder:
    return GraphEncoder(converted_folder(find_source(), Settings().cache).path, "", "", 0)


def test_a_weight_changes_by_the_product() -> None:
    changes = load(adaptation_bytes())
    name = next(name for name in changes if name.endswith(UP)).removesuffix(UP)
    up, down = changes[name + UP].astype(np.float32), changes[name + DOWN].astype(np.float32)
    weights = dict.fromkeys((n.removesuffix(UP) for n in changes if n.endswith(UP)), np.zeros(1, dtype=np.float32))
    weights = {n: np.ones((len(changes[n + UP]), changes[n + DOWN].shape[1]), dtype=np.float32) for n in weights}

    adapt(weights)

    np.testing.assert_allclose(weights[name], 1 + up @ down, rtol=1e-6)


def test_every_machine_adapts_to_the_same_bits() -> None:
    """Or replicas on machines with other processors would refuse the index that they share."""
    changes = load(adaptation_bytes())
    names = sorted(name.removesuffix(UP) for name in changes if name.endswith(UP))
    weights = {n: np.ones((len(changes[n + UP]), changes[n + DOWN].shape[1]), np.float32) for n in names}

    adapt(weights)

    adapted = hashlib.sha256(b"".join(weights[name].tobytes() for name in names)).hexdigest()
    assert adapted == "0f883d1eb6bfd55e3e68f45290435584fe3dcf7bd615d50742076c91f127f5eb"


def test_only_the_upper_half_of_the_layers_changes() -> None:
    layers = {int(match.group(1)) for name in load(adaptation_bytes()) if (match := re.search(r"layer\.(\d+)\.", name))}

    assert layers == set(range(6, 12))


def test_it_is_small() -> None:
    assert len(adaptation_bytes()) < 1_000_000


def test_the_adapted_encoder_is_kept_apart(encoder: Encoder, as_packaged: Encoder) -> None:
    adapted = converted_folder(find_source(), Settings().cache, adapted=True)
    plain = converted_folder(find_source(), Settings().cache)

    assert adapted.path != plain.path
    assert adapted.fingerprint != plain.fingerprint
    assert encoder.fingerprint == adapted.fingerprint
    assert not np.allclose(encoder.encode_query("leg").vector, as_packaged.encode_query("leg").vector, atol=1e-3)
