"""A document written out: DOCX with real footnotes, Markdown, or PDF; the same document gives the same bytes."""

import io
import json
import re
import zipfile
from pathlib import Path

from kzgraph.errors import BadValue, needs
from kzgraph.export.annex import Document
from kzgraph.export.style import Style
from kzgraph.table import save

FORMATS = ("docx", "md", "pdf")
_FONTS = Path(__file__).parent / "assets" / "fonts"
_BARRED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_COUNT = {"en": "Words per section, footnotes not counted", "ru": "Слов в разделах, без сносок"}


def write(document: Document, path: str, style: "Style | None" = None) -> None:
    """The document to a file, whole or not at all; the form from the suffix. Raises BadValue for another suffix, MissingExtra, BadFile."""
    form = path.rsplit(".", 1)[-1].lower() if "." in path else ""
    if form not in FORMATS:
        raise BadValue(f"{path}: no form of a document; give the file a suffix of {', '.join(FORMATS)}")
    look = style or Style()
    save(markdown(document, look) if form == "md" else docx(document, look) if form == "docx" else pdf(document, look), path)


def markdown(document: Document, style: Style) -> str:
    """The document as Markdown with footnotes."""

    def plain(text: str) -> str:
        safe = _BARRED.sub("", text).replace("&", "&amp;").replace("<", "&lt;").replace("\n", " ")
        return re.sub(r"([\\`*_{}\[\]>|#])", r"\\\1", safe)

    lines, notes = [f"# {plain(document.title)}", "", *(plain(line) for line in (style.name, *document.lead) if line), ""], []
    for heading, paragraphs in document.sections:
        lines += [f"## {plain(heading)}", ""]
        for paragraph in paragraphs:
            text = ""
            for part, cited in paragraph.parts:
                for note in cited:
                    notes.append(plain(note))
                marks = "".join(f"[^{len(notes) - len(cited) + number}]" for number in range(1, len(cited) + 1))
                text += (" " if text else "") + plain(part) + marks
            lines += [f"- {text}" if paragraph.look == "item" else text, ""]
    lines += ["---", "", *(line for note in document.notes for line in (plain(note), ""))]
    lines += [f"{_COUNT[document.lang]}:", "", *(f"- {plain(name)}: {count}" for name, count in document.counted().rows), ""]
    lines += [f"[^{number}]: {note}" for number, note in enumerate(notes, 1)]
    return "\n".join(lines).rstrip() + "\n"


def pdf(document: Document, style: Style) -> bytes:
    """The document as PDF, by Typst; what it says goes in as data, never as markup."""
    typst = needs("typst")
    sections = [
        {"heading": heading, "paragraphs": [{"look": one.look, "parts": [{"text": text, "notes": notes} for text, notes in one.parts]} for one in some]}
        for heading, some in document.sections
    ]
    told: dict = {
        "title": document.title, "lead": [line for line in (style.name, *document.lead) if line], "sections": sections,
        "notes": document.notes,
        "lang": document.lang, "single": document.single, "size": 10.0,
        "accent": style.accent, "count": _COUNT[document.lang], "counted": document.counted().rows,
    }  # fmt: skip

    def made(form: str):
        data = {"document": _BARRED.sub("", json.dumps(told, ensure_ascii=False))}
        return typst.compile(_TYPST.encode(), sys_inputs=data, font_paths=[str(_FONTS)], ignore_system_fonts=True, format=form)

    if document.single:
        told["counted"] = []
        for size in (9.0, 8.5, 8.0, 7.5, 7.0):  # the largest letters with which it stays on one page
            told["size"] = size
            if not isinstance(made("svg"), list):
                break
    return made("pdf")


_TYPST = """
#let it = json(bytes(sys.inputs.document))
#set document(title: it.title, date: none)
#set page(paper: "a4", margin: if it.single { 1.7cm } else { 2.2cm }, numbering: "1")
#set text(font: "Noto Sans", size: it.size * 1pt, lang: it.lang)
#set par(justify: false)
#show heading: set text(fill: rgb(it.accent))
#heading(level: 1, it.title)
#for line in it.lead [#text(size: 9pt, line) \\ ]
#for section in it.sections {
  heading(level: 2, section.heading)
  for paragraph in section.paragraphs {
    let marks(notes) = notes.map(note => footnote(note)).join(super[,])
    let body = paragraph.parts.map(part => [#part.text#marks(part.notes)]).join([ ])
    if paragraph.look == "item" { list.item(body) } else if paragraph.look == "small" { text(size: 9pt, par(body)) } else { par(body) }
  }
}
#line(length: 100%, stroke: 0.5pt)
#for note in it.notes { par(text(size: 8pt, note)) }
#if it.counted.len() > 0 { text(size: 8pt, [#it.count \\ ]) }
#for row in it.counted { text(size: 8pt, [#row.at(0): #row.at(1) \\ ]) }
"""


def docx(document: Document, style: Style) -> bytes:
    """The document as DOCX: headings, lists and footnotes are those of a word processor, so that a colleague can go on writing."""
    opened = needs("docx")
    from datetime import datetime

    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt, RGBColor

    page = opened.Document()
    page.core_properties.title = _BARRED.sub("", document.title)
    page.core_properties.author = style.name or "kzgraph"
    page.core_properties.comments = ""
    page.core_properties.created = page.core_properties.modified = datetime(2026, 1, 1)
    page.styles["Normal"].font.name = style.font
    page.styles["Normal"].font.size = Pt(7.5 if document.single else 10)
    sheet, margin = page.sections[0], Mm(12 if document.single else 22)
    sheet.page_width, sheet.page_height = Mm(210), Mm(297)
    sheet.left_margin = sheet.right_margin = sheet.top_margin = sheet.bottom_margin = margin
    if document.single:
        sheet.header_distance = sheet.footer_distance = Mm(7)
        for name in ("Normal", "List Bullet", "Heading 1", "Heading 2"):
            layout = page.styles[name].paragraph_format
            layout.space_before = layout.space_after = Pt(2)
            layout.line_spacing = 1.0
        page.styles["Heading 1"].font.size, page.styles["Heading 2"].font.size = Pt(11), Pt(9)
    for spoken in page.styles.element.iter(qn("w:lang")):
        spoken.set(qn("w:val"), {"en": "en-GB", "ru": "ru-RU", "kk": "kk-KZ"}[document.lang])
    number = sheet.footer.paragraphs[0].add_run()
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        part = OxmlElement("w:instrText" if text else "w:fldChar")
        if text:
            part.text = text
        else:
            part.set(qn("w:fldCharType"), kind)
        number._r.append(part)
    for name in ("Heading 1", "Heading 2"):
        page.styles[name].font.color.rgb = RGBColor.from_string(style.accent.lstrip("#"))
        page.styles[name].font.name = style.font
    notes: list[str] = []

    def footnote(paragraph, text: str) -> None:
        notes.append(text)
        run = paragraph.add_run()
        run.font.superscript = True
        mark = OxmlElement("w:footnoteReference")
        mark.set(qn("w:id"), str(len(notes) + 1))  # 0 and 1 are the lines that part text and notes
        run._r.append(mark)

    page.add_heading(_BARRED.sub("", document.title), 1)
    for line in (style.name, *document.lead):
        if line:
            page.add_paragraph(_BARRED.sub("", line))
    for heading, paragraphs in document.sections:
        page.add_heading(_BARRED.sub("", heading), 2)
        for one in paragraphs:
            paragraph = page.add_paragraph(style="List Bullet" if one.look == "item" else None)
            for number, (text, cited) in enumerate(one.parts):
                paragraph.add_run((" " if number else "") + _BARRED.sub("", text))
                for place, note in enumerate(cited):
                    if place:
                        paragraph.add_run(",").font.superscript = True
                    footnote(paragraph, _BARRED.sub("", note))
    for line in (*document.notes, *(() if document.single else (f"{_COUNT[document.lang]}:",))):
        page.add_paragraph().add_run(_BARRED.sub("", line)).font.size = Pt(7 if document.single else 8)
    table = page.add_table(rows=0, cols=2)
    for name, count in () if document.single else document.counted().rows:
        cells = table.add_row().cells
        cells[0].text, cells[1].text = _BARRED.sub("", name), count
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    part = Part(PackURI("/word/footnotes.xml"), kind, _footnotes(notes, 12 if document.single else 16), page.part.package)
    page.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
    out = io.BytesIO()
    page.save(out)
    return _repacked(out.getvalue())


def _footnotes(notes: list[str], size: int) -> bytes:
    from xml.sax.saxutils import escape

    lines = ""
    for number, kind in enumerate(("separator", "continuationSeparator")):
        lines += f'<w:footnote w:type="{kind}" w:id="{number}"><w:p><w:r><w:{kind}/></w:r></w:p></w:footnote>'
    small = f'<w:rPr><w:sz w:val="{size}"/></w:rPr>'
    mark = f'<w:r><w:rPr><w:vertAlign w:val="superscript"/><w:sz w:val="{size}"/></w:rPr><w:footnoteRef/></w:r>'
    for number, note in enumerate(notes, 2):
        text = f'<w:r>{small}<w:t xml:space="preserve"> {escape(note)}</w:t></w:r>'
        lines += f'<w:footnote w:id="{number}"><w:p><w:pPr><w:spacing w:after="0"/></w:pPr>{mark}{text}</w:p></w:footnote>'
    return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<w:footnotes xmlns:w="{_W}">{lines}</w:footnotes>'.encode()


def _repacked(body: bytes) -> bytes:
    """The same archive with its members dated alike: a zip file keeps the minute in which it was made."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), old.read(name), zipfile.ZIP_DEFLATED)
    return out.getvalue()
