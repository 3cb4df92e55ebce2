"""Pictures of the views: letters, frames, words inside, the same bytes anywhere, and nothing that a label can do to them."""

import hashlib
import io
import os
import re
import struct
import subprocess
import sys
import xml.etree.ElementTree as ET
import zlib
from pathlib import Path

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kzgraph.errors import KzError
from kzgraph.export import picture, style
from kzgraph.export.projection import view
from kzgraph.store import Store
from kzgraph.terms import LANGUAGES

TODAY = "2026-11-20"
REAL = [
    ("gaps", ""), ("provision", "act/criminal-code-2014/art_145"), ("case", "case/2021-001"), ("ask", "lineage/comprehensive-anti-discrimination-law"),
    ("succession", "act/constitution-1995"), ("evidence", "gap/application-gap/criminal-code-2014/art_145/gender-identity"), ("whatif", "hate-motives"),
]  # fmt: skip
KAZAKH = "әғқңөұүһіӘҒҚҢӨҰҮҺІ"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def public(rooms):
    return Store(rooms, profile="public")


@pytest.fixture(scope="module")
def gaps(public):
    return view(public, "gaps", at=TODAY, lang="kk")


def letters_of(font: Path) -> set[int]:
    """The letters for which a font has a shape, from its table of characters (format 4)."""
    body = font.read_bytes()
    tables = {body[at : at + 4]: struct.unpack(">I", body[at + 8 : at + 12])[0] for at in range(12, 12 + 16 * struct.unpack(">H", body[4:6])[0], 16)}
    start, found = tables[b"cmap"], set()
    for at in range(start + 4, start + 4 + 8 * struct.unpack(">H", body[start + 2 : start + 4])[0], 8):
        here = start + struct.unpack(">I", body[at + 4 : at + 8])[0]
        if struct.unpack(">H", body[here : here + 2])[0] == 4:
            count = struct.unpack(">H", body[here + 6 : here + 8])[0] // 2
            ends = struct.unpack(f">{count}H", body[here + 14 : here + 14 + 2 * count])
            starts = struct.unpack(f">{count}H", body[here + 16 + 2 * count : here + 16 + 4 * count])
            found |= {letter for first, last in zip(starts, ends, strict=True) for letter in range(first, last + 1)}
    return found


def texts(svg: bytes) -> list[str]:
    return ["".join(element.itertext()) for element in ET.fromstring(svg).iter(f"{SVG}text")]


def chunks(png: bytes) -> dict[bytes, list[bytes]]:
    found, at = {}, 8
    while at < len(png):
        size = struct.unpack(">I", png[at : at + 4])[0]
        kind, data = png[at + 4 : at + 8], png[at + 8 : at + 8 + size]
        assert struct.unpack(">I", png[at + 8 + size : at + 12 + size])[0] == zlib.crc32(kind + data)
        found.setdefault(kind, []).append(data)
        at += 12 + size
    return found


def test_the_shipped_fonts_are_what_the_manifest_says():
    listed = dict(reversed(line.split()) for line in (picture.FONTS / "MANIFEST").read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    assert set(listed) == {"NotoSans-Regular.ttf", "NotoSans-Bold.ttf", "OFL.txt"} == {path.name for path in picture.FONTS.iterdir()} - {"MANIFEST"}
    for name, digest in listed.items():
        assert hashlib.sha256((picture.FONTS / name).read_bytes()).hexdigest() == digest, name
    assert "SIL OPEN FONT LICENSE" in (picture.FONTS / "OFL.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_fonts_have_every_letter_of_every_view(public, lang):
    have = letters_of(picture.FONTS / "NotoSans-Regular.ttf") & letters_of(picture.FONTS / "NotoSans-Bold.ttf")
    assert {ord(letter) for letter in KAZAKH + "…›"} <= have and ord("漢") not in have
    for name, start in REAL:
        graph = view(public, name, start, at=TODAY, lang=lang, most=400)
        words = [graph.graph["alt"], *graph.graph["relations"].values()] + [data["label"] + data["kind_label"] for _, data in graph.nodes(data=True)]
        missing = {letter for text in words for letter in text if ord(letter) not in have}
        assert not missing, (name, missing)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(("name", "start"), REAL)
def test_a_picture_says_inside_what_it_shows_and_what_not(public, name, start, lang):
    graph = view(public, name, start, at=TODAY, lang=lang)
    said = " ".join(" ".join(texts(picture.drawn(graph, "svg"))).split())
    for text in (*(graph.graph[key] for key in ("title", "left_out_told", "limits", "source_line")), *graph.graph["legend"].values()):
        assert text in said, text
    for relation in graph.graph["relations"].values():
        assert relation in said, relation  # on the line, or once below
    whole = [data["label"] for _, data in graph.nodes(data=True) if len(data["label"]) < 60]
    assert all(label in said for label in whole) and (whole or name == "succession")


@pytest.mark.parametrize(("name", "start"), REAL)
def test_a_picture_stays_legible_on_a4(public, name, start):
    for lang in LANGUAGES:
        root = ET.fromstring(picture.drawn(view(public, name, start, at=TODAY, lang=lang), "svg"))
        width, height = (float(root.get(side).removesuffix("pt")) for side in ("width", "height"))
        place = next(element.get("transform") for element in root.iter(f"{SVG}g") if "scale" in (element.get("transform") or ""))
        shrunk = float(re.search(r"scale\(([\d.]+)", place)[1])
        on_paper = min(1.0, max(min(539 / width, 785 / height), min(785 / width, 539 / height)))
        assert 9.5 * shrunk * on_paper >= 5.5, (name, lang, shrunk, on_paper)


def test_an_svg_needs_no_font_and_its_text_can_be_read(gaps):
    body = picture.drawn(gaps, "svg")
    root = ET.fromstring(body)
    assert root.get("role") == "img" and root.get("aria-labelledby") == "title desc" and root.get("lang") == "kk"
    assert root.find(f"{SVG}title").text == gaps.graph["title"] and root.find(f"{SVG}desc").text == picture.alt(gaps)
    assert list(root.iter(f"{SVG}path")) and b"glyph" in body, "the letters are outlines"
    drawn = [element for element in root.iter(f"{SVG}text")]
    layer = [element for element in root.iter(f"{SVG}g") if element.get("fill-opacity") == "0"]
    assert len(layer) == 1 and drawn == list(layer[0].iter(f"{SVG}text"))
    assert "гендерлік сәйкестілік" in texts(body)
    assert not re.search(rb"https?://(?!www\.w3\.org/)", body.split(b"<desc")[0] + body.split(b"</desc>")[1]) and b"<script" not in body


def test_each_kazakh_letter_has_a_shape_of_its_own():
    """No letter falls to the box that stands for a missing one: as many outlines as letters, and none of a sign the font lacks."""

    def outlines(text):
        graph = nx.MultiDiGraph(title="", lang="kk")
        graph.add_node("a", label=text, kind="ground", kind_label="")
        root = ET.fromstring(picture.drawn(graph, "svg"))
        return {element.find(f"{SVG}path").get("d") for element in root.iter(f"{SVG}symbol")}

    each = [outlines(letter) for letter in KAZAKH]
    common = set.intersection(*each)
    assert len({frozenset(shapes - common) for shapes in each}) == len(KAZAKH) and all(len(shapes - common) == 1 for shapes in each)
    missing = outlines("\u6f22")
    assert all(not (missing - common) & (shapes - common) for shapes in each) and len(missing - common) > 1, "a missing sign is a box with its number"


def test_png_and_pdf_carry_title_description_and_language(gaps):
    held = chunks(picture.drawn(gaps, "png"))
    said = {part.split(b"\0")[0].decode(): part.split(b"\0\0\0kk\0\0")[1].decode() for part in held[b"iTXt"]}
    assert said == {"Title": gaps.graph["title"], "Description": picture.alt(gaps)} and not {b"tIME", b"tEXt"} & set(held)
    import pypdf

    read = pypdf.PdfReader(io.BytesIO(picture.drawn(gaps, "pdf")))
    assert read.metadata.title == gaps.graph["title"] and read.metadata.subject == picture.alt(gaps)
    assert read.metadata["/CreationDate"] == "D:20261120000000Z" and read.trailer["/Root"]["/Lang"] == "kk" and len(read.pages) == 1
    page = read.pages[0].extract_text()
    assert "сәйкестілік" in page and gaps.graph["source_line"] in " ".join(page.split())
    fonts = read.pages[0]["/Resources"]["/Font"].values()
    assert fonts and all("NotoSans" in font.get_object()["/BaseFont"].replace("-", "") for font in fonts)


@pytest.mark.parametrize("words", ["0ff1ce fi fl", "official affairs, conflict", "Griffin"])
def test_what_is_copied_out_of_a_pdf_is_what_was_written_letter_by_letter(gaps, words):
    """Found in the source line: the data version ff193383b26b came out with one sign for its first two letters."""
    import pypdf

    graph = nx.MultiDiGraph(**gaps.graph | {"source_line": words})
    graph.add_node("a", label=words, kind="ground", kind_label="")
    page = " ".join(pypdf.PdfReader(io.BytesIO(picture.drawn(graph, "pdf"))).pages[0].extract_text().split())
    assert page.count(words) == 2 and not re.search("[\ufb00-\ufb06]", page)


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(blacklist_categories=("Cs", "Cc", "Zl", "Zp")), max_size=120), st.integers(5, 40))
def test_lines_of_a_label_lose_no_letter_and_break_a_long_symbol_after_a_slash(text, width):
    lines = picture._wrapped(text, width)
    assert "".join("".join(lines).split()) == "".join(text.split()) and all(len(line) <= width for line in lines)
    assert picture._wrapped("CCPR/C/137/D/2992/2017 x", 20) == ["CCPR/C/137/D/2992/", "2017 x"]


def test_the_same_bytes_in_another_process_without_any_font_or_home(gaps, tmp_path):
    code = (
        "import sys, hashlib; from kzgraph.rooms import open_rooms; from kzgraph.store import Store; from kzgraph.export import picture, projection\n"
        "graph = projection.view(Store(open_rooms(), profile='public'), 'gaps', at='2026-11-20', lang='kk')\n"
        "print([hashlib.sha256(picture.drawn(graph, form)).hexdigest() for form in picture.FORMATS])"
    )
    empty = tmp_path / "fonts.conf"
    empty.write_text("<fontconfig/>", encoding="utf-8")
    env = {"PATH": os.environ["PATH"], "KZGRAPH_CACHE": "off", "HOME": str(tmp_path / "none"), "FONTCONFIG_FILE": str(empty), "TZ": "Asia/Almaty"}
    root = Path(picture.__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, env=env, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0 and done.stderr == "", done.stderr
    assert done.stdout.strip() == str([hashlib.sha256(picture.drawn(gaps, form)).hexdigest() for form in picture.FORMATS])
    assert {path.name for path in picture.FONTS.iterdir()} == {"MANIFEST", "NotoSans-Bold.ttf", "NotoSans-Regular.ttf", "OFL.txt"}, "nothing is written there"
    assert os.environ.get("FONTCONFIG_FILE") is None


@settings(max_examples=40, deadline=None)
@given(label=st.one_of(st.just("</script><b>x</b>\x0b\n\\N \"q' &amp; --> ]]>"), st.text(max_size=30)), more=st.text("<>\"'`=&\\{}[]|#;\n\x00Nab", max_size=12))
def test_hostile_words_are_inert(label, more):
    graph = nx.MultiDiGraph(title=more, lang="en", at=TODAY, alt=label + more, left_out_told=label, limits=more, source_line=label, legend={"gap": more})
    graph.add_node(f"a{label}", label=label, kind="gap", kind_label=more)
    graph.add_node("b", label=more, kind=label, kind_label=label)
    graph.add_edge(f"a{label}", "b", relation=more, label=label)
    root = ET.fromstring(picture.drawn(graph, "svg"))
    allowed = {"svg", "title", "desc", "defs", "g", "symbol", "path", "use", "text", "rect", "clipPath", "polygon", "polyline", "ellipse", "image"}
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= allowed
    links = [value for element in root.iter() for key, value in element.attrib.items() if key.endswith("href") or key.startswith("on")]
    assert all(link.startswith("#") for link in links)
    assert picture.drawn(graph, "png").startswith(b"\x89PNG") and picture.drawn(graph, "pdf").startswith(b"%PDF")


def test_markup_in_a_label_is_shown_as_it_is():
    graph = nx.MultiDiGraph(title="t", lang="en")
    graph.add_node("a", label="<i>x</i> &lt; \\N \\l", kind="gap", kind_label="<b>")
    assert "<b><i>x</i> &lt; \\N \\l" in "".join(texts(picture.drawn(graph, "svg")))


def test_in_grey_every_kind_keeps_a_frame_and_a_word(public):
    seen = {}
    for name, start in REAL:
        graph = view(public, name, start, at=TODAY, most=400)
        for _, data in graph.nodes(data=True):
            seen[data["kind"]] = data["kind_label"]
    assert len(set(seen.values())) == len(seen), "the word tells the kinds apart"
    assert {"gap", "duty", "provision", "version", "ground", "case", "ask", "lineage", "document", "area"} <= set(picture._SHAPES) & set(seen)


def contrast(one: str, other: str) -> float:
    def light(colour):
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@given(st.from_regex(r"#[0-9a-f]{6}", fullmatch=True))
def test_black_letters_stand_out_on_every_colour_of_a_user(colour):
    assert contrast("#000000", picture._tint(colour)) > 10


def test_a_style_gives_name_logo_and_colours(gaps, tmp_path):
    logo = picture.drawn(gaps, "png")
    (tmp_path / "logo.png").write_bytes(logo)
    (tmp_path / "logo.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><rect width="40" height="20" fill="#123456"/></svg>')
    for kind in ("png", "svg"):
        (tmp_path / "own.toml").write_text(f'name = "An <Organisation>"\nlogo = "logo.{kind}"\n[colours]\ngap = "#123abc"\naccent = "#552200"\n')
        own = style.read(tmp_path / "own.toml")
        assert (own.name, own.logo_type, own.colours["gap"], own.accent) == ("An <Organisation>", kind, "#123abc", "#552200")
        assert own.colours["duty"] == style.read().colours["duty"]
        body = picture.drawn(gaps, "svg", style=own)
        assert any("An <Organisation>" in text for text in texts(body)) and b"data:image/png;base64" in body and str(tmp_path).encode() not in body
        assert body != picture.drawn(gaps, "svg") and body == picture.drawn(gaps, "svg", style=own)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("name = 3", "name: not text"), ("nmae = 'x'", "nmae: not a key"), ("[colours]\ngpa = '#000000'", "colours.gpa.*take one of gap"),
        ("[colours]\ngap = 'red'", "colours.gap: not a colour"), ("colours = 'x'", "colours: not a table"), ("logo = 'none.png'", "logo: .*No such file"),
        ("logo = 'bad.svg'", "logo: holds <script"), ("logo = 'far.svg'", "logo: holds href="),
        ("logo = 'own.toml'", "neither PNG nor SVG"), ("name = ", "own.toml: "),
        ("font = '/etc/x'", "font: not the name"),
    ],
)  # fmt: skip
def test_a_style_that_is_none_is_told_in_one_line(tmp_path, text, told):
    (tmp_path / "own.toml").write_text(text, encoding="utf-8")
    (tmp_path / "bad.svg").write_text("<svg><script>1</script></svg>", encoding="utf-8")
    (tmp_path / "far.svg").write_text('<svg><image href="http://example.org/x.png"/></svg>', encoding="utf-8")
    with pytest.raises(KzError, match=told) as caught:
        style.read(tmp_path / "own.toml")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("name", "code"), [("x.svg", 0), ("x.pdf", 0), ("none/x.svg", 2)])
def test_nothing_stays_behind_where_temporary_files_lie(tmp_path, name, code):
    (tmp_path / "temporary").mkdir()
    (tmp_path / "logo.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" width="4" height="2"><rect width="4" height="2"/></svg>', encoding="utf-8")
    (tmp_path / "own.toml").write_text('logo = "logo.svg"\n', encoding="utf-8")
    command = [sys.executable, "-m", "kzgraph", "view", "provision", "act/criminal-code-2014/art_145", "-o", name, "--style", "own.toml"]
    env = os.environ | {"PYTHONPATH": str(Path(__file__).parent.parent), "TMPDIR": str(tmp_path / "temporary")}
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, timeout=60)
    assert done.returncode == code, done.stderr
    assert list((tmp_path / "temporary").iterdir()) == []


def test_a_picture_is_written_whole_or_told_in_one_line(gaps, tmp_path, monkeypatch):
    for form in picture.FORMATS:
        picture.write(gaps, tmp_path / f"x.{form}")
        assert (tmp_path / f"x.{form}").read_bytes() == picture.drawn(gaps, form)
    assert len(list(tmp_path.iterdir())) == 3
    for path, told in (("x.gif", "end the name in"), ("none/x.svg", "choose a place")):
        with pytest.raises(KzError, match=told):
            picture.write(gaps, tmp_path / path)
    picture._graphviz.cache_clear()
    monkeypatch.setitem(sys.modules, "pygraphviz", None)
    with pytest.raises(KzError, match="pip install pygraphviz"):
        picture.write(gaps, tmp_path / "y.svg")
    assert not (tmp_path / "y.svg").exists() and os.environ.get("FONTCONFIG_FILE") is None
    monkeypatch.undo()
    picture._graphviz.cache_clear()
