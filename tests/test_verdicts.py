"""The rule of the matrix, as the table that a lawyer signs: tests/verdicts.csv, on both engines."""

import csv
from pathlib import Path

import pytest
from engines import rdflib_rows, store_rows

from kzgraph.interchange import to_rdflib
from kzgraph.rooms import Rooms
from kzgraph.store import Store
from kzgraph.terms import slug

ROWS = list(csv.DictReader((Path(__file__).parent / "verdicts.csv").read_text(encoding="utf-8").splitlines()))
READ = {"yes": ("complete", "official-mirror"), "partly": ("partial", "official-mirror"), "press": ("complete", "secondary")}


UNREAD = """says;basis;earliest;adopted;until;at;verdict
before the first text read, nothing is known;at-latest;1999-01-01;;;1999-06-01;not-checked
nor on the very first day on which the wording may have begun;at-latest;1999-01-01;;;1999-01-01;not-checked
the day before that there can have been no such wording;at-latest;1999-01-01;;;1998-12-31;
where no earliest day is told, the act cannot be older than its adoption;not-checked;;1998-05-05;;1999-06-01;not-checked
before its adoption there was no act;not-checked;;1998-05-05;;1998-05-04;
a first day that the act states has nothing before it;stated;1999-01-01;1998-05-05;;1999-06-01;
an older wording that was read speaks for itself;at-latest;1999-01-01;1998-05-05;1999-03-01;1999-04-01;absent
"""


def law(row: dict[str, str]) -> str:
    """One provision with one list, as the row of the table describes it."""
    entries = row["lists"].split()
    lines = [
        "@prefix : <https://w3id.org/kzgraph/id/act/x/> . @prefix id: <https://w3id.org/kzgraph/id/> . @prefix kz: <https://w3id.org/kzgraph/ns#> .",
        "@prefix eli: <http://data.europa.eu/eli/ontology#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix dct: <http://purl.org/dc/terms/> .",
        "@prefix c: <http://publications.europa.eu/resource/authority/country/> .",
        'id:act\\/x eli:jurisdiction c:KAZ ; dct:title "X"@en , "X"@ru , "X"@kk .',
        ':a eli:is_part_of id:act\\/x ; eli:number "1" ; kz:field id:field\\/criminal .',
        ':a.v a kz:ProvisionVersion ; eli:is_member_of :a ; eli:first_date_entry_in_force "2000-01-01"^^xsd:date ; kz:groundList :l .',
        f":l kz:effect id:effect\\/{row['kind']} .",
    ]
    if row["residual"]:
        lines.append(f":l kz:listMode id:mode\\/{'open' if row['residual'] == 'yes' else 'closed'} .")
    lines += [f":l kz:entry :e{n} . :e{n} kz:order {n} ; kz:ground id:ground\\/{ground} ." for n, ground in enumerate(entries, 1)]
    if row["read"] in READ:
        extent, trust = READ[row["read"]]
        lines.append(f":a.v kz:attestation :t . :t kz:extent id:extent\\/{extent} ; kz:trust id:trust\\/{trust} .")
    return "\n".join(lines)


def of_old(row: dict[str, str]) -> str:
    """The law of the table's second row, known from 2000 on in the way that this row says, with an older wording read where ``until`` is set."""
    text = law(ROWS[1]).replace("a kz:ProvisionVersion ;", f"a kz:ProvisionVersion ; kz:startBasis id:basis\\/{row['basis']} ;")
    if row["earliest"]:
        text += f'\n:a.v kz:earliestStart "{row["earliest"]}"^^xsd:date .'
    if row["adopted"]:
        text += f'\nid:act\\/x eli:date_document "{row["adopted"]}"^^xsd:date .'
    if row["until"]:
        text += (
            f'\n:a.o a kz:ProvisionVersion ; eli:is_member_of :a ; eli:first_date_entry_in_force "{row["until"]}"^^xsd:date ; kz:startBasis id:basis\\/stated ;'
            ' kz:until "2000-01-01"^^xsd:date ; kz:groundList :l2 ; kz:attestation :t . :l2 kz:effect id:effect\\/protects ; kz:listMode id:mode\\/closed .'
        )
    return text


OLD = list(csv.DictReader(UNREAD.splitlines(), delimiter=";"))


@pytest.mark.parametrize("row", OLD, ids=[row["says"] for row in OLD])
def test_before_the_first_text_read_nothing_is_absent(row, rooms, tmp_path):
    (tmp_path / "ground.ttl").write_text((rooms.data / "ground.ttl").read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "x.ttl").write_text(of_old(row), encoding="utf-8")
    world = Rooms(rooms.ontology, tmp_path, rooms.queries)
    rows = store_rows(Store(world, cache=False), "matrix", at=row["at"], lang="en")
    found = {slug(ground): slug(verdict) for _, _, ground, verdict, *_ in rows}
    assert found.get("sexual-orientation", "") == row["verdict"]
    assert rdflib_rows(to_rdflib(world), world, "matrix", at=row["at"], lang="en") == rows


@pytest.mark.parametrize("row", ROWS, ids=[row["says"] for row in ROWS])
def test_the_table_that_a_lawyer_signs(row, rooms, tmp_path):
    grounds = (rooms.data / "ground.ttl").read_text(encoding="utf-8")
    (tmp_path / "ground.ttl").write_text(grounds, encoding="utf-8")
    (tmp_path / "x.ttl").write_text(law(row), encoding="utf-8")
    world = Rooms(rooms.ontology, tmp_path, rooms.queries)
    store = Store(world, cache=False)
    rows = store_rows(store, "matrix", at="2001-01-01", lang="en")
    found = {slug(ground): slug(verdict) for _, _, ground, verdict, *_ in rows}
    assert found.get(row["asked"], "") == row["verdict"]
    assert rdflib_rows(to_rdflib(world), world, "matrix", at="2001-01-01", lang="en") == rows
