"""The interactive docs work offline."""

import re

from httpx import AsyncClient


async def test_the_docs_page_loads_nothing_from_elsewhere(client: AsyncClient) -> None:
    page = await client.get("/docs")
    assert page.status_code == 200
    sources = re.findall(r"(?:src|href)=\"([^\"]+)\"", page.text)
    assert any(source.endswith("swagger-ui-bundle.js") for source in sources)
    for source in sources:
        if source != "data:,":
            assert source.startswith("/")
            assert (await client.get(source)).status_code == 200


async def test_the_docs_page_can_sign_in(client: AsyncClient) -> None:
    schema = (await client.get("/openapi.json")).json()
    (flow,) = schema["components"]["securitySchemes"].values()
    assert flow["flows"]["password"]["tokenUrl"] == "/api/auth/login"
