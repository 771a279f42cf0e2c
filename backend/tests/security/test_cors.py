"""Pages of other origins, and statements built from input (T19, T40)."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from httpx import AsyncClient
from pydantic import ValidationError

from app.config import Settings
from app.database import Database
from tests.conftest import client_of
from tests.contracts.test_openapi import OPERATIONS
from tests.people import Account

BACKEND = Path(__file__).resolve().parents[2]
OURS = "https://app.example"
STRANGE = [
    *("https://evil.example", "null", f"{OURS}.evil", f"{OURS}:8443", "http://app.example"),
    *("https://evilapp.example", "https://APP.example", f"{OURS}/", "*", ""),
]
# A sleep would last until the statement's time is up, which is told as 503.
INJECTIONS = ("' OR '1'='1", "'; SELECT pg_sleep(1e6)--", '" OR 1=1--', "1) UNION SELECT NULL--")


async def test_t19_without_a_setting_no_origin_may_call(client: AsyncClient) -> None:
    for origin in (OURS, *STRANGE):
        answer = await client.get("/api/metrics", headers={"Origin": origin})
        assert "access-control-allow-origin" not in answer.headers


async def test_t19_only_the_listed_origin_may_call(database: Database) -> None:
    settings = Settings(_env_file=None, cors_origins=(OURS,))
    asked = {"Access-Control-Request-Method": "GET"}
    async with client_of(database, settings) as client:
        for origin in STRANGE:
            for answer in (
                await client.get("/api/metrics", headers={"Origin": origin}),
                await client.get("/api/auth/me", headers={"Origin": origin}),
                await client.options("/api/auth/me", headers={"Origin": origin} | asked),
            ):
                assert "access-control-allow-origin" not in answer.headers, origin
        for answer in (
            await client.get("/api/auth/me", headers={"Origin": OURS}),
            await client.options("/api/auth/me", headers={"Origin": OURS} | asked),
        ):
            assert answer.headers["access-control-allow-origin"] == OURS
            assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize("origins", ["*", "https://*.example", "https://a.example,*"])
def test_t19_a_wildcard_is_refused(origins: str) -> None:
    with pytest.raises(ValidationError):
        Settings(_env_file=None, cors_origins=origins)


@pytest.mark.parametrize("injection", INJECTIONS)
async def test_t40_no_parameter_reaches_sql_as_text(injection: str, ada: Account) -> None:
    for operation in OPERATIONS:
        if operation.path.startswith("/api/auth/"):
            continue
        for parameter in operation.parameters:
            named = parameter["name"]
            path = operation.at(injection)
            query = operation.needed_query() | (
                {named: injection} if parameter["in"] == "query" else {}
            )
            header = {named: injection} if parameter["in"] == "header" else {}
            answer = await ada.request(
                operation.method, path, params=query, headers=header, json=operation.example()
            )
            assert answer.status_code < 500, (operation, named)


# What is put into statements, file by file: names that the program itself gives, never input.
# A person has read each; what is new fails until one has.
INSERTED: dict[str, set[str]] = {
    "app/doctor.py": {"name"},
    "app/migrations.py": {"APP_ROLE"},
    "app/restore.py": {
        "given.format(sql.SQL(str(right)), new, role)",
        "rename.format(name, sql.Identifier(place.old))",
        "rename.format(sql.Identifier(place.new), name)",
    },
    "app/services/account_import.py": {"_MAKE.format(table=table)", "names", "table.name"},
    "app/services/bulk_load.py": {
        "columns",
        "listed",
        "order",
        "staging",
        "table.name",
        "unless",
    },
    "app/services/finding_context.py": {"table.name"},
    "app/services/reading_staging.py": {"_STORE"},
    "alembic/versions/0002_row_level_security.py": {"', '.join(OWNED)", "APP_ROLE", "table"},
    "alembic/versions/0003_audit_trail.py": {"APP_ROLE", "owner", "table"},
    "alembic/versions/0004_sign_in_guards.py": {
        "', '.join(OWNED)",
        "APP_ROLE",
        "function",
        "table",
    },
    "alembic/versions/0006_wishes.py": {"APP_ROLE"},
    "alembic/versions/0007_episodes.py": {"APP_ROLE"},
    "alembic/versions/0008_passkeys.py": {"APP_ROLE", "function"},
    "alembic/versions/0010_jobs.py": {"APP_ROLE", "default", "table"},
    "alembic/versions/0011_day_pages.py": {
        "APP_ROLE",
        "NOTES[change]",
        "change",
        "table",
        "transition",
    },
    "alembic/versions/0013_detection_memories.py": {"APP_ROLE"},
    "alembic/versions/0014_channels.py": {"APP_ROLE", "default", "table", "tasks"},
    "alembic/versions/0015_readings.py": {
        "APP_ROLE",
        "PARTS",
        "named",
        "table",
        "year",
        "year + 1",
    },
    "alembic/versions/0016_held_readings.py": {"APP_ROLE", "table", "tasks"},
    "alembic/versions/0017_import_templates.py": {"APP_ROLE"},
    "alembic/versions/0018_settled_nights.py": {"column"},
}
CALLS = ("text", "execute", "exec_driver_sql", "literal_column")


def inserted(tree: ast.AST) -> Iterator[str]:
    """What is put into strings that are then statements."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        name = node.func.id if isinstance(node.func, ast.Name) else name
        if name in CALLS and is_built(statement := node.args[0]):
            parts = statement.values if isinstance(statement, ast.JoinedStr) else [statement]
            for part in parts:
                if not isinstance(part, ast.Constant):
                    value = part.value if isinstance(part, ast.FormattedValue) else part
                    yield ast.unparse(value)


def is_built(node: ast.expr) -> bool:
    """Put together with f"", +, % or format; of sql.SQL(...), which quotes, format is fine."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr == "format" and not isinstance(node.func.value, ast.Call)
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod)
    )


def test_t40_nothing_unread_is_put_into_a_statement() -> None:
    found: dict[str, set[str]] = {}
    for folder in ("app", "alembic"):
        for path in sorted((BACKEND / folder).rglob("*.py")):
            parts = set(inserted(ast.parse(path.read_text(encoding="utf-8"))))
            if parts:
                found[str(path.relative_to(BACKEND))] = parts
    assert found == INSERTED
