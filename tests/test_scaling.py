"""No question and no rule holds an EXISTS that the engine joins anew for each row: its time would grow with the square of the data."""

import pytest
from conftest import HERE

from kzgraph.sparql import slow_negations

FILES = sorted((HERE.parent / "queries").rglob("*.rq"))
HEAD = "PREFIX : <http://example.org/>\nSELECT ?c WHERE { ?c :applied ?p ; :ground ?g\n"
SLOW = {
    "a join about a fresh variable": "FILTER NOT EXISTS { ?v :member ?p . ?v :names ?g } }",
    "a chain from a bound variable": "FILTER NOT EXISTS { ?c :list ?l . ?l :entry ?e } }",
    "a path of two steps": "FILTER NOT EXISTS { ?p ^:member/:names ?g } }",
    "a path in one of two alternatives": "FILTER NOT EXISTS { ?p :x|(^:member/:names) ?g } }",
    "an optional part": "FILTER NOT EXISTS { ?v :names ?g OPTIONAL { ?v :list ?l } } }",
    "an EXISTS": "FILTER EXISTS { ?v :member ?p . ?v :names ?g } }",
    "within an expression": "FILTER (?g = :x || NOT EXISTS { ?v :member ?p . ?v :names ?g }) }",
    "in an alternative": "FILTER NOT EXISTS { { ?v :names ?g } UNION { ?v :member ?p . ?v :names :x } } }",
    "a subselect": "FILTER NOT EXISTS { SELECT ?v WHERE { ?v :member ?p . ?v :names ?g } } }",
    "nested in another": "FILTER NOT EXISTS { ?p :x ?y FILTER NOT EXISTS { ?v :member ?y . ?v :names ?g } } }",
}
FAST = {
    "one pattern": "FILTER NOT EXISTS { ?v :names ?g } }",
    "a star about a bound subject": "FILTER NOT EXISTS { ?c :list ?l ; :names :x } }",
    "one pattern with a filter": "FILTER NOT EXISTS { ?c :ground ?h FILTER (?h = ?g) } }",
    "alternatives of one pattern": "FILTER NOT EXISTS { { ?v :member ?p } UNION { ?v :names ?g } } }",
    "one nested in another": "FILTER NOT EXISTS { ?v :member ?p FILTER NOT EXISTS { ?v :names ?g } } }",
    "a MINUS that shares variables": "MINUS { ?v :member ?p . ?v :names ?g } }",
    "a word in a string": 'FILTER (?g != "NOT EXISTS { ?v :member ?p . ?v :names ?g }") }',
}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_question_and_rule_scales(path):
    assert slow_negations(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("name", SLOW)
def test_the_check_finds_a_body_that_does_not_scale(name):
    assert [line for line, _ in slow_negations(HEAD + SLOW[name])] == [3]


@pytest.mark.parametrize("name", FAST)
def test_the_check_lets_a_body_that_scales_pass(name):
    assert slow_negations(HEAD + FAST[name]) == []


def test_a_query_of_ones_own_is_told_so(run, tmp_path):
    query = tmp_path / "slow.rq"
    query.write_text(
        "PREFIX kz: <https://w3id.org/kzgraph/ns#>\nSELECT ?gap WHERE { ?gap a kz:Gap\n  FILTER NOT EXISTS { ?slice kz:sliceOf ?gap ; kz:shownBy ?shown } }", encoding="utf-8"
    )
    code, _, err = run("--data", HERE / "toy", "sparql", query, "--format", "csv")
    assert code == 0 and "line 3: this EXISTS joins several patterns" in err
