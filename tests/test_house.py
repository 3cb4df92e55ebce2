"""The house: imports go one way, no data in code, the wheel works outside the checkout, style and types are clean."""

import ast
import os
import re
import signal
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CODE = ROOT / "kzgraph"
# what each module may import of the package: downwards only
FLOORS = {
    "errors": set(),
    "terms": set(),
    "table": {"errors"},
    "tokens": set(),
    "rooms": {"errors", "tokens"},
    "shapes": {"errors"},
    "interchange": {"errors", "rooms"},
    "store": {"errors", "rooms", "terms"},
    "questions": {"errors", "rooms", "store", "table", "terms"},
    "chains": {"errors", "questions", "store", "table", "terms"},
    "pages": {"errors", "questions", "store", "table", "terms"},
    "verify": {"errors", "questions", "store", "table"},
    "checks": {"errors", "questions", "rooms", "shapes", "store", "terms"},
    "reports": {"terms"},
    "form": {"errors", "table"},
    "sparql": {"errors", "rooms", "store", "table", "terms", "tokens"},
    "amendments": {"errors", "questions", "rooms", "store", "table", "terms"},
    "differences": {"checks", "errors", "questions", "rooms", "store", "table", "terms"},
    "cli.drafts": {"errors", "questions", "store", "table", "amendments", "differences", "cli"},
    "cookbook": {"errors", "questions", "rooms", "store", "table", "terms"},
    "profiles": {"errors", "questions", "rooms", "store", "table"},
    "export.workbook": {"errors", "profiles", "questions", "store", "table"},
    "endpoint": {"errors", "questions", "rooms", "table", "tokens"},
    "export.page": {"export.projection", "export.style", "profiles", "questions", "store", "table", "terms"},
    "export.annex": {"chains", "errors", "profiles", "questions", "store", "table", "terms"},
    "export.document": {"errors", "export.annex", "export.style", "table"},
    "cli.exports": {
        "cli", "errors", "rooms", "store", "profiles", "narrow", "export.workbook", "export.annex", "export.document", "export.style", "export.figure",
        "export.projection", "export.page", "export.picture", "export.exchange",
    },
    "export.style": {"errors"},
    "export.projection": {"amendments", "errors", "profiles", "questions", "store", "terms"},
    "export.exchange": {"errors", "export.projection", "store", "table", "terms"},
    "export.picture": {"errors", "export.projection", "export.style", "table"},
    "export.figure": {"amendments", "errors", "export.style", "narrow", "profiles", "questions", "store", "table", "terms"},
    "narrow": {"errors", "questions", "store", "table", "terms"},
    "cli.streams": {"errors", "questions", "table"},
    "cli.parser": {"errors", "terms", "narrow", "cli.streams"},
    "cli.answers": {"errors", "questions", "rooms", "store", "table", "narrow", "pages", "chains", "cookbook", "sparql", "cli", "cli.parser"},
    "cli.keeping": {"errors", "rooms", "store", "questions", "checks", "reports", "form", "verify", "cli"},
}


def test_imports_go_down():
    for path in sorted(CODE.rglob("*.py")):
        if path.stem in ("__init__", "__main__"):
            continue
        name = ".".join(path.relative_to(CODE).with_suffix("").parts)
        imported = {
            node.module.removeprefix("kzgraph.")
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("kzgraph.")
        }
        assert name in FLOORS, f"{name} has no floor: say in tests/test_house.py what it may import"
        assert imported <= FLOORS[name], (name, imported - FLOORS[name])


def test_the_clock_is_read_in_one_place():
    reads = re.compile(r"\b(today|now|utcnow|time|gmtime|localtime)\(\)")
    found = {path.relative_to(CODE).as_posix(): reads.findall(path.read_text(encoding="utf-8")) for path in sorted(CODE.rglob("*.py"))}
    assert {name: reads for name, reads in found.items() if reads} == {"cli/streams.py": ["today"]}


def test_no_individual_of_the_data_is_named_in_code():
    named = re.compile(r"\b(act|area|ask|body|case|document|duty|figure|gap|lineage|place|reading|treaty)/[a-z0-9]+-[a-z0-9-]+")
    for path in sorted(CODE.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        helps = path.parent.name == "cli"  # examples in help texts
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and named.search(node.value):
                example = ">>> " in node.value or node.value.strip().startswith(("The IRI", "The reference"))
                assert helps or example, (path.name, node.value)


def test_public_functions_say_what_comes_back():
    for path in sorted(CODE.rglob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                assert ast.get_docstring(node), f"{path.name}: {node.name} has no docstring"


@pytest.mark.parametrize("tool", [("ruff", "check", "."), ("mypy",)])
def test_style_and_types(tool):
    done = subprocess.run([sys.executable, "-m", *tool], cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr


def test_nothing_names_a_registry_or_a_place_on_this_machine():
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, timeout=60).stdout.split()
    names = listed or [str(path.relative_to(ROOT)) for path in ROOT.rglob("*") if path.is_file() and ".venv" not in path.parts]
    hosts = re.compile(rb"py" + rb"pi\.org|python" + rb"hosted|np" + rb"mjs\.|/ho" + rb"me/[a-z]|/ro" + rb"ot/|/wo" + rb"rk/")
    assert "README.md" in names
    for name in names:
        assert not name.endswith(("uv.lock", "pylock.toml"))
        if (ROOT / name).is_file():
            found = hosts.search((ROOT / name).read_bytes())
            assert not found, f"{name}: {found[0]!r}"


def test_the_wheel_works_outside_the_checkout(tmp_path):
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    built = subprocess.run(build, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert built.returncode == 0, built.stderr
    wheel = next(tmp_path.glob("*.whl"))
    names = zipfile.ZipFile(wheel).namelist()
    for room in ("ontology/kz.ttl", "data/ground.ttl", "queries/gaps.rq", "queries/rules/10-names.rq"):
        assert f"kzgraph/_rooms/{room}" in names
    venv = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(venv)], check=True, timeout=120)
    python = venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    where = [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    site = Path(subprocess.run(where, capture_output=True, text=True, check=True).stdout.strip())
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")  # the libraries, pinned and already here
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--no-deps", "--no-index", "--disable-pip-version-check", "-q", str(wheel)]
    installed = subprocess.run(pip, capture_output=True, text=True, timeout=120)
    assert installed.returncode == 0, installed.stderr
    env = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    command = venv / ("Scripts/kzgraph.exe" if os.name == "nt" else "bin/kzgraph")
    done = subprocess.run([command, "gaps", "--at", "2026-11-20"], cwd=tmp_path, capture_output=True, text=True, env=env, timeout=60)
    assert done.returncode == 0, done.stderr
    here = subprocess.run([sys.executable, "-m", "kzgraph", "gaps", "--at", "2026-11-20"], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stdout == here.stdout and len(done.stdout.splitlines()) > 100


def test_start_refuses_an_old_python_and_says_what_to_do():
    text = (ROOT / "start.py").read_text(encoding="utf-8")
    tree = ast.parse(text, feature_version=(3, 4))  # old interpreters must get as far as the message
    assert "sys.version_info < (3, 11)" in text and "apt install python3-venv" in text and tree
    done = subprocess.run([sys.executable, "start.py"], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2 and "python3 start.py gaps" in done.stdout


@pytest.fixture
def started(tmp_path):
    """Runs start.py over a .venv whose Python is this one, and a kzgraph that waits or dies; gives the process, in a group of its own."""
    processes = []

    def call(program: str) -> subprocess.Popen:
        (tmp_path / "kzgraph.py").write_text(program, encoding="utf-8")
        code = (
            f"import sys; sys.argv = ['start.py', 'gaps']; sys.path.insert(0, {str(ROOT)!r})\nimport start\n"
            f"start.HERE, start.PYTHON, start.set_up = {str(tmp_path)!r}, sys.executable, lambda kind: None\nstart.begin()"
        )
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        made = subprocess.Popen([sys.executable, "-c", code], cwd=tmp_path, start_new_session=True, **pipes)
        processes.append(made)
        assert made.stdout.readline().strip() == "ready"
        return made

    yield call
    for made in processes:
        made.kill()
        made.communicate()


STOPS = """import sys, time
try:
    print("ready", flush=True)
    time.sleep(30)
except KeyboardInterrupt:
    print("kzgraph: stopped", file=sys.stderr)
    sys.exit(130)
"""


def test_start_stopped_by_the_user_ends_with_130_and_one_line(started):
    made = started(STOPS)
    os.killpg(made.pid, signal.SIGINT)  # what a terminal sends on Ctrl-C
    _, told = made.communicate(timeout=20)
    assert (made.returncode, told) == (130, "kzgraph: stopped\n")
    made = started(STOPS.replace("KeyboardInterrupt", "ZeroDivisionError"))
    os.kill(made.pid, signal.SIGINT)  # sent to it alone: it takes the command with it
    _, told = made.communicate(timeout=20)
    assert (made.returncode, told) == (130, "start.py: stopped\n")


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_start_tells_a_killed_command_as_a_shell_does(started, number):
    made = started(f"import os\nprint('ready', flush=True)\nos.kill(os.getpid(), {int(number)})")
    _, told = made.communicate(timeout=20)
    assert made.returncode == 128 + number and told.count("\n") == 1 and f"signal {int(number)}" in told
