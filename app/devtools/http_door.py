"""What the small servers of the demonstration share: answering, and keeping silent in logs."""

import json
from http.server import BaseHTTPRequestHandler
from typing import Any


class Door(BaseHTTPRequestHandler):
    """Answers JSON to programs, which POST, and a page to people, who look."""

    def take(self) -> None:
        """Answer a program."""
        raise NotImplementedError

    def page(self) -> str:
        """What people see."""
        raise NotImplementedError

    def do_POST(self) -> None:
        """A program asks."""
        self.take()

    def do_GET(self) -> None:
        """Somebody looks."""
        self._send(200, self.page().encode(), "text/html; charset=utf-8")

    def body(self) -> bytes:
        """What was sent."""
        return self.rfile.read(int(self.headers.get("Content-Length", "0")))

    def answer(self, status: int, body: dict[str, Any]) -> None:
        """An answer to a program."""
        self._send(status, json.dumps(body).encode(), "application/json")

    def _send(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: Any) -> None:
        """Numbers, texts and keys are in no log."""
