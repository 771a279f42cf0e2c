"""Which chromium this machine has."""

import shutil

NAMES = ("chromium", "chromium-browser")
"""Not the headless shell, which is faster by a fifth: it shows no notification of a push."""


def found() -> str | None:
    return next(filter(None, map(shutil.which, NAMES)), None)
