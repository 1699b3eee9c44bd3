"""The HTTP edge."""

import hmac
import os
from collections.abc import Awaitable, Callable

import openai
from fastapi import Depends, FastAPI, Header, HTTPException, Request, Response
from fastapi.middleware.cors import CORSMiddleware
from pydantic import BaseModel, Field

from app import model, release, retrieval
from app.limits import limit


def require_key(authorization: str = Header(default="")) -> None:
    if not hmac.compare_digest(authorization, f"Bearer {os.environ['HANDBOOK_KEY']}"):
        raise HTTPException(401, "unknown key", headers={"WWW-Authenticate": "Bearer"})


app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
app.add_middleware(CORSMiddleware, allow_origins=["https://handbook.example.org"], allow_methods=["GET", "POST"])
guarded = [Depends(limit), Depends(require_key)]


@app.middleware("http")
async def in_release(request: Request, handle: Callable[[Request], Awaitable[Response]]) -> Response:
    """Serve each request by one release, and say by which."""
    name, request.state.release = release.current()
    response = await handle(request)
    response.headers["X-Release"] = name
    return response


class Question(BaseModel):
    text: str = Field(min_length=1, max_length=2000)


@app.get("/healthz")
def healthz() -> dict[str, str]:
    return {"status": "ok"}


@app.get("/search", dependencies=guarded)
def search(text: str) -> dict[str, list[str]]:
    return {"pages": [name for name, _ in retrieval.search(text)]}


@app.post("/ask", dependencies=guarded)
def ask(question: Question, request: Request, traceparent: str = Header(default="")) -> dict[str, object]:
    pages = retrieval.search(question.text)
    trace = traceparent.split("-")[1] if traceparent.count("-") == 3 else ""
    try:
        text = model.answer(question.text, pages, request.state.release, trace)
    except openai.OpenAIError:
        raise HTTPException(503, "no written answer now", headers={"Retry-After": "30"}) from None
    return {"answer": text, "pages": [name for name, _ in pages]}
