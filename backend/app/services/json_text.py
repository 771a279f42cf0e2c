"""A row as JSON text, put together by `concat`: half the cost of PostgreSQL's own JSON functions,
which look up how to write each value anew."""

from collections.abc import Sequence

from sqlalchemy import Date, DateTime, Enum, FromClause, Integer, Numeric, Uuid
from sqlalchemy.types import TypeEngine


def json_text(source: FromClause, names: Sequence[str]) -> str:
    """The named columns as one JSON object: SQL for a statement that knows each by its name."""
    pieces: list[str] = []
    for place, name in enumerate(names):
        start = "," if place else "{"
        pieces += [f"'{start}\"{name}\":'", _value(f'"{name}"', source.c[name].type)]
    return f"concat({', '.join(pieces)}, '}}')"


def _value(name: str, kind: TypeEngine[object]) -> str:
    if isinstance(kind, Integer | Numeric):
        text = f"cast({name} as text)"
    elif isinstance(kind, Enum | Uuid | Date) and not isinstance(kind, DateTime):
        text = f"'\"' || cast({name} as text) || '\"'"  # nothing in them needs an escape
    else:
        text = f"cast(to_json({name}) as text)"
    return f"coalesce({text}, 'null')"
