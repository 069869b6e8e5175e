"""Terminals for all tests of consoles; they are closed with the test."""
import pytest
from terminal import Terminal


@pytest.fixture
def open_terminal(tmp_path):
    terminals = []

    def open_one(*args, **options):
        t = Terminal(*args, home=str(tmp_path), **options)
        terminals.append(t)
        return t

    yield open_one
    for t in terminals:
        t.close()
