"""The difference of two versions: statements, not lines; its effect on the answers; what it discloses."""

import random
import shutil
import subprocess

import pytest
from conftest import HERE
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kzgraph.differences import difference, side
from kzgraph.errors import BadValue
from kzgraph.rooms import Rooms
from kzgraph.store import Store

AT = "2021-02-01"


@pytest.fixture
def changed(tmp_path, toy_rooms):
    """A copy of the hand-made world with some text replaced in one of its files, and the difference to it."""

    def differ(file: str, old: str, new: str, lang: str = "en"):
        folder = tmp_path / "data"
        shutil.copytree(HERE / "toy", folder, dirs_exist_ok=True)
        text = (folder / file).read_text(encoding="utf-8")
        assert old in text
        (folder / file).write_text(text.replace(old, new), encoding="utf-8")
        return difference(Store(toy_rooms, cache=False), Store(side(toy_rooms, str(folder)), cache=False), at=AT, lang=lang)

    return differ


def effects(found, what: str) -> list[tuple[str, str]]:
    return [(row["change"], row["thing"]) for row in found.effects.records() if row["what"] == what]


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_the_order_of_files_and_statements_is_no_difference(toy, toy_rooms, seed):
    lines = sorted(f"<{s}> <{p}> {o if o.startswith(chr(34)) else f'<{o}>'} ." for s, p, o in Store(_data(toy_rooms), cache=False).statements())
    random.Random(seed).shuffle(lines)
    cut = len(lines) // 2
    files = [(f"data/{name}.ttl", "\n".join(part).encode()) for name, part in (("b", lines[:cut]), ("a", lines[cut:]))]
    shuffled = Rooms(toy_rooms.ontology, toy_rooms.data, toy_rooms.queries)
    shuffled.__dict__["turtle"] = [*(pair for pair in toy_rooms.turtle if pair[0].startswith("ontology/")), *files]
    found = difference(toy, Store(shuffled, cache=False), at=AT)
    assert found.empty and "Nothing that is stated differs." in found.write("text")


def _data(rooms: Rooms) -> Rooms:
    bare = Rooms(rooms.ontology, rooms.data, rooms.queries)
    bare.__dict__.update(turtle=[pair for pair in rooms.turtle if pair[0].startswith("data/")], rules=[])
    return bare


def test_a_check_taken_away_turns_its_cells_to_not_checked_and_its_gaps_away(changed):
    found = changed("world.ttl", "kz:attestation new:art_3.v2020-01-01.att1", 'skos:editorialNote "unread"@en')
    assert ("disappears", "gap/motive-omission/new-law/art_3/sexual-orientation") in effects(found, "gap")
    row = next(row for row in found.effects.records() if row["thing"] == "act/new-law/art_3 × ground/sexual-orientation")
    assert (row["what"], row["before"], row["after"]) == ("verdict", "absent", "not checked")
    assert {row["thing"] for row in found.entities.records()} == {"act/new-law/art_3"}


def test_a_word_changed_is_told_with_the_provision_it_belongs_to_in_the_language(changed):
    found = changed("world.ttl", '"Equality"@en', '"Equal treatment"@en', lang="ru")
    row = next(row for row in found.entities.records() if row["property"] == "title")
    assert (row["change"], row["kind"], row["thing"]) == ("changed", "LegalResourceSubdivision", "act/new-law/art_1")
    assert row["part"].startswith("v20") and row["before"] == "«Equality» (en)" and row["after"] == "«Equal treatment» (en)"
    assert "Что утверждается" in found.write("md") and not effects(found, "gap")


def test_a_forged_day_is_seen_in_the_wording_and_in_the_gap(changed):
    found = changed("world.ttl", 'new:art_3.v2020-01-01 a kz:ProvisionVersion ; eli:is_member_of new:art_3 ; eli:first_date_entry_in_force "2020-01-01"',
                    'new:art_3.v2020-01-01 a kz:ProvisionVersion ; eli:is_member_of new:art_3 ; eli:first_date_entry_in_force "2020-06-01"')
    assert any(row["before"] == "2020-01-01" and row["after"] == "2020-06-01" for row in found.entities.records())
    assert ("changes", "gap/motive-omission/new-law/art_3/sexual-orientation") in effects(found, "gap")


def test_a_tier_lowered_a_day_made_exact_and_a_number_are_named_as_disclosures(changed, tmp_path, toy_rooms):
    world = (HERE / "toy" / "evidence.ttl").read_text(encoding="utf-8")
    secret = world.replace("kz:tier tier:public", "kz:tier tier:restricted", 1)
    folder = tmp_path / "before"
    folder.mkdir()
    shutil.copytree(HERE / "toy", folder, dirs_exist_ok=True)
    (folder / "evidence.ttl").write_text(secret, encoding="utf-8")
    found = difference(Store(side(toy_rooms, str(folder)), cache=False), Store(toy_rooms, cache=False), at=AT)
    assert [row["change"] for row in found.privacy.records() if row["change"] == "tier"] == ["tier"]
    assert "restricted → public" in found.write("text")
    found = changed("evidence.ttl", "precision:month", "precision:day")
    assert any(row["change"] == "precision" and "month → day" in row["told"] for row in found.privacy.records())
    found = changed("evidence.ttl", '"Robbery by officers"@en', '"Robbery, call +7 701 ' + '123 45 67"@en')
    assert [row["change"] for row in found.privacy.records()] == ["identifier"] and "phone" in found.write("md")


def test_a_git_revision_is_a_version(run, tmp_path):
    for name in ("ontology", "queries"):
        shutil.copytree(HERE.parent / name, tmp_path / name)
    shutil.copytree(HERE / "toy", tmp_path / "data")
    git = ["git", "-c", "user.name=project", "-c", "user.email=project@example.org", "-C", str(tmp_path)]
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "one"]):
        subprocess.run([*git, *command], check=True, timeout=60)
    code, out, err = run("--root", tmp_path, "diff", "HEAD", "--at", AT, "--format", "csv", "--exit-code")
    assert code == 0 and len(out.splitlines()) == 1 and "0 differences" in err
    world = tmp_path / "data" / "world.ttl"
    world.write_text(world.read_text(encoding="utf-8").replace('"Equality"@en', '"Fairness"@en'), encoding="utf-8")
    code, out, _ = run("--root", tmp_path, "diff", "HEAD", "--at", AT, "--format", "csv", "--exit-code")
    assert code == 1 and "Fairness" in out
    code, out, _ = run("--root", tmp_path, "diff", "HEAD", tmp_path, "--at", AT, "--format", "json")
    assert code == 0 and '"entities"' in out
    for name in ("no-such-revision", "--output=x", ""):
        with pytest.raises(BadValue, match="neither a folder nor a git revision"):
            side(Rooms(tmp_path / "ontology", tmp_path / "data", tmp_path / "queries"), name)
