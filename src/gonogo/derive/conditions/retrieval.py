"""How documents are indexed and searched."""

from __future__ import annotations

from gonogo.derive.conditions.seen import Answer, promised, shown
from gonogo.derive.factset import FactSet
from gonogo.facts import DataStore, Dependency

EXTRACTORS = frozenset(
    {
        *("beautifulsoup4", "cheerio", "docling", "docx2txt", "html2text", "mammoth", "pdf-parse", "pdfminer"),
        *(
            "pdfminer-six",
            "pdfplumber",
            "pymupdf",
            "pypdf",
            "pypdf2",
            "python-docx",
            "tika",
            "trafilatura",
            "unstructured",
        ),
    }
)
RERANKERS = ("rerank", "flashrank")


def document_files(facts: FactSet) -> Answer:
    """PDF, DOCX or HTML files are indexed."""
    system = facts.system
    declared = system and any(index.formats for index in system.indexes)
    return shown(declared or any(_name(package) in EXTRACTORS for package in facts.of(Dependency)))


def vector_search(facts: FactSet) -> Answer:
    """Vectors are searched; False where declared indexes are none of them for vectors, and no vector store was seen."""
    system, real = facts.system, promised(facts)
    found = any(store.role == "vector" for store in facts.of(DataStore))
    if found or (system and any(index.vector for index in system.indexes)):
        return True
    return False if real and real.indexes else None


def hybrid_search(facts: FactSet) -> Answer:
    """Vector and keyword search are combined; False where all declared indexes are of one sort."""
    system, real = facts.system, promised(facts)
    indexes = system.indexes if system else ()
    if any(index.vector and index.keyword for index in indexes):
        return True
    one_sort = len({(index.vector, index.keyword) for index in indexes}) == 1
    return False if real and one_sort else None


def reranker(facts: FactSet) -> Answer:
    """Results are ranked again."""
    return shown(any(any(word in _name(package) for word in RERANKERS) for package in facts.of(Dependency)))


def metadata_filters(facts: FactSet) -> Answer:
    """Queries filter on metadata or on the tenant."""
    system = facts.system
    tenants = {identity.tenant for identity in system.identities if identity.tenant} if system else set()
    return shown(len(tenants) > 1 or (system and any(index.filters for index in system.indexes)))


def similarity_scores(facts: FactSet) -> Answer:
    """Results carry a similarity score, as those of every vector search do."""
    return shown(vector_search(facts))


def changing_sources(facts: FactSet) -> Answer:
    """A source changes after it was indexed."""
    system = facts.system
    return shown(system and any(index.max_lag_hours is not None for index in system.indexes))


def _name(package: Dependency) -> str:
    return package.name.lower().replace("_", "-").replace(".", "-")
