"""Lines of the log say when, as Python's own do."""

import json
import logging

from app.utils.log_lines import JsonLine, TextLine

MOMENTS = (1_770_000_000.004, 1_770_000_000.999, 1_770_000_001.25, 1_770_000_000.5)


def test_each_line_tells_its_own_moment() -> None:
    usual, text_line, json_line = logging.Formatter(), TextLine(), JsonLine()
    for moment in MOMENTS:
        record = logging.LogRecord("a", logging.INFO, "f", 1, "said", None, None)
        record.created, record.msecs = moment, float(int(moment % 1 * 1_000))
        expected = usual.formatTime(record)
        assert text_line.format(record) == f"{expected} INFO a said"
        assert json.loads(json_line.format(record))["time"] == expected.replace(",", ".")
