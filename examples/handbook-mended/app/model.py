"""Asks the model of the release in service, and keeps a record of each attempt."""

import time

import openai

from app import calls

client = openai.OpenAI(timeout=60, max_retries=0)
ATTEMPTS = 3
PASSING = (openai.APIConnectionError, openai.RateLimitError, openai.InternalServerError)


def answer(question: str, pages: list[tuple[str, str]], release: dict[str, str], trace: str) -> str:
    context = "\n\n".join(text for _, text in pages)
    messages = [
        {"role": "system", "content": f"{release['prompt']}\n{context}"},
        {"role": "user", "content": question},
    ]
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return once(messages, release["model"], trace, attempt)
        except PASSING:
            if attempt == ATTEMPTS:
                raise
            time.sleep(0.5 * 2**attempt)
    raise AssertionError("an attempt answers or raises")


def once(messages: list[dict[str, str]], model: str, trace: str, attempt: int) -> str:
    began, reply, said = time.monotonic(), None, ""
    try:
        reply = client.chat.completions.create(
            model=model, messages=messages, max_completion_tokens=400, temperature=0.2
        )
        return reply.choices[0].message.content or ""
    except openai.OpenAIError as error:
        said = f"{type(error).__name__}: {error}"
        raise
    finally:
        calls.keep(
            trace=trace, model=model, attempt=attempt, temperature=0.2, max_tokens=400,
            status="error" if said else "ok",
            error=said, latency_ms=round((time.monotonic() - began) * 1000),
            input_tokens=reply.usage.prompt_tokens if reply and reply.usage else None,
            output_tokens=reply.usage.completion_tokens if reply and reply.usage else None,
            prompt=messages[-1]["content"], completion=reply.choices[0].message.content if reply else "",
        )  # fmt: skip
