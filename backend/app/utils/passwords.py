"""Which passwords are too easy to guess to be accepted, whatever their length."""

import string
import unicodedata
from functools import cache
from pathlib import Path

SHORTEST = 15  # NIST SP 800-63B-4, 3.1.1.2: while the password is the only factor
LONGEST = 256
_FEWEST_DIFFERENT = 5
_SHORTEST_WORD = 4
_PRODUCT = "vitaliq"
_COMMON = Path(__file__).with_name("common_passwords.txt")
_RUNS = ("0123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm")


def weakness(password: str, *, email: str) -> str | None:
    """Why the password is too easy to guess for this account; None for one that is not."""
    folded = unicodedata.normalize("NFKC", password).casefold()
    local_part = email.rpartition("@")[0].casefold()
    if _PRODUCT in folded:
        return "must not contain the name of this program"
    if len(local_part) >= _SHORTEST_WORD and local_part in folded:
        return "must not contain your e-mail address"
    if len(set(folded)) < _FEWEST_DIFFERENT or _repeats(folded):
        return "must not be one short piece over and over"
    if any(_follows(run, folded) for run in _RUNS):
        return "must not be a run of digits, letters or keys"
    if _is_common(folded):
        return "must not be one that many people use"
    return None


def _is_common(text: str) -> bool:
    """Whether the text is on the list, however it is set apart and whatever digits it starts and
    ends with."""
    bare = "".join(filter(str.isalnum, text))
    return not {bare, bare.strip(string.digits)}.isdisjoint(_common())


@cache
def _common() -> frozenset[str]:
    """Words, phrases and keyboard walks that guessing begins with, in letters and digits only."""
    return frozenset(_COMMON.read_text("utf-8").split())


def _repeats(text: str) -> bool:
    """Whether the text is one piece at least twice over, the last one perhaps cut short."""
    return any(text[size:] == text[:-size] for size in range(1, len(text) // 2 + 1))


def _follows(run: str, text: str) -> bool:
    """Whether the text goes along the run, forwards or backwards, round and round."""
    rounds = run * (len(text) // len(run) + 2)
    return text in rounds or text[::-1] in rounds
