"""One person's data as FHIR R4, read-only."""

import datetime as dt
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.errors import InvalidInputError, NotFoundError
from app.models import User
from app.services.fhir_codes import BY_NAME, OBSERVED
from app.services.fhir_resources import (
    Resource,
    bundle_entry_url,
    observation,
    patient,
    searchset,
)
from app.services.fhir_rows import Order, Place, observations
from app.services.fhir_search import choice_of, spans_of
from app.services.paging import page_scope
from app.services.people import Person
from app.utils.security import Tokens

LARGEST_PAGE = 200
ROWS_AT_ONCE = 500
_PERSON = (User.id, User.name, User.sex, User.date_of_birth, User.updated_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What a search for observations asks; `count` is the most that a page holds."""

    patient: str | None = None
    code: str | None = None
    category: str | None = None
    dates: Sequence[str] = ()
    count: int = 50
    cursor: str | None = None

    def repeated(self, cursor: str | None) -> str:
        """The address of a page of this search."""
        told: dict[str, object] = {
            "patient": self.patient,
            "code": self.code,
            "category": self.category,
            "date": list(self.dates),
            "_count": self.count,
            "_cursor": cursor,
        }
        given = {name: value for name, value in told.items() if value is not None}
        return f"/fhir/Observation?{urlencode(given, doseq=True)}"


class FhirService:
    """What a person's records are in FHIR. `base` is the server's public address, if it has one."""

    def __init__(
        self, session: AsyncSession, person: Person, tokens: Tokens, base: str | None = None
    ) -> None:
        self._session = session
        self._person = person
        self._tokens = tokens
        self._base = base

    async def patient(self, patient_id: str) -> Resource:
        """Raises NotFoundError for any but the person's own."""
        if patient_id != str(self._person.id):
            raise NotFoundError("There is no such Patient among yours.")
        return await _patient_of(self._session, self._person)

    async def patients(self, wanted: str | None) -> Resource:
        """The person alone, or nobody where another is asked for by id."""
        own = wanted is None or wanted == str(self._person.id)
        query = "" if wanted is None else f"?{urlencode({'_id': wanted})}"
        links = [("self", f"{self._base or ''}/fhir/Patient{query}")]
        return searchset(
            [await _patient_of(self._session, self._person)] if own else [], links, self._base
        )

    async def observation(self, name: str) -> Resource:
        """Raises NotFoundError."""
        observed, entry_id = BY_NAME.get(name[37:]), _uuid(name[:36])
        statement = None
        if observed is not None and entry_id is not None and name[36] == ".":
            one = Order(most=1)
            statement = observations(self._person.id, {observed: ()}, entry_id=entry_id, order=one)
        rows = [] if statement is None else (await self._session.execute(statement)).all()
        if not rows:
            raise NotFoundError("There is no such Observation among yours.")
        return observation(rows[0], self._subject)

    async def search(self, search: Search) -> Resource:
        """A page, newest first. Raises InvalidInputError for a date or cursor that is none."""
        after = None if search.cursor is None else self._unseal(search.cursor)
        spans = spans_of(search.dates, self._person.zone)
        most = min(search.count, LARGEST_PAGE)
        statement = None
        if search.patient is None or search.patient.rpartition("/")[2] == str(self._person.id):
            choice = choice_of(search.code, search.category)
            order = Order(most=most + 1, after=after)
            statement = observations(self._person.id, choice, spans=spans, order=order)
        rows = [] if statement is None else (await self._session.execute(statement)).all()
        links = [("self", search.repeated(search.cursor))]
        if len(rows) > most:
            links.append(("next", search.repeated(self._seal(rows[most - 1]))))
        shown = [observation(row, self._subject) for row in rows[:most]]
        where = [(relation, f"{self._base or ''}{url}") for relation, url in links]
        return searchset(shown, where, self._base)

    @property
    def _subject(self) -> str:
        return f"Patient/{self._person.id}"

    @property
    def _scope(self) -> str:
        return page_scope(self._person.id, "fhir/Observation")

    def _seal(self, row: Row[Any]) -> str:
        return self._tokens.seal(self._scope, [row.date.isoformat(), str(row.id), row.place])

    def _unseal(self, cursor: str) -> Place:
        match self._tokens.unseal(self._scope, cursor):
            case [str(date), str(entry), int(place)]:
                return dt.date.fromisoformat(date), UUID(entry), place
        raise InvalidInputError.at(("query", "_cursor"), "not a cursor of this list")


async def everything(session: AsyncSession, person: Person) -> AsyncIterator[Resource]:
    """Entries of a Bundle that is a file: the person, then each observation, oldest first; no more
    than a few hundred are held at once."""
    subject = f"urn:uuid:{person.id}"
    yield {"fullUrl": subject, "resource": await _patient_of(session, person)}
    statement = observations(person.id, dict.fromkeys(OBSERVED, ()), order=Order(most=None))
    if statement is None:
        return
    rows = await session.stream(statement, execution_options={"yield_per": ROWS_AT_ONCE})
    async for row in rows:
        url = bundle_entry_url(person.id, row)
        yield {"fullUrl": url, "resource": observation(row, subject)}


async def _patient_of(session: AsyncSession, person: Person) -> Resource:
    return patient((await session.execute(select(*_PERSON).where(User.id == person.id))).one())


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def capabilities(version: str, base: str | None) -> Mapping[str, Any]:
    """The CapabilityStatement: what a client may ask of /fhir."""
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": "2026-11-26",
        "kind": "instance",
        "software": {"name": "VitalIQ", "version": version},
        "implementation": {"description": "One person's own records", "url": f"{base or ''}/fhir"},
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json"],
        "rest": [
            {
                "mode": "server",
                "security": {"description": "A bearer token of POST /api/auth/login."},
                "resource": [
                    _offered("Patient", {"_id": "token"}),
                    _offered(
                        "Observation",
                        {
                            "patient": "reference",
                            "code": "token",
                            "category": "token",
                            "date": "date",
                        },
                    ),
                ],
            }
        ],
    }


def _offered(kind: str, parameters: Mapping[str, str]) -> Mapping[str, Any]:
    return {
        "type": kind,
        "versioning": "no-version",
        "interaction": [{"code": "read"}, {"code": "search-type"}],
        "searchParam": [{"name": name, "type": told} for name, told in parameters.items()],
    }
