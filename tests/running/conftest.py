"""Says which cases were judged otherwise before they were judged as they should."""


def pytest_terminal_summary(terminalreporter):
    """List each playing that went otherwise, of passed tests too: a case that needs a second one is worth a look."""
    reports = [r for outcome in ("passed", "failed") for r in terminalreporter.stats.get(outcome, ())]
    said = [str(text) for r in reports for name, text in r.user_properties if name == "otherwise"]
    if said:
        terminalreporter.section("judged otherwise at first")
        terminalreporter.write("".join(f"{line}\n" for line in said))
