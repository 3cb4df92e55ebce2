"""Every named question: its header, its rows over the hand-made world, and the same rows from both engines."""

import csv
import re
import shutil
from pathlib import Path

import pytest
from engines import plain, rdflib_rows, real_values, store_rows

from kzgraph.errors import BadQuery
from kzgraph.questions import THEMES, Question, answer, catalogue, looked_among, question
from kzgraph.rooms import Rooms, open_rooms
from kzgraph.sparql import checked
from kzgraph.terms import LANGUAGES

EXPECTED = Path(__file__).parent / "expected"
NAMES = list(catalogue(open_rooms()))


def asked_with(name: str) -> tuple[dict[str, str], list[list[str]]]:
    """The parameters (first line) and the rows that tests/expected/<question>.csv holds."""
    first, *lines = (EXPECTED / f"{name}.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    return dict(pair.split("=", 1) for pair in first.removeprefix("#").split()), list(csv.reader(lines))


@pytest.mark.parametrize("name", NAMES)
def test_header_is_whole(name, rooms):
    asked = question(rooms, name)
    assert asked.theme in THEMES
    for words in (asked.title, asked.question, asked.limits, asked.among_words):
        assert set(words) == set(LANGUAGES) and all(words.values())
    assert set(asked.show) | set(asked.pivot) | {asked.group} - {""} <= set(asked.columns)
    assert set(asked.params) <= set(asked.columns), "a parameter must be a column, or the engine cannot bind it"
    assert "ORDER BY" in asked.text or not asked.ordered, "without one, the program sorts the rows by their cells"


@pytest.mark.parametrize("name", NAMES)
def test_what_each_column_holds_is_told_where_its_name_is_not_enough(name, rooms):
    for column, (kind, told) in question(rooms, name).columns.items():
        assert told or kind in ("ref", "text") or column in question(rooms, name).params, f"{column}: say what it holds"


@pytest.mark.parametrize("name", NAMES)
def test_the_codes_that_come_out_are_those_that_the_header_tells(name, rooms, store, toy, schemes):
    asked = question(rooms, name)
    codes = {column: told for column, (kind, told) in asked.columns.items() if kind == "code"}
    for graph, values in (((store, real_values(asked)), (toy, asked_with(name)[0])) if codes else ()):
        for row in answer(graph, name, **values).records():
            for column, told in codes.items():
                assert not row[column] or told_of(row[column], told, schemes), f"{column}: {row[column]} comes out, and the header does not tell it"


def told_of(code: str, told: str, schemes: dict[str, set[str]]) -> bool:
    """Whether the explanation of a column names a code, or the scheme that holds it."""
    return code in re.findall(r"[\w-]+", told) or any(code in members for name, members in schemes.items() if f"scheme/{name}" in re.findall(r"[\w/-]+", told))


def test_a_code_that_a_header_does_not_tell_is_seen(schemes):
    assert told_of("absent", "what was found: open-clause, absent or not-checked", schemes)
    assert told_of("police", "who acted, a code of scheme/perpetrator, such as relatives", schemes)
    assert not told_of("absent", "what was found: open-clause or not-checked", schemes)
    assert not told_of("clause", "what was found: open-clause or not-checked", schemes)
    assert not told_of("police", "a code of scheme/body", schemes)


@pytest.fixture(scope="module")
def schemes(store) -> dict[str, set[str]]:
    """The codes of each scheme, in the last step of their addresses."""
    found: dict[str, set[str]] = {}
    for row in answer(store, "codes").records():
        found.setdefault(row["scheme"].rsplit("/", 1)[-1], set()).add(row["code"].rsplit("/", 1)[-1])
    return found


@pytest.mark.parametrize("line", ["# among: cases", "# among: kz:Case with caseKind cases", "# among: owl:Class classes"])
def test_a_class_or_property_of_no_known_space_is_refused(line):
    with pytest.raises(BadQuery, match="is no class or property"):
        Question("made-up", line + "\n# column: case ref\n")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("# show: case zzz", "made-up.rq:2: zzz is no column"),
        ("# group: zzz", "zzz is no column"),
        ("# pivot: case zzz case", "zzz is no column"),
        ("# pivot: case case", "made-up.rq:2: a cross table has three columns"),
        ("# order: random", "made-up.rq:2: 'random' is no order"),
        ("# column: format ref", "made-up.rq:2: 'format' cannot be the name of a column"),
        ("# param: 2x ref", "made-up.rq:2: '2x' cannot be the name of a param"),
    ],
)
def test_a_header_that_names_what_is_not_there_is_refused_with_its_line(line, expected):
    with pytest.raises(BadQuery, match=expected):
        Question("made-up", f"# title@en: Made up\n{line}\n# column: case ref\nSELECT ?case WHERE {{ ?case ?p ?o }}\n")


@pytest.mark.parametrize(
    ("file", "command"),
    [
        ("rules/10-names.rq", ("gaps",)),
        ("gaps.rq", ("gaps",)),
        ("views/gaps.rq", ("view", "gaps", "-o", "x.ttl")),
        ("views/page.rq", ("view", "gaps", "-o", "x.html")),
        ("figures/principal-grounds.rq", ("figure", "matrix", "--table")),
        ("whatif/asked.rq", ("whatif", "hate-motives")),
    ],
)
def test_a_query_that_is_not_utf_8_is_told_in_one_line(run, rooms, tmp_path, monkeypatch, file, command):
    shutil.copytree(rooms.queries, tmp_path / "queries")
    shutil.copytree(rooms.queries.parent / "amendments", tmp_path / "amendments")
    for room in ("ontology", "data"):
        (tmp_path / room).symlink_to(rooms.queries.parent / room)
    (tmp_path / "queries" / file).write_bytes(b"# \xff\n" + (rooms.queries / file).read_bytes())
    monkeypatch.chdir(tmp_path)
    code, out, err = run("--root", tmp_path, *command)
    assert (code, out) == (2, "") and file in err and "UTF-8" in err and err.count("\n") == 1


OUT = "SERVICE <http://127.0.0.1:9/> { ?case ?q ?r }"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (f"SELECT ?case WHERE {{ {OUT} }}", "made-up.rq:2: SERVICE"),
        (f"SELECT ?case WHERE {{\n  BIND(1 AS ?x){OUT.lower()} }}", "made-up.rq:3: SERVICE"),
        (f"SELECT ?case WHERE {{ ?case ?p true{OUT} }}", "SERVICE"),
        (f"SELECT ?case WHERE {{ ?case ?p 1{OUT} }}", "SERVICE"),
        (f"SELECT ?case WHERE {{ ?case ?p \"\"\"\n#\"\"\" {OUT} }}", "SERVICE"),
        (f"# a return ends a comment\r SELECT ?case WHERE {{ {OUT} }}", "SERVICE"),
        ("SELECT ?case FROM <http://127.0.0.1:9/> WHERE { ?case ?p ?o }", "FROM"),
        ("SELECT *FROM NAMED <http://127.0.0.1:9/> WHERE { ?case ?p ?o }", "FROM"),
        ("LOAD <http://127.0.0.1:9/>", "LOAD"),
    ],
)
def test_a_question_and_a_rule_that_reach_out_of_the_graph_are_refused(tmp_path, rooms, body, told):
    with pytest.raises(BadQuery, match=f"{told}.* reaches out of the graph; ask this graph alone"):
        Question("made-up", "# column: case ref\n" + body)
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "made-up.rq").write_bytes(b"# a rule\n" + body.encode())
    with pytest.raises(BadQuery, match=f"{told}.* reaches out of the graph"):
        Rooms(rooms.ontology, rooms.data, tmp_path).rules  # noqa: B018


@pytest.mark.parametrize("word", ["?from", "$service", "kz:bindingFrom", "kz:from", "p:security-service", '"from"', "<http://a/SERVICE>", "?x # from\n"])
def test_a_name_or_a_text_that_only_looks_like_reaching_out_is_none(word):
    assert Question("made-up", f"# title@en: From the service\n# column: case ref\nSELECT ?case WHERE {{ ?case ?p {word} }}")


def test_no_shipped_query_reaches_out_of_the_graph(rooms):
    files = sorted(rooms.queries.rglob("*.rq"))
    assert len(files) > 130
    for file in files:
        assert checked(file.read_text(encoding="utf-8"), file.name).kind == ("CONSTRUCT" if file.parent.name == "rules" else "SELECT")


def test_a_property_narrows_what_was_looked_among(toy):
    head = "# among: kz:Account{} accounts\n# column: case ref\n"
    everything, some = (looked_among(toy, Question("made-up", head.format(narrow)))[0] for narrow in ("", " with kz:provisionRole"))
    assert everything > some > 0


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_answer_can_say_among_how_many_it_looked(name, toy, store):
    for graph in (toy, store):
        count, words = looked_among(graph, question(graph.rooms, name))
        assert count > 0 and words


@pytest.mark.parametrize("name", NAMES)
def test_rows_over_the_hand_made_world(name, toy, request):
    values, (columns, *rows) = asked_with(name)
    table = answer(toy, name, **values)
    if request.config.getoption("--update"):
        head = "#" + " ".join(f"{key}={value}" for key, value in values.items()) + "\n"
        (EXPECTED / f"{name}.csv").write_text(head + table.write("csv"), encoding="utf-8")
        return
    assert list(table.columns) == columns
    assert [list(row) for row in table.rows] == rows
    assert rows, "a question that finds nothing in the hand-made world proves nothing there"


@pytest.mark.parametrize("name", NAMES)
def test_both_engines_agree_over_the_hand_made_world(name, toy, toy_rooms, toy_rdflib):
    values, _ = asked_with(name)
    assert rdflib_rows(toy_rdflib, toy_rooms, name, **values) == store_rows(toy, name, **values)


def test_each_rule_derives_the_same_in_both_engines(toy, toy_rdflib):
    _, rows = toy.select("SELECT ?s ?p ?o WHERE { ?s ?p ?o FILTER(!isBlank(?s)) }")
    embedded = {tuple(term.value for term in row) for row in rows}
    assert embedded == {tuple(plain(term) for term in triple) for triple in toy_rdflib}


def real_lines() -> list[dict[str, str]]:
    """What each question must say over the real data: tests/real.csv, in words that a lawyer can read."""
    return list(csv.DictReader((Path(__file__).parent / "real.csv").read_text(encoding="utf-8").splitlines()))


@pytest.mark.parametrize("line", real_lines(), ids=lambda line: f"{line['question']}: {line['rows that hold this']}")
def test_what_must_come_out_over_the_real_data(line, store):
    values, wanted = (dict(pair.split("=", 1) for pair in line[key].split()) for key in ("asked with", "rows that hold this"))
    rows = answer(store, line["question"], **values).records()
    count = sum(all(row[column] == value for column, value in wanted.items()) for row in rows)
    many = line["how many"]
    assert count >= int(many[:-1]) if many.endswith("+") else count == int(many), rows[:3]


def test_every_question_is_asserted_over_the_real_data_in_words():
    assert {line["question"] for line in real_lines()} == set(NAMES)
    assert all(line["in words"] for line in real_lines())
