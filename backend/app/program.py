"""The command `vitaliq`, as it is installed."""

import gc
import importlib


def main() -> None:
    """Imports make many objects and no garbage: to look for it meanwhile takes a tenth of a start.
    What they leave lives as long as the process, and is never looked through again."""
    gc.disable()
    cli = importlib.import_module("app.cli")
    gc.freeze()
    gc.enable()
    cli.main()
