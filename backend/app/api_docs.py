"""The interactive API docs at /docs, from files that come with the program."""

import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html, get_swagger_ui_oauth2_redirect_html
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles

PATH = "/docs"
_FILES = "/docs/files"
_REDIRECT = "/docs/oauth2-redirect"
_FOLDER = Path(__file__).parent / "web" / "swagger_ui"


def install(app: FastAPI) -> None:
    """Serve Swagger UI over the application's own OpenAPI document."""

    async def docs() -> HTMLResponse:
        return _with_policy(page())

    def page() -> HTMLResponse:
        return get_swagger_ui_html(
            openapi_url="/openapi.json",
            title=app.title,
            swagger_js_url=f"{_FILES}/swagger-ui-bundle.js",
            swagger_css_url=f"{_FILES}/swagger-ui.css",
            swagger_favicon_url="data:,",
            oauth2_redirect_url=_REDIRECT,
            # The validator would be asked elsewhere.
            swagger_ui_parameters={"validatorUrl": None, "docExpansion": "none"},
        )

    async def redirect() -> HTMLResponse:
        return _with_policy(get_swagger_ui_oauth2_redirect_html())

    app.add_api_route(PATH, docs, include_in_schema=False)
    app.add_api_route(_REDIRECT, redirect, include_in_schema=False)
    app.mount(_FILES, StaticFiles(directory=_FOLDER))


def _with_policy(page: HTMLResponse) -> HTMLResponse:
    """Lets the page run its own files and its own inline script, told by its hash, and no other."""
    inline = re.findall(rb"<script>(.*?)</script>", bytes(page.body), flags=re.DOTALL)
    hashes = [f"'sha256-{b64encode(sha256(script).digest()).decode()}'" for script in inline]
    page.headers["Content-Security-Policy"] = (
        f"default-src 'none'; script-src 'self' {' '.join(hashes)}; style-src 'self'; "
        "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    )
    return page
