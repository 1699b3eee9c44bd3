"""What every endpoint of Anthropic shares: error bodies by status, and the headers of a good answer.

Statuses and types are those of the errors page of Anthropic's API documentation.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil
from typing import Any

from gonogo.wire import sse
from gonogo.wire.base import ErrorAnswer, Limit, ModelAnswer, WireError
from gonogo.wire.body import encode, rfc3339
from gonogo.wire.openai_errors import waiting

INVALID = "invalid_request_error"
STATUSES = {
    400: (INVALID, "The request is malformed."),
    401: ("authentication_error", "invalid x-api-key"),
    402: ("billing_error", "There is an issue with your billing or payment information."),
    403: ("permission_error", "Your API key does not have permission to use the specified resource."),
    404: ("not_found_error", "model: {model}"),
    408: ("timeout_error", "Request timed out"),
    409: (INVALID, "The resource was changed by another request."),
    413: ("request_too_large", "Request exceeds the maximum size"),
    422: (INVALID, "The request could not be followed."),
    429: ("rate_limit_error", "This request would exceed your organization's rate limit of requests per minute."),
    500: ("api_error", "Internal server error"),
    503: ("overloaded_error", "Overloaded"),
    504: ("timeout_error", "The request timed out."),
    529: ("overloaded_error", "Overloaded"),
}
KINDS = {
    "model_not_found": (404, "not_found_error", "model: {model}"),
    "model_retired": (404, "not_found_error", "model: {model}"),
    "rate_limit": (429, *STATUSES[429]),
    "insufficient_quota": (400, INVALID, "Your credit balance is too low to access the Anthropic API."),
    "invalid_api_key": (401, "authentication_error", "invalid x-api-key"),
    "expired_api_key": (401, "authentication_error", "OAuth token has expired."),
    "context_length": (400, INVALID, "prompt is too long: 200001 tokens > 200000 maximum"),
    "content_filter": (400, INVALID, "Output blocked by content filtering policy"),
    "overloaded": (529, "overloaded_error", "Overloaded"),
}
"""The status, too, is the provider's: no credit is 400 here, overload 529."""


def error(
    status: int,
    *,
    kind: str | None = None,
    message: str | None = None,
    retry_after_s: float | None = None,
    model: str = "",
    param: str | None = None,
    id: str = "0",
) -> ErrorAnswer:
    """Write the error that Anthropic answers, as `Codec.error` says."""
    type_, said = STATUSES.get(status) or STATUSES[500 if status >= 500 else 400]
    if kind in KINDS:
        status, type_, said = KINDS[kind]
    elif kind is not None and kind.endswith("_error"):
        type_ = kind
    body = {"type": type_, "message": message or said.format(model=model or "unknown")}
    return ErrorAnswer(
        status=status,
        body=encode({"type": "error", "error": body, "request_id": f"req_{id}"}),
        headers={"content-type": "application/json", "request-id": f"req_{id}"} | waiting(retry_after_s),
    )


def error_event(error: ErrorAnswer) -> bytes:
    """Write an error within a stream, as `Codec.error_event` says."""
    return sse.encode(error.body, event="error")


def raise_error(raw: dict[str, Any]) -> None:
    """Raise the error that a body or an event carries instead of an answer."""
    if raw.get("type") != "error":
        return
    about = raw.get("error")
    kind, said = (str(about.get("type")), str(about.get("message"))) if isinstance(about, dict) else ("api_error", "")
    raise WireError(said or kind, status=500, kind=kind)


def headers(answer: ModelAnswer, limits: Mapping[str, Limit]) -> dict[str, str]:
    """Return the headers of a good answer, as `Codec.headers` says: limits are reset at a time, not after one."""
    found = {"request-id": f"req_{answer.id}", "anthropic-organization-id": "00000000-0000-0000-0000-000000000000"}
    for name, limit in limits.items():
        found[f"anthropic-ratelimit-{name}-limit"] = str(limit.most)
        found[f"anthropic-ratelimit-{name}-remaining"] = str(limit.left)
        found[f"anthropic-ratelimit-{name}-reset"] = rfc3339(answer.created + ceil(limit.reset_s))
    return found
