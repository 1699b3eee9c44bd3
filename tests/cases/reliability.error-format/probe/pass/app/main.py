"""The HTTP edge."""

import os

from fastapi import Depends, FastAPI, Header, HTTPException
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException as AnyHTTPException

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


@app.exception_handler(AnyHTTPException)
def refused(request, error):
    return JSONResponse({"error": {"code": error.status_code, "message": error.detail}}, status_code=error.status_code)


@app.exception_handler(RequestValidationError)
def invalid(request, error):
    return JSONResponse({"error": {"code": 422, "message": "the question is not valid"}}, status_code=422)
