"""Writes the API's document as the generator understands it: of several ways to send a body the
JSON one, whose shape has a name.

    python client/document.py docs/openapi.json client/built.json
"""

import json
import sys
from pathlib import Path
from typing import Any

JSON = "application/json"


def prepared(document: dict[str, Any]) -> dict[str, Any]:
    """Changes the document that it is given."""
    shapes = document["components"]["schemas"]
    for operations in document["paths"].values():
        for operation in operations.values():
            content = operation.get("requestBody", {}).get("content", {})
            if JSON in content:
                operation["requestBody"]["content"] = {JSON: _named(content[JSON], shapes)}
    return document


def _named(body: dict[str, Any], shapes: dict[str, Any]) -> dict[str, Any]:
    name = body["schema"].get("title")
    if "properties" not in body["schema"] or name is None:
        return body
    shapes.setdefault(name, body["schema"])
    return {"schema": {"$ref": f"#/components/schemas/{name}"}}


if __name__ == "__main__":
    source, target = map(Path, sys.argv[1:])
    target.write_text(json.dumps(prepared(json.loads(source.read_text()))), encoding="utf-8")
