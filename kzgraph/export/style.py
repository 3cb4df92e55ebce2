"""A user's own look: one small TOML file with a name, a logo and colours, read by everything that draws or writes."""

import os
import re
import tomllib
from pathlib import Path

from kzgraph.errors import BadFile, nearest, one_line

# The palette of Okabe and Ito, which people with any kind of colour vision can tell apart; what it is used for.
COLOURS = {
    "accent": "#0072B2",
    "duty": "#0072B2", "reading": "#56B4E9", "gap": "#D55E00", "provision": "#000000", "version": "#000000", "act": "#000000", "ground": "#009E73",
    "area": "#999999", "case": "#CC79A7", "account": "#CC79A7", "document": "#999999", "ask": "#E69F00", "lineage": "#E69F00", "body": "#56B4E9",
    "answer": "#56B4E9", "shortcoming": "#CC79A7", "motive": "#009E73", "path": "#56B4E9", "outcome": "#999999", "attestation": "#56B4E9",
    "amendment": "#0072B2", "effect": "#E69F00", "requirement": "#999999",
    "listed": "#0072B2", "broader-listed": "#56B4E9", "open-clause": "#E69F00", "absent": "#D55E00", "not-checked": "#999999",
    "closes": "#0072B2", "stays": "#999999", "changes-type": "#E69F00", "opens": "#D55E00",
}  # fmt: skip
_KEYS = ("name", "logo", "font", "colours")
_LARGEST = 1_000_000  # bytes of a logo


class Style:
    """How output looks: ``name`` of the organisation (or empty), ``logo`` (bytes, or empty) of ``logo_type`` png or svg, ``font`` family, ``colours``.

    ``colours`` maps every name of COLOURS to #rrggbb: kinds of things, verdicts, effects of an amendment, and ``accent``.
    """

    def __init__(self, name: str = "", logo: bytes = b"", logo_type: str = "", font: str = "Noto Sans", colours: "dict[str, str] | None" = None) -> None:
        self.name, self.logo, self.logo_type, self.font = name, logo, logo_type, font
        self.colours = COLOURS | (colours or {})

    @property
    def accent(self) -> str:
        """The colour of headings and lines, as #rrggbb."""
        return self.colours["accent"]


def read(path: "str | os.PathLike | None" = None) -> Style:
    """The style that a TOML file describes, or the shipped one for None; a logo is looked for beside the file.

    The file: ``name = "…"``, ``logo = "logo.png"``, ``font = "…"`` and a table ``[colours]`` of names of COLOURS with "#rrggbb".
    Raises BadFile, which names the file and the key.
    """
    if path is None:
        return Style()
    try:
        form = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        told = error.strerror if isinstance(error, OSError) else one_line(error)
        raise BadFile(f"{path}: {told}; name a readable TOML file with name, logo and [colours]") from None
    for key in form:
        if key not in _KEYS:
            raise BadFile(f"{path}: {one_line(key)}: not a key of a style; take one of {', '.join(_KEYS)}")
    for key in ("name", "logo", "font"):
        if not isinstance(form.get(key, ""), str):
            raise BadFile(f"{path}: {key}: not text; write {key} in quotes")
    font = form.get("font", "Noto Sans")
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9 -]{0,60}", font):
        raise BadFile(f"{path}: font: not the name of a family; write letters, digits and spaces")
    logo, logo_type = _logo(path, form["logo"]) if form.get("logo") else (b"", "")
    name = "".join(letter for letter in one_line(form.get("name", "")) if letter.isprintable())
    return Style(name, logo, logo_type, font, _colours(path, form.get("colours", {})))


def _colours(path: "str | os.PathLike", form: object) -> dict[str, str]:
    if not isinstance(form, dict):
        raise BadFile(f"{path}: colours: not a table; write [colours] and below it a line for each, such as gap = \"#D55E00\"")
    for name, colour in form.items():
        if name not in COLOURS:
            near = nearest(name, list(COLOURS))
            raise BadFile(f"{path}: colours.{one_line(name)}: colours nothing; take one of {', '.join(near or sorted(COLOURS))}")
        if not isinstance(colour, str) or not re.fullmatch(r"#[0-9A-Fa-f]{6}", colour):
            raise BadFile(f"{path}: colours.{name}: not a colour; write it as \"#\" and six hexadecimal digits")
    return form


def _logo(path: "str | os.PathLike", name: str) -> tuple[bytes, str]:
    place = Path(path).parent / name
    try:
        body = place.read_bytes()
    except OSError as error:
        raise BadFile(f"{path}: logo: {place}: {error.strerror}; name a PNG or SVG file beside the style") from None
    if len(body) > _LARGEST:
        raise BadFile(f"{path}: logo: larger than {_LARGEST // 1000} kB; make it smaller")
    if body.startswith(b"\x89PNG\r\n\x1a\n"):
        return body, "png"
    if b"<svg" in body[:4000]:
        live = re.search(rb"<!DOCTYPE|<!ENTITY|<script|<foreignObject|\bon\w+\s*=|(?:href|src)\s*=\s*[\"'](?!#|data:image/(?:png|jpeg);)", body, re.IGNORECASE)
        if live:
            raise BadFile(f"{path}: logo: holds {one_line(live[0].decode('latin-1'))}, which runs or fetches something; export a plain SVG or a PNG")
        return body, "svg"
    raise BadFile(f"{path}: logo: neither PNG nor SVG; export it as one of them")
