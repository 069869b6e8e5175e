"""Producers, a reader, a replica and queries at once, for as long as one likes (make soak): flat memory, nothing lost."""
import os
import time

from kit import Probe, ask, number
from server_kit import Server

SECONDS = float(os.environ.get("ZPLANE_SOAK_SECONDS", "4"))
KEEP = 20000                                            # rows: older ones are dropped, so that the size tells of leaks alone


def test_soak(tmp_path):
    with Server(tmp_path, trust=True, http=False, vault=False, data=False) as s:
        ask(s, '{ files <<- zts(vector("time", 0), matrix(0, 0, 2), file = "%s/files", sync = "none"); 0 }' % tmp_path)
        host, sizes, batch, rows = "127.0.0.1:%d" % s.port, [], 0, 50
        reader = Probe("follow", host, "files", 0, 10**12)
        end = time.monotonic() + SECONDS
        while time.monotonic() < end or len(sizes) < 4:
            p = Probe("append", host, "files", 9, batch + 1, batch + 400, rows)
            assert p.end(60) == 0
            assert not p.lines("refused")
            batch += 400
            total = number(s, "nrow(files)")
            ask(s, "{ zts.resize(--files, start = %d); sum(files) }" % (total - KEEP + 1) if total > 2 * KEEP else "sum(files)")
            sizes.append(s.resident_bytes())
        reader.wait(" %d " % (((batch + 1) * rows - 1) * 1000))         # the last row has come
        got = [list(map(int, r)) for r in reader.lines("rows")]
        assert sum(r[1] for r in got) == batch * rows
        assert all(a[3] < b[2] for a, b in zip(got, got[1:]))
        reader.kill()
        half = sizes[len(sizes) // 2]
        assert sizes[-1] < 1.2 * half + 32e6, sizes
