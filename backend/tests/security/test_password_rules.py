"""Passwords that many people use are refused, all others taken as they are (T14)."""

import pytest
from httpx import AsyncClient

from app.utils.passwords import LONGEST, SHORTEST, _common, weakness
from tests.people import PASSWORD
from tests.routers.test_auth import LOGIN, REGISTER, assert_problem

EMAIL = "ada@example.com"


def test_t14_the_list_is_long_and_small() -> None:
    common = _common()
    assert len([entry for entry in common if len(entry) >= SHORTEST]) >= 3_000
    assert sum(len(entry) + 1 for entry in common) < 100_000
    assert all(entry == entry.casefold() and entry.isalnum() for entry in common)


@pytest.mark.parametrize(
    "password",
    [
        "to be or not to be that is the question",
        "The-Quick-Brown-Fox-Jumps-Over-The-Lazy-Dog!!",
        "MayTheForceBeWithYou",
        "may_the.force be/with you",
        "Password Password1",
        "Correct-Horse Battery-Staple!",
        "1qaz2wsx3edc4rfv",
        "1QAZ 2WSX 3EDC 4RFV",
        "qwertyuiop12345",
        "sunshine-princess",
        "Sunshine20261231",
        "2026 - I love you - 2027",
        "letmein123456789",
        "314159265358979",
        "ｍａｙ　ｔｈｅ　ｆｏｒｃｅ　ｂｅ　ｗｉｔｈ　ｙｏｕ",
        "passwordpassword",
        "123456789012345",
        "vitaliq is my diary",
    ],
)
async def test_t14_common_passwords_are_refused(client: AsyncClient, password: str) -> None:
    answer = await client.post(REGISTER, json={"email": EMAIL, "password": password})
    assert_problem(answer, 422)
    assert password not in answer.text


@pytest.mark.parametrize(
    "password",
    [
        "nine amber lanterns by the sea",
        "seven quiet rivers at noon",
        "the force was mostly with us on tuesday",
        "sunshine over a grey harbour",
        "aB3$kfjWq0!zLmT",
        "\N{GRINNING FACE} a smile, a mile, and 64 characters or more of nonsense \N{SNOWMAN}",
        "пятнадцать добрых слов",
    ],
)
def test_t14_other_passwords_are_not(password: str) -> None:
    assert weakness(password, email=EMAIL) is None


async def test_t14_every_character_counts(client: AsyncClient) -> None:
    password = "seven quiet rivers at noon " * 3
    password = password[:79] + "!"
    body = {"email": EMAIL, "password": password}
    assert (await client.post(REGISTER, json=body)).status_code == 201
    assert (await client.post(LOGIN, json=body)).status_code == 200
    for wrong in (password[:-1] + "?", password[:-1], password.upper()):
        assert_problem(await client.post(LOGIN, json=body | {"password": wrong}), 401)


@pytest.mark.parametrize("length", [SHORTEST - 1, LONGEST + 1])
async def test_t14_too_short_and_too_long_are_refused(client: AsyncClient, length: int) -> None:
    password = (PASSWORD + " amber lanterns by the sea" * 20)[-length:]
    answer = await client.post(REGISTER, json={"email": EMAIL, "password": password})
    assert_problem(answer, 422)
