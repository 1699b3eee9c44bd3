"""Which frameworks and model SDKs a repository uses, told from imports and from the manifests of other languages."""

from __future__ import annotations

import ast
import json

from gonogo.facts import SourceTree
from gonogo.prove.base import Target
from gonogo.prove.scan.tree import SourceFile, Tree

SDKS = {
    "openai": "openai", "anthropic": "anthropic", "litellm": "litellm", "langchain": "langchain",
    "langchain_openai": "langchain", "langchain_anthropic": "langchain", "langchain_community": "langchain",
    "langchain_core": "langchain", "langgraph": "langgraph", "llama_index": "llama-index", "mistralai": "mistral",
    "cohere": "cohere", "groq": "groq", "together": "together", "ollama": "ollama", "vertexai": "google",
    "google.generativeai": "google", "google.genai": "google", "transformers": "transformers", "vllm": "vllm",
    "sentence_transformers": "sentence-transformers", "pydantic_ai": "pydantic-ai", "crewai": "crewai",
    "autogen": "autogen", "haystack": "haystack", "dspy": "dspy", "instructor": "instructor", "mcp": "mcp",
    "replicate": "replicate", "smolagents": "smolagents", "agents": "openai-agents",
}  # fmt: skip
FRAMEWORKS = {
    "fastapi": "fastapi", "flask": "flask", "django": "django", "starlette": "starlette", "aiohttp.web": "aiohttp",
    "litestar": "litestar", "sanic": "sanic", "tornado": "tornado", "streamlit": "streamlit", "gradio": "gradio",
    "chainlit": "chainlit", "quart": "quart", "celery": "celery", "sklearn": "scikit-learn", "torch": "pytorch",
    "tensorflow": "tensorflow", "xgboost": "xgboost", "lightgbm": "lightgbm", "mlflow": "mlflow", "bentoml": "bentoml",
}  # fmt: skip
_NODE = {
    "openai": ("sdk", "openai"), "@anthropic-ai/sdk": ("sdk", "anthropic"), "ai": ("sdk", "vercel-ai"),
    "langchain": ("sdk", "langchain"), "@langchain/openai": ("sdk", "langchain"), "@google/genai": ("sdk", "google"),
    "@google/generative-ai": ("sdk", "google"), "@mistralai/mistralai": ("sdk", "mistral"),
    "cohere-ai": ("sdk", "cohere"),
    "llamaindex": ("sdk", "llama-index"), "ollama": ("sdk", "ollama"), "express": ("framework", "express"),
    "next": ("framework", "next"), "fastify": ("framework", "fastify"), "hono": ("framework", "hono"),
    "@nestjs/core": ("framework", "nest"), "koa": ("framework", "koa"),
}  # fmt: skip
_GO = {
    "github.com/sashabaranov/go-openai": ("sdk", "openai"), "github.com/openai/openai-go": ("sdk", "openai"),
    "github.com/anthropics/anthropic-sdk-go": ("sdk", "anthropic"), "github.com/tmc/langchaingo": ("sdk", "langchain"),
    "github.com/gin-gonic/gin": ("framework", "gin"), "github.com/labstack/echo": ("framework", "echo"),
    "github.com/gofiber/fiber": ("framework", "fiber"), "github.com/go-chi/chi": ("framework", "chi"),
}  # fmt: skip


def overview(tree: Tree, target: Target) -> SourceTree:
    """Return the fact that says what was read. Test code does not make a framework one that is in use."""
    found: set[tuple[str, str]] = set()
    for file in tree.files:
        if file.in_tests:
            continue
        if file.language == "python":
            found |= _imported(file)
        elif file.name == "package.json":
            found |= _node(file)
        elif file.name == "go.mod":
            found |= {v for k, v in _GO.items() if k in file.text}
    return SourceTree(
        seen_at=target.now(),
        run=target.run,
        files=len(tree.files),
        lines=sum(f.text.count("\n") for f in tree.files),
        languages=tree.languages(),
        ignored=sum(tree.ignored.values()),
        frameworks=tuple(sorted(n for k, n in found if k == "framework")),
        sdks=tuple(sorted(n for k, n in found if k == "sdk")),
    )


def _imported(file: SourceFile) -> set[tuple[str, str]]:
    if not any(n.partition(".")[0] in file.text for n in (*SDKS, *FRAMEWORKS)):
        return set()
    found = set()
    for node in file.nodes(ast.Import, ast.ImportFrom):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [a.name for a in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [node.module, *(f"{node.module}.{a.name}" for a in node.names)]
        for name in names:
            two = ".".join(name.split(".")[:2])
            for known, kind in ((SDKS, "sdk"), (FRAMEWORKS, "framework")):
                label = known.get(two) or known.get(name.partition(".")[0])
                if label:
                    found.add((kind, label))
    return found


def _node(file: SourceFile) -> set[tuple[str, str]]:
    try:
        manifest = json.loads(file.text)
    except (ValueError, RecursionError):
        return set()
    names = manifest.get("dependencies") if isinstance(manifest, dict) else None
    return {_NODE[n] for n in names if n in _NODE} if isinstance(names, dict) else set()
