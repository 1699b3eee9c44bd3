import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gonogo.facts.traffic import ToolUse
from gonogo.wire import jsonrpc, mcp, sse
from gonogo.wire.base import Tool, WireError
from gonogo.wire.jsonrpc import Message, RpcError

META = {mcp.VERSION_KEY: "2026-07-28", mcp.CAPABILITIES_KEY: {}}
HEADERS = {mcp.VERSION_HEADER: "2026-07-28", mcp.METHOD_HEADER: "tools/call", mcp.NAME_HEADER: "search"}


def call(**params) -> Message:
    return Message(method="tools/call", id=1, params={"name": "search", "_meta": META, **params})


@pytest.mark.parametrize(
    ("line", "code", "id"),
    [
        (b"{", -32700, None),
        (b"[]", -32600, None),
        (b'{"id": 1, "method": "ping"}', -32600, 1),
        (b'{"jsonrpc": "2.0", "id": true, "method": "ping"}', -32600, None),
        (b'{"jsonrpc": "2.0", "id": null, "method": "ping"}', -32600, None),
        (b'{"jsonrpc": "2.0", "id": "a"}', -32600, "a"),
        (b'{"jsonrpc": "2.0", "id": 1, "method": "ping", "params": [1]}', -32602, 1),
        (b'{"jsonrpc": "2.0", "id": 1, "result": {}, "error": {}}', -32600, 1),
    ],
)
def test_a_message_that_is_none_is_refused_with_the_code_of_json_rpc(line, code, id):
    with pytest.raises(RpcError) as caught:
        jsonrpc.parse(line)
    assert (caught.value.code, caught.value.id) == (code, id)
    written = msgspec.json.decode(jsonrpc.error(caught.value))
    assert written["error"]["code"] == code
    assert written["id"] == id


def test_requests_notifications_and_responses_are_told_apart():
    request = jsonrpc.parse(jsonrpc.request("ping", {}, 0))
    assert request.is_request
    assert request.id == 0
    assert not jsonrpc.parse(jsonrpc.notification("notifications/initialized", {})).is_request
    response = jsonrpc.parse(jsonrpc.result({"a": 1}, "x"))
    assert (response.is_request, response.result, response.id) == (False, {"a": 1}, "x")


@pytest.mark.parametrize(
    ("asked", "given"),
    [("2024-11-05", "2024-11-05"), ("2025-06-18", "2025-06-18"), ("2026-07-28", "2025-11-25"), ("x", "2025-11-25")],
)
def test_a_handshake_agrees_on_the_version_asked_for_or_on_the_newest_that_has_one(asked, given):
    assert mcp.negotiate(Message(method="initialize", id=1, params={"protocolVersion": asked})) == given


def test_a_request_with_its_own_version_needs_no_session_and_one_without_does():
    assert mcp.modern_version(call(), HEADERS) == "2026-07-28"
    assert mcp.modern_version(call(), None) == "2026-07-28"
    assert mcp.modern_version(Message(method="ping", id=1), {mcp.VERSION_HEADER: "2025-06-18"}) is None
    assert mcp.modern_version(Message(method="ping", id=1), {}) is None


@pytest.mark.parametrize(
    ("message", "headers", "code"),
    [
        (call(), {}, mcp.HEADER_MISMATCH),
        (call(), {**HEADERS, mcp.NAME_HEADER: "delete"}, mcp.HEADER_MISMATCH),
        (call(), {**HEADERS, mcp.METHOD_HEADER: "tools/list"}, mcp.HEADER_MISMATCH),
        (call(_meta={**META, mcp.VERSION_KEY: "2027-01-01"}), None, mcp.UNSUPPORTED_VERSION),
        (call(_meta={mcp.VERSION_KEY: "2026-07-28"}), HEADERS, jsonrpc.INVALID_PARAMS),
        (Message(method="ping", id=1), {mcp.VERSION_HEADER: "2027-01-01"}, mcp.UNSUPPORTED_VERSION),
    ],
)
def test_a_request_that_contradicts_itself_or_is_too_new_is_refused(message, headers, code):
    with pytest.raises(RpcError) as caught:
        mcp.modern_version(message, headers)
    assert caught.value.code == code


@pytest.mark.parametrize("name", ["search", "naïve search", " edge", "=?base64?x?="])
def test_a_name_survives_its_header(name):
    headers = {**HEADERS, mcp.NAME_HEADER: mcp.encode_name(name)}
    assert mcp.modern_version(call(name=name), headers) == "2026-07-28"
    assert headers[mcp.NAME_HEADER].isascii()


def test_results_say_how_long_they_hold_only_in_the_version_that_knows_it():
    listing = Message(method="tools/list", id=1)
    value = mcp.tools((Tool(name="search"),))
    old = jsonrpc.parse(mcp.answer(listing, value, "2025-11-25", {"name": "s", "version": "1"})).result
    new = jsonrpc.parse(mcp.answer(listing, value, "2026-07-28", {"name": "s", "version": "1"})).result
    assert set(old) == {"tools"}
    assert (new["resultType"], new["ttlMs"], new["cacheScope"]) == ("complete", 0, "private")
    assert mcp.read_tools(old) == mcp.read_tools(new) == (Tool(name="search", schema={"type": "object"}),)


def test_a_call_and_its_result_are_read_back():
    assert mcp.read_call(call(arguments={"q": 1})) == ToolUse(id="1", name="search", arguments='{"q":1}')
    for result in (
        mcp.ToolResult(text="found", structured={"n": 1}),
        mcp.ToolResult(text="broken", failed=True),
        mcp.ToolResult(empty=True),
    ):
        assert mcp.read_tool_result(mcp.tool_result(result)) == result
    with pytest.raises(WireError):
        mcp.read_tool_result({"output": "no content"})


def test_an_answer_is_read_from_json_and_from_an_event_stream():
    body = jsonrpc.result({}, 1)
    assert mcp.read_messages(body, "application/json") == [jsonrpc.parse(body)]
    progress = mcp.progress(call(_meta={"progressToken": "t"}), 1, 2)
    stream = b"".join(sse.encode(event, "message") for event in (progress, body))
    assert [message.method for message in mcp.read_messages(stream, "text/event-stream; charset=utf-8")] == [
        "notifications/progress",
        "",
    ]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
FUZZ = settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow], deadline=None)
FIELDS = st.sampled_from(["jsonrpc", "id", "method", "params", "result", "error"])
VALUES = JSON | st.sampled_from(["2.0", "tools/call", {"_meta": META}, {"name": "a", "_meta": 1}, {"name": []}])


@FUZZ
@given(st.binary() | st.dictionaries(FIELDS, VALUES).map(msgspec.json.encode))
def test_any_bytes_are_a_message_or_an_error_of_json_rpc(line):
    try:
        message = jsonrpc.parse(line)
        mcp.modern_version(message, HEADERS)
        mcp.modern_version(message, None)
        mcp.progress(message, 1, 1)
        mcp.read_call(message)
    except RpcError as error:
        assert jsonrpc.parse(jsonrpc.error(error)).error["code"] == error.code


@FUZZ
@given(st.dictionaries(st.sampled_from(["content", "isError", "tools", "structuredContent"]), JSON))
def test_any_result_is_read_or_is_a_wire_error(result):
    for read in (mcp.read_tools, mcp.read_tool_result):
        try:
            read(result)
        except WireError:
            continue


@FUZZ
@given(st.binary(), st.sampled_from(["application/json", "text/event-stream", ""]))
def test_any_answer_is_read_or_is_a_wire_error(body, content_type):
    try:
        mcp.read_messages(body, content_type)
    except WireError:
        return
