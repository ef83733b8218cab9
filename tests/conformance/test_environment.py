"""What a run's numbers depend on is told, and the commit only where there is one."""

import re

from conformance.campaign.environment import _commit, environment


def test_the_machine_is_told():
    found = environment()
    assert re.fullmatch(r"3\.\d+\.\d+\S*", found["python"])
    assert found["cpu"]
    assert found["threads"] >= 1


def test_there_is_no_commit_outside_a_checkout(tmp_path):
    assert _commit(tmp_path) is None
