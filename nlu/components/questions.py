"""What a message wants: its intent, and every aspect it asks about, with the place where it asks."""

from __future__ import annotations

import re
from typing import Any, Dict, List, Text, Tuple

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import (
    ENTITIES,
    INTENT,
    INTENT_NAME_KEY,
    INTENT_RANKING_KEY,
    METADATA,
    PREDICTED_CONFIDENCE_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.components.linear import LinearClassifier
from nlu.vietnamese import strip_accents

# A clause ends at a mark, and before a word that adds another question.
_BOUNDARY = re.compile(r"[,.;?!\n]+|(?<=\s)(?=(?:và|va|rồi|roi|còn|với lại|voi lai)\s)", re.IGNORECASE)
_PREFIX = "ask_"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class QuestionClassifier(GraphComponent, IntentClassifier):
    """Linear intent classifier trained on both writings, and one-against-rest aspects.

    Aspects come out as entities ``{"entity": "aspect", "value": "fee", "start", "end"}``: the span is
    the clause that asks. Training examples name all their aspects in ``metadata.aspects``.
    """

    def __init__(self, config: Dict[Text, Any], storage: ModelStorage, resource: Resource) -> None:
        self._config, self._storage, self._resource = config, storage, resource
        self._intents: LinearClassifier | None = None
        self._aspects: LinearClassifier | None = None

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        return {"aspect_intents": [], "aspect_threshold": 0.5, "clause_threshold": 0.7, "ranking_length": 10}

    @classmethod
    def create(cls, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource,
               execution_context: ExecutionContext) -> QuestionClassifier:  # fmt: skip
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        texts, intents, aspects = [], [], []
        for example in training_data.intent_examples:
            asked = self._asked(example)
            given = example.get(TEXT)
            for text in dict.fromkeys((given, strip_accents(given))):
                texts.append(text)
                intents.append([example.get(INTENT)])
                aspects.append(asked)
        self._intents = LinearClassifier.fit(texts, intents, multi=False)
        if any(aspects):
            self._aspects = LinearClassifier.fit(texts, aspects, multi=True)
        self._persist()
        return self._resource

    def _asked(self, example: Message) -> List[Text]:
        named = ((example.get(METADATA) or {}).get("example") or {}).get("aspects")
        intent = example.get(INTENT) or ""
        if named:
            return list(named)
        return [intent[len(_PREFIX) :]] if intent in self._config["aspect_intents"] else []

    def _persist(self) -> None:
        with self._storage.write_to(self._resource) as folder:
            self._intents.save(folder, "intents")
            if self._aspects:
                self._aspects.save(folder, "aspects")

    @classmethod
    def load(cls, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource,
             execution_context: ExecutionContext, **_: Any) -> QuestionClassifier:  # fmt: skip
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            component._intents = LinearClassifier.load(folder, "intents")
            if (folder / "aspects.json").exists():
                component._aspects = LinearClassifier.load(folder, "aspects")
        return component

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            text = message.get(TEXT)
            if text and self._intents:
                self._classify(message, text)
        return messages

    def _classify(self, message: Message, text: Text) -> None:
        ranking = self._intents.predict(text)
        named = [{INTENT_NAME_KEY: label, PREDICTED_CONFIDENCE_KEY: p} for label, p in ranking]
        message.set(INTENT, named[0], add_to_output=True)
        message.set(INTENT_RANKING_KEY, named[: self._config["ranking_length"]], add_to_output=True)
        if ranking[0][0] in self._config["aspect_intents"]:
            found = self._aspects_of(text, ranking[0][0][len(_PREFIX) :])
            message.set(ENTITIES, (message.get(ENTITIES) or []) + found, add_to_output=True)

    def _aspects_of(self, text: Text, first: Text) -> List[Dict[Text, Any]]:
        """Every aspect asked, in the order of its clause; ``first`` (the intent's) is always among them."""
        whole = dict(self._aspects.predict(text)) if self._aspects else {}
        best: Dict[Text, Tuple[float, int, int]] = {
            aspect: (p, 0, len(text)) for aspect, p in whole.items() if p >= self._config["aspect_threshold"]
        }
        best.setdefault(first, (whole.get(first, 0.0), 0, len(text)))
        clauses = _clauses(text)
        for start, end in clauses if len(clauses) > 1 and self._aspects else []:
            for aspect, p in self._aspects.predict(text[start:end]):
                if aspect in best and best[aspect][1:] == (0, len(text)) and p >= 0.3:
                    best[aspect] = (max(p, best[aspect][0]), start, end)
                elif p >= self._config["clause_threshold"] and whole.get(aspect, 0) >= 0.12:
                    best.setdefault(aspect, (p, start, end))
        if len(best) > 1:
            best.pop("overview", None)
        ordered = sorted(best.items(), key=lambda item: (item[1][1], item[0] != first, -item[1][0]))
        return [
            {
                "entity": "aspect",
                "value": a,
                "start": s,
                "end": e,
                "confidence_entity": p,
                "extractor": type(self).__name__,
            }
            for a, (p, s, e) in ordered[:4]
        ]


def _clauses(text: Text) -> List[Tuple[int, int]]:
    """Spans of the parts of a message that hold at least two words."""
    cuts = [m.span() for m in _BOUNDARY.finditer(text)]
    starts, ends = [0, *(end for _, end in cuts)], [*(start for start, _ in cuts), len(text)]
    return [(s, e) for s, e in zip(starts, ends, strict=True) if len(text[s:e].split()) > 1]
