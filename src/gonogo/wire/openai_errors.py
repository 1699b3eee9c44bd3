"""What every endpoint of OpenAI shares: error bodies by status, and the headers of a good answer.

Statuses and codes are those of the error guide of OpenAI's API reference, and of what the API was seen to answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from gonogo.wire import sse
from gonogo.wire.base import ErrorAnswer, Limit, ModelAnswer, WireError
from gonogo.wire.body import encode


class Failure(msgspec.Struct, frozen=True):
    """One error: its `type` and `code` on the wire, and what it says by default."""

    type: str
    code: str | None
    message: str


INVALID = "invalid_request_error"
KINDS = {
    "model_not_found": Failure(
        INVALID, "model_not_found", "The model `{model}` does not exist or you do not have access to it."
    ),
    "model_retired": Failure(
        INVALID,
        "model_not_found",
        "The model `{model}` has been deprecated, learn more here: https://platform.openai.com/docs/deprecations",
    ),
    "rate_limit": Failure(
        "requests",
        "rate_limit_exceeded",
        "Rate limit reached for {model} in organization org-0 on requests per min (RPM): Limit 3, Used 3, Requested 1."
        " Please try again in {wait}. Visit https://platform.openai.com/account/rate-limits to learn more.",
    ),
    "insufficient_quota": Failure(
        "insufficient_quota",
        "insufficient_quota",
        "You exceeded your current quota, please check your plan and billing details.",
    ),
    "invalid_api_key": Failure(
        INVALID,
        "invalid_api_key",
        "Incorrect API key provided. You can find your API key at https://platform.openai.com/account/api-keys.",
    ),
    "expired_api_key": Failure(INVALID, "token_expired", "Provided authentication token is expired."),
    "context_length": Failure(
        INVALID,
        "context_length_exceeded",
        "This model's maximum context length is 128000 tokens. However, your messages resulted in more tokens."
        " Please reduce the length of the messages.",
    ),
    "content_filter": Failure(
        INVALID,
        "content_filter",
        "The response was filtered due to the prompt triggering a content management policy.",
    ),
    "overloaded": Failure(
        "service_unavailable_error",
        "server_is_overloaded",
        "The engine is currently overloaded, please try again later.",
    ),
}
STATUSES = {
    400: Failure(INVALID, None, "The request is malformed."),
    401: KINDS["invalid_api_key"],
    403: Failure(
        "request_forbidden", "unsupported_country_region_territory", "Country, region, or territory not supported"
    ),
    404: KINDS["model_not_found"],
    408: Failure("internal_error", "request_timeout", "Timed out generating response. Please try again."),
    409: Failure(INVALID, "conflict", "The resource was updated by another request."),
    413: Failure("server_error", None, "Maximum content size limit (26214400) exceeded"),
    422: Failure(INVALID, None, "The request was well-formed but could not be followed."),
    429: KINDS["rate_limit"],
    500: Failure(
        "server_error",
        None,
        "The server had an error while processing your request. Sorry about that!"
        " (Please include the request ID req_{id} in your message.)",
    ),
    503: KINDS["overloaded"],
    529: KINDS["overloaded"],
}
GATEWAY = {502: "Bad Gateway", 504: "Gateway Time-out"}
"""Answered by the network in front of the API, and so in HTML."""


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
    """Write the error that OpenAI answers with `status`, as `Codec.error` says."""
    headers = {"content-type": "application/json", "x-request-id": f"req_{id}"} | waiting(retry_after_s)
    if status in GATEWAY and kind is None and message is None:
        title = f"{status} {GATEWAY[status]}"
        page = f"<html>\n<head><title>{title}</title></head>\n<body><center><h1>{title}</h1></center></body>\n</html>\n"
        return ErrorAnswer(status=status, body=page.encode(), headers=headers | {"content-type": "text/html"})
    failure = _failure(status, kind)
    said = message or failure.message.format(model=model or "unknown", wait=_duration(retry_after_s or 1), id=id)
    if param is None and failure.code == "context_length_exceeded":
        param = "messages"
    body = {"error": {"message": said, "type": failure.type, "param": param, "code": failure.code}}
    return ErrorAnswer(status=status, body=encode(body), headers=headers)


def error_event(error: ErrorAnswer) -> bytes:
    """Write an error within a stream, as `Codec.error_event` says."""
    return sse.encode(error.body)


def raise_error(raw: dict[str, Any]) -> None:
    """Raise the error that a body or an event carries instead of an answer; some servers have its fields at the top."""
    failure = raw if raw.get("object") == "error" else raw.get("error")
    if failure is None:
        return
    about = failure if isinstance(failure, dict) else {"message": str(failure)}
    kind = str(about.get("code") or about.get("type") or "error")
    raise WireError(str(about.get("message") or kind), status=500, kind=kind)


def headers(answer: ModelAnswer, limits: Mapping[str, Limit]) -> dict[str, str]:
    """Return the headers of a good answer, as `Codec.headers` says."""
    found = {"x-request-id": f"req_{answer.id}", "openai-version": "2020-10-01", "openai-processing-ms": "1"}
    for name, limit in limits.items():
        found[f"x-ratelimit-limit-{name}"] = str(limit.most)
        found[f"x-ratelimit-remaining-{name}"] = str(limit.left)
        found[f"x-ratelimit-reset-{name}"] = _duration(limit.reset_s)
    return found


def waiting(retry_after_s: float | None) -> dict[str, str]:
    """Return the headers that ask to wait: whole seconds for everybody, milliseconds for the official SDKs."""
    if retry_after_s is None:
        return {}
    if float(retry_after_s).is_integer():
        return {"retry-after": str(int(retry_after_s))}
    return {"retry-after": str(int(retry_after_s) + 1), "retry-after-ms": str(round(retry_after_s * 1000))}


def _failure(status: int, kind: str | None) -> Failure:
    """Choose the error of a status and a kind; an unknown kind becomes the code."""
    usual = STATUSES.get(status) or STATUSES[500 if status >= 500 else 400]
    if kind is None:
        return usual
    if kind == INVALID:
        return Failure(INVALID, None, usual.message)
    return KINDS.get(kind) or Failure(INVALID if status < 500 else "server_error", kind, usual.message)


def _duration(seconds: float) -> str:
    """Write a duration as the rate-limit headers have it: 6m0s, 2s, 250ms."""
    if seconds < 1:
        return f"{round(seconds * 1000)}ms"
    minutes, rest = divmod(seconds, 60)
    return f"{int(minutes)}m{rest:g}s" if minutes else f"{rest:g}s"
