import pytest

from app.models import ENTRY_MODELS
from app.services.entries import shown, table_of
from app.services.json_text import json_text


@pytest.mark.parametrize("tracker", ENTRY_MODELS)
def test_numbers_are_written_without_the_json_functions(tracker: str) -> None:
    """Those look up how to write each value anew."""
    table = table_of(ENTRY_MODELS[tracker])
    numbers = [name for name in shown(table) if table.c[name].type.python_type in (int, float)]
    assert len(numbers) > 2
    assert "json" not in json_text(table, numbers)
