"""What the tests share: the real rooms, the hand-made world, both engines, and the command."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis.configuration import set_hypothesis_home_dir

os.environ["KZGRAPH_CACHE"] = "off"  # every test sees the files as they are
set_hypothesis_home_dir(os.path.join(tempfile.gettempdir(), "kzgraph-hypothesis"))  # nothing is left in the checkout

from kzgraph.cli import main  # noqa: E402
from kzgraph.interchange import to_rdflib  # noqa: E402
from kzgraph.rooms import open_rooms  # noqa: E402
from kzgraph.store import Store  # noqa: E402

HERE = Path(__file__).parent


CHROMIUM = next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), "")
collect_ignore = [] if CHROMIUM else ["test_browser.py"]


def pytest_terminal_summary(terminalreporter):
    if not CHROMIUM:
        terminalreporter.write_line("the browser tests (tests/test_browser.py) did not run: no Chromium found; on Debian and Ubuntu: apt install chromium")


def pytest_addoption(parser):
    parser.addoption("--update", action="store_true", help="write tests/expected/ anew; read the difference before committing it")


@pytest.fixture(scope="session")
def rooms():
    return open_rooms()


@pytest.fixture(scope="session")
def store(rooms):
    return Store(rooms)


@pytest.fixture(scope="session")
def toy_rooms():
    return open_rooms(data=HERE / "toy")


@pytest.fixture(scope="session")
def toy(toy_rooms):
    return Store(toy_rooms)


@pytest.fixture(scope="session")
def toy_rdflib(toy_rooms):
    return to_rdflib(toy_rooms)


@pytest.fixture
def run(capsys):
    """Runs the command in this process; gives (exit code, stdout, stderr)."""

    def call(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as ended:
            code = ended.code
        out, err = capsys.readouterr()
        return code, out, err

    return call
