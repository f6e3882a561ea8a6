"""Tests that share something dear are sent to one worker; a version of pytest or xdist may stop that without a word."""

import pytest


@pytest.mark.xdist_group("groups")
def test_a_group_has_its_name_by_which_it_is_sent(request: pytest.FixtureRequest) -> None:
    is_grouped = request.config.getoption("loadgroup", default=False)
    assert request.node.nodeid.endswith("@groups") == is_grouped
