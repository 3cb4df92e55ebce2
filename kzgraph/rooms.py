"""The rooms: the folders ``ontology``, ``data`` and ``queries``, and what lies in them."""

import hashlib
import os
import re
from functools import cached_property
from pathlib import Path

from kzgraph.errors import BadFile, BadQuery, RoomMissing

_PACKAGE = Path(__file__).resolve().parent
_HEAD = re.compile(r"(?:#[^\r\n]*\r?\n)*")
_SUSPECT = re.compile(r"SERVICE(?<![?$:_A-Z-]SERVICE)|(?:TRUE|FALSE)SERVICE|FROM(?<![?$:_A-Z]FROM)|LOAD")


class Rooms:
    """Where the graph lies. ``data`` may be another folder than the shipped one; ``outside`` holds data that never enter it."""

    def __init__(self, ontology: Path, data: Path, queries: Path, outside: "Path | None" = None) -> None:
        self.ontology, self.data, self.queries, self.outside = ontology, data, queries, outside

    @cached_property
    def turtle(self) -> list[tuple[str, bytes]]:
        """Every Turtle file of ``ontology`` (shapes apart) and ``data`` as (name, bytes), sorted by name."""
        words = [file for file in self._files(self.ontology, "ontology", ".ttl") if not file[0].startswith("ontology/shapes/")]
        outside = self._files(self.outside, "outside", ".ttl") if self.outside else []
        return [*words, *self._files(self.data, "data", ".ttl"), *outside]

    @cached_property
    def shapes(self) -> list[tuple[str, bytes]]:
        """Every file of shapes as (name, bytes), sorted by name."""
        return self._files(self.ontology / "shapes", "ontology/shapes", ".ttl")

    @cached_property
    def rules(self) -> list[tuple[str, str]]:
        """Every derivation rule as (name, SPARQL text), in the order in which they run. Raises BadFile and BadQuery."""
        found = []
        for name, body in self._files(self.queries / "rules", "queries/rules", ".rq"):
            try:
                found.append((name, inward(body.decode(), name)))
            except UnicodeDecodeError as error:
                raise BadFile(f"{name}: {error}; save the rule as UTF-8") from None
        return found

    @cached_property
    def digest(self) -> str:
        """SHA-256 over the names and bytes of all data, ontology and rule files, as 64 hex digits."""
        total = hashlib.sha256()
        for name, body in [*self.turtle, *((name, text.encode()) for name, text in self.rules)]:
            total.update(f"{name}\0{len(body)}\0".encode())
            total.update(body)
        return total.hexdigest()

    @property
    def version(self) -> str:
        """The data version that answers state: the first twelve digits of the digest."""
        return self.digest[:12]

    def _files(self, folder: Path, name: str, suffix: str) -> list[tuple[str, bytes]]:
        found: list[tuple[str, bytes]] = []
        walked: set[str] = set()
        for top, folders, files in os.walk(folder, followlinks=True):
            real = os.path.realpath(top)
            folders[:] = [] if real in walked else sorted(folders)  # a link that leads back ends there
            if real in walked:
                continue
            walked.add(real)
            for file in files:
                if file.endswith(suffix) and not file.startswith("."):
                    path = os.path.join(top, file)
                    try:
                        with open(path, "rb") as stream:
                            body = stream.read()
                    except OSError as error:
                        raise BadFile(f"{path}: {error.strerror}; make the file readable or move it away") from None
                    found.append((name + path[len(str(folder)):].replace(os.sep, "/"), body))
        return sorted(found)


def inward(text: str, where: str) -> str:
    """The text of a query. Raises BadQuery where it would reach out of the graph: named questions and rules run beside the user's network and files.

    The head of comments is passed over, and what follows is read word by word only where it looks suspect, so that a load costs next to nothing.
    """
    head = _HEAD.match(text)
    if _SUSPECT.search(text[head.end() if head else 0 :].upper()):
        from kzgraph.tokens import reaching

        found = reaching(text)
        if found:
            raise BadQuery(f"{where}:{found[1]}: {found[0]} reaches out of the graph; ask this graph alone")
    return text


def open_rooms(
    root: "str | os.PathLike | None" = None, data: "str | os.PathLike | None" = None, outside: "str | os.PathLike | None" = None
) -> Rooms:
    """The rooms at ``root``, or those that came with the package, or those of the checkout it lies in.

    ``data`` replaces the data room by another folder of Turtle files; ``outside`` adds one, for data kept elsewhere.
    Raises RoomMissing where a folder is not there.
    """
    shipped = _PACKAGE / "_rooms"
    top = Path(root) if root is not None else shipped if shipped.is_dir() else _PACKAGE.parent
    rooms = Rooms(top / "ontology", Path(data) if data is not None else top / "data", top / "queries", Path(outside) if outside is not None else None)
    whole, turtle = "the folder that holds ontology, data and queries with --root", "a folder of Turtle files with"
    for folder, what in (
        (rooms.ontology, whole), (rooms.data, whole if data is None else f"{turtle} --data"), (rooms.queries, whole), (rooms.outside, f"{turtle} --restricted"),
    ):  # fmt: skip
        if folder is not None and not folder.is_dir():
            raise RoomMissing(f"{folder}: no such folder; name {what}")
    for folder, suffix in ((rooms.ontology, ".ttl"), (rooms.data, ".ttl"), (rooms.queries / "rules", ".rq")):
        if not any(name.endswith(suffix) for _, _, names in os.walk(folder, followlinks=True) for name in names):
            raise RoomMissing(f"{folder}: no {suffix} file below it, and an empty graph would answer that there is nothing; name another folder")
    return rooms
