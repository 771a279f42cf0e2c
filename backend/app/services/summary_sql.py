"""What the summaries' statements share: each makes one JSON document in PostgreSQL."""

import json
from collections.abc import Mapping

from sqlalchemy import TextClause, text

READY_DAYS = 7
"""With fewer days than this a summary says `learning`."""


def document(statement: str) -> TextClause:
    """A statement made of constants and the catalogue's names; values are parameters."""
    return text(statement)


def rounded(expression: str, decimals: int = 2) -> str:
    """The number as it should be read, without the digits that binary fractions leave."""
    return f"trim_scale(round(cast({expression} as numeric), {decimals}))"


def json_object(pairs: Mapping[str, str]) -> str:
    """The expressions under their names, as a JSON object."""
    arguments = ", ".join(f"'{key}', {value}" for key, value in pairs.items())
    return f"json_build_object({arguments})"


def status(days: str, *, needed: int = READY_DAYS) -> str:
    return f"case when {days} < {needed} then 'learning' else 'ready' end"


def extended(document: str, facts: Mapping[str, object]) -> str:
    """The JSON object with facts added that PostgreSQL does not know."""
    return f"{document.removesuffix('}')}, {json.dumps(facts).removeprefix('{')}"
