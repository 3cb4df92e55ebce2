"""What may leave the graph: only what a profile lists; a planted secret is nowhere; small counts about people are not told."""

import zipfile

import pytest
from engines import THING
from planted import NAME, SECRETS, leaks, planted_rooms

from kzgraph.errors import BadValue, UnknownName
from kzgraph.profiles import PROFILES, released, released_store, told
from kzgraph.questions import answer, catalogue, question
from kzgraph.store import Store
from kzgraph.table import Table
from kzgraph.terms import LANGUAGES

TOY = {
    "at": "2021-02-01", "lang": "en", "since": "2020-01-01", "until": "2026-01-01", "ground": "ground/sex", "provision": "act/new-law/art_1",
    "gap": "gap/residual-only/new-law/art_1/sexual-orientation",
    "body": "body/committee",
}
THINGS = {"show-case": "case/2021-001", "show-provision": "act/new-law/art_1", "show-thing": "act/new-law", "lineage-asks": "lineage/general-act"}


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    return planted_rooms(tmp_path_factory.mktemp("world"))


def dump(store: Store) -> str:
    return "\n".join(" ".join(statement) for statement in store.statements())


def test_the_search_finds_a_secret_in_every_kind_of_place(tmp_path):
    secret = SECRETS[0]
    import base64

    places = {
        "plain.txt": secret.encode(), "wide.txt": secret.encode("utf-16-le"), "percent.html": secret.replace("-", "%2D").encode(),
        "entity.html": secret.replace("Z", "&#90;").encode(), "escape.json": secret.replace("Z", "\\u005A").encode(),
        "inline.svg": b'<image href="data:image/png;base64,' + base64.b64encode(secret.encode()) + b'"/>',
        "split.xml": secret.replace("-", "</t><t>-").encode(),
        f"{secret}.csv": b"",
    }
    for name, body in places.items():
        (tmp_path / name).write_bytes(body)
        assert secret in leaks(tmp_path / name), name
    with zipfile.ZipFile(tmp_path / "book.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("docProps/core.xml", f"<c>{secret}</c>")
    assert secret in leaks(tmp_path / "book.xlsx")
    import typst

    body = typst.compile(f'#set document(title: "x")\n= {secret}'.encode())
    (tmp_path / "page.pdf").write_bytes(body)
    assert secret in leaks(tmp_path / "page.pdf")
    (tmp_path / "clean.txt").write_bytes(b"nothing here")
    assert leaks(tmp_path / "clean.txt") == []


def test_the_world_holds_the_secrets_and_the_public_profile_holds_none(planted):
    whole = dump(Store(planted, cache=False, restricted=True))
    assert all(secret in whole for secret in SECRETS)
    public = dump(released_store(planted))
    assert [secret for secret in SECRETS if secret.lower() in public.lower()] == []
    assert "2021-001" in public and "sexual orientation" in public


def test_a_class_and_a_property_that_nobody_listed_leave_with_no_profile(planted):
    for profile in PROFILES:
        text = dump(released_store(planted, profile, restricted=profile == "internal"))
        assert "unlisted-secret" not in text and "https://w3id.org/kzgraph/ns#Unlisted" not in text


def test_restricted_records_leave_with_the_internal_profile_alone(planted):
    assert "hidden-case-slug" in dump(released_store(planted, "internal", restricted=True))
    assert "hidden-case-slug" not in dump(released_store(planted, "internal"))
    for profile in ("public", "partner"):
        with pytest.raises(BadValue, match="internal alone"):
            released_store(planted, profile, restricted=True)
    with pytest.raises(UnknownName, match="nearest: partner"):
        released_store(planted, "partners")


def test_notes_and_links_between_cases_leave_with_partner_not_with_public(planted):
    assert "note-secret-555" in dump(released_store(planted, "partner"))
    assert NAME not in dump(released_store(planted, "partner"))


@pytest.mark.parametrize("name", list(catalogue(__import__("kzgraph").open_rooms())))
def test_no_question_over_the_public_profile_tells_a_secret(name, planted):
    store = released_store(planted)
    asked = question(planted, name)
    values = {key: THINGS.get(name, THING.get(name, "ground/sex")) if key == "thing" else TOY[key] for key in asked.params}
    text = answer(store, name, **values).write("csv").lower()
    assert [secret for secret in SECRETS if secret.lower() in text] == []


def test_law_gaps_and_cases_are_the_same_with_and_without_the_public_profile(store, rooms):
    public = released_store(rooms)
    for name in ("gaps", "matrix", "list-entries"):
        assert answer(public, name, at="2026-11-20").rows == answer(store, name, at="2026-11-20").rows
    for name in ("list-cases", "list-asks", "list-figures", "complaints-refused"):
        assert answer(public, name).rows == answer(store, name).rows


def test_small_counts_about_people_are_not_told_and_zero_is(rooms):
    public, internal = released_store(rooms), released_store(rooms, "internal")
    table = answer(public, "case-counts")
    assert any(0 < int(row["cases"]) < 5 for row in table.records())
    shown = {row["cases"] for row in released(table, "case-counts", public).records()}
    assert "<5" in shown and not shown & {"1", "2", "3", "4"}
    assert released(table, "case-counts", internal).rows == table.rows
    some = Table(("place", "cases"), [("a", "0"), ("b", "5"), ("c", "4")])
    assert [row[1] for row in released(some, "case-counts", public).rows] == ["0", "5", "<5"]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("profile", PROFILES)
def test_every_output_says_what_it_does_not_hide(rooms, profile, lang):
    lines = told(released_store(rooms, profile), lang)
    assert len(lines) == 3 and rooms.version in lines[0] and all(lines) and "SUBJECT" not in lines[0] and "<5" in lines[2]
