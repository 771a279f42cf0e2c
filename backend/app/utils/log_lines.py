"""How a log line looks: as text, or as one JSON object."""

import json
import logging
import re
import time
from collections.abc import Callable, Mapping

_LINE_ENDS = re.compile(r"\r\n|[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]")


class _Line(logging.Formatter):
    """Works a second out once for all lines of it."""

    _before_fraction = ","
    _second = -1
    _as_text = ""

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802
        second = int(record.created)
        if second != self._second:
            shown = datefmt or self.default_time_format
            self._as_text = time.strftime(shown, self.converter(second))
            self._second = second
        return f"{self._as_text}{self._before_fraction}{record.msecs:03.0f}"


class TextLine(_Line):
    """For people."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  (logging's own name)
        message = super().formatMessage(record)
        return message if message.isprintable() else _LINE_ENDS.sub(r"\\n", message)


class JsonLine(_Line):
    """For collectors of logs. Line ends are escaped, so that one record is one line."""

    _before_fraction = "."

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


def leave_out_origins() -> None:
    """No line tells the thread, the process or the place in the code that it comes from, so no
    record is made to know them (as the documentation of `logging` says under "Optimization")."""
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging._srcfile = None
