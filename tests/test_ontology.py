"""The words: every term used anywhere is declared, every declared term is used, every word stands in three languages."""

import re
from collections import Counter

from rdflib import RDF, RDFS, Graph, URIRef
from rdflib.namespace import OWL, SKOS

from kzgraph.terms import BASE, LANGUAGES, NS

LOCAL = re.compile(rf"{re.escape(NS)}\w+")


def graph_of(rooms, *beginnings: str) -> Graph:
    graph = Graph()
    for name, body in rooms.turtle:
        if name.startswith(beginnings):
            graph.parse(data=body, format="turtle")
    return graph


def terms_of_queries(rooms) -> set[URIRef]:
    """Every prefixed name and IRI in the questions and rules."""
    found = set()
    texts = [path.read_text(encoding="utf-8") for path in sorted(rooms.queries.rglob("*.rq"))]
    for text in texts:
        prefixes = dict(re.findall(r"PREFIX (\S*): <(.*?)>", text))
        bare = re.sub(r"^#.*$|PREFIX .*$|\"[^\"]*\"", " ", text, flags=re.M)
        for prefix, name in re.findall(r"(?<![\w<?])([a-z-]+):([A-Za-z][\w-]*)", bare):
            assert prefix in prefixes, f"{prefix}:{name} has no PREFIX"
            found.add(URIRef(prefixes[prefix] + name))
        found |= {URIRef(word) for word in LOCAL.findall(text)}
    return found


def test_the_ontology_is_owl_that_parses(rooms):
    graph = graph_of(rooms, "ontology/")
    assert (URIRef(NS.rstrip("#")), RDF.type, OWL.Ontology) in graph
    assert len(set(graph.subjects(RDF.type, OWL.Class))) >= 12


def test_every_term_used_is_declared_and_every_declared_term_is_used(rooms):
    everything = graph_of(rooms, "ontology/", "data/")
    declared = {term for kind in (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty) for term in everything.subjects(RDF.type, kind)}
    used = set(everything.predicates()) | set(everything.objects(None, RDF.type)) | set(everything.objects(None, RDFS.subClassOf))
    used |= set(everything.objects(None, RDFS.subPropertyOf)) | set(everything.objects(None, RDFS.domain))
    in_queries = terms_of_queries(rooms)
    for term in used | {term for term in in_queries if str(term).startswith(NS)}:
        assert term in declared, f"{term} is used and not declared"
    for term in in_queries:
        if str(term).startswith(BASE):
            known = (term, None, None) in everything
            assert known, f"{term} stands in a query and nowhere else"
    for term in declared:
        assert term in used | in_queries | set(everything.objects(None, RDFS.range)), f"{term} is declared and never used"


def test_local_terms_have_label_and_definition_in_three_languages(rooms):
    graph = graph_of(rooms, "ontology/")
    for term in graph.subjects(RDF.type, None):
        if str(term).startswith(NS):
            for words in (RDFS.label, SKOS.definition):
                assert Counter(value.language for value in graph.objects(term, words)) == Counter(LANGUAGES), (term, words)


def test_concepts_have_label_and_definition_in_three_languages(rooms):
    graph = graph_of(rooms, "ontology/", "data/")
    for concept in set(graph.subjects(RDF.type, SKOS.Concept)) | set(graph.subjects(RDF.type, SKOS.ConceptScheme)):
        for words in (SKOS.prefLabel, SKOS.definition):
            assert Counter(value.language for value in graph.objects(concept, words)) == Counter(LANGUAGES), (concept, words)


def test_sentences_stand_in_three_languages_with_the_same_places_to_fill(rooms):
    graph = graph_of(rooms, "ontology/")
    for subject in set(graph.subjects(URIRef(NS + "sentence"), None)):
        slots = {text.language: sorted(re.findall(r"\b[A-Z]{3,}\b", text)) for text in graph.objects(subject, URIRef(NS + "sentence"))}
        assert set(slots) == set(LANGUAGES), subject
        assert slots["en"] == slots["ru"] == slots["kk"], (subject, slots)


def test_the_six_are_siblings(rooms):
    """Sex, gender, gender identity, gender expression, sexual orientation, sex characteristics: none above another."""
    graph = graph_of(rooms, "data/ground")
    six = [URIRef(f"{BASE}ground/{name}") for name in ("sex", "gender", "gender-identity", "gender-expression", "sexual-orientation", "sex-characteristics")]
    for one in six:
        assert not set(graph.objects(one, SKOS.broader)) & set(six)
        assert set(six) - {one} <= set(graph.objects(one, SKOS.related)), one
    sogi = URIRef(f"{BASE}ground/sogi")
    assert (sogi, RDF.type, SKOS.Collection) in graph
    assert set(graph.objects(sogi, SKOS.member)) == {six[2], six[4]}
