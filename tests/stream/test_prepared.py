"""Prepared expressions through libzplane: the probe checks, here is its server, which goes and comes back."""
import subprocess

from kit import PROBE
from server_kit import DEADLINE, Server
from zplane import ENV


def test_prepared(tmp_path):
    with Server(tmp_path, trust=True, http=False, vault=False, data=False) as s:
        p = subprocess.Popen([PROBE, "prepared", "127.0.0.1:%d" % s.port], env=ENV, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                             encoding="utf-8")
        assert p.stdout.readline() == "away\n"
        s.kill()
        s.options = [o for o in s.options if not o.startswith("--port")] + ["--port=%d" % s.port]
        s.start()
        out = p.communicate("back\n", timeout=DEADLINE)[0]
        assert (p.returncode, out) == (0, "done\n")
