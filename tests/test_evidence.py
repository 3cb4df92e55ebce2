"""What must come out of the real evidence: traps that a careless coding would fall into."""

from collections import Counter

from kzgraph.questions import answer


def rows(store, name, **values):
    return answer(store, name, lang="en", **values).records()


def test_the_lists_are_as_full_as_the_reports(store):
    counts = {name: len(rows(store, f"list-{name}")) for name in ("cases", "asks", "figures", "documents", "shortcomings", "claims")}
    assert counts["cases"] >= 100 and counts["asks"] >= 100 and counts["figures"] >= 85 and counts["documents"] >= 200
    assert counts["shortcomings"] >= 75 and counts["claims"] >= 20


def test_each_list_has_one_row_for_each_thing(store):
    for name in ("cases", "asks", "figures", "documents", "bodies", "grounds", "acts"):
        first = [row[0] for row in answer(store, f"list-{name}", lang="en").rows]
        assert len(first) == len(set(first)), (name, [ref for ref, times in Counter(first).items() if times > 1])


def test_the_attack_in_shymkent_is_one_event_with_two_days(store):
    told = [row for row in rows(store, "account-conflicts") if {row["one"], row["other"]} == {"2021-05-28", "2021-05-29"}]
    assert len({row["case"] for row in told}) == 1
    case = told[0]["case"]
    assert int(next(row for row in rows(store, "list-cases") if row["case"] == case)["documents"]) >= 4


def test_civil_society_incidents_are_no_registered_crimes(store):
    figures = {row["value"]: row for row in rows(store, "list-figures") if row["value"] in ("134", "105")}
    assert {row["kind"] for row in figures.values()} == {"reported-incidents"} and len(figures) == 2


def test_a_majority_stays_words(store):
    assert any(not row["value"].replace(".", "").isdigit() for row in rows(store, "list-figures"))


def test_hostile_demands_never_come_out_as_recommendations_of_the_united_nations(store):
    hostile = {row["ask"] for row in rows(store, "list-asks") if row["stance"] == "hostile"}
    assert len(hostile) >= 15
    _, asked = store.select("PREFIX kz: <https://w3id.org/kzgraph/ns#> SELECT ?ask WHERE { ?ask kz:askedByUN ?lineage }")
    assert not hostile & {row[0].value.removeprefix("https://w3id.org/kzgraph/id/") for row in asked}


def test_no_answer_and_no_status_without_who_says_so(store):
    for row in rows(store, "list-asks"):
        assert bool(row["answer"]) == bool(row["answer_said_by"]), row
        assert bool(row["status"]) == bool(row["status_said_by"]), row


def test_what_a_report_errs_in_is_kept_apart_from_the_law(store):
    standings = Counter(row["standing"] for row in rows(store, "list-shortcomings"))
    assert standings["contradicted"] >= 3 and standings["confirmed"] >= 5 and standings["not-checked"] >= 20


def test_articles_stand_in_cases_only_where_a_report_names_them(store):
    _, named = store.select(
        "PREFIX kz: <https://w3id.org/kzgraph/ns#> SELECT DISTINCT ?provision WHERE { ?role kz:applied|kz:invoked|kz:couldApply ?provision }"
    )
    found = {row[0].value.rsplit("/", 1)[-1] for row in named}
    assert found == {"art_145", "art_126", "art_194", "art_18__para_1", "art_257__point_13"}


def test_gaps_of_practice_come_from_the_evidence(store):
    types = Counter(row["type"] for row in rows(store, "gaps", at="2026-11-20"))
    assert types["application-gap"] >= 1 and types["data-gap"] >= 1 and types["follow-up-gap"] >= 2
