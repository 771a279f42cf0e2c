"""A daily CSV into the six trackers."""

import datetime as dt
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.catalog import CATALOGUE, TRACKERS
from app.database import Database
from app.errors import InvalidInputError
from app.models import ENTRY_MODELS, Batch
from app.services.authentication import person_of
from app.services.day_import import DayPlan, ImportReport, import_plan, plan_days
from app.services.derivations import Columns
from app.services.people import Person
from app.utils.enums import BatchKind, ConditionType
from app.utils.identifiers import uuid7
from app.utils.security import Tokens
from tests.conftest import SECRET
from tests.people import Account
from tests.services.stored import Diary, diary_of, stop_clock

DAY = "2026-03-12"
PERSON = Person(id=uuid7(), session_id=None, zone=ZoneInfo("UTC"), thresholds={})


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    stop_clock(monkeypatch, dt.datetime(2026, 4, 10, 12, tzinfo=dt.UTC))


@pytest.fixture
async def diary(database: Database) -> AsyncIterator[Diary]:
    async with diary_of(database) as diary:
        yield diary


def plan(text: str, *, person: Person = PERSON, **options: Any) -> DayPlan:
    return plan_days(text.splitlines(), person=person, **options)


def only(plan: DayPlan, tracker: str) -> Columns:
    assert plan.rejected == ()
    (row,) = plan.rows[tracker]
    return row


def reasons(plan: DayPlan) -> list[tuple[int, str | None]]:
    return [(row.line, row.column) for row in plan.rejected]


async def store(diary: Diary, plan: DayPlan) -> ImportReport:
    return await import_plan(diary.session, diary.person, plan, label="days.csv")


async def stored(diary: Diary, tracker: str) -> Sequence[Any]:
    model = ENTRY_MODELS[tracker]
    mine = select(model).where(model.user_id == diary.person.id).order_by(model.date, model.id)
    return (await diary.session.scalars(mine)).all()


async def batches(diary: Diary) -> Sequence[Batch]:
    mine = select(Batch).where(Batch.user_id == diary.person.id)
    return (await diary.session.scalars(mine)).all()


FULL_DAY: dict[str, float] = {
    "total_calories": 2150.5,
    "total_sodium": 2300,
    "sleep_hours": 7.25,
    "sleep_quality": 81.4,
    "awakenings": 2,
    "exercise_minutes": 42,
    "exercise_intensity_avg": 2.4,
    "exercise_distance": 7.2,
    "resting_hr": 58.6,
    "hrv": 54,
    "body_temperature": 36.6,
    "weight": 71.4,
    "waist": 81,
    "blood_glucose_avg": 104,
    "hba1c": 5.4,
}


def table(*days: str, cells: Mapping[str, object] = FULL_DAY) -> str:
    lines = [f"{day},{','.join(map(str, cells.values()))}" for day in days]
    return "\n".join([f"date,{','.join(cells)}", *lines])


class TestAllTrackers:
    async def test_a_day_becomes_an_entry_in_each(self, diary: Diary) -> None:
        report = await store(diary, plan(table(DAY)))

        assert report.stored == {tracker.key: 1 for tracker in TRACKERS}
        (food,) = await stored(diary, "nutrition")
        assert (food.food_name, food.meal_type) == ("Day's total (imported)", "snack")
        assert (food.calories, food.sodium_mg, food.protein_g) == (2150.5, 2300, None)
        (night,) = await stored(diary, "sleep")
        assert (night.duration_hours, night.quality_score, night.bedtime) == (7.25, 81, None)
        (workout,) = await stored(diary, "exercise")
        assert (workout.exercise_type, workout.intensity) == ("other", "moderate")
        assert (workout.duration_minutes, workout.distance_km) == (42, 7.2)
        (vitals,) = await stored(diary, "vitals")
        assert (vitals.time_of_day, vitals.resting_heart_rate, vitals.hrv_ms) == ("morning", 59, 54)
        (body,) = await stored(diary, "body")
        assert (body.weight_kg, body.waist_cm, body.bmi) == (71.4, 81, None)
        (chronic,) = await stored(diary, "chronic")
        assert (chronic.time_of_day, chronic.condition_type) == ("other", "other")
        assert (chronic.blood_glucose_mgdl, chronic.hba1c_pct) == (104, 5.4)
        assert {row.date for row in (food, night, workout, vitals, body, chronic)} == {
            dt.date(2026, 3, 12)
        }

    async def test_they_share_a_batch(self, diary: Diary) -> None:
        report = await store(diary, plan(table(DAY)))

        (batch,) = await batches(diary)
        assert (batch.id, batch.kind, batch.label) == (
            report.batch_id,
            BatchKind.IMPORTED,
            "days.csv",
        )
        rows = [row for tracker in ENTRY_MODELS for row in await stored(diary, tracker)]
        assert {row.batch_id for row in rows} == {batch.id}

    def test_the_names_of_entries_are_stable(self) -> None:
        names = {row["external_id"] for rows in plan(table(DAY)).rows.values() for row in rows}

        assert names == {
            "days/2026-03-12/nutrition/day/0",
            "days/2026-03-12/sleep/day/0",
            "days/2026-03-12/exercise/day/0",
            "days/2026-03-12/vitals/morning/0",
            "days/2026-03-12/body/day/0",
            "days/2026-03-12/chronic/other/0",
        }

    def test_the_span_is_that_of_the_days_with_entries(self) -> None:
        text = "date,hrv\n2026-03-14,50\n2026-03-11,\n2026-03-12,51\n2026-03-15,x\n"
        planned = plan(text)

        assert (planned.first, planned.last, planned.days) == (
            dt.date(2026, 3, 12),
            dt.date(2026, 3, 14),
            2,
        )

    def test_bmi_follows_from_the_height_on_file(self) -> None:
        person = replace(PERSON, height_cm=180)
        planned = plan(f"date,weight,bmi\n{DAY},81,99", person=person)

        assert only(planned, "body")["bmi"] == 25.0
        assert planned.ignored == {"bmi": "computed from the readings"}

    @pytest.mark.parametrize(("value", "word"), [(1.2, "low"), (3.9, "very_high")])
    def test_intensity_is_the_nearest_word(self, value: float, word: str) -> None:
        text = f"date,exercise_minutes,exercise_intensity\n{DAY},30,{value}"

        assert only(plan(text), "exercise")["intensity"] == word

    def test_intensity_may_be_unknown(self) -> None:
        text = f"date,exercise_minutes,exercise_intensity\n{DAY},30,"

        assert only(plan(text), "exercise")["intensity"] is None

    async def test_every_importable_metric_is_stored_where_the_catalogue_reads_it(
        self, diary: Diary
    ) -> None:
        metrics = [(m, s) for m, s in CATALOGUE.columns() if m.typical is not None and not s.where]
        cells = {m.key: round(m.typical.mean) for m, _ in metrics if m.typical}
        await store(diary, plan(table(DAY, cells=cells)))

        for metric, source in metrics:
            (row,) = await stored(diary, source.tracker)
            value = getattr(row, source.column)
            assert source.codes.get(value, value) == cells[metric.key], metric.key


class TestGlucose:
    TIMES = "date,glucose_fasting,glucose_pre_meal,glucose_post_meal,glucose_bedtime"

    def test_each_time_of_day_is_an_entry(self) -> None:
        planned = plan(f"{self.TIMES}\n{DAY},90,95,130,")

        readings = {r["time_of_day"]: r["blood_glucose_mgdl"] for r in planned.rows["chronic"]}
        assert readings == {"fasting": 90, "pre_meal": 95, "post_meal": 130}

    def test_the_mean_is_left_out_of_days_with_readings(self) -> None:
        text = f"date,blood_glucose_avg,glucose_fasting\n{DAY},110,90\n2026-03-13,111,"
        planned = plan(text)

        assert [(r["time_of_day"], r["blood_glucose_mgdl"]) for r in planned.rows["chronic"]] == [
            ("fasting", 90),
            ("other", 111),
        ]

    def test_what_follows_from_the_readings_is_ignored(self) -> None:
        names = ("glucose_min", "glucose_max", "glucose_variability", "glucose_cv")
        text = f"date,blood_glucose_avg,{','.join(names)}\n{DAY},110,60,180,30,27"

        assert plan(text).ignored == dict.fromkeys(names, "computed from the readings")

    def test_two_columns_are_two_readings(self) -> None:
        mapping = {"lunch": "glucose_pre_meal", "supper": "glucose_pre_meal"}
        planned = plan(f"date,lunch,supper\n{DAY},95,105", mapping=mapping)

        assert [r["blood_glucose_mgdl"] for r in planned.rows["chronic"]] == [95, 105]

    def test_a_reading_keeps_its_name_without_the_other(self) -> None:
        mapping = {"lunch": "glucose_pre_meal", "supper": "glucose_pre_meal"}
        planned = plan(f"date,lunch,supper\n{DAY},,105", mapping=mapping)

        assert only(planned, "chronic")["external_id"] == f"days/{DAY}/chronic/pre_meal/1"

    def test_insulin_of_two_kinds_adds_up_in_two_entries(self) -> None:
        mapping = {"regular": "insulin_units", "nph": "insulin_units"}
        planned = plan(f"date,regular,nph\n{DAY},8,20", mapping=mapping)

        assert [r["insulin_units"] for r in planned.rows["chronic"]] == [8, 20]


class TestCondition:
    @pytest.mark.parametrize(
        ("header", "cells", "condition"),
        [
            ("insulin_units", "6", "diabetes"),
            ("insulin_units,triglycerides", "6,120", "diabetes"),
            ("cholesterol_ldl,triglycerides", "110,120", "heart"),
            ("cholesterol_ldl,hba1c", "110,5.4", "other"),
            ("blood_glucose_avg", "110", "other"),
            ("blood_glucose_avg,insulin_units", "110,0", "other"),
        ],
    )
    def test_follows_from_what_is_measured(self, header: str, cells: str, condition: str) -> None:
        planned = plan(f"date,{header}\n{DAY},{cells}")

        assert only(planned, "chronic")["condition_type"] == condition

    def test_insulin_on_one_day_speaks_for_the_file(self) -> None:
        text = f"date,blood_glucose_avg,insulin_units\n{DAY},110,\n2026-03-13,,4"
        conditions = {row["condition_type"] for row in plan(text).rows["chronic"]}

        assert conditions == {ConditionType.DIABETES}

    def test_what_is_asked_for_wins(self) -> None:
        text = f"date,insulin_units\n{DAY},6"
        planned = plan(text, condition=ConditionType.HYPERTENSION)

        assert only(planned, "chronic")["condition_type"] == ConditionType.HYPERTENSION


class TestIncompleteParts:
    @pytest.mark.parametrize(
        ("header", "needed"),
        [("exercise_distance", "exercise_minutes"), ("sleep_quality", "sleep_hours")],
    )
    def test_are_left_out_of_the_day(self, header: str, needed: str) -> None:
        planned = plan(f"date,hrv,{header}\n{DAY},50,60")

        (rejected,) = planned.rejected
        assert (rejected.line, rejected.column) == (2, None)
        assert needed in rejected.reason
        assert planned.rows.keys() == {"vitals"}


class TestColumns:
    def test_aliases_and_capitals_are_known(self) -> None:
        row = only(plan(f"Day,Breathing_Rate\n{DAY},14.4"), "vitals")

        assert row["respiratory_rate"] == 14

    def test_what_is_not_imported_is_said(self) -> None:
        text = f"date,hrv,user,label_ill,pulse_pressure,steps,sleep_hours\n{DAY},50,u,1,40,1,7"
        planned = plan(text, mapping={"sleep_hours": "-"})

        assert planned.ignored == {
            "user": "not a metric of the catalogue",
            "label_ill": "label",
            "pulse_pressure": "computed from the readings",
            "steps": "not a metric of the catalogue",
            "sleep_hours": "skipped as asked",
        }

    def test_a_mapping_goes_before_the_name(self) -> None:
        planned = plan(f"Datum,hrv\n{DAY},50", mapping={"Datum": "date", "hrv": "resting_hr"})

        row = only(planned, "vitals")
        assert (row["resting_heart_rate"], row["hrv_ms"]) == (50, None)

    @pytest.mark.parametrize("header", ["total_sugar,sugar_intake", "total_sugar,total_sugar"])
    def test_a_second_column_of_a_metric_is_not_counted_twice(self, header: str) -> None:
        planned = plan(f"date,{header}\n{DAY},50,60")

        assert only(planned, "nutrition")["sugar_g"] == 50
        assert planned.ignored == {header.split(",")[1]: "total_sugar is read from another column"}

    @pytest.mark.parametrize(
        ("text", "mapping", "said"),
        [
            ("", {}, "no column for the date"),
            ("hrv\n50", {}, "no column for the date. Known columns: date or day; total_calories"),
            ("date,steps\n2026-03-12,1", {}, "no column that can be imported. Known columns"),
            ("date,hrv", {"puls": "hrv"}, "puls, which the file does not have"),
            ("date,puls", {"puls": "pulse"}, "not a metric of the catalogue. Known columns"),
            ("date,low", {"low": "glucose_min"}, "computed from the readings"),
            ("date,hrv", {"date": "-"}, "no column for the date"),
            ("date,a,b", {"a": "weight", "b": "weight"}, "only one last value"),
            ('date,hrv\n2026-03-12,"50', {}, "Line 2 is not CSV"),
        ],
    )
    def test_a_file_that_cannot_be_used_is_refused(
        self, text: str, mapping: Mapping[str, str], said: str
    ) -> None:
        with pytest.raises(InvalidInputError, match=said):
            plan(text, mapping=mapping)


class TestCells:
    @pytest.mark.parametrize("cell", ["", " ", "nan", "NaN", "NA"])
    def test_unknown(self, cell: str) -> None:
        planned = plan(f"date,hrv,weight\n{DAY},{cell},70")

        assert list(planned.rows) == ["body"]
        assert planned.rejected == ()

    @pytest.mark.parametrize(
        ("cell", "weight"),
        [("70", 70), ("70.5", 70.5), ("7.05e1", 70.5), ("70,5", 70.5), ("70,1234", 70.1234)],
    )
    def test_numbers(self, cell: str, weight: float) -> None:
        assert only(plan(f"date;weight\n{DAY};{cell}"), "body")["weight_kg"] == weight

    @pytest.mark.parametrize(
        "cell", ["many", "70 kg", "1_0", "٧٠", "inf", "1e999", "70,123", "1.070,5", "--70", "0x46"]
    )
    def test_what_cannot_be_read_rejects_the_line(self, cell: str) -> None:
        planned = plan(f"date;hrv;weight\n{DAY};50;{cell}\n2026-03-13;51;70")

        assert reasons(planned) == [(2, "weight")]
        assert cell not in planned.rejected[0].reason
        assert [row["hrv_ms"] for row in planned.rows["vitals"]] == [51]

    @pytest.mark.parametrize(
        ("name", "cell"), [("resting_hr", "19.9"), ("hrv", "400.2"), ("exercise_intensity", "5")]
    )
    def test_what_is_not_plausible_rejects_the_line(self, name: str, cell: str) -> None:
        planned = plan(f"date,weight,exercise_minutes,{name}\n{DAY},70,20,{cell}")

        assert reasons(planned) == [(2, name)]
        assert (planned.rows, planned.days) == ({}, 0)

    def test_a_range_is_said_in_its_unit(self) -> None:
        (rejected,) = plan(f"date,blood_glucose_avg\n{DAY},5.4").rejected

        assert rejected.reason == "must lie between 10 and 1000 mg/dL"

    def test_the_rules_between_columns_are_the_schemas(self) -> None:
        planned = plan(f"date,weight,bp_systolic,bp_diastolic\n{DAY},70,80,120")

        (rejected,) = planned.rejected
        assert "must lie below" in rejected.reason
        assert planned.rows == {}

    def test_what_derivation_refuses_names_the_column_of_the_file(self) -> None:
        person = replace(PERSON, height_cm=280)
        planned = plan(f"date,Gewicht\n{DAY},3", person=person, mapping={"Gewicht": "weight"})

        assert reasons(planned) == [(2, "Gewicht")]


class TestLines:
    @pytest.mark.parametrize(
        "day", ["", "12.03.2026", "2026-02-30", "1899-12-31", "2101-01-01", "2026-04-11"]
    )
    def test_a_day_that_is_none_or_out_of_reach_is_rejected(self, day: str) -> None:
        planned = plan(f"date,hrv\n{day},50\n2026-04-10,51")

        assert reasons(planned) == [(2, "date")]
        assert planned.days == 1

    def test_today_is_that_of_the_person(self, monkeypatch: pytest.MonkeyPatch) -> None:
        stop_clock(monkeypatch, dt.datetime(2026, 4, 10, 23, tzinfo=dt.UTC))
        far_east = replace(PERSON, zone=ZoneInfo("Asia/Tokyo"))

        assert plan("date,hrv\n2026-04-11,50", person=far_east).rejected == ()
        assert reasons(plan("date,hrv\n2026-04-11,50")) == [(2, "date")]

    def test_the_later_line_of_a_day_is_rejected(self) -> None:
        planned = plan(f"date,hrv\n{DAY},50\n{DAY},51")

        assert reasons(planned) == [(3, "date")]
        assert "line 2" in planned.rejected[0].reason
        assert [row["hrv_ms"] for row in planned.rows["vitals"]] == [50]

    @pytest.mark.parametrize("line", [f"{DAY},50", f"{DAY},50,7,5"])
    def test_a_line_of_another_width_is_rejected(self, line: str) -> None:
        assert reasons(plan(f"date,hrv,sleep_hours\n{line}")) == [(2, None)]

    @pytest.mark.parametrize("delimiter", [",", ";", "\t"])
    def test_delimiters(self, delimiter: str) -> None:
        text = f'date,hrv,"a;b;c"\n{DAY},50,'.replace(",", delimiter)

        assert only(plan(text), "vitals")["hrv_ms"] == 50

    def test_blank_lines_and_a_byte_order_mark_are_fine(self) -> None:
        planned = plan(f"\ufeffdate,hrv\n\n{DAY},50\n,\n  \n2026-03-13,x\n\n")

        assert reasons(planned) == [(6, "hrv")]
        assert planned.days == 1

    def test_rejected_lines_come_in_order(self) -> None:
        text = f"date,hrv,sleep_quality\n{DAY},50,80\n2026-03-13,x,\n2026-03-14,50,70"

        assert [row.line for row in plan(text).rejected] == [2, 3, 4]

    def test_each_line_is_told_as_it_is_read(self) -> None:
        told: list[int] = []
        plan(f"date,hrv\n{DAY},50\n\n2026-03-13,x", on_row=told.append)

        assert told == [2, 4]


class TestStorage:
    async def test_the_same_file_again_stores_nothing(self, diary: Diary) -> None:
        text = table(DAY, "2026-03-13")
        await store(diary, plan(text))
        again = await store(diary, plan(text))

        assert (again.batch_id, sum(again.stored.values()), again.already_there) == (None, 0, 12)
        assert len(await stored(diary, "vitals")) == 2
        assert len(await batches(diary)) == 1

    async def test_an_overlapping_file_adds_its_new_days(self, diary: Diary) -> None:
        await store(diary, plan(table(DAY, "2026-03-13")))
        report = await store(diary, plan(table("2026-03-13", "2026-03-14")))

        assert (set(report.stored.values()), report.already_there) == ({1}, 6)
        days = [row.date.day for row in await stored(diary, "sleep")]
        assert days == [12, 13, 14]

    async def test_what_is_there_is_left_as_it_is(self, diary: Diary) -> None:
        await store(diary, plan(f"date,hrv\n{DAY},50"))
        await store(diary, plan(f"date,hrv\n{DAY},60"))

        assert [row.hrv_ms for row in await stored(diary, "vitals")] == [50]

    async def test_a_plan_without_entries_stores_nothing(self, diary: Diary) -> None:
        report = await store(diary, plan(f"date,hrv\n{DAY},"))

        assert (report.batch_id, report.stored, report.days) == (None, {}, 0)
        assert await batches(diary) == []

    async def test_all_or_nothing(self, diary: Diary) -> None:
        planned = plan(table(DAY))
        broken = planned.rows["chronic"][0] | {"hba1c_pct": 400.0}
        planned = replace(planned, rows={**planned.rows, "chronic": (broken,)})
        with pytest.raises(IntegrityError):
            async with diary.session.begin_nested():
                await store(diary, planned)

        assert await batches(diary) == []
        assert [await stored(diary, tracker) for tracker in ENTRY_MODELS] == [[]] * 6

    async def test_another_person_has_their_own(self, database: Database) -> None:
        text = table(DAY)
        async with diary_of(database) as bob:
            await store(bob, plan(text))
        async with diary_of(database) as ada:
            report = await store(ada, plan(text))
            assert (sum(report.stored.values()), report.already_there) == (6, 0)
        async with database.session(bob.person.id) as session:
            assert len(await stored(Diary(session, bob.person), "vitals")) == 1

    async def test_ten_years_take_seconds(self, diary: Diary) -> None:
        days = [str(dt.date(2016, 1, 1) + dt.timedelta(days=n)) for n in range(3_650)]
        cells = FULL_DAY | {f"extra_{n}": n for n in range(25)}
        started = time.perf_counter()
        report = await store(diary, plan(table(*days, cells=cells)))

        assert set(report.stored.values()) == {3_650}
        assert time.perf_counter() - started < 30


def test_zero_is_unknown_where_it_cannot_be_and_the_file_means_it() -> None:
    text = "date,hrv,exercise_minutes\n2026-03-01,0,0\n"
    assert reasons(plan(text)) == [(2, "hrv")]
    told = plan(text, zero_is_unknown=True)
    assert "vitals" not in told.rows
    assert only(told, "exercise")["duration_minutes"] == 0


async def test_values_appear_in_the_api(ada: Account, database: Database) -> None:
    user_id = Tokens(SECRET).read_access(ada.access_token).user_id
    async with database.session() as session:
        diary = Diary(session, await person_of(session, user_id))
        report = await store(diary, plan(table(DAY)))

    (vitals,) = (await ada.get("/api/vitals")).json()["items"]
    assert (vitals["date"], vitals["resting_heart_rate"]) == (DAY, 59)
    assert vitals["batch_id"] == str(report.batch_id)
