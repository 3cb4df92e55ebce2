"""Addresses: a reference as a person types it, and the IRI that stands for it."""

BASE = "https://w3id.org/kzgraph/id/"
NS = "https://w3id.org/kzgraph/ns#"
LANGUAGES = ("en", "ru", "kk")


def iri(ref: str) -> str:
    """The IRI of a reference: ``ground/sex`` → ``https://w3id.org/kzgraph/id/ground/sex``; an IRI stays as it is."""
    return ref if "://" in ref else BASE + ref.strip().strip("/")


def ref(iri: str) -> str:
    """The reference of an IRI: what stands after the base; an IRI of another base stays as it is."""
    return iri[len(BASE):] if iri.startswith(BASE) else iri


def slug(iri: str) -> str:
    """The last step of an IRI or a reference: ``…/verdict/absent`` → ``absent``."""
    return iri.rsplit("/", 1)[-1].rsplit("#", 1)[-1]


def selects(wanted: str, found: str) -> bool:
    """Whether a reference selects another: itself, the parts of an article, the provisions of an act.

    Provision addresses follow Akoma Ntoso: ``art_54`` holds ``art_54__para_1__point_6``.
    """
    return found == wanted or found.startswith((wanted + "__", wanted + "/"))
