"""The HTTP edge."""

import os

from fastapi import Depends, FastAPI, Header, HTTPException
from fastapi.middleware.cors import CORSMiddleware
from pydantic import BaseModel, Field

from app import llm

app = FastAPI()
app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["POST"])


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
