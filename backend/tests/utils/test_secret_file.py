"""The secret of a first start."""

import stat
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from app.utils.secret_file import read_or_create_secret


def test_stays_the_same(tmp_path: Path) -> None:
    file = tmp_path / "data" / "secret_key"
    first = read_or_create_secret(file)
    assert len(first) >= 32
    assert read_or_create_secret(file) == first


def test_only_its_owner_can_read_it(tmp_path: Path) -> None:
    file = tmp_path / "secret_key"
    read_or_create_secret(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_refuses_a_file_that_others_can_read(tmp_path: Path) -> None:
    file = tmp_path / "secret_key"
    file.write_text("anything")
    file.chmod(0o644)
    with pytest.raises(PermissionError, match="chmod 600"):
        read_or_create_secret(file)


def test_t21_processes_that_start_at_once_agree(tmp_path: Path) -> None:
    with ProcessPoolExecutor(4, mp_context=get_context("spawn")) as pool:
        for round_number in range(10):
            file = tmp_path / str(round_number) / "secret_key"
            assert len(set(pool.map(read_or_create_secret, [file] * 8))) == 1
            assert [path.name for path in file.parent.iterdir()] == ["secret_key"]
