"""The chain of a gap, or of a cell, in plain words: duty, reading, version, list, check, verdict, each step with its citation.

Which steps there are, and on what they rest, ``queries/explain-gap.rq`` and ``queries/explain-cell.rq`` decide; the sentences
stand in ``ontology/words.ttl`` and ``ontology/words-cell.ttl``. Here they are only put together.
"""

import re
from datetime import date

from kzgraph.errors import UnknownName
from kzgraph.questions import a_date, answer
from kzgraph.store import Store
from kzgraph.table import Table
from kzgraph.terms import selects

_SLOT = re.compile(r"\b(SUBJECT|DETAIL|DAY|END|LEVEL|WORDS|NOTE|WHOSE)\b")
_MARKUP = re.compile(r"([\\`*<>\[\]|])")
_SAME = ("address", "detail", "source", "locator")  # a reading of one ground, under several duties
_COLUMNS = ("step", "kind", "text", "source", "locator", "trust", "authority", "whose", "level", "address")


class Chain(Table):
    """The steps of a chain, one row each: step, kind (duty, reading, version, list, …, the sentence that tells it), text,
    source, locator and trust of what it is cited to, authority and whose (the body that reads or says it, and its name),
    level (the weight of a reading), address (the thing it is about)."""

    def write(self, form: str) -> str:
        """As Table.write; ``table`` and ``md`` give numbered prose instead of a grid."""
        if form not in ("table", "md"):
            return super().write(form)

        def shown(text: str) -> str:
            plain = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
            return _MARKUP.sub(r"\\\1", plain) if form == "md" else plain

        lines = [("# " if form == "md" else "") + shown(self.title), ""]
        for row in self.records():
            lines.append(f"{row['step']}. {shown(row['text'])}")
            if row["source"]:
                told = ", ".join(part for part in (row["source"], row["locator"]) if part)
                lines.append("   - " + shown("; ".join(part for part in (told, row["trust"]) if part)))
        return "\n".join([*lines, "", *self.notes]) + "\n"


def chain(store: Store, gap: str, *, at: "str | date", lang: str = "en") -> Chain:
    """The chain of a gap that is open on the day ``at`` (ISO date), in the language ``lang``.

    >>> steps = chain(graph, "gap/residual-only/criminal-code-2014/art_145/sexual-orientation", at="2026-11-20").records()
    >>> steps[0]["kind"], steps[-1]["kind"]
    ('duty', 'remedy-residual-only')

    Raises UnknownName where the address is no gap, or the gap is not open on that day, and says when it is; BadValue where ``at`` is no day.
    """
    at = a_date("at", at)
    rows = answer(store, "explain-gap", gap=gap, at=at, lang=lang).records()
    if len(rows) <= 2:  # caveat and remedy belong to the type; without a slice nothing else comes
        spells = [row for row in answer(store, "gap-spells").rows if row[0] == gap]
        if not spells:
            raise UnknownName(f"{gap}: not a gap; 'kzgraph gaps' lists the gaps with their addresses")
        told = ", ".join(f"from {since}" + (f" until {until}" if until else "") for _, since, until in spells)
        raise UnknownName(f"{gap}: not open on {at}; it is open {told}; choose a day with --at")
    return _told(store, rows, title=gap, at=at, lang=lang)


def cell(store: Store, provision: str, ground: str, *, at: "str | date", lang: str = "en") -> Chain:
    """The chain of a cell of the matrix: what the protective list of ``provision`` says of ``ground`` on the day ``at``, and why.

    >>> told = cell(graph, "act/criminal-code-2014/art_145", "ground/sex", at="2026-11-20")
    >>> [step["text"] for step in told.records() if step["kind"] == "cell-listed"]
    ['Verdict: listed. The list names the ground «sex», in the words «sex», place 5.']

    Steps and columns as those of a gap; duties and readings that speak to the ground there, the gaps on the cell with caveat and remedy,
    or why there is none. Raises UnknownName where no wording with a protective list is in force on that day, or the ground is none;
    BadValue where ``at`` is no day.
    """
    at = a_date("at", at)
    rows = answer(store, "explain-cell", provision=provision, ground=ground, at=at, lang=lang).records()
    if not rows:
        raise UnknownName(_no_cell(store, provision, ground, at=at))
    return _told(store, rows, title=f"{provision} × {ground}", at=at, lang=lang)


def _no_cell(store: Store, provision: str, ground: str, *, at: str) -> str:
    if ground not in [row["ground"] for row in answer(store, "list-grounds").records()]:
        return f"{ground}: no ground; 'kzgraph list grounds' lists them"
    parts = list(dict.fromkeys(row["provision"] for row in answer(store, "matrix", at=at).records() if selects(provision, row["provision"])))
    if parts:
        return f"{provision}: its lists stand in its parts; take one of {', '.join(parts[:5])}" + (", …" if len(parts) > 5 else "")
    page = [row for row in answer(store, "show-provision", thing=provision, at=at).records() if row["section"].startswith("2.")]
    spans = sorted({(row["from"], row["until"]) for row in page})
    if spans and not any(start <= at and (not end or at < end) for start, end in spans):
        told = ", ".join(f"from {start}" + (f" until {end}" if end else "") for start, end in spans)
        return f"{provision}: no protective list in force on {at}; its wordings in the graph stand {told}; choose a day with --at"
    return f"{provision}: no provision of Kazakhstan with a protective list in force on {at}; 'kzgraph matrix --at {at}' shows those that have one"


def _told(store: Store, rows: list[dict[str, str]], *, title: str, at: str, lang: str) -> Chain:
    sentences = {ref.removeprefix("sentence/"): text for ref, text, _ in answer(store, "sentences", lang=lang).rows}
    steps: list[dict[str, str]] = []
    for row in _joined(rows):
        kind = row["sentence"].removeprefix("sentence/")
        text = " ".join(_SLOT.sub(lambda match, row=row: row[match[1].lower()], sentences[kind]).split())  # type: ignore[misc]
        if not steps or (text, row["source"], row["locator"]) != (steps[-1]["text"], steps[-1]["source"], steps[-1]["locator"]):
            steps.append(row | {"kind": kind, "text": text})
    numbered = [[str(number), *(step[name] for name in _COLUMNS[1:])] for number, step in enumerate(steps, 1)]
    return Chain(_COLUMNS, numbered, title=title, notes=(f"data {store.rooms.version}, law as of {at}",))


def _joined(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """The entries of one list, the languages of one check and the duties of one reading made one row each."""
    joined: list[dict[str, str]] = []
    for row in rows:
        before = joined[-1] if joined else None
        mark = None
        if before and before["sentence"] == row["sentence"]:
            if row["sentence"] == "sentence/list" and before["key"].split(" ")[0] == row["key"].split(" ")[0]:
                mark = "; "
            elif row["sentence"] == "sentence/attestation" and before["address"] == row["address"]:
                mark = ", "
            elif row["sentence"].startswith("sentence/reading") and [before[name] for name in _SAME] == [row[name] for name in _SAME]:
                mark = "; "
        if before and mark:
            before["words"] += f"{mark}{row['words']}"
        else:
            joined.append(dict(row))
    return joined
