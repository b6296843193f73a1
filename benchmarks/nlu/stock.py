"""Pipelines made of Rasa's own parts, to compare with."""

from __future__ import annotations

from pathlib import Path

import yaml

_FEATURES = [
    {"name": "WhitespaceTokenizer"},
    {"name": "RegexFeaturizer"},
    {"name": "LexicalSyntacticFeaturizer"},
    {"name": "CountVectorsFeaturizer"},
    {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
]
# "light" is Rasa's own logistic regression and CRF; "diet" is the pipeline `rasa init` suggests.
PIPELINES = {
    "light": [*_FEATURES, {"name": "LogisticRegressionClassifier"}, {"name": "CRFEntityExtractor"}],
    "diet": [*_FEATURES, {"name": "DIETClassifier", "epochs": 100, "constrain_similarities": True}],
}


def config(name: str, folder: Path) -> Path:
    """The configuration file of a stock pipeline, written to ``folder``."""
    file = folder / f"{name}.yml"
    file.write_text(yaml.safe_dump({"recipe": "default.v1", "language": "vi", "pipeline": PIPELINES[name]}))
    return file
