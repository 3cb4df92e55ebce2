"""The rules of gaps, held against the hand-made world and against random changes of it."""

import re
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kzgraph.questions import answer
from kzgraph.rooms import Rooms
from kzgraph.store import Store

GROUNDS = ("sex", "race", "language", "sexual-orientation", "gender-identity", "health-status", "hiv-status")


def gaps(store, at: str) -> dict[str, tuple[str, str]]:
    return {row["gap"]: (row["since"], row["until"]) for row in answer(store, "gaps", at=at, lang="en").records()}


class World(Rooms):
    """The hand-made world with other Turtle than the files hold."""

    def __init__(self, rooms, *texts: str) -> None:
        super().__init__(rooms.ontology, rooms.data, rooms.queries)
        ontology = [(name, body) for name, body in rooms.turtle if name.startswith("ontology/")]
        self.__dict__["turtle"] = [*ontology, *((f"data/{n}.ttl", text.encode()) for n, text in enumerate(texts))]


@pytest.fixture(scope="module")
def text(toy_rooms):
    """The law of the hand-made world; its evidence stands in a file of its own."""
    return (toy_rooms.data / "world.ttl").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def law(toy_rooms, text):
    return Store(World(toy_rooms, text), cache=False)


CHANGES = [
    # (gap, first day, first day no more): --at before, on and after each change
    ("gap/residual-only/old-law/art_1/sexual-orientation", "2010-06-01", "2020-01-01"),
    ("gap/residual-only/new-law/art_1/sexual-orientation", "2020-01-01", "2022-01-01"),
    ("gap/harmful-requirement/new-law/art_6__point_1/gender-identity/surgery", "2020-01-01", "2023-01-01"),
    ("gap/no-instrument/anti-discrimination-act/sexual-orientation", "2010-06-01", "2024-01-01"),
    ("gap/no-instrument/anti-discrimination-act/sexual-orientation", "2025-01-01", ""),
    ("gap/hostile-mention/new-law/art_5/sexual-orientation", "2021-01-01", ""),
    ("gap/motive-omission/new-law/art_3/sexual-orientation", "2020-01-01", ""),
    ("gap/closed-list-omission/new-law/art_2/race", "2020-01-01", ""),
]


@pytest.mark.parametrize(("gap", "since", "until"), CHANGES)
def test_before_on_and_after_each_day_of_change(toy, gap, since, until):
    day = timedelta(days=1)
    first = date.fromisoformat(since)
    assert gap not in gaps(toy, (first - day).isoformat())
    assert gaps(toy, since)[gap] == (since, until)
    if until:
        last = date.fromisoformat(until)
        assert gaps(toy, (last - day).isoformat())[gap] == (since, until)
        assert gap not in gaps(toy, until)


ACTS = {  # the duty is read to call for an act from 2010-06-01: (in force from, until), and the days on which the gap is open
    "an act that ended before anybody called for one fills nothing": ([("2001-01-01", "2005-01-01")], [("2010-06-01", "")]),
    "an act in force then leaves a gap only when it is repealed": ([("2005-01-01", "2012-01-01")], [("2012-01-01", "")]),
    "between two acts the gap is open": (
        [("2012-01-01", "2014-01-01"), ("2016-01-01", "2018-01-01")],
        [("2010-06-01", "2012-01-01"), ("2014-01-01", "2016-01-01"), ("2018-01-01", "")],
    ),
    "acts that overlap leave none between them": (
        [("2012-01-01", "2015-01-01"), ("2014-01-01", "2016-01-01")],
        [("2010-06-01", "2012-01-01"), ("2016-01-01", "")],
    ),
    "nor does one that takes over on the day": ([("2005-01-01", "2012-01-01"), ("2012-01-01", "")], []),
}


def with_acts(toy_rooms, text: str, acts: list[tuple[str, str]]) -> Store:
    """The hand-made world with these acts in the place of the one that fulfils the area."""
    text = text.replace(" ; kz:fulfils area:anti-discrimination-act .", " .")
    for number, (begun, ended) in enumerate(acts):
        until = f' ; kz:until "{ended}"^^xsd:date' if ended else ""
        text += f'\nact:cover-{number} eli:first_date_entry_in_force "{begun}"^^xsd:date ; kz:fulfils area:anti-discrimination-act{until} .'
    return Store(World(toy_rooms, text), cache=False)


@pytest.mark.parametrize("says", ACTS)
def test_an_instrument_is_missing_whenever_no_act_that_fulfils_the_area_is_in_force(toy_rooms, text, says):
    acts, spells = ACTS[says]
    store = with_acts(toy_rooms, text, acts)
    for year in range(2008, 2022):
        for day in (f"{year}-01-01", f"{year}-06-01", f"{year}-12-31"):
            there = [spell for spell in spells if spell[0] <= day and (not spell[1] or day < spell[1])]
            assert gaps(store, day).get("gap/no-instrument/anti-discrimination-act/sexual-orientation", "") == (there[0] if there else ""), day


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(2000, 2030), st.integers(0, 8)), max_size=4))
def test_random_acts_leave_the_days_open_on_which_none_is_in_force(toy_rooms, text, drawn):
    acts = [(f"{year}-01-01", f"{year + years}-01-01" if years else "") for year, years in drawn]
    store = with_acts(toy_rooms, text, acts)
    for year in range(2008, 2040):
        day = f"{year}-06-01"
        bare = day >= "2010-06-01" and not any(begun <= day and (not ended or day < ended) for begun, ended in acts)
        assert ("gap/no-instrument/anti-discrimination-act/sexual-orientation" in gaps(store, day)) == bare, (day, acts)


TOLD = "2021-12-31"  # the day by which the document stood that tells of the asks
FOLLOWED = {  # what is told of the ask of 2019, whether there was one in 2010, and since when the gap is open
    "asked again in 2019, the ask of 2010 was not done by the end of 2019": ("", True, "2019-12-31"),
    "asked once and nothing told: nobody said that it was not done": ("", False, ""),
    "noted, as told by a document": ("kz:answer answer:noted ;", False, TOLD),
    "rejected": ("kz:answer answer:rejected ;", False, TOLD),
    "supported in part is no evidence that nothing was done": ("kz:answer answer:partially-supported ;", False, ""),
    "said not to be done": ('kz:progress progress:not-done ; kz:status "Not adopted."@en ;', False, TOLD),
    "said to be begun": ('kz:progress progress:begun ; kz:status "A draft was made."@en ;', False, ""),
    "said to be done": ('kz:progress progress:done ; kz:status "Adopted in full."@en ;', False, ""),
}


@pytest.mark.parametrize("says", FOLLOWED)
def test_an_ask_was_not_done_only_as_of_the_day_by_which_somebody_said_so(toy_rooms, text, says):
    told, before, since = FOLLOWED[says]
    evidence = (toy_rooms.data / "evidence.ttl").read_text(encoding="utf-8")
    stated = re.search(r"kz:answer answer:noted ;.*?kz:statusSaidBy body:ngo \.", evidence)
    assert stated, "the ask of 2019 has an answer and a status"
    evidence = evidence.replace(stated[0], f"{told} kz:statusSaidBy body:ngo .")
    if not before:
        evidence = evidence.replace("kz:year 2010 ;", "kz:year 2019 ;")
    store = Store(World(toy_rooms, text, evidence), cache=False)
    found = {gap: spell for gap, spell in gaps(store, "2026-01-01").items() if "follow-up-gap/general-act" in gap}
    assert {spell[0] for spell in found.values()} == ({since} if since else set())


def test_a_gap_runs_through_versions_that_do_not_change_it(toy):
    gap = "gap/closed-list-omission/new-law/art_2/sexual-orientation"
    assert gaps(toy, "2021-06-30")[gap] == gaps(toy, "2021-07-01")[gap] == ("2020-01-01", "")


def test_no_gap_rests_on_an_unread_list(toy):
    assert not [gap for gap in gaps(toy, "2025-06-01") if "/art_4/" in gap]


def test_a_reading_tied_to_another_ground_carries_no_gap_alone(toy):
    assert "gap/residual-only/new-law/art_1/gender-identity" not in gaps(toy, "2025-06-01")


def test_a_duty_stays_within_its_field(toy):
    open_now = gaps(toy, "2025-06-01")
    assert "gap/closed-list-omission/new-law/art_2/gender-identity" in open_now  # labour
    assert not [gap for gap in open_now if gap.endswith("/gender-identity") and "/art_2/" not in gap]


def test_a_dedicated_provision_leaves_nothing_out(toy):
    assert not [gap for gap in gaps(toy, "2025-06-01") if "/art_7/" in gap]


def test_a_broader_ground_that_is_listed_makes_no_gap_and_no_cover(toy):
    assert "gap/closed-list-omission/new-law/art_2/hiv-status" not in gaps(toy, "2025-06-01")
    cells = {(row["provision"], row["ground"]): row["verdict"] for row in answer(toy, "matrix", at="2025-06-01", lang="en").records()}
    assert cells["act/new-law/art_2", "ground/hiv-status"] == "broader-listed"


def test_each_gap_has_a_chain_with_a_duty_and_a_check(toy):
    for gap in gaps(toy, "2021-12-31"):
        steps = [row["sentence"] for row in answer(toy, "explain-gap", gap=gap, at="2021-12-31", lang="en").records()]
        assert any(step.startswith("sentence/verdict") for step in steps), gap
        if gap.startswith(("gap/data-gap/", "gap/follow-up-gap/")):  # gaps of practice that rest on what documents say
            assert "sentence/evidence" in steps, gap
            continue
        assert ("sentence/evidence" in steps) == gap.startswith("gap/application-gap/"), gap
        assert "sentence/duty" in steps, gap
        assert {"sentence/reading", "sentence/treaty-text", "sentence/reading-condemns", "sentence/reading-calls-for"} & set(steps), gap
        assert {"sentence/attestation", "sentence/search"} & set(steps), gap


def test_without_its_attestation_a_gap_is_gone_and_its_cell_not_checked(toy_rooms, text):
    unread = text.replace("kz:attestation new:art_3.v2020-01-01.att1 .", ".").replace("; .", ".")
    store = Store(World(toy_rooms, unread), cache=False)
    assert "gap/motive-omission/new-law/art_3/sexual-orientation" not in gaps(store, "2021-02-01")
    cells = {(row["provision"], row["ground"]): row["verdict"] for row in answer(store, "matrix", at="2021-02-01", lang="en").records()}
    assert cells["act/new-law/art_3", "ground/sexual-orientation"] == "not-checked"


def test_without_the_reading_the_gap_is_gone(toy_rooms, text):
    store = Store(World(toy_rooms, text.replace("kz:readsGround ground:sexual-orientation", "kz:readsGround ground:language")), cache=False)
    assert not [gap for gap in gaps(store, "2021-02-01") if gap.endswith("/sexual-orientation")]


slow = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@slow
@given(ground=st.sampled_from(GROUNDS), version=st.sampled_from(["art_1.v2020-01-01", "art_2.v2020-01-01", "art_3.v2020-01-01"]),
       at=st.dates(date(2020, 1, 1), date(2026, 1, 1)))
def test_adding_a_listed_ground_never_opens_a_gap(toy_rooms, toy, text, ground, version, at):
    added = f"new:{version}.list1 kz:entry new:{version}.list1.e9 . new:{version}.list1.e9 kz:order 9 ; kz:ground ground:{ground} .\n"
    assert gaps(Store(World(toy_rooms, text + added), cache=False), at.isoformat()).keys() <= gaps(toy, at.isoformat()).keys()


@slow
@given(order=st.randoms(use_true_random=False))
def test_the_order_of_files_and_of_statements_changes_nothing(toy_rooms, law, text, order):
    prefixes, *blocks = re.split(r"(?m)^(?=[a-z]+:\S+ a )", text)
    heads = "\n".join(line for line in prefixes.splitlines() if line.startswith("@prefix"))
    order.shuffle(blocks)
    cut = order.randint(0, len(blocks))
    store = Store(World(toy_rooms, heads + "\n" + "".join(blocks[:cut]), heads + "\n" + "".join(blocks[cut:])), cache=False)
    for name in ("gaps", "matrix"):
        assert answer(store, name, at="2021-02-01", lang="ru").write("csv") == answer(law, name, at="2021-02-01", lang="ru").write("csv")


@slow
@given(at=st.dates(date(1990, 1, 1), date(2030, 1, 1)))
def test_a_gap_is_open_exactly_within_its_spell(toy, at):
    open_now = gaps(toy, at.isoformat())
    for gap, (since, until) in open_now.items():
        assert since <= at.isoformat() and (not until or at.isoformat() < until), gap
    for gap, since, until in answer(toy, "gap-spells").rows:
        if since <= at.isoformat() and (not until or at.isoformat() < until):
            assert gap in open_now
