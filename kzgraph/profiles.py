"""What may leave the graph: the store of a profile, the words that every output ends with, and small counts about people.

What each profile lets through, and which counts are small counts, ``ontology/profiles.ttl`` says.
"""

from kzgraph.errors import BadValue, UnknownName, nearest
from kzgraph.questions import answer
from kzgraph.rooms import Rooms
from kzgraph.store import NOT_RESTRICTED, Store
from kzgraph.table import Table

PROFILES = ("public", "partner", "internal")  # from the narrowest to the widest
FEWEST = 5  # a count about people below this could identify; the usual threshold of official statistics
SUPPRESSED = f"<{FEWEST}"


def released_store(rooms: Rooms, profile: str = "public", *, restricted: bool = False) -> Store:
    """The store that an output of that profile is made from. Raises UnknownName; BadValue where restricted records would leave with it.

    Data kept elsewhere (``rooms.outside``) are read for the profile internal alone: the others are made from the data room, and state its version.
    """
    if profile not in PROFILES:
        raise UnknownName(f"--profile {profile}: no such profile; nearest: {', '.join(nearest(profile, list(PROFILES)) or PROFILES)}")
    if restricted and profile != "internal":
        raise BadValue(f"--profile {profile}: {NOT_RESTRICTED}")
    if rooms.outside and profile != "internal":
        rooms = Rooms(rooms.ontology, rooms.data, rooms.queries)
    return Store(rooms, restricted=restricted, profile=profile)


def released(table: Table, question: str, store: Store) -> Table:
    """The table with every small count of the question shown as ``<5``; a zero stays. Published figures are no counts of the graph and stay.

    Nothing is suppressed a second time: no such question has a total, and a case with several acts or places counts under each, so that no
    difference of two numbers gives a third. Whoever holds the list of published cases can count them: the rule keeps small numbers from being
    quoted, it hides no case. Without a profile, or internally, nothing changes.
    """
    if not _suppresses(store):
        return table
    columns = {row["column"] for row in answer(store, "small-counts").records() if row["question"] == question}
    marks = [index for index, name in enumerate(table.columns) if name in columns]
    if not marks:
        return table
    rows = [tuple(_suppressed(cell) if index in marks else cell for index, cell in enumerate(row)) for row in table.rows]
    return Table(table.columns, rows, title=table.title, show=table.show, group=table.group, pivot=table.pivot, notes=table.notes)


def told(store: Store, lang: str = "en") -> list[str]:
    """The lines that every output ends with: the profile and the data version, what it does not hide, and the rule of small counts where it holds."""
    profile = f"profile/{store.profile or 'internal'}"
    words = {name.removeprefix("sentence/profile-"): text for name, text, _ in answer(store, "sentences", lang=lang).rows}
    row = next(row for row in answer(store, "list-profiles", lang=lang).records() if row["profile"] == profile)
    made = words["made"].replace("SUBJECT", row["profile_label"]).replace("WORDS", store.rooms.version)
    return [made, row["hides_not"], *([words["small-count"]] if _suppresses(store) else [])]


def _suppresses(store: Store) -> bool:
    return store.profile not in ("", "internal")


def _suppressed(cell: str) -> str:
    return SUPPRESSED if cell.isdecimal() and 0 < int(cell) < FEWEST else cell
