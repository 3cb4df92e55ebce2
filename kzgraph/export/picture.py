"""Pictures of a view for print: Graphviz lays out and draws, with the shipped fonts alone, so that no machine changes a letter.

An SVG holds the letters as outlines, which look the same in every program without any font, and over them the same text, invisible, to be
selected, searched and read aloud. The text of a PDF is text, its fonts are embedded. Every kind of thing has a frame of its own and stands in
words over the label, every relation is told in words or by the line, so that nothing is lost in grey.
"""

import os
import re
import struct
import zlib
from collections import Counter
from functools import cache
from html import escape
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING

from kzgraph.errors import BadFile, BadValue, needs
from kzgraph.export.projection import plain
from kzgraph.export.style import Style
from kzgraph.table import save

if TYPE_CHECKING:
    from networkx import MultiDiGraph

FORMATS = ("svg", "png", "pdf")
FONTS = Path(__file__).parent / "assets" / "fonts"  # Noto Sans, regular and bold
_FAMILY = "Noto Sans"
_FALLBACK = f"'{_FAMILY}', 'DejaVu Sans', 'Segoe UI', Arial, sans-serif"
_NO_LIGATURES = (  # a sign for ff, fi or ffi is copied out of a PDF as that sign: a digest or a word of the law would be found by nobody who looks for it
    '<match target="font"><edit name="fontfeatures" mode="append"><string>liga=0</string><string>clig=0</string></edit></match>'
)
_DPI = 200  # of a PNG
_PAGE = (7.48, 10.9)  # inches: A4 less margins of 10 mm
_SMALLEST, _ROOMY = 0.62, 0.75  # a picture is not made smaller than this to fit a page; from here on it needs no narrower labels
_TIGHTER = ((30, 0.55), (20, 0.25))  # letters of a line of a label, inches between columns: the second where the first does not fit well
_LINES = 5  # lines of a label
_CLOSE, _FEWER = 18, 3  # things of one kind from which on a label has fewer lines
_LETTER = 4.15  # points that a letter of a note is wide on average
_SHAPES = {
    "gap": "shape=box style=filled penwidth=2.4",
    "duty": "shape=tab style=filled",
    "reading": "shape=note style=filled",
    "act": "shape=folder style=filled",
    "provision": "shape=box style=filled penwidth=1.4",
    "version": 'shape=box style="filled,rounded"',
    "ground": 'shape=box style="filled,rounded" penwidth=1.6',
    "area": 'shape=box style="filled,dashed"',
    "case": "shape=component style=filled",
    "account": 'shape=box style="filled,dotted"',
    "document": "shape=note style=filled",
    "ask": "shape=box3d style=filled",
    "lineage": "shape=box style=filled penwidth=2.2 peripheries=2",
    "answer": "shape=octagon style=filled",
    "shortcoming": "shape=box style=filled peripheries=2",
    "amendment": "shape=box style=filled peripheries=2",
    "outcome": 'shape=box style="filled,diagonals"',
}
_BY_TIME = ("ask",)  # a view and kind of which the labels begin with the year: from the oldest above to the newest below
_STROKES = {
    "stays": "dotted",
    "changes-type": "dashed",
    "opens": "bold",
    "becomes": "dashed",
    "residual-only": "dashed",
    "had-wording": "dashed",
    "passedOver": "dashed",
    "couldApply": "dotted",
}

_made: list[str] = []  # folders to remove


def alt(graph: "MultiDiGraph") -> str:
    """The alternative text of the picture of a view: what it shows, how much of it, what is left out, data version and date."""
    return plain(str(graph.graph.get("alt") or graph.graph.get("title") or ""))


def write(graph: "MultiDiGraph", path: "str | os.PathLike", *, style: "Style | None" = None) -> None:
    """Write the picture of a view (projection.view) to ``path``, whose suffix is one of FORMATS; the same graph gives the same bytes.

    Inside the picture: title, boxes, lines, legend, what is left out and by which rule, limits, source with data version and date, name and logo
    of the style. Raises BadValue for another suffix, MissingExtra without pygraphviz, BadFile where the place cannot be written.
    """
    form = Path(path).suffix.lower().lstrip(".")
    if form not in FORMATS:
        raise BadValue(f"{path}: not a picture; end the name in .{', .'.join(FORMATS)}")
    save(drawn(graph, form, style=style), str(path))


def drawn(graph: "MultiDiGraph", form: str, *, style: "Style | None" = None) -> bytes:
    """The picture as bytes of one of FORMATS. Raises MissingExtra without pygraphviz."""
    style = style or Style()
    graphviz = _graphviz()
    logo = _logo(style)
    fits: list[tuple[float, float, float, str]] = []
    for line, gap in _TIGHTER:
        width, _ = _extent(graphviz, _source(graph, style, 60, logo, line, gap))
        text = _source(graph, style, int(max(width, 380.0) / _LETTER), logo, line, gap)
        width, height = _extent(graphviz, text)
        fit = max(min(_PAGE[0] * 72 / width, _PAGE[1] * 72 / height), min(_PAGE[1] * 72 / width, _PAGE[0] * 72 / height))
        fits.append((fit, width, height, text))
        if fit > _ROOMY:
            break
    fit, width, height, text = max(fits)
    scale = min(1.0, max(fit, _SMALLEST))
    size = f'size="{width * scale / 72:.3f},{height * scale / 72:.3f}"; '
    text = text.replace("digraph {", "digraph { " + size + (f"dpi={_DPI}; " if form == "png" else ""), 1)
    if form == "png":
        return _png(_run(graphviz, text, "png"), graph)
    if form == "pdf":
        return _pdf(_run(graphviz, text, "pdf"), graph)
    return _svg(_run(graphviz, text, "svg:cairo").decode(), _run(graphviz, text, "svg").decode(), graph)


@cache
def _folder() -> str:
    """A folder of this process for what Graphviz reads while it draws: fonts and logos."""
    import atexit
    import tempfile

    made = tempfile.mkdtemp(prefix="kzgraph-pictures-")
    _made.append(made)
    atexit.register(tidy)
    return made


def tidy() -> None:
    """Remove what lies in the folder for temporary files: the last act of a process that has drawn; Python calls it at its end, os._exit does not."""
    import shutil

    while _made:
        shutil.rmtree(_made.pop(), ignore_errors=True)


@cache
def _graphviz():
    """The module pygraphviz, told to use the shipped fonts and no others before its libraries start."""
    import shutil

    folder = os.path.join(_folder(), "fonts")  # a copy, since old releases of fontconfig write beside the fonts that they read
    os.makedirs(folder, exist_ok=True)
    for font in FONTS.glob("*.ttf"):
        shutil.copyfile(font, os.path.join(folder, font.name))
    told = os.path.join(folder, "fonts.conf")
    with open(told, "w", encoding="utf-8") as stream:
        stream.write(f'<?xml version="1.0"?><fontconfig><dir>{escape(folder)}</dir><cachedir>{escape(folder)}/cache</cachedir>{_NO_LIGATURES}</fontconfig>')
    before = os.environ.get("FONTCONFIG_FILE")
    quiet, kept = os.open(os.devnull, os.O_WRONLY), os.dup(2)
    try:
        os.environ["FONTCONFIG_FILE"] = told
        module = needs("pygraphviz")
        os.dup2(quiet, 2)  # it warns of files of the system that it looks at and does not use
        _run(module, "digraph { a }", "svg:cairo")
    finally:
        os.dup2(kept, 2)
        os.close(quiet)
        os.close(kept)
        if before is None:
            del os.environ["FONTCONFIG_FILE"]
        else:
            os.environ["FONTCONFIG_FILE"] = before
    return module


def _run(module, text: str, form: str) -> bytes:
    drawing = module.AGraph(string=text)
    try:
        return drawing.draw(format=form, prog="dot")
    finally:
        drawing.close()


def _extent(module, text: str) -> tuple[float, float]:
    found = re.search(r'width="([\d.]+)pt" height="([\d.]+)pt"', _run(module, text, "svg").decode())
    if found is None:
        raise BadFile("picture: Graphviz gave no picture; install a newer pygraphviz")
    return float(found[1]), float(found[2])


def _logo(style: Style) -> str:
    """The path of the logo as a PNG file, or nothing."""
    if not style.logo:
        return ""
    body = style.logo if style.logo_type == "png" else needs("vl_convert").svg_to_png(style.logo.decode("utf-8", "replace"), scale=2)
    return _kept(body)


@cache
def _kept(body: bytes) -> str:
    path = os.path.join(_folder(), f"logo{len(os.listdir(_folder()))}.png")
    with open(path, "wb") as stream:
        stream.write(body)
    return path


def _source(graph: "MultiDiGraph", style: Style, letters: int, logo: str, line: int, gap: float) -> str:
    """The drawing in the language of Graphviz; ``letters`` fit on a line of the notes, ``line`` on one of a label, ``gap`` inches are between columns."""
    told = graph.graph
    names = {node: f"n{number}" for number, node in enumerate(graph)}
    kinds = {node: str(data.get("kind", "")) for node, data in graph.nodes(data=True)}
    pairs: dict[tuple[str, str], dict[str, str]] = {}
    for source, target, data in graph.edges(data=True):
        pairs.setdefault((kinds[source], kinds[target]), {})[str(data.get("relation", ""))] = str(data.get("label", ""))
    once = {pair: next(iter(relations.values())) for pair, relations in pairs.items() if len(relations) == 1}
    spread = Counter(str(data.get("relation", "")) for _, _, data in graph.edges(data=True))
    many = {pair for pair in once if spread[next(iter(pairs[pair]))] > 1}
    legend = told.get("legend") or {}
    crowd = Counter(kinds.values())
    heading = _heading(told, style, letters, logo)
    notes = _notes(told, style, letters, legend, {pair: once[pair] for pair in once if pair in many})
    timed = sorted((node for node in graph if kinds[node] in _BY_TIME), key=lambda node: str(graph.nodes[node].get("label", "")))
    if str(told.get("name", "")) in _BY_TIME:  # Graphviz keeps an order only outside of the frame that has the notes below: they go above
        frame = [f"label=<{_stacked(heading, notes)}>; subgraph all {{"]
        order = ["{ rank=same; " + " -> ".join(names[node] for node in timed) + (" [style=invis]; }" if len(timed) > 1 else "; }")]
    else:
        frame = [f"label=<{heading}>;", f'subgraph cluster_all {{ labelloc=b; labeljust=l; pencolor="#ffffff"; margin=6; label=<{notes}>;']
        order = []
    lines = [
        "digraph {",
        f'rankdir=LR; ranksep={gap}; nodesep=0.14; fontname="{_FAMILY}"; fontsize=9; labelloc=t; labeljust=l; bgcolor=white; pad=0.15;',
        f'node [fontname="{_FAMILY}" fontsize=9.5 margin="0.09,0.05" height=0.3 fontcolor="#000000"];',
        f'edge [fontname="{_FAMILY}" fontsize=8 arrowsize=0.6 color="#404040" fontcolor="#202020"];',
        *frame,
        *(order if timed else []),
    ]
    for node, data in reversed(list(graph.nodes(data=True))):  # the first thing ends on top
        colour = style.colours.get(kinds[node], "#666666")
        look = _SHAPES.get(kinds[node], "shape=box style=filled")
        text = _label(data, _FEWER if crowd[kinds[node]] >= _CLOSE else _LINES, line)
        lines.append(f'{names[node]} [{look} color="{colour}" fillcolor="{_tint(colour)}" label=<{text}>];')
    for source, target, data in graph.edges(data=True):
        relation = str(data.get("relation", ""))
        label = "" if (kinds[source], kinds[target]) in many else "<BR/>".join(map(_safe, wrap(plain(str(data.get("label", ""))), 20)))
        colour = f' color="{style.colours[relation]}"' if relation in ("closes", "stays", "changes-type", "opens") else ""
        lines.append(f"{names[source]} -> {names[target]} [style={_STROKES.get(relation, 'solid')}{colour}" + (f" label=<{label}>];" if label else "];"))
    return "\n".join([*lines, "}", "}"])


def _safe(text: str) -> str:
    """Text for a label that is markup: nothing in it is markup, an entity or an escape."""
    return escape(plain(text), quote=True).replace("\\", '<FONT COLOR="#000000">&#92;</FONT>')  # alone, it escapes nothing


def _wrapped(text: str, width: int) -> list[str]:
    """The text in lines of no more than ``width`` letters; a word that is longer, such as the symbol of a document, breaks after a slash where it can."""
    lines = [""]
    for word in text.split():
        pieces = re.findall(r"[^/]+/*|/+", word) if len(word) > width else [word]
        pieces = [piece[at : at + width] for piece in pieces for at in range(0, len(piece), width)]
        for number, piece in enumerate(pieces):
            glued = f"{lines[-1]}{' ' if lines[-1] and not number else ''}{piece}"
            if len(glued) > width and lines[-1]:
                lines.append(piece)
            else:
                lines[-1] = glued
    return lines


def _label(data: dict, most: int, line: int) -> str:
    lines = _wrapped(plain(str(data.get("label", ""))), line)
    if len(lines) > most:
        lines = [*lines[: most - 1], lines[most - 1][: line - 1].rstrip(" ,.;:") + "…"]
    kind = _safe(str(data.get("kind_label", "")))
    head = f'<FONT POINT-SIZE="7.5"><B>{kind}</B></FONT><BR ALIGN="LEFT"/>' if kind else ""
    return head + "".join(f'{_safe(text)}<BR ALIGN="LEFT"/>' for text in lines)


def _heading(told: dict, style: Style, letters: int, logo: str) -> str:
    lines = wrap(plain(str(told.get("title", ""))), max(24, int(letters * 0.62))) or [""]
    text = "<BR ALIGN='LEFT'/>".join(f'<FONT POINT-SIZE="14" COLOR="{_dark(style.accent)}"><B>{_safe(line)}</B></FONT>' for line in lines)
    image = f'<TD FIXEDSIZE="TRUE" WIDTH="64" HEIGHT="40"><IMG SRC="{escape(logo)}" SCALE="TRUE"/></TD>' if logo else ""
    return f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="4"><TR>{image}<TD ALIGN="LEFT" BALIGN="LEFT">{text}</TD></TR></TABLE>'


def _stacked(*tables: str) -> str:
    rows = "".join(f'<TR><TD ALIGN="LEFT">{table}</TD></TR>' for table in tables)
    return f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0">{rows}</TABLE>'


def _notes(told: dict, style: Style, letters: int, legend: dict[str, str], once: dict[tuple[str, str], str]) -> str:
    """The legend, as many entries to a row as fit, and the sentences below it."""
    rows: list[list[str]] = [[]]
    room = letters
    for kind, word in legend.items():
        if len(word) + 6 > room and rows[-1]:
            rows.append([])
            room = letters
        room -= len(word) + 6
        colour = style.colours.get(kind, "#666666")
        rows[-1].append(f'<TD BORDER="1.5" COLOR="{colour}" BGCOLOR="{_tint(colour)}" STYLE="ROUNDED"><FONT POINT-SIZE="8">{_safe(word)}</FONT></TD>')
    boxes = "".join(
        f'<TR><TD ALIGN="LEFT"><TABLE BORDER="0" CELLSPACING="5" CELLPADDING="2"><TR>{"".join(row)}</TR></TABLE></TD></TR>' for row in rows if row
    )
    ties = "; ".join(f"{legend.get(source, source)} › {legend.get(target, target)}: {word}" for (source, target), word in once.items())
    source = str(told.get("source_line", "")) + (f". {style.name}" if style.name else "")
    sentences = [(ties, False), (str(told.get("left_out_told", "")), True), (str(told.get("limits", "")), False), (source, True)]
    text = ""
    for sentence, bold in sentences:
        for line in wrap(plain(sentence), letters):
            text += (f"<B>{_safe(line)}</B>" if bold else _safe(line)) + '<BR ALIGN="LEFT"/>'
    lines = f'<TR><TD ALIGN="LEFT" BALIGN="LEFT"><FONT POINT-SIZE="8">{text}</FONT></TD></TR>'
    return f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="2">{boxes}{lines}</TABLE>'


def _mixed(colour: str, other: int, part: float) -> str:
    return "#" + "".join(f"{round(int(colour[at : at + 2], 16) * part + other * (1 - part)):02x}" for at in (1, 3, 5))


def _tint(colour: str) -> str:
    """The colour so pale that black letters stand on it with a contrast of more than 10 to 1."""
    return _mixed(colour, 255, 0.12)


def _dark(colour: str) -> str:
    return _mixed(colour, 0, 0.6)


def _svg(outlines: str, live: str, graph: "MultiDiGraph") -> bytes:
    """The outlines with the text of the other drawing laid over them unseen, and title and description for those who listen."""
    outlines = re.sub(r' id="surface\d+"', "", outlines)  # numbered by how many were drawn before
    placed = re.search(r'<g id="graph0" class="graph" (transform="[^"]*")>', live)
    texts = re.findall(r"<text\b.*?</text>", live, re.DOTALL)
    place = placed[1] if placed else ""
    family = f'font-family="{_FALLBACK}"'
    unseen = "\n".join(re.sub(r'font-family="[^"]*"', family, re.sub(r' fill="[^"]*"', "", text)) for text in texts)
    lang = escape(str(graph.graph.get("lang", "en")))
    title, told = escape(plain(str(graph.graph.get("title", ""))), quote=False), escape(alt(graph), quote=False)
    opening = re.search(r"<svg\b[^>]*>", outlines)
    if opening is None:
        raise BadFile("picture: Graphviz gave no SVG; install a newer pygraphviz")
    tag = opening[0][:-1] + f' role="img" aria-labelledby="title desc" xml:lang="{lang}" lang="{lang}">'
    head = f'{tag}\n<title id="title">{title}</title>\n<desc id="desc">{told}</desc>'
    body = outlines[: opening.start()] + head + outlines[opening.end() :]
    at = body.rindex("</svg>")
    return (body[:at] + f'<g {place} fill="#000000" fill-opacity="0">\n{unseen}\n</g>\n' + body[at:]).encode()


def _png(body: bytes, graph: "MultiDiGraph") -> bytes:
    """The PNG with title and description as international text, and nothing else that says when or by what it was made."""
    kept, at = [body[:8]], 8
    while at < len(body):
        size = struct.unpack(">I", body[at : at + 4])[0]
        kind = body[at + 4 : at + 8]
        if kind not in (b"tEXt", b"zTXt", b"iTXt", b"tIME"):
            kept.append(body[at : at + 12 + size])
        if kind == b"IHDR":
            lang = str(graph.graph.get("lang", "en")).encode("ascii", "replace")
            for key, text in ((b"Title", plain(str(graph.graph.get("title", "")))), (b"Description", alt(graph))):
                data = b"iTXt" + key + b"\0\0\0" + lang + b"\0\0" + text.encode()
                kept.append(struct.pack(">I", len(data) - 4) + data + struct.pack(">I", zlib.crc32(data)))
        at += 12 + size
    return b"".join(kept)


def _pdf(body: bytes, graph: "MultiDiGraph") -> bytes:
    """The PDF with title, description and language, dated by the day asked about: the two objects at its end, and its table, written anew."""
    ending = re.search(rb"\nxref\n0 (\d+)\n(.*?)trailer\s*<<(.*?)>>\s*startxref", body, re.DOTALL)
    pointed = [re.search(rb"/" + key + rb" (\d+) 0 R", ending[3]) for key in (b"Info", b"Root")] if ending else []
    root = re.search(rb"\n" + pointed[1][1] + rb" 0 obj\s*<<(.*?)>>\s*endobj", body, re.DOTALL) if pointed and pointed[1] else None
    if ending is None or not pointed[0] or not pointed[1] or root is None:
        raise BadFile("picture: Graphviz gave a PDF of another make; write .svg or .png")
    info, catalog = int(pointed[0][1]), int(pointed[1][1])
    places = [int(line[:10]) for line in ending[2].splitlines()]
    if max(place for number, place in enumerate(places) if number not in (info, catalog)) > min(places[info], places[catalog]):
        raise BadFile("picture: Graphviz gave a PDF of another make; write .svg or .png")
    day = re.sub(r"\D", "", str(graph.graph.get("at", "")))[:8].ljust(8, "0").encode()
    facts = {b"Title": str(graph.graph.get("title", "")), b"Subject": alt(graph)}
    words = b" ".join(b"/" + key + b" <FEFF" + plain(text).encode("utf-16-be").hex().upper().encode() + b">" for key, text in facts.items())
    lang = re.sub(r"[^A-Za-z-]", "", str(graph.graph.get("lang", "en"))).encode()
    out = body[: min(places[info], places[catalog])]
    for number, held in (
        (info, b"<< /Producer (kzgraph) /CreationDate (D:" + day + b"000000Z) " + words + b" >>"),
        (catalog, b"<<" + root[1].rstrip() + b" /Lang (" + lang + b") /ViewerPreferences << /DisplayDocTitle true >> >>"),
    ):
        places[number] = len(out)
        out += b"%d 0 obj\n" % number + held + b"\nendobj\n"
    table = b"0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places[1:])
    pointers = b"<< /Size %d /Root %d 0 R /Info %d 0 R >>" % (len(places), catalog, info)
    return out + b"xref\n0 %d\n" % len(places) + table + b"trailer\n" + pointers + b"\nstartxref\n%d\n%%%%EOF\n" % len(out)
