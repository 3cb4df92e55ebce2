"""What a SPARQL text is made of, for those that may not load the rest of ``sparql``: the rooms, which it stands on, and the endpoint."""

import re

# strings, IRIs, comments, variables, prefixed names and words of SPARQL
TOKEN = re.compile(
    r"""'{3}(?:'{0,2}(?:[^'\\]|\\.))*'{3}|"{3}(?:"{0,2}(?:[^"\\]|\\.))*"{3}"""
    r"""|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|<[^<>"{}|^`\\\x00-\x20]*>|\#[^\n]*"""
    r"""|[?$]\w+|@[\w-]+|(?P<name>(?P<prefix>(?:\w[\w.-]*)?):(?:[\w:.-]|%[0-9A-Fa-f]{2}|\\.)*)|(?P<word>\w+)""",
    re.DOTALL,
)
_REACHING = re.compile("SERVICE|FROM|LOAD", re.IGNORECASE)  # anywhere in a word, since the engine reads trueSERVICE as two


def reaching(text: str) -> "tuple[str, int] | None":
    """The first word with which a query reaches out of the graph, and its line; None for one that does not."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")  # a return ends a comment too
    for token in TOKEN.finditer(text):
        found = _REACHING.search(token["word"] or "")
        if found:
            return found[0].upper(), text.count("\n", 0, token.start()) + 1
    return None
