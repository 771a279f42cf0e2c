"""Telling of findings: once, signed, to where it is allowed and nowhere else (T41)."""

import base64
import datetime as dt
import hmac
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import text

from app.config import Settings, origin_of
from app.database import Database
from app.postgres import DatabaseUrls
from app.services import deliveries
from app.services.announcing import announce
from app.services.authentication import person_of
from app.services.deliveries import MOST_TRIES, DeliveryError, DeliveryWork
from app.services.outbound import Outbound, OutboundError
from app.utils import addresses
from app.utils.identifiers import uuid7
from app.utils.security import Tokens
from app.utils.web_push import decoded, encoded, public_bytes
from tests.chat_server import (
    ChatServer,
    chat_server,
    fails,
    floods,
    hangs,
    redirects,
    sends,
)
from tests.conftest import SECRET, client_of
from tests.contracts.test_access import finding, id_of
from tests.people import Account, register
from tests.queues import queue_over
from tests.routers.pulses import detect, log_pulse, log_racing_pulse, stop_the_clock

LOCAL = "127.0.0.0/8"
TAKEN = sends(b"{}")
DELIVERIES = "/api/notifications/deliveries"


@pytest.fixture
def receiver() -> Iterator[ChatServer]:
    with chat_server(TAKEN) as server:
        yield server


def allowing(server: ChatServer, **more: Any) -> Settings:
    origin = origin_of(server.url)
    return Settings(_env_file=None, webhook_origins=origin, outbound_networks=LOCAL, **more)


class Teller:
    """An account of a server with some settings, and the worker beside it."""

    def __init__(self, account: Account, database: Database, settings: Settings) -> None:
        self.account = account
        self.database = database
        self.settings = settings

    async def hook(self, server: ChatServer, **more: Any) -> dict[str, Any]:
        async with client_of(self.database, self.settings) as client:
            own = Account(client, self.account.email, self.account.access_token, "")
            made = await own.post("/api/webhooks", json={"url": f"{server.url}/hook", **more})
        assert made.status_code == 201, made.text
        told: dict[str, Any] = made.json()
        return told

    async def work(self, channel: str) -> None:
        outbound = Outbound(self.settings.outbound_networks)
        worker = DeliveryWork(self.database, Tokens(SECRET), self.settings, outbound)
        await worker.deliver(await id_of(self.account), UUID(channel))

    async def log(self) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = (await self.account.get(DELIVERIES)).json()["items"]
        return items

    async def set(self, sql: str) -> None:
        async with self.database.session(await id_of(self.account)) as session:
            await session.execute(text(sql))


@pytest.fixture
def teller(ada: Account, database: Database, receiver: ChatServer) -> Teller:
    return Teller(ada, database, allowing(receiver))


def body_of(server: ChatServer, place: int = 0) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(server.bodies[place])
    return told


async def test_a_new_episode_is_posted_once_and_signed(
    teller: Teller, receiver: ChatServer
) -> None:
    hook = await teller.hook(receiver)
    found = await finding(teller.account)
    await teller.account.post("/api/anomalies/detect", json={})
    await teller.work(hook["id"])
    await teller.work(hook["id"])
    assert receiver.calls == 1
    (line,) = await teller.log()
    assert (line["status"], line["answered"], line["attempts"]) == ("sent", 200, 1)
    headers, body = receiver.headers[0], receiver.bodies[0]
    assert headers["webhook-id"] == line["id"]
    told = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(hook["secret"].removeprefix("whsec_"))
    signature = base64.b64encode(hmac.digest(key, told, "sha256")).decode()
    assert headers["webhook-signature"] == f"v1,{signature}"
    event = body_of(receiver)
    assert (event["type"], set(event)) == ("finding.created", {"type", "timestamp", "data"})
    assert event["data"] == {"episode_id": line["episode_id"], "finding_ids": [found]}


async def test_figures_are_sent_to_who_asks_for_them(teller: Teller, receiver: ChatServer) -> None:
    hook = await teller.hook(receiver, detailed=True)
    await finding(teller.account)
    await teller.work(hook["id"])
    told = body_of(receiver)["data"]
    assert told["metrics"] == ["resting_hr"]
    assert "90" in told["explanation"]
    assert "90" not in json.dumps([row["problem"] for row in await teller.log()])


async def test_an_episode_that_grows_is_not_told_again(
    teller: Teller, receiver: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop_the_clock(monkeypatch)
    hook = await teller.hook(receiver)
    await log_racing_pulse(teller.account)
    await teller.work(hook["id"])
    await log_pulse(teller.account, 1, 96)
    await detect(teller.account)
    (episode,) = (await teller.account.get("/api/episodes")).json()["items"]
    assert episode["days"] == 2
    assert len(await teller.log()) == 1


async def test_what_is_long_over_is_no_news(teller: Teller, receiver: ChatServer) -> None:
    await teller.hook(receiver)
    first = dt.datetime.now(dt.UTC).date() - dt.timedelta(40)
    pulses = [
        {"date": f"{first - dt.timedelta(ago)}", "time_of_day": "morning"} for ago in range(20)
    ]
    body = [p | {"resting_heart_rate": 90 if n == 0 else 60} for n, p in enumerate(pulses)]
    await teller.account.post("/api/vitals/bulk", json=body)
    found = await teller.account.post("/api/anomalies/detect", json={"first": f"{first}"})
    assert found.json()["new"] >= 1
    assert await teller.log() == []


async def test_what_was_withdrawn_is_dropped(teller: Teller, receiver: ChatServer) -> None:
    hook = await teller.hook(receiver)
    await finding(teller.account)
    await teller.set("DELETE FROM anomalies")
    await teller.set("DELETE FROM episodes")
    await teller.work(hook["id"])
    assert [row["status"] for row in await teller.log()] == ["dropped"]
    assert receiver.calls == 0


async def test_a_run_that_fails_tells_nobody(
    teller: Teller, receiver: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A finding and that it is to be told commit together."""
    await teller.hook(receiver)

    async def fail(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("app.services.announcing.ask_for", fail)
    await finding_or_nothing(teller.account)
    assert await teller.log() == []
    assert (await teller.account.get("/api/anomalies")).json()["items"] == []


async def finding_or_nothing(owner: Account) -> None:
    with pytest.raises(KeyError, match="findings"):
        await finding(owner)


@pytest.mark.parametrize("behaviour", [fails(500), fails(429), fails(400)])
async def test_what_is_not_taken_is_tried_again_a_few_times(
    behaviour: Callable[..., None], ada: Account, database: Database
) -> None:
    with chat_server(behaviour) as server:
        teller = Teller(ada, database, allowing(server))
        hook = await teller.hook(server)
        await ada.post(f"/api/webhooks/{hook['id']}/test")
        for _ in range(MOST_TRIES - 1):
            with pytest.raises(DeliveryError):
                await teller.work(hook["id"])
        await teller.work(hook["id"])
        await teller.work(hook["id"])
        assert server.calls == MOST_TRIES
        ids = {headers["webhook-id"] for headers in server.headers}
    (line,) = await teller.log()
    assert (line["status"], line["attempts"]) == ("failed", MOST_TRIES)
    assert ids == {line["id"]}


async def test_a_receiver_that_is_gone_is_left_alone(ada: Account, database: Database) -> None:
    with chat_server(fails(410)) as server:
        teller = Teller(ada, database, allowing(server))
        hook = await teller.hook(server)
        await ada.post(f"/api/webhooks/{hook['id']}/test")
        await teller.work(hook["id"])
    (webhook,) = (await ada.get("/api/webhooks")).json()["items"]
    assert webhook["off_at"] is not None
    await finding(ada)
    assert [row["status"] for row in await teller.log()] == ["failed"]


async def test_t41_a_redirect_leads_nowhere(
    ada: Account, database: Database, receiver: ChatServer
) -> None:
    with chat_server(redirects(receiver.url)) as server:
        teller = Teller(ada, database, allowing(server))
        hook = await teller.hook(server)
        await ada.post(f"/api/webhooks/{hook['id']}/test")
        with pytest.raises(DeliveryError):
            await teller.work(hook["id"])
    assert receiver.calls == 0
    (line,) = await teller.log()
    assert (line["answered"], line["status"]) == (307, "waiting")


async def test_t41_a_private_address_must_be_listed(
    ada: Account, database: Database, receiver: ChatServer
) -> None:
    listed = allowing(receiver)
    settings = listed.model_copy(update={"outbound_networks": ()})
    teller = Teller(ada, database, settings)
    hook = await teller.hook(receiver)
    await ada.post(f"/api/webhooks/{hook['id']}/test")
    with pytest.raises(DeliveryError):
        await teller.work(hook["id"])
    assert receiver.calls == 0
    (line,) = await teller.log()
    assert line["problem"] == "its address is private, and not in OUTBOUND_NETWORKS"


async def test_t41_what_was_looked_at_is_what_is_connected_to(
    receiver: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that is public when it is looked up, and private a moment later."""
    asked: list[str] = []

    def looked(address: str, networks: object) -> bool:
        asked.append(address)
        return True

    monkeypatch.setattr("app.services.outbound.may_be_called", looked)
    assert await Outbound().post(receiver.url, {}, b"{}") == 200
    assert asked == ["127.0.0.1"]
    monkeypatch.setattr("app.services.outbound.may_be_called", addresses.may_be_called)
    with pytest.raises(OutboundError):
        await Outbound().post(receiver.url.replace("127.0.0.1", "localhost"), {}, b"{}")
    assert receiver.calls == 1


async def test_t41_what_the_operator_lists_no_more_gets_nothing(
    ada: Account, database: Database, receiver: ChatServer
) -> None:
    teller = Teller(ada, database, allowing(receiver))
    hook = await teller.hook(receiver)
    await ada.post(f"/api/webhooks/{hook['id']}/test")
    teller.settings = Settings(_env_file=None, outbound_networks=LOCAL)
    with pytest.raises(DeliveryError):
        await teller.work(hook["id"])
    assert receiver.calls == 0


@pytest.mark.parametrize("behaviour", [hangs, floods])
async def test_who_answers_badly_is_not_waited_for(
    behaviour: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.services.outbound.SECONDS", 0.3 if behaviour is hangs else 60)
    with chat_server(behaviour) as server:
        with pytest.raises(OutboundError):
            await Outbound(
                Settings(_env_file=None, outbound_networks=LOCAL).outbound_networks
            ).post(server.url, {}, b"{}")
        server.stopped.set()


async def test_another_key_of_the_server_is_said(teller: Teller, receiver: ChatServer) -> None:
    hook = await teller.hook(receiver)
    await teller.account.post(f"/api/webhooks/{hook['id']}/test")
    outbound = Outbound(teller.settings.outbound_networks)
    worker = DeliveryWork(teller.database, Tokens("x" * 40), teller.settings, outbound)
    with pytest.raises(DeliveryError):
        await worker.deliver(await id_of(teller.account), UUID(hook["id"]))
    (line,) = await teller.log()
    assert "key has changed" in line["problem"]
    assert receiver.calls == 0


async def test_a_channel_that_is_gone_is_no_failure(teller: Teller, receiver: ChatServer) -> None:
    hook = await teller.hook(receiver)
    await teller.account.delete(f"/api/webhooks/{hook['id']}")
    await teller.work(hook["id"])


class Services:
    """What was given to services instead of Apprise's."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.takes = True

    def __call__(self, url: str, title: str, body: str) -> bool:
        assert url.startswith("ntfys://ntfy.example.com/")
        self.told.append(f"{title}: {body}")
        return self.takes


@pytest.fixture
def services(monkeypatch: pytest.MonkeyPatch) -> Services:
    services = Services()
    monkeypatch.setattr(deliveries, "tell", services)
    return services


async def add_service(account: Account) -> str:
    body = {"url": "ntfys://ntfy.example.com/topic"}
    made = await account.post("/api/notifications/services", json=body)
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


@pytest.fixture
def told(ada: Account, database: Database, settings: Settings) -> Teller:
    return Teller(ada, database, settings)


async def test_a_message_says_that_there_is_something_and_not_what(
    told: Teller, services: Services
) -> None:
    channel = await add_service(told.account)
    await finding(told.account)
    await told.work(channel)
    await told.work(channel)
    assert services.told == ["VitalIQ: 1 new finding. Open VitalIQ to see more."]
    assert [row["status"] for row in await told.log()] == ["sent"]


async def test_in_quiet_hours_nothing_comes_until_they_end(
    told: Teller, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel = await add_service(told.account)
    await told.account.put(
        "/api/notifications", json={"quiet_from": "22:00", "quiet_until": "07:00"}
    )
    await finding(told.account)
    night = dt.datetime(2026, 3, 12, 23, tzinfo=dt.UTC)
    monkeypatch.setattr(deliveries, "now", lambda: night)
    await told.work(channel)
    assert services.told == []
    (line,) = await told.log()
    assert dt.datetime.fromisoformat(line["due_at"]) == night + dt.timedelta(hours=8)
    await told.account.post(f"/api/notifications/{channel}/test")
    await told.work(channel)
    assert services.told == ["VitalIQ: A test: messages arrive here."]
    monkeypatch.setattr(deliveries, "now", lambda: night + dt.timedelta(hours=8))
    await told.work(channel)
    assert len(services.told) == 2


_ANOTHER = """
    INSERT INTO episodes (user_id, id, date, peak, last, days, severity, metrics, explanation)
    SELECT user_id, :episode, date, peak, last, days, 'high', metrics, explanation
    FROM episodes LIMIT 1
"""
_ITS_FINDING = """
    INSERT INTO anomalies SELECT (jsonb_populate_record(NULL::anomalies, to_jsonb(a) ||
        jsonb_build_object('metric_name', 'hrv') || CAST(:changes AS jsonb))).*
    FROM anomalies a LIMIT 1
"""


async def another_episode(told: Teller) -> None:
    """As detection would have it: another story, and its finding."""
    user, episode = await id_of(told.account), uuid7()
    changes = json.dumps({"id": str(episode), "episode_id": str(episode)})
    async with told.database.session(user) as session:
        for sql in (_ANOTHER, _ITS_FINDING):
            await session.execute(text(sql), {"episode": episode, "changes": changes})
        await announce(session, await person_of(session, user), [episode])


async def test_a_digest_tells_of_all_in_one_message(
    told: Teller, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel = await add_service(told.account)
    await told.account.put("/api/notifications", json={"digest_at": "08:00"})
    await finding(told.account)
    await another_episode(told)
    morning = dt.datetime(2026, 3, 12, 7, tzinfo=dt.UTC)
    monkeypatch.setattr(deliveries, "now", lambda: morning)
    await told.work(channel)
    assert services.told == []
    monkeypatch.setattr(deliveries, "now", lambda: morning + dt.timedelta(hours=1))
    await told.work(channel)
    assert services.told == ["VitalIQ: 2 new findings. Open VitalIQ to see more."]


async def test_after_the_most_of_a_day_the_rest_waits(told: Teller, services: Services) -> None:
    channel = await add_service(told.account)
    await told.account.put("/api/notifications", json={"daily_cap": 1})
    await finding(told.account)
    await told.work(channel)
    await another_episode(told)
    await told.work(channel)
    assert len(services.told) == 1
    assert sorted(row["status"] for row in await told.log()) == ["sent", "waiting"]


async def test_what_is_not_grave_enough_or_was_seen_is_dropped(
    told: Teller, services: Services
) -> None:
    channel = await add_service(told.account)
    found = await finding(told.account)
    await told.account.patch(f"/api/anomalies/{found}/acknowledge")
    await told.set("UPDATE anomalies SET is_acknowledged = true, feedback = 'seen'")
    await told.work(channel)
    assert [row["status"] for row in await told.log()] == ["dropped"]
    assert services.told == []


async def test_a_service_that_does_not_take_it_is_tried_again(
    told: Teller, services: Services
) -> None:
    channel = await add_service(told.account)
    services.takes = False
    await told.account.post(f"/api/notifications/{channel}/test")
    with pytest.raises(DeliveryError):
        await told.work(channel)
    (line,) = await told.log()
    assert (line["status"], line["problem"]) == ("waiting", "the service did not take it")


class Browser:
    """What a browser's push manager gives, and what only that browser can read."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.auth = bytes(range(16))
        self.sent: list[tuple[str, Mapping[str, str], bytes]] = []

    @property
    def subscription(self) -> dict[str, Any]:
        keys = {"p256dh": encoded(public_bytes(self.key)), "auth": encoded(self.auth)}
        return {"endpoint": "https://push.example.com/send/1", "keys": keys}

    async def post(self, url: str, headers: Mapping[str, str], content: bytes) -> int:
        self.sent.append((url, headers, content))
        return 201

    def read(self, body: bytes) -> bytes:
        """RFC 8291, the receiver's side."""
        salt, sender, sealed = body[:16], body[21:86], body[86:]
        theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender)
        shared = self.key.exchange(ec.ECDH(), theirs)
        info = b"WebPush: info\0" + public_bytes(self.key) + sender
        secret = HKDF(SHA256(), 32, self.auth, info).derive(shared)
        key = HKDF(SHA256(), 16, salt, b"Content-Encoding: aes128gcm\0").derive(secret)
        nonce = HKDF(SHA256(), 12, salt, b"Content-Encoding: nonce\0").derive(secret)
        return AESGCM(key).decrypt(nonce, sealed, None).rstrip(b"\x02")


async def test_a_browser_is_told_by_what_it_alone_can_read(
    told: Teller, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = Browser()
    monkeypatch.setattr("app.services.outbound.Outbound.post", lambda _, *a: browser.post(*a))
    made = await told.account.post("/api/notifications/push", json=browser.subscription)
    offered = (await told.account.get("/api/notifications")).json()["offered"]
    await finding(told.account)
    await told.work(made.json()["id"])
    ((url, headers, body),) = browser.sent
    assert url == browser.subscription["endpoint"]
    assert headers["Authorization"].endswith(f"k={offered['push_key']}")
    assert len(decoded(offered["push_key"])) == 65
    assert json.loads(browser.read(body)) == {"kind": "findings", "count": 1}


async def test_a_worker_finds_in_the_queue_what_is_to_be_told(
    live_urls: DatabaseUrls, live_database: Database, receiver: ChatServer
) -> None:
    settings = allowing(receiver)
    async with client_of(live_database, settings) as client:
        eve = await register(client, "eve@example.com")
        made = await eve.post("/api/webhooks", json={"url": receiver.url})
        await finding(eve)
        outbound = Outbound(settings.outbound_networks)
        worker = DeliveryWork(live_database, Tokens(SECRET), settings, outbound)
        async with queue_over(live_urls, live_database, deliveries=worker) as queue:
            await queue.work()
            assert await queue.jobs() == []
        log = (await eve.get(DELIVERIES)).json()["items"]
    assert [row["status"] for row in log] == ["sent"]
    assert log[0]["channel_id"] == made.json()["id"]
    assert receiver.calls == 1
