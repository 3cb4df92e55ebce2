"""A question of one's own: what is refused and where it may hide, the limit, the forms, the warning, and no traceback ever."""

import csv
import http.server
import io
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from conftest import HERE
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kzgraph.cli import main
from kzgraph.errors import BadQuery
from kzgraph.sparql import checked

TOY = ("--data", str(HERE / "toy"))
KZ = "PREFIX kz: <https://w3id.org/kzgraph/ns#>\n"
AWAY = "SERVICE <http://127.0.0.1:9/> { ?q ?w ?e }"
RUNAWAY = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
START = 5.0  # seconds that starting the command itself may take on a busy machine


@pytest.fixture
def asked(run, tmp_path):
    """Puts a query to the hand-made world; gives (exit code, stdout, stderr)."""

    def call(text: str, *options: str, form: str = "csv") -> tuple[int, str, str]:
        query = tmp_path / "q.rq"
        query.write_bytes(text.encode())
        return run(*TOY, "sparql", query, *(("--format", form) if form else ()), *options)

    return call


HIDING = [
    "SELECT * { %s }",
    "SELECT * { ?a ?b ?c.%s}",
    "SELECT * { ?a ?b ?c FILTER EXISTS { %s } }",
    "SELECT * { ?a ?b ?c FILTER NOT EXISTS { %s } }",
    "SELECT * { ?a ?b ?c MINUS { %s } }",
    "SELECT * { OPTIONAL { %s } }",
    "SELECT * { { ?a ?b ?c } UNION { %s } }",
    "SELECT * { GRAPH ?g { %s } }",
    "SELECT * { { SELECT ?q { { SELECT * { %s } } } } }",
    "SELECT (EXISTS { %s } AS ?x) {}",
    "SELECT * { BIND(IF(EXISTS { %s }, 1, 2) AS ?x) }",
    "SELECT (SUM(COALESCE(1, EXISTS { %s })) AS ?n) { ?a ?b ?c }",
    "SELECT ?a { ?a ?b ?c } GROUP BY ?a (EXISTS { %s })",
    "SELECT ?a { ?a ?b ?c } GROUP BY ?a HAVING (EXISTS { %s })",
    "SELECT ?a { ?a ?b ?c } ORDER BY ?a DESC(EXISTS { %s })",
    "ASK { FILTER(!(1 IN (2, EXISTS { %s }))) }",
    "CONSTRUCT { ?a ?b ?c } WHERE { ?a ?b ?c . %s }",
    KZ + "SELECT * { ?a kz:names ?c . %s }",
    "# a comment that ends with a return\rSELECT * { ?a ?b ?c # \r%s\n}",
    "SELECT * { VALUES ?x { \"a\\u0022 \" } %s VALUES ?y { \" \" } }",
    "SELECT * { VALUES ?x { '''a' ''b''' '#' } %s }",
]


@pytest.mark.parametrize("text", HIDING)
@pytest.mark.parametrize("word", ["SERVICE", "sErViCe", "SERVICE SILENT"])
def test_another_place_is_refused_wherever_it_hides(text, word):
    with pytest.raises(BadQuery) as refused:
        checked(text.replace("%s", AWAY.replace("SERVICE", word)), "q.rq")
    assert "SERVICE would ask another place" in str(refused.value) or "escapes could hide" in str(refused.value)


def test_the_parse_tree_alone_finds_it_too(monkeypatch):
    from kzgraph import sparql

    monkeypatch.setattr(sparql, "TOKEN", sparql.re.compile(r"(?P<name>(?P<prefix>a)b)(?P<word>c)"))  # a reader of words that reads none
    for text in HIDING[:17]:
        with pytest.raises(BadQuery, match="SERVICE would ask another place"):
            checked(text.replace("%s", AWAY), "q.rq")
    for clause in ("FROM <http://a/>", "FROM NAMED <http://a/>"):
        with pytest.raises(BadQuery, match="FROM names another graph"):
            checked(f"SELECT * {clause} {{ ?a ?b ?c }}", "q.rq")
    with pytest.raises(BadQuery):
        checked("PREFIX SERVICE: <http://127.0.0.1:9/> SELECT * { SERVICE:x { ?a ?b ?c } }", "q.rq")


def test_a_worker_that_is_ready_opens_no_connection():
    """Were a SERVICE ever let through, the process could not call."""
    calls = []

    class Listener(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            calls.append(self.path)
            self.send_error(500)

        def log_message(self, *_):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Listener)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    code = (
        "import sys, pyoxigraph as ox\nfrom kzgraph.sparql import _shut\nstore = ox.Store()\n"
        "if sys.argv[2] == 'shut': _shut()\n"
        "try: list(store.query(sys.argv[1]))\nexcept OSError: pass\n"
    )
    query = f"SELECT * {{ SERVICE <http://127.0.0.1:{server.server_port}/> {{ ?a ?b ?c }} }}"
    env = os.environ | {"PYTHONPATH": str(HERE.parent)}
    for mode, expected in (("shut", 0), ("open", 1)):
        subprocess.run([sys.executable, "-c", code, query, mode], check=True, env=env, timeout=60)
        assert len(calls) == expected, mode
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("SELECT * FROM <http://a/> { ?a ?b ?c }", "FROM names another graph"),
        ("SELECT * FROM NAMED <http://a/> { GRAPH ?g { ?a ?b ?c } }", "FROM names another graph"),
        ("ASK from <http://a/> { ?a ?b ?c }", "FROM names another graph"),
        ("CONSTRUCT { ?a ?b ?c } FROM <file:///etc/passwd> WHERE { ?a ?b ?c }", "FROM names another graph"),
        ("DESCRIBE <http://a/>", "DESCRIBE means"),
        ("LOAD <http://a/>", "LOAD changes data"),
        ("INSERT DATA { <http://a/> <http://a/> 1 }", "INSERT changes data"),
        (KZ + "DELETE WHERE { ?a kz:names ?c }", "DELETE changes data"),
        ("DELETE { ?a ?b ?c } INSERT { ?a ?b 1 } WHERE { ?a ?b ?c }", "DELETE changes data"),
        ("CLEAR ALL", "CLEAR changes data"),
        ("DROP DEFAULT", "DROP changes data"),
        ("CREATE GRAPH <http://a/>", "CREATE changes data"),
        ("COPY <http://a/> TO DEFAULT", "COPY changes data"),
        ("MOVE <http://a/> TO DEFAULT", "MOVE changes data"),
        ("ADD <http://a/> TO DEFAULT", "ADD changes data"),
        ("SELECT * { ?a ?b ?c } ; INSERT DATA { <http://a/> <http://a/> 1 }", "INSERT changes data"),
        ("SELECT * { ?a ?b ?c LATERAL { ?a ?d ?e } }", "not SPARQL"),
        ("SELECT * {" + "{" * 2000 + "}" * 2000 + "}", "nested too deeply"),
        ("SELECT (\"\\U00110000\" AS ?x) {}", "escapes could hide"),
        ("", "not SPARQL from the end"),
    ],
)
def test_refused_with_one_line_before_anything_runs(asked, text, word):
    code, out, err = asked(text)
    assert (code, out) == (2, "") and word in err and "q.rq" in err
    assert len(err.splitlines()) == 1 and err.startswith("kzgraph: ")


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?x { VALUES ?x { \"SERVICE <http://a/> { }\" 'FROM' \"it's a LOAD\" \"\"\"INSERT \"DATA\" FROM\"\"\" } }",
        "# SERVICE <http://a/> { ?a ?b ?c } FROM LOAD\nASK {} # FROM <http://a/>",
        "PREFIX service: <http://a/from#> SELECT ?service ?from ?load { VALUES (?service ?from ?load) { (service:SERVICE <http://a/SERVICE> service:from) } }",
        "PREFIX from: <http://a/> ASK { _:service from:a.from \"x\"@from-service . ?load from:x-service $from }",
        "ASK { FILTER(1 < 2 && CONTAINS(\"'\", '\"') || \"\\\"SERVICE\" = \"FROM\") }",
        "ASK { FILTER('''it's ''FROM'' here''' = \"\") }",
    ],
)
def test_words_in_strings_comments_and_names_are_no_reason(asked, text):
    code, out, err = asked(text)
    assert (code, err) == (0, "") and out


def children() -> set[str]:
    listed = subprocess.run(["ps", "-o", "pid=,args=", "--ppid", str(os.getpid())], capture_output=True, text=True, timeout=60).stdout
    return {line for line in listed.splitlines() if "kzgraph" in line or "defunct" in line}


@pytest.mark.parametrize("limit", [0.05, 1.0])
def test_a_runaway_ends_at_the_limit_and_leaves_nothing(asked, tmp_path, monkeypatch, limit):
    monkeypatch.setenv("KZGRAPH_CACHE", "on")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("TMPDIR", str(tmp_path / "scratch"))
    (tmp_path / "scratch").mkdir()
    start = time.monotonic()
    code, out, err = asked(RUNAWAY, "--timeout", str(limit), "-o", str(tmp_path / "out.csv"))
    took = time.monotonic() - start
    assert (code, out) == (4, "") and "--timeout" in err and len(err.splitlines()) == 1
    assert limit <= took < limit + 0.5
    assert not children()
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["q.rq", "scratch"]


def test_the_command_itself_ends_at_the_limit(tmp_path):
    query = tmp_path / "q.rq"
    query.write_text(RUNAWAY)
    start = time.monotonic()
    command = [sys.executable, "-m", "kzgraph", *TOY, "sparql", str(query), "--timeout", "1"]
    done = subprocess.run(command, capture_output=True, timeout=60, env=os.environ | {"PYTHONPATH": str(HERE.parent)})
    assert done.returncode == 4 and time.monotonic() - start < 1 + 0.5 + START


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="looks for the worker in /proc")
def test_a_worker_whose_parent_was_killed_ends_by_itself(tmp_path):
    query = tmp_path / "q.rq"
    query.write_text(RUNAWAY)
    command = [sys.executable, "-m", "kzgraph", *TOY, "sparql", str(query), "--timeout", "4"]
    parent = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ | {"PYTHONPATH": str(HERE.parent)})
    found = Path(f"/proc/{parent.pid}/task/{parent.pid}/children")
    worker = ""
    for _ in range(200):
        worker = found.read_text().strip()
        if worker:
            break
        time.sleep(0.01)
    time.sleep(2)  # until the worker watches itself
    parent.kill()
    parent.wait()
    assert worker
    for _ in range(2000):
        state = Path(f"/proc/{worker}/stat")
        if not state.exists() or ") Z " in state.read_text():
            return
        time.sleep(0.01)
    pytest.fail("the worker outlived its limit")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the limit on memory may not hold")
def test_a_query_that_wants_all_memory_ends_with_one_line(asked, monkeypatch, tmp_path):
    from kzgraph import sparql

    small = "import kzgraph.sparql as s; s.MEMORY = 400 * 2**20; s.worker()"
    real = subprocess.Popen
    monkeypatch.setattr(subprocess, "Popen", lambda command, **options: real([command[0], "-P", "-c", small], **options))
    monkeypatch.chdir(tmp_path)
    code, out, err = asked("SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?i ?a")
    assert (code, out) == (2, "") and "want of memory" in err and len(err.splitlines()) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["q.rq"] and sparql.MEMORY > 2**30


def test_rows_beyond_the_greatest_number_are_cut_and_said(asked):
    code, out, err = asked("SELECT ?a ?d { ?a ?b ?c . ?d ?e ?f }", "--max-rows", "3")
    assert code == 0 and len(out.splitlines()) == 4 and "cut after 3 rows" in err
    code, out, err = asked("SELECT ?x { VALUES ?x { 1 2 3 } }", "--max-rows", "3")
    assert (code, out, err) == (0, "x\n1\n2\n3\n", "")
    code, out, err = asked("CONSTRUCT WHERE { ?a ?b ?c }", "--max-rows", "2", form="")
    assert code == 0 and "cut after 2 triples" in err


FOUR = "SELECT ?name ?n { VALUES (?name ?n) { (\"b|c\" 2) (\"a\\tz\" UNDEF) (<https://w3id.org/kzgraph/id/ground/sex> 1) } } ORDER BY DESC(?n)"


def test_each_form_of_rows(asked):
    assert asked(FOUR)[1] == "name,n\nb|c,2\nground/sex,1\na\tz,\n"
    assert asked(FOUR, form="tsv")[1] == "name\tn\nb|c\t2\nground/sex\t1\na z\t\n"
    assert json.loads(asked(FOUR, form="json")[1])[:2] == [{"name": "b|c", "n": "2"}, {"name": "ground/sex", "n": "1"}]
    assert asked(FOUR, form="md")[1].splitlines()[:3] == ["| name | n |", "| --- | --- |", "| b\\|c | 2 |"]
    assert asked(FOUR, form="table")[1].splitlines()[0] == "name        n"
    assert asked(FOUR, form="")[1] == asked(FOUR)[1], "piped, it is CSV"


def test_ask_gives_one_row(asked):
    assert asked("ASK { ?a ?b ?c }")[1] == "answer\ntrue\n"
    assert json.loads(asked("ASK { ?a ?b 'nobody says this' }", form="json")[1]) == [{"answer": "false"}]
    for form in ("table", "tsv", "md"):
        assert "true" in asked("ASK {}", form=form)[1]


def test_construct_gives_turtle(asked, tmp_path):
    from rdflib import Graph

    text = KZ + "CONSTRUCT { ?v kz:names ?g } WHERE { ?v kz:names ?g }"
    code, out, err = asked(text, form="")
    rows = asked(KZ + "SELECT DISTINCT ?v ?g { ?v kz:names ?g }")[1].splitlines()[1:]
    assert (code, err) == (0, "") and len(Graph().parse(data=out, format="turtle")) == len(rows) > 0
    assert asked(text, form="ttl")[1] == out
    assert asked(text, "-o", str(tmp_path / "x.ttl"), form="")[0] == 0 and (tmp_path / "x.ttl").read_text(encoding="utf-8") == out


@pytest.mark.parametrize(
    ("text", "form", "word"),
    [("ASK {}", "ttl", "take one of table, csv"), ("SELECT * {}", "ttl", "take one of"), ("CONSTRUCT WHERE { ?a ?b ?c }", "json", "take ttl")],
)
def test_a_form_that_does_not_fit_is_refused(asked, text, form, word):
    code, out, err = asked(text, form=form)
    assert (code, out) == (2, "") and word in err and len(err.splitlines()) == 1


def test_the_suffix_chooses_the_form(asked, tmp_path):
    assert asked(FOUR, "-o", str(tmp_path / "x.tsv"), form="")[0] == 0
    assert (tmp_path / "x.tsv").read_text(encoding="utf-8").startswith("name\tn\n")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("SELECT ?x\nWHERE {\n  ?x ?y\n}", "q.rq:3"),
        ("SELECT *\nWHERE { ?x ?y ?z }\nGROUP BY ?x", "q.rq:3"),
        ("SELECT *\n\n{ ?x kz:names ?z }", "q.rq:3: the prefix kz: is not declared; put PREFIX kz: <https://w3id.org/kzgraph/ns#>"),
        ("SELECT *\n{ ?a ?b ?c }\nFROM <http://a/>", "q.rq:3"),
        ("SELECT *\n{ ?a ?b ?c\r\n MINUS { SERVICE ?d {} } }", "q.rq:3"),
    ],
)
def test_a_fault_names_file_and_line(asked, text, place):
    code, out, err = asked(text)
    assert (code, out) == (2, "") and place in err and len(err.splitlines()) == 1


@pytest.mark.parametrize("text", ["SELECT (<http://a/f>(1) AS ?x) {}", "SELECT ?a ?a { ?a ?b ?c }", "SELECT (1 AS ?x) (2 AS ?x) {}"])
def test_what_only_the_engine_refuses_is_one_line(asked, text):
    code, out, err = asked(text)
    assert (code, out) == (2, "") and len(err.splitlines()) == 1 and "q.rq" in err


NEGATING = [
    "SELECT ?v { ?v kz:groundList ?l FILTER NOT EXISTS { ?v kz:names ?g } }",
    "SELECT ?v { ?v kz:groundList ?l MINUS { ?l kz:entry/kz:ground ?g } }",
    "SELECT ?v { ?v kz:groundList ?l OPTIONAL { ?l kz:entry ?e } FILTER (1 = 1 && !(BOUND(?e))) }",
    "SELECT ?v { ?v <https://w3id.org/kzgraph/ns#groundList> ?l FILTER (!EXISTS { ?l ?p ?o }) }",
    "BASE <https://w3id.org/kzgraph/ns> SELECT ?v { ?v <#groundList> ?l FILTER (!EXISTS { ?l ?p ?o }) }",
    "PREFIX z: <https://w3id.org/kzgraph/> PREFIX y: <https://w3id.org/kzgraph/ns#g> ASK { ?v y:round ?g FILTER NOT EXISTS { ?v ?p z:x } }",
    "CONSTRUCT { ?v kz:entry 1 } WHERE { ?v kz:groundList ?l MINUS { ?l kz:entry ?e } }",
]


@pytest.mark.parametrize("text", NEGATING)
def test_a_negation_over_lists_says_what_is_unknown(asked, text):
    code, _, err = asked(KZ + text, "--at", "2021-02-01", form="")
    assert code == 0 and "unknown rather than absent: act/" in err and len(err.splitlines()) == 1


def test_the_warning_counts_what_the_matrix_calls_not_checked(asked, run):
    rows = csv.DictReader(io.StringIO(run(*TOY, "matrix", "--at", "2021-02-01", "--format", "csv")[1]))
    unknown = sorted({row["provision"] for row in rows if row["verdict"] == "not-checked"})
    _, _, err = asked(KZ + NEGATING[0], "--at", "2021-02-01")
    assert unknown and f"on 2021-02-01, {len(unknown)} provision" in err
    assert all(ref in err for ref in unknown[:5])
    assert "unknown" not in asked(KZ + NEGATING[0], "--at", "1900-01-01")[2], "none was in force then"


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?v { ?v kz:groundList ?l }",
        "SELECT ?v { ?v kz:until ?u FILTER NOT EXISTS { ?v kz:lastRead ?r } }",
        "SELECT ?v { ?v kz:names ?l FILTER (!(?l = ?v)) }",
        "SELECT ?v { ?v kz:names ?l FILTER (BOUND(?l) && \"NOT EXISTS {} MINUS\" != '!BOUND') }",
    ],
)
def test_no_warning_without_cause(asked, text):
    assert asked(KZ + text)[0::2] == (0, "")


def test_standard_input(run, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO("ASK {}"))
    assert run(*TOY, "sparql", "-", "--format", "csv")[:2] == (0, "answer\ntrue\n")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\xff\xfe")))
    code, _, err = run(*TOY, "sparql", "-")
    assert code == 2 and "standard input" in err
    monkeypatch.setattr(sys, "stdin", io.StringIO("SELECT *\n{ ?a ?b }"))
    assert "stdin:2" in run(*TOY, "sparql", "-")[2]


@pytest.mark.parametrize("body", [b"\xff", b"#" * 1_000_001])
def test_a_file_that_cannot_be_read_as_a_query(run, tmp_path, body):
    (tmp_path / "q.rq").write_bytes(body)
    code, out, err = run(*TOY, "sparql", tmp_path / "q.rq")
    assert (code, out) == (2, "") and "q.rq" in err and len(err.splitlines()) == 1
    assert run(*TOY, "sparql", tmp_path)[0] == 2


def test_a_mark_at_the_start_and_foreign_line_ends_do_no_harm(asked):
    assert asked("\ufeffASK\r\n{}\r# end")[:2] == (0, "answer\ntrue\n")


def test_broken_data_names_its_file(run, tmp_path):
    (tmp_path / "bad.ttl").write_text("@prefix a: <http://a/> .\na:b a:c .\n", encoding="utf-8")
    (tmp_path / "q.rq").write_text("ASK {}")
    code, out, err = run("--data", tmp_path, "sparql", tmp_path / "q.rq")
    assert (code, out) == (2, "") and "bad.ttl:2" in err and len(err.splitlines()) == 1


def test_restricted_records_are_not_in_the_graph(run, tmp_path):
    (tmp_path / "r").mkdir()
    (tmp_path / "r" / "r.ttl").write_text(
        "@prefix kz: <https://w3id.org/kzgraph/ns#> .\n@prefix id: <https://w3id.org/kzgraph/id/> .\n"
        "<https://w3id.org/kzgraph/id/case/hidden> a kz:Case ; kz:tier <https://w3id.org/kzgraph/id/tier/restricted> .\n", encoding="utf-8")
    (tmp_path / "q.rq").write_text("ASK { <https://w3id.org/kzgraph/id/case/hidden> ?p ?o }")
    laid = (*TOY, "--restricted", tmp_path / "r")
    assert run(*laid, "sparql", tmp_path / "q.rq", "--format", "csv")[1] == "answer\nfalse\n"
    assert run(*laid, "--show-restricted", "sparql", tmp_path / "q.rq", "--format", "csv")[1] == "answer\ntrue\n"


def test_the_same_bytes_on_every_run(asked, monkeypatch):
    text = KZ + "SELECT ?g (COUNT(?v) AS ?n) { ?v kz:names ?g } GROUP BY ?g"
    answers = set()
    for seed in ("1", "2", "3"):
        monkeypatch.setenv("PYTHONHASHSEED", seed)
        answers.add(asked(text)[1])
    assert len(answers) == 1


PIECES = st.lists(
    st.sampled_from(
        ["SELECT", "ASK", "CONSTRUCT", "*", "{", "}", "(", ")", "?x", "a", "'", '"', "'''", "<", ">", "#", "\\", "\\u0041", "\n", "\r", ".", ";", "SERVICE",
         "FROM", "FILTER", "NOT EXISTS", "MINUS", "!", "BOUND", "kz:names", "PREFIX kz: <http://a#>", "BASE <http://[>", "1", "^^", "@en", "|", "\0", "й"]
    ) | st.text(max_size=4),
    max_size=14,
).map(" ".join)


@settings(max_examples=400, deadline=None)
@given(st.text(max_size=80) | PIECES)
def test_random_text_is_checked_or_refused(text):
    try:
        assert checked(text, "q.rq").kind in ("SELECT", "ASK", "CONSTRUCT")
    except BadQuery as refused:
        assert "q.rq" in str(refused)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=40) | (st.text(max_size=80) | PIECES).map(lambda text: text.encode(errors="replace")))
def test_random_text_never_gives_a_traceback(tmp_path, capsys, body):
    (tmp_path / "q.rq").write_bytes(body)
    code = main([*TOY, "sparql", str(tmp_path / "q.rq"), "--timeout", "20"])
    out, err = capsys.readouterr()
    assert code in (0, 2) and "Traceback" not in out + err and len(err.splitlines()) <= 1
    assert code == 0 or err


def test_help_imports_neither_engine_nor_rdflib():
    code = (
        "import sys\nfrom kzgraph.cli import main\n"
        "try: main(['sparql', '--help'])\nexcept SystemExit: pass\n"
        "import kzgraph.sparql\n"
        "heavy = {'rdflib', 'pyparsing', 'pyoxigraph', 'multiprocessing'} & set(sys.modules); assert not heavy, heavy"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, env=os.environ | {"PYTHONPATH": str(HERE.parent)}, timeout=60)
    assert done.returncode == 0, done.stderr.decode()
