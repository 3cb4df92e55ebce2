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
