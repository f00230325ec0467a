"""docs/development.md is followed word by word, as a newcomer would, in a copy of the repository."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from parkstats_project.tests.papers import ROOT
from stats.tests.databases import empty_database

pytestmark = [pytest.mark.mariadb, pytest.mark.whole]

# What stands before a block of code, and the block.
STEP = re.compile(
    r"(?P<said>[^\n]*(?:\n[^\n]+)*)\n\n```(?P<kind>python|text|console)\n(?P<code>.*?)```", re.DOTALL
)
NEW_FILE = re.compile(r"[Tt]he new\s+file\s+`([\w./]+)`:$")
AT_THE_END = re.compile(r"[Aa]t the end of\s+`([\w./]+)`:$")
AFTER = re.compile(r"after `([^`]+)`:$")
IN_FILE = re.compile(r"\bin\s+`([\w./]+\.py)`", re.IGNORECASE)


class Newcomer:
    """Types what the page says."""

    def __init__(self, clone: Path, database: str) -> None:
        self.clone = clone
        login = connection.settings_dict
        secret = f":{login['PASSWORD']}" if login["PASSWORD"] else ""
        url = f"mysql://{login['USER']}{secret}@{login['HOST'] or '127.0.0.1'}:{login['PORT'] or 3306}"
        self.environment = os.environ | {
            "DATABASE_URL": f"{url}/{database}",
            "PYTHONPATH": str(clone),
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        }
        self.file = ""
        self.migration = Path()

    def run(self, *command: str) -> str:
        """The output of a command that has to succeed."""
        done = subprocess.run(
            command, cwd=self.clone, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, (command, done.stdout[-3000:], done.stderr[-3000:])
        return done.stdout

    def follow(self, said: str, kind: str, code: str) -> None:
        """One step: `said` is the paragraph before the code."""
        if found := IN_FILE.findall(said) or AT_THE_END.findall(said):
            self.file = found[-1]
        if kind == "console":
            for line in code.splitlines():
                self.run("bash", "-c", line.removeprefix("$ "))
        elif "manage.py shell" in said:
            assert "shape:" in self.run("python", "manage.py", "shell", "--command", code)
        elif found := NEW_FILE.findall(said):
            (self.clone / found[0]).write_text(code, encoding="utf-8")
        elif AT_THE_END.search(said):
            with (self.clone / self.file).open("a", encoding="utf-8") as end:
                end.write(code)
        elif found := AFTER.findall(said):
            self.insert(self.clone / self.file, found[0], code)
        elif "becomes:" in said:
            (self.migration,) = self.clone.glob("parks/migrations/*_opened_on.py")
            text = self.migration.read_text(encoding="utf-8")
            text, number = re.subn(
                r"        migrations\.AddField\(.*?\n        \),\n", code, text, flags=re.DOTALL
            )
            assert number == 1, text
            self.migration.write_text(text, encoding="utf-8")
        else:
            head = re.search(r"with\s+`(from [^`]+)`\s+at\s+its\s+head", said)
            assert head, said
            text = self.migration.read_text(encoding="utf-8")
            self.migration.write_text(f"{head[1]}\n{text}", encoding="utf-8")
            self.insert(self.migration, "class Migration(migrations.Migration):", code)

    def insert(self, path: Path, after: str, code: str) -> None:
        """Put lines behind the first line that holds a text."""
        lines = path.read_text(encoding="utf-8").split("\n")
        at = next(number for number, line in enumerate(lines) if after in line)
        lines[at + 1 : at + 1] = code.rstrip("\n").split("\n")
        path.write_text("\n".join(lines), encoding="utf-8")


def test_a_newcomer_does_the_four_first_things(clone, django_db_blocker):
    page = (ROOT / "docs/development.md").read_text(encoding="utf-8")
    steps = list(STEP.finditer(page))
    assert len(steps) > 15
    with django_db_blocker.unblock(), empty_database() as database:
        newcomer = Newcomer(clone, database)
        for step in steps:
            newcomer.follow(step["said"], step["kind"], step["code"])
        newcomer.run("ruff", "check", "stats/questions/parks/open_now.py", "stats/tests")
        newcomer.run("mypy", "stats/questions/parks/open_now.py", "stats/api/parks.py")
        described = "from stats.api.openapi import description; print(description.document())"
        assert "/api/parks/open-now" in newcomer.run("python", "manage.py", "shell", "--command", described)
