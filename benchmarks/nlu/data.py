"""Reads labelled sentences in Rasa's training format; what is wrong with them is said with its remedy."""

from __future__ import annotations

import logging
from pathlib import Path

from rasa.shared.exceptions import RasaException
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader

from benchmarks.nlu.folder import DataError
from benchmarks.nlu.scoring import Labelled
from nlu.components.slot_tagger import annotated


def read(file: Path) -> list[Labelled]:
    """The sentences of a file.

    Raises:
        DataError: the file is no Rasa training data, or holds no sentence with an intent.
    """
    logging.getLogger("rasa").setLevel(logging.ERROR)
    reader = RasaYAMLReader()
    try:
        reader.read(str(file))
    except (RasaException, ValueError, KeyError, TypeError, AttributeError) as error:
        first = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise DataError(
            f"{file} is no Rasa training data ({first}): `rasa data validate` tells more"
        ) from None
    # Rasa drops repeated sentences from its training data; whoever is asked twice must answer twice.
    examples = [e for e in reader.training_examples if e.get(TEXT) and e.get(INTENT)]
    if not examples:
        raise DataError(
            f"{file} has no sentence with an intent: list them as `- intent: …` with `examples: |`"
        )
    return [Labelled(e.get(TEXT), e.get(INTENT), tuple(sorted(annotated(e)))) for e in examples]
