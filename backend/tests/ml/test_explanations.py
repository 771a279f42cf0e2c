"""The template says what the ledger holds, and a machine's text may say nothing else."""

import math
import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.catalog import CATALOGUE, Metric
from app.ml.explanations import MONTHS, Fact, Ledger, clauses_of, explain, ledger_of
from app.ml.types import Contribution, Finding
from app.ml.verification import verify
from app.ml.vocabulary import (
    CONJUNCTIONS,
    DIRECTIONS,
    FILLERS,
    FORBIDDEN,
    LIMITS,
    NOUNS,
    PLAIN,
    SIDES,
    SYNONYMS,
)
from app.utils.enums import ClauseKind, DetectorType, Direction, Severity
from app.utils.units import display_unit, unit_names


def finding(**changes: Any) -> Finding:
    given: dict[str, Any] = {
        "day": date(2026, 3, 12),
        "metric": "sleep_hours",
        "value": 4.07,
        "baseline": 7.43,
        "usual_low": 6.44,
        "usual_high": 8.31,
        "direction": Direction.BELOW,
        "detector": DetectorType.ENSEMBLE,
        "score": 88.0,
        "p_value": 0.002,
        "severity": Severity.HIGH,
        "unusual": True,
        "clinical": None,
        "contributions": (
            Contribution(metric="sleep_hours", share=0.7, value=4.07, baseline=7.43),
            Contribution(metric="resting_hr", share=0.3, value=68.2, baseline=60.9),
        ),
        "history_days": 28,
        "history_from": date(2026, 2, 1),
        "version": "1",
    }
    return Finding(**(given | changes))


def ledger(**changes: Any) -> Ledger:
    return ledger_of(finding(**changes), CATALOGUE)


SHORT_NIGHT = ledger()
LOW_GLUCOSE = ledger(
    metric="glucose_min",
    value=52.0,
    baseline=88.0,
    usual_low=71.0,
    usual_high=110.0,
    clinical="ATTD 2019: level 2 low",
    contributions=(),
)
FIRST_DAYS = ledger(
    metric="glucose_min",
    value=52.0,
    baseline=None,
    usual_low=None,
    usual_high=None,
    unusual=False,
    clinical="ATTD 2019: level 2 low",
    contributions=(),
    history_days=3,
)


class TestLedger:
    def test_rounds_to_the_decimals_of_the_metric(self) -> None:
        fact = SHORT_NIGHT.facts[0]
        assert (fact.value, fact.baseline, fact.change) == (4.1, 7.4, -3.3)
        assert (fact.usual_low, fact.usual_high) == (6.4, 8.3)

    def test_has_the_metric_of_the_finding_first_and_once(self) -> None:
        assert [fact.metric for fact in SHORT_NIGHT.facts] == ["sleep_hours", "resting_hr"]

    def test_takes_the_direction_from_the_evidence(self) -> None:
        assert ledger(value=9.9).facts[0].direction is Direction.ABOVE
        assert ledger(value=7.0).facts[0].direction is None

    def test_compares_with_the_baseline_where_no_range_is_known(self) -> None:
        bare = ledger(usual_low=None, usual_high=None)
        assert bare.facts[0].direction is Direction.BELOW

    @pytest.mark.parametrize(
        ("value", "direction", "told"),
        [(68.2, None, 0), (71.0, Direction.ABOVE, 1), (70.3, Direction.ABOVE, 0)],
    )
    def test_compares_another_metric_with_its_own_range_as_shown(
        self, value: float, direction: Direction | None, told: int
    ) -> None:
        other = Contribution(
            metric="resting_hr",
            share=0.3,
            value=value,
            baseline=60.9,
            usual_low=55.1,
            usual_high=70.2,
        )
        found = ledger(contributions=(other,))
        assert found.facts[1].direction is direction
        also = [clause for clause in clauses_of(found) if clause.kind is ClauseKind.ALSO]
        assert len(also) == told

    def test_takes_what_is_not_finite_for_unknown(self) -> None:
        assert ledger(baseline=math.nan).facts[0].baseline is None

    def test_leaves_out_a_contribution_without_a_value(self) -> None:
        lost = Contribution(metric="hrv", share=0.1, value=math.nan, baseline=50.0)
        assert len(ledger(contributions=(lost,)).facts) == 1

    def test_has_no_negative_zero(self) -> None:
        fact = ledger(metric="weight_change_7d", value=-0.01, baseline=0.02).facts[0]
        assert math.copysign(1, fact.value) == 1

    @pytest.mark.parametrize(
        ("metric", "value", "clinical", "side"),
        [
            ("sleep_hours", 2.0, "AASM 2015: 7 hours or more; NSF 2015", None),
            ("bp_systolic", 190.0, "ACC/AHA 2017: crisis", Direction.ABOVE),
            ("glucose_min", 52.0, "ATTD 2019: level 2 low", Direction.BELOW),
            ("total_fiber", 9.0, "EFSA fibre: 25 g a day for adults", Direction.BELOW),
            ("total_fiber", 9.0, None, None),
        ],
    )
    def test_finds_the_side_of_the_limit(
        self, metric: str, value: float, clinical: str | None, side: Direction | None
    ) -> None:
        assert ledger(metric=metric, value=value, clinical=clinical).limit_side is side


class TestClauses:
    @pytest.mark.parametrize(
        ("given", "kinds"),
        [
            (SHORT_NIGHT, ["outside", "also"]),
            (LOW_GLUCOSE, ["outside", "limit"]),
            (FIRST_DAYS, ["value", "limit"]),
            (ledger(value=7.0), ["pattern", "also"]),
            (ledger(usual_low=None, usual_high=None, baseline=None), ["unusual", "also"]),
            (ledger(value=7.0, unusual=False, contributions=()), ["within"]),
            (ledger(unusual=False, contributions=()), ["value", "usual"]),
        ],
    )
    def test_are_what_is_said(self, given: Ledger, kinds: list[str]) -> None:
        assert [clause.kind for clause in clauses_of(given)] == kinds

    def test_there_is_a_case_of_each_kind(self) -> None:
        told = {"outside", "also", "limit", "value", "pattern", "unusual", "within", "usual"}
        assert told == {kind.value for kind in ClauseKind}

    def test_know_the_side_and_the_edge(self) -> None:
        outside, also = clauses_of(ledger(value=6.42))
        assert (outside.side, outside.is_at_edge) == (Direction.BELOW, True)
        assert (also.fact.metric, also.side) == ("resting_hr", Direction.ABOVE)

    def test_name_the_guideline_and_its_side(self) -> None:
        limit = list(clauses_of(LOW_GLUCOSE))[1]
        assert (limit.guideline, limit.side) == ("ATTD 2019", Direction.BELOW)


class TestTemplate:
    def test_says_the_unusual_value_and_what_moved_with_it(self) -> None:
        assert explain(SHORT_NIGHT) == (
            "Sleep was 4.1 h on 12 March 2026, below your usual 6.4 to 8.3 h (28 earlier days); "
            "resting heart rate was above usual too."
        )

    def test_says_the_limit_in_a_clause_of_its_own(self) -> None:
        assert explain(LOW_GLUCOSE) == (
            "Lowest glucose was 52 mg/dL on 12 March 2026, below your usual 71 to 110 mg/dL "
            "(28 earlier days); that is below a reference limit (ATTD 2019)."
        )

    def test_needs_no_history_for_a_limit(self) -> None:
        assert explain(FIRST_DAYS) == (
            "Lowest glucose was 52 mg/dL on 12 March 2026; "
            "that is below a reference limit (ATTD 2019)."
        )

    def test_calls_a_usual_value_usual_although_a_limit_is_broken(self) -> None:
        text = explain(ledger(value=6.6, unusual=False, clinical="AASM 2015: 7 hours or more"))
        assert text.startswith(
            "Sleep was 6.6 h on 12 March 2026, within your usual 6.4 to 8.3 h (28 earlier days); "
            "that is beyond a reference limit (AASM 2015); "
        )

    def test_tells_the_usual_of_a_value_that_is_not_called_unusual(self) -> None:
        text = explain(ledger(unusual=False, contributions=()))
        assert text == (
            "Sleep was 4.1 h on 12 March 2026; your usual is 6.4 to 8.3 h (28 earlier days)."
        )

    def test_admits_that_only_the_pattern_is_unusual(self) -> None:
        assert "part of an unusual pattern" in explain(ledger(value=7.0))

    def test_says_just_where_rounding_hides_the_difference(self) -> None:
        assert "was 6.4 h on 12 March 2026, just below your usual 6.4 to" in explain(
            ledger(value=6.41)
        )

    def test_groups_thousands_and_speaks_of_many_in_the_plural(self) -> None:
        text = explain(ledger(metric="total_calories", value=4_210.4, usual_low=1_800.2))
        assert text.startswith("Calories eaten were 4,210 kcal on 12 March 2026")

    def test_never_repeats_what_a_guideline_calls_the_value(self) -> None:
        text = explain(ledger(metric="bp_systolic", value=190, clinical="ACC/AHA 2017: crisis"))
        assert "crisis" not in text


HONEST = [
    (SHORT_NIGHT, "Sleep was 4.1 h, below your usual 6.4 to 8.3 h."),
    (SHORT_NIGHT, "You had 4.1 hours of sleep on 12 March 2026, less than your usual 7.4 hours."),
    (SHORT_NIGHT, "On March 12, 2026, sleep fell to 4.1 h, down from 7.4 h."),
    (SHORT_NIGHT, "Sleep fell from 7.4 h to 4.1 h on 2026-03-12."),
    (SHORT_NIGHT, "At 4.1 h, sleep was lower than usual on that day."),
    (SHORT_NIGHT, "Sleep was 4.1 h. That is 3.3 h below your usual of 7.4 h."),
    (SHORT_NIGHT, "Sleep dropped by 3.3 hours to 4.1 hours, outside your usual 6.4–8.3 hours."),
    (SHORT_NIGHT, "Sleep measured 4.1 h (usual range: 6.4 to 8.3 h; based on 28 earlier days)."),
    (SHORT_NIGHT, "Sleep was 4.1 h, below your usual range of 6.4 to 8.3 (28 previous days)."),
    (SHORT_NIGHT, "Sleep was unusually low at 4.1 h, while resting heart rate rose to 68 bpm."),
    (SHORT_NIGHT, "Resting heart rate was higher than usual and sleep was lower than usual."),
    (SHORT_NIGHT, "With resting heart rate at 68 per minute, sleep was only 4.1 h."),
    (SHORT_NIGHT, "Sleep was below 6.4 h; your typical range is between 6.4 and 8.3 h."),
    (SHORT_NIGHT, "Sleep was 4.1 h — less than usual — and resting hr was up by 7 per minute."),
    (SHORT_NIGHT, "Sleep was short at 4.1 h, below your usual 6.4 to 8.3 h over 28 earlier days."),
    (SHORT_NIGHT, "Your sleep of 4.1 h was below your usual 7.4 h."),
    (SHORT_NIGHT, "Sleep was 4.1 h compared with your usual 7.4 h from 28 earlier days."),
    (LOW_GLUCOSE, "Lowest glucose was 52 mg/dL, below the limit of the ATTD 2019 guideline."),
    (LOW_GLUCOSE, "Lowest glucose reached 52 mg/dL; it was below the ATTD 2019 limit."),
    (LOW_GLUCOSE, "Lowest glucose was 52, beyond a guideline limit and below your usual 88."),
    (FIRST_DAYS, "Lowest glucose was 52 mg/dL, and that is below a reference limit."),
]

FALSE = {
    "value": "Sleep was 7.5 h, below your usual 6.4 to 8.3 h.",
    "value with a trailing zero": "Sleep was 4.10 h, below your usual 6.4 to 8.3 h.",
    "coarser value": "Sleep was 4 h, below your usual 6.4 to 8.3 h.",
    "decimal comma": "Sleep was 4,1 h, below your usual.",
    "thousands": "Sleep was 4,100 h, below your usual.",
    "sign": "Sleep was -4.1 h, below your usual.",
    "minus sign": "Sleep was −4.1 h, below your usual.",
    "plus sign": "Sleep was +4.1 h, below your usual.",
    "leading zero": "Sleep was 04.1 h, below your usual.",
    "clock": "Sleep was 4:06 h, below your usual.",
    "power": "Sleep was 4.1e1 h, below your usual.",
    "fraction": "Sleep was 4½ h, below your usual.",
    "other digits": "Sleep was ４.１ h, below your usual.",
    "number word": "Sleep was seven h, below your usual.",
    "long number word": "Sleep was below your usual (twenty-eight earlier days, thirty hours).",
    "half": "Sleep was half your usual 7.4 h.",
    "doubled": "Resting heart rate doubled; sleep was below usual.",
    "percentage": "Sleep was 45% below your usual 7.4 h.",
    "hundred": "Sleep was four hundred h, below your usual.",
    "swapped range": "Sleep was 4.1 h, below your usual 8.3 to 6.4 h.",
    "wrong range": "Sleep was 4.1 h, below your usual 6.4 to 8.4 h.",
    "value as usual": "Sleep was 7.4 h, below your usual 4.1 h.",
    "bound as value": "Sleep was 6.4 h, below your usual.",
    "days as value": "Sleep was 28 h, below your usual.",
    "range as value": "Sleep was 6.4 to 8.3 h, below your usual.",
    "distance from the range": "Sleep was 3.3 h below your usual 6.4 to 8.3 h.",
    "value as distance": "Sleep was 4.1 h below your usual 6.4 to 8.3 h.",
    "fall to the distance": "Sleep fell to 3.3 h.",
    "history": "Sleep was below your usual 6.4 to 8.3 h (27 earlier days).",
    "history of the value": "Sleep was 4.1 h (28 earlier days), below your usual.",
    "bare number": "Sleep 4.1 h, below your usual.",
    "unit": "Sleep was 4.1 kg, below your usual 6.4 to 8.3 h.",
    "unit of minutes": "Sleep was 4.1 minutes, below your usual.",
    "unit of the range": "Sleep was 4.1 h, below your usual 6.4 to 8.3 mg/dL.",
    "unknown unit": "Sleep was 4.1 furlongs, below your usual.",
    "per cent sign": "Sleep was 4.1%, below your usual.",
    "direction": "Sleep was 4.1 h, above your usual 6.4 to 8.3 h.",
    "verb of direction": "Sleep rose to 4.1 h.",
    "direction of another": "Sleep was below usual; resting heart rate was below usual too.",
    "shared direction": "Sleep and resting heart rate were both below usual.",
    "leading direction": "Lower sleep and lower resting heart rate than usual.",
    "direction of what follows": "Sleep was lower resting heart rate.",
    "within": "Sleep was 4.1 h, within your usual range.",
    "usual": "Sleep was usual at 4.1 h.",
    "as usual": "Sleep was 4.1 h as usual.",
    "usual in brackets": "Sleep was 4.1 h (usual).",
    "apposition": "Sleep, your usual 7.4 h, was below.",
    "your usual value": "Sleep was your usual 7.4 h.",
    "usual without a number": "Sleep was 4.1 h; your usual is.",
    "negation": "Sleep was not below your usual 6.4 to 8.3 h.",
    "no change": "Sleep was 4.1 h, without change.",
    "another metric": "Deep sleep was 4.1 h, below your usual 6.4 to 8.3 h.",
    "one more metric": "Sleep was 4.1 h and weight was below usual.",
    "part of a name": "Heart rate was 68 bpm and sleep was 4.1 h.",
    "number of another metric": "Sleep was 68 h; resting heart rate was 4.1 per minute.",
    "number beside another name": "Sleep was unusual and resting heart rate was 4.1 h.",
    "number before another name": "Sleep was 4.1 h of resting heart rate.",
    "number of two": "Sleep and resting heart rate were 4.1 h.",
    "only the other": "Resting heart rate was 68 per minute.",
    "nothing said": "Sleep on 12 March 2026.",
    "name dropped": "Sleep was 4.1 h, resting heart rate.",
    "unusual of another": "Sleep was 4.1 h; resting heart rate was unusual.",
    "limit": "Sleep was 4.1 h, below a reference limit.",
    "limit of another": "Sleep was 4.1 h, beyond a guideline.",
    "day": "Sleep was 4.1 h on 13 March 2026.",
    "month": "Sleep was 4.1 h on 12 April 2026.",
    "year": "Sleep was 4.1 h on 12 March 2025.",
    "day in digits": "Sleep was 4.1 h on 12/03/2026.",
    "year after a comma": "Sleep was 4.1 h on March 12, 2025.",
    "part of a date": "Sleep was 4.1 h on 112 March 2026.",
    "today": "Sleep was 4.1 h today.",
    "last night": "Sleep was 4.1 h last night.",
    "days ago": "Sleep was 4.1 h 3 days ago.",
    "advice": "Sleep was 4.1 h; you should see a doctor.",
    "order": "Take more sleep; sleep was 4.1 h.",
    "increase": "Sleep was 4.1 h, increase your sleep.",
    "lower your": "Sleep was 4.1 h; lower your resting heart rate.",
    "insulin": "Sleep was 4.1 h; stop your insulin.",
    "dose": "Sleep was 4.1 h; a dose of 4.1 units.",
    "you have": "Sleep was 4.1 h and you have insomnia.",
    "diagnosis": "Sleep was 4.1 h, a sign of diabetes.",
    "guess": "Sleep was 4.1 h, which may be stress.",
    "praise": "Sleep was a healthy 4.1 h.",
    "other language": "Schlaf war 4.1 h.",
    "over": "Sleep was over your usual range.",
    "other values": "Sleep was 4.1 h and your other values were below usual.",
    "no sentence": "4.1 h of sleep",
    "four sentences": "Sleep was 4.1 h. It was low. It was below usual. It was lower than usual.",
    "empty": "",
    "blank": "   ",
    "question": "Sleep was 4.1 h?",
    "shout": "Sleep was 4.1 h!",
    "script": "<script>alert(1)</script> Sleep was 4.1 h.",
    "image": "![x](http://127.0.0.1:1/?leak) Sleep was 4.1 h.",
    "link": "Sleep was 4.1 h, http://127.0.0.1/.",
    "domain": "Sleep was 4.1 h, example.com.",
    "bold": "Sleep was **4.1 h**.",
    "template": "Sleep was {{4.1}} h.",
    "entity": "Sleep was 4.1 h&nbsp;.",
    "quote": 'Sleep was "4.1 h".',
    "line": "Sleep was 4.1 h.\nBelow usual.",
    "nul": "Sleep was 4.1 h\x00.",
    "escape": "Sleep was \x1b[31m4.1 h.",
    "zero width": "Sleep was 4\u200b.1 h.",
    "bidi": "Sleep was \u202e4.1 h.",
    "tag": "Sleep was 4.1 h\U000e0041.",
    "surrogate": "Sleep was 4.1 h\ud800.",
    "soft hyphen": "Sleep was 4\u00ad.1 h.",
    "look-alike": "Sl\u0435ep was 4.1 h.",
    "long": "Sleep was 4.1 h" + ", below usual" * 200 + ".",
    "huge": "9" * 50_000_000,
}


class TestVerify:
    @pytest.mark.parametrize(("evidence", "text"), HONEST)
    def test_accepts_an_honest_paraphrase(self, evidence: Ledger, text: str) -> None:
        assert verify(text, evidence, CATALOGUE) == ()

    @pytest.mark.parametrize("text", FALSE.values(), ids=FALSE.keys())
    def test_refuses_what_the_ledger_does_not_say(self, text: str) -> None:
        assert verify(text, SHORT_NIGHT, CATALOGUE)

    @pytest.mark.parametrize(
        "text",
        [
            "Lowest glucose was 52 mg/dL, above a reference limit.",
            "Lowest glucose was 52 mg/dL, within a reference limit.",
            "Lowest glucose was 52 mg/dL, below the limit of 70 mg/dL.",
            "Lowest glucose was 52 mg/dL, below a reference limit (ADA).",
            "Lowest glucose was 52 mg/dL, below a reference limit (ATTD 2020).",
            "Lowest glucose was 52 mg/dL (ATTD 2019), a level.",
            "Lowest glucose was 52 mg/dL; this was hypoglycaemia.",
            "Lowest glucose was 2.9 mmol/L, below a reference limit.",
        ],
    )
    def test_refuses_another_limit(self, text: str) -> None:
        assert verify(text, LOW_GLUCOSE, CATALOGUE)

    @pytest.mark.parametrize(
        "text",
        [
            "Lowest glucose was 52 mg/dL, below your usual.",
            "Lowest glucose was 52 mg/dL, unusual for you.",
            "Lowest glucose was 52 mg/dL, within your usual range.",
            "Lowest glucose fell to 52 mg/dL.",
        ],
    )
    def test_refuses_a_comparison_without_history(self, text: str) -> None:
        assert verify(text, FIRST_DAYS, CATALOGUE)

    def test_gives_the_reason_by_number_and_metric(self) -> None:
        reasons = verify("Sleep was 7.5 h, above your usual.", SHORT_NIGHT, CATALOGUE)
        assert reasons == (
            "number 7.5 is not in the evidence for Sleep",
            "the word above is wrong for Sleep",
        )

    def test_never_quotes_an_unknown_word(self) -> None:
        reasons = verify("Sleep was 4.1 h, Canary Fitzgerald.", SHORT_NIGHT, CATALOGUE)
        assert reasons == ("a word outside the vocabulary",)

    def test_reads_negative_values(self) -> None:
        lighter = ledger(
            metric="weight_change_7d",
            value=-2.1,
            baseline=0.0,
            usual_low=-0.8,
            usual_high=0.9,
            contributions=(),
        )
        text = "Weight change in 7 days was -2.1 kg, below your usual -0.8 to 0.9 kg."
        assert verify(text, lighter, CATALOGUE) == ()
        assert verify(text.replace("-2.1", "2.1"), lighter, CATALOGUE)
        assert verify(text.replace("-0.8", "0.8"), lighter, CATALOGUE)
        assert verify(text.replace("7 days", "8 days"), lighter, CATALOGUE)


_WRONG_NUMBERS = "4.1 7.4 6.4 8.3 3.3 28 68 61 7 52 88 71 110 36 12 2026 four".split()
_OTHER_WORDS = {
    "less": "more",
    "fell": "rose",
    "dropped": "climbed",
    "down": "up",
    "up": "down",
    "low": "high",
    "lower": "higher",
    "higher": "lower",
    "rose": "fell",
    "below": "above",
    "outside": "within",
    "beyond": "within",
    "h": "bpm",
    "hours": "minutes",
    "mg/dL": "kg",
    "unusually": "usually",
    "usual": "healthy",
    "Sleep": "Resting heart rate",
    "sleep": "resting heart rate",
    "Lowest": "Highest",
}


@pytest.mark.parametrize(("evidence", "text"), HONEST)
def test_a_paraphrase_with_one_number_or_word_changed_is_refused(
    evidence: Ledger, text: str
) -> None:
    for match in re.finditer(r"\d[\d.]*(?<!\.)|[a-zA-Z]+(?:/dL)?", text):
        changes = _WRONG_NUMBERS if match[0][0].isdigit() else [_OTHER_WORDS.get(match[0])]
        for change in changes:
            if change and change != match[0]:
                changed = text[: match.start()] + change + text[match.end() :]
                assert verify(changed, evidence, CATALOGUE), changed


class TestTables:
    def test_no_word_is_both_allowed_and_forbidden(self) -> None:
        allowed = PLAIN | FILLERS | SIDES | LIMITS | NOUNS | CONJUNCTIONS | SYNONYMS.keys()
        for words in FORBIDDEN.values():
            assert not words & (allowed | DIRECTIONS.keys())

    def test_every_unit_of_the_catalogue_has_a_name(self) -> None:
        for metric in CATALOGUE.metrics:
            shown = display_unit(metric.unit)
            assert not re.search(r"[\[{]|Cel", shown)
            assert not shown or shown in unit_names(metric.unit)

    def test_an_unknown_unit_is_shown_as_it_is(self) -> None:
        assert display_unit("mmol/L") == "mmol/L"

    def test_no_two_metrics_share_a_name(self) -> None:
        names = [m.label.partition(" (")[0].lower() for m in CATALOGUE.metrics]
        assert len(names) == len(set(names))
        others = {m.key.replace("_", " "): m.label for m in CATALOGUE.metrics}
        for m in CATALOGUE.metrics:
            assert others.get(m.label.lower(), m.label) == m.label


GUIDELINES = sorted(
    {limit.guideline for m in CATALOGUE.metrics for limit in m.limits}
    | {m.guideline for m in CATALOGUE.metrics if m.guideline}
)


@st.composite
def findings(draw: st.DrawFn) -> Finding:
    metric = draw(st.sampled_from(CATALOGUE.metrics))
    of_metric = st.floats(metric.plausible.low, metric.plausible.high)
    low, high = sorted((draw(of_metric), draw(of_metric)))
    known = draw(st.sampled_from(("range", "baseline", "nothing")))
    keys = draw(st.lists(st.sampled_from(CATALOGUE.keys), max_size=4, unique=True))
    return finding(
        day=draw(st.dates(date(2000, 1, 1), date(2035, 12, 31))),
        metric=metric.key,
        value=draw(of_metric),
        baseline=None if known == "nothing" else draw(st.floats(low, high)),
        usual_low=low if known == "range" else None,
        usual_high=high if known == "range" else None,
        direction=draw(st.sampled_from(Direction)),
        unusual=draw(st.booleans()),
        clinical=draw(st.none() | st.sampled_from(GUIDELINES)),
        contributions=tuple(
            Contribution(
                metric=other.key,
                share=0.2,
                value=draw(st.floats(other.plausible.low, other.plausible.high)),
                baseline=draw(st.none() | st.floats(other.plausible.low, other.plausible.high)),
                usual_low=edges[0],
                usual_high=edges[1],
            )
            for other in map(CATALOGUE.__getitem__, keys)
            for edges in [draw(_ranges(other))]
        ),
        history_days=draw(st.integers(0, 400)),
    )


def _ranges(metric: Metric) -> st.SearchStrategy[tuple[float | None, float | None]]:
    """Both ends of a range, or neither."""
    edge = st.floats(metric.plausible.low, metric.plausible.high)
    ends = st.tuples(edge, edge).map(lambda both: (min(both), max(both)))
    return ends | st.just((None, None))


ledgers = findings().map(lambda found: ledger_of(found, CATALOGUE))
_NUMBER = re.compile(r"-?\d+(?:,\d{3})*(?:\.\d+)?")
replacements = st.one_of(
    st.integers(-10_000, 10_000).map(str),
    st.integers(0, 100_000).map("{:,}".format),
    st.decimals(-500, 500, places=1).map(str),
    st.decimals(0, 500, places=2).map(str),
)


def _amount(number: str) -> float:
    return float(number.replace(",", ""))


@given(ledgers)
def test_the_template_always_passes(evidence: Ledger) -> None:
    assert verify(explain(evidence), evidence, CATALOGUE) == ()


@given(ledgers, replacements, st.data())
def test_a_template_with_another_number_is_refused(
    evidence: Ledger, number: str, data: st.DataObject
) -> None:
    text = explain(evidence)
    match = data.draw(st.sampled_from(list(_NUMBER.finditer(text))))
    if _amount(match[0]) != _amount(number):
        changed = text[: match.start()] + number + text[match.end() :]
        assert verify(changed, evidence, CATALOGUE), changed


@given(ledgers, st.data())
def test_a_template_with_the_number_of_another_place_is_refused(
    evidence: Ledger, data: st.DataObject
) -> None:
    text = explain(evidence)
    matches = list(_NUMBER.finditer(text))
    match, other = data.draw(st.sampled_from(matches)), data.draw(st.sampled_from(matches))
    if _amount(match[0]) != _amount(other[0]):
        changed = text[: match.start()] + other[0] + text[match.end() :]
        assert verify(changed, evidence, CATALOGUE), changed


_OPPOSITE = {"above": "below", "below": "above", "within": "outside", "beyond": "within"}


@given(ledgers, st.data())
def test_a_template_with_the_opposite_direction_is_refused(
    evidence: Ledger, data: st.DataObject
) -> None:
    text = explain(evidence)
    matches = list(re.finditer(r"\b(?:above|below|within|beyond)\b", text))
    if matches:
        match = data.draw(st.sampled_from(matches))
        changed = text[: match.start()] + _OPPOSITE[match[0]] + text[match.end() :]
        assert verify(changed, evidence, CATALOGUE), changed


@given(ledgers, st.data())
def test_a_template_about_another_metric_is_refused(evidence: Ledger, data: st.DataObject) -> None:
    told = {fact.metric for fact in evidence.facts}
    other = data.draw(st.sampled_from([m for m in CATALOGUE.metrics if m.key not in told]))
    changed = explain(evidence).replace(evidence.facts[0].label, other.label, 1)
    assert verify(changed, evidence, CATALOGUE), changed


@given(st.text(max_size=200), ledgers)
def test_any_text_gets_an_answer(text: str, evidence: Ledger) -> None:
    assert isinstance(verify(text, evidence, CATALOGUE), tuple)


def test_the_months_are_twelve() -> None:
    assert len(set(MONTHS)) == 12


def test_a_fact_is_a_value() -> None:
    fact = Fact(metric="weight", label="Weight", unit="kg", decimals=1, value=70.0)
    assert fact == replace(fact)
    assert fact.usual is None
