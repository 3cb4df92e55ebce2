"""The annex of a report to a treaty body, and the fact sheet of one gap: what they say, and where each sentence comes from.

Which gaps, chains, cases and asks they hold, the named questions decide; the sentences stand in ``ontology/words-annex.ttl``.
``kzgraph.export.document`` writes them as DOCX, Markdown or PDF.
"""

import re
from collections.abc import Sequence

from kzgraph.chains import chain
from kzgraph.errors import BadValue, UnknownName
from kzgraph.profiles import told
from kzgraph.questions import a_date, answer
from kzgraph.store import Store
from kzgraph.table import Table
from kzgraph.terms import selects

LANGUAGES = ("en", "ru")  # the languages in which the sentences of an annex are written
_FIRST = ("ground/sexual-orientation", "ground/gender-identity", "ground/gender-expression", "ground/sex-characteristics")

_SLOT = re.compile(r"\b(SUBJECT|DETAIL|DAY|END|WORDS|COUNT|TOTAL)\b")


class Paragraph:
    """Some text with its footnotes: ``parts`` are (text, notes), ``look`` is text, item or small; ``weight`` says which go first for want of room."""

    def __init__(self, *parts: tuple[str, Sequence[str]], look: str = "text", weight: int = 0) -> None:
        self.parts, self.look, self.weight = [(text, list(notes)) for text, notes in parts], look, weight

    @property
    def words(self) -> int:
        """How many words it has; footnotes are not counted, as committees do not."""
        return sum(len(text.split()) for text, _ in self.parts)


class Document:
    """Title, lead lines and sections (heading, paragraphs); ``lang``; ``notes`` end it; ``single``: for one page."""

    def __init__(
        self, title: str, lead: Sequence[str], sections: list[tuple[str, list[Paragraph]]], notes: Sequence[str], lang: str, *, single: bool = False
    ) -> None:
        self.title, self.lead, self.sections, self.notes, self.lang, self.single = title, list(lead), sections, list(notes), lang, single

    def counted(self) -> Table:
        """The words of each section. Columns: section, words; the last row is the whole."""
        rows = [(heading, str(sum(one.words for one in paragraphs))) for heading, paragraphs in self.sections]
        return Table(("section", "words"), [*rows, (self.title, str(self.words))])

    @property
    def words(self) -> int:
        """The words of all sections, footnotes, title and closing lines apart."""
        return sum(one.words for _, paragraphs in self.sections for one in paragraphs)


def annex(
    store: Store, body: str, *, at: str, lang: str = "en", since: str = "", most: int = 0, grounds: Sequence[str] = (), provisions: Sequence[str] = ()
) -> Document:
    """The annex for a treaty body (``cescr``) on the day ``at``: its earlier asks, the gaps by article of its treaty, cases, provisions replaced.

    ``since`` flags the wordings and provisions that are newer (the day of the last report); ``most`` is the most words it may have: what matters least
    goes first, and the end says how much; ``grounds`` and ``provisions`` narrow it. Raises UnknownName for a body without readings, BadValue.
    """
    words = _words(store, lang)
    since = a_date("since", since) if since else ""
    ref = body if body.startswith("body/") else f"body/{body.lower()}"
    rows = answer(store, "gap-duties", body=ref, at=at, lang=lang).records()
    bodies = {row["body"]: row["body_label"] for row in answer(store, "treaty-bodies", lang=lang).records()}
    if ref not in bodies:
        known = sorted(name.removeprefix("body/") for name in bodies)
        raise UnknownName(f"--body {body}: no treaty body whose readings the graph holds; take one of {', '.join(known)}")
    members = answer(store, "collection-members").rows
    wanted = {*grounds, *(member for collection, member in members if collection in grounds)}
    rows = [
        row for row in rows
        if (not wanted or row["ground"] in wanted) and (not provisions or any(selects(one, row["provision"]) for one in provisions))
    ]  # fmt: skip
    sections = [(words["asks"], _asks(store, ref, words, at=at, lang=lang))]
    seen: set[tuple[str, str, str]] = set()
    duties: dict[str, list[dict[str, str]]] = {}
    for row in Table(list(rows[0]) if rows else ["duty"], [list(row.values()) for row in rows]).sorted().records():
        duties.setdefault(row["duty"], []).append(row)
    carried: dict[tuple[str, str], list[str]] = {}  # the weightiest reading first
    for row in sorted(answer(store, "gap-readings", body=ref, at=at, lang=lang).records(), key=lambda row: (row["level"], row["reading"])):
        carried.setdefault((row["gap"], row["duty"]), []).append(_cited(row["source"], row["locator"]))
    for found in duties.values():
        sections.append((found[0]["duty_label"], _article(store, found, carried, words, seen, at=at, lang=lang, since=since)))
    sections.append((words["cases"], _cases(store, {row["provision"] for row in rows}, words, at=at, lang=lang, grounds={row["ground"] for row in rows})))
    sections.append((words["replaced"], _replaced(store, words, at=at, lang=lang, since=since)))
    sections = [(heading, paragraphs) for heading, paragraphs in sections if paragraphs]
    left_out = _shortened(sections, most) if most else 0
    notes = [words["caveat"], *([_filled(words["left-out"], COUNT=str(left_out), TOTAL=str(most))] if left_out else []), *told(store, lang)]
    title = _filled(words["title"], SUBJECT=bodies[ref])
    return Document(title, [_filled(words["lead"], DAY=at, WORDS=store.rooms.version)], sections, notes, lang)


def fact_sheet(store: Store, gap: str, *, at: str, lang: str = "en") -> Document:
    """One page on one gap: its chain with a footnote for each source, the asks that it answers to, the cases that show it. Raises UnknownName."""
    words = _words(store, lang)
    steps = chain(store, gap, at=at, lang=lang).records()
    row = next(row for row in answer(store, "gaps", at=at, lang=lang).records() if row["gap"] == gap)
    title = f"{row['provision_label']}: {row['ground_label']} ({row['type_label']})"
    main = [step for step in steps if not step["kind"].startswith(("caveat", "remedy"))]
    many = [step for step in main if step["kind"].startswith(("reading", "duty", "evidence"))]
    spare = [step for kind in ("reading", "duty", "evidence") for step in [one for one in many if one["kind"].startswith(kind)][2:]]
    shown = [step for step in main if step not in spare]  # a page has room for two of each, the weightiest
    law = [Paragraph((step["text"], _notes([step])), look="item") for step in _joined(shown)]
    ends = [Paragraph((step["text"], [])) for step in steps if step["kind"].startswith(("caveat", "remedy"))]
    asks = [
        Paragraph((_filled(words["ask"], SUBJECT=ask["issuer_label"], DAY=ask["year"], WORDS=ask["ask_text"]), []), look="item")
        for ask in answer(store, "asks-and-gaps", at=at, lang=lang).records() if ask["gap"] == gap
    ][:3]  # fmt: skip
    cases = _cases(store, {row["provision"]}, words, at=at, lang=lang)[:3]
    named = (("chain", law), ("asks", asks), ("cases", cases), ("end", ends))
    sections = [(words[key], paragraphs) for key, paragraphs in named if paragraphs]
    return Document(title, [_filled(words["lead"], DAY=at, WORDS=store.rooms.version)], sections, told(store, lang), lang, single=True)


def _words(store: Store, lang: str) -> dict[str, str]:
    if lang not in LANGUAGES:
        raise BadValue(f"--lang {lang}: an annex is written in {' or '.join(LANGUAGES)}; choose one of the two")
    return {name.removeprefix("sentence/annex-"): text for name, text, _ in answer(store, "sentences", lang=lang).rows if name.startswith("sentence/annex-")}


def _filled(sentence: str, **slots: str) -> str:
    return " ".join(_SLOT.sub(lambda match: slots.get(match[1], ""), sentence).split())


def _cited(source: str, locator: str) -> str:
    return f"{source}, {locator}." if locator else f"{source}."


def _notes(steps: Sequence[dict[str, str]]) -> list[str]:
    return list(dict.fromkeys(_cited(step["source"], step["locator"]) for step in steps if step["source"]))


def _joined(steps: list[dict[str, str]]) -> list[dict[str, str]]:
    """Several checks of one wording said once: the newest."""
    checks = [step for step in steps if step["kind"] == "attestation"]
    return [step for step in steps if step["kind"] != "attestation" or step is checks[-1]]


def _article(
    store: Store,
    rows: list[dict[str, str]],
    carried: dict[tuple[str, str], list[str]],
    words: dict[str, str],
    seen: set,
    *,
    at: str,
    lang: str,
    since: str,
) -> list[Paragraph]:
    """The gaps under one article: a paragraph for each provision, type and first day, those of orientation and gender first; what stood above is only named.

    Cited are the duty of this article and the readings of its own treaty alone, whatever else carries the gap; no ground stands in a paragraph
    without a reading that names it, unless the words of the treaty do.
    """
    groups: dict[tuple[str, str, str], list[dict[str, str]]] = {}
    for row in rows:
        groups.setdefault((row["provision"], row["type"], row["since"]), []).append(row)
    paragraphs: list[Paragraph] = []
    above: list[str] = []
    for key, found in groups.items():
        if key in seen:
            above.append(found[0]["provision_label"])
            continue
        seen.add(key)
        found.sort(key=lambda row: (_FIRST.index(row["ground"]) if row["ground"] in _FIRST else len(_FIRST), row["ground_label"]))
        steps = chain(store, found[0]["gap"], at=at, lang=lang).records()
        law = [step for step in steps if step["kind"] in ("attestation", "search", "evidence")][-1:]
        duties = [step for step in steps if step["kind"] == "duty" and step["address"] == found[0]["duty"]]
        readings = _readings([carried.get((row["gap"], row["duty"]), []) for row in found])
        opening = _filled(words[f"gap-{found[0]['type']}"], SUBJECT=found[0]["provision_label"], DETAIL=", ".join(row["ground_label"] for row in found))
        parts = [(opening, _notes(law))]
        known = "open-since" if found[0]["since_basis"] in ("stated", "computed", "argument") else "open-at-latest"
        parts.append((_filled(words[known], DAY=found[0]["since"]), []))
        if readings or duties:
            parts.append((words["by"], [*_notes(duties), *readings]))
        if since and any(row["begun"] > since for row in found):
            parts.append((_filled(words["new-wording"], DAY=max(row["begun"] for row in found), END=since), []))
        caveat = next((step["text"] for step in steps if step["kind"] == f"caveat-{found[0]['type']}"), "")
        if caveat and not any(caveat in text for paragraph in paragraphs for text, _ in paragraph.parts):
            parts.append((caveat, []))
        weight = 0 if found[0]["ground"] in _FIRST else 1
        paragraphs.append(Paragraph(*parts, weight=weight))
    paragraphs.sort(key=lambda paragraph: paragraph.weight)
    if above:
        paragraphs.append(Paragraph((_filled(words["above"], DETAIL="; ".join(dict.fromkeys(above))), []), look="small"))
    return paragraphs


def _readings(of_each: list[list[str]]) -> list[str]:
    """Footnotes that name every ground: three of the first, and for each other ground its weightiest, unless one that stands there names it too."""
    chosen = of_each[0][:3]
    for notes in of_each[1:]:
        if notes and not set(notes) & set(chosen):
            chosen.append(notes[0])
    return chosen


def _asks(store: Store, body: str, words: dict[str, str], *, at: str, lang: str) -> list[Paragraph]:
    """What the body asked up to that year, with what is stated of the answer and by whom, and how often United Nations bodies asked for the same.

    Each has a footnote: the document of the body where it was read, or else the document that tells of it, which the sentence then says.
    """
    lineages = {row["lineage"]: row for row in answer(store, "lineage-history", lang=lang).records()}
    documents = {row["document"]: row for row in answer(store, "list-documents", lang=lang).records()}
    found = []
    for row in sorted(answer(store, "list-asks", lang=lang).records(), key=lambda row: (row["year"], row["ask"])):
        if row["issuer"] != body or row["stance"] != "rights" or row["year"] > at[:4]:
            continue
        teller = documents.get(row["told_in"], {})
        document = documents.get(row["document"], {})
        place = f"{words['paragraph']} {row['paragraph']}" if row["paragraph"][:1].isdigit() else row["paragraph"]
        notes = [_cited(document.get("symbol") or document["title"], place)] if document else []
        if row["trust"] == "secondary" and teller:
            notes.append(_cited(teller["title"], row["locator"]))
        key = "asked-told" if row["trust"] == "secondary" else "asked"
        parts = [(_filled(words[key], DAY=row["year"], WORDS=row["ask_text"].rstrip(".")), notes)]
        if row["status"] and teller.get("issued", "")[:4] <= at[:4]:
            parts.append((_filled(words["status"], SUBJECT=row["status_said_by_label"], WORDS=row["status"]), []))
        else:
            parts.append(((row["answer_label"] and _filled(words["answer"], WORDS=row["answer_label"])) or words["no-answer"], []))
        lineage = lineages.pop(row["lineage"], None)  # said once
        if lineage and int(lineage["asked_by_un"]) > 1:
            counted = {"DAY": lineage["un_first"], "END": lineage["un_last"], "COUNT": lineage["asked_by_un"], "TOTAL": lineage["un_read"]}
            parts.append((_filled(words["lineage"], **counted), []))
        found.append(Paragraph(*parts, look="item"))
    return found


def _cases(
    store: Store, provisions: set[str], words: dict[str, str], *, at: str, lang: str, grounds: "set[str] | frozenset[str]" = frozenset()
) -> list[Paragraph]:
    """Published cases up to that year in which one of the provisions was applied, invoked or could have applied, and what became of the complaint;
    then complaints on one of the ``grounds`` that came to nothing.
    """
    documents = {row["document"]: row["title"] for row in answer(store, "list-documents", lang=lang).records()}
    told: dict[str, tuple[str, list[str], int]] = {}

    def add(row: dict[str, str], what: str, weight: int) -> None:
        text, notes, first = told.get(row["case"], (f"{row['title'].rstrip('.')} ({row['year']})", [], weight))
        note = _cited(documents.get(row["document"], ""), row["locator"])
        told[row["case"]] = (f"{text}; {what}" if what not in text else text, [*notes, *([note] if note not in notes else [])], first)

    for row in answer(store, "provisions-in-cases", lang=lang).records():
        if row["year"] <= at[:4] and any(selects(one, row["provision"]) or selects(row["provision"], one) for one in provisions):
            add(row, f"{row['provision_label']}: {row['role_label']}", 1)
    for row in answer(store, "complaints-refused", lang=lang).records():
        if row["case"] in told or (row["year"] <= at[:4] and row["ground"] in grounds):
            add(row, row["path_label"], 2)
    return [Paragraph((f"{text}.", notes), look="item", weight=weight) for text, notes, weight in told.values()]


def _replaced(store: Store, words: dict[str, str], *, at: str, lang: str, since: str) -> list[Paragraph]:
    """Provisions that ended after ``since``: whoever cites them cites what is no more law."""
    if not since:
        return []
    labels = {row["provision"]: row["provision_label"] for row in answer(store, "provision-labels", lang=lang).records()}
    found = []
    for row in answer(store, "stale-references", at=at, lang=lang).records():
        if since < row["ended"] <= at:
            key = "replaced-by" if row["successor"] else "ended"
            text = _filled(words[key], SUBJECT=labels.get(row["provision"], row["provision"]), DAY=row["ended"], DETAIL=labels.get(row["successor"], ""))
            found.append(Paragraph((text, []), look="item", weight=1))
    return found


def _shortened(sections: list[tuple[str, list[Paragraph]]], most: int) -> int:
    """Take paragraphs out, the lightest last of all, until no more than ``most`` words are left; returns how many were taken."""
    order = [(paragraph.weight, number, place, paragraph) for number, (_, some) in enumerate(sections) for place, paragraph in enumerate(some)]
    total, taken = sum(one.words for *_, one in order), 0
    for *_, paragraph in sorted(order, key=lambda one: (-one[0], -one[2], -one[1])):  # evenly, from the end of each section
        if total <= most:
            break
        total -= paragraph.words
        taken += 1
        for _, some in sections:
            if paragraph in some:
                some.remove(paragraph)
    sections[:] = [(heading, some) for heading, some in sections if some]
    return taken
