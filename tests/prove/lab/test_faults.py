from gonogo.prove.drive.asking import Ask
from gonogo.prove.lab.faults import choose
from gonogo.prove.lab.script import Fault, Script
from tests.prove.lab.rooms import room


def hits(fault: Fault, calls: int = 6, **call: str) -> list[bool]:
    made = room(Script(faults=(fault,)))
    return [choose(made, "model", **{"operation": "chat", **call}) is fault for _ in range(calls)]


def test_it_hits_the_calls_after_those_let_pass_and_up_to_its_count():
    assert hits(Fault(fault="status", after=2, count=3)) == [False, False, True, True, True, False]


def test_only_calls_of_its_boundary_operation_model_and_host_are_hit_or_counted():
    fault = Fault(fault="status", operations=("embed*",), models=("small-*",), hosts=("eu.*",), count=1)
    made = room(Script(faults=(fault,)))
    right = {"operation": "embeddings", "model": "small-1", "host": "eu.one"}
    assert choose(made, "tool", **right) is None
    for wrong in ({"operation": "chat"}, {"model": "large-1"}, {"host": "us.one"}):
        assert choose(made, "model", **{**right, **wrong}) is None
    assert choose(made, "model", **right) is fault
    assert choose(made, "model", **right) is None


def test_the_primary_model_is_the_one_that_the_healthy_journey_called():
    fault = Fault(fault="status", models=("primary",))
    made = room(Script(faults=(fault,)))
    made.primary = "large-1"
    assert choose(made, "model", operation="chat", model="large-1") is fault
    assert choose(made, "model", operation="chat", model="small-1") is None


def test_a_rate_hits_about_its_share_and_the_same_calls_each_time():
    fault = Fault(fault="status", rate=0.3)
    first = hits(fault, 400)
    assert first == hits(fault, 400)
    assert 80 < sum(first) < 160


def test_the_first_fault_that_is_due_wins_and_later_ones_do_not_count_the_call():
    first, second = Fault(fault="reset", count=1), Fault(fault="status", count=1)
    made = room(Script(faults=(first, second)))
    assert [choose(made, "model", operation="chat") for _ in range(3)] == [first, second, None]


def test_a_time_window_counts_from_the_begin_of_the_case():
    made = room(Script(faults=(Fault(fault="status", to_s=10), Fault(fault="reset", from_s=10, to_s=20))))
    names = []
    for ago in (0, 15, 25):
        made.case_begun -= ago
        found = choose(made, "model", operation="chat")
        names.append(found and found.fault)
        made.case_begun += ago
    assert names == ["status", "reset", None]


def test_streams_and_journeys_narrow_it():
    fault = Fault(fault="status", streams=True, journeys=("ask",))
    made = room(Script(faults=(fault,)))
    made.journeys["1" * 32] = Ask(id="1" * 32, name="ask")
    assert choose(made, "model", operation="chat", stream=True, journey="1" * 32) is fault
    assert choose(made, "model", operation="chat", stream=False, journey="1" * 32) is None
    assert choose(made, "model", operation="chat", stream=True, journey="2" * 32) is None
