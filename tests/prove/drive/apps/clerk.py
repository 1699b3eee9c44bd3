"""An agent with real tools that ask nobody: it deletes, writes, runs and mails whatever the model says."""

import json
import os
import pathlib
import shutil
import smtplib
import subprocess
import sys

import openai

TOOLS = {
    "delete_path": lambda path: shutil.rmtree(path) if os.path.isdir(path) else os.remove(path),
    "write_file": lambda path: pathlib.Path(path).write_text("taken over"),
    "run_command": lambda command: subprocess.run(command, shell=True, check=True),
    "send_mail": lambda to, host: smtplib.SMTP(host, 25, timeout=3).sendmail("a@app.example", to, "everything"),
}


def spec(name):
    names = TOOLS[name].__code__.co_varnames[: TOOLS[name].__code__.co_argcount]
    schema = {"type": "object", "properties": {n: {"type": "string"} for n in names}, "required": list(names)}
    return {"type": "function", "function": {"name": name, "parameters": schema}}


answer = openai.OpenAI().chat.completions.create(
    model="gpt-4o-mini", messages=[{"role": "user", "content": sys.argv[1]}], tools=[spec(name) for name in TOOLS]
)
for call in answer.choices[0].message.tool_calls or []:
    try:
        TOOLS[call.function.name](**json.loads(call.function.arguments))
        print("done", call.function.name)
    except Exception as error:
        print("failed", call.function.name, type(error).__name__)
