"""What the proof on the state of conversations says of requests that lack, repeat, swap or mix what was said."""

import msgspec
import pytest

from gonogo.facts import Exchange, ModelCall, ScenarioRun
from tests.checks.lab_facts import changed, facts_of, judged

STATE = "agent-reliability.multi-turn-state"
FACTS = facts_of(STATE)


def last_call():
    last = next(f for f in FACTS if isinstance(f, Exchange) and "Amber, turn 20" in f.said)
    return next(f for f in FACTS if isinstance(f, ModelCall) and any(m.canary == f.marker for m in last.matches))


LAST = last_call()
SYSTEM, FIRST, NOTED, *REST = LAST.prompt


@pytest.mark.parametrize(
    ("prompt", "what"),
    [
        ((SYSTEM, NOTED, *REST), "was sent without: Amber, turn 1:"),
        ((SYSTEM, FIRST, *REST), "was sent without: marker"),
        ((SYSTEM, FIRST, NOTED, FIRST, *REST), "with something twice: Amber, turn 1:"),
        ((SYSTEM, *REST, FIRST, NOTED), "in another order"),
        (
            (SYSTEM, msgspec.structs.replace(FIRST, text="Birch, turn 3: my locker is called kelp."), *LAST.prompt[1:]),
            "the words of another conversation: Birch, turn 3",
        ),
    ],
)
def test_a_request_without_the_whole_history_once_and_in_order_fails(prompt, what):
    finding = judged(STATE, changed(FACTS, ModelCall, lambda c: c == LAST, prompt=prompt))
    assert finding.outcome == "fail"
    assert what in finding.evidence[0].detail.replace(NOTED.text.split()[-1].strip("."), "marker")


def test_a_history_in_one_message_passes():
    whole = msgspec.structs.replace(FIRST, text="\n".join(turn.text for turn in LAST.prompt))
    assert judged(STATE, changed(FACTS, ModelCall, lambda c: c == LAST, prompt=(whole,))).outcome == "pass"


def test_a_turn_without_an_answer_fails():
    def twentieth(exchange):
        return "Amber, turn 20" in exchange.said

    finding = judged(STATE, changed(FACTS, Exchange, twentieth, status=404, answer="", matches=()))
    assert finding.outcome == "fail"
    assert "got no answer of the model" in finding.evidence[0].detail


def test_fewer_turns_than_are_asked_for_show_nothing():
    assert judged(STATE, FACTS, turns=30).outcome == "inconclusive"


def test_answers_without_the_words_of_the_model_show_nothing():
    finding = judged(STATE, changed(FACTS, Exchange, lambda e: e.case in ("before", "after"), matches=()))
    assert finding.outcome == "inconclusive"


def test_undeclared_nothing_is_shown_and_the_key_is_named():
    facts = changed(FACTS, ScenarioRun, lambda run: True, cases=("healthy",), cut={"before": "not declared"})
    finding = judged(STATE, facts)
    assert finding.outcome == "inconclusive"
    assert "conversation" in finding.fix
