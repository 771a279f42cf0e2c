"""Hostile input gets a clear 4xx, is never repeated, and stores nothing (T35, T36, T38, T43)."""

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import pytest
from httpx import Response

from app.config import Settings
from app.database import Database
from tests.conftest import client_of
from tests.contracts.refusals import FIELDS, PROBLEMS
from tests.contracts.test_access import RECIPES, id_of, rows_of
from tests.contracts.test_openapi import OPERATIONS, Json, Operation, resolved
from tests.people import Account

CANARY = "canary7f3a9c"
LONG = CANARY + "x" * 10_000
JSON = {"Content-Type": "application/json"}
TOO_MANY_DIGITS = "9" * 5_000
HALF_A_CHARACTER = f'"\\ud800{CANARY}"'
# JSON as it is sent, for what no serialiser would write.
NEVER = (
    *("NaN", "Infinity", "-Infinity", "1e400", "-1e400", TOO_MANY_DIGITS, "9" * 400),
    *(f'"\\u0000{CANARY}"', HALF_A_CHARACTER, f'"{LONG}"'),
    *(f'{{"a": ["{CANARY}"]}}', f'[["{CANARY}"]]', '[{"a": [[]]}]'),
)
WRONG_NUMBERS = ('"NaN"', '"1"', '""', f'"{CANARY}"', "true", str(2**31), str(-(2**63)), "[1]")
WRONG_TEXT = ("5", "true", "1.5", '""', "[]", "{}")
WRONG_DAYS = (
    *('"0001-01-01"', '"1899-12-31"', '"2101-01-01"', '"9999-12-31"', '"10000-01-01"'),
    *('"2026-02-30"', '"2026-13-01"', '"12.03.2026"', '"NaN"', '"0"', '""', "0", "86400", "true"),
)
WRONG_INSTANTS = (
    *('"0001-01-01T00:00:00Z"', '"9999-12-31T23:59:59-23:00"', '"10000-01-01T00:00:00Z"'),
    *('"0001-01-01T00:00:00+14:00"', '"2026-03-12T10:00:00+99:99"', '"2026-03-12T25:00:00"'),
    *('"2026-02-30T10:00:00Z"', '"NaN"', '"0"', '""', "0", "1773273600", "1e12", "true"),
)
WRONG = {
    "number": WRONG_NUMBERS,
    "integer": (*WRONG_NUMBERS, "1.5"),
    "boolean": ('"true"', '"yes"', "1", "0", '""', "2"),
    "date": WRONG_DAYS,
    "date-time": WRONG_INSTANTS,
    "enum": (*WRONG_TEXT, f'"{CANARY}"'),
    "string": WRONG_TEXT,
    "array": (f'"{CANARY}"', "5", f'["{CANARY}"]', "[null]", f"[{','.join(['5'] * 10)}]", "{}"),
    "object": (f'"{CANARY}"', "5", "[]", f'{{"resting_hr": "{CANARY}"}}', '{"resting_hr": NaN}'),
}
IN_ADDRESSES = (
    *("%00", "%ff", "%ed%a0%80", "9" * 40, "-" + "9" * 40, "NaN", "Infinity", "1e400", "", "%20"),
    *("0001-01-01", "1900-01-01", "2100-12-31", "9999-12-31", "10000-01-01", "2026-02-30"),
    *("%27%20OR%201%3D1--", "..%2f..%2fetc", "%25s%n", "x" * 5_000, "%F0%9F%92%A9"),
)


class Field(NamedTuple):
    """A field of a body, and what is wrong for it."""

    name: str
    wrong: tuple[str, ...]


def fields_of(schema: Json) -> Iterator[Field]:
    """The fields of a body's schema, or of its items."""
    schema = resolved(schema)
    choices = [part for part in schema.get("anyOf", ()) if part.get("type") != "null"]
    if choices or "items" in schema:
        yield from fields_of(choices[0] if choices else schema["items"])
        return
    for name, field in schema["properties"].items():
        kinds = [resolved(part) for part in field.get("anyOf", [field])]
        nullable = any(kind.get("type") == "null" for kind in kinds)
        most = kinds[0].get("maximum", 0)
        wrong = tuple(w for w in WRONG[_kind(kinds[0])] if not (w.isdigit() and int(w) <= most))
        wrong += () if nullable else ("null",)
        yield Field(name, NEVER + wrong)


def _kind(schema: Json) -> str:
    if "enum" in schema:
        return "enum"
    kind: str = schema["type"]
    form: str = schema.get("format", kind)
    return form if form in WRONG else kind


def example_with(operation: Operation, name: str, raw: str) -> str:
    """The documented body (of a list its item) as JSON, with one field as given."""
    example = operation.example()
    body = (example[0] if is_bulk(operation) else example) | {name: "@"}
    return json.dumps(body).replace('"@"', raw, 1)


def is_bulk(operation: Operation) -> bool:
    return isinstance(operation.example(), list)


TAKE_JSON = [o for o in OPERATIONS if "application/json" in o.bodies]
takes_json = pytest.mark.parametrize("operation", TAKE_JSON, ids=str)
takes_one = pytest.mark.parametrize("operation", [o for o in TAKE_JSON if not is_bulk(o)], ids=str)
takes_many = pytest.mark.parametrize("operation", [o for o in TAKE_JSON if is_bulk(o)], ids=str)


def assert_refused(answer: Response, sent: object) -> None:
    told = str(sent)[:200]
    assert 400 <= answer.status_code < 500, (answer.status_code, told)
    assert answer.headers["content-type"] == "application/problem+json", told
    assert CANARY not in answer.text, told
    assert len(answer.content) < 5_000, told
    assert answer.json()["status"] == answer.status_code


async def address_of(operation: Operation, account: Account) -> str:
    """The operation's path, of a thing that is there."""
    if "{" not in operation.path:
        return operation.path
    recipe = RECIPES[operation.path[: operation.path.rindex("}") + 1]]
    return operation.at(await recipe(account))


@takes_one
async def test_no_field_takes_what_does_not_fit(
    operation: Operation, ada: Account, database: Database
) -> None:
    path, user_id = await address_of(operation, ada), await id_of(ada)
    before = await rows_of(database, user_id)
    for field in fields_of(operation.bodies["application/json"]):
        for raw in field.wrong:
            body = example_with(operation, field.name, raw)
            answer = await ada.request(operation.method, path, content=body, headers=JSON)
            assert_refused(answer, (field.name, raw))
            assert answer.json()["code"] in PROBLEMS
            assert {error["code"] for error in answer.json()["errors"]} <= set(FIELDS)
            # These two are no JSON at all to some readers.
            if answer.status_code == 422 and raw not in (TOO_MANY_DIGITS, HALF_A_CHARACTER):
                named = {part for error in answer.json()["errors"] for part in error["loc"]}
                assert field.name in named, (field.name, raw, answer.text)
    assert await rows_of(database, user_id) == before


@takes_many
async def test_no_item_takes_what_does_not_fit(
    operation: Operation, ada: Account, database: Database
) -> None:
    user_id = await id_of(ada)
    before = await rows_of(database, user_id)
    for field in fields_of(operation.bodies["application/json"]):
        sent = [raw for raw in field.wrong if raw != TOO_MANY_DIGITS]
        items = ",".join(example_with(operation, field.name, raw) for raw in sent)
        answer = await ada.post(operation.path, content=f"[{items}]", headers=JSON)
        assert CANARY not in answer.text
        for raw, result in zip(sent, answer.json()["results"], strict=True):
            assert (result["status"], result["id"]) == (422, None), (field.name, raw)
            assert field.name in {error["loc"][0] for error in result["errors"]}
            assert {error["code"] for error in result["errors"]} <= set(FIELDS)
        all_of_it = await ada.post(
            f"{operation.path}?atomic=true", content=f"[{items}]", headers=JSON
        )
        assert all_of_it.status_code == 422
        assert CANARY not in all_of_it.text
    assert await rows_of(database, user_id) == before


@takes_json
async def test_no_unknown_field_is_taken(operation: Operation, ada: Account) -> None:
    path = await address_of(operation, ada) + ("?atomic=true" if is_bulk(operation) else "")
    for name in ("surprise", "id", "user_id", "\\ud800", "\\u0000", "__class__", "", "x" * 10_000):
        raw = json.dumps(operation.example()).replace("{", f'{{"{name}": "{CANARY}", ', 1)
        answer = await ada.request(operation.method, path, content=raw, headers=JSON)
        assert_refused(answer, name)


@takes_json
async def test_no_body_is_taken_that_is_not_the_json_it_says(
    operation: Operation, ada: Account, database: Database
) -> None:
    path, example = await address_of(operation, ada), json.dumps(operation.example())
    user_id = await id_of(ada)
    before = await rows_of(database, user_id)
    bodies: list[bytes] = [
        *(b"{", b"[1,", b"nul", b"'a'", b"\x00", b"\xff\xfe{}", b'{"a": "\xff"}', b'{"a": 1}}'),
        *(b"[" * 100_000, b'{"a":' * 100_000, b"[" * 100_000 + b"]" * 100_000),
        *(b'"text"', b"5", b"true", b"NaN", b"9" * 5_000),
        *(example.encode(code) for code in ("utf-16", "utf-16-le", "utf-32")),
    ]
    for body in bodies:
        answer = await ada.request(operation.method, path, content=body, headers=JSON)
        assert_refused(answer, body)
    kinds = (
        "text/plain",
        "text/xml",
        "multipart/form-data; boundary=x",
        "application/x-ndjson",
        "",
    )
    for kind in kinds:
        headers = {"Content-Type": kind}
        answer = await ada.request(operation.method, path, content=example, headers=headers)
        assert_refused(answer, kind)
    assert await rows_of(database, user_id) == before


async def in_pieces(body: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(body), 300):
        yield body[start : start + 300]


@takes_json
async def test_no_body_is_taken_that_is_too_large(
    operation: Operation, ada: Account, database: Database
) -> None:
    path, settings = (
        await address_of(operation, ada),
        Settings(_env_file=None, max_body_bytes=1_000),
    )
    body = json.dumps(operation.example()).encode() + b" " * 30_000
    async with client_of(database, settings) as client:
        account = Account(client, ada.email, ada.access_token, ada.refresh_token)
        lying = JSON | {"Content-Length": "10"}
        for content, headers in ((body, JSON), (in_pieces(body), JSON), (in_pieces(body), lying)):
            answer = await account.request(operation.method, path, content=content, headers=headers)
            assert_refused(answer, "too large")
            assert answer.status_code == 413


def addresses(operation: Operation) -> Iterator[str]:
    """The operation's address with each of its parameters as something odd."""
    given = "&".join(f"{name}={value}" for name, value in operation.needed_query().items())
    for parameter in operation.parameters:
        for odd in IN_ADDRESSES:
            if parameter["in"] == "path":
                yield f"{operation.at(odd)}?{given}"
            elif parameter["in"] == "query":
                yield f"{operation.at(UUID(int=0))}?{given}&{parameter['name']}={odd}"


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
async def test_t36_no_address_breaks_it(operation: Operation, ada: Account) -> None:
    for address in addresses(operation):
        answer = await ada.request(operation.method, address, json=operation.example())
        assert answer.status_code < 500, address
        if answer.is_client_error:
            assert answer.headers["content-type"] == operation.failures_kind, address


def headers_of(operation: Operation) -> list[str]:
    documented = [p["name"] for p in operation.parameters if p["in"] == "header"]
    return [*documented, "User-Agent", "Host"] if operation.path == "/api/body" else documented


@pytest.mark.parametrize("operation", [o for o in OPERATIONS if headers_of(o)], ids=str)
async def test_no_header_breaks_it(operation: Operation, ada: Account) -> None:
    odd = (b"", b"\x01", b"\xff", b'"' + b"9" * 40 + b'"', b"x" * 5_000, b"\xc3\xa4")
    for name in headers_of(operation):
        for value in odd:
            headers: Any = {name: value, "Authorization": f"Bearer {ada.access_token}"}
            path, body = operation.at(uuid4()), operation.example()
            answer = await ada.client.request(operation.method, path, json=body, headers=headers)
            assert answer.status_code < 500, (name, value)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("GET", "/api/nothing", 404),
        ("PATCH", "/api/nutrition", 405),
        ("TRACE", "/api/nutrition", 405),
        ("GET", "//api/nutrition", 404),
        ("GET", "/api/nutrition/../../etc/passwd", 404),
    ],
)
async def test_a_wrong_turn_is_a_problem_too(
    method: str, path: str, status: int, ada: Account
) -> None:
    answer: Any = await ada.request(method, path)
    assert_refused(answer, path)
    assert answer.status_code == status
