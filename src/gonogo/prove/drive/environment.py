"""The variables that point SDKs at the lab, and keep them from going elsewhere.

Each official SDK reads its address and key from the environment; most others follow OpenAI's names. Keys have the form
that a client may check, and say what they are.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from gonogo.errors import CollectError
from gonogo.facts import System

KEYS = {
    "openai": "sk-lab-00000000000000000000000000000000",
    "anthropic": "sk-ant-lab-000000000000000000000000000000",
    "gemini": "lab-gemini-0000000000000000000000000000",
    "huggingface": "hf_lab0000000000000000000000000000",
}

_OPENAI_LIKE = (
    "MISTRAL", "GROQ", "TOGETHER", "OPENROUTER", "DEEPSEEK", "FIREWORKS", "PERPLEXITY", "XAI", "CEREBRAS", "SAMBANOVA",
    "NEBIUS", "DEEPINFRA", "NVIDIA_NIM", "HOSTED_VLLM", "DASHSCOPE",
)  # fmt: skip
"""Providers whose libraries take NAME_API_KEY, and NAME_BASE_URL or (LiteLLM) NAME_API_BASE."""

HOSTS = (
    "api.openai.com", "*.openai.azure.com", "*.services.ai.azure.com", "*.inference.ai.azure.com",
    "api.anthropic.com", "generativelanguage.googleapis.com", "*aiplatform.googleapis.com", "api.mistral.ai",
    "codestral.mistral.ai", "api.cohere.com", "api.cohere.ai", "api.groq.com", "api.together.xyz",
    "api.together.ai", "openrouter.ai", "api.deepseek.com", "api.fireworks.ai", "api.perplexity.ai", "api.x.ai",
    "api.cerebras.ai", "api.sambanova.ai", "api.studio.nebius.ai", "api.deepinfra.com", "router.huggingface.co",
    "api-inference.huggingface.co", "api.voyageai.com", "api.jina.ai", "models.github.ai",
    "models.inference.ai.azure.com", "api.moonshot.ai", "dashscope*.aliyuncs.com", "ollama.com",
)  # fmt: skip
"""Hosts of providers, as globs: an app that has one hard-wired is answered by the stand-in all the same."""

QUIET = {
    "DO_NOT_TRACK": "1",
    "ANONYMIZED_TELEMETRY": "False",
    "HAYSTACK_TELEMETRY_ENABLED": "False",
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "NEXT_TELEMETRY_DISABLED": "1",
    "LANGCHAIN_TRACING_V2": "false",
    "MEM0_TELEMETRY": "False",
    "OTEL_SDK_DISABLED": "true",
    "NPM_CONFIG_UPDATE_NOTIFIER": "false",
    "NPM_CONFIG_FETCH_RETRIES": "0",
    "CHROMA_TELEMETRY_IMPL": "none",
    "GRADIO_ANALYTICS_ENABLED": "False",
    "STREAMLIT_BROWSER_GATHER_USAGE_STATS": "false",
    "CREWAI_DISABLE_TELEMETRY": "true",
    "LANGSMITH_TRACING": "false",
    "AWS_EC2_METADATA_DISABLED": "true",
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "NO_UPDATE_NOTIFIER": "1",
}
"""Switches of well-known libraries that otherwise phone home, or look for what the lab has not."""


def variables(system: System, addresses: Mapping[str, str]) -> dict[str, str]:
    """Return the variables for a system; `addresses` are those of the stand-ins as the app sees them, by name."""
    openai, plain = addresses["openai"], addresses["anthropic"]
    found = {
        **QUIET,
        "OPENAI_BASE_URL": openai,
        "OPENAI_API_BASE": openai,
        "OPENAI_API_KEY": KEYS["openai"],
        "ANTHROPIC_BASE_URL": plain,
        "ANTHROPIC_API_BASE": plain,
        "ANTHROPIC_API_KEY": KEYS["anthropic"],
        "GOOGLE_GEMINI_BASE_URL": plain,
        "GEMINI_API_KEY": KEYS["gemini"],
        "GOOGLE_API_KEY": KEYS["gemini"],
        "OLLAMA_HOST": plain,
        "OLLAMA_API_BASE": plain,
        "AZURE_OPENAI_ENDPOINT": plain,
        "AZURE_OPENAI_API_KEY": KEYS["openai"],
        "AZURE_API_BASE": plain,
        "AZURE_API_KEY": KEYS["openai"],
        "CO_API_URL": plain,
        "CO_API_KEY": KEYS["openai"],
        "COHERE_API_KEY": KEYS["openai"],
        "HF_TOKEN": KEYS["huggingface"],
    }
    for name in _OPENAI_LIKE:
        found[f"{name}_API_KEY"] = KEYS["openai"]
        found[f"{name}_BASE_URL"] = found[f"{name}_API_BASE"] = openai
    for provider in system.providers:
        kind = provider.name if provider.name in KEYS else "openai"
        if provider.base_url_variable:
            found[provider.base_url_variable] = addresses.get(kind, openai)
        if provider.key_variable:
            found[provider.key_variable] = KEYS[kind]
    if system.lab:
        found |= {variable: addresses[standin] for variable, standin in system.lab.point.items()}
    return found


def credential(system: System, identity: str | None) -> dict[str, str]:
    """Return the header of an identity. Its value stands under `lab.environment`, or in the variable it names."""
    given = system.lab.environment if system.lab else {}
    for each in system.identities:
        if each.name == identity and each.variable:
            value = given.get(each.variable) or os.environ.get(each.variable)
            if value is None:
                raise CollectError(
                    f"the identity {each.name!r} has no credential: {each.variable} is set nowhere",
                    mend=f"add {each.variable} to lab.environment in gonogo.yaml, with a value for the lab alone",
                )
            return {each.header: value}
    return {}
