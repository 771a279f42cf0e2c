"""Words out of a file, made fit to be stored and shown."""

import re
from functools import lru_cache

LONGEST_WORDS = 200
# What a terminal or a text column would choke on, and halves of characters.
_STRANGE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")


def clean(words: object, longest: int = LONGEST_WORDS) -> str:
    """One line without control characters; empty for what is no text."""
    return _cleaned(words, longest) if isinstance(words, str) else ""


@lru_cache(maxsize=4_096)  # devices and apps name themselves on every line
def _cleaned(words: str, longest: int) -> str:
    return " ".join(_STRANGE.sub(" ", words[: 4 * longest]).split())[:longest].strip()
