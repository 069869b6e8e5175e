import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import shop as kit  # noqa: E402


@pytest.fixture(scope="session")
def servers():
    with kit.backends_kit.Servers() as s:
        yield s


@pytest.fixture(scope="session")
def shops(servers):
    """Shops by engine, started when they are asked for."""
    made = {}

    def get(engine):
        if engine not in made:
            made[engine] = kit.Shop(servers, engine)
        return made[engine]
    yield get
    for s in made.values():
        s.close()


@pytest.fixture(params=kit.ENGINES)
def shop(request, shops):
    return shops(request.param)


@pytest.fixture
def s(shop):
    with shop.session() as session:
        yield session
