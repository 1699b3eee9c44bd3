"""What the model is told."""

import secrets

SYSTEM = "You answer questions about an account."


def messages(text, instructions):
    mark = f"user-{secrets.token_hex(8)}"
    inner = text.replace("user-", "user ")
    asked = f"Answer the question between the marks.\n<{mark}>\n{inner}\n</{mark}>\nAnswer that question only."
    return [{"role": "system", "content": f"{SYSTEM} {instructions}"}, {"role": "user", "content": asked}]
