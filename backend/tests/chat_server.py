"""A real server on 127.0.0.1 that speaks the chat completions protocol, well or badly.

with chat_server(says("Sleep was 4.1 h.")) as server:
    ...  # configure server.url, then look at server.calls and server.bodies
"""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import chain, repeat
from typing import Any

_JSON = "application/json"


class Call(BaseHTTPRequestHandler):
    """One request: its `body`, and ways to answer it."""

    server: "_Server"
    protocol_version = "HTTP/1.1"
    body = b""

    def do_POST(self) -> None:
        self.body = self.rfile.read(int(self.headers.get("content-length", 0)))
        self.close_connection = True
        state = self.server.state
        with state.lock:
            state.bodies.append(self.body)
            state.headers.append({name.lower(): value for name, value in self.headers.items()})
            behaviour = next(state.behaviours)
        behaviour(self)

    def do_GET(self) -> None:
        self.do_POST()

    @property
    def content(self) -> dict[str, Any]:
        """What the user's message holds: the evidence and the notes."""
        content: dict[str, Any] = json.loads(json.loads(self.body)["messages"][-1]["content"])
        return content

    @property
    def stopped(self) -> threading.Event:
        return self.server.state.stopped

    def start(self, status: int, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in ({"Connection": "close"} | dict(headers)).items():
            self.send_header(name, value)
        self.end_headers()

    def reply(self, body: bytes, *, status: int = 200, **headers: str) -> None:
        named = {"Content-Type": _JSON, "Content-Length": str(len(body))}
        self.start(status, named | {k.replace("_", "-"): v for k, v in headers.items()})
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the base's name)
        """Tests read `calls`, not a log."""


Behaviour = Callable[[Call], None]


class ChatServer:
    """What is known of a running server; `url` is the base URL for a client."""

    def __init__(self, behaviours: Iterator[Behaviour]) -> None:
        self.url = ""
        self.bodies: list[bytes] = []
        self.headers: list[dict[str, str]] = []
        self.behaviours = behaviours
        self.lock = threading.Lock()
        self.stopped = threading.Event()

    @property
    def calls(self) -> int:
        return len(self.bodies)


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # so that closing waits for them
    request_queue_size = 128

    def __init__(self, state: ChatServer) -> None:
        super().__init__(("127.0.0.1", 0), Call)
        self.state = state

    def handle_error(self, request: Any, client_address: Any) -> None:
        """The client may leave at any time."""


@contextmanager
def chat_server(*behaviours: Behaviour) -> Iterator[ChatServer]:
    """A server that answers in turn as told; the last behaviour stays."""
    state = ChatServer(chain(behaviours, repeat(behaviours[-1])))
    with _Server(state) as server:
        state.url = f"http://127.0.0.1:{server.server_port}/v1"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield state
        finally:
            state.stopped.set()
            server.shutdown()
            thread.join()


def completion(content: str | None, **message: Any) -> bytes:
    """The body of a chat completion whose message has this content."""
    said = {"role": "assistant", "content": content} | message
    choice = {"index": 0, "finish_reason": "stop", "message": said}
    answer = {"id": "c", "object": "chat.completion", "created": 0, "model": "m"}
    return json.dumps(answer | {"choices": [choice]}).encode()


def says(sentence: str) -> Behaviour:
    """Answers with the sentence under the agreed schema."""
    return sends(completion(json.dumps({"sentence": sentence})))


def retells(call: Call) -> None:
    """Answers honestly from the evidence of the call."""
    metric = call.content["metrics"][0]
    sentence = f"{metric['name']} was measured at {metric['value']}."
    call.reply(completion(json.dumps({"sentence": sentence})))


def obeys_notes(call: Call) -> None:
    """Answers with the first note, as a model that takes it for an order."""
    sentence = call.content.get("notes", ["There are no notes."])[0]
    call.reply(completion(json.dumps({"sentence": sentence})))


def sends(body: bytes, *, status: int = 200, **headers: str) -> Behaviour:
    """Answers with these bytes; a header's underscores stand for hyphens."""
    return lambda call: call.reply(body, status=status, **headers)


def fails(status: int, **headers: str) -> Behaviour:
    return sends(b'{"error": {"message": "no"}}', status=status, **headers)


def redirects(url: str, *, status: int = 307) -> Behaviour:
    return sends(b"", status=status, Location=url)


def hangs(call: Call) -> None:
    """Takes the request and says nothing until the server stops."""
    call.stopped.wait()


def drips(call: Call) -> None:
    """Answers a space at a time, without end."""
    call.start(200, {"Content-Type": _JSON})
    while not call.stopped.wait(0.02):
        call.wfile.write(b" ")


def floods(call: Call) -> None:
    """Answers as fast as the client reads, without end."""
    call.start(200, {"Content-Type": _JSON})
    while not call.stopped.is_set():
        call.wfile.write(b" " * 65_536)


def hangs_up(call: Call) -> None:
    """Closes the connection in the middle of its answer."""
    call.start(200, {"Content-Type": _JSON, "Content-Length": "1000"})
    call.wfile.write(b'{"choices": [')
