"""An operator learns priors from their own users, and detection leans on them."""

import json
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from app.migrations import upgrade
from app.ml.priors import Priors, shipped
from app.postgres import SUPERUSER, EmbeddedPostgres, ServerFiles
from tests.conftest import FAST
from tests.folders import reachable_folder
from tests.operations.command import run

PEOPLE = """
    INSERT INTO users (id, email, hashed_password)
    SELECT gen_random_uuid(), 'person-' || n || '@example.com', 'x' FROM generate_series(1, %s) n
"""
PULSES = """
    INSERT INTO vital_signs (user_id, id, date, time_of_day, resting_heart_rate)
    SELECT id, gen_random_uuid(), current_date - day, 'morning', 60 + (random() * 12)::int
    FROM users, generate_series(1, 120) day
"""


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """Of an operator whose six users log their pulse."""
    with (
        reachable_folder() as folder,
        EmbeddedPostgres(folder / "data", settings=FAST) as urls,
    ):
        upgrade(urls.owner)
        files = ServerFiles(folder / "data" / "postgres")
        password = json.loads(files.passwords.read_text())[SUPERUSER]
        with psycopg.connect(urls.owner, user=SUPERUSER, password=password) as connection:
            connection.execute(PEOPLE, [6])
            connection.execute(PULSES)
        yield folder


def test_priors_are_learned_from_all_users_and_hold_nobody(home: Path) -> None:
    file = home / "priors.json"
    learned = run(home, "detect", "learn", str(file))
    assert learned.returncode == 0, learned.stderr
    assert "6 people" in learned.stdout
    own = Priors.read(file.read_text())
    assert own.version.startswith("own-")
    assert own.weights == shipped().weights
    assert 3 < own.spread["resting_hr"] < 6
    assert own.spread["sleep_hours"] == shipped().spread["sleep_hours"]
    assert "person-" not in file.read_text()


def test_few_people_are_too_few(home: Path) -> None:
    refused = run(home, "detect", "learn", str(home / "few.json"), "--people", "4")
    assert refused.returncode == 2
    assert not (home / "few.json").exists()


def test_another_file_is_no_priors_file(home: Path) -> None:
    other = home / "other.json"
    other.write_text("{}")
    refused = run(home, "detect", "--email", "person-1@example.com", PRIORS_FILE=str(other))
    assert refused.returncode == 1
    assert "PRIORS_FILE" in refused.stderr
    assert "Traceback" not in refused.stderr
