"""Runs in Rasa's environment: trains the slot tagger, then answers texts, one JSON line each."""

from __future__ import annotations

import json
import pathlib
import sys
import tempfile
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.components.questions import QuestionClassifier
from nlu.components.slot_tagger import SlotTagger

CONTEXT = ExecutionContext(GraphSchema({}), "test")


def trained(kind: type, data: TrainingData, folder: pathlib.Path) -> tuple[Any, Any, list[str]]:
    """The component as trained, as loaded from what it stored, and the names of the stored files."""
    storage = LocalModelStorage(folder)
    resource = Resource(kind.__name__)
    config = kind.get_default_config()
    made = kind.create(config, storage, resource, CONTEXT)
    made.train(data)
    with storage.read_from(resource) as stored:
        names = sorted(file.name for file in stored.iterdir())
    return made, kind.load(config, storage, resource, CONTEXT), names


def entities(component: SlotTagger, text: str) -> list[dict[str, Any]]:
    message = Message({"text": text})
    component.process([message])
    return message.get("entities") or []


def many(data: TrainingData) -> TrainingData:
    """Enough sentences for the classifier to learn how far it is to be trusted."""
    ends = ("", " ạ", " nhé", " với")
    return TrainingData(
        [Message.build(e.get("text") + end, e.get("intent")) for e in data.nlu_examples for end in ends]
    )


def rankings(component: QuestionClassifier, texts: list[str]) -> list[list[tuple[str, float]]]:
    messages = [Message({"text": text}) for text in texts]
    component.process(messages)
    return [[(r["name"], r["confidence"]) for r in m.get("intent_ranking")] for m in messages]


def main(file: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        data = RasaYAMLReader().read(file)
        bare = TrainingData([Message.build(e.get("text"), e.get("intent")) for e in data.nlu_examples])
        one, two, three, four, five = (pathlib.Path(folder) / name for name in "abcde")
        for path in (one, two, three, four, five):
            path.mkdir()
        made, loaded, files = trained(SlotTagger, data, one)
        silent, silent_loaded, silent_files = trained(SlotTagger, bare, two)
        alone = TrainingData([Message.build("chào bạn", "greet"), Message.build("xin chào", "greet")])
        single, _, _ = trained(QuestionClassifier, alone, three)
        hello = Message({"text": "chao ban"})
        single.process([hello])
        classifier, classifier_loaded, _ = trained(QuestionClassifier, many(data), four)
        asked = [e.get("text") for e in data.nlu_examples] + ["zzz kkk", "trời hôm nay đẹp"]
        again, _, _ = trained(SlotTagger, data, five)
        start = {
            "rankings": rankings(classifier, asked),
            "rankings_loaded": rankings(classifier_loaded, asked),
            "again": [entities(made, t) == entities(again, t) for t in asked],
            "files": files,
            "silent_files": silent_files,
            "silent": entities(silent, "cho tôi trà sữa") + entities(silent_loaded, "cho tôi trà sữa"),
            "single": hello.get("intent"),
        }
        print(json.dumps(start), flush=True)
        for line in sys.stdin:
            text = json.loads(line)
            answer = [entities(made, text), entities(loaded, text)]
            print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
