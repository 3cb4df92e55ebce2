"""A world with planted secrets, and a search for them in a file of any kind: text, names, attributes, escapes, streams, zip members."""

import base64
import gzip
import html
import io
import re
import shutil
import unicodedata
import urllib.parse
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from conftest import HERE

from kzgraph.rooms import Rooms, open_rooms

AT = chr(64)
NAME, STREET, HANDLE = "Zarina" + "-Planted", "Secretnaya" + "-street-9", "planted" + AT + "mail.test"
PHONE, LETTERS, DAY = "+7 000" + " 555 01 99", "Құпия" + "-Тайна", "2021-" + "03-17"
SECRETS = [
    NAME, STREET, HANDLE, PHONE, LETTERS, DAY, "hidden-case-slug", "person-link-777", "unlisted-secret", "note-secret-555", "restricted-title",
    "tierless-secret", "orphan-account-secret", "passage-secret", "paper-secret", "village-secret", "address-secret", "class-secret", "word-secret",
]  # fmt: skip
_TURTLE = f"""
@prefix kz: <https://w3id.org/kzgraph/ns#> .
@prefix oa: <http://www.w3.org/ns/oa#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix tier: <https://w3id.org/kzgraph/id/tier/> .
@prefix event-kind: <https://w3id.org/kzgraph/id/event-kind/> .
@prefix document: <https://w3id.org/kzgraph/id/document/> .
@prefix place: <https://w3id.org/kzgraph/id/place/> .
@prefix case: <https://w3id.org/kzgraph/id/case/> .
case:hidden-case-slug a kz:Case ; kz:tier tier:restricted ; kz:year 2021 ; kz:caseKind event-kind:incident ; kz:publicEvent false ;
    dct:title "restricted-title {NAME}"@en , "restricted-title {NAME}"@ru , "restricted-title {NAME}"@kk ; kz:account case:hidden-case-slug.a1 .
case:hidden-case-slug.a1 a kz:Account ; kz:document document:report-one ; kz:outcome "{NAME} lives at {STREET}"@en ;
    kz:ground <https://w3id.org/kzgraph/id/ground/sexual-orientation> .
case:2021-001 skos:editorialNote "told by {NAME}, {HANDLE}, {STREET}, {PHONE}; {LETTERS}"@en ; skos:note "note-secret-555"@en ;
    kz:samePersonAs case:person-link-777 ; <https://w3id.org/kzgraph/ns#unlisted> "unlisted-secret" .
case:person-link-777 a kz:Unlisted ; dct:title "{NAME}"@en .
<https://w3id.org/kzgraph/id/act/new-law> skos:editorialNote "ask {NAME} at {HANDLE}"@en .
document:report-one skos:editorialNote "given by {NAME}"@en .

# a restricted case whose parts are named after nothing, with a document and a place of its own
case:hidden-case-slug kz:place place:village-secret ; kz:account case:orphan-account-secret .
case:orphan-account-secret a kz:Account ; kz:outcome "{LETTERS}"@ru ; kz:document document:paper-secret ;
    kz:citation case:passage-secret .
case:passage-secret a kz:Citation ; kz:locator "passage-secret" ; oa:hasSource document:paper-secret .
document:paper-secret a kz:Document ; dct:title "{LETTERS}"@en ; kz:address <https://example.org/{NAME}> .
place:village-secret a kz:Place ; skos:prefLabel "{LETTERS}"@en .

# nobody said who may see it; a day of a private event; pointers, classes and words where none belong
case:tierless-secret a kz:Case ; kz:year 2021 ; kz:caseKind event-kind:incident ; dct:title "tierless-secret"@en .
case:2021-800 a kz:Case ; kz:tier tier:public ; kz:year 2021 ; kz:caseKind event-kind:incident ; kz:publicEvent false ; dct:title "A case"@en ;
    kz:account case:2021-800.a1 .
case:2021-800.a1 a kz:Account ; kz:document document:report-one ; kz:when "{DAY}/{DAY}" .
case:2021-001 kz:place <https://maps.example/address-secret> , "word-secret" ; a <https://w3id.org/kzgraph/ns#class-secret> .
"""


def planted_rooms(folder: Path) -> Rooms:
    """The hand-made world with secrets in restricted, internal and unlisted places; a file name among them."""
    data = folder / "planted"
    shutil.copytree(HERE / "toy", data)
    (data / "unlisted-secret.ttl").write_text(_TURTLE, encoding="utf-8")
    return open_rooms(data=data)


def leaks(path: Path, secrets: Sequence[str] = SECRETS) -> list[str]:
    """The secrets that stand in the file or its name, in any of the ways in which a file can hold text. What is only drawn (pixels, outlines) is not read."""
    body = path.read_bytes()
    texts = {plain for text in [*_texts(path.name.encode()), *_texts(body)] for plain in _forms(text)}
    found = []
    for secret in secrets:
        wide = {form.encode(code, "ignore") for form in (secret, secret.lower(), secret.upper()) for code in ("utf-16-le", "utf-16-be", "utf-32-le", "cp1251")}
        if any(_plain(secret) in text for text in texts) or any(len(form) >= len(secret) and form in body for form in wide):
            found.append(secret)
    return found


def _plain(text: str) -> str:
    """Without case, white space and signs that nobody sees, in one form of each letter."""
    text = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"[\s\u00ad\u200b-\u200f\u2060\ufeff]+", "", text)


def _forms(text: str) -> Iterator[str]:
    """The text, and what comes of it when addresses, entities, escapes and tags are read, thrice, since they nest."""
    for _ in range(3):
        yield _plain(text)
        yield _plain(re.sub(r"<[^>]*>", "", text))
        before = text
        text = html.unescape(urllib.parse.unquote(text))
        text = re.sub(r"\\\r?\n", "", text)
        text = re.sub(r"\\u\{([0-9a-fA-F]{1,6})\}|\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})|\\([0-7]{3})", _escaped, text)
        text = re.sub(r"\\0{0,4}([0-9a-fA-F]{2,4}) ", lambda match: chr(int(match[1], 16)), text)  # CSS
        if text == before:
            return


def _escaped(match: re.Match) -> str:
    long, short, byte, octal = match.groups()
    number = int(octal, 8) if octal else int(long or short or byte, 16)
    return chr(number) if number < 0x110000 else match[0]


def _texts(body: bytes, depth: int = 0) -> Iterator[str]:
    """The texts in the bytes: as they stand, without the zeros of wide letters, unpacked, decoded."""
    text = body.decode("utf-8", errors="ignore")
    yield text
    yield body.replace(b"\0", b"").decode("utf-8", errors="ignore")
    if depth == 4:
        return
    for inner in _inside(body, text):
        yield from _texts(inner, depth + 1)
    if body.startswith(b"%PDF"):
        yield from _pdf(body)


def _inside(body: bytes, text: str) -> Iterator[bytes]:
    if body.startswith(b"PK") and zipfile.is_zipfile(io.BytesIO(body)):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            yield archive.comment
            for member in archive.infolist():
                yield member.filename.encode()
                yield member.comment
                yield archive.read(member)
    if body.startswith(b"\x1f\x8b"):
        yield gzip.decompress(body)
    for chunk in re.finditer(rb"x[\x01\x9c\xda\x5e]", body):  # deflated streams of PDF and PNG
        try:
            plain = zlib.decompressobj().decompress(body[chunk.start():])
        except zlib.error:
            continue
        if plain:
            yield plain
    for inlined in re.findall(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{12,}={0,2}", text):
        try:
            yield base64.b64decode(inlined.replace("-", "+").replace("_", "/").rstrip("=") + "=" * (-len(inlined.rstrip("=")) % 4))
        except ValueError:
            continue
    for digits in re.findall(r"<((?:[0-9A-Fa-f]{2}){6,})>", text):  # texts of PDF in hexadecimal
        yield bytes.fromhex(digits).removeprefix(b"\xfe\xff")


def _pdf(body: bytes) -> Iterator[str]:
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(body))
    yield " ".join(page.extract_text() for page in reader.pages)
    yield str(reader.metadata)
    for number in range(1, len(reader.xref_objStm) + sum(map(len, reader.xref.values())) + 1):  # alternative texts, bookmarks, tags
        yield str(reader.get_object(number))
