"""Jobs: asked for, done by a worker, asked after, and nobody else's."""

import io
import logging
import zipfile
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient

from app.catalog import CATALOGUE
from app.database import Database
from app.postgres import DatabaseUrls
from app.services.job_work import JobWork
from tests.contracts.test_access import id_of
from tests.people import PASSWORD, Account, register, sign_in
from tests.queues import Queue, queue_over

JOBS = "/api/jobs"
TABLE = "date,weight\n2026-03-10,70.1\n2026-03-11,70.4\n"


@pytest.fixture
async def queue(live_urls: DatabaseUrls, live_database: Database) -> AsyncIterator[Queue]:
    async with queue_over(live_urls, live_database) as queue:
        yield queue


@pytest.fixture
async def person(live_client: AsyncClient) -> Account:
    return await register(live_client, "ada@example.com")


async def asked(person: Account, path: str, **body: Any) -> dict[str, Any]:
    answer = await person.post(f"{JOBS}{path}", **body)
    assert answer.status_code == 202, answer.text
    job: dict[str, Any] = answer.json()
    assert job["status"] == "queued"
    return job


async def state(person: Account, job: dict[str, Any]) -> dict[str, Any]:
    answer = await person.get(f"{JOBS}/{job['id']}")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


async def test_an_export_is_made_fetched_and_brought_back(
    person: Account, queue: Queue, live_client: AsyncClient
) -> None:
    await person.post("/api/body", json={"date": "2026-03-12", "weight_kg": 70.5})
    job = await asked(person, "/export", json={"password": PASSWORD})
    assert (await person.get(f"{JOBS}/{job['id']}/archive")).status_code == 404
    await queue.work()
    assert (await state(person, job))["status"] == "done"
    archive = await person.get(f"{JOBS}/{job['id']}/archive")
    assert archive.headers["content-type"] == "application/zip"
    assert b"70.5" in zipfile.ZipFile(io.BytesIO(archive.content)).read("vitaliq.json")
    bob = await register(live_client, "bob@example.com")
    zipped = {"content": archive.content, "headers": {"Content-Type": "application/zip"}}
    back = await asked(bob, "/import/vitaliq", **zipped)
    await queue.work()
    assert (await state(bob, back))["result"]["stored"]["body_metrics"] == 1
    assert (await bob.get("/api/body")).json()["items"][0]["weight_kg"] == 70.5


async def test_t29_a_job_that_ends_its_workers_is_told_to_have_failed(
    person: Account, queue: Queue
) -> None:
    job = await asked(person, "/export", json={"password": PASSWORD})
    await queue.tire()
    await queue.work()
    told = await state(person, job)
    assert told["status"] == "failed"
    assert "given up" in told["problem"]
    assert "account_job" not in {name for name, _, _ in await queue.jobs()}


async def test_an_archive_is_for_the_sign_in_that_gave_the_password(
    person: Account, queue: Queue
) -> None:
    job = await asked(person, "/export", json={"password": PASSWORD})
    await queue.work()
    elsewhere = await sign_in(person.client, person.email)
    assert (await elsewhere.get(f"{JOBS}/{job['id']}")).status_code == 200
    assert (await elsewhere.get(f"{JOBS}/{job['id']}/archive")).status_code == 404


async def test_an_export_asks_for_the_password(person: Account) -> None:
    answer = await person.post(f"{JOBS}/export", json={"password": "not the right password"})
    assert answer.status_code == 403


async def test_a_table_of_days_is_imported_and_never_twice(person: Account, queue: Queue) -> None:
    for stored, already in ((2, 0), (0, 2)):
        job = await asked(person, "/import/days", json={"table": TABLE})
        await queue.work()
        result = (await state(person, job))["result"]
        assert (result["stored"]["body"], result["already_there"]) == (stored, already)
    assert len((await person.get("/api/body")).json()["items"]) == 2


async def test_rows_that_do_not_fit_fail_the_job_and_store_nothing(
    person: Account, queue: Queue
) -> None:
    body = {"table": TABLE + "2026-03-12,7000.25\n"}
    job = await asked(person, "/import/days", json=body)
    await queue.work()
    told = await state(person, job)
    assert told["status"] == "failed"
    assert "line 4" in told["problem"]
    assert "7000" not in told["problem"]
    assert (await person.get("/api/body")).json()["items"] == []
    lenient = await asked(person, "/import/days", json=body | {"skip_rejected": True})
    await queue.work()
    assert (await state(person, lenient))["result"]["rejected_rows"] == 1


async def test_what_is_no_export_fails_the_job(person: Account, queue: Queue) -> None:
    zipped = {"content": b"no zip", "headers": {"Content-Type": "application/zip"}}
    job = await asked(person, "/import/vitaliq", **zipped)
    await queue.work()
    assert (await state(person, job))["problem"] == "not an export of VitalIQ"


async def test_few_may_wait(person: Account) -> None:
    for _ in range(3):
        await asked(person, "/import/days", json={"table": TABLE})
    answer = await person.post(f"{JOBS}/import/days", json={"table": TABLE})
    assert answer.status_code == 409


async def test_a_job_is_done_once_however_often_it_is_begun(
    person: Account, queue: Queue, live_database: Database
) -> None:
    job = await asked(person, "/export", json={"password": PASSWORD})
    user_id = await id_of(person)
    work = JobWork(live_database, CATALOGUE)
    for _ in range(3):
        await work.do(user_id, job_id=_uuid(job))
    trail = (await person.get("/api/audit")).json()["items"]
    assert [event["kind"] for event in trail].count("exported") == 1


async def test_a_job_is_forgotten_with_its_archive(
    person: Account, queue: Queue, live_database: Database
) -> None:
    job = await asked(person, "/export", json={"password": PASSWORD})
    await queue.work()
    assert [name for name, _, _ in await queue.jobs()] == ["expire_job"]
    await JobWork(live_database, CATALOGUE).expire(await id_of(person), _uuid(job))
    assert (await person.get(JOBS)).json() == {"items": []}
    export = await person.post("/api/export", json={"password": PASSWORD})
    assert b'"job_parts": [\n]' in zipfile.ZipFile(io.BytesIO(export.content)).read("vitaliq.json")


async def test_t51_with_the_account_its_work_goes(person: Account, queue: Queue) -> None:
    await asked(person, "/import/days", json={"table": TABLE})
    assert len(await queue.jobs()) == 1
    await person.delete("/api/auth/me", json={"password": PASSWORD})
    assert await queue.jobs() == []


async def test_t3_jobs_show_only_to_their_owner(
    person: Account, queue: Queue, live_client: AsyncClient
) -> None:
    job = await asked(person, "/export", json={"password": PASSWORD})
    await queue.work()
    bob = await register(live_client, "bob@example.com")
    assert (await bob.get(JOBS)).json() == {"items": []}
    for path in (f"{JOBS}/{job['id']}", f"{JOBS}/{job['id']}/archive"):
        assert (await bob.get(path)).status_code == 404


async def test_t47_neither_queue_nor_log_holds_a_value(
    person: Account, queue: Queue, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "vitaliq")
    logging.getLogger("procrastinate").setLevel(logging.CRITICAL)
    await asked(person, "/import/days", json={"table": TABLE, "label": "canary"})
    ((_, _, arguments),) = await queue.jobs()
    assert set(arguments) == {"user_id", "job_id"}
    await queue.work()
    assert "account_job" in caplog.text
    for secret in ("70.1", "canary", str(arguments["user_id"])):
        assert secret not in caplog.text


def _uuid(job: dict[str, Any]) -> UUID:
    return UUID(job["id"])
