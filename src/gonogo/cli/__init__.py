"""The command line: one file per verb, and only the verb that was called is imported.

`gonogo --version` answers before anything else is loaded: it may cost no more than a few times starting Python.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from io import TextIOWrapper
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import typer

VERBS = {
    "check": "judge this repository, and with --env its deployment: GO or NO-GO",
    "init": "write a first gonogo.yaml by looking at the repository",
    "gate": "decide from the evidence on record and sign the decision",
    "verify": "hold a decision and a ledger against signatures, heads and the law",
    "attest": "sign a statement for what no machine can tell",
    "waive": "accept a failing control for a while, beside its finding",
    "approve": "sign that you verified the evidence, or a changed law",
    "key": "make, list and trust signing keys",
    "lab": "crash-test the system on a throw-away copy",
    "load": "send the declared load to the system, and judge what its users waited for",
    "drill": "do now, and time, what is done only in need",
    "replay": "judge the evidence on record again, offline, with the checks of this version",
    "scan": "print the facts that reading the repository gives",
    "facts": "query the evidence on record",
    "forget": "make what was kept of one person unreadable",
    "catalog": "list, show and export the controls",
    "new": "begin a control: catalogue entry, check, test and cases",
}
"""Every verb, in the order of the help page. `gonogo.cli.<verb>` has a function of that name, or an `app`."""


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit code: 0 GO or done, 1 NO-GO or failed, 2 wrong use, 130 interrupted."""
    given = sys.argv[1:] if arguments is None else arguments
    if given in (["--version"], ["-V"]):
        from gonogo import __version__

        print(f"gonogo {__version__}")
        return 0
    return _run(given)


def _run(given: list[str]) -> int:
    from gonogo.cli.failure import explained

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a terminal that lacks a character gets its escape, not an error
            stream.reconfigure(errors="backslashreplace")
    # An entry such as `.` would let a program of the repository that is read pass for git.
    places = os.environ.get("PATH", os.defpath).split(os.pathsep)
    os.environ["PATH"] = os.pathsep.join(place for place in places if place.startswith(os.sep))
    with explained() as outcome:
        wanted = given[0] if given and given[0] in VERBS else None
        _mount([wanted] if wanted else list(VERBS))(given, prog_name="gonogo")
    return outcome.code


def _mount(verbs: list[str]) -> typer.Typer:
    import typer

    app = typer.Typer(
        name="gonogo",
        help="The production checklist for AI systems, executed: evidence in, a signed GO or NO-GO out.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )

    @app.callback()
    def gonogo(version: bool = typer.Option(False, "--version", "-V", help="Print the version.")) -> None:
        pass

    for verb in verbs:
        module = import_module(f"gonogo.cli.{verb}")
        if hasattr(module, "app"):
            app.add_typer(module.app, name=verb, help=_help(verb))
        else:
            app.command(verb, help=_help(verb, getattr(module, verb).__doc__))(getattr(module, verb))
    return app


def _help(verb: str, text: str | None = None) -> str:
    """Return the verb's one line, and below it what its docstring says beyond the first line."""
    line = VERBS[verb]
    return f"{line[0].upper()}{line[1:]}.\n\n{(text or '').partition(chr(10) * 2)[2]}".strip()
