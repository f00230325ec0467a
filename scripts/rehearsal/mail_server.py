"""A mail server for the rehearsal: `mail_server.py PORT FOLDER` writes every mail to a file of its own."""

from __future__ import annotations

import socketserver
import sys
import time
from pathlib import Path


class Conversation(socketserver.StreamRequestHandler):
    """As much of SMTP as smtplib asks for."""

    def handle(self) -> None:
        self._say("220 ready")
        while line := self.rfile.readline().strip().upper():
            if line.startswith(b"DATA"):
                self._say("354 go on")
                text = b""
                while (part := self.rfile.readline()) not in (b".\r\n", b""):
                    text += part
                (FOLDER / f"{time.time_ns()}").write_bytes(text)
            if line.startswith(b"QUIT"):
                break
            self._say("250 done")
        self._say("221 bye")

    def _say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")


FOLDER = Path(sys.argv[2])
FOLDER.mkdir(exist_ok=True)
socketserver.ThreadingTCPServer.allow_reuse_address = True
with socketserver.ThreadingTCPServer(("127.0.0.1", int(sys.argv[1])), Conversation) as server:
    server.serve_forever()
