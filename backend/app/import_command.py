"""`vitaliq import FILE`: what is in a file is shown, and stored once that is confirmed."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any
from uuid import UUID

import click
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog import CATALOGUE
from app.config import Settings
from app.database import Database
from app.errors import InvalidInputError, NotFoundError
from app.postgres import DatabaseUrls
from app.schemas.file_import import CommitIn, ImportIn, ImportOptions, ImportOut, PreviewOut
from app.services.authentication import person_of, user_id_of
from app.services.file_imports import IMPORTS, FileImportService
from app.services.import_work import ImportWork
from app.services.people import Person
from app.startup import opened_database
from app.utils.enums import ImportStatus

SHOWN = 10
_STEPS = 1_000


async def import_file(
    settings: Settings,
    urls: DatabaseUrls,
    *,
    file: Path,
    email: str,
    options: ImportOptions,
    answers: Sequence[str],
    confirm: Callable[[], bool],
) -> bool:
    """Whether it was stored. `confirm` is asked once the preview is printed."""
    async with opened_database(settings, urls) as database:
        bringing = _Bringing(database, settings, file, await _who(database, email))
        with file.open("rb") as content:
            brought = await bringing.look(content, options)
            if brought.preview is None:
                click.echo(f"Nothing was stored. {brought.problem}")
                return False
            tell(brought.preview)
            if not confirm():
                await bringing.forget()
                click.echo("Nothing was stored.")
                return False
            brought = await bringing.store(content, _pairs(answers))
    if brought.result is None:
        click.echo(f"Nothing was stored. {brought.problem}")
        return False
    result = brought.result
    made = {**result.entries}
    for tracker, count in result.derived.items():
        made[tracker] = made.get(tracker, 0) + count
    entries = ", ".join(f"{tracker} {n}" for tracker, n in made.items()) or "none"
    click.echo(
        f"{result.readings} new readings stored, {result.already_there} were there already;"
        f" entries: {entries}. Detection found {result.found}."
    )
    return True


class _Bringing:
    """One file on its way in; it is read where it lies and not sent."""

    def __init__(self, database: Database, settings: Settings, file: Path, person: Person) -> None:
        self._database = database
        self._settings = settings
        self._file = file
        self._person = person
        self._id: UUID | None = None

    async def look(self, content: IO[bytes], options: ImportOptions) -> ImportOut:
        size = self._file.stat().st_size
        wanted = ImportIn(name=self._file.name[:200], bytes=max(1, size), options=options)
        async with self._database.session(self._person.id) as session:
            self._id = (await self._imports(session).begin(wanted)).id
            await self._set(session, status=ImportStatus.READING, received=wanted.bytes)
        with _progress("Reading") as step:
            work = self._work(step)
            await work.read(self._person.id, self._known(), content)
        return await self._state()

    async def store(self, content: IO[bytes], answers: Mapping[str, str]) -> ImportOut:
        commit = CommitIn(answers=dict(answers))
        async with self._database.session(self._person.id) as session:
            imports = self._imports(session)
            before = await imports.get(self._known())
            options = before.options | {"answers": commit.answers}
            await self._set(session, status=ImportStatus.COMMITTING, options=options)
        with _progress("Storing") as step:
            await self._work(step).commit(self._person.id, self._known(), content)
        return await self._state()

    async def forget(self) -> None:
        async with self._database.session(self._person.id) as session:
            await self._imports(session).cancel(self._known())

    async def _state(self) -> ImportOut:
        async with self._database.session(self._person.id) as session:
            return await self._imports(session).get(self._known())

    async def _set(self, session: AsyncSession, **columns: Any) -> None:
        mine = (IMPORTS.c.user_id == self._person.id) & (IMPORTS.c.id == self._known())
        await session.execute(update(IMPORTS).where(mine).values(**columns))

    def _imports(self, session: AsyncSession) -> FileImportService:
        return FileImportService(session, self._person, self._settings)

    def _work(self, on_progress: Callable[[float], None]) -> ImportWork:
        return ImportWork(
            self._database,
            CATALOGUE,
            most_readings=self._settings.readings_per_user,
            on_progress=on_progress,
        )

    def _known(self) -> UUID:
        if self._id is None:
            raise RuntimeError("the file has not been looked at")
        return self._id


class _progress:  # noqa: N801  (reads as the function that it is)
    """A bar that is told which part is done."""

    def __init__(self, label: str) -> None:
        self._bar: Any = click.progressbar(length=_STEPS, label=label)

    def __enter__(self) -> Callable[[float], None]:
        self._bar.__enter__()
        return lambda part: self._bar.update(round(part * _STEPS) - self._bar.pos)

    def __exit__(self, *error: object) -> None:
        self._bar.update(_STEPS - self._bar.pos)
        self._bar.__exit__(*error)


async def _who(database: Database, email: str) -> Person:
    async with database.session() as session:
        user_id = await user_id_of(session, email)
        if user_id is None:
            raise NotFoundError("There is no account with this e-mail address: register it first.")
        return await person_of(session, user_id)


def tell(preview: PreviewOut) -> None:
    """What was found, in a few lines."""
    click.echo(f"{preview.format.title}; times without a zone are read in {preview.zone}.")
    if preview.template is not None:
        click.echo(f"  read as you said for {preview.template.name}")
    for row in preview.readings:
        unit = "" if row.unit == row.stored_unit else f", {row.unit} read as {row.stored_unit}"
        known = f", {row.already_there} there already" if row.already_there else ""
        click.echo(
            f"  {row.readings:>9} {row.kind} from {row.source}"
            f" ({row.first:%Y-%m-%d} to {row.last:%Y-%m-%d}{unit}{known})"
        )
    for entries in preview.entries:
        known = f" ({entries.already_there} there already)" if entries.already_there else ""
        click.echo(f"  {entries.entries:>9} entries: {entries.tracker}{known}")
    for held in preview.held:
        guess = f": did you mean {held.guess}?" if held.guess else ""
        click.echo(f"  held back: {held.count} {held.kind} in {held.unit} ({held.reason}){guess}")
        click.echo(f"    to take them: --answer '{held.group}={held.guess or 'accept'}'")
    for question in preview.questions[:SHOWN]:
        click.echo(f"  assumed {question.option} = {question.assumed}: {question.reason}")
    for problem in preview.problems.shown[:SHOWN]:
        click.echo(f"  not read: {problem.where}: {problem.reason}")
    if preview.problems.count > SHOWN:
        click.echo(f"  ... {preview.problems.count} records that cannot be read in all")


def _pairs(answers: Sequence[str]) -> dict[str, str]:
    pairs = [answer.rpartition("=") for answer in answers]
    if any(not (group and equals and answer) for group, equals, answer in pairs):
        raise InvalidInputError("--answer takes GROUP=UNIT, GROUP=accept or GROUP=leave.")
    return {group: answer for group, _, answer in pairs}
