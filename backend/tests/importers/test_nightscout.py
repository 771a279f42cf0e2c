"""Nightscout: codes that are no glucose, limits, and the phone's own offset."""

import datetime as dt

from app.importers.nightscout import FORMAT
from tests.importers.at_hand import problems, read, readings
from tests.importers.writers import nightscout as writer


def test_limits_are_limits_and_codes_are_no_glucose() -> None:
    items = read(FORMAT, writer.example())
    censored = [(r.value, r.censor) for r in readings(items) if r.censor]
    assert censored == [(400, ">"), (40, "<")]
    assert [p.where for p in problems(items)] == ["entry 2"]
    assert len(readings(items)) == 53
    assert {(r.kind, r.unit) for r in readings(items)} == {("glucose", "mg/dL")}


def test_an_entry_keeps_its_name_device_and_offset() -> None:
    meter = readings(read(FORMAT, writer.example(), zone=dt.UTC))[0]
    assert (meter.value, meter.source) == (104, "xDrip-DexcomG6")
    assert meter.origin == writer.entry(265)["_id"]
    assert meter.start.isoformat() == "2024-05-02T04:11:40+02:00"
