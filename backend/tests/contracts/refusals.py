"""The words that the page has for refusals: by their codes, in German."""

import json
from pathlib import Path

TABLE = Path(__file__).parents[3] / "frontend" / "src" / "messages" / "de" / "refused.json"
_TOLD = json.loads(TABLE.read_text(encoding="utf-8"))
PROBLEMS: dict[str, str] = _TOLD["problems"]
FIELDS: dict[str, str] = _TOLD["fields"]
