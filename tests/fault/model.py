"""What writer.R does, in memory: the state after step k is known, so a store can be compared with it after a crash."""
import csv
import io
import os

from zplane import run

CREATE = """
z <- zts(as.time(NULL), matrix(0, 0, 3, dimnames = list(NULL, c("id", "step", "half"))), file = "%(dir)s/z"%(sync)s)
m <- matrix(0, 50, 1, file = "%(dir)s/m"%(sync)s)
s <- vector("character", 1, file = "%(dir)s/s"%(sync)s)
"""

DUMP = """
z <- load("%(dir)s/z", mode = "read"); m <- load("%(dir)s/m", mode = "read"); s <- load("%(dir)s/s", mode = "read")
cat(nrow(z), nrow(m), ncol(m), length(s), "\\n")
stopifnot(is.ordered(zts.idx(z)[]))
d <- zts.data(z)[,]; colnames(d) <- NULL
for (j in 1:3) cat(sprintf("%%.17g", d[, j]), "\\n")
cat(sprintf("%%.17g", as.double(zts.idx(z)[] - |.2020-01-01 00:00:00 UTC.|) / 1e9), "\\n")
cat(if (is.null(colnames(m))) "-" else colnames(m), "\\n")
for (j in 1:ncol(m)) cat(m[, j], "\\n")
cat(s, sep = "\\n")
"""


class State:
    """The three objects after step `k`."""

    def __init__(self, seed):
        self.seed, self.k, self.serial = seed, 0, 0
        self.z = []                       # [id, step, half]
        self.m = [[0.0] * 50]             # columns
        self.names = []
        self.s = [""]

    def copy(self):
        c = State(self.seed)
        c.k, c.serial = self.k, self.serial
        c.z, c.m = [r[:] for r in self.z], [col[:] for col in self.m]
        c.names, c.s = self.names[:], self.s[:]
        return c

    def step(self):
        self.k += 1
        k, n = self.k, len(self.z)
        h = (k * 7919 + self.seed * 104729) % 1000003 // 7
        op = h % 10
        if n > 2500:
            del self.z[:n - 401]
        elif n < 20 or op < 4:
            for _ in range(1 + h % 150):
                self.serial += 1
                self.z.append([self.serial, k, self.serial / 2])
        elif op < 6:
            lo = h % n
            for row in self.z[lo:min(n, lo + h % 60 + 1)]:
                row[1] = row[2] = k
        elif op == 6:
            del self.z[int(n * 0.9):]
        elif op == 7:
            del self.z[:int(n * 0.1)]
        elif op == 8:
            self.change_matrix(h)
        else:
            self.change_strings(h)

    def change_matrix(self, h):
        if len(self.m) < 12:
            self.m.append([self.k] * 50)
        elif h % 3 == 0:
            self.names = ["c%d_%d" % (self.k, j + 1) for j in range(len(self.m))]
        else:
            for col in self.m:
                col[h % 50] = self.k

    def change_strings(self, h):
        if h % 2 == 0 and len(self.s) < 400:
            self.s.append("row %d %s" % (self.k, "x" * (h % 300)))
        else:
            self.s[h % len(self.s)] = "new %d%s" % (self.k, "y" * (h % 500))

    def after(self, k):
        while self.k < k:
            self.step()
        return self

    def key(self):
        """Something that is equal exactly for equal contents."""
        return ([tuple(float(x) for x in r) for r in self.z], [[float(x) for x in c] for c in self.m], self.names, self.s)


def numbers(line):
    return [float(w) for w in line.split()]


def create(folder, sync=""):
    status, out, err = run("eval", "-e", CREATE % {"dir": folder, "sync": ', sync = "%s"' % sync if sync else ""})
    assert status == 0, err


def read(folder):
    """What is in the store: the same as State.key()."""
    status, out, err = run("eval", "-e", DUMP % {"dir": folder})
    assert status == 0, "the store cannot be read: " + err
    lines = out.split("\n")
    n, rows, cols, strings = (int(x) for x in lines[0].split())
    a, b, c, times = (numbers(line) for line in lines[1:5])
    assert len(a) == len(b) == len(c) == len(times) == n
    assert times == a, "index and data disagree"
    names = [] if lines[5].strip() == "-" else lines[5].split()
    m = [numbers(line) for line in lines[6:6 + cols]]
    assert all(len(col) == rows for col in m)
    s = lines[6 + cols:6 + cols + strings]
    return list(zip(a, b, c)), m, names, s
