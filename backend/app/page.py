"""The built page at `/`: pure ASGI, its files in memory, compressed once."""

import gzip
import mimetypes
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from app.headers import API_PATHS

FOLDER = Path(__file__).parent / "web" / "static"
NONCE = "__CSP_NONCE__"
"""Stands in the built index.html, once in a meta element: what the page itself styles by element
carries the nonce of its load (Vite's `html.cspNonce`)."""
_NOT_PAGES = frozenset({"api", "fhir", "docs", "openapi.json", "healthz", "readyz", "assets"})
_MISSING = """<!doctype html><html lang="en"><meta charset="utf-8"><title>VitalIQ</title>
<h1>The page is not built</h1><p>The API serves as ever; see <a href="/docs">/docs</a>. To build the
page, with Node 20 or newer: <code>make page</code>.</p></html>
"""
_LEAST_GAIN = 0.9
_WORKER = "sw.js"
_WORKER_POLICY = "default-src 'none'; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'"
"""A service worker is bound by the policy of its own script: this one fetches the page's files."""


@dataclass(frozen=True, slots=True)
class File:
    """One file of the page as it is sent."""

    body: bytes
    packed: bytes | None
    headers: Mapping[str, str]

    @classmethod
    def read(cls, path: Path) -> "File":
        body = path.read_bytes()
        packed = gzip.compress(body, 9, mtime=0)
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        if path.suffix == ".webmanifest":
            kind = "application/manifest+json"
        is_named_by_content = path.parent.name == "assets"
        keep = "public, max-age=31536000, immutable" if is_named_by_content else "no-cache"
        headers = {
            "Content-Type": f"{kind}; charset=utf-8" if kind.startswith("text/") else kind,
            "Cache-Control": keep,
            "ETag": f'"{sha256(body).hexdigest()[:32]}"',
            "Vary": "Accept-Encoding",
        }
        if path.name == _WORKER:
            headers["Content-Security-Policy"] = _WORKER_POLICY
        return cls(body, packed if len(packed) < len(body) * _LEAST_GAIN else None, headers)

    def answer(self, asked: Headers) -> Response:
        if self.headers["ETag"] in asked.get("if-none-match", ""):
            return Response(status_code=304, headers=dict(self.headers))
        if self.packed is not None and "gzip" in asked.get("accept-encoding", ""):
            headers = {**self.headers, "Content-Encoding": "gzip"}
            return Response(self.packed, headers=headers)
        return Response(self.body, headers=dict(self.headers))


class PageFiles:
    """Answers for the page's files, and with the page itself wherever a browser goes that is not
    the API's; everything else passes."""

    def __init__(self, app: ASGIApp, folder: Path = FOLDER) -> None:
        self.app = app
        self._index = folder / "index.html"
        self._page = self._index.read_text() if self._index.is_file() else _MISSING
        self._files = {
            f"/{path.relative_to(folder).as_posix()}": File.read(path)
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path != self._index
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = None
        if scope["type"] == "http" and scope["method"] in ("GET", "HEAD"):
            answer = self._answer(scope["path"], Headers(scope=scope))
        await (answer or self.app)(scope, receive, send)

    def _answer(self, path: str, asked: Headers) -> Response | None:
        if path.startswith(API_PATHS):
            return None
        if path in self._files:
            return self._files[path].answer(asked)
        if path == "/" or (_is_place(path) and "text/html" in asked.get("accept", "")):
            return self._with_nonce()
        return None

    def _with_nonce(self) -> HTMLResponse:
        nonce = secrets.token_urlsafe(16)
        headers = {"Cache-Control": "no-cache", "Content-Security-Policy": policy(nonce)}
        return HTMLResponse(self._page.replace(NONCE, nonce), headers=headers)


def _is_place(path: str) -> bool:
    """Whether the page may have a screen there."""
    first, _, rest = path.partition("/")
    return not first and "." not in path and rest.partition("/")[0] not in _NOT_PAGES


def policy(nonce: str) -> str:
    """Own files alone; of styles also the elements that carry the nonce of this load."""
    return (
        f"default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; "
        "img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; "
        "worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
