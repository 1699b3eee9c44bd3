"""Asks the model."""

from openai import OpenAI

client = OpenAI()


def answer(question: str, pages: list[tuple[str, str]]) -> str:
    context = "\n\n".join(text for _, text in pages)
    reply = client.chat.completions.create(
        model="gpt-4o",
        messages=[
            {"role": "system", "content": f"Answer from the handbook.\n{context}"},
            {"role": "user", "content": question},
        ],
    )
    return reply.choices[0].message.content
