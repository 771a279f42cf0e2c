"""A short run of what leads the fuzzer to new places in every reader; `make fuzz-importers` is the
long one."""

import os
import re
from importlib.util import find_spec
from pathlib import Path

import pytest

from app.importers.protocol import Format
from tests.importers.examples import FORMATS

RUNS = 120


@pytest.mark.skipif(
    find_spec("atheris") is None and "FUZZ_REQUIRED" not in os.environ,
    reason="atheris is an extra of its own (fuzz); FUZZ_REQUIRED makes this a failure",
)
@pytest.mark.parametrize("form", FORMATS, ids=[form.key for form in FORMATS])
def test_t37_a_fuzzer_that_is_led_by_coverage_finds_nothing(form: Format, tmp_path: Path) -> None:
    from tests.importers.guided import target

    ended = target(form.key, tmp_path, f"-runs={RUNS}", "-seed=1")
    assert ended.returncode == 0, ended.stdout[-4_000:] + ended.stderr[-4_000:]
    # It looks through its folder again each second, and counts these files, too.
    done = re.findall(r"Done (\d+) runs", ended.stderr)
    assert [int(number) >= RUNS for number in done] == [True], ended.stderr[-4_000:]
