"""Which models are served without TensorFlow, and what stands in for it."""

from __future__ import annotations

import importlib
import io
import json
import pathlib
import sys
import tarfile
from collections.abc import Iterator

import pytest

from nlu import serve
from nlu.speed import absent


def _model(folder: pathlib.Path, *components: str) -> pathlib.Path:
    data = json.dumps({"predict_schema": {"nodes": {c: {"uses": c} for c in components}}}).encode()
    path = folder / "model.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        info = tarfile.TarInfo("metadata.json")
        info.size = len(data)
        archive.addfile(info, io.BytesIO(data))
    return path


@pytest.mark.parametrize(
    ("components", "needed"),
    [
        (["nlu.components.questions.QuestionClassifier", "rasa.core.policies.rule_policy.RulePolicy"], False),
        (["rasa.nlu.classifiers.diet_classifier.DIETClassifier"], True),
        (["nlu.components.questions.QuestionClassifier", "rasa.core.policies.ted_policy.TEDPolicy"], True),
        (["somebody.elses.Component"], True),
        ([], True),
    ],
)
def test_only_components_known_to_do_without_make_a_light_start(
    tmp_path: pathlib.Path, components: list[str], needed: bool
) -> None:
    assert serve.needs_tensorflow(_model(tmp_path, *components)) is needed


def test_what_cannot_be_read_starts_in_full(tmp_path: pathlib.Path) -> None:
    broken = tmp_path / "broken.tar.gz"
    broken.write_bytes(b"no archive")
    assert serve.needs_tensorflow(broken)
    assert serve.needs_tensorflow(tmp_path / "missing.tar.gz")


@pytest.fixture
def stand_in() -> Iterator[None]:
    before = list(sys.meta_path)
    absent.install()
    yield
    sys.meta_path[:] = before
    for name in [n for n in sys.modules if n.partition(".")[0] in absent.PACKAGES]:
        del sys.modules[name]


@pytest.mark.usefixtures("stand_in")
def test_the_stand_in_serves_hints_bases_and_decorators_and_refuses_use() -> None:
    tf = importlib.import_module("tensorflow")
    layers = importlib.import_module("tensorflow.keras.layers")

    class Layer(tf.keras.layers.Layer):  # type: ignore[name-defined, misc]
        @tf.function(experimental_relax_shapes=True)
        def call(self) -> None: ...

        @tf.function
        def other(self) -> str:
            return "as it was"

    assert Layer.other(None) == "as it was"
    with pytest.raises(absent.AbsentError, match="Layer needs TensorFlow"):
        Layer()
    with pytest.raises(absent.AbsentError, match=r"tensorflow\.constant is called"):
        tf.constant(1, dtype=tf.float32)
    with pytest.raises(absent.AbsentError, match="imported already"):
        absent.install()
    assert layers.Dense[0] is not None
