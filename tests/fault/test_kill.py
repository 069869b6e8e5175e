"""SIGKILL at random instants: what was acknowledged is there, what was not is there entirely or not at all.

Each round starts a writer of mixed appends, changes in place, resizes, new columns, names and strings, kills it after a
random while, and compares the reopened objects with the model after the last acknowledged step or the one that was under
way.  ZPLANE_KILLS sets the number of rounds (`make soak-store`: 1,000 and more)."""
import os
import random
import signal
import subprocess
import time

import model
from zplane import ENV, ZPLANE

HERE = os.path.dirname(os.path.abspath(__file__))
KILLS = int(os.environ.get("ZPLANE_KILLS", "60"))
SEED = int(os.environ.get("ZPLANE_SEED", "1"))


def acknowledged(folder, state, seconds):
    """Runs the writer for so long after its first step; the last step it acknowledged."""
    p = subprocess.Popen([ZPLANE, "run", os.path.join(HERE, "writer.R"), folder, str(state.k), str(state.seed), str(state.serial),
                          os.path.join(HERE, "steps.R")],
                         stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=ENV)
    first = p.stderr.readline()
    time.sleep(seconds)
    assert p.poll() is None, first + p.stderr.read()
    p.send_signal(signal.SIGKILL)
    rest = p.stderr.read()
    p.stderr.close()
    p.wait()
    whole = (first + rest).decode().split("\n")[:-1]      # a last line without an end was not acknowledged
    return int(whole[-1])


def kill_rounds(folder, rounds, sync):
    rng = random.Random(SEED)
    state = model.State(rng.randrange(1000))
    model.create(folder, sync)
    for number in range(rounds):
        k = acknowledged(folder, state, rng.random() ** 2 * 0.05)
        found = model.read(folder)
        after = state.copy().after(k)
        if found != after.key():
            after.step()
            assert found == after.key(), "round %d: neither step %d nor step %d" % (number, k, k + 1)
        state = after
    return state.k


def test_kill_flushed(tmp_path):
    kill_rounds(str(tmp_path), KILLS // 3, "commit")


def test_kill_unflushed(tmp_path):
    """The system lives on: what was written is there without any flush."""
    kill_rounds(str(tmp_path), KILLS - KILLS // 3, "none")
