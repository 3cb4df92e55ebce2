"""No question and no rule holds an EXISTS that the engine joins anew for each row, nor a MINUS that holds each row against each."""

import pyoxigraph as ox
import pytest
from conftest import HERE

from kzgraph.sparql import slow_negations

FILES = sorted((HERE.parent / "queries").rglob("*.rq"))
HEAD = "PREFIX : <http://example.org/>\nSELECT ?c WHERE { ?c :applied ?p ; :ground ?g\n"
SLOW = {
    "a join about a fresh variable": "FILTER NOT EXISTS { ?v :member ?p . ?v :names ?g } }",
    "a chain from a bound variable": "FILTER NOT EXISTS { ?c :list ?l . ?l :entry ?e } }",
    "a path of two steps": "FILTER NOT EXISTS { ?p ^:member/:names ?g } }",
    "a path that repeats, from a fresh variable": "FILTER NOT EXISTS { ?w (:list/:entry)+ ?g } }",
    "a star about a fresh variable": "FILTER NOT EXISTS { ?v :member ?p ; :names ?g } }",
    "a star about a blank node": "FILTER NOT EXISTS { [] :member ?p ; :names ?g } }",
    "an optional part": "FILTER NOT EXISTS { ?v :names ?g OPTIONAL { ?v :list ?l } } }",
    "a MINUS within": "FILTER NOT EXISTS { ?c :list ?l MINUS { ?l :entry ?e } } }",
    "a MINUS that shares nothing": "MINUS { ?z :list ?l . ?l :entry ?e } }",
    "a MINUS that shares in one alternative": "MINUS { { ?c :list ?l } UNION { ?q :x ?y } } }",
    "a MINUS that shares what may be missing": "OPTIONAL { ?c :x ?y } MINUS { ?y :list ?l } }",
    "an EXISTS": "FILTER EXISTS { ?v :member ?p . ?v :names ?g } }",
    "within an expression": "FILTER (?g = :x || NOT EXISTS { ?v :member ?p . ?v :names ?g }) }",
    "in an alternative": "FILTER NOT EXISTS { { ?v :names ?g } UNION { ?v :member ?p . ?v :names :x } } }",
    "a subselect": "FILTER NOT EXISTS { SELECT ?v WHERE { ?v :member ?p . ?v :names ?g } } }",
    "nested in another": "FILTER NOT EXISTS { ?p :x ?y FILTER NOT EXISTS { ?v :member ?y . ?v :names ?g } } }",
}
FAST = {
    "one pattern": "FILTER NOT EXISTS { ?v :names ?g } }",
    "a star about a bound subject": "FILTER NOT EXISTS { ?c :list ?l ; :names :x } }",
    "a star about a bound subject, with an optional part": "FILTER NOT EXISTS { ?c :list ?l OPTIONAL { ?c :names :x } } }",
    "a path that repeats, from a bound variable": "FILTER NOT EXISTS { ?c (:list/:entry)+ ?e } }",
    "a path that branches, from a bound variable": "FILTER NOT EXISTS { ?c :x|(:list/:entry) ?e } }",
    "one pattern with a choice of values": "FILTER NOT EXISTS { VALUES ?h { :x :y } ?c :names ?h } }",
    "one pattern with a filter": "FILTER NOT EXISTS { ?c :ground ?h FILTER (?h = ?g) } }",
    "alternatives of one pattern": "FILTER NOT EXISTS { { ?v :member ?p } UNION { ?v :names ?g } } }",
    "one nested in another": "FILTER NOT EXISTS { ?v :member ?p FILTER NOT EXISTS { ?v :names ?g } } }",
    "a MINUS that shares variables": "MINUS { ?v :member ?p . ?v :names ?g } }",
    "a MINUS that shares a variable in each alternative": "MINUS { { ?c :list ?l } UNION { ?c :x ?y } } }",
    "a MINUS with a subselect": "MINUS { SELECT ?c WHERE { ?c :list ?l . ?l :entry ?e } } }",
    "a word in a string": 'FILTER (?g != "NOT EXISTS { ?v :member ?p . ?v :names ?g }") }',
}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_question_and_rule_scales(path):
    assert slow_negations(path.read_text(encoding="utf-8")) == []


def world(size: int) -> ox.Store:
    """A made-up world in which each property of the bodies has `size` statements."""
    def node(name: str) -> ox.NamedNode:
        return ox.NamedNode(f"http://example.org/{name}")

    made = ox.Store()
    for index in range(size):
        case, version, item, block = (f"{letter}{index}" for letter in "cvle")
        for subject, name, value in (
            (case, "applied", f"p{index % (size // 10)}"), (case, "ground", f"g{index % 20}"), (case, "list", item), (item, "entry", block),
            (version, "member", f"p{index % (size // 10)}"), (version, "names", f"g{index * 7 % 23}"), (version, "list", item), (f"p{index}", "x", block),
        ):
            made.add(ox.Quad(node(subject), node(name), node(value)))
    return made


@pytest.mark.parametrize("name", SLOW)
def test_the_check_finds_a_body_that_does_not_scale(name):
    assert [line for line, _ in slow_negations(HEAD + SLOW[name])] == [3]


@pytest.mark.parametrize("name", FAST)
def test_the_check_lets_a_body_that_scales_pass(name):
    assert slow_negations(HEAD + FAST[name]) == []


def test_a_query_of_ones_own_is_told_so(run, tmp_path):
    query = tmp_path / "slow.rq"
    body = "SELECT ?gap WHERE { ?gap a kz:Gap\n  FILTER NOT EXISTS { ?slice kz:sliceOf ?gap ; kz:shownBy ?shown } }"
    query.write_text("PREFIX kz: <https://w3id.org/kzgraph/ns#>\n" + body, encoding="utf-8")
    code, _, err = run("--data", HERE / "toy", "sparql", query, "--format", "csv")
    assert code == 0 and "line 3: this EXISTS joins several patterns" in err
