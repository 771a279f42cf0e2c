"""`python -m benchmarks.plots`: writes the figures of docs/detection.md."""

import json
from pathlib import Path

import click

from benchmarks.plots import detection, person

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "figures"


@click.command()
@click.option(
    "--figures",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="What `python -m benchmarks.detection --json FILE` wrote; without it the figures that "
    "rest on it are left as they are.",
)
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=FOLDER,
    show_default=False,
)
def main(*, figures: Path | None, folder: Path) -> None:
    """Writes SVG files; the same input gives the same bytes."""
    told = person.story()
    person.draw(folder / "person.svg", told)
    (folder / "person.json").write_text(json.dumps(person.behind(told), indent=1) + "\n")
    if figures:
        measured = detection.figures(figures)
        detection.draw_budget(measured, folder / "budget.svg")
        detection.draw_kinds(measured, folder / "kinds.svg")
    for path in sorted(folder.glob("*.svg")):
        click.echo(path)


if __name__ == "__main__":
    main()
