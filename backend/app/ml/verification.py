"""Whether a machine's text says only what the ledger holds.

The text is read from left to right. A metric's name makes it the subject; every direction, number
and comparison after it is held against that metric's fact, and a number also needs one of a few
leading phrases that tell which of the fact's numbers it claims to be.
"""

import re
from collections.abc import Sequence
from decimal import Decimal

from app.catalog import Catalogue
from app.ml.explanations import Fact, Ledger
from app.ml.vocabulary import (
    CONJUNCTIONS,
    DIRECTIONS,
    FORBIDDEN,
    LIMITS,
    NOUNS,
    PLAIN,
    SIDES,
    Kind,
    Token,
    metric_names,
    tokens_of,
)
from app.utils.enums import Direction
from app.utils.units import unit_names

LONGEST = 2_000
MOST_SENTENCES = 3
_READABLE = re.compile(r"[A-Za-z0-9 .,;:()%/\-–—−°²]+")

# Leading phrases, with D for a word of direction; filling words are gone.
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
_HISTORY = re.compile(r"(?:usual (?:range )?)?\(|based on|\( based on|compared (?:with|to)|against")
_COMPARING = frozenset(("than", "within", "outside", "beyond", "against", "versus", "from", "("))


def verify(text: str, ledger: Ledger, catalogue: Catalogue) -> tuple[str, ...]:
    """The reasons to refuse the text; none if everything it says is in the ledger.

    A reason may quote a number or a metric's name, never a word that is in none of our tables.
    """
    if len(text) > LONGEST:
        return ("too long",)
    if not _READABLE.fullmatch(text):
        return ("empty, or not plain text",)
    reader = _Reader(ledger, catalogue, tokens_of(text, ledger, catalogue))
    return tuple(dict.fromkeys(reader.read()))


class _Reader:
    def __init__(self, ledger: Ledger, catalogue: Catalogue, tokens: Sequence[Token]) -> None:
        self.ledger = ledger
        self.catalogue = catalogue
        self.tokens = tokens
        self.facts = {fact.metric: fact for fact in ledger.facts}
        self.main = ledger.facts[0]
        self.subjects: list[Fact] = []
        self.told: dict[str, bool] = {}
        self.lead: list[str] = []
        self.waiting: int | None = None  # a number that stands before the first metric
        self.spoken = False  # whether anything is said of the present subjects
        self.touching = False  # the same, since the last mark or conjunction
        self.of_usual = False  # whether the last thing mentioned was the usual
        self.reasons: list[str] = []

    def read(self) -> list[str]:
        readers = {
            Kind.DAY: self._rest,
            Kind.GUIDELINE: self._guideline,
            Kind.METRIC: self._metric,
            Kind.HISTORY: self._history,
            Kind.RANGE: self._number,
            Kind.NUMBER: self._number,
            Kind.DIRECTION: self._direction,
            Kind.WORD: self._word,
            Kind.MARK: self._mark,
            Kind.UNREADABLE: self._unreadable,
        }
        for index, token in enumerate(self.tokens):
            readers[token.kind](index, token)
        self._finish()
        return self.reasons

    def _finish(self) -> None:
        if self.told.get(self.main.metric) is None:
            self._refuse(f"{self.main.label} is not mentioned")
        for metric, told in self.told.items():
            if not told:
                self._refuse(f"nothing is said of {self.facts[metric].label}")
        if sum(token.text == "." for token in self.tokens) > MOST_SENTENCES:
            self._refuse("more than three sentences")

    def _refuse(self, reason: str) -> None:
        self.reasons.append(reason)

    def _near(self, index: int) -> str:
        """The text of the piece at `index`, empty outside the text."""
        return self.tokens[index].text if 0 <= index < len(self.tokens) else ""

    def _say(self) -> None:
        self.spoken = self.touching = True
        self.told.update((fact.metric, True) for fact in self.subjects)

    def _rest(self, index: int, token: Token) -> None:
        self.lead = []

    def _unreadable(self, index: int, token: Token) -> None:
        self._refuse("a number or sign that cannot be read")

    def _guideline(self, index: int, token: Token) -> None:
        self.lead = []
        if self._near(index - 1) != "(" and self._near(index - 1) not in LIMITS | {"of", "by"}:
            self._refuse("the guideline stands apart from its limit")

    def _metric(self, index: int, token: Token) -> None:
        self.lead = []
        fact = self.facts.get(metric_names(self.catalogue)[token.text])
        if fact is None:
            self._refuse(f"the metric {token.text} is not in the evidence")
            return
        if self.touching and self.waiting is None:
            self._refuse(f"what is said before {token.text} is not its own")
        self.subjects = [fact] if self.spoken else [*self.subjects, fact]
        self.told.setdefault(fact.metric, False)
        self.spoken = False
        if self.waiting is not None:
            waiting, self.waiting = self.waiting, None
            self._judge(self.tokens[waiting], ("(",), fact, towards=False)
            self._say()

    def _mark(self, index: int, token: Token) -> None:
        self.touching = False
        usual = token.text == "(" and bool(self.lead) and self.lead[-1] in NOUNS | {"usual"}
        self.lead = [*self.lead, "("] if usual else ["("] if token.text == "(" else []

    def _word(self, index: int, token: Token) -> None:
        word = token.text
        if word in CONJUNCTIONS:
            self.touching, self.lead = False, []
            if word == "with" and self._near(index - 1) == "compared":
                self.lead = ["compared", "with"]
            return
        self.lead.append(word)
        if word in SIDES:
            self._side(index, word)
        elif word in LIMITS:
            self._limit_word(index)
        elif word in NOUNS:
            if self._near(index - 1) != "usual":
                self._refuse(f"the word {word} stands alone")
        elif word == "usual":
            self._usual(index)
        elif word == "unusual":
            self._unusual(index)
        elif word not in PLAIN:
            self._unknown(word)

    def _unknown(self, word: str) -> None:
        for kind, words in FORBIDDEN.items():
            if word in words:
                self._refuse(f"{kind}: {word}")
                return
        self._refuse("a word outside the vocabulary")

    def _usual(self, index: int) -> None:
        self.of_usual = True
        before, earlier = self._near(index - 1), self._near(index - 2)
        after = self._near(index + 1 + (self._near(index + 1) in NOUNS))
        compared = before in _COMPARING or (before in ("with", "to") and earlier == "compared")
        if not (before in DIRECTIONS or compared or after in ("is", "was")):
            self._refuse("calls something usual")

    def _unusual(self, index: int) -> None:
        whole = self._near(index + 1) in ("pattern", "combination", "together")
        if not self.ledger.unusual or not (whole or self.subjects == [self.main]):
            self._refuse("calls something unusual")
        self._say()

    def _limit_word(self, index: int) -> None:
        before = self._near(index - 1)
        if before not in LIMITS | SIDES | DIRECTIONS.keys() | {"of"}:
            self._refuse("a limit stands alone")

    def _meets_limit(self, index: int) -> bool:
        return self._near(index + 1 + (self._near(index + 1) == "than")) in LIMITS

    def _side(self, index: int, word: str) -> None:
        if self._meets_limit(index):
            self._limit(None if word != "within" else word)
            return
        fits = [f.inside if word == "within" else f.direction is not None for f in self.subjects]
        if not fits or not all(fits):
            self._refuse(f"the word {word} does not fit the evidence")
        self._say()

    def _limit(self, side: str | None) -> None:
        wrong = side is not None and side != self.ledger.limit_side
        if self.ledger.clinical is None or self.subjects != [self.main] or wrong:
            self._refuse("the limit is not in the evidence")
        self._say()

    def _direction(self, index: int, token: Token) -> None:
        self.lead.append("D")
        direction = DIRECTIONS[token.text]
        if self._meets_limit(index):
            self._limit(direction)
            return
        if not self.subjects:
            self._refuse(f"the word {token.text} stands before its metric")
        for fact in self.subjects:
            if fact.direction is not direction:
                self._refuse(f"the word {token.text} is wrong for {fact.label}")
        self._say()

    def _history(self, index: int, token: Token) -> None:
        lead, self.lead = " ".join(self.lead), []
        known = self.main.history_days or None
        if token.numbers != (known,) or self.subjects != [self.main]:
            self._refuse("the number of earlier days is not in the evidence")
        if not self.of_usual or not _HISTORY.fullmatch(lead):
            self._refuse("the earlier days stand apart from the usual")

    def _number(self, index: int, token: Token) -> None:
        lead, self.lead = tuple(self.lead), []
        towards = self._near(index + 1) in DIRECTIONS
        if not self.subjects:
            self._first_number(index, " ".join(lead))
        elif len(self.subjects) > 1:
            self._refuse("a number of several metrics")
        else:
            self._judge(token, lead, self.subjects[0], towards=towards)
            self._say()

    def _first_number(self, index: int, lead: str) -> None:
        if self.waiting is not None or not _VALUE.fullmatch(lead):
            self._refuse("a number stands before its metric")
        self.waiting = index

    def _judge(self, token: Token, lead: Sequence[str], fact: Fact, *, towards: bool) -> None:
        claims = _claims(" ".join(lead), fact, paired=token.kind is Kind.RANGE, towards=towards)
        self.of_usual = bool(_USUAL.fullmatch(" ".join(lead)))
        if token.numbers not in claims or not all(_plain(n, fact) for n in token.numbers):
            numbers = " to ".join(str(number)[:20] for number in token.numbers)
            self._refuse(f"number {numbers} is not in the evidence for {fact.label}")
        names = {name.lower() for name in unit_names(self.catalogue[fact.metric].unit)}
        if not names.issuperset(token.units):
            self._refuse(f"a wrong unit for {fact.label}")


def _claims(
    lead: str, fact: Fact, *, paired: bool, towards: bool
) -> list[tuple[Decimal | None, ...]]:
    """The numbers that may follow the leading phrase; `towards` where a direction follows them."""
    value, baseline = _exact(fact.value, fact), _exact(fact.baseline, fact)
    low, high = _exact(fact.usual_low, fact), _exact(fact.usual_high, fact)
    if paired:
        pairs = [(_USUAL, (low, high)), (_FROM, (baseline, value))]
        return [pair for phrase, pair in pairs if phrase.fullmatch(lead) and None not in pair]
    change = _distance(fact)
    if towards:
        return [(change,)] if _DISTANCE.fullmatch(lead) else []
    bound = low if fact.direction is Direction.BELOW else high
    singles = [
        (_VALUE, value),
        (_USUAL, baseline),
        (_FROM, baseline),
        (_THRESHOLD, bound),
        (_THRESHOLD, baseline),
        (_CHANGE, change),
    ]
    return [(number,) for phrase, number in singles if phrase.fullmatch(lead)]


def _exact(value: float | None, fact: Fact) -> Decimal | None:
    return None if value is None else Decimal(f"{value:.{fact.decimals}f}")


def _distance(fact: Fact) -> Decimal | None:
    """The size of the change, unless the direction is not the change's."""
    if fact.change is None or fact.direction is None:
        return None
    rose = fact.change > 0
    return abs(_exact(fact.change, fact) or 0) if rose == (fact.direction == "above") else None


def _plain(number: Decimal, fact: Fact) -> bool:
    """Whether the number has no more decimals than the metric; "7.30" may be a time of day."""
    return -int(number.as_tuple().exponent) <= fact.decimals
