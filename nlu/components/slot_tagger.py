"""Slots as Rasa entities: names, dates, places that the training data annotates."""

from __future__ import annotations

from typing import Any, Dict, List, Text, Tuple

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import (
    ENTITIES,
    ENTITY_ATTRIBUTE_END,
    ENTITY_ATTRIBUTE_GROUP,
    ENTITY_ATTRIBUTE_ROLE,
    ENTITY_ATTRIBUTE_START,
    ENTITY_ATTRIBUTE_TYPE,
    ENTITY_ATTRIBUTE_VALUE,
    EXTRACTOR,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.components.slots.tagger import Tagger

_PARTS = (ENTITY_ATTRIBUTE_TYPE, ENTITY_ATTRIBUTE_ROLE, ENTITY_ATTRIBUTE_GROUP)
_BETWEEN = "\x1f"
_CONFIDENCE = "confidence_entity"  # as Rasa's own extractors name it


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class SlotTagger(GraphComponent, EntityExtractorMixin):
    """Finds the entities annotated in the training data; without annotations it stays silent.

    Places are exact in the text as given, whatever its writing. Type, role and group are learnt together.
    ``confidence_entity`` is the chance that place and label are right, fitted on held-out training texts.
    """

    def __init__(self, config: Dict[Text, Any], storage: ModelStorage, resource: Resource) -> None:
        self._config, self._storage, self._resource = config, storage, resource
        self._tagger: Tagger | None = None

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        return {"least_confidence": 0.0}  # slots less certain than this are not reported

    @classmethod
    def create(cls, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource,
               execution_context: ExecutionContext) -> SlotTagger:  # fmt: skip
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        examples = [e for e in training_data.nlu_examples if e.get(TEXT)]
        places = [annotated(example) for example in examples]
        if any(places):
            self._tagger = Tagger.fit([e.get(TEXT) for e in examples], places)
        with self._storage.write_to(self._resource) as folder:
            if self._tagger:
                self._tagger.save(folder)
            else:  # Rasa does not store an empty folder
                (folder / "no-slots").touch()
        return self._resource

    @classmethod
    def load(cls, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource,
             execution_context: ExecutionContext, **_: Any) -> SlotTagger:  # fmt: skip
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            if (folder / "slots.json").exists():
                component._tagger = Tagger.load(folder)
        return component

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            text = message.get(TEXT)
            if text and self._tagger:
                found = (message.get(ENTITIES) or []) + self._entities(text)
                message.set(ENTITIES, found, add_to_output=True)
        return messages

    def _entities(self, text: Text) -> List[Dict[Text, Any]]:
        return [
            {
                **dict(p for p in zip(_PARTS, slot.label.split(_BETWEEN), strict=False) if p[1]),
                ENTITY_ATTRIBUTE_START: slot.start,
                ENTITY_ATTRIBUTE_END: slot.end,
                _CONFIDENCE: slot.confidence,
                ENTITY_ATTRIBUTE_VALUE: text[slot.start : slot.end],
                EXTRACTOR: type(self).__name__,
            }
            for slot in self._tagger.find(text)
            if slot.confidence >= self._config["least_confidence"]
        ]


def annotated(example: Message) -> List[Tuple[int, int, Text]]:
    """Start, end and label of the entities of an example or a parsed message."""
    return [
        (e[ENTITY_ATTRIBUTE_START], e[ENTITY_ATTRIBUTE_END], label_of(e))
        for e in example.get(ENTITIES) or []
        if ENTITY_ATTRIBUTE_START in e
    ]


def label_of(entity: Dict[Text, Any]) -> Text:
    """Type, role and group in one: what the tagger learns to tell apart."""
    return _BETWEEN.join(str(entity.get(part) or "") for part in _PARTS).rstrip(_BETWEEN)
