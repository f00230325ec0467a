"""The type checker sees the models."""

import subprocess
import sys

import pytest
from django.conf import settings


@pytest.mark.whole
def test_an_unknown_field_in_a_filter_is_a_type_error():
    result = subprocess.run(
        [sys.executable, "-m", "mypy", "scripts/typing_canary.py"],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
    )
    assert result.returncode == 1, result.stderr
    assert "Cannot resolve keyword 'no_such_field'" in result.stdout
