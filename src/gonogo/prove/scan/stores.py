"""Databases, caches, buckets and vector stores that the code or configuration names."""

from __future__ import annotations

from collections.abc import Iterator

from gonogo.facts import DataStore, Fact
from gonogo.prove.base import Target
from gonogo.prove.scan import containers, yaml_nodes
from gonogo.prove.scan.placing import seen, values_of
from gonogo.prove.scan.python_project import Scope
from gonogo.prove.scan.python_values import Values
from gonogo.prove.scan.tree import SourceFile, Tree

_IMPORTS = {
    "asyncpg": ("postgresql", "relational"),
    "psycopg": ("postgresql", "relational"),
    "psycopg2": ("postgresql", "relational"),
    "pgvector": ("pgvector", "vector"),
    "pymysql": ("mysql", "relational"),
    "aiomysql": ("mysql", "relational"),
    "sqlite3": ("sqlite", "relational"),
    "aiosqlite": ("sqlite", "relational"),
    "pymongo": ("mongodb", "document"),
    "motor": ("mongodb", "document"),
    "beanie": ("mongodb", "document"),
    "redis": ("redis", "cache"),
    "aioredis": ("redis", "cache"),
    "pymemcache": ("memcached", "cache"),
    "qdrant_client": ("qdrant", "vector"),
    "chromadb": ("chroma", "vector"),
    "pinecone": ("pinecone", "vector"),
    "weaviate": ("weaviate", "vector"),
    "faiss": ("faiss", "vector"),
    "lancedb": ("lancedb", "vector"),
    "pymilvus": ("milvus", "vector"),
    "turbopuffer": ("turbopuffer", "vector"),
    "opensearchpy": ("opensearch", "search"),
    "elasticsearch": ("elasticsearch", "search"),
    "langchain_chroma": ("chroma", "vector"),
    "langchain_pinecone": ("pinecone", "vector"),
    "langchain_qdrant": ("qdrant", "vector"),
    "langchain_postgres": ("pgvector", "vector"),
    "supabase": ("supabase", "relational"),
    "neo4j": ("neo4j", "graph"),
    "minio": ("minio", "bucket"),
    "google.cloud.storage": ("gcs", "bucket"),
    "azure.storage.blob": ("azure-blob", "bucket"),
    "langchain_community.vectorstores.FAISS": ("faiss", "vector"),
    "langchain_community.vectorstores.Chroma": ("chroma", "vector"),
    "langchain.vectorstores.FAISS": ("faiss", "vector"),
    "langchain.vectorstores.Chroma": ("chroma", "vector"),
}
_CLIENTS = {"boto3.client": {"s3": ("s3", "bucket"), "dynamodb": ("dynamodb", "document")}}
_IMAGES = {
    "postgres": ("postgresql", "relational"), "pgvector": ("pgvector", "vector"), "mysql": ("mysql", "relational"),
    "mariadb": ("mysql", "relational"), "mongo": ("mongodb", "document"), "redis": ("redis", "cache"),
    "valkey": ("redis", "cache"), "qdrant": ("qdrant", "vector"), "chroma": ("chroma", "vector"),
    "weaviate": ("weaviate", "vector"), "milvus": ("milvus", "vector"), "minio": ("minio", "bucket"),
    "elasticsearch": ("elasticsearch", "search"), "opensearch": ("opensearch", "search"), "neo4j": ("neo4j", "graph"),
}  # fmt: skip


def scan(tree: Tree, target: Target) -> Iterator[Fact]:
    """Yield each store once per file that names it, tests left out."""
    values = values_of(tree)
    for file in tree.language("python"):
        if not file.in_tests:
            yield from _python(file, values, target)
    for file in containers.used(tree.named(*containers.COMPOSE)):
        for document in yaml_nodes.documents(file):
            for _, service, _ in yaml_nodes.pairs(yaml_nodes.child(document, "services")):
                node = yaml_nodes.child(service, "image")
                name = containers.split(yaml_nodes.text(node) or "")[0].rpartition("/")[2].split("-")[0]
                if name in _IMAGES:
                    product, role = _IMAGES[name]
                    yield DataStore(**seen(target, file.path, yaml_nodes.line(node)), product=product, role=role)


def _python(file: SourceFile, values: Values, target: Target) -> Iterator[Fact]:
    module = values.project.module(file)
    if module is None:
        return
    found: dict[tuple[str, str], int] = {}
    lines = {name: number for number, line in enumerate(file.lines, 1) for name in _imported_on(line)}
    for dotted in module.imports.values():
        for name, store in _IMPORTS.items():
            if dotted == name or dotted.startswith(f"{name}."):
                found.setdefault(store, lines.get(name.split(".")[0], 1))
    for call in module.calls:
        scope = Scope.of(module, call)
        known = _CLIENTS.get(values.external(scope, call.func).replace("boto3.resource", "boto3.client"), {})
        service = values.setting(scope, call.args[0]).value if known and call.args else None
        if isinstance(service, str) and service in known:
            found.setdefault(known[service], call.lineno)
    for (product, role), line in sorted(found.items(), key=lambda f: f[1]):
        yield DataStore(**seen(target, file.path, line), product=product, role=role)


def _imported_on(line: str) -> list[str]:
    words = line.split()
    if len(words) > 1 and words[0] in ("import", "from"):
        return [words[1].split(".")[0].rstrip(",")]
    return []
