"""Citations held against documents: the five verdicts, and wording that is not our own."""

import shutil

import pytest
from conftest import HERE
from hypothesis import given, settings
from hypothesis import strategies as st

from kzgraph.rooms import Rooms
from kzgraph.store import Store
from kzgraph.verify import borrowed, digest, verify, words

TEXT = (HERE / "toy" / "documents" / "one.txt").read_text(encoding="utf-8")


def verdicts(toy, folder) -> list[tuple[str, str]]:
    return [(row["verdict"], row["where"]) for row in verify(toy, str(folder)).records()]


@pytest.mark.parametrize(
    ("copy", "verdict"),
    [
        (TEXT, ("verified", "")),
        (TEXT.replace("attacked", "ATTACKED").replace("that year", "that   year"), ("normalised match", "")),
        ("A new preface.\n\n" + TEXT, ("moved", "one.txt, line 3")),
        (TEXT.replace("Thirty", "Twenty"), ("not found", "")),
    ],
)
def test_a_copy_of_the_document(toy, tmp_path, copy, verdict):
    (tmp_path / "one.txt").write_text(copy, encoding="utf-8")
    assert verdicts(toy, tmp_path) == [verdict]


def test_a_document_under_another_name_and_no_document_at_all(toy, tmp_path):
    (tmp_path / "renamed.txt").write_text(TEXT, encoding="utf-8")
    assert verdicts(toy, tmp_path) == [("moved", "renamed.txt, line 1")]
    (tmp_path / "renamed.txt").write_text("Nothing of the kind.", encoding="utf-8")
    assert verdicts(toy, tmp_path) == [("document missing", "one.txt")]


@pytest.mark.parametrize("folders", [("a", "b"), ("b", "a"), ("", "b"), ("b", "")])
def test_two_documents_of_one_name_hide_nothing_of_each_other(toy, tmp_path, folders):
    for folder, text in zip(folders, (TEXT, "Nothing of the kind."), strict=True):
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / "one.txt").write_text(text, encoding="utf-8")
    assert verdicts(toy, tmp_path) == [("verified", "")]
    copy = tmp_path / folders[1] / "one.txt"
    copy.write_text(TEXT.replace("attacked", "ATTACKED"), encoding="utf-8")
    assert verdicts(toy, tmp_path) == [("verified", "")], "the copy that was read goes before another"
    (tmp_path / folders[0] / "one.txt").write_text("Nothing of the kind.", encoding="utf-8")
    assert verdicts(toy, tmp_path) == [("normalised match", "")]
    copy.write_text("A new preface.\n\n" + TEXT, encoding="utf-8")
    assert verdicts(toy, tmp_path) == [("moved", f"{copy.relative_to(tmp_path)}, line 3")]


def test_the_command_counts_every_check_and_fails_on_one(run, tmp_path):
    toy = ("--data", HERE / "toy")
    code, out, err = run(*toy, "verify", HERE / "toy" / "documents")
    assert code == 0 and "1 citations checked: 1 verified" in err and out.startswith("verdict,")
    shutil.copy(HERE / "toy" / "documents" / "one.txt", tmp_path / "one.txt")
    (tmp_path / "one.txt").write_text(TEXT.replace("quiet", "noisy"), encoding="utf-8")
    code, _, err = run(*toy, "verify", tmp_path)
    assert code == 1 and "1 not found" in err
    code, _, err = run(*toy, "verify", tmp_path / "none")
    assert code == 2 and "no such folder" in err


def test_eight_words_in_a_row_are_not_our_own(toy_rooms, tmp_path):
    (tmp_path / "one.txt").write_text(TEXT, encoding="utf-8")
    laid = Rooms(toy_rooms.ontology, toy_rooms.data, toy_rooms.queries)
    note = "We read that thirty men came and attacked the quiet meeting."
    planted = f'<https://w3id.org/kzgraph/id/case/2021-003> <http://www.w3.org/2004/02/skos/core#note> "{note}"@en .'
    laid.__dict__["turtle"] = [*toy_rooms.turtle, ("data/planted.ttl", planted.encode())]
    assert borrowed(Store(laid, cache=False), str(tmp_path)).rows == [("case/2021-003", "note", "thirty men came and attacked the quiet meeting")]
    assert not borrowed(Store(toy_rooms, cache=False), str(tmp_path)).rows


def test_layout_quotes_hyphens_and_letter_mixtures_change_nothing_but_a_digit_does():
    plain = words("The so-called law of 2024 was not applied to the non-profit group")
    assert words("«The  so-called\n law» of 2024, was not applied to the non-profit group") == plain
    assert words("a broken ex-\nample") == words("a broken example")
    assert words("нaция") == words("нация")  # a Latin a in a Cyrillic word
    assert digest(plain) != digest(words("The so-called law of 2023 was not applied to the non-profit group"))


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=80))
def test_words_never_fail_and_stay_the_same_when_read_again(text):
    once = words(text)
    assert words(" ".join(once)) == words(" ".join(words(" ".join(once))))
    assert len(digest(once)) == 64
