"""`gonogo lab`: crash-test the system on a throw-away copy."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperGroup

from gonogo.cli.check import Format

if TYPE_CHECKING:
    from gonogo.assess import State
    from gonogo.derive.factset import FactSet
    from gonogo.facts import System
    from gonogo.prove.lab.collect import Lab, Plan


class _Verb(TyperGroup):
    """`gonogo lab [PATH]` plays; a first word that is one of its commands is that command, and no path."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        ctx.allow_interspersed_args = not (args and args[0] in self.commands)
        return super().parse_args(ctx, args if ctx.allow_interspersed_args else [".", *args])


app = typer.Typer(cls=_Verb, invoke_without_command=True)


@app.callback()
def lab(
    context: typer.Context,
    path: Path = typer.Argument(Path(), help="The repository."),
    scenario: list[str] = typer.Option([], "--scenario", "-s", help="Only this scenario, or control; may be repeated."),
    area: list[str] = typer.Option([], "--area", "-a", help="Only scenarios that concern this area of the catalogue."),
    quick: bool = typer.Option(
        False, "--quick", help="Cut long waits and large attack sets, and say what that leaves."
    ),
    case: str | None = typer.Option(None, "--case", help="Only this case, after the healthy one. Not kept."),
    journey: str | None = typer.Option(None, "--journey", help="Only this journey of gonogo.yaml. Not kept."),
    listing: bool = typer.Option(False, "--list", help="List the scenarios and what each proves; play nothing."),
    env: str | None = typer.Option(
        None, "--env", help="A running environment that is pointed at the lab, instead of a copy."
    ),
    profile: str | None = typer.Option(None, "--profile", "-p", help="The set of controls; default: what was played."),
    system: str | None = typer.Option(None, "--system", help="One of several systems in gonogo.yaml."),
    format: Format = typer.Option(Format.text, "--format", "-f", help="How to write the result."),
    output: Path | None = typer.Option(None, "--output", "-o", help="Write it to this file instead of the terminal."),
    html: Path | None = typer.Option(None, "--html", help="Write the HTML report there as well."),
    no_record: bool = typer.Option(False, "--no-record", help="Do not keep what was seen in .gonogo/."),
    all_findings: bool = typer.Option(False, "--all", help="Show every finding, passes included."),
) -> None:
    """Crash-test the system on a throw-away copy.

    Starts the app that gonogo.yaml declares, contained and without anything of your own environment, with stand-ins
    where its provider, tools and stores are; sends its journeys; breaks and attacks what it stands on; and judges what
    its users got. The plan and its expected time come first. What --case and --journey narrow down shows one thing
    again; it proves no control, so it is not kept and the evidence on record stays.

    With --env it goes to an app that runs already and that you have pointed at the lab: on this machine, or declared
    disposable. What would start, stop or change the app is left out then.
    """
    if context.invoked_subcommand:
        return
    from gonogo.cli.proving import proved
    from gonogo.prove.lab.collect import Lab

    collector = Lab(tuple(scenario), tuple(area), quick, case, journey)
    if listing:
        _list(path, collector)
        return
    whole = not (case or journey)
    proved(
        collector, lambda state: _planned(state, collector, quick), path=path, system=system, profile=profile,
        record=whole and not no_record, format=format, output=output, html=html, method="lab", whole=all_findings,
        show=_seen if whole else lambda facts: _journeys(facts, path, collector),
        environment=env,
    )  # fmt: skip


@app.command()
def record(
    path: Path = typer.Argument(Path(), help="The repository."),
    system: str | None = typer.Option(None, "--system", help="One of several systems in gonogo.yaml."),
) -> None:
    """Record what the real provider answers, once.

    Sends each declared journey to the contained app and passes its model calls on to the real provider, with your key,
    at your cost. The answers, screened, go to gonogo/tape.jsonl; from then on the lab's model says them again.
    """
    import asyncio

    from gonogo import assess
    from gonogo.cli.show import progress
    from gonogo.errors import CollectError
    from gonogo.prove.lab.recording import hosts
    from gonogo.prove.lab.recording import record as recorded
    from gonogo.prove.lab.tape import TAPE
    from gonogo.report.hostile import visible
    from gonogo.report.view import plural

    with progress() as tell:
        state = assess.look(assess.Request(root=path, system=system, record=False, tell=tell))
        if state.declaration is None:
            raise CollectError("the lab needs to know how the app starts and what users do with it", mend="gonogo init")
        declared = state.declaration.system
        tell(f"{plural(len(declared.journeys), 'journey')} to {' and '.join(hosts(declared))}, at your cost")
        made = asyncio.run(recorded(state.root, state.home, declared, tell))
    for model, count in made.models.items():
        print(visible(f"{plural(count, 'answer')} of {model}"))
    for why, count in made.refused.items():
        print(visible(f"not recorded, {plural(count, 'time')}: {why}"))
    print(f"{TAPE} holds {plural(made.whole, 'answer')}; commit it. Next: gonogo lab")


def _planned(state: State, collector: Lab, quick: bool) -> list[str]:
    """Say the plan, and return the controls that it proves."""
    if state.declaration is None:
        return []
    declared = state.declaration.system
    plan = collector.plan(state.home, state.declaration, state.environment)
    _say_plan(plan, declared, quick, asked=bool(collector.scenarios))
    return [c for s in plan.scenarios for c in s.feeds]


def _journeys(facts: FactSet, path: Path, collector: Lab) -> None:
    """Show each journey of a narrowed run from beginning to end: that is what it was played for."""
    from rich.console import Console

    from gonogo import assess
    from gonogo.derive.timelines import played
    from gonogo.prove.lab.scenario import chosen, load
    from gonogo.report.pen import Journeys

    scenarios = chosen(load(assess.look_for_home(path)), collector.scenarios, collector.areas)
    names = [scenario.scenario for scenario in scenarios]
    Console(highlight=False).print(Journeys(played(facts, names, collector.case, collector.journey)))


def _seen(facts: FactSet) -> None:
    """Show what a run tells besides its findings: how the app reacted, and where else it wanted to go."""
    _reactions(facts)
    _contacts(facts)


def _contacts(facts: FactSet) -> None:
    from gonogo.facts import Contact
    from gonogo.report.hostile import visible

    elsewhere = [c for c in facts.of(Contact) if c.scenario != "tls-outbound"]  # there, the lab pointed it at them
    hosts = sorted({f"{c.host}:{c.port}" if c.port else c.host for c in elsewhere})
    if hosts:
        more = f" and {len(hosts) - 12} more" if hosts[12:] else ""
        print(visible(f"The app also wanted to reach {', '.join(hosts[:12])}{more}. No packet left this machine."))


def _reactions(facts: FactSet) -> None:
    """Show what the app did on each kind of trouble: calls, time, money, and what the user got."""
    from rich.console import Console
    from rich.table import Table

    from gonogo.derive.journeys import Journey
    from gonogo.derive.reactions import reactions
    from gonogo.report.hostile import visible

    found = reactions(j for j in facts.needed(Journey) if j.scenario == "reactions")
    if not found:
        return
    table = Table("journey", "trouble", "calls", "gaps, s", "took, s", "USD", "the user got", "and read", box=None)
    for r in found:
        spaces = " ".join(f"{g:.1f}" for g in r.gaps[:6]) + (" ..." if r.gaps[6:] else "")
        row = (r.journey, r.trouble, str(r.calls), spaces, f"{r.seconds:.1f}", f"{r.usd:.4f}", r.got, r.said)
        table.add_row(*(visible(cell) for cell in row))
    Console(highlight=False, markup=False).print(table)


def _list(path: Path, collector: Lab) -> None:
    from gonogo import assess
    from gonogo.prove.lab.scenario import chosen, load

    for each in chosen(load(assess.look_for_home(path)), collector.scenarios, collector.areas):
        print(f"{each.scenario:28} {each.title}\n{'':28} proves {', '.join(each.feeds)}")


def _say_plan(plan: Plan, system: System, quick: bool, asked: bool) -> None:
    """Say what is played and what is not; one that was asked for by name gets its reason in any case."""
    import sys

    from gonogo.report.view import plural

    seconds = plan.seconds(system, quick)
    took = f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
    rooms = "one copy of the app" if plan.rooms == 1 else f"{plan.rooms} copies of the app side by side"
    if plan.listens:
        from gonogo.prove.lab.running import pointers

        rooms = "the app that runs already"
        given = " ".join(f"{name}={value}" for name, value in pointers(system, plan.listens).items())
        print(f"lab: that app is to have been started with {given}", file=sys.stderr)
    print(f"lab: {len(plan.scenarios)} scenarios, {rooms}, about {took} at most", file=sys.stderr)
    if plan.elsewhere and not asked:
        print(f"lab: {plural(len(plan.elsewhere), 'scenario')} more concern other kinds of systems", file=sys.stderr)
    for name, reason in {**plan.lacking, **(plan.elsewhere if asked else {})}.items():
        print(f"lab: left out {name}: {reason}", file=sys.stderr)
