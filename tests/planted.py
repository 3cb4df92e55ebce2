"""A world with planted secrets, and a search for them in a file of any kind: text, names, attributes, escapes, streams, zip members."""

import html
import io
import re
import shutil
import urllib.parse
import zipfile
import zlib
from pathlib import Path

from conftest import HERE

from kzgraph.rooms import Rooms, open_rooms

AT = chr(64)
NAME, STREET, HANDLE = "Zarina" + "-Planted", "Secretnaya" + "-street-9", "planted" + AT + "mail.test"
SECRETS = [NAME, STREET, HANDLE, "hidden-case-slug", "person-link-777", "unlisted-secret", "note-secret-555", "restricted-title"]
_TURTLE = f"""
@prefix kz: <https://w3id.org/kzgraph/ns#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix tier: <https://w3id.org/kzgraph/id/tier/> .
@prefix event-kind: <https://w3id.org/kzgraph/id/event-kind/> .
@prefix case: <https://w3id.org/kzgraph/id/case/> .
case:hidden-case-slug a kz:Case ; kz:tier tier:restricted ; kz:year 2021 ; kz:caseKind event-kind:incident ; kz:publicEvent false ;
    dct:title "restricted-title {NAME}"@en , "restricted-title {NAME}"@ru , "restricted-title {NAME}"@kk ; kz:account case:hidden-case-slug.a1 .
case:hidden-case-slug.a1 a kz:Account ; kz:document <https://w3id.org/kzgraph/id/document/report-one> ; kz:outcome "{NAME} lives at {STREET}"@en ;
    kz:ground <https://w3id.org/kzgraph/id/ground/sexual-orientation> .
case:2021-001 skos:editorialNote "told by {NAME}, {HANDLE}, {STREET}"@en ; skos:note "note-secret-555"@en ;
    kz:samePersonAs case:person-link-777 ; <https://w3id.org/kzgraph/ns#unlisted> "unlisted-secret" .
case:person-link-777 a kz:Unlisted ; dct:title "{NAME}"@en .
<https://w3id.org/kzgraph/id/act/new-law> skos:editorialNote "ask {NAME} at {HANDLE}"@en .
<https://w3id.org/kzgraph/id/document/report-one> skos:editorialNote "given by {NAME}"@en .
"""


def planted_rooms(folder: Path) -> Rooms:
    """The hand-made world with secrets in restricted, internal and unlisted places; a file name among them."""
    data = folder / "planted"
    shutil.copytree(HERE / "toy", data)
    (data / "unlisted-secret.ttl").write_text(_TURTLE, encoding="utf-8")
    return open_rooms(data=data)


def leaks(path: Path) -> list[str]:
    """The planted secrets that stand in the file, in any of the ways in which a file can hold text."""
    texts = list(_texts(path.name, path.read_bytes()))
    found = []
    for secret in SECRETS:
        wanted = secret.lower()
        if any(wanted in text.lower() for text in texts):
            found.append(secret)
    return found


def _texts(name: str, body: bytes):
    yield name
    for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
        text = body.decode(encoding, errors="ignore")
        yield text
        if encoding == "utf-8":
            yield urllib.parse.unquote(text)
            yield html.unescape(text)
            yield re.sub(r"\\u([0-9a-fA-F]{4})", lambda match: chr(int(match[1], 16)), text)
            yield re.sub(r"\s+", "", re.sub(r"<[^>]*>", "", text))
            for inlined in re.findall(r"base64,([A-Za-z0-9+/=]{8,})", text):
                import base64

                yield base64.b64decode(inlined + "=" * (-len(inlined) % 4)).decode("utf-8", errors="ignore")
    if zipfile.is_zipfile(io.BytesIO(body)):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            for member in archive.infolist():
                yield from _texts(member.filename, archive.read(member))
    if body.startswith(b"%PDF"):
        from pypdf import PdfReader

        reader = PdfReader(io.BytesIO(body))
        yield " ".join(page.extract_text() for page in reader.pages)
        yield str(reader.metadata)
    for chunk in re.finditer(rb"x[\x01\x9c\xda\x5e]", body):  # deflated streams of PDF and PNG
        try:
            plain = zlib.decompressobj().decompress(body[chunk.start():])
        except zlib.error:
            continue
        yield plain.decode("utf-8", errors="ignore")
        yield plain.decode("utf-16-be", errors="ignore")
