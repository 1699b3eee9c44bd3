"""The checks of the area `retrieval`, a module per subject."""

from gonogo.checks.retrieval.attest import (
    vector_db_replicated_by_attest,
)
from gonogo.checks.retrieval.caching import retrieval_caching_by_lab
from gonogo.checks.retrieval.dimensions import dimension_match_by_lab
from gonogo.checks.retrieval.extraction import extraction_tested_by_lab
from gonogo.checks.retrieval.filters import filters_correct_by_lab
from gonogo.checks.retrieval.freshness import index_freshness_by_lab
from gonogo.checks.retrieval.health import retrieval_health_by_lab
from gonogo.checks.retrieval.indexing import (
    document_quality_gate_by_lab,
    duplicates_handled_by_lab,
    incremental_indexing_by_lab,
    indexing_idempotent_by_lab,
)
from gonogo.checks.retrieval.lab import empty_results_handled_by_lab, similarity_threshold_by_lab
from gonogo.checks.retrieval.load import embedding_capacity_by_load, retrieval_latency_by_load, vector_db_sized_by_load
from gonogo.checks.retrieval.merging import multi_query_merge_by_lab
from gonogo.checks.retrieval.metadata import metadata_captured_by_lab
from gonogo.checks.retrieval.questions import query_preprocessing_by_lab
from gonogo.checks.retrieval.signals import retrieval_signals_by_lab

__all__ = [
    "dimension_match_by_lab",
    "document_quality_gate_by_lab",
    "duplicates_handled_by_lab",
    "embedding_capacity_by_load",
    "empty_results_handled_by_lab",
    "extraction_tested_by_lab",
    "filters_correct_by_lab",
    "incremental_indexing_by_lab",
    "index_freshness_by_lab",
    "indexing_idempotent_by_lab",
    "metadata_captured_by_lab",
    "multi_query_merge_by_lab",
    "query_preprocessing_by_lab",
    "retrieval_caching_by_lab",
    "retrieval_health_by_lab",
    "retrieval_latency_by_load",
    "retrieval_signals_by_lab",
    "similarity_threshold_by_lab",
    "vector_db_replicated_by_attest",
    "vector_db_sized_by_load",
]
