"""What decides whether a control applies: migrations, autoscalers, streams, training code, prompts and so on.

A trait is told where it was seen, under the name of the condition that reads it. Nothing is told of what was not seen.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from gonogo.facts import Fact, Trait
from gonogo.prove.base import Target
from gonogo.prove.scan import yaml_nodes
from gonogo.prove.scan.placing import seen, values_of
from gonogo.prove.scan.python_module import Module
from gonogo.prove.scan.python_project import Scope
from gonogo.prove.scan.python_signature import last_name
from gonogo.prove.scan.routes import routes_of
from gonogo.prove.scan.tree import SourceFile, Tree, in_tests

_PATHS = (
    (
        "migrations",
        re.compile(r"(^|/)(alembic|migrations)/versions/[^/]+\.py$|(^|/)migrations/\d{4}_\w+\.py$"),
        "a migration",
    ),
    ("migrations", re.compile(r"(^|/)prisma/migrations/.+\.sql$|(^|/)migrations/.+\.sql$"), "a migration"),
    (
        "ci_pipeline",
        re.compile(r"^\.github/workflows/[^/]+\.ya?ml$|^\.gitlab-ci\.yml$|(^|/)Jenkinsfile$"),
        "a CI pipeline",
    ),
    ("terraform", re.compile(r"\.tf$"), "Terraform"),
    (
        "system_prompt",
        re.compile(r"(^|/)([^/]*system_?prompt[^/]*|prompts?/system)\.(txt|md|jinja2?|j2|ya?ml)$", re.I),
        "a system prompt",
    ),
)
_KINDS = {
    "HorizontalPodAutoscaler": ("autoscaler",), "ScaledObject": ("autoscaler", "scales_to_zero"),
    "Deployment": ("kubernetes",), "StatefulSet": ("kubernetes",), "CronJob": ("kubernetes", "offline_jobs"),
    "Job": ("kubernetes",), "Service": ("kubernetes",), "Ingress": ("kubernetes",),
}  # fmt: skip
_TRAINS = ("Trainer", "SFTTrainer", "DPOTrainer", "GRPOTrainer")
_JUDGES = ("deepeval", "ragas", "autoevals", "openevals")
_FINE_TUNE = ("fine_tuning.jobs.create", "fine_tunes.create")
_RERANK = ("CohereRerank", "CrossEncoder", "FlagReranker", "Ranker", "CrossEncoderReranker", "JinaRerank")
_DOCUMENTS = ("pypdf", "PyPDF2", "pdfplumber", "fitz", "docx", "unstructured", "docling", "pymupdf4llm")


def scan(tree: Tree, target: Target) -> Iterator[Fact]:
    """Yield each trait once, at the first place that shows it."""
    told: set[str] = set()
    for name, path, line, detail in _found(tree):
        if name not in told:
            told.add(name)
            yield Trait(**seen(target, path, line), name=name, detail=detail)


def _found(tree: Tree) -> Iterator[tuple[str, str, int | None, str]]:
    for file in tree.files:
        if in_tests(f"{file.path}.txt" if file.language == "markdown" else file.path):
            continue
        for name, pattern, detail in _PATHS:  # a prompt may well be Markdown, which counts as documentation elsewhere
            if pattern.search(file.path):
                yield name, file.path, 1, detail
        if file.language == "yaml":
            yield from _yaml(file)
        elif file.language == "python":
            yield from _python(tree, file)
    for found in routes_of(tree):
        if not found.module.file.in_tests and any(_uploads(a) for a in ast.walk(found.function.args)):
            yield "accepts_files", found.module.file.path, found.line, f"{found.method} {found.route} takes a file"


def _uploads(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id == "UploadFile"


def _yaml(file: SourceFile) -> Iterator[tuple[str, str, int | None, str]]:
    if "kind:" not in file.text or "apiVersion:" not in file.text:
        return
    for document in yaml_nodes.documents(file):
        node = yaml_nodes.child(document, "kind")
        kind = yaml_nodes.text(node) or ""
        for name in _KINDS.get(kind, ()):
            smallest = yaml_nodes.text(yaml_nodes.child(document, "spec", "minReplicaCount"))
            if name != "scales_to_zero" or smallest in (None, "0"):
                yield name, file.path, yaml_nodes.line(node), f"a {kind}"


def _python(tree: Tree, file: SourceFile) -> Iterator[tuple[str, str, int | None, str]]:
    values = values_of(tree)
    module = values.project.module(file)
    if module is None:
        return
    for dotted in module.imports.values():
        top = dotted.partition(".")[0]
        if top in _JUDGES:
            yield "model_as_judge", file.path, 1, f"uses {top}"
        if top in _DOCUMENTS:
            yield "document_files", file.path, 1, f"uses {top}"
    for call in module.calls:
        short = last_name(call.func) or ""
        outer = values.external(Scope.of(module, call), call.func)
        if short in _TRAINS and outer.startswith(("transformers", "trl")):
            yield "trains_model", file.path, call.lineno, f"{short} trains a model"
        if ast.unparse(call.func).endswith(_FINE_TUNE):
            yield "trains_model", file.path, call.lineno, "a fine-tuning job is started"
        if short in _RERANK and outer:
            yield "reranker", file.path, call.lineno, f"{short} reranks"
        if short in ("create", "parse", "completion", "acompletion", "stream") and any(map(_structured, call.keywords)):
            yield "program_consumes_output", file.path, call.lineno, "asks the model for structured output"
            yield "structured_output", file.path, call.lineno, "asks the model for structured output"
        if short == "with_structured_output":
            yield "structured_output", file.path, call.lineno, "asks the model for structured output"
    yield from _prompts(file, module)


def _structured(keyword: ast.keyword) -> bool:
    """Tell whether an argument asks for an object; a plain word such as `mp3` or `b64_json` names a file format."""
    plain = isinstance(keyword.value, ast.Constant) and keyword.value.value not in ("json_object", "json_schema")
    return keyword.arg in ("response_format", "response_model", "text_format") and not plain


def _prompts(file: SourceFile, module: Module) -> Iterator[tuple[str, str, int | None, str]]:
    """`{"role": "system", ...}`, `SystemMessage(...)` and `system=` of a model call."""
    for node in file.nodes(ast.Dict, ast.Call):
        if isinstance(node, ast.Dict):
            pairs = zip(node.keys, node.values, strict=True)
            roles = [v for k, v in pairs if isinstance(k, ast.Constant) and k.value == "role"]
            if any(isinstance(v, ast.Constant) and v.value in ("system", "developer") for v in roles):
                yield "system_prompt", file.path, node.lineno, "a message with the role of the system"
        elif isinstance(node, ast.Call) and last_name(node.func) == "SystemMessage":
            yield "system_prompt", file.path, node.lineno, "a system message"
