"""Adding, listing and removing the ways to be told, of those that the operator lists (T41)."""

from typing import Any

import pytest

from app.config import Settings
from app.database import Database
from tests.conftest import client_of
from tests.contracts.test_openapi import example_of
from tests.people import Account

HOOK = {"url": "https://hooks.example.com/vitaliq?key=private"}
PUSH: dict[str, Any] = example_of({"$ref": "#/components/schemas/PushIn"})


async def add(account: Account, what: str = "webhooks", **body: Any) -> dict[str, Any]:
    made = await account.post(f"/api/{what}", json=body or HOOK)
    assert made.status_code == 201, made.text
    told: dict[str, Any] = made.json()
    return told


async def test_a_webhooks_secret_is_shown_once_and_its_address_never(ada: Account) -> None:
    made = await add(ada)
    assert made["secret"].startswith("whsec_")
    listed = await ada.get("/api/webhooks")
    assert made["secret"] not in listed.text
    assert "private" not in listed.text
    (webhook,) = listed.json()["items"]
    assert webhook == {k: v for k, v in made.items() if k != "secret"}
    assert webhook["shown"] == "https://hooks.example.com/…"


@pytest.mark.parametrize(
    "url",
    [
        "https://other.example.com/x",
        "http://hooks.example.com/x",
        "https://hooks.example.com:8443/x",
        "https://hooks.example.com@127.0.0.1/x",
        "https://user:pass@hooks.example.com/x",
        "https://hooks.example.com.evil.example/x",
        "https://hooks.example.com\\@evil.example/x",
        "ftp://hooks.example.com/x",
        "file:///etc/passwd",
        "//hooks.example.com/x",
        "https://[::1",
        "x",
    ],
)
async def test_t41_an_origin_that_is_not_listed_is_refused(url: str, ada: Account) -> None:
    answer = await ada.post("/api/webhooks", json={"url": url})
    assert answer.status_code == 403
    assert (await ada.get("/api/webhooks")).json() == {"items": []}


async def test_t41_by_default_nothing_is_taken(ada: Account, database: Database) -> None:
    async with client_of(database, Settings(_env_file=None)) as client:
        account = Account(client, ada.email, ada.access_token, ada.refresh_token)
        bodies = {"webhooks": HOOK, "notifications/push": PUSH}
        bodies["notifications/services"] = {"url": "ntfys://ntfy.example.com/x"}
        for what, body in bodies.items():
            assert (await account.post(f"/api/{what}", json=body)).status_code == 403, what
        offered = (await account.get("/api/notifications")).json()["offered"]
    assert offered == {"webhook_origins": [], "services": [], "push_key": None}


async def test_a_browser_is_taken_with_the_keys_of_a_subscription(ada: Account) -> None:
    made = await add(ada, "notifications/push", **PUSH)
    assert (made["kind"], made["shown"]) == ("push", "https://push.example.com/…")
    for keys in ({"p256dh": "AAAA", "auth": "AAAA"}, PUSH["keys"] | {"auth": "AAAA"}):
        answer = await ada.post("/api/notifications/push", json=PUSH | {"keys": keys})
        assert answer.status_code == 422
    for endpoint in ("https://evil.example/x", "http://push.example.com/x", "https://a@push"):
        answer = await ada.post("/api/notifications/push", json=PUSH | {"endpoint": endpoint})
        assert answer.status_code == 403


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("ntfys://ntfy.example.com/topic", 201),
        ("ntfys://user:private@ntfy.example.com/topic", 201),
        ("ntfys://127.0.0.1/topic", 403),
        ("ntfys://ntfy.sh/topic", 403),
        ("ntfy://ntfy.example.com/topic", 403),
        ("json://127.0.0.1/", 403),
        ("file:///etc/passwd", 403),
        ("ntfys://ntfy.example.com/topic?mode=cloud", 422),
        ("ntfys://", 403),
    ],
)
async def test_t41_a_service_is_taken_as_it_is_listed(url: str, status: int, ada: Account) -> None:
    answer = await ada.post("/api/notifications/services", json={"url": url})
    assert answer.status_code == status, answer.text
    assert "private" not in answer.text


async def test_there_are_only_so_many(ada: Account) -> None:
    for _ in range(10):
        await add(ada)
    assert (await ada.post("/api/webhooks", json=HOOK)).status_code == 409


async def test_there_are_only_so_many_tests_an_hour(ada: Account) -> None:
    path = f"/api/webhooks/{(await add(ada))['id']}/test"
    answers = [(await ada.post(path)).status_code for _ in range(11)]
    assert answers == [202] * 10 + [409]


async def test_a_webhook_is_no_notification_and_goes_with_its_log(ada: Account) -> None:
    webhook = (await add(ada))["id"]
    for method, path in (("POST", f"{webhook}/test"), ("DELETE", webhook)):
        answer = await ada.request(method, f"/api/notifications/{path}")
        assert answer.status_code == 404
    await ada.post(f"/api/webhooks/{webhook}/test")
    assert len((await ada.get("/api/notifications/deliveries")).json()["items"]) == 1
    assert (await ada.delete(f"/api/webhooks/{webhook}")).status_code == 204
    assert (await ada.get("/api/notifications/deliveries")).json() == {"items": []}


async def test_wishes_are_kept_whole(ada: Account) -> None:
    told = (await ada.get("/api/notifications")).json()["telling"]
    assert told == {
        "quiet_from": None,
        "quiet_until": None,
        "digest_at": None,
        "daily_cap": 3,
        "least_severity": "low",
    }
    wishes = {"quiet_from": "22:00", "quiet_until": "07:30", "least_severity": "high"}
    changed = await ada.put("/api/notifications", json=wishes)
    assert changed.json()["telling"] == told | wishes
    assert (await ada.get("/api/notifications")).json() == changed.json()
    for wrong in ({"quiet_from": "22:00"}, {"digest_at": "24:00"}, {"daily_cap": 0}):
        assert (await ada.put("/api/notifications", json=wrong)).status_code == 422


async def test_adding_and_removing_are_in_the_audit_trail(ada: Account) -> None:
    await ada.delete(f"/api/webhooks/{(await add(ada))['id']}")
    kinds = [event["kind"] for event in (await ada.get("/api/audit")).json()["items"]]
    assert {"channel_added", "channel_removed"} <= set(kinds)
