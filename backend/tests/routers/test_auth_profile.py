"""The profile and consent (T4, T44)."""

from uuid import UUID

import pytest
from httpx import AsyncClient
from sqlalchemy import text

from app.database import Database, act_as
from app.schemas.auth import CONSENT_VERSION
from tests.people import Account, register
from tests.routers.test_auth import ME, assert_problem


async def test_a_profile_changes_only_where_it_is_told_to(client: AsyncClient) -> None:
    robin = await register(client, "robin@example.com", name="Robin", height_cm=172, sex="male")
    changed = await robin.patch(
        ME, json={"timezone": "Asia/Tokyo", "date_of_birth": "1980-02-29", "sex": None}
    )
    assert changed.status_code == 200
    assert changed.json() == (await robin.get(ME)).json()
    profile = changed.json()
    assert (profile["name"], profile["height_cm"]) == ("Robin", 172)
    assert (profile["timezone"], profile["date_of_birth"]) == ("Asia/Tokyo", "1980-02-29")
    assert profile["sex"] is None


async def test_an_empty_change_changes_nothing(ada: Account) -> None:
    before = (await ada.get(ME)).json()
    after = (await ada.patch(ME, json={})).json()
    assert after | {"updated_at": None} == before | {"updated_at": None}


@pytest.mark.parametrize(
    "change",
    [
        {"timezone": None},
        {"timezone": "Nowhere"},
        {"email": "new@example.com"},
        {"id": "0199b0b4-5a1e-7b2c-8f6e-2d9c1f1f3a77"},
        {"ai_notes_allowed": True},
        {"date_of_birth": "2099-01-01"},
        {"date_of_birth": "0001-01-01"},
        {"height_cm": 281},
        {"height_cm": True},
    ],
    ids=str,
)
async def test_a_profile_refuses_misfits(ada: Account, change: dict[str, object]) -> None:
    before = (await ada.get(ME)).json()
    assert_problem(await ada.patch(ME, json=change), 422)
    assert (await ada.get(ME)).json() == before


async def test_consent_is_off_until_given_and_ends_when_withdrawn(
    ada: Account, database: Database
) -> None:
    given = (await ada.put(f"{ME}/consent", json={"granted": True, "notes": True})).json()
    assert given["ai_consent"] is True
    assert given["ai_notes_allowed"] is True
    assert given["ai_consent_at"] is not None
    assert await _consent_version(database, given["id"]) == CONSENT_VERSION
    withdrawn = (await ada.put(f"{ME}/consent", json={"granted": False, "notes": True})).json()
    assert withdrawn["ai_consent"] is False
    assert withdrawn["ai_notes_allowed"] is False
    assert withdrawn["ai_consent_at"] is None
    assert await _consent_version(database, given["id"]) is None


@pytest.mark.parametrize(
    "body", [{}, {"granted": "yes"}, {"granted": 1}, {"granted": True, "notes": None}], ids=str
)
async def test_consent_is_said_plainly(ada: Account, body: dict[str, object]) -> None:
    assert_problem(await ada.put(f"{ME}/consent", json=body), 422)
    assert (await ada.get(ME)).json()["ai_consent"] is False


async def _consent_version(database: Database, user_id: str) -> int | None:
    async with database.session() as session:
        await act_as(session, UUID(user_id))
        version: int | None = await session.scalar(text("SELECT ai_consent_version FROM users"))
    return version


async def test_preferences_are_kept_whole(ada: Account) -> None:
    assert (await ada.get("/api/auth/me")).json()["preferences"] == {
        "units": {},
        "language": None,
        "theme": None,
    }
    wishes = {"units": {"weight": "[lb_av]", "glucose": "mmol/L"}, "language": "de"}
    answer = await ada.patch("/api/auth/me", json={"preferences": wishes})
    assert answer.status_code == 200, answer.text
    assert (await ada.patch("/api/auth/me", json={"name": "Ada"})).status_code == 200
    assert (await ada.get("/api/auth/me")).json()["preferences"] == wishes | {"theme": None}
    for bad in (
        None,
        {"units": {"weight": "a b"}},
        {"units": {"weight": "\x00"}},
        {"units": {"<script>": "kg"}},
        {"units": {f"u{n}": "kg" for n in range(31)}},
        {"language": "not a language"},
        {"theme": "pink"},
        {"colour": "pink"},
    ):
        answer = await ada.patch("/api/auth/me", json={"preferences": bad})
        assert answer.status_code == 422, bad
    answer = await ada.patch("/api/auth/me", json={"preferences": {}})
    assert answer.json()["preferences"]["units"] == {}
