"""What a model id promises: one fixed version, or whatever its provider serves under that name today.

Rules, from what the providers say of their own names:
- OpenAI: a name with a date is a snapshot; the bare name of a family that has dated snapshots is an alias which is
  pointed at newer ones (platform.openai.com/docs/models, "snapshots"; "pinned model versions" in the API reference).
- Anthropic: an id with a date is fixed, and so is every id of the 4.6 generation and later, dated or not; the dateless
  names of earlier generations are aliases of the newest snapshot (platform.claude.com, "Model IDs and versioning").
- Google: `-001` and the like are fixed, `-latest` moves, the bare names of generations 1 and 2.0 are auto-updated
  aliases (cloud.google.com/vertex-ai, "Model versions and lifecycle"); from 2.5 on a stable name is one version.
- Mistral, Cohere, xAI, DeepSeek: a four-figure or month-year suffix is fixed, `-latest` and bare product names move.
- Ollama and other registries: `:latest` moves, a digest is fixed.
Anything else cannot be told from the name.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class Pinning(NamedTuple):
    """`pinned` is None where the name alone cannot tell; `reason` says why, in a few words."""

    pinned: bool | None
    reason: str


_DATED = re.compile(r"[-@](20\d\d-?[01]\d-?[0-3]\d)(?=$|[-:@])|-(0[1-9]|1[0-2])-20\d\d(?=$|-)")
_OPENAI = re.compile(r"(gpt-3\.5|gpt-4|gpt-5|chatgpt|o[134])(?=$|[-.o])")
_OPENAI_NUMBER = re.compile(r"^gpt-[\w.\-]*-\d{4}(-preview|-vision-preview)?$")
_CLAUDE = re.compile(r"^claude-[a-z]+-(\d{1,2})(?:[-.](\d{1,2}))?(?:-v\d+(?::\d+)?)?$")
_GEMINI = re.compile(r"^gemini-(\d+)\.(\d+)-(?!.*(preview|exp))[a-z\-]+$")
_NUMBERED = re.compile(r"^(mistral|magistral|devstral|codestral|ministral|pixtral|open-mi[sx]tral|grok)[\w.\-]*-\d{4}$")
_SINGLE = {
    "text-embedding-ada-002", "text-embedding-3-small", "text-embedding-3-large", "whisper-1", "tts-1", "tts-1-hd",
    "dall-e-2", "dall-e-3", "claude-2.0", "claude-2.1", "claude-instant-1.2",
}  # fmt: skip
"""Names that have one version only."""
_MOVING = {
    "deepseek-chat": "DeepSeek upgrades it in place",
    "deepseek-reasoner": "DeepSeek upgrades it in place",
    "command": "an alias of Cohere's newest",
    "command-r": "an alias; dated names such as command-r-08-2024 are fixed",
    "command-r-plus": "an alias; dated names such as command-r-plus-08-2024 are fixed",
    "gemini-pro": "an alias of Google's newest",
    "sonnet": "an alias of the newest Claude Sonnet",
    "opus": "an alias of the newest Claude Opus",
    "haiku": "an alias of the newest Claude Haiku",
}
_NO_SAMPLING = re.compile(r"^(o[134](-|$)|gpt-5(?!-chat)(-|\.|$)|codex-)")


_PROVIDER = re.compile(
    r"^(openai(-chat|-responses)?|azure(_openai|_ai)?|anthropic|google(_genai|_vertexai|_anthropic_vertex|-gla|-vertex)?"
    r"|bedrock(_converse)?|mistralai|mistral|groq|deepseek|xai|grok|cohere|together|fireworks|openrouter|ollama):(?=\D)"
)
"""What `init_chat_model("openai:gpt-5")` and its like put before the id."""


def short(model: str) -> str:
    """Return the id without the names of providers, regions and registries before it."""
    name = model.strip().lower()
    if name.startswith(("ft:", "/", "./", "../", "~")):
        return name
    name = _PROVIDER.sub("", name.rpartition("/")[2])
    return re.sub(r"^((us|eu|apac|global)\.)?(anthropic|amazon|meta|mistral|cohere)\.", "", name)


def pinning(model: str) -> Pinning:
    """Say whether `model` names one fixed version."""
    name = short(model)
    if "sha256:" in name:
        return Pinning(True, "named by its digest")
    if name.startswith("ft:"):
        return Pinning(True, "a fine-tuned model of one's own is one version")
    if name.startswith(("/", "./", "../", "~")) or name.endswith((".gguf", ".safetensors", ".onnx", ".pt", ".bin")):
        return Pinning(None, "a local file without a checksum")
    if name.endswith("latest"):
        return Pinning(False, "“latest” moves")
    if name in _MOVING:
        return Pinning(False, _MOVING[name])
    if name in _SINGLE or _DATED.search(name) or _OPENAI_NUMBER.match(name) or _NUMBERED.match(name):
        return Pinning(True, "names one version")
    return _by_family(name)


def _by_family(name: str) -> Pinning:
    if name.startswith("claude-"):
        version = _CLAUDE.match(name)
        if version and (int(version[1]), int(version[2] or 0)) >= (4, 6):
            return Pinning(True, "an id of Claude 4.6 or later is one version")
        return Pinning(False, "an alias of its newest dated snapshot")
    if name.startswith("gpt-35-"):
        return Pinning(None, "an Azure name, whose version is set where it is deployed")
    if name.startswith("gpt-oss"):
        return Pinning(None, "open weights, whose version the server decides")
    if _OPENAI.match(name):
        return Pinning(False, "an alias; only names with a date are snapshots")
    if name.startswith("gemini-"):
        return _gemini(name)
    if re.match(r"^grok-\d", name):
        return Pinning(False, "an alias of its newest version")
    return Pinning(None, "its name does not say whether it moves")


def _gemini(name: str) -> Pinning:
    if re.search(r"-\d{3}$|-\d{2}-\d{2}$", name):
        return Pinning(True, "names one version")
    version = _GEMINI.match(name)
    if version is None:
        return Pinning(None, "a preview, which may move")
    if (int(version[1]), int(version[2])) >= (2, 5):
        return Pinning(True, "a stable name is one version from 2.5 on")
    return Pinning(False, "an auto-updated alias; names that end in -001 are fixed")


def refuses_sampling(model: str) -> bool:
    """Tell whether the model answers a request that sets a temperature with an error.

    OpenAI's reasoning models do, and Claude from Opus 4.7 and generation 5 on.
    """
    name = short(model)
    claude = _CLAUDE.match(name)
    if claude is not None:
        version = (int(claude[1]), int(claude[2] or 0))
        return version >= ((4, 7) if name.startswith("claude-opus") else (5, 0))
    return bool(_NO_SAMPLING.match(name))
