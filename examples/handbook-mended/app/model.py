"""Asks the model."""

from openai import OpenAI

MODEL = "gpt-4o-2024-11-20"
client = OpenAI(timeout=60, max_retries=2)


def answer(question: str, pages: list[tuple[str, str]]) -> str:
    context = "\n\n".join(text for _, text in pages)
    reply = client.chat.completions.create(
        model=MODEL,
        messages=[
            {"role": "system", "content": f"Answer from the handbook.\n{context}"},
            {"role": "user", "content": question},
        ],
        max_completion_tokens=400,
        temperature=0.2,
    )
    return reply.choices[0].message.content or ""
