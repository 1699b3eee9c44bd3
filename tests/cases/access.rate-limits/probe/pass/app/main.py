"""The HTTP edge."""

import os

from fastapi import Depends, FastAPI, Header, HTTPException
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from app import llm

app = FastAPI()
app.add_middleware(CORSMiddleware, allow_origins=["https://app.example.org"], allow_methods=["POST"])


class Question(BaseModel):
    text: str = Field(min_length=1, max_length=2000)


def require_key(authorization: str = Header(default="")) -> None:
    if authorization != f"Bearer {os.environ['APP_KEY']}":
        raise HTTPException(status_code=401, detail="unknown key")


@app.get("/healthz")
def healthz() -> dict[str, str]:
    return {"status": "ok", "release": os.environ.get("RELEASE", "unknown")}


@app.post("/ask", dependencies=[Depends(require_key)])
def ask(question: Question) -> dict[str, str]:
    return {"answer": llm.answer(question.text)}


LIMIT = 60
seen: dict[str, int] = {}


@app.middleware("http")
async def limit(request, call_next):
    """Count the questions of each address; a real limiter would forget them after a minute."""
    if request.url.path == "/ask":
        address = request.client.host
        seen[address] = seen.get(address, 0) + 1
        if seen[address] > LIMIT:
            return JSONResponse({"detail": "too many questions"}, status_code=429, headers={"Retry-After": "60"})
    return await call_next(request)
