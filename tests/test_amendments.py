"""What an amendment would change: laid over the graph, decided by the same rules, and never written into anything."""

import csv
import io

import pytest
from conftest import HERE
from engines import plain
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rdflib import Literal
from rdflib.namespace import XSD

from kzgraph.amendments import Amendment, _smallest, laid, ranking, read, shipped, whatif
from kzgraph.errors import BadFile, BadValue, KzError, UnknownName
from kzgraph.questions import Question, answer
from kzgraph.rooms import open_rooms
from kzgraph.store import Store
from kzgraph.terms import LANGUAGES

TOY = ("--data", str(HERE / "toy"))
HEAD = 'from = 2025-06-01\n[title]\nen = "Draft"\n'
NAMES = list(shipped(open_rooms()))


def draft(text: str, name: str = "mine") -> Amendment:
    import tomllib

    return Amendment(name, f"{name}.toml", tomllib.loads(HEAD + text))


def change(provision: str, name: str = "mine", **keys) -> Amendment:
    lines = "".join(f"{key} = {str(value).lower() if isinstance(value, bool) else repr(value)}\n" for key, value in keys.items())
    return draft(f'[[change]]\nact = "new-law"\nprovision = "{provision}"\n{lines}', name)


def effects(outcome) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for row in outcome.gaps.records():
        found.setdefault(row["effect"], set()).add(row["gap"])
    return found


def test_a_broader_ground_closes_no_gap_of_the_narrower(store):
    """Health is not HIV: README, "never counted as covered"."""
    found = effects(whatif(store, [draft('[[change]]\nact = "labour-code-2015"\nprovision = "art_25__para_2"\nadd = ["ground/health-status"]\n', "health")]))
    assert found["closes"] == {"gap/closed-list-omission/labour-code-2015/art_25__para_2/health-status"}
    assert "gap/closed-list-omission/labour-code-2015/art_25__para_2/hiv-status" in found["stays"]


def test_naming_the_ground_closes_the_gap_of_that_ground_alone(toy):
    outcome = whatif(toy, [change("art_3", add=["ground/sexual-orientation"])])
    assert effects(outcome)["closes"] == {"gap/motive-omission/new-law/art_3/sexual-orientation"}
    cells = {(row["provision"], row["ground"]): (row["verdict"], row["verdict_after"]) for row in outcome.verdicts.records()}
    assert cells == {("act/new-law/art_3", "ground/sexual-orientation"): ("absent", "listed")}
    words = outcome.wording.records()
    assert len(words) == 1 and words[0]["after"].startswith(words[0]["before"].split("; …")[0]) and "sexual orientation" in words[0]["after"]


def test_nothing_is_written_and_the_same_graph_answers_as_before(toy, toy_rooms):
    before = answer(toy, "gaps", at="2025-07-01").rows
    digest = open_rooms(data=HERE / "toy").digest
    whatif(toy, [change("art_3", add=["ground/sexual-orientation"])])
    assert answer(toy, "gaps", at="2025-07-01").rows == before
    assert open_rooms(data=HERE / "toy").digest == digest == toy_rooms.digest


def test_before_its_first_day_a_draft_changes_nothing(toy):
    outcome = whatif(toy, [change("art_3", add=["ground/sexual-orientation"])], at="2025-05-31")
    assert not outcome.verdicts.rows and not outcome.wording.rows and "closes" not in effects(outcome)


def test_closing_a_list_changes_the_type_and_answers_nothing(store):
    outcome = whatif(store, [read("wider-ban", store.rooms)])
    changed = {row["gap"]: row["type_after"] for row in outcome.gaps.records() if row["effect"] == "changes-type"}
    assert changed["gap/residual-only/criminal-code-2014/art_145/sexual-orientation"] == "closed-list-omission"
    assert "gap/hostile-mention/mass-media-law-2024/art_2__para_4/gender-identity" in effects(outcome)["opens"]
    told = {row["ask"]: row for row in outcome.asks.records()}["ask/ecom-2024-amend-145"]
    assert (told["answered"], told["given"], told["asked"]) == ("not", "0", "4") and "sexual orientation" in told["why"]
    assert {row["answered"] for row in outcome.asks.records()} == {"not"}


def test_the_wording_of_article_145_asked_for_closes_its_gaps_and_answers_the_ask_in_full(store):
    outcome = whatif(store, [read("criminal-code-145", store.rooms)])
    place = "gap/residual-only/criminal-code-2014/art_145"
    assert effects(outcome)["closes"] == {f"{place}/sexual-orientation", f"{place}/gender-identity"}
    assert "gap/application-gap/criminal-code-2014/art_145/gender-identity" in effects(outcome)["stays"], "a refusal is no matter of words"
    assert [(row["ask"], row["answered"]) for row in outcome.asks.records()] == [("ask/ecom-2024-amend-145", "in-full")]
    assert {row["case"] for row in outcome.cases.records()} == {"case/2022-009", "case/2022-014"}


def test_one_of_two_grounds_answers_the_ask_in_part(store):
    only = draft('[[change]]\nact = "criminal-code-2014"\nprovision = "art_145"\nfrom = 2027-07-01\nadd = ["ground/sexual-orientation"]\n')
    (told,) = whatif(store, [only]).asks.records()
    assert (told["ask"], told["answered"], told["given"], told["asked"]) == ("ask/ecom-2024-amend-145", "in-part", "1", "4")
    assert told["met"] == "act/criminal-code-2014/art_145 ground/sexual-orientation" and "HIV" in told["why"]


def test_grounds_asked_for_count_though_no_gap_stands_on_them(store):
    both = read("criminal-code-145", store.rooms)
    both.changes[0]["add"] = ["ground/sexual-orientation", "ground/gender-identity"]
    (told,) = whatif(store, [both]).asks.records()
    assert told["answered"] == "in-part" and told["left"].count("ground/") == 2, "health was asked for too"


def test_repeal_of_a_protection_closes_no_omission_and_answers_no_ask(store):
    gone = draft('[[change]]\nact = "criminal-code-2014"\nprovision = "art_145"\nfrom = 2027-07-01\nrepeal = true\n')
    outcome = whatif(store, [gone])
    assert set(effects(outcome)) == {"stays"} and "gap/residual-only/criminal-code-2014/art_145/sexual-orientation" in effects(outcome)["stays"]
    assert [row["answered"] for row in outcome.asks.records()] == ["not"]
    assert any("no wording there names the ground" in note for note in outcome.notes)


def test_what_nobody_read_whole_is_not_known_the_better_for_being_amended(toy, store):
    for graph, act, provision in ((toy, "new-law", "art_4"), (store, "elections-law-1995", "art_4__para_1")):
        made = draft(f'[[change]]\nact = "{act}"\nprovision = "{provision}"\nfrom = 2027-07-01\nadd = ["ground/sexual-orientation"]\nresidual = "closed"\n')
        outcome = whatif(graph, [made])
        assert {(row["ground"], row["verdict_after"]) for row in outcome.verdicts.records()} == {("ground/sexual-orientation", "listed")}
        assert "opens" not in effects(outcome)


def test_an_ask_for_what_words_do_not_give_is_not_answered_by_them(store):
    outcome = whatif(store, [read("comprehensive-act", store.rooms)])
    told = {row["ask"]: row for row in outcome.asks.records()}
    assert told["ask/hrc-2016-anti-discrimination-law"]["answered"] == "in-full"
    assert told["ask/ecom-2024-investigation-mechanism"]["answered"] == "not" and "investigate" in told["ask/ecom-2024-investigation-mechanism"]["why"]
    assert "gender expression" in told["ask/upr-2019-anti-discrimination-legislation"]["why"]
    assert any("stays on record" in note for note in outcome.notes), "the gap of follow-up of an ask that is answered in law is explained"
    told = {row["ask"]: row["answered"] for row in whatif(store, [read("no-surgery", store.rooms)]).asks.records()}
    assert told["ask/ecom-2024-remove-surgery"] == "not", "it names the law on recognition, which the draft does not give"


@pytest.mark.parametrize("name", ["asked", "covered"])
def test_the_questions_aside_are_whole_and_both_engines_agree(name, toy, toy_rooms, toy_rdflib):
    asked = Question(name, (toy_rooms.queries / "whatif" / f"{name}.rq").read_text(encoding="utf-8"))
    for words in (asked.title, asked.question, asked.limits):
        assert set(words) == set(LANGUAGES) and all(words.values())
    values = {"at": "2024-06-01", "lang": "en"}
    bound = asked.bind(**{key: values[key] for key in asked.params})
    _, rows = toy.select(asked.text, name, **bound)
    found = sorted(tuple("" if cell is None else cell.value for cell in row) for row in rows)
    made = {"date": lambda value: Literal(value, datatype=XSD.date), "lang": Literal}
    terms = {key: made[kind](values[key]) for key, (kind, _) in asked.params.items()}
    assert found and found == sorted(tuple(plain(cell) for cell in row) for row in toy_rdflib.query(asked.text, initBindings=terms))




def test_repeal_of_118_1_closes_the_overbroad_offence_and_no_surgery_the_requirement(store):
    told = whatif(store, [read("repeal-118-1", store.rooms)])
    assert effects(told)["closes"] == {"gap/overbroad-offence/criminal-code-2014/art_118__para_1/hiv-status/exposure-without-transmission"}
    assert [row["after"] for row in told.wording.records()] == ["repealed"]
    told = whatif(store, [read("no-surgery", store.rooms)])
    assert effects(told)["closes"] == {"gap/harmful-requirement/marriage-family-code-2011/art_257__point_13/gender-identity/surgery"}


def test_a_comprehensive_act_closes_the_missing_act_but_only_for_the_grounds_it_names(store):
    whole = read("comprehensive-act", store.rooms)
    closed = effects(whatif(store, [whole]))["closes"]
    assert "gap/no-instrument/anti-discrimination-act/sexual-orientation" in closed and "gap/no-instrument/discrimination-definition/gender-identity" in closed
    provision = whole.acts[0]["provisions"][0]
    provision["grounds"] = [ground for ground in provision["grounds"] if ground != "ground/sexual-orientation"]
    left_out = whatif(store, [whole])
    assert "gap/no-instrument/anti-discrimination-act/sexual-orientation" not in effects(left_out)["closes"]
    assert "gap/residual-only/draft-anti-discrimination-act/art_2/sexual-orientation" in effects(left_out)["opens"]


def test_several_combine_on_one_provision_and_one_day(toy):
    both = whatif(toy, [change("art_3", add=["ground/sexual-orientation"]), change("art_3", "other", add=["ground/gender-identity"])])
    after = {row["ground"]: row["verdict_after"] for row in both.verdicts.records()}
    assert after == {"ground/sexual-orientation": "listed", "ground/gender-identity": "listed"}
    one = whatif(toy, [change("art_3", add=["ground/sexual-orientation"])], at="2026-01-01")
    later = draft('[[change]]\nact = "new-law"\nprovision = "art_3"\nfrom = 2025-09-01\nremove = ["ground/sexual-orientation"]\n', "later")
    taken_back = whatif(toy, [change("art_3", add=["ground/sexual-orientation"]), later], at="2026-01-01")
    assert "closes" in effects(one) and "closes" not in effects(taken_back)


def test_the_ranking_names_the_best_and_a_smallest_set_that_reaches_as_far(store):
    rows = ranking(store, [read(name, store.rooms) for name in NAMES], gap_type="motive-omission").records()
    assert rows[0]["amendments"] == "hate-motives" and int(rows[0]["closes"]) == 22
    assert rows[-1]["rank"] == "set" and rows[-1]["amendments"] == "hate-motives"
    rows = ranking(store, [read(name, store.rooms) for name in ("hate-motives", "criminal-code-145", "repeal-118-1")]).records()
    assert int(rows[-1]["closes"]) == sum(int(row["closes"]) for row in rows[:-1])


@pytest.mark.parametrize("name", NAMES)
def test_each_shipped_amendment_has_three_languages_and_asks_that_exist(name, store):
    made = read(name, store.rooms)
    assert set(made.title) == set(LANGUAGES)
    known = {row[0] for row in answer(store, "addresses").rows}
    assert set(made.asks) <= known and (made.asks or made.example)
    for lang in LANGUAGES if name == "wider-ban" else ("ru",):
        text = whatif(store, [made], lang=lang).write("text")
        assert made.title[lang] in text and "prevented" not in text and "not protected" not in text


@pytest.mark.parametrize("name", [name for name in NAMES if name != "wider-ban"])
def test_an_amendment_that_words_an_ask_answers_it(name, store):
    made = read(name, store.rooms)
    rows = whatif(store, [made]).asks.records()
    wanted = {ask for ask in made.asks if ask.startswith("ask/")}
    assert {row["ask"] for row in rows} & wanted or {row["lineage"] for row in rows} & set(made.asks) or made.example


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sets(st.sampled_from(["ground/sexual-orientation", "ground/gender-identity", "ground/language", "ground/race", "ground/hiv-status"]), min_size=1))
def test_adding_a_ground_to_a_list_never_opens_a_gap(toy, grounds):
    outcome = whatif(toy, [change("art_3", add=sorted(grounds))], at="2025-07-01")
    assert not {"opens", "changes-type"} & set(effects(outcome))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.text(max_size=40), number=st.text(max_size=8))
def test_hostile_words_stay_words_or_are_refused(toy, words, number):
    form = {
        "from": __import__("datetime").date(2025, 6, 1),
        "title": {"en": words},
        "new_act": [{"name": "x-act", "title": {"en": words}, "provision": [{"number": number, "field": ["field/criminal"], "grounds": ["ground/sex"]}]}],
    }
    try:
        after = Store(laid(toy.rooms, [Amendment(words or "x", "hostile.toml", form)]), cache=False)
    except KzError as error:
        assert "\n" not in str(error)
        return
    added = {row[0] for row in answer(after, "addresses").rows} - {row[0] for row in answer(toy, "addresses").rows}
    assert all("x-act" in address or address.startswith("document/draft-") for address in added)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[[change]]\nact = "new-law"\nprovision = "art_3"\n', "changes nothing"),
        ('[[change]]\nact = "new-law"\nprovision = "art_3"\nad = ["ground/sex"]\n', "mine.toml: change 1: ad: no such key; nearest: add"),
        ('[[change]]\nprovision = "art_3"\nrepeal = true\n', "act: missing"),
        ('[[change]]\nact = "new-law"\nprovision = "art_3"\nrepeal = true\nadd = ["ground/sex"]\n', "choose one of the two"),
        ('[[change]]\nact = "new-law"\nprovision = "art_3"\nadd = ["ground/sex"]\nremove = ["ground/sex"]\n', "adds and removes ground/sex"),
        ('[[change]]\nact = "new-law"\nprovision = "art_3"\nresidual = "ajar"\n', "open"),
        ('[[change]]\nact = "new-law"\nprovision = "art_3"\nadd = ["ground/race> . <x"]\n', "not an address"),
        ('[[change]]\nact = "x y"\nprovision = "art_3"\nrepeal = true\n', "mine.toml: change 1: act: not the name of an act"),
        ('[[change]]\nact = ["new-law"]\nprovision = "art_3"\nrepeal = true\n', "act: not the name of an act"),
        ('[[change]]\nact = "new-law"\nprovision = "art_3"\nadd = ["ground/sex"]\neffect = ["protects"]\n', "mine.toml: change 1: effect: not the name"),
        ('[[change]]\nact = "new-law"\nprovision = "art_3"\nadd = ["ground/sex"]\neffect = "pro tects"\n', "effect: not the name"),
        ('title.en = 5\n[[change]]\nact = "new-law"\nprovision = "art_3"\nrepeal = true\n', "mine.toml: title: no table"),
        ('[[new_act]]\nname = "big-act"\ntitle.en = ["x"]\n', "new_act 1: title: no table"),
        ('[[new_act]]\nname = "a"\ntitle.en = "x"\n[[new_act.provision]]\nfield = ["field/all"]\ngrounds = ["ground/sex"]\neffect = []\n', "effect: not"),
        ('[[new_act]]\nname = "Big Act"\ntitle.en = "x"\n', "small letters"),
        ('fulfils = ["area/anti-discrimination-act"]\n[[change]]\nact = "a"\nprovision = "b"\nrepeal = true\n', "grounds: missing"),
    ],
)
def test_a_faulty_form_names_file_key_and_remedy(text, expected):
    import tomllib

    with pytest.raises(BadFile, match=expected.replace("(", "\\(")):
        head, table = (HEAD, text)
        if text.startswith("fulfils"):
            first, rest = text.split("\n", 1)
            head, table = f"{first}\n{HEAD}", rest
        if text.startswith("title"):
            first, table = text.split("\n", 1)
            head = f"from = 2025-06-01\n{first}\n"
        Amendment("mine", "mine.toml", tomllib.loads(head + table))


@pytest.mark.parametrize(
    ("made", "error", "expected"),
    [
        (change("art_3", add=["ground/sexual-orientaton"]), UnknownName, "nearest: ground/sexual-orientation"),
        (change("art_33", repeal=True), UnknownName, "act/new-law/art_33: no such address"),
        (change("art_3", remove=["ground/sexual-orientation"]), BadValue, "does not name ground/sexual-orientation"),
        (change("art_3", drop=["requirement/surgery"]), BadValue, "does not impose"),
        (draft('[[change]]\nact = "new-law"\nprovision = "art_1"\nfrom = 2019-01-01\nrepeal = true\n'), BadValue, "choose a later day"),
    ],
)
def test_what_does_not_fit_the_law_is_refused_with_the_reason(toy, made, error, expected):
    with pytest.raises(error, match=expected):
        whatif(toy, [made])


def test_repeal_and_change_on_one_day_contradict_each_other(toy):
    with pytest.raises(BadValue, match="repealed and changed"):
        whatif(toy, [change("art_3", repeal=True), change("art_3", "other", add=["ground/sexual-orientation"])])


def test_two_amendments_or_new_acts_of_one_name_are_told(toy):
    with pytest.raises(BadValue, match="mine: the name of more than one amendment"):
        whatif(toy, [change("art_3", add=["ground/language"]), change("art_3", add=["ground/race"])])
    act = '[[new_act]]\nname = "some-act"\ntitle.en = "A"\n[[new_act.provision]]\nfield = ["field/all"]\ngrounds = ["ground/sex"]\n'
    with pytest.raises(BadValue, match="some-act: the name of more than one new act"):
        whatif(toy, [draft(act), draft(act, "other")])


def test_a_ranking_leaves_out_sets_that_contradict_each_other(toy):
    gone = change("art_3", "gone", repeal=True)
    named = change("art_3", "named", add=["ground/sexual-orientation"])
    more = change("art_3", "more", add=["ground/sexual-orientation", "ground/language"])
    rows = ranking(toy, [gone, named, more]).records()
    assert rows[-1]["rank"] == "set" and rows[-1]["amendments"] in ("named", "more") and rows[-1]["closes"] == rows[0]["closes"]
    back = draft('[[change]]\nact = "new-law"\nprovision = "art_3"\nfrom = 2025-09-01\nrepeal = true\n', "back")
    assert ranking(toy, [named, back], at="2026-01-01").records()[-1]["amendments"] == "named"
    with pytest.raises(UnknownName, match="no type of gap; nearest: motive-omission"):
        ranking(toy, [named], gap_type="motive-omision")


def test_a_set_is_found_though_its_members_only_work_apart():
    one, two, three = (change("art_3", name, add=["ground/race"]) for name in "abc")
    two.changes[0]["provision"], three.changes[0]["provision"] = "act/new-law/art_9", "act/new-law/art_8"
    alone = {"a": {"1", "2"}, "b": {"3"}, "c": {"1", "2", "3"}}
    asked: list[frozenset] = []

    def effects(names):
        asked.append(names)
        return frozenset().union(*(alone[name] for name in names)), 0

    assert _smallest([one, two, three], effects) == ("c",)
    assert _smallest([one, two], effects) == ("a", "b") and frozenset("ab") not in asked, "what does not meet is not derived together"
    two.changes[0]["provision"] = one.changes[0]["provision"]
    assert _smallest([one, two], effects) == ("a", "b") and frozenset("ab") in asked
    with pytest.raises(BadValue, match="rank up to 12"):
        _smallest([change("art_3", f"n{number}", add=["ground/race"]) for number in range(13)], effects)


def test_the_command_lists_tells_and_ranks(run, tmp_path):
    code, out, _ = run("whatif", "--list", "--format", "csv")
    assert code == 0 and {row["amendment"] for row in csv.DictReader(io.StringIO(out))} == set(NAMES)
    mine = tmp_path / "my draft.toml"
    mine.write_text(HEAD + '[[change]]\nact = "new-law"\nprovision = "art_3"\nadd = ["ground/sexual-orientation"]\n', encoding="utf-8")
    code, out, err = run(*TOY, "whatif", mine, "--format", "csv")
    assert code == 0 and "closes,gap/motive-omission/new-law/art_3/sexual-orientation" in out and "1 closes" in err
    code, out, _ = run(*TOY, "whatif", mine, "--format", "md", "--lang", "ru")
    assert out.startswith("# Draft") and "Проект, наложенный на граф" in out
    code, out, _ = run(*TOY, "whatif", mine, "--rank", "--format", "json")
    assert code == 0 and '"set"' in out
    (tmp_path / "deep.toml").write_text(f"from = {'[' * 3000}{']' * 3000}", encoding="utf-8")
    for arguments, expected in (
        (("whatif",), "no amendment named"),
        (("whatif", "hate-motivs"), "nearest: hate-motives"),
        (("whatif", tmp_path / "no.toml"), "No such file"),
        (("whatif", tmp_path / "deep.toml"), "deep.toml: nested too deeply"),
    ):
        code, out, err = run(*TOY, *arguments)
        assert (code, out) == (2, "") and expected in err and len(err.splitlines()) == 1
