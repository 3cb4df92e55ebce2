"""The check command, its formats, and the canonical form of files."""

import json
from urllib.parse import quote

import pytest
from conftest import HERE
from hypothesis import given, settings
from hypothesis import strategies as st
from pyshacl import validate
from rdflib import Graph, Namespace

from kzgraph.form import canonical
from kzgraph.shapes import Shapes

TOY = ("--data", str(HERE / "toy"))
BROKEN = HERE / "broken" / "List-open-rule.ttl"


def test_the_shipped_data_are_clean(run):
    code, out, err = run("check")
    assert (code, out) == (0, "")
    assert "0 violations" in err


def test_the_files_of_every_room_are_known_as_its_own(run, rooms, tmp_path):
    code, out, err = run("check", rooms.ontology)
    assert (code, out) == (0, "") and f"{len(list(rooms.ontology.rglob('*.ttl')))} files checked, 0 violations" in err
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "x.ttl").write_text(SHAPES["at home elsewhere"], encoding="utf-8")
    outside = (*TOY, "--restricted", tmp_path / "outside", "check")
    findings = [json.loads(run(*outside, *path, "--format", "json")[1]) for path in ((), (tmp_path / "outside",))]
    assert findings[0] == findings[1] != []


def test_a_finding_names_file_line_and_what_to_do(run):
    code, out, err = run(*TOY, "check", BROKEN)
    assert code == 1 and len(out.splitlines()) == 1
    place, rest = out.split(": violation: ")
    file, line = place.rsplit(":", 1)
    assert file == str(BROKEN) and int(line) > 2
    assert "add kz:residual" in rest and "[List-open-rule]" in rest
    assert "1 files checked, 1 violations" in err


SHAPES = {  # the same fault, written in ways in which its focus does not begin a line, or is at home in another file
    "indented": "@prefix g: <https://w3id.org/kzgraph/id/ground/> . @prefix kz: <https://w3id.org/kzgraph/ns#> .\n    g:new kz:colour 1 .",
    "on one line": "@prefix g: <https://w3id.org/kzgraph/id/ground/> . @prefix kz: <https://w3id.org/kzgraph/ns#> . g:new kz:colour 1 .",
    "with a base": "@base <https://w3id.org/kzgraph/id/> .\n<ground/new> <https://w3id.org/kzgraph/ns#colour> 1 .",
    "at home elsewhere": "<https://w3id.org/kzgraph/id/ground/sex> <https://w3id.org/kzgraph/ns#colour> 1 .",
    "a node without address": "[] <https://w3id.org/kzgraph/ns#colour> 1 .",
}


@pytest.mark.parametrize("how", SHAPES)
def test_no_fault_is_lost_for_the_way_in_which_it_is_written(run, tmp_path, how):
    (tmp_path / "x.ttl").write_text(SHAPES[how], encoding="utf-8")
    code, out, _ = run(*TOY, "check", tmp_path / "x.ttl")
    assert code == 1 and "[undeclared-term]" in out and str(tmp_path / "x.ttl") in out


def test_a_fault_that_a_file_brings_to_what_another_describes_is_told_of_it(run, tmp_path):
    (tmp_path / "second.ttl").write_text(
        "<https://w3id.org/kzgraph/id/act/new-law/art_1.v2020-01-01.list1> <https://w3id.org/kzgraph/ns#listMode> <https://w3id.org/kzgraph/id/mode/closed> .\n"
        "<https://w3id.org/kzgraph/id/act/new-law/art_2.v2020-01-01> <https://w3id.org/kzgraph/ns#groundList> "
        "<https://w3id.org/kzgraph/id/act/new-law/art_3.v2020-01-01.list1> .",
        encoding="utf-8",
    )
    code, out, _ = run(*TOY, "check", tmp_path / "second.ttl")
    assert code == 1 and "[List-mode]" in out and "[List-version]" in out and "second.ttl:1:" in out


def test_a_folder_without_any_turtle_is_no_clean_folder(run, tmp_path):
    for command in ("check", "fmt"):
        code, out, err = run(command, tmp_path)
        assert (code, out) == (2, "") and "no Turtle file below it" in err


def test_findings_in_russian(run):
    assert "нарушение" in run(*TOY, "check", BROKEN, "--lang", "ru")[1]


def test_the_other_formats_say_the_same(run):
    rows = json.loads(run(*TOY, "check", BROKEN, "--format", "json")[1])
    assert [row["rule"] for row in rows] == ["List-open-rule"]
    sarif = json.loads(run(*TOY, "check", BROKEN, "--format", "sarif")[1])
    result = sarif["runs"][0]["results"][0]
    assert sarif["version"] == "2.1.0" and result["ruleId"] == "List-open-rule" and result["level"] == "error"
    assert result["locations"][0]["physicalLocation"]["region"]["startLine"] == int(rows[0]["line"])
    report = Graph().parse(data=run(*TOY, "check", BROKEN, "--format", "ttl")[1], format="turtle")
    sh = Namespace("http://www.w3.org/ns/shacl#")
    assert [str(focus) for focus in report.objects(None, sh.focusNode)] == ["https://w3id.org/kzgraph/id/" + rows[0]["focus"]]
    assert [value.toPython() for value in report.objects(None, sh.conforms)] == [False]


# what the SHACL recommendation demands of a validation report and of each of its results (3.6)
REPORT = """
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
[] a sh:NodeShape ; sh:targetClass sh:ValidationReport ; sh:property [ sh:path sh:conforms ; sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:boolean ] ,
    [ sh:path sh:result ; sh:minCount 1 ; sh:class sh:ValidationResult ] .
[] a sh:NodeShape ; sh:targetClass sh:ValidationResult ;
    sh:property [ sh:path sh:focusNode ; sh:minCount 1 ; sh:maxCount 1 ] , [ sh:path sh:sourceShape ; sh:maxCount 1 ; sh:nodeKind sh:IRI ] ,
        [ sh:path sh:resultSeverity ; sh:minCount 1 ; sh:maxCount 1 ; sh:in (sh:Violation sh:Warning sh:Info) ] ,
        [ sh:path sh:sourceConstraintComponent ; sh:minCount 1 ; sh:maxCount 1 ; sh:nodeKind sh:IRI ] ,
        [ sh:path sh:resultMessage ; sh:minCount 1 ; sh:uniqueLang true ] .
"""


def test_the_shacl_report_is_one_and_points_to_shapes_that_are_there(run, tmp_path, rooms):
    file = tmp_path / "a file.ttl"
    file.write_text(SHAPES["a node without address"] + "\n" + BROKEN.read_text(encoding="utf-8") + '\n<https://w3id.org/kzgraph/id/ground/sex> a [] .', "utf-8")
    code, out, _ = run(*TOY, "check", file, "--format", "ttl")
    report = Graph().parse(data=out, format="turtle")
    conforms, _, told = validate(report, shacl_graph=Graph().parse(data=REPORT, format="turtle"))
    assert code == 1 and conforms, told
    sh = Namespace("http://www.w3.org/ns/shacl#")
    shapes = {constraint.shape for constraint in Shapes(rooms.shapes).constraints}
    sources = {str(shape) for shape in report.objects(None, sh.sourceShape)}
    assert sources and sources <= shapes
    assert {str(one).rsplit("#", 1)[-1] for one in report.objects(None, sh.sourceConstraintComponent)} >= {"SPARQLConstraintComponent", "blank-node"}
    assert f"urn:kzgraph:file:{quote(str(file))}" in {str(focus) for focus in report.objects(None, sh.focusNode)}


def test_a_path_in_sarif_is_a_uri(run, tmp_path):
    folder = tmp_path / "a б%"
    folder.mkdir()
    (folder / "x y.ttl").write_text(SHAPES["on one line"], encoding="utf-8")
    results = json.loads(run(*TOY, "check", folder, "--format", "sarif")[1])["runs"][0]["results"]
    uris = {result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in results}
    assert uris == {f"{tmp_path}/a%20%D0%B1%25/x%20y.ttl"}


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("<https://w3id.org/kzgraph/id/ground/sex> <https://w3id.org/kzgraph/ns#colour> 1 .", "undeclared-term"),
        ("<https://w3id.org/kzgraph/id/ground/sex> <http://www.w3.org/2004/02/skos/core#related> <https://w3id.org/kzgraph/id/ground/none> .", "dangling"),
        ("<https://w3id.org/kzgraph/id/ground/sex> <http://www.w3.org/2004/02/skos/core#note> [] .", "blank-node"),
        ("<https://w3id.org/kzgraph/id/case/2021-009.a1> <http://www.w3.org/2004/02/skos/core#note> 'x' .", "orphan"),
    ],
)
def test_misspelt_terms_dangling_addresses_and_nodes_without_address(run, tmp_path, text, rule):
    (tmp_path / "x.ttl").write_text(text, encoding="utf-8")
    code, out, _ = run("--data", tmp_path, "check", "--format", "json")
    assert code == 1 and rule in {row["rule"] for row in json.loads(out)}


def test_a_missing_path_and_broken_turtle_end_with_2(run, tmp_path):
    assert run(*TOY, "check", tmp_path / "none.ttl")[0] == 2
    (tmp_path / "bad.ttl").write_text("@prefix a: <http://a/> .\na:b a:c .\n", encoding="utf-8")
    code, _, err = run(*TOY, "check", tmp_path / "bad.ttl")
    assert code == 2 and "bad.ttl:2:" in err and len(err.splitlines()) == 1


def test_the_shipped_data_are_in_canonical_form(run):
    code, out, _ = run("fmt", "--check")
    assert (code, out) == (0, "")


def test_fmt_brings_a_file_into_form_once(run, tmp_path):
    file = tmp_path / "a.ttl"
    file.write_text('@prefix a: <http://a/> .\n\n\na:z a:q "2" , "1" . a:b a:c a:d .\n', encoding="utf-8")
    assert run("fmt", "--check", file)[0] == 1
    assert run("fmt", file)[0] == 0
    assert file.read_text(encoding="utf-8").index("a:b") < file.read_text(encoding="utf-8").index("a:z")
    assert run("fmt", "--check", file)[0] == 0
    assert [path.name for path in tmp_path.iterdir()] == ["a.ttl"]
    file.write_text("broken", encoding="utf-8")
    code, _, err = run("fmt", file)
    assert code == 2 and "a.ttl:1" in err and file.read_text(encoding="utf-8") == "broken"


@pytest.mark.parametrize("spoil", [lambda body: body.replace(b"\n", b"\r\n"), lambda body: b"\xef\xbb\xbf" + body])
def test_the_form_is_one_of_bytes_line_ends_included(run, tmp_path, rooms, spoil):
    file = tmp_path / "a.ttl"
    body = (rooms.data / "ground.ttl").read_bytes()
    file.write_bytes(spoil(body))
    assert run("fmt", "--check", file)[0] == 1
    assert run("fmt", file)[0] == 0 and file.read_bytes() == body
    assert run("fmt", "--check", file)[0] == 0


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("pq"), st.text(max_size=12)), min_size=1, max_size=8))
def test_the_canonical_form_is_stable_and_loses_nothing(rows):
    ns = Namespace("http://a/")
    graph = Graph()
    from rdflib import Literal

    for subject, predicate, text in rows:
        kept = "".join(letter for letter in text if letter >= " " and not 0xD800 <= ord(letter) <= 0xDFFF)
        graph.add((ns[subject], ns[predicate], Literal(kept)))
    once = canonical(graph.serialize(format="turtle"))
    assert canonical(once) == once
    assert set(Graph().parse(data=once, format="turtle")) == set(graph)
