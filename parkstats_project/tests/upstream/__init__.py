"""A simulated upstream for tests of everything that asks a public source."""

from parkstats_project.tests.upstream.server import FakeUpstream

__all__ = ["FakeUpstream"]
