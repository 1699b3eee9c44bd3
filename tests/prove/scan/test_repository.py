"""The scanners of files around the code: locks, containers, start commands, documents, environment, stores, traits."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from gonogo.facts import ContainerBase, Dependency, LockFile
from gonogo.prove.scan import dockerfile, locks
from gonogo.prove.scan.documents import role_of
from gonogo.prove.scan.lockfiles import read_requirements

Read = Callable[[str, Mapping[str, str]], list[Any]]


def test_a_requirements_file_with_hashes_is_a_lock_and_one_without_versions_is_not(read: Read) -> None:
    hashed = "a==1.0 \\\n    --hash=sha256:" + "0" * 64 + "\nb==2.0 --hash=sha256:" + "1" * 64 + "\n"
    found = read(
        "lockfiles", {"requirements.txt": hashed, "api/requirements.txt": "x>=1\ny==2.*\nz==3  # exact\n-r other\n"}
    )
    assert [(f.path, f.packages, f.hashed) for f in found if isinstance(f, LockFile)] == [("requirements.txt", 2, True)]
    named = {f.name: f.pinned for f in found if isinstance(f, Dependency) and f.path.startswith("api/")}
    assert named == {"x": False, "y": False, "z": True}


def test_requirements_with_options_markers_and_nonsense_are_read() -> None:
    text = (
        "-e .\n--index-url x\nA[extra]==1 ; python_version > '3'\n???\ngit+https://x/y\nb @ https://h/b.whl#sha256=0\n"
    )
    assert [(r.requirement.name, r.pinned) for r in read_requirements(text)] == [("A", True), ("b", True)]


@pytest.mark.parametrize(
    ("reader", "text", "packages", "hashed"),
    [
        (
            "uv",
            '[[package]]\nname="a"\nsource={registry="r"}\nsdist={hash="sha256:0"}\n[[package]]\nname="me"\nsource={virtual="."}\n',
            1,
            1,
        ),
        (
            "poetry",
            '[[package]]\nname="a"\nfiles=[{file="a",hash="sha256:0"}]\n[[package]]\nname="b"\nfiles=[]\n',
            2,
            1,
        ),
        ("pipfile", '{"default": {"a": {"hashes": ["x"]}}, "develop": {"b": {}}}', 2, 1),
        ("npm", '{"packages": {"": {}, "node_modules/a": {"integrity": "x"}, "node_modules/b": {}}}', 2, 1),
        ("npm", '{"dependencies": {"a": {"integrity": "x", "dependencies": {"b": {}}}}}', 2, 1),
        ("yarn", '# v1\n\n"a@^1":\n  version "1"\n  integrity x\n\n"me@file:x":\n  version "0"\n', 1, 1),
        ("pnpm", "packages:\n  a@1:\n    resolution: {integrity: x}\n  b@1:\n    resolution: {tarball: x}\n", 2, 1),
        ("go", "a v1 h1:x\na v1/go.mod h1:y\nb v2 h1:z\n", 2, 2),
    ],
)
def test_every_lock_format_counts_packages_and_hashes(reader: str, text: str, packages: int, hashed: int) -> None:
    assert getattr(locks, reader)(text) == locks.Counted(packages, hashed)


def test_a_broken_lock_file_gives_no_fact_and_no_crash(read: Read) -> None:
    files = {"uv.lock": "][", "package-lock.json": "[" * 5000, "poetry.lock": "a=1", "pyproject.toml": "x = [1"}
    assert [f.path for f in read("lockfiles", files) if isinstance(f, LockFile) and f.packages] == []


def test_a_dockerfile_with_stages_arguments_and_continuations(read: Read) -> None:
    text = (
        "# syntax=x\nARG TAG=3.11.9\nARG LATER\nFROM --platform=linux/amd64 python:${TAG}-slim AS build\n"
        "RUN apt-get update && \\\n  # a comment inside\n"
        "  apt-get install -y --no-install-recommends curl=1.2 git && true\n"
        "FROM registry:5000/team/app@sha256:abc AS run\nFROM build\nUSER app\nFROM image:$LATER\n"
    )
    found = read("containers", {"Dockerfile": text})
    bases = [(f.line, f.image, f.tag, f.digest) for f in found if isinstance(f, ContainerBase)]
    assert bases == [
        (4, "python", "3.11.9-slim", None),
        (8, "registry:5000/team/app", None, "sha256:abc"),
        (11, None, None, None),
    ]
    assert [(f.name, f.version, f.pinned) for f in found if isinstance(f, Dependency)] == [
        ("curl", "1.2", True),
        ("git", "", False),
    ]


def test_the_user_is_that_of_the_final_stage(read: Read) -> None:
    text = "FROM a:1.0.0 AS one\nUSER nobody\nFROM b:1.0.0\nFROM one\nRUN x\n"
    assert [(f.image, f.user) for f in read("containers", {"Dockerfile": text})] == [("a", "nobody"), ("b", None)]


def test_here_documents_are_no_instructions() -> None:
    text = "FROM a\nRUN <<EOF\nFROM nothing\nUSER root\nEOF\nUSER app\n"
    assert [i.name for i in dockerfile.instructions(text)] == ["FROM", "RUN", "USER"]


@pytest.mark.parametrize("text", ["", "\\", "FROM", "FROM ${X:-", "RUN <<EOF", "\0", "CMD [", 'FROM a\nCMD ["x'])
def test_a_broken_dockerfile_is_read_without_an_error(read: Read, text: str) -> None:
    read("containers", {"Dockerfile": text})
    read("start", {"Dockerfile": text})


def test_start_commands_with_their_ports(read: Read) -> None:
    files = {
        "Dockerfile": 'FROM a\nEXPOSE 9000/tcp\nENTRYPOINT ["gunicorn"]\nCMD ["app:app"]\n',
        "Procfile": "web: uvicorn app:app --port=5000\n",
        "compose.yaml": "services:\n  api:\n    build: .\n    command: uvicorn a:b -p 7000\n",
        "package.json": '{"scripts": {"start": "node server.js"}}',
        "run.py": "import uvicorn\nPORT = 6000\nuvicorn.run('a:b', port=PORT)\n",
    }
    found = {f.path: (f.command[0], f.port) for f in read("start", files)}
    assert found == {
        "Dockerfile": ("gunicorn", 9000),
        "Procfile": ("uvicorn", 5000),
        "compose.yaml": ("uvicorn", 7000),
        "package.json": ("node", None),
        "run.py": ("python", 6000),
    }


def test_a_document_tells_role_headings_commands_labels_and_missing_files(read: Read, tmp_path: Path) -> None:
    text = "# Runbook: outage\n\nOwner: the team. Pager: channel\n\n## Roll back\n"
    text += "\n```sh\n$ ./deploy.sh --rollback\n./gone.sh\n```\n"
    (found,) = read("documents", {"docs/runbook.md": text, "deploy.sh": "true"})
    assert (found.role, found.title, found.changed_at) == ("runbook", "Runbook: outage", None)
    assert found.headings == ("runbook: outage", "roll back")
    assert [c.text for c in found.commands] == ["./deploy.sh --rollback", "./gone.sh"]
    assert all(c.line > 1 for c in found.commands)
    assert {"owner", "pager"} <= set(found.labels)
    assert found.missing == ("./gone.sh",)


def test_a_document_has_the_date_of_its_own_last_commit(read: Read, tmp_path: Path) -> None:
    def commit(date: str) -> None:
        who = ["-c", "user.name=author", "-c", "user.email=author@example.org"]
        env = {"GIT_COMMITTER_DATE": date, "GIT_AUTHOR_DATE": date, "PATH": "/usr/bin:/bin"}
        subprocess.run(["git", "add", "."], cwd=tmp_path, check=True, env=env)
        subprocess.run(["git", *who, "commit", "-qm", "x"], cwd=tmp_path, check=True, env=env)

    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    (tmp_path / "README.md").write_text("# A\n")
    commit("2026-01-02T00:00:00Z")
    (tmp_path / "b c.md").write_text("# B\n")
    commit("2026-03-04T00:00:00Z")
    found = {f.path: f.changed_at for f in read("documents", {})}
    assert found == {"README.md": "2026-01-02T00:00:00+00:00", "b c.md": "2026-03-04T00:00:00+00:00"}


@pytest.mark.parametrize(
    ("path", "role"),
    [
        ("docs/runbooks/outage.md", "runbook"),
        ("docs/on-call.md", "contacts"),
        ("CHANGELOG.md", "changelog"),
        ("docs/architecture.md", "architecture"),
        ("README.md", "readme"),
        ("docs/interchange.md", "docs"),
    ],
)
def test_the_role_of_a_document_comes_from_words_of_its_path(path: str, role: str) -> None:
    assert role_of(path, []) == role


def test_environment_reads_with_their_defaults(read: Read) -> None:
    files = {
        "a.py": "import os\nfrom os import environ\nNAME = 'MODEL'\n"
        "a = os.environ['KEY']\nb = os.getenv(NAME, 'm-1')\nc = environ.get('X')\n",
        ".env.example": "# comment\nexport URL=http://x\nEMPTY=\n",
    }
    found = [(f.path, f.line, f.name, f.default) for f in read("environment", files)]
    assert found == [
        (".env.example", 2, "URL", "http://x"),
        (".env.example", 3, "EMPTY", None),
        ("a.py", 4, "KEY", None),
        ("a.py", 5, "MODEL", "m-1"),
        ("a.py", 6, "X", None),
    ]


def test_the_default_of_a_secret_variable_is_not_shown(read: Read) -> None:
    text = "import os\nos.getenv('API_KEY', 'hunter2')\nos.getenv('API_TOKEN', '')\n"
    assert [f.default for f in read("environment", {"a.py": text})] == ["…", ""]


@pytest.mark.parametrize(
    ("setting", "origins", "credentials"),
    [
        ('allow_origins=["*"], allow_credentials=True', ("*",), True),
        ("allow_origins=ORIGINS", ("https://a", "https://b"), False),
        ("allow_origins=settings.origins", None, False),
        ("allow_origins=json.loads(x)", None, False),
        ('allow_origin_regex=".*"', ("*",), False),
        ("**options", None, None),
        ("", (), False),
    ],
)
def test_cors_origins_are_resolved_or_unknown(
    read: Read, setting: str, origins: tuple[str, ...] | None, credentials: bool | None
) -> None:
    text = (
        "from fastapi import FastAPI\nfrom fastapi.middleware.cors import CORSMiddleware\n"
        "from pydantic_settings import BaseSettings\nORIGINS = ['https://a', *['https://b']]\n"
        "class Settings(BaseSettings):\n    origins: list[str] = ['*']\nsettings = Settings()\n"
        f"app = FastAPI()\napp.add_middleware(CORSMiddleware, {setting})\n"
    )
    (found,) = read("cors", {"a.py": text})
    assert (found.line, found.origins, found.credentials) == (9, origins, credentials)


def test_cors_of_flask_express_and_by_hand(read: Read) -> None:
    files = {
        "f.py": "from flask_cors import CORS\nCORS(app)\nCORS(app, origins='https://a')\n",
        "h.py": "# cors\nself.send_header('Access-Control-Allow-Origin', '*')\n",
        "s.js": "app.use(cors());\napp.use(cors({ origin: 'https://a', credentials: true }));\n",
    }
    found = [(f.path, f.line, f.origins, f.credentials) for f in read("cors", files)]
    assert found == [
        ("f.py", 2, ("*",), False),
        ("f.py", 3, ("https://a",), False),
        ("h.py", 2, ("*",), False),
        ("s.js", 1, ("*",), False),
        ("s.js", 2, ("https://a",), True),
    ]


def test_an_instruction_stands_on_its_own_line_below_a_comment(read: Read) -> None:
    text = "# a\n\n# b\nFROM a:1\n# one\n# two\nRUN apt-get install -y \\\n  # why\n  curl\n# start\nCMD python a.py\n"
    found = read("containers", {"Dockerfile": text})
    assert [(getattr(f, "name", "FROM"), f.line) for f in found] == [("FROM", 4), ("curl", 7)]
    assert [f.line for f in read("start", {"Dockerfile": text})] == [11]


def test_packages_that_pip_is_told_by_name_in_a_dockerfile(read: Read) -> None:
    text = (
        'FROM a:1\nRUN pip install --upgrade pip && pip install uv "poetry==$V" -r r.txt x[y]>=1 ./a -e .\n'
        "RUN pip3 install --no-cache-dir -c constraints.txt gunicorn==20.1.0\n"
    )
    found = [(f.name, f.version, f.pinned, f.line) for f in read("containers", {"Dockerfile": text})[1:]]
    assert found == [
        ("uv", "", False, 2), ("poetry", "==$V", True, 2), ("x", ">=1", False, 2), ("gunicorn", "==20.1.0", True, 3),
    ]  # fmt: skip


def test_cors_of_quart_django_and_a_wrapped_app(read: Read) -> None:
    files = {
        "q.py": "from quart_cors import cors\ncors(app)\ncors(app, allow_origin=['https://a'], allow_credentials=x)\n",
        "settings.py": (
            "CORS_ALLOW_CREDENTIALS = True\nCORS_ALLOWED_ORIGINS = ['https://a']\nCORS_ALLOW_ALL_ORIGINS = DEBUG\n"
        ),
        "old.py": "CORS_ORIGIN_ALLOW_ALL = True\nCORS_ALLOW_ALL_ORIGINS = False\n",
        "w.py": "from starlette.middleware.cors import CORSMiddleware\nCORSMiddleware(app, allow_origins=['*'])\n",
    }
    found = [(f.path, f.line, f.origins, f.credentials) for f in read("cors", files)]
    assert found == [
        ("old.py", 1, ("*",), False), ("q.py", 2, ("*",), False), ("q.py", 3, ("https://a",), None),
        ("settings.py", 2, ("https://a",), True), ("settings.py", 3, None, True), ("w.py", 2, ("*",), False),
    ]  # fmt: skip


def test_origins_that_cannot_be_resolved_are_named_as_they_are_written(read: Read) -> None:
    text = "from fastapi.middleware.cors import CORSMiddleware\napp.add_middleware(CORSMiddleware, allow_origins={})\n"
    (named,) = read("cors", {"a.py": text.format("settings.ORIGINS")})
    (made,) = read("cors", {"a.py": text.format("read_origins()")})
    (plain,) = read("cors", {"a.py": text.format("['https://a']")})
    assert [(f.origins, f.source) for f in (named, made, plain)] == [
        (None, "settings.ORIGINS"), (None, ""), (("https://a",), ""),
    ]  # fmt: skip


def test_a_format_of_a_file_is_no_structured_output_and_a_prompt_of_the_system_may_stand_alone(read: Read) -> None:
    files = {
        "a.py": "tts.create(response_format='mp3')\nimages.create(response_format='b64_json')\n",
        "app/prompts/system.md": "You are an assistant.\n",
    }
    assert [(f.name, f.path) for f in read("traits", files)] == [("system_prompt", "app/prompts/system.md")]


def test_transport_security_given_up_is_found_and_harmless_calls_are_not(read: Read) -> None:
    files = {
        "a.py": (
            "import ssl, httpx, requests, jwt\nrequests.get(u, verify=False)\nhttpx.Client(verify=True)\n"
            "ctx = ssl._create_unverified_context()\nctx.verify_mode = ssl.CERT_NONE\njwt.decode(t, verify=False)\n"
            "u = 'http://api.openai.com/v1'\nv = 'http://localhost:8000'\n"
        ),
        "b.ts": "const a = new https.Agent({ rejectUnauthorized: false });\nconst b = { rejectUnauthorized: true };\n",
        "Dockerfile": "FROM a\nENV NODE_TLS_REJECT_UNAUTHORIZED=0\n",
        "tests/test_a.py": "import requests\nrequests.get(u, verify=False)\n",
    }
    found = {(f.path, f.line) for f in read("transport", files)}
    assert found == {("a.py", 2), ("a.py", 4), ("a.py", 5), ("a.py", 7), ("b.ts", 1), ("Dockerfile", 2)}


def test_stores_by_import_client_and_image(read: Read) -> None:
    files = {
        "a.py": "import chromadb\nimport boto3\nfrom qdrant_client import QdrantClient\nboto3.client('s3')\n",
        "compose.yaml": "services:\n  db:\n    image: pgvector/pgvector:pg16\n",
        "tests/t.py": "import pinecone\n",
    }
    found = {(f.path, f.line, f.product, f.role) for f in read("stores", files)}
    assert found == {
        ("a.py", 1, "chroma", "vector"),
        ("a.py", 3, "qdrant", "vector"),
        ("a.py", 4, "s3", "bucket"),
        ("compose.yaml", 3, "pgvector", "vector"),
    }


def test_tools_with_their_effects(read: Read) -> None:
    text = """
import subprocess
import requests
from langchain_core.tools import tool
from mcp.server.fastmcp import FastMCP
mcp = FastMCP("x")


def run(c):
    return subprocess.run(c)


@tool("shell")
def execute(c: str):
    "Run."
    return run(c)


@mcp.tool()
def fetch(u: str):
    return requests.get(u)


TOOLS = [{"type": "function", "function": {"name": "search", "parameters": {}}}]
"""
    found = {(f.name, f.framework, f.effects) for f in read("tools", {"a.py": text})}
    assert found == {
        ("shell", "langchain", ("shell",)),
        ("fetch", "mcp", ("network",)),
        ("search", "json-schema", ()),
    }


def test_traits_are_told_where_they_are_seen_and_never_denied(read: Read) -> None:
    files = {
        "alembic/versions/1_a.py": "",
        "k8s/hpa.yaml": "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\n",
        "a.py": "from trl import SFTTrainer\nt = SFTTrainer()\nm = [{'role': 'system', 'content': 'x'}]\n"
        "client.create(response_format={'type': 'json_object'})\n",
        "b.py": "stt.create(response_format='text')\n",
    }
    found = read("traits", files)
    assert all(f.holds for f in found)
    assert {f.name: f.path for f in found} == {
        "migrations": "alembic/versions/1_a.py",
        "autoscaler": "k8s/hpa.yaml",
        "trains_model": "a.py",
        "system_prompt": "a.py",
        "program_consumes_output": "a.py",
        "structured_output": "a.py",
    }


BAD = {
    "a.py": "def f(:\n",
    "deep.py": "x = " + "(" * 3000 + ")" * 3000,
    "b.yaml": "apiVersion: v1\nkind: [\n",
    "compose.yaml": "services: [1, {image: }]\n",
    "helm/templates/x.yaml": "apiVersion: v1\nkind: {{ .Values.kind }}\n",
    "package.json": "[]",
    "c.js": "cors({origin: ",
    ".mcp.json": '{"mcpServers": 3}',
    "Dockerfile": "FROM\n\\\n",
    "n.ipynb": '{"cells": 3}',
    "README.md": "```\n" * 3,
}
SCANNERS = ("lockfiles", "containers", "routes", "health", "rate_limits", "cors", "documents", "environment")
SCANNERS += ("stores", "tools", "transport", "traits", "start")


@pytest.mark.parametrize("scanner", SCANNERS)
def test_bad_input_gives_no_crash(read: Read, tmp_path: Path, scanner: str) -> None:
    (tmp_path / "binary.py").write_bytes(b"\0\xff\xfe")
    (tmp_path / "latin.py").write_bytes(b"# \xe9\nimport os\nos.getenv('A')\n")
    (tmp_path / "loop").symlink_to(tmp_path)
    read(scanner, BAD)


@pytest.mark.parametrize("scanner", SCANNERS)
def test_an_empty_directory_gives_nothing(read: Read, scanner: str) -> None:
    assert read(scanner, {}) == []
