"""The one place that calls the model."""

import os

import httpx
from openai import OpenAI

MODEL = "gpt-4o-mini-2024-07-18"

client = OpenAI(api_key=os.environ["OPENAI_API_KEY"], timeout=60, max_retries=2, http_client=httpx.Client(verify=True))


def answer(question: str) -> str:
    reply = client.chat.completions.create(
        model=MODEL,
        messages=[{"role": "system", "content": "Answer briefly."}, {"role": "user", "content": question}],
        max_tokens=400,
        temperature=0.2,
    )
    return reply.choices[0].message.content or ""
