"""Tokens of Vietnamese text: written syllables with exact offsets, the segmenter's word as a feature."""

from __future__ import annotations

import unicodedata
from typing import Any, Dict, List, Text

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message
from underthesea import word_tokenize

from nlu.vietnamese import syllables

WORD = "word"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class VietnameseTokenizer(Tokenizer):
    """Syllables are the tokens; with ``words`` ``token.data["word"]`` is the word underthesea puts them in."""

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        return {
            "intent_tokenization_flag": False,
            "intent_split_symbol": "_",
            "token_pattern": None,
            "words": True,
        }

    def tokenize(self, message: Message, attribute: Text) -> List[Token]:
        text = message.get(attribute)
        return tokens_of(text, self._config["words"])


def tokens_of(text: Text, with_words: bool = True) -> List[Token]:
    """Tokens with ``text[token.start:token.end] == token.text`` for any input, NFD included."""
    found = syllables(text)
    segmented = segment(text) if with_words else {}
    return [Token(s.text, s.start, s.end, data={WORD: segmented.get(s.start, s.text)}) for s in found]


def segment(text: Text) -> Dict[int, Text]:
    """The word each syllable belongs to, by the syllable's start.

    underthesea rewrites what it is given (tone placement, blanks, NFD), so its words are laid back
    on the original by counting letters and digits, which it keeps one to one after NFC.
    """
    try:
        segmented = word_tokenize(unicodedata.normalize("NFC", text))
    except Exception:  # the segmenter has no contract for odd input; a missing feature harms nobody
        return {}
    letters: List[Text] = []
    for word in segmented:
        folded = "_".join(word.lower().split())
        letters += [folded] * sum(c.isalnum() for c in word)
    words: Dict[int, Text] = {}
    seen = 0
    for syllable in syllables(text):
        if seen < len(letters):
            words[syllable.start] = letters[seen]
        seen += sum(c.isalnum() for c in unicodedata.normalize("NFC", syllable.text))
    return words
