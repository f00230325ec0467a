"""What gunicorn is told."""

from __future__ import annotations

from gunicorn.config import Config

from parkstats_project import server


def test_there_is_no_socket_by_which_the_service_could_be_steered():
    # gunicorn's own default is one in the home of the user, and a line about an error where that cannot be.
    assert Config().settings["control_socket_disable"].get() is False
    assert server.control_socket_disable is True
