"""Nobody exposed: the gate over data and outputs, with a planted example for each thing it must catch."""

import re

import pytest
from conftest import HERE
from engines import real_values

from kzgraph.checks import exposed_lines, findings, jigsaw, private
from kzgraph.questions import answer, catalogue, question
from kzgraph.rooms import Rooms
from kzgraph.store import Store

AT = chr(64)
PLANTED = [
    ("e-mail", f"write to someone{AT}mail.test"),
    ("phone", "call +7 701 " + "123 45 67"),
    ("phone", "тел. 8 (701) " + "1234567"),
    ("handle", f"see {AT}somebody.there"),
    ("identity-number", "number 900101" + "300123 in the file"),
    ("initials", "told by A. Surname"),
    ("initials", "по словам Б.В. Фамилиева"),
    ("initials", "Ә. Тегіұлы айтты"),
    ("initials", "сказал Фамилиев Б." + "В. в суде"),
    ("initials", "as told by Surname A. in court"),
    ("phone", "тел. 7701" + "1234567"),
    ("identity-number", "900101-" + "300123"),
    ("handle", "see t.me" + "/somebody"),
    ("handle", "https://www.instagram.com" + "/some.body"),
    ("street", "at 5 Long Street"),
    ("street", "на ул. Длинной"),
    ("street", "Абай көшесі"),
    ("minute", "at 23:40 that night"),
    ("birth", "born on 3 May"),
    ("birth", "1990 года рождения"),
]
HARMLESS = [
    "Art. 145, part 1; paras. 9.9–9.10", "E/C.12/KAZ/CO/2, para. 11 (a)", "Law of 30.12.2025 No. 248-VIII", "Toonen v. Australia", "G. v. Australia",
    "commit 0887da14f66a01b67e0a67ba298ee88c29ae1281", "2021-05-28", "the right to be born free", "ст. 54(1)(6)", "lines 12–14", "№ 91", "Закон № 88-VI",
    "see Annex A.", "digest 7701123456789", "https://hatecrime.osce.org/kazakhstan?year=2010",
]


@pytest.mark.parametrize(("kind", "text"), PLANTED)
def test_the_gate_catches_what_is_planted(toy_rooms, kind, text):
    assert kind in {found for _, found in exposed_lines(text)}
    planted = f'<https://w3id.org/kzgraph/id/case/2021-001> <http://purl.org/dc/terms/description> "{text}"@en .'
    laid = Rooms(toy_rooms.ontology, toy_rooms.data, toy_rooms.queries)
    laid.__dict__["turtle"] = [*toy_rooms.turtle, ("data/planted.ttl", planted.encode())]
    assert f"privacy-{kind}" in {row["rule"] for row in private(laid)}


@pytest.mark.parametrize("text", HARMLESS)
def test_the_gate_lets_law_and_citations_pass(text):
    assert exposed_lines(text) == []


def test_a_file_name_or_an_address_is_no_place_to_hide(toy_rooms):
    laid = Rooms(toy_rooms.ontology, toy_rooms.data, toy_rooms.queries)
    laid.__dict__["turtle"] = [*toy_rooms.turtle, (f"data/someone{AT}mail.test.ttl", b"")]
    assert {row["file"] for row in private(laid)} == {f"data/someone{AT}mail.test.ttl"}
    address = b'<https://w3id.org/kzgraph/id/case/at-23:40> <http://purl.org/dc/terms/title> "x"@en .'
    laid.__dict__["turtle"] = [*toy_rooms.turtle, ("data/x.ttl", address)]
    assert [row["rule"] for row in private(laid)] == ["privacy-minute"]


def test_nor_is_an_address_that_a_statement_points_to(toy_rooms):
    laid = Rooms(toy_rooms.ontology, toy_rooms.data, toy_rooms.queries)
    pointed = ("<https://w3id.org/kzgraph/id/document/x> <http://purl.org/dc/terms/source> <https://t.me" + "/somebody> .").encode()
    laid.__dict__["turtle"] = [*toy_rooms.turtle, ("data/x.ttl", pointed)]
    assert [row["rule"] for row in private(laid)] == ["privacy-handle"]


def test_the_shipped_data_expose_nobody(run):
    code, out, err = run("check", "--privacy")
    assert code == 0, out
    assert "0 violations" in err


def test_no_output_of_the_shipped_data_exposes_anybody(store):
    for name in catalogue(store.rooms):
        values = real_values(question(store.rooms, name), lang="ru")
        for row in answer(store, name, **values).rows:
            for cell in row:
                found = [kind for _, kind in exposed_lines(cell) if kind != "initials" or not re.search(r"\bv\.|против", cell)]
                assert not found, (name, found, row)


def test_the_jigsaw_names_the_case_that_could_single_somebody_out(toy):
    rows = jigsaw(toy)
    assert {row["focus"] for row in rows} == {"case/2021-002"}
    assert [row["value"] for row in rows] == [
        "2021-07, south, gay-men, fake-date",
        "no single account tells both toldPlace and victims",
        "no single account tells both victims and when",
    ]


def test_what_two_accounts_tell_together_is_a_jigsaw_too(toy_rooms):
    world = toy_rooms.turtle
    text = next(body for name, body in world if name == "data/evidence.ttl").decode()
    split = text.replace(
        "id:case\\/2021-002.a1 a kz:Account ;",
        'id:case\\/2021-002 kz:account id:case\\/2021-002.a2 . id:case\\/2021-002.a2 a kz:Account ; kz:document doc:report-one ; kz:when "2021-07" ; '
        "kz:toldPlace place:south ; kz:citation id:case\\/2021-002.a1.c1 .\nid:case\\/2021-002.a1 a kz:Account ;",
    ).replace(' kz:when "2021-07" ; kz:precision precision:month ; kz:toldPlace place:south ;', "")
    laid = Rooms(toy_rooms.ontology, toy_rooms.data, toy_rooms.queries)
    laid.__dict__["turtle"] = [(name, split.encode() if name == "data/evidence.ttl" else body) for name, body in world]
    found = {row["value"] for row in jigsaw(Store(laid, cache=False)) if row["focus"] == "case/2021-002"}
    assert split != text and "2021-07, south, gay-men, fake-date" in found


def test_private_events_are_held_to_the_month(store):
    _, rows = store.select(
        """PREFIX kz: <https://w3id.org/kzgraph/ns#>
        SELECT ?account WHERE { ?case kz:publicEvent false ; kz:account ?account . ?account kz:when ?when
          FILTER (REGEX(?when, "[0-9]{4}-[0-9]{2}-[0-9]{2}")) }"""
    )
    assert list(rows) == []


def test_only_public_records_stand_in_the_repository(store):
    _, rows = store.select(
        """PREFIX kz: <https://w3id.org/kzgraph/ns#>
        SELECT ?case WHERE { ?case a kz:Case FILTER NOT EXISTS { ?case kz:tier <https://w3id.org/kzgraph/id/tier/public> } }"""
    )
    assert list(rows) == []


def test_a_case_has_no_property_for_a_name(toy_rooms):
    for extra in ("<http://xmlns.com/foaf/0.1/name>", "<http://www.w3.org/2004/02/skos/core#prefLabel>", "<http://purl.org/dc/terms/creator>"):
        laid = Rooms(toy_rooms.ontology, toy_rooms.data, toy_rooms.queries)
        planted = f'<https://w3id.org/kzgraph/id/case/2021-001> {extra} "x" .'.encode()
        laid.__dict__["turtle"] = [*toy_rooms.turtle, ("data/planted.ttl", planted)]
        assert "Case" in {row["rule"] for row in findings(Store(laid, cache=False))}, extra


def test_restricted_data_come_from_outside_and_only_when_asked_for(run, tmp_path):
    text = (HERE / "toy" / "evidence.ttl").read_text(encoding="utf-8")
    hidden = text.replace("case\\/2021-002", "case\\/2021-900").replace("tier:public", "tier:restricted")
    start = hidden.index("id:case\\/2021-900 a kz:Case")
    block = hidden[start : hidden.index("id:case\\/2021-003 a kz:Case")]
    prefixes = "".join(line + "\n" for line in text.splitlines() if line.startswith("@prefix"))
    (tmp_path / "hidden.ttl").write_text(prefixes + block, encoding="utf-8")
    without = run("--data", HERE / "toy", "list", "cases", "--format", "csv")[1]
    loaded = run("--data", HERE / "toy", "--restricted", tmp_path, "list", "cases", "--format", "csv")[1]
    shown = run("--data", HERE / "toy", "--restricted", tmp_path, "--show-restricted", "list", "cases", "--format", "csv")[1]
    assert "case/2021-900" not in without
    assert "case/2021-900" not in loaded, "answers leave restricted records out unless they are asked for"
    assert "case/2021-900" in shown
