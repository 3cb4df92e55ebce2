"""Findings written out: one line each, JSON, SARIF 2.1.0, or a SHACL validation report in Turtle."""

import json
from urllib.parse import quote

from kzgraph import __version__
from kzgraph.terms import iri

FORMATS = ("text", "json", "sarif", "ttl")
_WORDS = {
    "en": {"violation": "violation", "warning": "warning", "info": "info"},
    "ru": {"violation": "нарушение", "warning": "предупреждение", "info": "сведения"},
}
_SHACL = {"violation": "Violation", "warning": "Warning", "info": "Info"}
_SARIF = {"violation": "error", "warning": "warning", "info": "note"}


def write(rows: list[dict[str, str]], form: str, lang: str = "en") -> str:
    """The findings in one of FORMATS; ``lang`` en or ru chooses the message (Kazakh readers get the Russian one)."""
    lang = "en" if lang == "en" else "ru"
    told = [row | {"message": row["message" if lang == "en" else "message_ru"]} for row in rows]
    return {"text": _text, "json": _json, "sarif": _sarif, "ttl": _shacl}[form](told, lang)


def _text(rows: list[dict[str, str]], lang: str) -> str:
    lines = []
    for row in rows:
        place = ":".join(part for part in (row["file"], row["line"]) if part) or row["focus"]
        value = f" ({row['value']})" if row["value"] else ""
        lines.append(f"{place}: {_WORDS[lang][row['severity']]}: {row['focus']}: {row['message']}{value} [{row['rule']}]")
    return "".join(line + "\n" for line in lines)


def _json(rows: list[dict[str, str]], lang: str) -> str:
    return json.dumps([{key: row[key] for key in row if key != "message_ru"} for row in rows], ensure_ascii=False, indent=1) + "\n"


def _sarif(rows: list[dict[str, str]], lang: str) -> str:
    rules = sorted({row["rule"] for row in rows})
    results = [
        {
            "ruleId": row["rule"],
            "level": _SARIF[row["severity"]],
            "message": {"text": f"{row['focus']}: {row['message']}"},
            "locations": [{"physicalLocation": {
                "artifactLocation": {"uri": quote(row["file"]) or "data"},
                "region": {"startLine": int(row["line"] or 1)},
            }}],
        }
        for row in rows
    ]
    driver = {"name": "kzgraph", "version": __version__, "rules": [{"id": rule} for rule in rules]}
    log = {"version": "2.1.0", "$schema": "https://json.schemastore.org/sarif-2.1.0.json", "runs": [{"tool": {"driver": driver}, "results": results}]}
    return json.dumps(log, ensure_ascii=False, indent=1) + "\n"


def _shacl(rows: list[dict[str, str]], lang: str) -> str:
    """A validation report as the SHACL recommendation has it (3.6).

    Each constraint of a shape is run as SPARQL, so that is its component; a finding of the program's own (dangling, privacy-e-mail) has no shape and is
    a component by itself. What has no address is found in a file, which is then the focus.
    """
    def text(words: str) -> str:
        return json.dumps(words, ensure_ascii=False)  # a JSON string is a Turtle string

    conforms = "false" if any(row["severity"] == "violation" for row in rows) else "true"
    lines = [
        "@prefix sh: <http://www.w3.org/ns/shacl#> .",
        "@prefix ks: <https://w3id.org/kzgraph/shape#> .",
        "",
        f"<urn:kzgraph:report> a sh:ValidationReport ; sh:conforms {conforms}" + (" ;" if rows else " ."),
    ]
    for number in range(1, len(rows) + 1):
        lines.append(f"    sh:result <urn:kzgraph:report#{number}>" + (" ;" if number < len(rows) else " ."))
    for number, row in enumerate(rows, 1):
        focus = iri(row["focus"]) if row["focus"] else f"urn:kzgraph:file:{quote(row['file'])}"
        shape = row["rule"][:1].isupper()  # as the names of all shapes, and of nothing else
        source = f"sh:SPARQLConstraintComponent ; sh:sourceShape ks:{row['rule']}" if shape else f"ks:{row['rule']}"
        lines.append(
            f"<urn:kzgraph:report#{number}> a sh:ValidationResult ; sh:resultSeverity sh:{_SHACL[row['severity']]} ;\n"
            f"    sh:sourceConstraintComponent {source} ;\n"
            f"    sh:focusNode <{focus}> ; sh:resultMessage {text(row['message'])}@{lang} ."
        )
    return "\n".join(lines) + "\n"
