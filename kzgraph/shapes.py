"""The shapes of ``ontology/shapes`` as SPARQL: one query for each constraint, run on the embedded store.

A compiler for the part of SHACL that the shapes use. What it does not know it refuses by name, so that no
constraint is ever passed over; tests hold its results against pySHACL, the reference.
"""

import re

import pyoxigraph as ox

from kzgraph.errors import BadFile

_SH = "http://www.w3.org/ns/shacl#"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_TYPE = f"<{_RDF}type>/<http://www.w3.org/2000/01/rdf-schema#subClassOf>*"


class Constraint:
    """One compiled constraint: ``shape`` (IRI), ``severity`` (violation, warning, info), ``messages`` by language, ``query``."""

    def __init__(self, shape: str, severity: str, messages: dict[str, str], query: str) -> None:
        self.shape, self.severity, self.messages, self.query = shape, severity, messages, query


class Shapes:
    """The shapes graph, compiled. ``constraints`` is a list of Constraint. Raises BadFile for what it cannot compile."""

    def __init__(self, files: list[tuple[str, bytes]]) -> None:
        self.graph = ox.Store()
        for name, body in files:
            try:
                self.graph.load(input=body, format=ox.RdfFormat.TURTLE)
            except SyntaxError as error:
                raise BadFile(f"{name}:{error.lineno}: {error.msg}; mend the Turtle there") from None
        self.constraints: list[Constraint] = []
        for shape in sorted({quad.subject for quad in self._quads(None, "type", ox.NamedNode(_SH + "NodeShape"), rdf=True)}, key=str):
            self._node_shape(shape)

    # ---- reading the shapes graph ----

    def _quads(self, subject, predicate: str, value=None, *, rdf: bool = False):
        return self.graph.quads_for_pattern(subject, ox.NamedNode((_RDF if rdf else _SH) + predicate), value)

    def _values(self, subject, predicate: str, *, rdf: bool = False) -> list:
        return sorted((quad.object for quad in self._quads(subject, predicate, rdf=rdf)), key=str)

    def _value(self, subject, predicate: str, *, rdf: bool = False):
        return next(iter(self._values(subject, predicate, rdf=rdf)), None)

    def _list(self, head) -> list:
        items = []
        while head is not None and head.value != _RDF + "nil":
            items.append(self._value(head, "first", rdf=True))
            head = self._value(head, "rest", rdf=True)
        return items

    # ---- compiling ----

    def _node_shape(self, shape) -> None:
        target = self._target(shape)
        known = {"targetClass", "targetSubjectsOf", "targetObjectsOf", "property", "sparql", "closed", "ignoredProperties", "message", "severity"}
        self._refuse_unknown(shape, known)
        for rule in self._values(shape, "sparql"):
            self._add(rule, self._sparql(rule, target))
        allowed = []
        for part in self._values(shape, "property"):
            path = self._path(self._value(part, "path"))
            allowed.append(path)
            self._property(part, target, path)
        if self._value(shape, "closed") is not None:
            ignored = [str(item) for item in self._list(self._value(shape, "ignoredProperties"))]
            names = ", ".join([path for path in allowed if path.startswith("<")] + ignored)
            self._add(shape, f"{target} ?this ?property ?value . FILTER (?property NOT IN ({names}))")

    def _target(self, shape) -> str:
        branches = [f"{{ ?this {_TYPE} {item} }}" for item in self._values(shape, "targetClass")]
        branches += [f"{{ ?this {item} ?anyTarget }}" for item in self._values(shape, "targetSubjectsOf")]
        branches += [f"{{ ?anyTarget {item} ?this }}" for item in self._values(shape, "targetObjectsOf")]
        if not branches:
            raise BadFile(f"{shape.value}: a shape without a target checks nothing; add sh:targetClass")
        return "{ SELECT DISTINCT ?this WHERE { " + " UNION ".join(branches) + " } }"

    def _path(self, path) -> str:
        if isinstance(path, ox.NamedNode):
            return str(path)
        inverse = self._value(path, "inversePath")
        if inverse is None:
            raise BadFile("ontology/shapes: a path that is neither a property nor [ sh:inversePath … ]; use one of the two, or teach the checker")
        return f"^{inverse}"

    def _property(self, part, target: str, path: str) -> None:
        known = {"path", "message", "severity", "minCount", "maxCount", "datatype", "class", "nodeKind", "in", "pattern", "flags", "maxLength"}
        known |= {"minLength", "uniqueLang", "languageIn", "lessThan", "lessThanOrEquals", "minInclusive", "maxInclusive", "hasValue"}
        self._refuse_unknown(part, known)
        each = f"{target} ?this {path} ?value . "
        least, most = self._value(part, "minCount"), self._value(part, "maxCount")
        if least is not None and int(least.value) == 1:
            self._add(part, f"{target} FILTER NOT EXISTS {{ ?this {path} ?value }}")
        elif least is not None and int(least.value) > 1:
            self._add(part, f"{target} OPTIONAL {{ ?this {path} ?v }}", having=f"COUNT(DISTINCT ?v) < {least.value}")
        if most is not None:
            self._add(part, f"{target} ?this {path} ?v .", having=f"COUNT(DISTINCT ?v) > {most.value}")
        simple = {
            "datatype": "!isLiteral(?value) || DATATYPE(?value) != {0}",
            "maxLength": "STRLEN(STR(?value)) > {1}",
            "minLength": "STRLEN(STR(?value)) < {1}",
            "minInclusive": "!COALESCE(?value >= {0}, false)",
            "maxInclusive": "!COALESCE(?value <= {0}, false)",
        }
        for name, test in simple.items():
            for limit in self._values(part, name):
                self._add(part, f"{each} FILTER ({test.format(limit, limit.value)})")
                if name == "datatype" and limit.value.endswith(("#date", "#integer", "#decimal", "#boolean")):  # an ill-formed value has no value
                    cast = "xsd:" + limit.value.rsplit("#", 1)[1]
                    self._add(part, f"{each} FILTER (DATATYPE(?value) = {limit} && !BOUND(?cast))", bind=f"BIND ({cast}(STR(?value)) AS ?cast)")
        for kind in self._values(part, "nodeKind"):
            test = {"IRI": "!isIRI(?value)", "Literal": "!isLiteral(?value)"}[kind.value[len(_SH):]]
            self._add(part, f"{each} FILTER ({test})")
        for pattern in self._values(part, "pattern"):
            flags = self._value(part, "flags")
            extra = f", {flags}" if flags is not None else ""
            self._add(part, f"{each} FILTER (!REGEX(STR(?value), {pattern}{extra}))")
        for item in self._values(part, "class"):
            self._add(part, f"{each} FILTER NOT EXISTS {{ ?value {_TYPE} {item} }}")
        for head in self._values(part, "in"):
            self._add(part, f"{each} FILTER (?value NOT IN ({', '.join(str(item) for item in self._list(head))}))")
        for head in self._values(part, "languageIn"):
            tests = " || ".join(f'LANGMATCHES(LANG(?value), {item})' for item in self._list(head))
            self._add(part, f"{each} FILTER (!isLiteral(?value) || !({tests}))")
        if self._value(part, "uniqueLang") is not None:
            self._add(part, f"{each} ?this {path} ?other . FILTER (?value != ?other && LANG(?value) != '' && LANG(?value) = LANG(?other))", distinct=True)
        for item in self._values(part, "hasValue"):
            self._add(part, f"{target} FILTER NOT EXISTS {{ ?this {path} {item} }}")
        for name, test in (("lessThan", "<"), ("lessThanOrEquals", "<=")):
            for other in self._values(part, name):
                self._add(part, f"{each} ?this {other} ?other . FILTER (!COALESCE(?value {test} ?other, false))")

    def _sparql(self, rule, target: str) -> str:
        text = self._value(rule, "select").value.replace("$this", "?this")
        opened = re.search(r"WHERE\s*\{", text)
        if opened is None or not text.lstrip().startswith("SELECT") or re.search(r"\b(VALUES|MINUS|SERVICE)\b", text):
            raise BadFile(f"{rule.value}: sh:select must read SELECT $this … WHERE {{ … }}, without VALUES, MINUS and SERVICE")
        return target + " { " + text[opened.end():].rstrip().removesuffix("}") + " }"

    def _add(self, shape, body: str, *, having: str = "", bind: str = "", distinct: bool = False) -> None:
        severity = self._value(shape, "severity")
        messages = {item.language or "en": item.value for item in self._values(shape, "message")}
        if not messages:
            raise BadFile(f"{shape.value}: a shape without a message helps nobody; add sh:message")
        head = "PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> " + "".join(
            f"PREFIX {self._value(item, 'prefix').value}: <{self._value(item, 'namespace').value}> "
            for item in sorted({quad.object for quad in self._quads(None, "declare")}, key=str)
        )
        if bind:
            cut = body.rindex("FILTER")
            body = body[:cut] + bind + " " + body[cut:]
        value = "" if having or "?value" not in body or "NOT EXISTS { ?this" in body or distinct else "?value"
        tail = f" GROUP BY ?this HAVING ({having})" if having else ""
        query = f"{head}SELECT DISTINCT ?this {value} WHERE {{ {body} }}{tail}"
        self.constraints.append(Constraint(shape.value, severity.value[len(_SH):].lower() if severity is not None else "violation", messages, query))

    def _refuse_unknown(self, shape, known: set[str]) -> None:
        for quad in self.graph.quads_for_pattern(shape, None, None):
            name = quad.predicate.value
            if name.startswith(_SH) and name[len(_SH):] not in known:
                raise BadFile(f"{shape.value}: sh:{name[len(_SH):]} is not among the constraints that this checker knows; use another, or teach it")
