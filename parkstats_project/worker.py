"""gunicorn's threaded worker; what it cannot read is refused as the application refuses, and named nowhere.

gunicorn's own answer is a page that repeats what was sent, and its line in the log names the address as well.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from gunicorn import util
from gunicorn.http import errors
from gunicorn.workers.gthread import ThreadWorker

if TYPE_CHECKING:
    from socket import socket

# As gunicorn's.
STATUS: Final[dict[type[Exception], int]] = {
    errors.LimitRequestLine: 414,
    errors.ExpectationFailed: 417,
    errors.LimitRequestHeaders: 431,
    errors.UnsupportedTransferCoding: 501,
    errors.ParseException: 400,
}

logger = logging.getLogger(__name__)


def status_of(error: BaseException) -> int:
    """What a request is answered that ended in this error before, or beside, the application."""
    # Of the application, yet derived from errors of clients; older versions do not have them.
    if type(error).__name__.startswith("InvalidResponse"):
        return 500
    return next((status for kind, status in STATUS.items() if isinstance(error, kind)), 500)


class Worker(ThreadWorker):
    """As gunicorn's, with an `handle_error` that gives nothing away."""

    def handle_error(self, req: Any, client: socket, addr: Any, exc: BaseException) -> None:
        """Answer with the status and a JSON body (docs/contract/README.md 6); log the kind of fault alone."""
        from stats.api.wire.renderer import JSON, encode, framework_error  # Not in the master.

        status = status_of(exc)
        if status == HTTPStatus.INTERNAL_SERVER_ERROR:
            logger.error("a request failed outside the application", exc_info=exc)
        else:
            fields = {"status": status, "fault": type(exc).__name__}
            logger.warning("refused what is no readable request", extra={"fields": fields})
        body = encode(framework_error(status).body)
        head = (
            f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\nConnection: close\r\n"
            f"Content-Type: {JSON}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        # Somebody who has gone meanwhile needs no answer.
        with suppress(OSError):
            util.write_nonblock(client, head.encode("ascii") + body)
