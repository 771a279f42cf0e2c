"""The built page: what is served where, and under which policy."""

import gzip
import json
import re
from pathlib import Path

from httpx import ASGITransport, AsyncClient
from starlette.responses import PlainTextResponse

from app.catalog import CATALOGUE, Column
from app.importers.kinds import KINDS
from app.page import FOLDER, NONCE, PageFiles

MESSAGES = Path(__file__).resolve().parents[2] / "frontend" / "src" / "messages"
AS_BROWSER = {"Accept": "text/html,application/xhtml+xml"}
HASHED = re.compile(r"[A-Za-z0-9_.-]+-[A-Za-z0-9_-]{8}\.[a-z0-9]+")


def client_of(folder: Path) -> AsyncClient:
    transport = ASGITransport(PageFiles(PlainTextResponse("the API"), folder))
    return AsyncClient(transport=transport, base_url="http://testserver")


async def test_t20_each_load_has_a_policy_of_its_own(client: AsyncClient) -> None:
    nonces = set()
    for path in ("/", "/trends/sleep_hours?days=30", "/review"):
        answer = await client.get(path, headers=AS_BROWSER)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-cache"
        policy = answer.headers["content-security-policy"]
        (nonce,) = re.findall(r"'nonce-([^']+)'", policy)
        assert f'nonce="{nonce}"' in answer.text
        assert NONCE not in answer.text
        assert "unsafe" not in policy
        assert "script-src 'self';" in policy
        assert "frame-ancestors 'none'" in policy
        assert not re.search(r"<script(?![^>]*\bsrc=)", answer.text)
        nonces.add(nonce)
    assert len(nonces) == 3


async def test_t20_the_service_worker_may_fetch_what_it_keeps(client: AsyncClient) -> None:
    """Its own script's policy binds it: under the API's it would keep nothing, and say nothing."""
    policy = (await client.get("/sw.js")).headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "connect-src 'self'" in policy


async def test_only_places_of_the_page_lead_to_it(client: AsyncClient) -> None:
    for path in ("/api/nothing", "/docs/nothing", "/assets/nothing", "/nothing.js", "/readyz/x"):
        answer = await client.get(path, headers=AS_BROWSER)
        assert answer.headers["content-type"] == "application/problem+json", path
        assert answer.status_code in (401, 404), path
    assert (await client.get("/healthz", headers=AS_BROWSER)).json() == {"status": "ok"}
    assert (await client.get("/review")).status_code == 404  # not a browser
    assert (await client.post("/review", headers=AS_BROWSER)).status_code == 404


async def test_files_named_by_content_are_kept_and_others_asked_for(client: AsyncClient) -> None:
    files = [path for path in FOLDER.rglob("*") if path.is_file() and path.name != "index.html"]
    assert files
    for path in files:
        answer = await client.get(f"/{path.relative_to(FOLDER).as_posix()}")
        assert answer.content == path.read_bytes()
        kept = answer.headers["cache-control"]
        assert ("immutable" in kept) == (path.parent.name == "assets"), path
        if "immutable" in kept:
            assert HASHED.fullmatch(path.name), path
        again = {"If-None-Match": answer.headers["etag"]}
        assert (await client.get(answer.url.path, headers=again)).status_code == 304


async def test_files_are_packed_for_who_can_unpack(tmp_path: Path) -> None:
    (tmp_path / "long.js").write_text("let a = 1;\n" * 1_000)
    async with client_of(tmp_path) as client:
        plain = await client.get("/long.js", headers={"Accept-Encoding": "identity"})
        assert "content-encoding" not in plain.headers
        packed = await client.get("/long.js", headers={"Accept-Encoding": "gzip"})
        assert packed.headers["content-encoding"] == "gzip"
        assert plain.content == packed.content
        assert int(packed.headers["content-length"]) < len(gzip.compress(plain.content)) + 100


async def test_without_a_built_page_it_says_how_to_build_one(tmp_path: Path) -> None:
    async with client_of(tmp_path) as client:
        answer = await client.get("/")
        assert "make page" in answer.text
        assert (await client.get("/api/metrics")).text == "the API"


async def test_nothing_outside_the_folder_is_served(tmp_path: Path) -> None:
    (tmp_path / "inside").mkdir()
    (tmp_path / "secret.txt").write_text("hidden")
    async with client_of(tmp_path / "inside") as client:
        for path in ("/../secret.txt", "/%2e%2e/secret.txt", "/..%5csecret.txt"):
            assert (await client.get(path)).text == "the API"


def test_every_metric_has_a_name_in_every_other_language() -> None:
    """In English the catalogue's own names are shown."""
    folders = [path for path in MESSAGES.iterdir() if path.is_dir() and path.name != "en"]
    assert folders
    for folder in folders:
        assert set(json.loads((folder / "metrics.json").read_text())) == {
            metric.key for metric in CATALOGUE.metrics
        }
        units = json.loads((folder / "units.json").read_text())
        assert {metric.unit for metric in CATALOGUE.metrics} <= set(units)


def test_every_kind_of_readings_has_one_name() -> None:
    """A metric's, found as `metricOf` of the import screen does, or else one of the page's own."""
    named: set[str] = set()
    families = {metric.family for metric in CATALOGUE.metrics}
    for metric in CATALOGUE.metrics:
        column = {metric.source.column} if isinstance(metric.source, Column) else set()
        named |= {metric.key, *metric.aliases, *column}
    for folder in (path for path in MESSAGES.iterdir() if path.is_dir()):
        own = set(json.loads((folder / "bring.json").read_text())["kinds"])
        assert set(KINDS) - named - families <= own <= set(KINDS) - named
        units = json.loads((folder / "units.json").read_text())
        assert {kind.unit for kind in KINDS.values()} <= set(units)
