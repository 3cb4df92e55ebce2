"""Figures for print: a message as title, marks drawn from a table and from nothing else, legend, source and limits inside.

Which rows a figure has, the named questions and ``queries/figures/`` decide; the words stand in ``ontology/words-figures.ttl``.
Here rows are laid out on a page as wide as A4 and handed to Vega-Lite as inline data, in pixels; nothing is fetched.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path

from kzgraph.errors import BadValue, UnknownName, nearest, needs
from kzgraph.export.style import Style
from kzgraph.narrow import existing, narrowed
from kzgraph.profiles import released
from kzgraph.profiles import told as hides_not
from kzgraph.questions import Question, answer, finished, from_file, question
from kzgraph.store import Store
from kzgraph.table import Table, save
from kzgraph.terms import slug

FORMATS = ("svg", "png", "pdf")
_ASSETS = Path(__file__).parent / "assets" / "fonts"
_WIDTH = 680.0  # pixels, 96 to the inch: A4 less margins of 15 mm
_TEXT, _NOTE, _HEAD = 10.0, 9.5, 15.0  # 7.5, 7.1 and 11 points
_INK, _GREY, _FAINT = "#1a1a1a", "#444444", "#cccccc"
_FAMILIES = "DejaVu Sans, Segoe UI, Arial, sans-serif"  # where an SVG is opened without the shipped font
_COLUMNS, _ROWS, _BLOCKS = 18, 46, 6  # grounds of a matrix, its provisions, grounds of the fields: what stays legible on A4
_RING = "M1,0A1,1,0,1,1,-1,0A1,1,0,1,1,1,0ZM.74,0A.74,.74,0,1,0,-.74,0A.74,.74,0,1,0,.74,0Z"
_SHAPES = {
    "full": "M1,0A1,1,0,1,1,-1,0A1,1,0,1,1,1,0Z",
    "half": _RING + "M0,1A1,1,0,0,1,0,-1Z",
    "ring": _RING,
    "cross": "M-1,-.72L-.72,-1L0,-.28L.72,-1L1,-.72L.28,0L1,.72L.72,1L0,.28L-.72,1L-1,.72L-.28,0Z",
    "query": "M-.62,-.42A.62,.58,0,1,1,.16,.12L.16,.42L-.16,.42L-.16,-.12A.3,.28,0,1,0,-.3,-.42ZM-.18,.62L.18,.62L.18,1L-.18,1Z",
    "square": "M-.78,-.78L.78,-.78L.78,.78L-.78,.78Z",
    "triangle": "M0,-1L1,.8L-1,.8Z",
    "diamond": "M0,-1L1,0L0,1L-1,0Z",
}
_VERDICTS = {"listed": "full", "broader-listed": "half", "open-clause": "ring", "absent": "cross", "not-checked": "query"}
_ANSWERS = {
    "supported": ("full", "listed"), "accepted": ("diamond", "listed"), "partially-supported": ("half", "broader-listed"),
    "noted": ("ring", "open-clause"), "rejected": ("cross", "absent"), "": ("square", "not-checked"),
    "commitment": ("triangle", "listed"),
}  # fmt: skip
_STAGES = ("told", "not-reported", "reported", "turned-away", "registration-refused", "not-investigated", "no-response", "terminated",
           "decided", "motive", "recognised")  # fmt: skip
_PARTS = _STAGES[4:8]  # what turned-away is made of
_EFFECTS = ("closes", "changes-type", "stays", "opens")
_SLOT = re.compile(r"\b[A-Z]{3,}\b")


class Figure:
    """A figure, drawn when it is written: ``name``, ``lang``, ``title`` (the message), ``lines`` under it, ``alt``, ``notes``, ``source_line``, ``table``.

    ``table`` is the twin: every mark of the picture is drawn from a row of it, and every row is drawn.
    """

    def __init__(
        self, name: str, lang: str, title: str, lines: Sequence[str], table: Table, notes: Sequence[str], source: str, draw: "Callable[[_Page], None]"
    ) -> None:
        self.name, self.lang, self.table, self._draw = name, lang, table, draw
        self.title, self.source_line = _plain(title), _plain(source)
        self.lines, self.notes = tuple(_plain(line) for line in lines if line), tuple(_plain(note) for note in notes if note)
        told = (_plain(table.title), self.title, *self.lines, *self.notes[:-2], self.source_line)
        self.alt = " ".join(text if text.endswith((".", ":", "?")) else f"{text}." for text in told)

    def spec(self, style: "Style | None" = None) -> dict:
        """The picture as a Vega-Lite specification with inline data only; the layers named ``marks`` hold the rows of the table."""
        page = _Page(style or Style())
        page.paragraph(self.title, _HEAD, bold=True, width=_WIDTH - (130 if page.style.logo else 0))
        for line in self.lines:
            page.paragraph(line, _TEXT)
        page.y += 8
        self._draw(page)
        page.y += 10
        for note in self.notes:
            page.paragraph(note, _NOTE, colour=_GREY)
        page.paragraph(self.source_line + (f" {_plain(page.style.name)}." if page.style.name else ""), _NOTE, bold=True)
        return page.spec()

    def picture(self, form: str, style: "Style | None" = None) -> bytes:
        """The picture in one of FORMATS, the same bytes for the same input; alt text in each. Raises BadValue, MissingExtra."""
        if form not in FORMATS:
            raise BadValue(f"figure: {form or 'no suffix'}: not a form of a figure; take one of {', '.join(FORMATS)}")
        draws = needs("vl_convert")
        if _ASSETS.is_dir():
            draws.register_font_directory(str(_ASSETS))
        style = style or Style()
        svg = _told(draws.vegalite_to_svg(self.spec(style), vl_version="5.20", allowed_base_urls=[]), self, style)
        if form == "png":
            return _told_png(draws.svg_to_png(svg, scale=0.75, ppi=300), self)
        if form == "pdf":
            inches = re.sub(r'(width|height)="(\d+(?:\.\d+)?)"', lambda side: f'{side[1]}="{float(side[2]) * 0.75:g}"', svg, count=2)
            return _told_pdf(draws.svg_to_pdf(inches), self)  # a point of a PDF is a 72nd of an inch
        return svg.encode()

    def write(self, path: str, style: "Style | None" = None) -> None:
        """Write the picture, its form from the suffix: svg, png or pdf. Raises BadValue, BadFile, MissingExtra."""
        save(self.picture(Path(path).suffix.lower().lstrip("."), style), path)


def figures(store: Store, lang: str = "en") -> Table:
    """The figures there are, one row each: figure, ref (what it is of; empty where it needs nothing), title."""
    words = _Words(store, lang)
    refs = {"ask": "ASK or LINEAGE", "gap": "GAP", "whatif": "AMENDMENT"}
    return Table(("figure", "ref", "title"), [(name, refs.get(name, ""), words(f"figure-{name}")) for name in _FIGURES])


def figure(
    store: Store, name: str, ref: "str | Sequence[str]" = "", *, at: str, lang: str = "en", grounds: Sequence[str] = (), provisions: Sequence[str] = ()
) -> Figure:
    """The figure of that name on the day ``at``: matrix, ask, gap, complaints, whatif, fields. ``grounds`` and ``provisions`` narrow it.

    ``ref`` is the ask or lineage, the gap, or the amendments (a name, or several) that the figure is of.
    Raises UnknownName with the nearest, BadValue where the figure takes no such narrowing or its reference is missing.
    """
    if name not in _FIGURES:
        near = nearest(name, list(_FIGURES))
        raise UnknownName(f"{name}: no such figure; take one of {', '.join(near or _FIGURES)}")
    refs = [ref] if isinstance(ref, str) else list(ref)
    refs = [one for one in refs if one]
    if name in ("ask", "gap", "whatif") and not refs:
        raise BadValue(f"figure {name}: no address; name the {'amendment' if name == 'whatif' else name} after it, as in 'kzgraph figure {name} REF -o FILE'")
    if (name not in ("ask", "gap", "whatif") and refs) or (name in ("ask", "gap") and len(refs) > 1):
        raise BadValue(f"figure {name}: {refs[-1]}: one address too many; leave it out")
    if name not in ("matrix", "fields") and (grounds or provisions):
        raise BadValue(f"figure {name}: takes no --ground and no --provision; leave them out")
    return _FIGURES[name](store, refs, at, _Words(store, lang), tuple(grounds), tuple(provisions))


# ---- the figures ----


def _matrix(store: Store, refs: list[str], at: str, words: "_Words", grounds: tuple, provisions: tuple) -> Figure:
    asked = question(store.rooms, "matrix")
    table = narrowed(store, asked, answer(store, "matrix", at=at, lang=words.lang), {"provision": list(provisions)})
    every = table.records()
    lists = _asked(store, "protective-lists", at=at, lang=words.lang)
    dedicated = {row["provision"] for row in lists if row["dedicated"]}
    columns, notes = _columns(store, asked, table, list(grounds), dedicated, words, _COLUMNS)
    named = Counter(row["provision"] for row in every if row["verdict"] == "listed")
    rows = list(dict.fromkeys(row["provision"] for row in every))
    if not provisions:
        principal = {row["provision"] for row in _asked(store, "principal-provisions", at=at)}
        whole, rows = len(rows), [row for row in rows if row in principal]
        if len(rows) < whole:
            notes = [words("figure-matrix-chosen", SHOWN=len(rows), COUNT=whole), words("figure-counted-all"), *notes]
    rows = sorted(rows, key=lambda row: -named[row])
    if len(rows) > _ROWS:
        notes.append(words("figure-left-out", COUNT=len(rows) - _ROWS))
        rows = rows[:_ROWS]
    cells = {(row["provision"], row["ground"]): row for row in every}
    drawn = [cells[row, column] for row in rows for column in columns if (row, column) in cells]
    kept = ("provision", "ground", "verdict", "text_read", "provision_label", "ground_label", "verdict_label")
    twin = Table(kept, [[row[name] for name in kept] for row in drawn], title=words("figure-matrix"), show=kept[-3:], notes=notes)
    title, counts = _named_least([row for row in every if row["provision"] not in dedicated], columns, "provision", "matrix", words)
    aside = len({row["provision"] for row in every} & dedicated)
    slots = {"OPEN": counts["open-clause"], "CLOSED": counts["absent"], "UNREAD": counts["not-checked"], "DEDICATED": aside}
    lines = [words("figure-matrix-otherwise", **slots)] if counts else []
    labels = {row["provision"]: row["provision_label"] or row["provision"] for row in every}
    heads = {row["ground"]: row["ground_label"] or row["ground"] for row in every}

    def draw(page: _Page) -> None:
        left, right = 216.0, 44.0
        step = min(30.0, (_WIDTH - left - right) / max(1, len(columns)))
        page.slanted([heads[column] for column in columns], left, step)
        tops = page.rows([labels[row] for row in rows], left - 8, least=step * 0.7)
        place = {row: top for row, top in zip(rows, tops, strict=True)}
        across = {column: left + index * step for index, column in enumerate(columns)}
        marks, tints = [], []
        for record in twin.records():
            x, (top, bottom) = across[record["ground"]], place[record["provision"]]
            told = f"{record['provision_label']} × {record['ground_label']}: {record['verdict_label']}"
            marks.append(record | _mark(record["verdict"], x + step / 2, (top + bottom) / 2, told))
            tints.append({"_x": x + 0.5, "_x2": x + step - 0.5, "_y": top, "_y2": bottom - 1, "_fill": page.light(record["verdict"])})
        page.rects(tints)
        page.points(marks, size=64)
        present = {row["verdict"] for row in drawn}
        page.legend([(_VERDICTS[code], page.light(code), words.label("verdict", code)) for code in _VERDICTS if code in present], tinted=True)

    return words.figure("matrix", title, lines, twin, [*notes, words.limits(asked)], at, draw)


def _fields(store: Store, refs: list[str], at: str, words: "_Words", grounds: tuple, provisions: tuple) -> Figure:
    asked = question(store.rooms, "matrix")
    table = narrowed(store, asked, answer(store, "matrix", at=at, lang=words.lang), {"provision": list(provisions)})
    lists = _asked(store, "protective-lists", at=at, lang=words.lang)
    dedicated = {row["provision"] for row in lists if row["dedicated"]}
    columns, notes = _columns(store, asked, table, list(grounds), dedicated, words, _BLOCKS)
    within: dict[str, set[str]] = {}
    for row in lists:
        within.setdefault(row["provision"], set()).add(row["field"])
    labels = {row["field"]: row["field_label"] or row["field"] for row in lists}
    every = [row | {"field": field} for row in table.records() if row["provision"] not in dedicated for field in sorted(within.get(row["provision"], ()))]
    counts = Counter((row["field"], row["ground"], row["verdict"]) for row in every if row["ground"] in columns)
    sizes = Counter(row["field"] for row in every if columns and row["ground"] == columns[0])
    fields = sorted(sizes, key=lambda field: (-sizes[field], field))
    heads = {row["ground"]: row["ground_label"] or row["ground"] for row in every}
    kept = ("field", "ground", "verdict", "provisions", "field_label", "ground_label", "verdict_label")
    rows = [
        (field, column, verdict, str(counts[field, column, verdict]), labels[field], heads[column], words.label("verdict", verdict))
        for field in fields for column in columns for verdict in _VERDICTS if counts[field, column, verdict]
    ]  # fmt: skip
    twin = Table(kept, rows, title=words("figure-fields"), show=("field_label", "ground_label", "verdict_label", "provisions"), notes=notes)
    checked = {row["field"] for row in every if row["verdict"] != "not-checked"}
    title, _ = _named_least([row for row in every if row["field"] in checked], columns, "field", "fields", words)
    counted = len({row["provision"] for row in table.records()} & dedicated)
    lines = [words("figure-fields-marks", UNREAD=len(set(fields) - checked), DEDICATED=counted)]

    def draw(page: _Page) -> None:
        left, pitch = 132.0, 10.5
        step = min(170.0, (_WIDTH - left) / max(1, len(columns)))
        wide = max(1, int((step - 14) // pitch))
        page.across([heads[column] for column in columns], left, step)
        heights = [max([-(-sizes[field] // wide), 1]) * pitch + 6 for field in fields]
        tops = page.rows([labels[field] for field in fields], left - 8, heights)
        place = dict(zip(fields, tops, strict=True))
        marks, started = [], Counter[tuple[str, str]]()
        for record in twin.records():
            cell = record["field"], record["ground"]
            for number in range(started[cell], started[cell] + int(record["provisions"])):
                x = left + columns.index(record["ground"]) * step + (number % wide + 0.6) * pitch
                y = place[record["field"]][0] + (number // wide + 0.5) * pitch + 3
                told = f"{record['field_label']}, {record['ground_label']}: {record['verdict_label']}"
                marks.append(record | _mark(record["verdict"], x, y, told) | {"_fill": page.inked(record["verdict"])})
            started[cell] += int(record["provisions"])
        page.points(marks, size=46)
        present = {row[2] for row in rows}
        page.legend([(_VERDICTS[code], page.inked(code), words.label("verdict", code)) for code in _VERDICTS if code in present])

    return words.figure("fields", title, lines, twin, [*notes, words.limits(asked)], at, draw)


def _ask(store: Store, refs: list[str], at: str, words: "_Words", grounds: tuple, provisions: tuple) -> Figure:
    lineage = existing(store, refs[0])
    for row in answer(store, "list-asks", lang=words.lang).records():
        if row["ask"] == lineage:
            lineage = row["lineage"]
            break
    asked = question(store.rooms, "lineage-asks")
    every = [row for row in answer(store, "lineage-asks", thing=lineage, lang=words.lang).records() if row["year"] <= at[:4]]
    if not every:
        raise UnknownName(f"{refs[0]}: no ask and no lineage of asks up to {at}; 'kzgraph ask lineage-history' lists the lineages")
    history = {row["lineage"]: row for row in answer(store, "lineage-history", lang=words.lang).records()}[lineage]
    kept = ("year", "ask", "issuer", "form", "stance", "answer", "answer_said_by", "status", "told_in", "locator", "ask_text", "issuer_label",
            "answer_label", "mark")  # fmt: skip
    for row in every:
        row["answer_label"] = words.label("answer", row["answer"]) if row["answer"] else ""
        row["mark"] = row["answer"] or ("commitment" if row["form"] == "commitment" else "")
    twin = Table(kept, [[row[name] for name in kept] for row in every], title=words("figure-ask"), show=("year", "issuer_label", "answer_label", "ask_text"))
    bodies = list(dict.fromkeys(row["issuer"] for row in every))
    labels = {row["issuer"]: row["issuer_label"] or row["issuer"] for row in every}
    first, last = int(every[0]["year"]), int(every[-1]["year"])
    title = words("figure-ask-title", COUNT=sum(row["form"] != "commitment" for row in every), FIRST=first, LAST=last,
                  ANSWERS=sum(bool(row["answer"]) for row in every), SUBJECT=history["lineage_label"] or lineage)  # fmt: skip
    lines = [words("figure-ask-hostile")] if history["stance"] == "hostile" else []
    if int(history["un_read"]) < int(history["asked_by_un"]):
        lines.append(words("figure-ask-read", COUNT=history["asked_by_un"], READ=history["un_read"]))

    def meaning(mark: str) -> str:
        return words.label("ask-form", mark) if mark == "commitment" else words.label("answer", mark) if mark else words("figure-ask-silent")

    def draw(page: _Page) -> None:
        left = 216.0
        step = (_WIDTH - left) / (last - first + 1)
        seen = Counter((row["issuer"], row["year"]) for row in every)
        most = {body: max(count for (issuer, _), count in seen.items() if issuer == body) for body in bodies}
        every_years = page.years(first, last, left, step)
        start = page.y
        tops = page.rows([labels[body] for body in bodies], left - 8, [max(16.0, 14.0 * most[body]) for body in bodies])
        place, drawn, marks = dict(zip(bodies, tops, strict=True)), Counter[tuple[str, str]](), []
        for record in twin.records():
            cell = record["issuer"], record["year"]
            top, bottom = place[record["issuer"]]
            shape, colour = _ANSWERS.get(record["mark"], _ANSWERS[""])
            y = (top + bottom) / 2 + (drawn[cell] - (seen[cell] - 1) / 2) * 13
            drawn[cell] += 1
            told = f"{record['year']}, {record['issuer_label']}: {meaning(record['mark'])}"
            x = left + (int(record["year"]) - first + 0.5) * step
            marks.append(record | {"_x": x, "_y": y, "_shape": _SHAPES[shape], "_fill": page.inked(colour), "_told": _plain(told)})
        page.lines([{"_x": left + n * step, "_y": start, "_y2": page.y} for n in range(last - first, -1, -every_years)])
        page.points(marks, size=92)
        present = [code for code in _ANSWERS if any(row["mark"] == code for row in every)]
        page.legend([(_ANSWERS[code][0], page.inked(_ANSWERS[code][1]), meaning(code)) for code in present])

    return words.figure("ask", title, lines, twin, [words.limits(asked)], at, draw)


def _gap(store: Store, refs: list[str], at: str, words: "_Words", grounds: tuple, provisions: tuple) -> Figure:
    gap = existing(store, refs[0])
    asked = _question(store, "gap-life")
    every = [row | {"state": slug(row["state"])} for row in _asked(store, "gap-life", gap=gap, at=at, lang=words.lang) if row["year"] <= at[:4]]
    spells = [row for row in every if row["lane"] == "gap"]
    if not spells:
        raise UnknownName(f"{gap}: not a gap, or none yet on {at}; 'kzgraph gaps' lists the gaps with their addresses")
    schemes = {"version": "verdict", "gap": "gap-type", "reading": "level", "ask": "answer"}
    lanes = ("version", "gap", "duty", "reading", "ask")
    for row in every:
        row["lane_label"] = words(f"figure-lane-{row['lane']}")
        row["state_label"] = words.label(schemes[row["lane"]], row["state"]) if row["state"] else words("figure-no-list") if row["lane"] == "version" else ""
    every.sort(key=lambda row: (lanes.index(row["lane"]), row["since"], row["year"], row["state"], row["item"]))
    kept = ("lane", "item", "since", "until", "year", "state", "lane_label", "item_label", "state_label")
    shown = ("lane_label", "item_label", "since", "until", "year", "state_label")
    twin = Table(kept, [[row[name] for name in kept] for row in every], title=words("figure-gap"), show=shown)
    counts = Counter(row["lane"] for row in every)
    ground, where = _subject(store, gap, words)
    now = [row for row in spells if not row["until"] or at < row["until"]]
    slots = {"SUBJECT": ground, "DETAIL": where, "KIND": spells[0]["state_label"]}
    if now:
        since = now[0]["since"]
        title = words("figure-gap-open", DAY=since, YEARS=int(at[:4]) - int(since[:4]) - (at[5:] < since[5:]), **slots)
    else:
        title = words("figure-gap-closed", DAY=spells[-1]["until"], **slots)
    lines = [words("figure-gap-counts", VERSIONS=counts["version"], DUTIES=counts["duty"], READINGS=counts["reading"], ASKS=counts["ask"])]

    def line_of(row: dict[str, str]) -> tuple[str, ...]:
        """What shares a line of the picture: the spells, the readings of one weight, the asks; a wording and a duty have their own."""
        return (row["lane"], row["state"] if row["lane"] == "reading" else "") if row["lane"] in ("gap", "reading", "ask") else (row["lane"], row["item"])

    def draw(page: _Page) -> None:
        left = 250.0
        first = min(int((row["since"] or row["year"])[:4]) for row in every)
        last = int(at[:4])
        step = (_WIDTH - left) / (last - first + 1)

        def x_of(day: str) -> float:
            begun = date.fromisoformat(day)
            return left + (begun.year - first + (begun.timetuple().tm_yday - 1) / 366) * step

        marks: list[dict] = []
        tokens: list[dict] = []
        every_years = page.years(first, last, left, step)
        start = page.y
        for lane in lanes:
            held = [row for row in every if row["lane"] == lane]
            if not held:
                continue
            groups: dict[tuple[str, ...], list[dict[str, str]]] = {}
            for row in held:
                groups.setdefault(line_of(row), []).append(row)
            page.paragraph(f"{held[0]['lane_label']} ({len(held)})", _TEXT, bold=True, width=left - 8)
            for rows in groups.values():
                label = {"gap": rows[0]["state_label"], "reading": f"{rows[0]['state_label']} ({len(rows)})", "ask": ""}.get(lane, rows[0]["item_label"])
                span = "; ".join(f"{row['since']} – {row['until'] or '…'}" for row in rows) if lane in ("version", "gap", "duty") else ""
                told = f"{rows[0]['state_label']}, {span}" if lane == "version" else span
                near: list[float] = []  # where marks of one line would cover each other, they are set below each other
                depth = []
                for row in rows:
                    x = x_of(row["since"]) if row["since"] else left + (int(row["year"]) - first + 0.5) * step
                    depth.append(sum(abs(x - other) < 11 for other in near))
                    near.append(x)
                deep = max(depth) + 1
                (top, bottom), = page.rows([f"{label}\n{told}" if told else label], left - 8, [deep * 12.0 + 3], rule=False)
                for row, x, level in zip(rows, near, depth, strict=True):
                    middle = (top + bottom) / 2 if deep == 1 else top + 8 + level * 12
                    about = ", ".join(part for part in (row["lane_label"], row["item_label"], row["since"] or row["year"], row["state_label"]) if part)
                    record = {name: row[name] for name in kept} | {"_told": _plain(about), "_x": x, "_y": middle}
                    if lane in ("reading", "ask"):
                        shape = "diamond" if lane == "reading" else _ANSWERS.get(row["state"], _ANSWERS[""])[0]
                        tokens.append(record | {"_shape": _SHAPES[shape], "_fill": page.style.colours[lane] if lane == "reading" else _INK})
                    else:
                        colour = page.style.colours.get(row["state"], _FAINT) if lane == "version" else page.style.colours[lane]
                        end = x_of(row["until"]) if row["until"] and row["until"] <= at else x_of(at)
                        marks.append(record | {"_x2": max(end, x + 1), "_y": middle - 4.5, "_y2": middle + 4.5, "_fill": colour})
            page.y += 4
        page.lines([{"_x": left + n * step, "_y": start, "_y2": page.y} for n in range(last - first, -1, -every_years)])
        for spell in spells:
            page.lines([{"_x": x_of(spell["since"]), "_y": start, "_y2": page.y}], colour=page.style.colours["gap"], dash=True)
        page.rects(marks, told=True, edged=True)
        page.points(tokens, size=70)
        answers = [code for code in _ANSWERS if any(row["lane"] == "ask" and row["state"] == code for row in every)]
        page.legend([(_ANSWERS[code][0], _INK, words.label("answer", code) if code else words("figure-ask-silent")) for code in answers])

    return words.figure("gap", title, lines, twin, [words("figure-gap-line"), words.limits(asked)], at, draw)


def _complaints(store: Store, refs: list[str], at: str, words: "_Words", grounds: tuple, provisions: tuple) -> Figure:
    asked = _question(store, "complaint-paths")
    found = _asked(store, "complaint-paths")
    cases: dict[tuple[str, str], set[str]] = {}
    held: dict[tuple[str, str], set[str]] = {}
    for row in found:
        cases.setdefault((row["stage"], row["kind"]), set()).add(row["case"])
        held.setdefault((row["stage"], row["kind"]), set()).add(row["document"])
    kinds = ("incident", "pattern", "aggregate")
    columns = ("stage", "kind", "cases", "documents", "sources", "stage_label", "kind_label")
    rows = []
    for stage in _STAGES:
        for kind in kinds:
            sources = sorted(held.get((stage, kind), ()))
            counted = str(len(cases.get((stage, kind), ())))
            rows.append((stage, kind, counted, str(len(sources)), " ".join(sources), words(f"figure-stage-{stage}"), words.label("event-kind", kind)))
    twin = released(Table(columns, rows, title=words("figure-complaints"), show=("stage_label", "kind_label", "cases", "documents")), asked.name, store)
    number = {(row["stage"], row["kind"]): row["cases"] for row in twin.records()}
    title = words("figure-complaints-title", **{stage.upper(): number[stage, "incident"] for stage in ("told", "reported", "recognised")})
    documents = sorted({row["document"] for row in found})
    titles = {row["document"]: row["title"] or row["document"] for row in answer(store, "list-documents", lang=words.lang).records()}
    lines = [words("figure-complaints-turned", TURNED=number["turned-away", "incident"])]
    notes = [words("figure-complaints-apart", COUNT=len(documents)) + " " + "; ".join(titles.get(one, one) for one in documents) + ".", words.limits(asked)]

    def draw(page: _Page) -> None:
        records = [row | {"_row": row["stage"], "_panel": row["kind"], "_value": row["cases"]} for row in twin.records()]
        labels = {stage: ("   " if stage in _PARTS else "") + words(f"figure-stage-{stage}") for stage in _STAGES}
        colours = {kind: page.style.colours["case" if kind == "incident" else "not-checked"] for kind in kinds}
        page.panels(records, labels, {kind: words.label("event-kind", kind) for kind in kinds}, colours)

    return words.figure("complaints", title, lines, twin, notes, at, draw)


def _whatif(store: Store, refs: list[str], at: str, words: "_Words", grounds: tuple, provisions: tuple) -> Figure:
    from kzgraph.amendments import read, whatif

    outcome = whatif(store, [read(name, store.rooms) for name in refs], today=at, lang=words.lang)
    counts = Counter((row["type"] or row["type_after"], row["effect"]) for row in outcome.gaps.records())
    types = sorted({kind for kind, _ in counts}, key=lambda kind: (-sum(counts[kind, effect] for effect in _EFFECTS), kind))
    effects = [effect for effect in _EFFECTS if effect != "changes-type" or any(counts[kind, effect] for kind in types)]
    columns = ("type", "effect", "gaps", "type_label", "effect_label")
    rows = [
        (kind, effect, str(counts[kind, effect]), words.label("gap-type", kind), words(f"whatif-{effect}")) for kind in types for effect in effects
    ]
    twin = Table(columns, rows, title=words("figure-whatif"), show=("type_label", "effect_label", "gaps"))
    sums = {effect: sum(counts[kind, effect] for kind in types) for effect in _EFFECTS}
    title = words("figure-whatif-title", CLOSES=sums["closes"], OPENS=sums["opens"], STAYS=sums["stays"], SUBJECT=outcome.title)
    lines = [words("figure-whatif-before", CHANGES=sums["changes-type"])] if sums["changes-type"] else []

    def draw(page: _Page) -> None:
        records = [row | {"_row": row["type"], "_panel": row["effect"], "_value": row["gaps"]} for row in twin.records()]
        labels = {kind: words.label("gap-type", kind) for kind in types}
        page.panels(records, labels, {effect: words(f"whatif-{effect}") for effect in effects}, {effect: page.style.colours[effect] for effect in effects})

    return words.figure("whatif", title, lines, twin, outcome.notes[:-1], outcome.at, draw)


_FIGURES: dict[str, Callable[..., Figure]] = {
    "matrix": _matrix, "ask": _ask, "gap": _gap, "complaints": _complaints, "whatif": _whatif, "fields": _fields,
}  # fmt: skip


# ---- rows and words ----


class _Words:
    """The sentences and the labels of codes in one language."""

    def __init__(self, store: Store, lang: str) -> None:
        self.lang, self.store = lang, store
        self.sentences = {name.removeprefix("sentence/"): text for name, text, _ in answer(store, "sentences", lang=lang).rows}
        self.codes = {row["code"]: row["label"] for row in answer(store, "codes", lang=lang).records()}

    def __call__(self, sentence: str, **slots: object) -> str:
        """The sentence, its places filled; what is filled in is not looked at again. A text that is no name of a sentence is filled itself."""
        return _SLOT.sub(lambda match: str(slots.get(match[0], match[0])), self.sentences.get(sentence, sentence))

    def label(self, scheme: str, code: str) -> str:
        return self.codes.get(f"{scheme}/{code}") or code

    def limits(self, asked: Question) -> str:
        return self("figure-limits", WORDS=asked.limits[self.lang])

    def figure(self, name: str, title: str, lines: Sequence[str], table: Table, notes: Sequence[str], at: str, draw: "Callable[[_Page], None]") -> Figure:
        source = self("figure-source-whatif" if name == "whatif" else "figure-source", DATA=self.store.rooms.version, DAY=at)
        notes = [*notes, " ".join(hides_not(self.store, self.lang))]
        table.notes = tuple(_plain(note) for note in (title, *lines, *notes, source) if note)
        return Figure(name, self.lang, title, lines, table, notes, source, draw)


def _question(store: Store, name: str) -> Question:
    return from_file(store.rooms.queries / "figures" / f"{name}.rq")


def _asked(store: Store, name: str, **values: str) -> list[dict[str, str]]:
    """The rows of a question that only figures ask."""
    asked = _question(store, name)
    return Table(list(asked.columns), finished(asked, *store.select(asked.text, f"figures/{name}.rq", **asked.bind(**values)))).records()


def _columns(store: Store, asked: Question, table: Table, wanted: list[str], dedicated: set[str], words: _Words, most: int) -> tuple[list[str], list[str]]:
    """The grounds shown, in order, and what is said of the choice: those wanted, or the members of sets, their siblings, and those named most often."""
    every = list(dict.fromkeys(row["ground"] for row in table.records()))
    named = Counter(row["ground"] for row in table.records() if row["verdict"] == "listed" and row["provision"] not in dedicated)
    sets = {row["ground"]: int(row["sets"]) for row in _asked(store, "principal-grounds")}
    order = sorted(every, key=lambda ground: (ground not in sets, -sets.get(ground, 0), -named[ground] if ground not in sets else 0, ground))
    if not wanted:
        shown = order[:most]
        return shown, [words("figure-grounds-chosen", SHOWN=len(shown), COUNT=len(every))] if len(shown) < len(every) else []
    held = {row["ground"] for row in narrowed(store, asked, table, {"ground": wanted}).records()}
    shown = [ground for ground in order if ground in held]
    return shown[:most], [words("figure-left-out", COUNT=len(shown) - most)] if len(shown) > most else []


def _named_least(cells: list[dict[str, str]], columns: list[str], unit: str, name: str, words: _Words) -> tuple[str, Counter[str]]:
    """The message: which of the grounds shown no list names, among how many; or which the fewest name. And, of the former, their verdicts, counted."""
    names: dict[str, set[str]] = {column: set() for column in columns}
    labels: dict[str, str] = {}
    verdicts: dict[str, Counter[str]] = {column: Counter() for column in columns}
    units = {cell[unit] for cell in cells if cell["verdict"] != "not-checked"}
    for cell in cells:
        if cell["ground"] in names:
            labels[cell["ground"]] = cell["ground_label"] or cell["ground"]
            verdicts[cell["ground"]][cell["verdict"]] += 1
            if cell["verdict"] == "listed":
                names[cell["ground"]].add(cell[unit])
    if not labels:
        return words(f"figure-{name}"), Counter()
    fewest = min(len(names[column]) for column in labels)
    least = [column for column in columns if column in labels and len(names[column]) == fewest]
    told = ", ".join(labels[column] for column in least[:6]) + (f", {words('figure-more', COUNT=len(least) - 6)}" if len(least) > 6 else "")
    title = words(f"figure-{name}-{'least' if fewest else 'none'}", LISTED=fewest, COUNT=len(units), GROUNDS=told)
    return title, Counter() if fewest else verdicts[least[0]]


def _subject(store: Store, gap: str, words: _Words) -> tuple[str, str]:
    """The labels of the ground and of the provision, area or lineage of a gap."""
    row = _asked(store, "gap-subject", gap=gap, lang=words.lang)[0]
    return row["ground_label"] or row["ground"], row["place_label"] or row["place"]


def _plain(text: str) -> str:
    """The text on one line, without what is not printed: control and format characters, line ends."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


# ---- the page ----


class _Page:
    """A page that grows downwards: every mark has its place in pixels; ``y`` is where the next thing goes."""

    def __init__(self, style: Style) -> None:
        self.style, self.y = style, 0.0
        self.layers: list[dict] = []

    def spec(self) -> dict:
        return {
            "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
            "width": _WIDTH, "height": round(self.y, 1), "padding": 10, "autosize": {"type": "none"}, "background": "white",
            "config": {"font": f"{self.style.font}, {_FAMILIES}", "view": {"stroke": None}},
            "layer": self.layers,
        }  # fmt: skip

    def inked(self, code: str) -> str:
        """The colour of a code, dark enough for a symbol on white."""
        return "#" + "".join(f"{int(int(self.style.colours[code][at : at + 2], 16) * 0.72):02x}" for at in (1, 3, 5))

    def light(self, code: str) -> str:
        """The colour of a code, light enough to lie behind a black symbol; mixed here, as see-through marks make a PDF large."""
        return "#" + "".join(f"{round(255 - (255 - int(self.style.colours[code][at : at + 2], 16)) * 0.28):02x}" for at in (1, 3, 5))

    def _layer(self, mark: dict, rows: Iterable[dict], encoding: dict, name: str = "") -> None:
        held = [{key: round(value, 2) if isinstance(value, float) else _plain(value) for key, value in row.items()} for row in rows]
        if held:
            self.layers.append({"data": {"values": held}, "mark": mark, "encoding": encoding} | ({"name": name} if name else {}))

    def text(self, rows: Iterable[dict], size: float = _TEXT, *, bold: bool = False, align: str = "left", angle: float = 0, colour: str = _INK) -> None:
        """Texts at (_x, _y), the baseline."""
        mark = {"type": "text", "align": align, "baseline": "alphabetic", "fontSize": size, "angle": angle, "color": colour, "aria": False,
                "fontWeight": "bold" if bold else "normal"}  # fmt: skip
        self._layer(mark, rows, _AT | {"text": {"field": "_text", "type": "nominal"}})

    def paragraph(self, text: str, size: float, *, bold: bool = False, width: float = _WIDTH, colour: str = _INK) -> None:
        rows = []
        for line in _wrapped(text, width, size, bold):
            self.y += size * 1.32
            rows.append({"_x": 0.0, "_y": self.y - size * 0.22, "_text": line})
        self.y += size * 0.25
        self.text(rows, size, bold=bold, colour=colour)

    def rows(self, labels: Sequence[str], width: float, heights: Sequence[float] = (), *, least: float = 13.0, rule: bool = True) -> list[tuple[float, float]]:
        """Labels down the left side, wrapped; the (top, bottom) of each row. A second line after a line end is grey."""
        black: list[dict] = []
        grey: list[dict] = []
        placed, rules = [], []
        for index, label in enumerate(labels):
            first, _, second = label.partition("\n")
            indent = 10.0 if first.startswith("   ") else 0.0
            parts = [(line, black) for line in _wrapped(first, width - indent, _NOTE)] + [(line, grey) for line in _wrapped(second, width, _NOTE)]
            tall = max(len(parts) * 11.5 + 3, least, heights[index] if heights else 0)
            base = self.y + (tall - len(parts) * 11.5) / 2 + 9
            for number, (line, ink) in enumerate(parts):
                ink.append({"_x": indent, "_y": base + number * 11.5, "_text": line})
            if rule:
                rules.append({"_x": 0.0, "_x2": _WIDTH, "_y": self.y - 0.5, "_y2": self.y})
            placed.append((self.y, self.y + tall))
            self.y += tall
        self.rects([row | {"_fill": "#e0e0e0"} for row in rules])
        self.text(black, _NOTE)
        self.text(grey, _NOTE, colour=_GREY)
        return placed

    def slanted(self, heads: Sequence[str], left: float, step: float) -> None:
        """Headings set slanting above columns."""
        rows, longest = [], 0.0
        for index, head in enumerate(heads):
            lines = _wrapped(head, 180, _NOTE)
            longest = max([longest, *(_length(line, _NOTE) for line in lines)])
            for number, line in enumerate(lines):
                rows.append((left + (index + 0.62) * step + (number - (len(lines) - 1) / 2) * 13, line))
        self.y += longest * 0.83 + 12
        self.text([{"_x": x, "_y": self.y - 5, "_text": line} for x, line in rows], _NOTE, angle=-57)

    def across(self, heads: Sequence[str], left: float, step: float) -> None:
        """Headings set level above columns, wrapped, standing on one line."""
        folded = [_wrapped(head, step - 4, _NOTE) for head in heads]
        tall = max([len(lines) for lines in folded], default=0)
        rows = [
            {"_x": left + index * step + 1, "_y": self.y + (tall - len(lines) + number + 1) * 12, "_text": line}
            for index, lines in enumerate(folded) for number, line in enumerate(lines)
        ]  # fmt: skip
        self.y += tall * 12 + 6
        self.text(rows, _NOTE)

    def years(self, first: int, last: int, left: float, step: float) -> int:
        """The years above a timeline, as many as there is room for; every how many years one stands."""
        every = int(32 // step) + 1
        self.y += 12
        shown = range(last, first - 1, -every)
        self.text([{"_x": left + (year - first + 0.5) * step, "_y": self.y, "_text": str(year)} for year in shown], _NOTE, align="center")
        self.y += 5
        return every

    def lines(self, rows: Iterable[dict], *, colour: str = _FAINT, dash: bool = False) -> None:
        mark = {"type": "rule", "color": colour, "strokeWidth": 1 if dash else 0.6, "aria": False} | ({"strokeDash": [4, 3]} if dash else {})
        self._layer(mark, rows, _AT | {"y2": {"field": "_y2"}})

    def rects(self, rows: Iterable[dict], *, told: bool = False, edged: bool = False) -> None:
        mark = {"type": "rect", "opacity": 1} | ({} if told else {"aria": False}) | ({"stroke": _INK, "strokeWidth": 0.6} if edged else {})
        encoding = _AT | {"x2": {"field": "_x2"}, "y2": {"field": "_y2"}, "color": {"field": "_fill", "type": "nominal", "scale": None}}
        self._layer(mark, rows, encoding | (_TOLD if told else {}), "marks-bars" if told else "")

    def points(self, rows: Iterable[dict], size: float, *, told: bool = True) -> None:
        mark = {"type": "point", "filled": True, "size": size, "opacity": 1, "strokeWidth": 0} | ({} if told else {"aria": False})
        encoding = _AT | {"shape": {"field": "_shape", "type": "nominal", "scale": None}, "color": {"field": "_fill", "type": "nominal", "scale": None}}
        self._layer(mark, rows, encoding | (_TOLD if told else {}), "marks-points" if told else "")

    def legend(self, entries: Sequence[tuple[str, str, str]], *, tinted: bool = False) -> None:
        """Symbols with their meaning, in as many lines as they need."""
        x, symbols, tints, texts = 0.0, [], [], []
        self.y += 14
        for shape, colour, label in entries:
            long = _length(label, _NOTE) + 34
            if x and x + long > _WIDTH:
                x, self.y = 0.0, self.y + 16
            tints.append({"_x": x, "_x2": x + 14, "_y": self.y - 7, "_y2": self.y + 7, "_fill": colour})
            symbols.append({"_x": x + 7, "_y": self.y, "_shape": _SHAPES[shape], "_fill": _INK if tinted else colour})
            texts.append({"_x": x + 19, "_y": self.y + 3.5, "_text": label})
            x += long
        if tinted:
            self.rects(tints)
        self.points(symbols, size=64, told=False)
        self.text(texts, _NOTE)
        self.y += 10 if entries else -14

    def panels(self, records: Sequence[dict], rows: dict[str, str], panels: dict[str, str], colours: dict[str, str]) -> None:
        """Bars side by side, a panel for each kind, all to one scale, each with its number; a number held back is written, not drawn."""
        left = 200.0
        step = min(230.0, (_WIDTH - left) / max(1, len(panels)))
        most = max([int(record["_value"]) for record in records if record["_value"].isdecimal()], default=1) or 1
        self.across(list(panels.values()), left, step)
        place = dict(zip(rows, self.rows(list(rows.values()), left - 8, least=19.0), strict=True))
        order = list(panels)
        bars: list[dict] = []
        numbers: list[dict] = []
        for record in records:
            top, bottom = place[record["_row"]]
            x = left + order.index(record["_panel"]) * step
            long = int(record["_value"]) / most * (step - 40) if record["_value"].isdecimal() else 0.0
            told = f"{_plain(rows[record['_row']])}, {panels[record['_panel']]}: {record['_value']}"
            own = {key: value for key, value in record.items() if not key.startswith("_")}
            middle = (top + bottom) / 2
            bars.append(own | {"_x": x, "_x2": x + long, "_y": middle - 6, "_y2": middle + 6, "_fill": colours[record["_panel"]], "_told": told})
            numbers.append({"_x": x + long + 4, "_y": middle + 3.5, "_text": record["_value"]})
        self.rects(bars, told=True)
        self.text(numbers, _TEXT, bold=True)


_AT = {"x": {"field": "_x", "type": "quantitative", "scale": None, "axis": None}, "y": {"field": "_y", "type": "quantitative", "scale": None, "axis": None}}
_TOLD = {"description": {"field": "_told", "type": "nominal"}}


def _mark(verdict: str, x: float, y: float, told: str) -> dict:
    return {"_x": x, "_y": y, "_shape": _SHAPES[_VERDICTS[verdict]], "_fill": _INK, "_told": _plain(told)}


def _length(text: str, size: float, bold: bool = False) -> float:
    """About how long a text is in the shipped font, rather too long than too short."""
    total = 0.0
    for letter in text:
        if letter in " .,:;'|!()[]ijlItfrі–-/«»":
            total += 0.34
        elif letter in "mwMWжшщюмфыЖШЩЮМФЫДЪъ—…%@":
            total += 0.88
        elif letter.isupper():
            total += 0.7
        else:
            total += 0.585
    return total * size * (1.07 if bold else 1.0)


def _wrapped(text: str, width: float, size: float, bold: bool = False) -> list[str]:
    """The text in lines that fit; a word longer than a line is broken."""
    lines: list[str] = []
    for word in _plain(text).split(" "):
        while _length(word, size, bold) > width and len(word) > 1:
            fits = next((at for at in range(len(word) - 1, 1, -1) if _length(word[:at], size, bold) <= width), 1)
            lines.append(word[:fits])
            word = word[fits:]
        if lines and _length(f"{lines[-1]} {word}", size, bold) <= width:
            lines[-1] = f"{lines[-1]} {word}".strip()
        elif word or not lines:
            lines.append(word)
    return [line for line in lines if line]


# ---- what the picture says of itself ----


def _told(svg: str, figure: Figure, style: Style) -> str:
    """The SVG with title, description and language, and the logo of the style; what it draws is untouched."""
    from base64 import b64encode
    from html import escape

    head, _, rest = svg.partition(">")  # of the opening tag
    if style.logo:
        kind = "image/png" if style.logo_type == "png" else "image/svg+xml"
        place = f'x="{_WIDTH + 10 - 120:.0f}" y="8" width="120" height="36" preserveAspectRatio="xMaxYMin"'
        rest = rest.replace("</svg>", f'<image {place} xlink:href="data:{kind};base64,{b64encode(style.logo).decode()}"/></svg>')
    name = escape(figure.title)
    opened = f'{head} role="img" aria-label="{name}" xml:lang="{figure.lang}" lang="{figure.lang}">'
    return f"{opened}<title>{name}</title><desc>{escape(figure.alt)}</desc>{rest}"


def _told_png(png: bytes, figure: Figure) -> bytes:
    """The PNG with title, description and source as text chunks, after its first chunk."""
    from zlib import crc32

    chunks = b""
    for key, text in (("Title", figure.title), ("Description", figure.alt), ("Source", figure.source_line)):
        body = b"iTXt" + key.encode() + b"\0\0\0" + figure.lang.encode() + b"\0\0" + text.encode()
        chunks += (len(body) - 4).to_bytes(4, "big") + body + crc32(body).to_bytes(4, "big")
    return png[:33] + chunks + png[33:]


def _told_pdf(pdf: bytes, figure: Figure) -> bytes:
    """The PDF with title, subject and language, its objects in an order that depends on nothing but the picture; no date, no identifier.

    What draws it numbers fonts and names resources in another order each time, so names are sorted and objects numbered as they are reached.
    """
    start = int(re.findall(rb"startxref\s+(\d+)", pdf)[-1])
    offsets = [int(offset) for offset in re.findall(rb"(\d{10}) 00000 n", pdf[start:])]
    ends = sorted([*offsets, start])
    root = re.search(rb"/Root (\d+) 0 R", pdf[start:])
    assert root, "a PDF without a catalogue"
    parts: dict[int, tuple[bytes, bytes]] = {}
    for number, offset in enumerate(offsets, 1):
        whole = pdf[offset : ends[ends.index(offset) + 1]].split(b"obj\n", 1)[1].rstrip()
        head, stream, data = whole.partition(b"stream\n")
        parts[number] = re.sub(rb"(?:\n {4,}/\w+ \d+ 0 R){2,}", lambda found: b"\n".join(sorted(found[0].split(b"\n"))), head), stream + data
    order = [int(root[1])]
    for number in order:
        order += [one for one in dict.fromkeys(int(found) for found in re.findall(rb"(\d+) 0 R", parts[number][0])) if one not in order]
    new = {number: at for at, number in enumerate(order, 1)}
    title, subject = (("\ufeff" + text).encode("utf-16-be").hex() for text in (figure.title, figure.alt))
    bodies = [re.sub(rb"(\d+) 0 R", lambda found: b"%d 0 R" % new[int(found[1])], parts[number][0]) + parts[number][1] for number in order]
    bodies[0] = bodies[0].replace(b"<<", f"<< /Lang ({figure.lang}) /ViewerPreferences << /DisplayDocTitle true >>".encode(), 1)
    bodies.append(f"<< /Title <{title}> /Subject <{subject}> /Creator (kzgraph) >>\nendobj".encode())
    made, places = pdf[: ends[0]], []
    for number, body in enumerate(bodies, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\n\n" % (number, body)
    table = "".join(f"{place:010d} 00000 n\r\n" for place in places)
    size = len(bodies) + 1
    trailer = f"xref\n0 {size}\n0000000000 65535 f\r\n{table}trailer\n<< /Size {size} /Root 1 0 R /Info {len(bodies)} 0 R >>\nstartxref\n{len(made)}\n%%EOF\n"
    return made + trailer.encode()
