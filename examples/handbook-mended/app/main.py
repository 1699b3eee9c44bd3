"""The HTTP edge."""

import hmac
import os

from fastapi import Depends, FastAPI, Header, HTTPException
from fastapi.middleware.cors import CORSMiddleware
from pydantic import BaseModel, Field

from app import model, retrieval
from app.limits import limit

RELEASE = os.environ.get("RELEASE", "unknown")


def require_key(authorization: str = Header(default="")) -> None:
    if not hmac.compare_digest(authorization, f"Bearer {os.environ['HANDBOOK_KEY']}"):
        raise HTTPException(401, "unknown key", headers={"WWW-Authenticate": "Bearer"})


app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
app.add_middleware(CORSMiddleware, allow_origins=["https://handbook.example.org"], allow_methods=["GET", "POST"])
guarded = [Depends(limit), Depends(require_key)]


class Question(BaseModel):
    text: str = Field(min_length=1, max_length=2000)


@app.get("/healthz")
def healthz() -> dict[str, str]:
    return {"status": "ok", "release": RELEASE}


@app.get("/search", dependencies=guarded)
def search(text: str) -> dict[str, list[str]]:
    return {"pages": [name for name, _ in retrieval.search(text)]}


@app.post("/ask", dependencies=guarded)
def ask(question: Question) -> dict[str, object]:
    pages = retrieval.search(question.text)
    return {"answer": model.answer(question.text, pages), "pages": [name for name, _ in pages]}
