from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from gonogo.facts import HttpRoute
from gonogo.prove.scan.guards import sounds_like_a_guard

Read = Callable[[str, Mapping[str, str]], list[Any]]

FASTAPI = {
    "app/__init__.py": "",
    "app/security.py": """
from typing import Annotated
from fastapi import Depends, HTTPException, status
from fastapi.security import HTTPBearer

bearer = HTTPBearer()
lenient = HTTPBearer(auto_error=False)


def get_current(token=Depends(bearer)):
    return token


def check(x: str):
    raise HTTPException(status_code=status.HTTP_401_UNAUTHORIZED)


def get_settings():
    return {}


def role(name):
    def inner(user=Depends(get_current)):
        if user != name:
            raise HTTPException(403)
    return inner


Current = Annotated[str, Depends(get_current)]
""",
    "app/items.py": """
from fastapi import APIRouter, Body, Depends, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel
from app import answers
from app.security import Current, check, get_settings, lenient, role

router = APIRouter(prefix="/items")


class Item(BaseModel):
    name: str


@router.get("/open")
def open_route(settings=Depends(get_settings)):
    return {}


@router.get("/lenient", dependencies=[Depends(lenient)])
def lenient_route():
    return {}


@router.post("/typed", dependencies=[Depends(check)])
async def typed(item: Item):
    return await answers.give(item.name)


@router.post("/raw")
async def raw(item: dict, user: Current):
    return {}


@router.put("/hand/{key}")
async def hand(key: str, request: Request, _=Depends(role("admin"))):
    data = await request.json()
    return StreamingResponse(iter([]))


@router.patch("/made")
async def made(request: Request):
    return Item.model_validate(await request.json())
""",
    "app/answers.py": """
from openai import AsyncOpenAI
client = AsyncOpenAI()


async def give(text):
    return await client.chat.completions.create(model="m", messages=[])
""",
    "app/main.py": """
from fastapi import APIRouter, FastAPI, Depends
from app import items
from app.security import check

app = FastAPI()
v1 = APIRouter(prefix="/v1")
v1.include_router(items.router)
app.include_router(v1, prefix="/api")
private = APIRouter(prefix="/private")


@private.get("")
def secret():
    return {}


app.include_router(private, dependencies=[Depends(check)])
""",
}


@pytest.fixture
def routes(read: Read) -> dict[str, HttpRoute]:
    return {f"{r.method} {r.route}": r for r in read("routes", FASTAPI)}


def test_prefixes_of_routers_are_joined_through_every_mount(routes: dict[str, HttpRoute]) -> None:
    assert set(routes) == {
        "GET /api/v1/items/open",
        "GET /api/v1/items/lenient",
        "POST /api/v1/items/typed",
        "POST /api/v1/items/raw",
        "PUT /api/v1/items/hand/{key}",
        "PATCH /api/v1/items/made",
        "GET /private",
    }


@pytest.mark.parametrize(
    ("route", "guard"),
    [
        ("GET /api/v1/items/open", None),
        ("GET /api/v1/items/lenient", None),
        ("POST /api/v1/items/typed", "Depends(check)"),
        ("POST /api/v1/items/raw", "Depends(get_current)"),
        ("PUT /api/v1/items/hand/{key}", "Depends(role('admin'))"),
        ("GET /private", "Depends(check)"),
    ],
)
def test_a_guard_is_told_by_what_the_dependency_does(
    routes: dict[str, HttpRoute], route: str, guard: str | None
) -> None:
    assert routes[route].authentication == guard


@pytest.mark.parametrize(
    ("route", "typed"),
    [
        ("GET /api/v1/items/open", None),
        ("POST /api/v1/items/typed", True),
        ("POST /api/v1/items/raw", False),
        ("PUT /api/v1/items/hand/{key}", False),
        ("PATCH /api/v1/items/made", True),
    ],
)
def test_a_body_is_typed_when_a_model_is_made_of_it(
    routes: dict[str, HttpRoute], route: str, typed: bool | None
) -> None:
    assert routes[route].typed_body is typed


def test_streaming_and_calls_of_a_model_are_seen_through_the_call_graph(routes: dict[str, HttpRoute]) -> None:
    assert {r for r, f in routes.items() if f.streams} == {"PUT /api/v1/items/hand/{key}"}
    assert {r for r, f in routes.items() if f.calls_model} == {"POST /api/v1/items/typed"}


def test_flask_routes_with_blueprints_decorators_and_before_request(read: Read) -> None:
    text = """
from functools import wraps
from flask import Blueprint, Flask, abort, request
from flask_login import login_required

app = Flask(__name__)
bp = Blueprint("x", __name__, url_prefix="/x")


def needs_key(f):
    @wraps(f)
    def inner(*a):
        if "key" not in request.headers:
            abort(401)
        return f(*a)
    return inner


@app.route("/a", methods=["GET", "POST"])
@login_required
def a():
    return request.get_json()


@bp.route("/b")
@needs_key
def b():
    return ""


@bp.post("/c")
def c():
    return ""


app.register_blueprint(bp)
"""
    found = {f"{r.method} {r.route}": r for r in read("routes", {"app.py": text})}
    assert {k: r.authentication for k, r in found.items()} == {
        "GET /a": "@login_required",
        "POST /a": "@login_required",
        "GET /x/b": "@needs_key",
        "POST /x/c": None,
    }
    assert found["POST /a"].typed_body is False


def test_middleware_that_refuses_guards_every_route(read: Read) -> None:
    text = """
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
app = FastAPI()


@app.middleware("http")
async def keys(request: Request, call_next):
    if "key" not in request.headers:
        return JSONResponse({}, status_code=401)
    return await call_next(request)


@app.post("/a")
def a():
    return {}
"""
    assert [r.authentication for r in read("routes", {"app.py": text})] == ["middleware keys"]


def test_other_frameworks(read: Read) -> None:
    found = read(
        "routes",
        {
            "s.py": "from starlette.routing import Route\ndef f(r): ...\nx = [Route('/s', f, methods=['POST'])]\n",
            "d/urls.py": "from django.urls import path\nfrom d import views\nu = [path('chat/', views.chat)]\n",
            "d/views.py": "def chat(request): ...\n",
            "w.py": "from aiohttp import web\nasync def h(request): ...\n"
            "a = web.Application()\na.router.add_post('/w', h)\n",
        },
    )
    assert {(r.framework, r.method, r.route) for r in found} == {
        ("starlette", "POST", "/s"),
        ("django", "GET", "/chat/"),
        ("aiohttp", "POST", "/w"),
    }


@pytest.mark.parametrize("name", ["verify_token", "get_current_user", "check_api_key", "JWTBearer"])
def test_names_that_speak_of_authentication(name: str) -> None:
    assert sounds_like_a_guard(name)


@pytest.mark.parametrize("name", ["get_tokenizer", "get_author", "user_agent_of", "get_settings", "keyboard"])
def test_names_that_do_not(name: str) -> None:
    assert not sounds_like_a_guard(name)


def test_health_routes_say_what_they_ask(read: Read) -> None:
    text = """
import requests
from fastapi import FastAPI
from sqlalchemy import text
app = FastAPI()


@app.get("/healthz")
def healthz():
    return {"ok": True}


@app.get("/api/ready")
def ready(session):
    session.execute(text("select 1"))
    requests.get("http://other/health")
    return {}


@app.get("/health/{x}/details")
def other():
    return {}
"""
    found = [(h.route, h.role, h.looks_at) for h in read("health", {"app.py": text})]
    assert found == [("/healthz", "health", ()), ("/api/ready", "ready", ("database", "http"))]


def test_rate_limits_with_their_route(read: Read) -> None:
    text = """
from fastapi import FastAPI
from slowapi import Limiter
limiter = Limiter(key_func=lambda r: "x", default_limits=["60/minute"])
app = FastAPI()


@app.post("/a")
@limiter.limit("5/minute")
def a(request):
    return {}
"""
    files = {"app.py": text, "nginx.conf": "http {\n  limit_req_zone $x zone=a:1m rate=1r/s;\n}\n"}
    found = {(r.framework, r.limit, r.route) for r in read("rate_limits", files)}
    assert found == {
        ("slowapi", "60/minute", None),
        ("slowapi", "5/minute", "POST /a"),
        ("nginx", "$x zone=a:1m rate=1r/s", None),
    }


def test_middleware_given_by_a_call_and_an_exception_made_elsewhere(read: Read) -> None:
    files = {
        "main.py": "from fastapi import FastAPI\nfrom keys import guard\napp = FastAPI()\n"
        "app.middleware('http')(guard)\n"
        "@app.post('/a')\ndef a():\n    return {}\n",
        "keys.py": "from fastapi import HTTPException\nDENIED = HTTPException(status_code=401)\n"
        "async def guard(request, call_next):\n    raise DENIED\n",
    }
    assert [r.authentication for r in read("routes", files)] == ["middleware guard"]


def test_a_blueprint_of_quart_is_no_flask(read: Read) -> None:
    text = "from quart import Blueprint, Quart\nbp = Blueprint('a', __name__)\n@bp.route('/a')\nasync def a(): ...\n"
    (found,) = read("routes", {"a.py": text})
    assert found.framework == "quart"


def test_requires_of_starlette_guards_a_route(read: Read) -> None:
    text = (
        "from fastapi import APIRouter\nfrom starlette.authentication import requires\napi = APIRouter()\n"
        "@api.get('/a')\n@requires(['authenticated'])\ndef a(request): ...\n@api.get('/b')\ndef b(): ...\n"
    )
    assert [(f.route, f.authentication) for f in read("routes", {"a.py": text})] == [("/a", "@requires"), ("/b", None)]
