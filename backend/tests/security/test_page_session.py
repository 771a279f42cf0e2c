"""The page's session: a cookie that scripts cannot read and other pages cannot use (T17, T18)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from httpx import ASGITransport, AsyncClient, Response

from app.config import Settings
from app.database import Database
from app.utils.page_cookie import ON_THIS_MACHINE, OVER_TLS, is_loopback
from tests.conftest import borrowed_app
from tests.people import PASSWORD

EMAIL = "ada@example.com"
LOGIN = {"email": EMAIL, "password": PASSWORD}
SITE = "https://health.example"
MACHINE = "http://127.0.0.1:8000"
BODY = {"weight_kg": 70}


def from_page(site: str) -> dict[str, str]:
    """What a browser and the page put on each request."""
    return {"Origin": site, "Sec-Fetch-Site": "same-origin", "X-VitalIQ-Page": "1"}


@asynccontextmanager
async def browser(
    database: Database, settings: Settings, site: str = SITE
) -> AsyncIterator[AsyncClient]:
    """Keeps cookies; the page is loaded from `site`."""
    with borrowed_app(database, settings) as app:
        transport = ASGITransport(app, raise_app_exceptions=False)
        headers = from_page(site)
        async with AsyncClient(transport=transport, base_url=site, headers=headers) as client:
            made = await client.post("/api/auth/register", json=LOGIN)
            assert made.status_code == 201, made.text
            yield client


@pytest.fixture
async def page(database: Database, settings: Settings) -> AsyncIterator[AsyncClient]:
    """Signed in over TLS."""
    async with browser(database, settings) as client:
        await sign_in(client)
        yield client


async def sign_in(client: AsyncClient) -> Response:
    answer = await client.post("/api/auth/page/login", json=LOGIN)
    assert answer.status_code == 204, answer.text
    return answer


async def weights(client: AsyncClient) -> int:
    answer = await client.get("/api/body")
    assert answer.status_code == 200, answer.text
    return len(answer.json()["items"])


async def test_t17_the_cookie_is_out_of_reach_of_scripts_and_sites(
    database: Database, settings: Settings
) -> None:
    async with browser(database, settings) as client:
        answer = await sign_in(client)
        name, *flags = answer.headers["set-cookie"].split("; ")
        assert name.startswith(f"{OVER_TLS}=")
        assert set(flags) == {
            *("HttpOnly", "Secure", "SameSite=Strict", "Path=/"),
            f"Max-Age={settings.refresh_token_days * 86_400}",
        }
        assert answer.content == b""
        assert (await client.get("/api/auth/me")).json()["email"] == EMAIL
        assert (await client.post("/api/body", json=BODY)).status_code == 201


async def test_t17_without_tls_it_counts_on_this_machine_alone(
    database: Database, settings: Settings
) -> None:
    async with browser(database, settings, MACHINE) as client:
        told = (await sign_in(client)).headers["set-cookie"]
        assert told.startswith(f"{ON_THIS_MACHINE}=")
        assert "Secure" not in told
        assert "HttpOnly; SameSite=Strict" in told
        assert (await client.get("/api/auth/me")).status_code == 200
        cookie = {"Cookie": f"{ON_THIS_MACHINE}={client.cookies[ON_THIS_MACHINE]}"}
        for site in ("http://192.168.1.5:8000", "http://health.example", SITE):
            headers = from_page(site) | cookie
            answer = await client.get(f"{site}/api/auth/me", headers=headers)
            assert answer.status_code == 401, site


async def test_t17_no_cookie_is_sent_in_the_clear(database: Database, settings: Settings) -> None:
    async with browser(database, settings, "http://192.168.1.5:8000") as client:
        answer = await client.post("/api/auth/page/login", json=LOGIN)
    assert answer.status_code == 403
    assert "HTTPS" in answer.json()["detail"]
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        *((name, True) for name in ("localhost", "localhost:8000", "127.0.0.1:8000", "127.8.9.1")),
        *((name, True) for name in ("[::1]:8000", "vitaliq.localhost")),
        *((name, False) for name in ("", "localhost.evil.example", "127.0.0.1.evil.example")),
        *((name, False) for name in ("10.0.0.1", "[2001:db8::1]", "[", "localhost@evil.example")),
    ],
)
def test_t17_which_hosts_are_this_machine(host: str, expected: bool) -> None:
    assert is_loopback(host) == expected


async def test_t17_signing_out_ends_the_session_and_clears_the_browser(page: AsyncClient) -> None:
    kept = {"Cookie": f"{OVER_TLS}={page.cookies[OVER_TLS]}"}
    answer = await page.post("/api/auth/page/logout")
    assert answer.status_code == 204
    assert f"{OVER_TLS}=;" in answer.headers["set-cookie"]
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert "storage" in answer.headers["clear-site-data"]
    assert OVER_TLS not in page.cookies
    answer = await page.get("/api/auth/me", headers=kept)
    assert answer.status_code == 401
    assert "Max-Age=0" in answer.headers["set-cookie"]


async def test_t17_deleting_the_account_makes_the_browser_forget_the_cookie(
    page: AsyncClient,
) -> None:
    wrong = await page.request("DELETE", "/api/auth/me", json={"password": "another one"})
    assert wrong.status_code == 403
    assert "set-cookie" not in wrong.headers
    gone = await page.request("DELETE", "/api/auth/me", json={"password": PASSWORD})
    assert gone.status_code == 204
    assert "Max-Age=0" in gone.headers["set-cookie"]
    assert not page.cookies


async def test_t17_a_session_ended_elsewhere_is_ended(page: AsyncClient) -> None:
    tokens = (await page.post("/api/auth/login", json=LOGIN, headers={"Cookie": ""})).json()
    bearer = {"Authorization": f"Bearer {tokens['access_token']}", "Cookie": ""}
    listed = (await page.get("/api/auth/sessions", headers=bearer)).json()["items"]
    (of_page,) = [session for session in listed if not session["current"]]
    assert (await page.get("/api/auth/me")).status_code == 200
    ended = await page.delete(f"/api/auth/sessions/{of_page['id']}", headers=bearer)
    assert ended.status_code == 204
    assert (await page.get("/api/auth/me")).status_code == 401


@pytest.mark.parametrize("cookie", ["", "x", "a.b.c", "é", '"', "x" * 5_000])
async def test_t17_a_forged_cookie_opens_nothing(cookie: str, page: AsyncClient) -> None:
    headers = {b"Cookie": f"{OVER_TLS}={cookie}".encode()}
    assert (await page.get("/api/auth/me", headers=headers)).status_code == 401


ELSEWHERE: list[dict[str, Any]] = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": f"{SITE}.evil"},
    {"Origin": "http://health.example"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "none"},
]


@pytest.mark.parametrize("elsewhere", ELSEWHERE, ids=str)
async def test_t18_another_page_changes_nothing(
    elsewhere: dict[str, str], page: AsyncClient
) -> None:
    made = await page.post("/api/body", json=BODY)
    assert (await page.post("/api/body", json=BODY, headers=elsewhere)).status_code == 403
    path = f"/api/body/{made.json()['id']}"
    assert (await page.delete(path, headers=elsewhere)).status_code == 403
    assert (await page.put(path, json=BODY, headers=elsewhere)).status_code == 403
    assert (await page.get("/api/body", headers=elsewhere)).status_code == 401
    assert await weights(page) == 1


@pytest.mark.parametrize("elsewhere", ELSEWHERE, ids=str)
async def test_t18_another_page_signs_nobody_in_or_out(
    elsewhere: dict[str, str], page: AsyncClient
) -> None:
    answer = await page.post("/api/auth/page/login", json=LOGIN, headers=elsewhere)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers
    assert (await page.post("/api/auth/page/logout", headers=elsewhere)).status_code == 403
    assert (await page.get("/api/auth/me")).status_code == 200


async def test_t18_a_cookie_without_the_pages_header_does_not_count(page: AsyncClient) -> None:
    del page.headers["X-VitalIQ-Page"]
    assert (await page.post("/api/body", json=BODY)).status_code == 403
    assert (await page.get("/api/body")).status_code == 401


async def test_t18_a_form_is_no_body(page: AsyncClient) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded"):
        headers = {"Content-Type": kind}
        answer = await page.post("/api/body", content=b'{"weight_kg": 70}', headers=headers)
        assert answer.status_code == 422
    assert await weights(page) == 0


async def test_t17_a_bearer_token_is_left_alone(page: AsyncClient) -> None:
    """A client of the API needs no header of the page, whatever cookies it carries."""
    tokens = (await page.post("/api/auth/login", json=LOGIN)).json()
    del page.headers["X-VitalIQ-Page"]
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert (await page.post("/api/body", json=BODY, headers=bearer)).status_code == 201
