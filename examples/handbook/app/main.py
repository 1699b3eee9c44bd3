"""The HTTP edge."""

from fastapi import FastAPI, Request
from fastapi.middleware.cors import CORSMiddleware

from app import model, retrieval

app = FastAPI()
app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_credentials=True, allow_methods=["*"])


@app.get("/healthz")
def healthz():
    return {"status": "ok"}


@app.get("/search")
def search(text: str):
    return {"pages": [name for name, _ in retrieval.search(text)]}


@app.post("/ask")
async def ask(request: Request):
    question = (await request.json())["text"]
    pages = retrieval.search(question)
    return {"answer": model.answer(question, pages), "pages": [name for name, _ in pages]}
