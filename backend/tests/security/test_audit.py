"""The audit trail: what leaves a row, and that no row is ever changed (T49)."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import text
from sqlalchemy.exc import OperationalError, ProgrammingError

from app.database import Database
from app.services import audit
from app.utils.enums import AuditKind
from tests.contracts.test_access import finding
from tests.contracts.trackers import TRACKERS
from tests.people import PASSWORD, Account, sign_in

ME = "/api/auth/me"
WRONG = "not the password of this"
CONSENT = "/api/auth/me/consent"
Act = Callable[[Account], Awaitable[Any]]


async def trail(account: Account) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await account.get("/api/audit")).json()["items"]
    return items


async def newest(account: Account, kind: str) -> dict[str, Any]:
    found = [event for event in await trail(account) if event["kind"] == kind]
    assert len(found) == 1, found
    return found[0]


async def wrong_sign_in(ada: Account) -> None:
    body = {"email": ada.email, "password": WRONG}
    assert (await ada.client.post("/api/auth/login", json=body)).status_code == 401


async def change_password(ada: Account, current: str) -> Any:
    body = {"current_password": current, "new_password": "nine amber lanterns by the sea"}
    return await ada.post("/api/auth/change-password", json=body)


async def remove_batch(ada: Account) -> None:
    made = await ada.post("/api/mock/generate", json={"days": 2})
    assert (await ada.delete(f"/api/batches/{made.json()['id']}")).status_code == 204


async def answer_a_finding(ada: Account) -> None:
    path = f"/api/anomalies/{await finding(ada)}/feedback"
    assert (await ada.put(path, json={"feedback": "useful"})).status_code == 200


async def test_t49_a_sign_in_leaves_a_row(ada: Account) -> None:
    event = await newest(ada, "sign_in")
    assert (event["outcome"], event["detail"]) == ("success", {})
    assert event["session_id"]


ACTS: dict[tuple[str, str], Act] = {
    ("password_changed", "success"): lambda ada: change_password(ada, PASSWORD),
    ("password_changed", "failure"): lambda ada: change_password(ada, WRONG),
    ("profile_changed", "success"): lambda ada: ada.patch(ME, json={"name": "Robin"}),
    ("thresholds_changed", "success"): lambda ada: ada.put(
        "/api/anomalies/thresholds", json={"thresholds": {"resting_hr": 3.25}}
    ),
    ("budget_changed", "success"): lambda ada: ada.put(
        "/api/anomalies/budget", json={"budget": "gravest"}
    ),
    ("feedback_changed", "success"): answer_a_finding,
    ("consent_given", "success"): lambda ada: ada.put(CONSENT, json={"granted": True}),
    ("consent_withdrawn", "success"): lambda ada: ada.put(CONSENT, json={"granted": False}),
    ("unknown_id", "failure"): lambda ada: ada.get(f"/api/sleep/{uuid4()}"),
    ("exported", "success"): lambda ada: ada.post("/api/export", json={"password": PASSWORD}),
    ("exported", "failure"): lambda ada: ada.post("/api/export", json={"password": WRONG}),
    ("account_deleted", "failure"): lambda ada: ada.delete(ME, json={"password": WRONG}),
    ("batch_removed", "success"): remove_batch,
}


@pytest.mark.parametrize(("told", "act"), ACTS.items(), ids=["-".join(told) for told in ACTS])
async def test_t49_an_act_leaves_one_row(told: tuple[str, str], act: Act, ada: Account) -> None:
    await act(ada)
    event = await newest(ada, told[0])
    assert event["outcome"] == told[1]
    assert not {"3.25", "Robin", PASSWORD, WRONG} & set(str(event).split("'"))


async def test_t49_a_refused_sign_in_leaves_a_row(ada: Account) -> None:
    await wrong_sign_in(ada)
    outcomes = [e["outcome"] for e in await trail(ada) if e["kind"] == "sign_in"]
    assert sorted(outcomes) == ["failure", "success"]


async def test_t49_signing_out_and_a_token_used_twice_leave_rows(ada: Account) -> None:
    elsewhere = await sign_in(ada.client, ada.email)
    await elsewhere.post("/api/auth/logout")
    third = await sign_in(ada.client, ada.email)
    for expected in (200, 401):
        used = {"refresh_token": third.refresh_token}
        answer = await ada.client.post("/api/auth/refresh", json=used)
        assert answer.status_code == expected
    assert (await newest(ada, "sign_out"))["outcome"] == "success"
    assert (await newest(ada, "refresh_reused"))["session_id"]


async def test_t49_a_foreign_id_leaves_a_row_with_the_route_and_the_request(
    ada: Account, bob: Account
) -> None:
    tracker = TRACKERS[0]
    made = (await ada.post(tracker.path, json=tracker.example())).json()["id"]
    refused = await bob.delete(f"{tracker.path}/{made}")
    event = await newest(bob, "unknown_id")
    assert event["detail"] == {"method": "DELETE", "route": f"{tracker.path}/{{entry_id}}"}
    assert event["request_id"] == refused.headers["x-request-id"]
    assert event["session_id"]
    assert made not in str(event)
    assert [e["kind"] for e in await trail(ada)] == ["sign_in"]


async def test_t49_the_trail_has_pages(ada: Account, bob: Account) -> None:
    for _ in range(3):
        await ada.get(f"/api/sleep/{uuid4()}")
    first = (await ada.get("/api/audit", params={"limit": 3})).json()
    second = (await ada.get("/api/audit", params={"cursor": first["next"]})).json()
    ids = [event["id"] for event in first["items"] + second["items"]]
    assert (len(ids), second["next"]) == (4, None)
    assert ids == sorted(ids, reverse=True)
    foreign = await bob.get("/api/audit", params={"cursor": first["next"]})
    assert foreign.status_code == 422


@pytest.mark.parametrize("table", ["audit_events", "deleted_accounts"])
@pytest.mark.parametrize("change", ["UPDATE {} SET {} = now()", "DELETE FROM {}", "TRUNCATE {}"])
async def test_t49_the_application_cannot_change_the_trail(
    table: str, change: str, database: Database, ada: Account
) -> None:
    column = {"audit_events": "occurred_at", "deleted_accounts": "deleted_at"}[table]
    user_id = UUID((await ada.get(ME)).json()["id"])
    with pytest.raises(ProgrammingError) as refused:
        async with database.session(user_id) as session:
            await session.execute(text(change.format(table, column)))
    assert isinstance(refused.value.orig, InsufficientPrivilege)


async def test_t49_a_trail_that_cannot_be_written_costs_no_answer(
    ada: Account, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def lost(*_: object) -> None:
        raise OperationalError("secret words", {}, Exception())

    monkeypatch.setattr(audit, "insert", lost)
    assert (await ada.get(f"/api/sleep/{uuid4()}")).status_code == 404
    assert "unknown_id" in caplog.text
    assert "secret words" not in caplog.text


async def test_t49_nobody_has_no_trail(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    """A sign-in to an unknown address does the same work, and leaves nothing."""
    await audit.record_failure(database, uuid4(), AuditKind.SIGN_IN)
    assert "not kept" not in caplog.text
