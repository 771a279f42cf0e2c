"""The statements of the fast lane: made from a tracker's table once, each one round trip.

Each says first who asks (`set_config`, local to the statement's own transaction), so that row-level
security holds in it as everywhere, and looks whether the session still lives. The subqueries with a
limit are never merged, and so come in this order; in any other, row-level security would know
nobody and the statement would find nothing. What comes back is the entries' JSON.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Column, String, Table, literal_column
from sqlalchemy.dialects import postgresql

from app.models import Entry
from app.prepared import Prepared
from app.services.entries import set_by_owner, shown, table_of
from app.services.finding_context import SHOWN, context_sql, with_context
from app.services.json_text import json_text

_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy's own
_ME = "me as materialized (select cast(set_config('app.user_id', $1, true) as uuid) as id)"
_SIGNED_IN = """(
        select user_id from sessions
        where user_id = me.id and id = cast($2 as uuid)
            and revoked_at is null and expires_at > now()
        limit 1
    ) as signed_in"""

FACTS = Prepared(
    "facts",
    f"""
    with {_ME}
    select person.timezone, cast(person.height_cm as text)
    from me
    cross join lateral {_SIGNED_IN}
    cross join lateral (
        select timezone, height_cm from users where id = signed_in.user_id limit 1
    ) as person
    """,  # noqa: S608  (constants; values are parameters)
)
"""$1 who, $2 in which session: what deriving an entry depends on; no row for a session that has
ended."""


@dataclass(frozen=True, slots=True)
class HotStatements:
    """`page`: $1 who, $2 session, $3 and $4 first and last day, $5 and $6 the day and id that come
    before, $7 how many, then the filters. A row an entry, or one of null where there is none; none
    where the session has ended.

    `create`: $1 who, $2 session, $3 and $4 the zone and height that the entry was derived with,
    then `columns`. The entry and its version; no row where the session has ended, the person has
    another zone or height by now, or no room.
    """

    page: Prepared
    filters: tuple[str, ...]
    create: Prepared
    columns: tuple[str, ...]


def findings_page(columns: Sequence[str]) -> Prepared:
    """As `page` of HotStatements, of findings as they are shown."""
    owner = "signed_in.user_id"
    json = json_text(with_context(literal_column(owner)), SHOWN)
    source = f"({context_sql(owner)}) as findings"
    return Prepared("findings_page", page_sql(source, json, columns))


def hot_statements(model: type[Entry], filters: Sequence[str]) -> HotStatements:
    """Of one tracker."""
    table = table_of(model)
    columns = ("id", *(name for name in set_by_owner(table) if name != "id"))
    return HotStatements(
        page=Prepared(f"{table.name}_page", _page(table, filters)),
        filters=tuple(filters),
        create=Prepared(f"{table.name}_create", _create(table, columns)),
        columns=columns,
    )


def _page(table: Table, filters: Sequence[str]) -> str:
    source = f"(select * from {table.name} where user_id = signed_in.user_id) as entries"  # noqa: S608
    return page_sql(source, json_text(table, shown(table)), filters)


def page_sql(source: str, json: str, columns: Sequence[str]) -> str:
    """A page of what `source` has of `signed_in.user_id`, with `date`, `id` and what `json` is made
    of; each of the columns that filter is an expression that gives text. Values are parameters."""
    chosen = "".join(
        f" and (cast(${n} as text) is null or {column} = cast(${n} as text))"
        for n, column in enumerate(columns, start=8)
    )
    return f"""
    with {_ME}
    select entry.json
    from me
    cross join lateral {_SIGNED_IN}
    left join lateral (
        select {json} as json
        from {source}
        where date between cast($3 as date) and cast($4 as date)
            and (date, id) < (cast($5 as date), cast($6 as uuid)){chosen}
        order by date desc, id desc
        limit cast($7 as integer)
    ) as entry on true
    """  # noqa: S608  (the parts are made from models)


def _create(table: Table, columns: Sequence[str]) -> str:
    values = ", ".join(
        f"cast(${n} as {_type(table.c[name])})" for n, name in enumerate(columns, start=5)
    )
    return f"""
    with {_ME},
    writer as (
        select person.id
        from me
        cross join lateral {_SIGNED_IN}
        cross join lateral (
            select id from users
            where id = signed_in.user_id and timezone = $3
                and height_cm is not distinct from cast($4 as double precision)
                and not entries_full
            limit 1
        ) as person
    )
    insert into {table.name} (user_id, {", ".join(columns)})
    select writer.id, {values} from writer
    returning {json_text(table, shown(table))}, cast(version as text)
    """  # noqa: S608  (names from the model; values are parameters)


def _type(column: Column[object]) -> str:
    # A cast to varchar(n) would cut what is longer.
    return "text" if isinstance(column.type, String) else column.type.compile(_DIALECT)


def as_values(values: Iterable[object]) -> list[bytes | None]:
    """Each in PostgreSQL's text form. What is in a list needs no quotes."""
    return [
        None if value is None else (_array(value) if type(value) is list else str(value)).encode()
        for value in values
    ]


def _array(values: list[object]) -> str:
    return f"{{{','.join(map(str, values))}}}"
