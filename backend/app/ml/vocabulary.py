"""The words in which a machine may retell a finding, and how its text is cut into them.

The vocabulary is closed: a word that is in no table here is refused, so what cannot be checked
(a diagnosis, advice, a dose, a negation, a guess) cannot be said.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from enum import Enum, auto
from functools import lru_cache
from typing import NamedTuple

from app.catalog import Catalogue
from app.ml.explanations import MONTHS, Ledger, day_text
from app.utils.enums import Direction
from app.utils.units import unit_names


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_BELOW = _words("below lower under less fewer shorter low short down fell dropped decreased")
_ABOVE = _words("above higher more longer greater high long up rose climbed increased")
DIRECTIONS: Mapping[str, Direction] = {
    **dict.fromkeys(_BELOW, Direction.BELOW),
    **dict.fromkeys(_ABOVE, Direction.ABOVE),
}
SIDES = _words("within outside beyond")
LIMITS = _words("reference guideline limit")
NOUNS = _words("range value level amount")
CONJUNCTIONS = _words("and while but with")
PLAIN = _words(
    "was were is are had at of on in for to from by than between compared against versus "
    "measured reached recorded logged came stood day night based across part pattern "
    "combination unusual usual"
)
SYNONYMS = {
    "usually": "usual",
    "typical": "usual",
    "typically": "usual",
    "unusually": "unusual",
}
# These change nothing of what is said and are left out before reading.
FILLERS = _words("a an the your you it its this that which also too both only just :")

# Refused like any unknown word; named here so that the reason can tell them without quoting
# the machine, whose text may hold parts of a note.
FORBIDDEN: Mapping[str, frozenset[str]] = {
    "advice": _words(
        "should must need needs take taking stop start skip avoid try eat drink inject reduce "
        "increase decrease raise see call consult doctor hospital emergency recommend ask click "
        "visit please consider ensure"
    ),
    "dose": _words(
        "dose doses dosage bolus tablet tablets pill pills medication medicine drug drugs "
        "ibuprofen aspirin metformin statin antibiotic antibiotics"
    ),
    "diagnosis": _words(
        "have has diagnosis diagnosed disease disorder syndrome condition symptom diabetes "
        "diabetic prediabetes hypertension hypotension hypoglycaemia hypoglycemia hyperglycaemia "
        "hyperglycemia ketoacidosis apnea apnoea insomnia depression anxiety stress infection "
        "flu covid fever sepsis arrhythmia tachycardia bradycardia fibrillation stroke cancer "
        "anemia anaemia obesity obese heart attack sick ill healthy dangerous crisis risk"
    ),
    "guess": _words(
        "may might could can likely probably perhaps possibly suggests indicates means because "
        "caused due"
    ),
    "negation": _words("not no never without none nor neither isn wasn"),
    "time": _words("today yesterday tonight tomorrow ago last week month year morning")
    | {month.lower() for month in MONTHS},
}

_NUMBER_WORDS = tuple(
    word
    for words in (
        "zero one two three four five six seven eight nine ten",
        "eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty",
    )
    for word in words.split()
)
_DIGITS = r"-?(?:[1-9]\d{0,2}(?:,\d{3})+|0|[1-9]\d*)(?:\.\d+)?"
_NUMBER = rf"(?:{_DIGITS}|\b(?:{'|'.join(_NUMBER_WORDS)}))"
_START, _END = r"(?<![\w.,])", r"(?![\w/²°%]|[.,]\d)"
_DASHES = str.maketrans({"\N{MINUS SIGN}": "-", "\N{EM DASH}": "\N{EN DASH}"})


class Kind(Enum):
    DAY = auto()
    GUIDELINE = auto()
    METRIC = auto()
    HISTORY = auto()
    RANGE = auto()
    NUMBER = auto()
    DIRECTION = auto()
    WORD = auto()
    MARK = auto()
    UNREADABLE = auto()


class Token(NamedTuple):
    """A piece of text; `numbers` and `units` are what it says, `text` is small and plain."""

    kind: Kind
    text: str
    numbers: tuple[Decimal, ...] = ()
    units: tuple[str, ...] = ()


def tokens_of(text: str, ledger: Ledger, catalogue: Catalogue) -> list[Token]:
    """The text's pieces without the filling words."""
    patterns = (*_own_patterns(ledger), *_patterns(catalogue))
    cut = _cut(text.lower().translate(_DASHES), patterns)
    return [token for token in cut if token.text not in FILLERS]


@lru_cache(maxsize=4)
def metric_names(catalogue: Catalogue) -> Mapping[str, str]:
    """The key of the metric by each of the names that a text may give it, in small letters."""
    names: dict[str, str] = {}
    for metric in catalogue.metrics:
        keys = (metric.key, *metric.aliases)
        spoken = (metric.label, metric.label.partition(" (")[0], *keys)
        for name in spoken:
            names.setdefault(name.lower().replace("_", " "), metric.key)
    return names


def _cut(text: str, patterns: tuple[tuple[Kind, re.Pattern[str]], ...]) -> Iterator[Token]:
    position = 0
    while position < len(text):
        matches = ((kind, pattern.match(text, position)) for kind, pattern in patterns)
        kind, match = next((pair for pair in matches if pair[1]), (Kind.UNREADABLE, None))
        if match is None:
            yield Token(kind, text[position])
            return
        position = match.end()
        if not match[0].isspace():
            yield _token(kind, match)


def _token(kind: Kind, match: re.Match[str]) -> Token:
    word = SYNONYMS.get(match[0], match[0])
    if kind is Kind.WORD and word in DIRECTIONS:
        return Token(Kind.DIRECTION, word)
    groups = match.groupdict()
    return Token(
        kind,
        word,
        tuple(_decimal(groups[name]) for name in ("first", "second") if groups.get(name)),
        tuple(groups[name] for name in ("unit", "unit2") if groups.get(name)),
    )


def _decimal(number: str) -> Decimal:
    if number in _NUMBER_WORDS:
        return Decimal(_NUMBER_WORDS.index(number))
    return Decimal(number.replace(",", ""))


@lru_cache(maxsize=4)
def _patterns(catalogue: Catalogue) -> tuple[tuple[Kind, re.Pattern[str]], ...]:
    units = {name.lower() for metric in catalogue.metrics for name in unit_names(metric.unit)}
    unit, metric = _any_of(units), _any_of(metric_names(catalogue))
    first = rf"{_START}(?P<first>{_NUMBER})"
    second = rf"(?P<second>{_NUMBER})(?:\s?(?P<unit2>{unit}))?{_END}"
    return (
        (Kind.METRIC, re.compile(rf"(?<!\w)(?:{metric})(?!\w)")),
        # "Over" is heard here only: elsewhere it might be a direction.
        (
            Kind.HISTORY,
            re.compile(rf"(?:over (?:the |your )?)?{first} (?:earlier|previous|prior) days?\b"),
        ),
        (
            Kind.RANGE,
            re.compile(rf"{first}(?:\s?(?P<unit>{unit}))?(?: to | and |\s?[-\u2013]\s?){second}"),
        ),
        (Kind.NUMBER, re.compile(rf"{first}(?:\s?(?P<unit>{unit}))?{_END}")),
        (Kind.WORD, re.compile(r"(?<!\w)[a-z]+(?!\w)")),
        (Kind.MARK, re.compile(r"[ ,;:()\u2013]|\.(?= |$)")),
    )


def _own_patterns(ledger: Ledger) -> tuple[tuple[Kind, re.Pattern[str]], ...]:
    full, month = day_text(ledger.day), MONTHS[ledger.day.month - 1]
    day, year = ledger.day.day, ledger.day.year
    days = (full, f"{month} {day}, {year}", f"{day} {month}", f"{month} {day}", f"{ledger.day}")
    patterns = [(Kind.DAY, _exactly(days))]
    if ledger.guideline:
        patterns.append((Kind.GUIDELINE, _exactly((ledger.guideline,))))
    return tuple(patterns)


def _exactly(texts: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.,/-])(?:{_any_of(t.lower() for t in texts)})(?![\w/-]|[.,]\d)")


def _any_of(texts: Iterable[str]) -> str:
    """A pattern of the texts in which the longest match wins."""
    return "|".join(re.escape(text) for text in sorted(texts, key=len, reverse=True))
