"""Which of a fact's numbers a text claims to give, told by the words that lead to the number."""

import re
from collections.abc import Iterator
from decimal import Decimal

from app.ml.explanations import Fact
from app.ml.vocabulary import NOUNS, Kind, Token
from app.utils.enums import Direction

# Leading phrases without their filling words; D stands for any word of direction.
_BE = r"(?:was|were|is|are)"
_NOUN = rf"(?: (?:{'|'.join(sorted(NOUNS))}))?"
_VALUE = re.compile(
    rf"(?:{_BE} )?(?:measured |recorded |logged )?at|{_BE}(?: measured| recorded| logged)?|had|of"
    rf"|measured|reached|came in at|stood at|(?:{_BE} )?D to|(?:{_BE} )?D(?: than)?(?: usual)? at"
    rf"|(?:{_BE} )?unusual(?: D)? at|\("
)
_USUAL = re.compile(
    rf"(?:{_BE} )?(?:D(?: than| from)?|within|outside|beyond|against|versus|compared (?:with|to))"
    rf" usual{_NOUN}(?: of| between| from| \()?"
    rf"|\( usual{_NOUN}(?: of| between| is| was)?"
    rf"|usual{_NOUN} (?:is|was)(?: between)?"
)
_THRESHOLD = re.compile(rf"(?:{_BE} )?D(?: than)?")
_FROM = re.compile(rf"(?:{_BE} )?D from")
_CHANGE = re.compile(rf"(?:{_BE} )?D by")
_DISTANCE = re.compile(rf"(?:{_BE})?")
_HISTORY = re.compile(rf"(?:.*usual{_NOUN} )?\((?: based on| from)?|(?:based on|from|across)?")


def of_usual(lead: str) -> bool:
    """Whether the leading phrase introduces the usual range or the baseline."""
    return bool(_USUAL.fullmatch(lead))


def of_value(lead: str) -> bool:
    """Whether the leading phrase introduces the day's value."""
    return bool(_VALUE.fullmatch(lead))


def of_change(lead: str) -> bool:
    """Whether the leading phrase introduces the distance from the baseline."""
    return bool(_CHANGE.fullmatch(lead))


def of_history(lead: str) -> bool:
    """Whether the leading phrase introduces the number of earlier days."""
    return bool(_HISTORY.fullmatch(lead))


def is_true(token: Token, lead: str, fact: Fact, *, towards: bool) -> bool:
    """Whether the fact has the numbers that the phrase claims; `towards` where a direction
    follows them, as in "3.3 h below"."""
    # More decimals than the metric's are no rounding of ours: "7.30" may be a time of day.
    if any(-int(number.as_tuple().exponent) > fact.decimals for number in token.numbers):
        return False
    if token.kind is Kind.RANGE:
        return token.numbers in _pairs(lead, fact)
    if towards:
        return bool(_DISTANCE.fullmatch(lead)) and token.numbers == (_distance(fact),)
    return token.numbers[0] in _singles(lead, fact)


def _pairs(lead: str, fact: Fact) -> Iterator[tuple[Decimal | None, ...]]:
    if of_usual(lead):
        yield _exact(fact.usual_low, fact), _exact(fact.usual_high, fact)
    if _FROM.fullmatch(lead):
        yield _exact(fact.baseline, fact), _exact(fact.value, fact)
    if of_change(lead):
        yield _distance(fact), _exact(fact.value, fact)


def _singles(lead: str, fact: Fact) -> Iterator[Decimal | None]:
    if of_value(lead):
        yield _exact(fact.value, fact)
    if of_usual(lead) or _FROM.fullmatch(lead):
        yield _exact(fact.baseline, fact)
    if _THRESHOLD.fullmatch(lead):
        bound = fact.usual_low if fact.direction is Direction.BELOW else fact.usual_high
        yield _exact(fact.baseline if bound is None else bound, fact)
    if of_change(lead):
        yield _distance(fact)


def _exact(value: float | None, fact: Fact) -> Decimal | None:
    return None if value is None else Decimal(f"{value:.{fact.decimals}f}")


def _distance(fact: Fact) -> Decimal | None:
    """The size of the change, unless the fact's direction is another one."""
    change = _exact(fact.change, fact)
    if not change:
        return None
    direction = Direction.ABOVE if change > 0 else Direction.BELOW
    return abs(change) if direction is fact.direction else None
