"""LangChain models: the place where one is made is the call site, for its settings hold for every call.

LangChain hands the SDK `timeout=None` where none is set, which switches the SDK's own default off; the fact says unset.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gonogo.facts import ModelCallSite
from gonogo.prove.scan.calls.clients import Clients
from gonogo.prove.scan.calls.reader import Client, Reader
from gonogo.prove.scan.python_module import Module
from gonogo.prove.scan.python_project import Scope
from gonogo.prove.scan.python_signature import last_name

_CHAT_NAMES = (
    "ChatOpenAI AzureChatOpenAI ChatAnthropic ChatGoogleGenerativeAI ChatVertexAI ChatMistralAI ChatGroq ChatCohere"
    " ChatBedrock ChatBedrockConverse ChatOllama ChatLiteLLM ChatDeepSeek ChatXAI ChatFireworks ChatTogether"
    " ChatNVIDIA ChatPerplexity ChatOpenRouter ChatHuggingFace ChatTongyi ChatZhipuAI ChatDatabricks BedrockChat"
)
CHAT = frozenset(_CHAT_NAMES.split())
COMPLETIONS = frozenset({"OpenAI", "AzureOpenAI", "Anthropic", "Ollama", "OllamaLLM", "VertexAI", "Cohere", "Bedrock"})
_EMBEDDING_NAMES = (
    "OpenAIEmbeddings AzureOpenAIEmbeddings CohereEmbeddings GoogleGenerativeAIEmbeddings VertexAIEmbeddings"
    " MistralAIEmbeddings BedrockEmbeddings OllamaEmbeddings VoyageAIEmbeddings"
)
EMBEDDINGS = frozenset(_EMBEDDING_NAMES.split())
_OTHER_NAMES = {
    "model_name": "model",
    "azure_deployment": "model",
    "deployment_name": "model",
    "model_id": "model",
    "num_predict": "max_tokens",
    "max_output_tokens": "max_tokens",
}


def api_of(name: str) -> str | None:
    """Return which API a dotted LangChain class calls, None when it is no model."""
    last = name.rpartition(".")[2]
    if not name.startswith("langchain"):
        return None
    if last in CHAT or last == "init_chat_model":
        return "chat"
    if last in EMBEDDINGS or last == "init_embeddings":
        return "embeddings"
    return "completions" if last in COMPLETIONS else None


def find(reader: Reader, clients: Clients, module: Module, call: ast.Call) -> Iterator[ModelCallSite]:
    """Yield the model that `call` makes, if it makes one."""
    del clients
    short = last_name(call.func)
    if short not in CHAT and short not in COMPLETIONS and short not in EMBEDDINGS and not short.startswith("init_"):
        return
    scope = Scope.of(module, call)
    name = reader.name(scope, call.func)
    api = api_of(name)
    if api is None:
        return
    given = reader.mappings.arguments(scope, call, ("model",) if short.startswith("init_") else ())
    given.open |= "configurable_fields" in given.items  # its settings come when it is called
    inner = given.one("model_kwargs")
    if inner is not None:
        given.update(reader.mappings.read(*inner))
    bound = _bound(module, call)
    if bound is not None:
        given.update(reader.mappings.arguments(scope, bound))
    for other, usual in _OTHER_NAMES.items():
        if usual not in given.items and other in given.items:
            given.items[usual] = given.items[other]
            given.maybe |= {usual} if other in given.maybe else set()
    yield reader.site(
        module,
        call,
        sdk="langchain",
        api=api,
        given=given,
        client=Client("langchain", name, module.file.path, call.lineno),
        timeout_names=("timeout", "request_timeout", "default_request_timeout"),
        retry_names=("max_retries",),
        url_names=("base_url", "openai_api_base", "azure_endpoint", "anthropic_api_url"),
    )


def _bound(module: Module, call: ast.Call) -> ast.Call | None:
    """Return the `.bind(...)` that directly follows the construction."""
    attribute = module.parents.get(call)
    outer = module.parents.get(attribute) if isinstance(attribute, ast.Attribute) and attribute.attr == "bind" else None
    return outer if isinstance(outer, ast.Call) else None
