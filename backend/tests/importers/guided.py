"""Fuzzing of readers that is led by coverage: `make fuzz-importers SECONDS=600 FORMAT=fitbit`.

Each format has a process of its own, whose first files are those of its writer. An archive is taken
apart, one of its files altered, and packed again, so that the reader gets to see it. What a reader
must not do ends the process, which leaves the file that made it do so; `--replay FILE` tries it
again. Time and memory of one file are limited, too.
"""

import argparse
import random
import resource
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import atheris

with atheris.instrument_imports(include=["app.importers"]):
    from app.importers.registry import formats

    formats()  # imports every reader
from tests.importers.at_hand import file_of
from tests.importers.contract import outcome
from tests.importers.examples import example, inside, outside
from tests.importers.hostile import HOSTILE

SECONDS_A_FILE = 30
MEGABYTES = 1_024
LONGEST = 400_000
FOUND = Path("fuzz-found")


def fuzz(key: str, corpus: Path, found: Path, *limits: str) -> None:
    """Does not return: the fuzzer ends the process."""
    form = next(one for one in formats() if one.key == key)
    # The peak begins at that of the process which started this one (a test runner may be large).
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1_024 + MEGABYTES

    def attempt(content: bytes) -> None:
        form.sniff(file_of(content))
        outcome(form, content)

    options = [
        f"-timeout={SECONDS_A_FILE}",
        f"-rss_limit_mb={megabytes}",
        f"-max_len={LONGEST}",
        f"-artifact_prefix={found}/{key}-",
        "-print_final_stats=1",
    ]
    words = [sys.argv[0], str(corpus), *options, *limits]
    atheris.Setup(words, attempt, custom_mutator=altered)
    atheris.Fuzz()


def altered(content: bytes, most: int, seed: int) -> bytes:
    """The file as the fuzzer alters it; of an archive, one of those inside."""
    try:
        files = inside(content)
    except Exception:  # noqa: BLE001  (zipfile raises a dozen kinds for what is no archive any more)
        files = {"": content}
    if not files or "" in files or random.Random(seed).random() < 0.1:
        return bytes(atheris.Mutate(content, most))
    name = random.Random(seed).choice(sorted(files))
    files[name] = bytes(atheris.Mutate(files[name], LONGEST))
    packed = outside(files)
    return packed if len(packed) <= most else content


def plant(key: str, corpus: Path) -> None:
    """What it begins with: the writer's file, and small hostile ones."""
    (corpus / "example").write_bytes(example(key))
    for number, content in enumerate(HOSTILE.values()):
        if len(content) <= 20_000:
            (corpus / f"hostile {number}").write_bytes(content)


def target(key: str, found: Path, *limits: str) -> "subprocess.CompletedProcess[str]":
    """One format in a process of its own; what does harm is left in the folder `found`."""
    with TemporaryDirectory() as corpus:
        plant(key, Path(corpus))
        return subprocess.run(
            [
                *(sys.executable, "-m", "tests.importers.guided"),
                *("--one", key, "--corpus", corpus, "--found", str(found), *limits),
            ],
            capture_output=True,
            text=True,
            check=False,
        )


def main() -> None:
    options = argparse.ArgumentParser(prog="tests.importers.guided", description=__doc__)
    options.add_argument("--seconds", type=int, default=60, help="For each format.")
    options.add_argument("--format", choices=[one.key for one in formats()])
    options.add_argument("--replay", type=Path, help="A file that was found.")
    options.add_argument("--one", help=argparse.SUPPRESS)
    options.add_argument("--corpus", type=Path, help=argparse.SUPPRESS)
    options.add_argument("--found", type=Path, default=FOUND, help=argparse.SUPPRESS)
    asked, limits = options.parse_known_args()
    if asked.one:
        fuzz(asked.one, asked.corpus, asked.found, *limits)
    elif asked.replay and asked.format:
        form = next(one for one in formats() if one.key == asked.format)
        print(outcome(form, asked.replay.read_bytes()))
    else:
        sys.exit(every(asked.format, asked.seconds))


def every(only: str | None, seconds: int) -> int:
    """How many formats did what they must not."""
    FOUND.mkdir(exist_ok=True)
    failed = 0
    for key in [only] if only else [one.key for one in formats()]:
        ended = target(key, FOUND, f"-max_total_time={seconds}")
        stats = [line for line in ended.stderr.splitlines() if "number_of_executed_units" in line]
        print(f"{key}: {stats[0].split()[-1] if stats else '?'} files", flush=True)
        if ended.returncode:
            failed += 1
            print(ended.stdout[-4_000:], ended.stderr[-4_000:], sep="\n", flush=True)
    print(f"{failed} formats with finds, which lie in {FOUND}" if failed else "nothing found")
    return failed


if __name__ == "__main__":
    main()
