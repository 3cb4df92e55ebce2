"""The difference of two versions: statements, not lines; its effect on the answers; what it discloses."""

import random
import shutil
import subprocess

import pytest
from conftest import HERE
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kzgraph.differences import difference, side
from kzgraph.errors import BadFile, BadValue, RoomMissing
from kzgraph.questions import answer
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
    row = next(row for row in found.entities.records() if row["property"] == "название")
    assert (row["change"], row["kind"], row["thing"]) == ("changed", "норма", "act/new-law/art_1")
    assert row["label"] == "Новый закон, ст. 1"
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


@pytest.fixture
def world(tmp_path, toy_rooms):
    """Copies of the hand-made world, each with some text replaced once in one of its files."""

    def made(name: str, *changes: tuple[str, str, str]) -> Store:
        folder = tmp_path / name
        shutil.copytree(HERE / "toy", folder)
        for file, old, new in changes:
            text = (folder / file).read_text(encoding="utf-8")
            assert old in text, old
            (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
        return Store(side(toy_rooms, str(folder)), cache=False)

    return made


CASE = "a kz:Case ; kz:caseKind event-kind:incident ; kz:year 2021 ; kz:publicEvent true ; kz:tier tier:public"
HIDDEN = CASE.replace("tier:public", "tier:restricted")


def told(found, change: str) -> list[tuple[str, str]]:
    return [(row["thing"], row["told"]) for row in found.privacy.records() if row["change"] == change]


def test_a_restricted_record_is_told_of_nowhere_unless_it_was_asked_for(world):
    secret = ' ; skos:editorialNote "planted-note"@en ; kz:place place:south'
    one, two = world("one", ("evidence.ttl", CASE, HIDDEN)), world("two", ("evidence.ttl", CASE, HIDDEN + secret))
    found = difference(one, two, at=AT)
    assert found.empty
    for form in ("text", "md", "json", "csv"):
        assert "planted-note" not in found.write(form) and "2021-001" not in found.write(form)
    assert "planted-note" in difference(*(Store(side.rooms, cache=False, restricted=True) for side in (one, two)), at=AT).write("text")
    lowered = difference(two, world("three"), at=AT)  # what it was while it was restricted is not told
    assert told(lowered, "tier") == [("case/2021-001", "the tier is lowered: restricted → public")]
    assert "planted-note" not in lowered.write("json")


def test_a_profile_is_no_side_of_a_difference(toy):
    with pytest.raises(BadValue, match="without a profile"):
        difference(toy, Store(toy.rooms, cache=False, profile="public"), at=AT)


def test_each_way_of_disclosing_more_is_named(world):
    plain = world("plain")
    unsaid = world("unsaid", ("evidence.ttl", CASE, CASE.replace("kz:publicEvent true ; ", "")))
    assert told(difference(unsaid, plain, at=AT), "public") == [("case/2021-001", "a private event is marked as public")]
    assert not told(difference(plain, unsaid, at=AT), "public")
    untiered = world("untiered", ("evidence.ttl", CASE, CASE.replace(" ; kz:tier tier:public", "")))
    assert told(difference(plain, untiered, at=AT), "untiered") == [("case/2021-001", "the tier is removed: public → –")]
    aged = world("aged", ("evidence.ttl", CASE, CASE + " ; kz:age 34"))
    assert told(difference(plain, aged, at=AT), "property") == [("https://w3id.org/kzgraph/ns#age", "a property that no such record had: case (1)")]
    phones = ["+7 701 " + "123 45 67", "+7 701 " + "765 43 21"]
    first = world("first", ("evidence.ttl", '"Robbery by officers"@en', f'"Robbery {phones[0]}"@en'))
    second = world("second", ("evidence.ttl", '"Robbery by officers"@en', f'"Robbery {phones[1]}"@en'))
    assert [one.partition(": ")[2] for _, one in told(difference(first, second, at=AT), "identifier")] == ["phone"]  # another of a thing that had one
    named = Rooms(plain.rooms.ontology, plain.rooms.data, plain.rooms.queries)
    named.__dict__.update(turtle=[*plain.rooms.turtle, (f"data/case/{'who' + '@' + 'mail.kz'}.ttl", b"")], rules=plain.rooms.rules)
    assert [thing for thing, _ in told(difference(plain, Store(named, cache=False), at=AT), "identifier")] == [f"data/case/{'who' + '@' + 'mail.kz'}.ttl"]


def test_a_profile_that_lets_out_more_is_named_and_the_vocabulary_said_to_differ(toy, toy_rooms):
    def profiled(old: str, new: str):
        files = []
        for name, body in toy_rooms.turtle:
            text = body.decode()
            if name == "ontology/profiles.ttl":
                assert old in text
                text = text.replace(old, new, 1)
            files.append((name, text.encode()))
        made = Rooms(toy_rooms.ontology, toy_rooms.data, toy_rooms.queries)
        made.__dict__.update(turtle=files, rules=toy_rooms.rules)
        return difference(toy, Store(made, cache=False), at=AT)

    found = profiled("kz:letsTier tier:public", "kz:letsTier tier:public , tier:restricted")
    assert [told for _, told in told(found, "profile")] == ["the profile lets out more: +tier/restricted"]
    assert "The vocabulary differs" in found.write("text") and not found.entities.rows


def test_a_wording_of_long_ago_is_judged_too(world):
    first = "new:art_3.v2020-01-01 a kz:ProvisionVersion"
    plain, other = world("plain"), world("other", ("world.ttl", "kz:attestation new:art_3.v2020-01-01.att1", 'skos:editorialNote "unread"@en'))
    assert first in (HERE / "toy" / "world.ttl").read_text(encoding="utf-8")
    found = difference(plain, other, at="1999-01-01")  # a day on which nothing of it was in force
    row = next(row for row in found.effects.records() if row["thing"] == "act/new-law/art_3.v2020-01-01")
    assert (row["what"], row["change"]) == ("wording", "changes") and row["after"] == "verdict otherwise: not checked"
    spells = [row for row in found.effects.records() if row["thing"] == "gap/motive-omission/new-law/art_3/sexual-orientation"]
    assert [(row["what"], row["change"], row["after"]) for row in spells] == [("gap", "disappears", "")] and spells[0]["before"].startswith("20")


def test_how_many_rows_of_an_answer_come_and_go_is_told(world):
    plain, other = world("plain"), world("other", ("world.ttl", "kz:attestation new:art_3.v2020-01-01.att1", 'skos:editorialNote "unread"@en'))
    one, two = (set(answer(store, "matrix", at=AT).rows) for store in (plain, other))
    count = next(row for row in difference(plain, other, at=AT).effects.records() if row["thing"] == "matrix")
    assert one - two and (count["before"], count["after"]) == (f"−{len(one - two)}", f"+{len(two - one)}")


def test_a_ground_added_closes_its_gap(world):
    entry = "new:art_3.v2020-01-01.list1.e1"
    text = (HERE / "toy" / "world.ttl").read_text(encoding="utf-8")
    assert f"kz:entry {entry}" in text
    more = f"new:art_3.v2020-01-01.list1.e9 a kz:GroundEntry ; kz:order 9 ; kz:ground ground:sexual-orientation ; kz:wording \"orientation\"@en .\n{entry} a"
    found = difference(world("plain"), world("more", ("world.ttl", f"kz:entry {entry}", f"kz:entry new:art_3.v2020-01-01.list1.e9 , {entry}"),
                                             ("world.ttl", f"\n{entry} a", "\n" + more)), at=AT)
    assert ("disappears", "gap/motive-omission/new-law/art_3/sexual-orientation") in effects(found, "gap")
    row = next(row for row in found.effects.records() if row["thing"] == "act/new-law/art_3.v2020-01-01")
    assert row["after"] == "names: sexual orientation"


def test_hostile_texts_and_names_do_no_harm(world, tmp_path, toy_rooms):
    found = difference(world("plain"), world("hostile", ("world.ttl", '"Equality"@en', '"a\\u001B[31m\\u202E |<b>\\n\\\\n"@en')), at=AT)
    for form in ("text", "md", "csv"):
        text = found.write(form)
        assert "\x1b" not in text and "\u202e" not in text
    assert any(row["after"] == "«a\\u001B[31m\\u202E |<b> \\n» (en)" for row in found.entities.records())
    (tmp_path / "empty").mkdir()
    with pytest.raises(RoomMissing, match=r"empty: no \.ttl file below it"):
        side(toy_rooms, str(tmp_path / "empty"))
    for name in ("a" * 5000, "a\0b"):
        with pytest.raises((BadValue, BadFile)):
            side(toy_rooms, name)
