"""Errors of Google's Gemini API: `google.rpc` statuses with typed details.

Statuses are those of google.rpc.Code and of the troubleshooting page of the Gemini API.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gonogo.wire import sse
from gonogo.wire.base import ErrorAnswer, Limit, ModelAnswer, WireError
from gonogo.wire.body import encode
from gonogo.wire.openai_errors import waiting

TYPE = "type.googleapis.com/google.rpc."
STATUSES = {
    400: ("INVALID_ARGUMENT", "Request contains an invalid argument."),
    401: ("UNAUTHENTICATED", "Request had invalid authentication credentials."),
    403: ("PERMISSION_DENIED", "The caller does not have permission."),
    404: ("NOT_FOUND", "models/{model} is not found for API version v1beta, or is not supported for generateContent."),
    408: ("DEADLINE_EXCEEDED", "Deadline expired before operation could complete."),
    409: ("ABORTED", "The operation was aborted."),
    413: ("INVALID_ARGUMENT", "Request payload size exceeds the limit."),
    422: ("FAILED_PRECONDITION", "Precondition check failed."),
    429: ("RESOURCE_EXHAUSTED", "You exceeded your current quota, please check your plan and billing details."),
    500: ("INTERNAL", "An internal error has occurred. Please retry."),
    503: ("UNAVAILABLE", "The model is overloaded. Please try again later."),
    504: ("DEADLINE_EXCEEDED", "Deadline expired before operation could complete."),
}
KINDS = {
    "model_not_found": (404, *STATUSES[404]),
    "model_retired": (404, *STATUSES[404]),
    "rate_limit": (429, *STATUSES[429]),
    "insufficient_quota": (429, *STATUSES[429]),
    "invalid_api_key": (400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key."),
    "expired_api_key": (400, "INVALID_ARGUMENT", "API key expired. Please renew the API key."),
    "context_length": (
        400,
        "INVALID_ARGUMENT",
        "The input token count (1048577) exceeds the maximum number of tokens allowed (1048576).",
    ),
    "content_filter": (400, "INVALID_ARGUMENT", "The prompt was blocked."),
    "overloaded": (503, *STATUSES[503]),
}
"""The status, too, is the provider's: a wrong key is 400 here."""


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
    """Write the error that Google answers, as `Codec.error` says; the wait is a detail of the body too."""
    name, said = STATUSES.get(status) or STATUSES[500 if status >= 500 else 400]
    if kind in KINDS:
        status, name, said = KINDS[kind]
    elif kind is not None and kind.isupper():
        name = kind
    failure: dict[str, Any] = {"code": status, "message": message or said.format(model=model or "unknown")}
    failure["status"] = name
    details = _details(status, kind, retry_after_s, model, param)
    if details:
        failure["details"] = details
    return ErrorAnswer(
        status=status,
        body=encode({"error": failure}),
        headers={"content-type": "application/json"} | waiting(retry_after_s),
    )


def error_event(error: ErrorAnswer) -> bytes:
    """Write an error within a stream, as `Codec.error_event` says."""
    return sse.encode(error.body)


def raise_error(raw: dict[str, Any]) -> None:
    """Raise the error that a body or an event carries instead of an answer."""
    about = raw.get("error")
    if about is None:
        return
    name, said = (about.get("status"), about.get("message")) if isinstance(about, dict) else ("INTERNAL", about)
    raise WireError(str(said), status=500, kind=str(name))


def headers(answer: ModelAnswer, limits: Mapping[str, Limit]) -> dict[str, str]:
    """Return the headers of a good answer: this API tells its time, and nothing of its limits."""
    return {"server-timing": "gfet4t7; dur=1"}


def _details(
    status: int, kind: str | None, retry_after_s: float | None, model: str, param: str | None
) -> list[dict[str, Any]]:
    """Write the typed details of an error."""
    found: list[dict[str, Any]] = []
    if kind in ("invalid_api_key", "expired_api_key"):
        found.append({"@type": f"{TYPE}ErrorInfo", "reason": "API_KEY_INVALID", "domain": "googleapis.com"})
    if param:
        found.append({"@type": f"{TYPE}BadRequest", "fieldViolations": [{"field": param}]})
    if status == 429:
        quota = {
            "quotaMetric": "generativelanguage.googleapis.com/generate_content_requests",
            "quotaId": "GenerateRequestsPerMinutePerProjectPerModel",
            "quotaDimensions": {"model": model, "location": "global"},
        }
        found.append({"@type": f"{TYPE}QuotaFailure", "violations": [quota]})
    if retry_after_s is not None:
        found.append({"@type": f"{TYPE}RetryInfo", "retryDelay": f"{retry_after_s:g}s"})
    return found
