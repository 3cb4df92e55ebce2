"""What the tests share: the real rooms, the hand-made world, both engines, and the command."""

import os
from pathlib import Path

import pytest

os.environ["KZGRAPH_CACHE"] = "off"  # every test sees the files as they are

from kzgraph.cli import main
from kzgraph.interchange import to_rdflib
from kzgraph.rooms import open_rooms
from kzgraph.store import Store

HERE = Path(__file__).parent


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
