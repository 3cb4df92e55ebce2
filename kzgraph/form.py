"""The one canonical form of a data file: what changes in it changes in the difference, and nothing else."""

from pathlib import Path

from kzgraph.errors import BadFile, one_line
from kzgraph.table import save


def canonical(text: str, where: str = "file") -> str:
    """The same statements as long Turtle by rdflib: subjects and values sorted, one to a line, only the prefixes in use.

    Comments and blank lines are no statements and do not survive; a remark in data is a ``skos:editorialNote``.
    Raises BadFile, with the line, where the text is no Turtle.
    """
    from rdflib import Graph
    from rdflib.plugins.parsers.notation3 import BadSyntax

    graph = Graph(bind_namespaces="none")
    try:
        graph.parse(data=text, format="turtle")
    except BadSyntax as error:
        raise BadFile(f"{where}:{error.lines + 1}: {one_line(error.message)}; mend the Turtle there") from None
    return graph.serialize(format="longturtle").strip("\n") + "\n"


def formatted(files: list[Path], *, write: bool) -> list[Path]:
    """The files that are not in canonical form; with ``write`` each of them is brought into it.

    Raises BadFile where a file cannot be read, is no Turtle, or cannot be written.
    """
    changed = []
    for file in files:
        try:
            body = file.read_bytes()
            text = body.decode("utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise BadFile(f"{file}: {one_line(getattr(error, 'strerror', None) or error)}; make the file readable UTF-8") from None
        wanted = canonical(text, str(file))
        if wanted.encode() != body:  # line ends and a byte order mark are no statements, yet the digest of the data knows them
            changed.append(file)
            if write:
                save(wanted, str(file))
    return changed
