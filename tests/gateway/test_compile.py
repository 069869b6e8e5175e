"""The statements that queries become, per dialect: golden/queries.jsonl against golden/DIALECT.txt (--update writes them)."""
import os
import pathlib
import subprocess

import pytest
import shop

GOLDEN = pathlib.Path(__file__).resolve().parent / "golden"
PROBE = os.environ.get("COMPILE_PROBE", str(pathlib.Path(shop.server_kit.ZPLANE).parent / "tests" / "compile_probe"))


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql", "mariadb", "series"])
def test_statements(dialect, request):
    with open(GOLDEN / "queries.jsonl") as queries:
        out = subprocess.run([PROBE, str(shop.FOLDER / "schema.json"), dialect], stdin=queries, stdout=subprocess.PIPE, check=True).stdout.decode()
    file = GOLDEN / (dialect + ".txt")
    if request.config.getoption("--update"):
        file.write_text(out)
    assert out == file.read_text()
