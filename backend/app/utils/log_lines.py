"""How a log line looks: as text, or as one JSON object."""

import json
import logging
import re
from collections.abc import Callable, Mapping

_LINE_ENDS = re.compile(r"\r\n|[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]")


class TextLine(logging.Formatter):
    """For people."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  (logging's own name)
        return _LINE_ENDS.sub(r"\\n", super().formatMessage(record))


class JsonLine(logging.Formatter):
    """For collectors of logs. Line ends are escaped, so that one record is one line."""

    default_msec_format = "%s.%03d"

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": self.formatTime(record),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if (request_id := getattr(record, "request_id", None)) is not None:
            line["request_id"] = request_id
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line)


FORMATTERS: Mapping[str, Callable[[], logging.Formatter]] = {"text": TextLine, "json": JsonLine}
