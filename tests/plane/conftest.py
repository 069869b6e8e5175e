import pytest

from kit import Peer, Server


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    s = Server(tmp_path_factory.mktemp("server"))
    yield s
    assert s.stop() == 0


@pytest.fixture
def make_server(tmp_path):
    made = []

    def make(*options, **more):
        s = Server(tmp_path, *options, **more)
        made.append(s)
        return s

    yield make
    for s in made:
        if s.alive():
            assert s.stop() == 0


@pytest.fixture
def peer(server):
    p = Peer(server.port)
    yield p
    p.close()
