"""Whether a machine's text says only what the ledger holds.

The text is read from left to right. A metric's name makes it the subject; every direction, number
and comparison after it is held against that metric's fact.
"""

import re
from collections.abc import Sequence

from app.catalog import Catalogue
from app.ml.claims import is_true, of_change, of_history, of_usual, of_value
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
_READABLE = re.compile(r"[A-Z][A-Za-z0-9 .,;:()%/\-\u2013\u2014\u2212°²]*\.")
_COMPARING = frozenset(("than", "outside", "within", "beyond", "against", "versus", "from"))
_WHOLE = frozenset(("pattern", "combination"))


def verify(text: str, ledger: Ledger, catalogue: Catalogue) -> tuple[str, ...]:
    """The reasons to refuse the text; none if everything it says is in the ledger.

    A reason may quote a number or a metric's name, never a word that is in none of our tables.
    """
    if len(text) > LONGEST:
        return ("too long",)
    if not _READABLE.fullmatch(text):
        return ("not a plain sentence",)
    reader = _Reader(ledger, catalogue, tokens_of(text, ledger, catalogue))
    return tuple(dict.fromkeys(reader.read()))


class _Reader:
    """Reads the pieces of one text once."""

    def __init__(self, ledger: Ledger, catalogue: Catalogue, tokens: Sequence[Token]) -> None:
        self.ledger = ledger
        self.catalogue = catalogue
        self.tokens = tokens
        self.index = 0
        self.reasons: list[str] = []
        self.facts = {fact.metric: fact for fact in ledger.facts}
        self.main = ledger.facts[0]
        self.subjects: list[Fact] = []
        self.told: dict[str, bool] = {}  # whether anything is said of each metric named
        self.lead: list[str] = []  # the words that lead to the next number
        self.waiting: Token | None = None  # a number that stands before the first metric
        self.spoken = False  # whether anything is said of the present subjects,
        self.touching = False  # and that since the last mark or conjunction
        self.of_usual = False  # whether the usual was the last thing that a number was of
        self.owes_number = False  # whether "usual" must still be followed by its number
        self.distance = False  # whether the last number was a distance from the baseline

    def read(self) -> list[str]:
        readers = {
            Kind.GUIDELINE: self._guideline,
            Kind.METRIC: self._metric,
            Kind.HISTORY: self._history,
            Kind.RANGE: self._number,
            Kind.NUMBER: self._number,
            Kind.DIRECTION: self._direction,
            Kind.WORD: self._word,
            Kind.MARK: self._mark,
        }
        for index, token in enumerate(self.tokens):
            self.index = index
            if token.kind is Kind.UNREADABLE:
                self._refuse("a number or sign that cannot be read")
            elif token.kind is Kind.DAY:
                self.lead = []
            else:
                readers[token.kind](token)
        self._finish()
        return self.reasons

    def _finish(self) -> None:
        self._settle()
        if self.main.metric not in self.told:
            self._refuse(f"{self.main.label} is not mentioned")
        for metric, told in self.told.items():
            if not told:
                self._refuse(f"nothing is said of {self.facts[metric].label}")
        if sum(token.text == "." for token in self.tokens) > MOST_SENTENCES:
            self._refuse("more than three sentences")

    def _refuse(self, reason: str) -> None:
        self.reasons.append(reason)

    def _near(self, offset: int) -> Token:
        """The piece so far from the present one; an empty mark outside the text."""
        place = self.index + offset
        return self.tokens[place] if 0 <= place < len(self.tokens) else Token(Kind.MARK, "")

    def _say(self) -> None:
        self.spoken = self.touching = True
        self.told.update((fact.metric, True) for fact in self.subjects)

    def _settle(self) -> None:
        if self.owes_number:
            self._refuse("calls something usual")
        self.owes_number = False

    def _metric(self, token: Token) -> None:
        self.lead = []
        fact = self.facts.get(metric_names(self.catalogue)[token.text])
        if fact is None:
            self._refuse(f"the metric {token.text} is not in the evidence")
            return
        if self.touching:
            self._refuse(f"what stands before {token.text} is said of another metric")
        self.subjects = [fact] if self.spoken else [*self.subjects, fact]
        self.told.setdefault(fact.metric, False)
        self.spoken = False
        if self.waiting:
            self._judge(self.waiting, "at", towards=False)
            self.waiting = None

    def _mark(self, token: Token) -> None:
        self.touching = False
        if token.text != "(":
            self._settle()
            self.lead = []
        elif self.lead and self.lead[-1] in NOUNS | {"usual"}:
            self.lead.append("(")
        else:
            self.lead = ["("]

    def _word(self, token: Token) -> None:
        word = token.text
        if word in CONJUNCTIONS and not (word == "with" and self._near(-1).text == "compared"):
            self.touching, self.lead = False, []
            return
        self.lead.append(word)
        if word in SIDES:
            self._side(word)
        elif word in LIMITS:
            self._limit_word()
        elif word in NOUNS:
            if self._near(-1).text != "usual":
                self._refuse(f"the word {word} stands alone")
        elif word == "usual":
            self._usual()
        elif word == "unusual":
            self._unusual()
        elif word not in PLAIN | CONJUNCTIONS:
            self._unknown(word)

    def _unknown(self, word: str) -> None:
        kinds = [f"{kind}: {word}" for kind, words in FORBIDDEN.items() if word in words]
        self._refuse(kinds[0] if kinds else "a word outside the vocabulary")

    def _usual(self) -> None:
        self.of_usual = True
        before = self._near(-1)
        compared = before.text in _COMPARING or self._near(-2).text == "compared"
        if before.kind is Kind.DIRECTION or compared:
            return
        after = self._near(2 if self._near(1).text in NOUNS else 1)
        if before.text == "(" or after.text in ("is", "was"):
            self.owes_number = True
        else:
            self._refuse("calls something usual")

    def _unusual(self) -> None:
        whole = self._near(1).text in _WHOLE
        if not self.ledger.unusual or not (whole or self.subjects == [self.main]):
            self._refuse("calls something unusual")
        self._say()

    def _side(self, word: str) -> None:
        if self._meets_limit():
            self._limit(None, kept=word == "within")
            return
        fits = [f.inside if word == "within" else f.direction is not None for f in self.subjects]
        if not fits or not all(fits):
            self._refuse(f"the word {word} does not fit the evidence")
        self._say()

    def _direction(self, token: Token) -> None:
        self.lead.append("D")
        direction = DIRECTIONS[token.text]
        if self._meets_limit():
            self._limit(direction)
            return
        if not self.subjects:
            self._refuse(f"the word {token.text} stands before its metric")
        for fact in self.subjects:
            if fact.direction is not direction:
                self._refuse(f"the word {token.text} is wrong for {fact.label}")
        self._say()

    def _meets_limit(self) -> bool:
        return _is_limit(self._near(2 if self._near(1).text == "than" else 1))

    def _limit(self, side: Direction | None, *, kept: bool = False) -> None:
        wrong = kept or side not in (None, self.ledger.limit_side)
        if wrong or self.ledger.clinical is None or self.subjects != [self.main]:
            self._refuse("the limit is not in the evidence")
        self._say()

    def _limit_word(self) -> None:
        if not _leads_to_limit(self._near(-1)):
            self._refuse("a limit stands alone")

    def _guideline(self, token: Token) -> None:
        if not _leads_to_limit(self._near(-2 if self._near(-1).text == "(" else -1)):
            self._refuse(f"{token.text} stands apart from its limit")

    def _history(self, token: Token) -> None:
        lead, self.lead = " ".join(self.lead), []
        known = self.subjects == [self.main] and bool(self.main.history_days)
        if not known or token.numbers[0] != self.main.history_days:
            self._refuse("the number of earlier days is not in the evidence")
        if not self.of_usual or not of_history(lead):
            self._refuse("the earlier days stand apart from the usual")

    def _number(self, token: Token) -> None:
        lead, self.lead = " ".join(self.lead), []
        if self.subjects:
            self._judge(token, lead, towards=self._near(1).kind is Kind.DIRECTION)
        elif self.waiting or not of_value(lead):
            self._refuse("a number stands before its metric")
        else:
            self.waiting = token

    def _judge(self, token: Token, lead: str, *, towards: bool) -> None:
        fact, numbers = self.subjects[0], " to ".join(str(n)[:20] for n in token.numbers)
        true = len(self.subjects) == 1 and is_true(token, lead, fact, towards=towards)
        # The distance is the baseline's, so "3.3 h below your usual 6.4 to 8.3 h" is wrong.
        if not true or (self.distance and token.kind is Kind.RANGE):
            self._refuse(f"number {numbers} is not in the evidence for {fact.label}")
        names = {name.lower() for name in unit_names(self.catalogue[fact.metric].unit)}
        if not names.issuperset(token.units):
            self._refuse(f"a wrong unit for {fact.label}")
        self.of_usual = of_usual(lead)
        self.owes_number = self.owes_number and not self.of_usual
        self.distance = token.kind is Kind.NUMBER and (towards or of_change(lead))
        self._say()


def _leads_to_limit(token: Token) -> bool:
    words = token.kind is Kind.DIRECTION or token.text in SIDES | {"of", "than"}
    return words or _is_limit(token)


def _is_limit(token: Token) -> bool:
    return token.kind is Kind.GUIDELINE or token.text in LIMITS
