"""Taking everything along, and bringing it back (T50)."""

import csv
import io
import json
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from httpx import Response
from sqlalchemy import text

from app import commands
from app.config import Settings
from app.database import Database
from app.errors import ConflictError
from app.postgres import DatabaseUrls
from app.services import account_import, export, export_reading
from app.services.account_import import NOT_RESTORED, RESTORED
from app.services.export import SECRET_COLUMNS
from app.services.owned_tables import DERIVED, OwnedTable, owned_tables
from app.utils.identifiers import uuid7
from tests.conftest import client_of
from tests.contracts.test_access import everything, id_of
from tests.contracts.trackers import TRACKERS
from tests.people import PASSWORD, Account, register

EXPORT, IMPORT = "/api/export", "/api/import/vitaliq"
ZIP = {"Content-Type": "application/zip"}


async def exported(account: Account) -> zipfile.ZipFile:
    answer = await account.post(EXPORT, json={"password": PASSWORD})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/zip"
    return zipfile.ZipFile(io.BytesIO(answer.content))


def tables_in(archive: zipfile.ZipFile) -> dict[str, list[dict[str, Any]]]:
    document = json.loads(archive.read("vitaliq.json"))
    assert (document["format"], document["version"]) == ("vitaliq-export", 1)
    tables: dict[str, list[dict[str, Any]]] = document["tables"]
    return tables


def rows_in(archive: zipfile.ZipFile, table: str) -> list[dict[str, str]]:
    sheet = archive.read(f"{table}.csv").decode()
    return list(csv.DictReader(io.StringIO(sheet, newline="")))


async def all_tables(database: Database) -> list[OwnedTable]:
    async with database.session() as session:
        return list(await owned_tables(session))


async def leave_a_canary(database: Database, user_id: UUID, canary: UUID) -> None:
    """One row of the user in each table, with the canary's digits in a column of every row."""
    for table in await all_tables(database):
        async with database.session(user_id) as session:
            marked = _CANARIES[table.name]
            await session.execute(
                text(marked), {"user_id": user_id, "id": uuid7(), "canary": f"canary {canary}"}
            )


# How to leave a mark in each table. A new table that is not here fails the test below.
_ENTRY = (
    "INSERT INTO {} (user_id, id, date, notes, {}) "
    "VALUES (:user_id, :id, '2026-03-12', :canary, {})"
)
_CANARIES = {
    "anomalies": """
        INSERT INTO anomalies (user_id, id, date, source_table, metric_name, metric_value,
            detector_type, severity, anomaly_score, explanation, direction, is_unusual,
            detector_version, evidence)
        VALUES (:user_id, :id, '2026-03-12', 'vital_signs', 'hrv', 20,
            'zscore', 'low', 10, :canary, 'below', true, 'x', '{"days": [1.5, null]}')""",
    "audit_events": """
        INSERT INTO audit_events (user_id, id, kind, outcome, detail)
        VALUES (:user_id, :id, 'exported', 'success',
            jsonb_build_object('test', CAST(:canary AS text)))""",
    "batches": """
        INSERT INTO batches (user_id, id, kind, label, details)
        VALUES (:user_id, :id, 'invented', :canary, '{"seed": 7}')""",
    "body_metrics": _ENTRY.format("body_metrics", "weight_kg", "70.1"),
    "channels": """
        INSERT INTO channels (user_id, id, kind, shown, sealed)
        VALUES (:user_id, :id, 'webhook', :canary, 'secret')""",
    "chronic_metrics": _ENTRY.format(
        "chronic_metrics", "time_of_day, condition_type, hba1c_pct", "'fasting', 'diabetes', 5.5"
    ),
    "day_pages": """
        INSERT INTO day_pages (user_id, first, layout, known, cells)
        VALUES (:user_id, '2026-03-09', 0, '', CAST(:canary AS bytea))""",
    "deliveries": """
        WITH channel AS (
            INSERT INTO channels (user_id, id, kind, shown, sealed)
            VALUES (:user_id, :id, 'webhook', 'x', 'secret')
        )
        INSERT INTO deliveries (user_id, id, channel_id, kind, problem)
        VALUES (:user_id, :id, :id, 'test', :canary)""",
    "detection_memories": """
        INSERT INTO detection_memories (user_id, content)
        VALUES (:user_id, CAST(:canary AS bytea))""",
    "episodes": """
        INSERT INTO episodes (user_id, id, date, peak, last, days, severity, metrics, explanation)
        VALUES (:user_id, :id, '2026-03-12', '2026-03-13', '2026-03-13', 2, 'low', '["hrv"]',
            :canary)""",
    "exercise_entries": _ENTRY.format(
        "exercise_entries",
        "exercise_type, exercise_name, duration_minutes",
        "'cardio', 'Run', 30",
    ),
    "food_entries": _ENTRY.format(
        "food_entries", "meal_type, food_name, calories", "'lunch', '=1+1', 200.25"
    ),
    "held_groups": """
        WITH batch AS (
            INSERT INTO batches (user_id, id, kind, label, details)
            VALUES (:user_id, gen_random_uuid(), 'imported', 'x', '{}') RETURNING id
        )
        INSERT INTO held_groups (user_id, id, batch_id, kind, source, unit, reason, count)
        SELECT :user_id, :id, id, 'weight', :canary, 'kg', 'implausible', 1 FROM batch""",
    "held_readings": """
        WITH batch AS (
            INSERT INTO batches (user_id, id, kind, label, details)
            VALUES (:user_id, gen_random_uuid(), 'imported', 'x', '{}') RETURNING id
        ), held AS (
            INSERT INTO held_groups (user_id, id, batch_id, kind, source, unit, reason, count)
            SELECT :user_id, gen_random_uuid(), id, 'weight', 'x', 'kg', 'implausible', 1
            FROM batch RETURNING id
        )
        INSERT INTO held_readings (user_id, group_id, at, identity, value)
        SELECT :user_id, id, '2026-03-12', 1, 700.1 FROM held""",
    "idempotency_keys": """
        INSERT INTO idempotency_keys (user_id, key, fingerprint, body)
        VALUES (:user_id, :canary, 'secret', 'secret')""",
    "import_templates": """
        INSERT INTO import_templates (user_id, id, name, signature, options)
        VALUES (:user_id, :id, :canary, 'x', '{}')""",
    "import_parts": """
        WITH made AS (
            INSERT INTO imports (user_id, id, name, bytes) VALUES (:user_id, :id, 'x', 1)
        )
        INSERT INTO import_parts (user_id, import_id, start, content)
        VALUES (:user_id, :id, 0, 'secret')""",
    "imports": """
        INSERT INTO imports (user_id, id, name, bytes) VALUES (:user_id, :id, :canary, 1)""",
    "job_parts": """
        WITH job AS (INSERT INTO jobs (user_id, id, kind) VALUES (:user_id, :id, 'export'))
        INSERT INTO job_parts (user_id, job_id, number, content)
        VALUES (:user_id, :id, 0, 'secret')""",
    "jobs": """
        INSERT INTO jobs (user_id, id, kind, status, problem)
        VALUES (:user_id, :id, 'import_days', 'failed', :canary)""",
    "passkeys": """
        INSERT INTO passkeys (user_id, id, name, credential_id, public_key, sign_count)
        VALUES (:user_id, :id, :canary, 'secret', 'secret', 0)""",
    "reading_series": """
        INSERT INTO reading_series (user_id, id, kind, source, unit)
        VALUES (:user_id, 1, 'weight', :canary, 'kg')""",
    "readings": """
        INSERT INTO readings (user_id, series, at, identity, value, batch_id)
        VALUES (:user_id, 1, '2026-03-12', 1, 70.1, :id)""",
    "recovery_codes": """
        INSERT INTO recovery_codes (user_id, code_hash, created_at)
        VALUES (:user_id, 'secret', now())""",
    "refresh_tokens": """
        INSERT INTO refresh_tokens (user_id, id, session_id, token_hash)
        SELECT user_id, :id, id, 'secret' FROM sessions WHERE user_id = :user_id LIMIT 1""",
    "sessions": """
        INSERT INTO sessions (user_id, id, expires_at, user_agent)
        VALUES (:user_id, :id, now() + interval '1 hour', :canary)""",
    "sleep_entries": _ENTRY.format("sleep_entries", "duration_hours", "7.75"),
    "stale_days": """
        INSERT INTO stale_days (user_id, day)
        SELECT :user_id, '2026-03-12' WHERE CAST(:canary AS text) <> ''""",
    "tags": """
        INSERT INTO tags (user_id, id, kind, first, last, note)
        VALUES (:user_id, :id, 'travel', '2026-03-12', '2026-03-14', :canary)""",
    "totp_secrets": "INSERT INTO totp_secrets (user_id, sealed) VALUES (:user_id, 'secret')",
    "users": "UPDATE users SET name = :canary WHERE id = :user_id",
    "vital_signs": _ENTRY.format("vital_signs", "time_of_day, spo2", "'morning', 97"),
}
# Tables whose only columns of the person's are secret: a row is shown, and nothing of it.
_UNMARKED = {
    "held_readings",
    "import_parts",
    "job_parts",
    "readings",
    "recovery_codes",
    "refresh_tokens",
    "totp_secrets",
}


async def test_t50_every_table_is_exported_and_nothing_of_others(
    ada: Account, bob: Account, database: Database
) -> None:
    tables = [table.name for table in await all_tables(database)]
    assert sorted(_CANARIES) == tables, "say in _CANARIES how to leave a row in each table"
    tables = [table for table in tables if table not in DERIVED]
    ids, canaries = [await id_of(ada), await id_of(bob)], [uuid7(), uuid7()]
    for user_id, canary in zip(ids, canaries, strict=True):
        await leave_a_canary(database, user_id, canary)
    archive = await exported(ada)
    told = tables_in(archive)
    assert sorted(told) == tables
    for table in tables:
        sheet = archive.read(f"{table}.csv").decode()
        assert len(rows_in(archive, table)) == len(told[table]) >= 1, table
        assert table in _UNMARKED or f"canary {canaries[0]}" in sheet, table
        assert table in _UNMARKED or f"canary {canaries[0]}" in json.dumps(told[table]), table
    for name in archive.namelist():
        content = archive.read(name).decode()
        assert not [x for x in (ids[1], canaries[1], bob.email) if str(x) in content], name


async def test_t50_no_secret_is_exported(ada: Account, database: Database) -> None:
    """Each column that can hold one is listed; a new one fails here until it is."""
    known = {(table.name, c.name) for table in await all_tables(database) for c in table.columns}
    assert known >= SECRET_COLUMNS
    async with database.session() as session:
        binary = await session.execute(
            text(
                "SELECT table_name, column_name FROM information_schema.columns"
                " WHERE table_schema = 'public' AND (data_type = 'bytea'"
                " OR column_name ~ 'password|secret|hash|token|sealed')"
            )
        )
    suspicious = {(row[0], row[1]) for row in binary if row[0] not in DERIVED} & known
    assert suspicious <= SECRET_COLUMNS
    await leave_a_canary(database, await id_of(ada), uuid7())
    archive = await exported(ada)
    for table, column in SECRET_COLUMNS:
        assert all(column not in row for row in tables_in(archive)[table])
        assert all(column not in row for row in rows_in(archive, table))
    assert "argon2" not in "".join(archive.read(name).decode() for name in archive.namelist())


async def test_t50_the_password_is_asked_for(ada: Account) -> None:
    assert (await ada.post(EXPORT, json={"password": "not the password"})).status_code == 403
    assert (await ada.post(EXPORT)).status_code == 422


async def test_t50_meanings_and_a_guide_come_along(ada: Account) -> None:
    archive = await exported(ada)
    meanings = json.loads(archive.read("meanings.json"))
    assert meanings["tables"]["body_metrics"]["columns"]["weight_kg"]["unit"] == "kg"
    assert meanings["metrics"]
    assert "vitaliq.json" in archive.read("README.txt").decode()


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", " ="])
async def test_t50_no_cell_is_a_formula(ada: Account, start: str) -> None:
    tracker = next(case for case in TRACKERS if case.key == "nutrition")
    example = tracker.example(food_name="x" + start + "cmd|calc")
    await ada.post(tracker.path, json=example)
    await ada.patch("/api/auth/me", json={"name": f"{start}cmd"})
    archive = await exported(ada)
    kept = tables_in(archive)["users"][0]["name"]
    assert rows_in(archive, "users")[0]["name"] == f"'{kept}"
    cells = [cell for row in rows_in(archive, "food_entries") for cell in row.values()]
    assert not [cell for cell in cells if cell[:1] in {"=", "+", "-", "@"}]


async def test_t50_a_large_account_passes_through_in_portions(
    ada: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "_ROWS_AT_ONCE", 7)
    monkeypatch.setattr(export, "_IN_MEMORY", 1_000)
    await ada.post("/api/mock/generate", json={"days": 30})
    archive = await exported(ada)
    told = tables_in(archive)
    assert len(told["vital_signs"]) >= 25
    assert all(len(rows_in(archive, name)) == len(rows) for name, rows in told.items())


def test_t50_every_table_is_restored_or_is_not() -> None:
    assert not set(RESTORED) & NOT_RESTORED
    assert set(RESTORED) | NOT_RESTORED == set(_CANARIES) - DERIVED


async def test_t50_what_comes_back_is_what_was_taken(
    ada: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    # However large an account is, its rows pass through in portions.
    monkeypatch.setattr(export_reading, "PIECE_BYTES", 1_000)
    monkeypatch.setattr(export_reading, "CHARACTERS_AT_ONCE", 500)
    await everything(ada)
    await ada.post("/api/mock/generate", json={"days": 20, "conditions": ["diabetes"]})
    await ada.post("/api/anomalies/detect", json={})
    await ada.patch("/api/auth/me", json={"name": "Ada", "height_cm": 172.5, "sex": "female"})
    await ada.put("/api/anomalies/thresholds", json={"thresholds": {"resting_hr": 3.25}})
    await ada.put("/api/anomalies/budget", json={"budget": "weekly"})
    first = await ada.post(EXPORT, json={"password": PASSWORD})
    before = tables_in(zipfile.ZipFile(io.BytesIO(first.content)))
    gone = await ada.delete("/api/auth/me", json={"password": PASSWORD})
    assert gone.status_code == 204
    again = await register(ada.client, ada.email)
    answer = await again.post(IMPORT, content=first.content, headers=ZIP)
    assert answer.status_code == 201, answer.text
    after = tables_in(await exported(again))
    for name in RESTORED:
        assert before[name], name
        assert content_of(after[name]) == content_of(before[name]), name
        assert answer.json()["stored"][name] == len(before[name])
    profile = ["name", "date_of_birth", "timezone", "height_cm", "sex", "email"]
    profile += ["thresholds", "alarm_budget"]
    assert [after["users"][0][n] for n in profile] == [before["users"][0][n] for n in profile]
    assert after["users"][0]["id"] != before["users"][0]["id"]
    assert [e for e in after["audit_events"] if e["kind"] == "imported"]


def content_of(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    kept = [{k: v for k, v in row.items() if k != "user_id"} for row in rows]
    return sorted(kept, key=lambda row: str(row.get("id", row)))


def packed(document: object, name: str = "vitaliq.json", **others: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        text_of_it = document if isinstance(document, str) else json.dumps(document)
        archive.writestr(name, text_of_it)
        for other, content in others.items():
            archive.writestr(other.replace("_", "/"), content)
    return file.getvalue()


def an_export(**tables: object) -> dict[str, object]:
    return {"format": "vitaliq-export", "version": 1, "tables": tables}


def a_weight(**columns: object) -> dict[str, object]:
    return {
        "id": str(uuid7()),
        "date": "2026-03-12",
        "weight_kg": 70,
        "version": 1,
        "created_at": "2026-03-12T10:00:00Z",
        "updated_at": "2026-03-12T10:00:00Z",
    } | columns


def a_tag(**columns: object) -> dict[str, object]:
    stretch = {"first": "2026-03-10", "last": "2026-03-12", "created_at": "2026-03-12T10:00:00Z"}
    named = {"id": str(uuid7()), "kind": "other", "updated_at": "2026-03-12T10:00:00Z"}
    return named | stretch | columns


BAD: dict[str, bytes] = {
    "nothing": b"",
    "no zip": b"PK\x03\x04 but no more",
    "another file": packed({}, name="other.json"),
    "no json": packed("{"),
    "not utf-8": packed("{}").replace(b"{}", b"\xff\xfe"),
    "another format": packed({"format": "other", "version": 1, "tables": {}}),
    "a newer version": packed({"format": "vitaliq-export", "version": 2, "tables": {}}),
    "no tables": packed({"format": "vitaliq-export", "version": 1}),
    "a list": packed([]),
    "an unknown table": packed(an_export(pg_authid=[])),
    "an unknown column": packed(an_export(body_metrics=[a_weight(is_admin=True)])),
    "no rows": packed(an_export(body_metrics=[1])),
    "no list": packed(an_export(body_metrics={"a": 1})),
    "an implausible weight": packed(an_export(body_metrics=[a_weight(), a_weight(weight_kg=9000)])),
    "a word for a weight": packed(an_export(body_metrics=[a_weight(weight_kg="canary")])),
    "no day": packed(an_export(body_metrics=[a_weight(date=None)])),
    "a strange id": packed(an_export(body_metrics=[a_weight(id="1")])),
    "a foreign batch": packed(an_export(body_metrics=[a_weight(batch_id=str(uuid7()))])),
    "the same twice": packed(an_export(body_metrics=[row := a_weight(), row])),
    "a zero byte": packed(an_export(body_metrics=[a_weight(notes="\0")])),
    "too deep": packed("[" * 100_000 + "]" * 100_000),
    "deep inside": packed(json.dumps(an_export(body_metrics=["@"])).replace('"@"', "[" * 50_000)),
    "a bomb": packed(" " * 5_000_000 + json.dumps(an_export())),
    "paths": packed(an_export(), **{".._etc_passwd": "x"}),
    "a strange profile": packed(an_export(users=[{"height_cm": 9000}])),
    "a strange zone": packed(an_export(users=[{"timezone": "canary/zone"}])),
    "a strange budget": packed(an_export(users=[{"alarm_budget": "canary"}])),
    "a tag of years": packed(an_export(tags=[a_tag(first="2020-01-01", last="2026-01-01")])),
    "strange limits": packed(an_export(users=[{"thresholds": {"canary": 3}}])),
    "two accounts": packed(an_export(users=[{}, {}])),
}


@pytest.mark.parametrize("body", BAD.values(), ids=list(BAD))
async def test_t50_what_is_no_export_is_refused_whole(body: bytes, ada: Account) -> None:
    answer = await ada.post(IMPORT, content=body, headers=ZIP)
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert "canary" not in answer.text
    tables = tables_in(await exported(ada))
    assert not [name for name in RESTORED if tables[name]], "something was stored"


async def test_t50_the_limit_is_on_what_comes_out(
    ada: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(account_import, "MOST_UNPACKED", 100)
    assert (await ada.post(IMPORT, content=packed(an_export()), headers=ZIP)).status_code == 201
    longer = packed(an_export(body_metrics=[a_weight()]))
    refused = await ada.post(IMPORT, content=longer, headers=ZIP)
    assert refused.status_code == 422
    assert "vitaliq import account" in refused.text


async def test_t50_nothing_is_imported_for_someone_else(ada: Account, bob: Account) -> None:
    rows = [a_weight(user_id=str(await id_of(ada)))]
    made = await bob.post(IMPORT, content=packed(an_export(body_metrics=rows)), headers=ZIP)
    assert made.status_code == 201
    assert tables_in(await exported(ada))["body_metrics"] == []
    assert len(tables_in(await exported(bob))["body_metrics"]) == 1


async def test_t50_an_account_that_is_not_empty_is_left_alone(ada: Account) -> None:
    body = packed(an_export(body_metrics=[a_weight()]))
    assert (await ada.post(IMPORT, content=body, headers=ZIP)).status_code == 201
    assert (await ada.post(IMPORT, content=body, headers=ZIP)).status_code == 409


async def test_t50_the_command_line_takes_an_account_from_one_server_to_another(
    make_migrated: Callable[[], DatabaseUrls], settings: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "ada.zip"
    for exports in (True, False):
        urls = make_migrated()
        database = Database(urls.app, pool_size=2, statement_timeout=30)
        async with client_of(database, settings) as client:
            ada = await register(client, "ada@example.com")
            if exports:
                await ada.post("/api/mock/generate", json={"days": 3})
                await commands.export(settings, urls, email=ada.email, file=file)
                with pytest.raises(ConflictError):
                    await commands.export(settings, urls, email=ada.email, file=file)
            else:
                stored = await commands.import_export(settings, urls, email=ada.email, file=file)
                assert stored["batches"] == 1
                assert (await ada.get("/api/vitals")).json()["items"]
        await database.close()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


async def test_t50_a_file_opens_no_door(ada: Account) -> None:
    """Sessions, second factors, consent and the trail are not taken from a file."""
    forged = an_export(
        sessions=[{"id": str(uuid7()), "expires_at": "2099-01-01"}],
        audit_events=[{"id": str(uuid7()), "kind": "forged", "outcome": "success"}],
        totp_secrets=[{"sealed": "x"}],
        users=[{"ai_consent_at": "2026-01-01", "email": "canary@example.com"}],
    )
    before = tables_in(await exported(ada))
    answer: Response = await ada.post(IMPORT, content=packed(forged), headers=ZIP)
    assert answer.status_code == 201
    after = tables_in(await exported(ada))
    assert after["sessions"] == before["sessions"]
    assert after["users"] == before["users"]
    assert after["totp_secrets"] == []
    assert "forged" not in {event["kind"] for event in after["audit_events"]}
