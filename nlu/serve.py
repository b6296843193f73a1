"""``python -m nlu.serve run …``: Rasa's command line, without TensorFlow where the model uses none of it.

The options are those of ``rasa run``. Whether a model needs TensorFlow stands in its archive: the light start is
taken only when every component of the model is known to do without. Anything else starts as ``rasa`` itself does.
"""

from __future__ import annotations

import itertools
import json
import os
import sys
import tarfile
from pathlib import Path
from typing import List, Optional, Text

from nlu.speed import absent

# Parts of Rasa whose models hold no TensorFlow; everything under "nlu." is ours.
_LIGHT = (
    "nlu.",
    "rasa.core.policies.memoization.",
    "rasa.core.policies.rule_policy.",
    "rasa.core.policies.ensemble.",
    "rasa.graph_components.",
    "rasa.nlu.classifiers.fallback_classifier.",
    "rasa.nlu.classifiers.regex_message_handler.",
    "rasa.nlu.extractors.entity_synonyms.",
    "rasa.nlu.tokenizers.whitespace_tokenizer.",
)


def needs_tensorflow(model: Path) -> bool:
    """Whether the model has a component not known to do without, or cannot be read."""
    try:
        with tarfile.open(model, "r:gz") as archive:
            found = next(m for m in archive if m.name.removeprefix("./") == "metadata.json")
            content = archive.extractfile(found)
            nodes = json.load(content)["predict_schema"]["nodes"] if content else {}
        return not nodes or not all(node["uses"].startswith(_LIGHT) for node in nodes.values())
    except (OSError, tarfile.TarError, StopIteration, ValueError, LookupError, TypeError):
        return True


def _model(arguments: List[Text]) -> Optional[Path]:
    """The model file that the options of ``rasa run`` name."""
    for option, value in itertools.pairwise(arguments):
        if option in ("-m", "--model") and Path(value).is_file():
            return Path(value)
    return None


def main() -> None:
    """Run Rasa's command line in this process."""
    model = _model(sys.argv) if sys.argv[1:2] == ["run"] else None
    if model and not needs_tensorflow(model) and not os.environ.get("NLU_FULL_START"):
        absent.install()
    from rasa.__main__ import main as rasa

    rasa()


if __name__ == "__main__":
    main()
