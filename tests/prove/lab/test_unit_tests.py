"""Coverage in the LCOV format is read as the tools of several languages write it."""

from gonogo.prove.lab.procedures.unit_tests import lcov

REPORT = """\
TN:
SF:app/core.py
FN:1,ask
DA:1,1,Jn4hsk
DA:2,0
DA:3,12
LF:3
LH:2
end_of_record
SF:app/core.py
DA:2,4
end_of_record
SF:app/empty.py
end_of_record
"""


def test_the_records_of_one_file_are_joined_and_a_file_without_lines_is_left_out():
    assert lcov(REPORT.splitlines()) == {"app/core.py": (3, 3)}


def test_what_is_no_report_has_nothing():
    assert lcov(["<xml>", "DA:1,1"]) == {}
