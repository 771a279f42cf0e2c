"""New entries, in one statement each."""

from dataclasses import dataclass
from inspect import isclass
from typing import Any

from fastapi.routing import APIRoute
from sqlalchemy.exc import SQLAlchemyError

from app.errors import AppError
from app.lanes.asking import Answer, LaneRequest, person_with
from app.lanes.plain_requests import JSON, NotPlain, entry_of
from app.schemas.base import Schema
from app.services.derivations import derive
from app.services.hot_statements import HotStatements, as_values
from app.services.people import Person
from app.services.quota import EntryQuota, is_count_due
from app.utils.identifiers import uuid7


@dataclass(frozen=True, slots=True, kw_only=True)
class Creating:
    """An entry of a tracker, derived with what is remembered of the person, which the statement
    compares."""

    route: APIRoute
    tracker: str
    taken: type[Schema]
    statements: HotStatements

    async def answer(self, asked: LaneRequest) -> Answer:
        is_usual = asked.headers.get(b"content-type") == JSON
        if asked.query_string or not is_usual or b"idempotency-key" in asked.headers:
            raise NotPlain
        entry, state = entry_of(self.taken, await asked.body()), asked.state
        facts = await asked.people.facts(asked.claims, state.database)
        person = person_with(asked.claims, facts)
        if is_count_due(state.settings.entries_per_user):
            await _count(person, state)
        columns = self._derived(entry, person)
        known = as_values((*asked.claims, *facts, *map(columns.get, self.statements.columns)))
        rows = await state.database.fetch(self.statements.create, known)
        if not rows:
            asked.people.forget(person.id)
            raise NotPlain
        ((stored, version),) = rows
        return Answer(201, stored, b'"%b"' % version)

    def _derived(self, entry: Schema, person: Person) -> dict[str, object]:
        try:
            return {"id": uuid7()} | derive(self.tracker, entry.model_dump(), person)
        except AppError:
            raise NotPlain from None


async def _count(person: Person, state: Any) -> None:
    """Who turns out to be full is then refused by the statement, and told why by the routes."""
    try:
        async with state.database.session(person.id) as session:
            await EntryQuota(session, person, state.settings).count()
    except (SQLAlchemyError, OSError, TimeoutError):
        raise NotPlain from None


def taken_by(creating: APIRoute) -> type[Schema]:
    """Raises TypeError for a route that takes no entry."""
    taken: Any = creating.body_field and creating.body_field.field_info.annotation
    if not (isclass(taken) and issubclass(taken, Schema)):
        raise TypeError(f"{creating.path} takes no entry")
    return taken
