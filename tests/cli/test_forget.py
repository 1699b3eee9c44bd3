from gonogo import evidence
from gonogo.cli import main
from gonogo.ledger.bodies import Bodies


def test_a_forgotten_subject_can_no_longer_be_read_and_others_can(tmp_path, capsys):
    bodies = Bodies(tmp_path / evidence.BODIES)
    gone, kept = bodies.put("alice", b"her question"), bodies.put("bob", b"his question")
    assert main(["forget", "alice", "--path", str(tmp_path)]) == 0
    assert "destroyed" in capsys.readouterr().out
    assert bodies.get("alice", gone) is None
    assert bodies.get("bob", kept) == b"his question"


def test_a_stranger_to_the_record_is_said_to_be_one(tmp_path, capsys):
    assert main(["forget", "nobody", "--path", str(tmp_path)]) == 0
    assert "nothing is kept" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []
