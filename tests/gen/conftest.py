"""A project with generators, in Git, in a temporary folder."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from autocoder.gen import session
from autocoder.gen.cache import Cache
from autocoder.gen.confinement import write_etc
from autocoder.gen.index import load
from autocoder.gen.verify import verify
from autocoder.gen.work import Options
from autocoder.gen.write import write

INDEX = "arch/gen/index.json"
VERSION = "autocoder.gen.index@0.1.0"


class Project:
    def __init__(self, root: Path, *, git: bool = True):
        self.root = root
        self.generators: list[dict] = []
        self.git_used = git
        root.mkdir(parents=True, exist_ok=True)
        if git:
            self.git("init", "-q")

    def git(self, *words):
        subprocess.run(["git", "-C", self.root, *words], check=True, capture_output=True)

    def file(self, path, text=""):
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
        return target

    def generator(self, name, body, *, check="0", files=None, **entry):
        """Adds a generator whose write is the Python `body` and whose check is the Python `check`."""
        self.file(f"tools/{name}.py", body)
        self.generators.append(
            {
                "id": name,
                "tool": {"name": "python3", "version": "3"},
                "check_argv": ["-c", check],
                "write_argv": [f"tools/{name}.py"],
                "outputs": [f"out/{name}"],
                **entry,
            }
        )
        for path, text in (files or {}).items():
            self.file(path, text)
        return self

    def index(self, data=None, path=INDEX):
        data = data if data is not None else {"schema_version": VERSION, "generators": self.generators}
        return self.file(path, data if isinstance(data, str) else json.dumps(data, indent=2) + "\n")

    def commit(self):
        if self.generators:
            self.index()
        if self.git_used:
            self.git("add", "-A")
        return self

    def verify(self, *only, cache=None, jobs=2, **options):
        return verify(load(self.root / INDEX), Options(only=only, jobs=jobs, cache=cache, **options))

    def write(self, *only, **options):
        return write(load(self.root / INDEX), Options(only=only, jobs=2, **options))

    def state(self):
        """Everything about every path, times included, so that any change shows."""
        found = {}
        for parent, folders, files in os.walk(self.root):
            for name in (*folders, *files):
                path = Path(parent, name)
                seen = path.lstat()
                content = os.readlink(path) if path.is_symlink() else path.read_bytes() if path.is_file() else b""
                found[str(path.relative_to(self.root))] = (seen.st_mode, seen.st_mtime_ns, content)
        return found

    def contents(self, folder="."):
        """What a person would compare: paths, bytes, executable bits, links."""
        found = {}
        for path, (mode, _, content) in self.state().items():
            if (folder == "." or path == folder or path.startswith(folder + "/")) and not path.startswith(".git"):
                found[path] = (mode, content)
        return found


@pytest.fixture(autouse=True)
def search_path(monkeypatch, tmp_path):
    """This Python is the python3 on PATH, and the cache is the test's own."""
    monkeypatch.setenv("PATH", f"{Path(sys.executable).resolve().parent}:/usr/local/bin:/usr/bin:/bin")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture(scope="session")
def confinement(tmp_path_factory):
    """What works here, tried once; every command of a user tries anew."""
    folder = tmp_path_factory.mktemp("probe")
    return session.probe(folder / "probe", write_etc(folder / "etc"))


@pytest.fixture(autouse=True)
def tried_once(monkeypatch, confinement):
    monkeypatch.setattr(session, "probe", lambda _folder, _etc: confinement)


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path / "project")


@pytest.fixture
def make_project():
    return Project


@pytest.fixture
def cache(tmp_path):
    return Cache(folder=tmp_path / "verdicts")
