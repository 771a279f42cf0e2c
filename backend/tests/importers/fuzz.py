"""Alters files of every format at random, for as long as asked, until a reader does what it must
not: `make fuzz-importers SECONDS=600`. What it finds it names by the seed, which `--seed` tries
again.

Bytes are altered blindly, inside of archives too, which are packed again; it is not led by coverage
as atheris would be.
"""

import argparse
import random
import time

from tests.importers.at_hand import file_of
from tests.importers.contract import outcome
from tests.importers.examples import FORMATS, example, inside, outside
from tests.importers.test_contract import tampered


def attempt(seed: int) -> str:
    """One altered file through its reader; which format it was of."""
    chance = random.Random(seed)
    form = chance.choice(FORMATS)
    files = inside(example(form.key))
    name = chance.choice(sorted(files))
    files[name] = tampered(files[name], chance, changes=chance.randint(1, 8))
    content = outside(files)
    if chance.random() < 0.3:
        content = tampered(content, chance, changes=1)
    form.sniff(file_of(content))
    outcome(form, content)
    return form.key


def main() -> None:
    options = argparse.ArgumentParser(prog="tests.importers.fuzz", description=__doc__)
    options.add_argument("--seconds", type=float, default=60)
    options.add_argument("--seed", type=int, help="Try this one alone.")
    asked = options.parse_args()
    if asked.seed is not None:
        print(attempt(asked.seed))
        return
    first, count, end = random.SystemRandom().randrange(2**32), 0, time.monotonic() + asked.seconds
    while time.monotonic() < end:
        try:
            attempt(first + count)
        except BaseException:
            print(f"found: --seed {first + count}")
            raise
        count += 1
    print(f"{count} files, nothing found")


if __name__ == "__main__":
    main()
