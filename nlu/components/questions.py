"""What a message wants: its intent, and every aspect it asks about, with the place where it asks."""

from __future__ import annotations

from typing import Any, Dict, List, Text

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

from nlu.components import intents
from nlu.components.clauses import Clauses, asks
from nlu.components.features import of_message
from nlu.components.linear import Linear, Space
from nlu.components.slot_tagger import annotated
from nlu.components.tokenizer import segment
from nlu.vietnamese import strip_accents

_PREFIX = "ask_"
_ASK = "ask"  # what all aspect intents are to the classifier of messages


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class QuestionClassifier(GraphComponent, IntentClassifier):
    """Intent of the message, and for questions the aspects its clauses ask.

    The intents named in ``aspect_intents`` are one kind to the classifier of messages; which of them it
    is, and what else is asked, the clauses tell. Aspects come out as entities ``{"entity": "aspect",
    "value": "fee", "start", "end"}``: the span is the clause that asks. Training examples with several
    aspects name them in ``metadata.aspects``. Everything is trained on accented and stripped copies.
    """

    def __init__(self, config: Dict[Text, Any], storage: ModelStorage, resource: Resource) -> None:
        self._config, self._storage, self._resource = config, storage, resource
        self._kinds: Linear | None = None
        self._clauses: Clauses | None = None

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        return {
            "aspect_intents": [],
            "default_aspect": None,
            "aspect_threshold": 0.5,
            "wish_words": 12,  # up to so many words a message may be a bare wish: "mất bằng lái"
            # Questions are most of the training data and would draw everything to them; how much their
            # score is lowered, in units of log odds, was set on the development messages.
            "question_caution": 2.0,
            "ranking_length": 10,
        }

    @classmethod
    def create(cls, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource,
               execution_context: ExecutionContext) -> QuestionClassifier:  # fmt: skip
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        examples = training_data.intent_examples
        if any(map(self._asked, examples)):
            self._train_aspects(examples)
        elif examples:
            self._kinds = intents.fit(
                [e.get(TEXT) for e in examples],
                [e.get(INTENT) for e in examples],
                list(map(annotated, examples)),
            )
        self._persist()
        return self._resource

    def _train_aspects(self, examples: List[Message]) -> None:
        texts, kinds, aspects = [], [], []
        for example in examples:
            asked = self._asked(example)
            given = example.get(TEXT)
            for text in dict.fromkeys((given, strip_accents(given))):
                texts.append(text)
                kinds.append(_ASK if asked else example.get(INTENT))
                aspects.append(asked)
        rows = [of_message(text) for text in texts]
        space = Space.of(rows)
        self._kinds = Linear.fit(space, space.matrix(rows), kinds, c=8.0, balanced=True)
        if _ASK in self._kinds.labels:
            self._kinds.bias[self._kinds.labels.index(_ASK)] -= self._config["question_caution"]
        self._clauses = Clauses.fit(texts, aspects, self._config["default_aspect"])

    def _asked(self, example: Message) -> List[Text]:
        named = ((example.get(METADATA) or {}).get("example") or {}).get("aspects")
        intent = example.get(INTENT) or ""
        if named:
            return list(named)
        return [intent[len(_PREFIX) :]] if intent in self._config["aspect_intents"] else []

    def _persist(self) -> None:
        with self._storage.write_to(self._resource) as folder:
            if self._kinds:
                self._kinds.save(folder, "kinds")
            else:  # Rasa does not store an empty folder
                (folder / "no-intents").touch()
            if self._clauses:
                self._clauses.save(folder, "clauses")

    @classmethod
    def load(cls, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource,
             execution_context: ExecutionContext, **_: Any) -> QuestionClassifier:  # fmt: skip
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            if (folder / "kinds.json").exists():
                component._kinds = Linear.load(folder, "kinds")
            if (folder / "clauses.json").exists():
                component._clauses = Clauses.load(folder, "clauses")
        segment("xin chào")  # underthesea loads its model when first used; no citizen shall wait for it
        return component

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            text = message.get(TEXT)
            if text and self._kinds:
                self._classify(message, text)
        return messages

    def _classify(self, message: Message, text: Text) -> None:
        row = of_message(text) if self._clauses else intents.features(text, annotated(message))
        ranking = self._kinds.ranking(row)
        aspects = self._aspects(text) if self._clauses else []
        named = [
            {
                INTENT_NAME_KEY: _PREFIX + aspects[0]["value"] if kind == _ASK else kind,
                PREDICTED_CONFIDENCE_KEY: p,
            }
            for kind, p in ranking
        ]
        message.set(INTENT, named[0], add_to_output=True)
        message.set(INTENT_RANKING_KEY, named[: self._config["ranking_length"]], add_to_output=True)
        if ranking[0][0] == _ASK:
            in_order = sorted(aspects, key=lambda aspect: aspect["start"])
            message.set(ENTITIES, (message.get(ENTITIES) or []) + in_order, add_to_output=True)

    def _aspects(self, text: Text) -> List[Dict[Text, Any]]:
        """What is asked, most certain first: all above the threshold, or the likeliest one."""
        found, table = self._clauses.scores(text)
        best = table.max(axis=0)
        ranked = sorted(range(len(best)), key=lambda i: -best[i])
        kept = [i for i in ranked if best[i] >= self._config["aspect_threshold"]] or [
            self._guess(text, ranked)
        ]
        return [
            {
                "entity": "aspect",
                "value": self._clauses.labels[i],
                "start": found[int(table[:, i].argmax())][0],
                "end": found[int(table[:, i].argmax())][1],
                "confidence_entity": float(best[i]),
                "extractor": type(self).__name__,
            }
            for i in kept
        ]

    def _guess(self, text: Text, ranked: List[int]) -> int:
        """No clause surely asks anything: the likeliest one, but the default where only a wish is stated."""
        default = self._config["default_aspect"]
        if (
            default in self._clauses.labels
            and len(text.split()) <= self._config["wish_words"]
            and not asks(text)
        ):
            return self._clauses.labels.index(default)
        return ranked[0]
