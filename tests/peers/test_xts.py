"""Series against xts and zoo: the same data, the same question to both, one comparison.

Each question is a pair of programs, ours and R's, whose value is a series or numbers.  `x` has columns a (with holes) and b
(without) on irregular times over three weeks that contain a change of clocks; `y` is another series on some of these times.
Skipped where R or xts is not installed.
"""
import math
import os
import random
import shutil
import subprocess

import pytest
from zplane import ENV, run

R_HEAD = r"""
suppressWarnings(suppressPackageStartupMessages({library(zoo); library(xts)}))
Sys.setenv(TZ = "America/New_York")
read <- function(f) { d <- read.csv(f); xts(as.matrix(d[, -1, drop = FALSE]),
                      as.POSIXct(d[, 1], origin = "1970-01-01", tz = "America/New_York")) }
x <- read("x.csv"); y <- read("y.csv"); t <- as.numeric(index(x)); a <- as.numeric(x$a); b <- as.numeric(x$b)
rolled <- function(v, k, f, n = k) sapply(seq_along(v), function(i) {
    w <- v[max(1, i - k + 1):i]; w <- w[!is.na(w)]; if (length(w) < n) NaN else f(w) })
timed <- function(v, s, f) sapply(seq_along(v), function(i) { w <- v[t > t[i] - s & t <= t[i]]; w <- w[!is.na(w)]
    if (length(w)) f(w) else NaN })
show <- function(name, v) {
    if (is.xts(v)) v <- cbind(as.numeric(index(v)), coredata(v))
    v <- as.matrix(v); storage.mode(v) <- "double"
    cat("=", name, nrow(v), "\n")
    if (nrow(v)) for (i in 1:nrow(v)) cat(sprintf("%.17g", v[i, ]), "\n")
}
"""

OUR_HEAD = r"""
tz <- "America/New_York"
epoch <- |.1970-01-01 00:00:00 UTC.|
read <- function(f) { d <- read.csv(f, type = "double"); zts(epoch + as.duration(1e9) * d[, 1], d[, -1, drop = FALSE]) }
x <- read("x.csv"); y <- read("y.csv")
a <- as.vector(zts.data(x[, "a"])); b <- as.vector(zts.data(x[, "b"]))
sec <- function(n) as.duration(n * 1e9)
numbers <- function(v) {
    if (is.zts(v)) cbind(as.numeric(zts.idx(v) - epoch) / 1e9, matrix(zts.data(v)[], nrow(v)))
    else if (is.time(v)) as.matrix(as.numeric(v - epoch) / 1e9)
    else as.matrix(v)
}
show <- function(name, v) {
    m <- numbers(v)
    cat("=", name, nrow(m), "\n")
    for (i in seq_len(nrow(m))) cat(sprintf("%.17g", m[i, ]), "\n")
}
"""

# name: (ours, R's)
QUESTIONS = {
    "rollsum": ("rollsum(b, 5)", "rollapplyr(b, 5, sum, fill = NA)"),
    "rollmean": ("rollmean(b, 6)", "rollmean(b, 6, fill = NA, align = 'right')"),
    "rollmax": ("rollmax(b, 7)", "rollmax(b, 7, fill = NA, align = 'right')"),
    "rollmin": ("rollmin(b, 7)", "-rollmax(-b, 7, fill = NA, align = 'right')"),
    "rollmedian": ("rollmedian(b, 5)", "rollmedian(b, 5, fill = NA, align = 'right')"),
    "rollmedian even": ("rollmedian(b, 4)", "rollapplyr(b, 4, median, fill = NA)"),
    "rollvar": ("rollvar(b, 5)", "rollapplyr(b, 5, var, fill = NA)"),
    "rollsd": ("rollsd(b, 5)", "rollapplyr(b, 5, sd, fill = NA)"),
    "rollquantile": ("rollquantile(b, 9, 0.3)", "rollapplyr(b, 9, quantile, 0.3, fill = NA)"),
    "rollcov": ("rollcov(b, rev(b), 9)[, 1, 1]",
                "rollapplyr(cbind(b, rev(b)), 9, function(m) cov(m[, 1], m[, 2]), by.column = FALSE, fill = NA)"),
    "rollcor": ("rollcor(b, cumsum(b), 9)[, 1, 1]",
                "rollapplyr(cbind(b, cumsum(b)), 9, function(m) cor(m[, 1], m[, 2]), by.column = FALSE, fill = NA)"),
    "rollsum holes": ("rollsum(a, 5, 2)", "rolled(a, 5, sum, 2)"),
    "rollmean holes": ("rollmean(a, 5, 1)", "rolled(a, 5, mean, 1)"),
    "rollmin holes": ("rollmin(a, 5, 2)", "rolled(a, 5, min, 2)"),
    "rollmax holes": ("rollmax(a, 5, 3)", "rolled(a, 5, max, 3)"),
    "rollvar holes": ("rollvar(a, 5, 2)", "rolled(a, 5, var, 2)"),
    "rollmedian holes": ("rollmedian(a, 5, 2)", "rolled(a, 5, median, 2)"),
    "rollquantile holes": ("rollquantile(a, 6, 0.9, 2)", "rolled(a, 6, function(w) quantile(w, 0.9), 2)"),
    "rollsum time": ("rollsum(x[, 'a'], sec(9000), 1)", "xts(timed(a, 9000, sum), index(x))"),
    "rollmean time": ("rollmean(x[, 'a'], sec(9000), 1)", "xts(timed(a, 9000, mean), index(x))"),
    "rollmax time": ("rollmax(x[, 'a'], sec(20000), 1)", "xts(timed(a, 20000, max), index(x))"),
    "rollmin time": ("rollmin(x[, 'a'], sec(20000), 1)", "xts(timed(a, 20000, min), index(x))"),
    "rollsd time": ("rollsd(x[, 'b'], sec(20000), 1)", "xts(timed(b, 20000, sd), index(x))"),
    "rollmedian time": ("rollmedian(x[, 'a'], sec(20000), 1)", "xts(timed(a, 20000, median), index(x))"),
    "rollapply": ("rollapply(b, 4, function(w) max(w) - min(w))",
                  "rollapplyr(b, 4, function(w) max(w) - min(w), fill = NA)"),
    "rollapply by": ("rollapply(b, 4, sum, by = 3)", "rollapplyr(b, 4, sum, by = 3, fill = NA)"),
    "rollapply partial": ("rollapply(b, 4, sum, partial = TRUE)", "rollapplyr(b, 4, sum, partial = TRUE)"),
    "rollapply time": ("rollapply(x[, 'b'], sec(20000), function(w) c(nrow(w), max(w)))",
                       "xts(cbind(timed(b, 20000, length), timed(b, 20000, max)), index(x))"),
    "rollapply series": ("rollapply(x[, 'b'], 5, mean)", "rollapplyr(x[, 'b'], 5, mean)"),
    "rollapply columns": ("rollapply(na.fill(x, 0), 5, sum)", "rollapply(na.fill(x, 0), 5, sum)"),
    "rollapply rows": ("rollapply(na.fill(x, 0), 3, function(m) sum(m[, 1] * m[, 2]), by.column = FALSE)",
                       "rollapply(na.fill(x, 0), 3, function(m) sum(m[, 1] * m[, 2]), by.column = FALSE)"),
    "ewma": ("ewma(b, 0.2)", "as.numeric(filter(0.2 * b[-1], 0.8, 'recursive', init = b[1]))", 1),
    "locf": ("locf(x[, 'a'], nrow(x))", "na.locf(x[, 'a'], na.rm = FALSE)"),
    "na.locf": ("na.locf(x)", "na.locf(x, na.rm = FALSE)"),
    "na.locf maxgap": ("na.locf(x, maxgap = 2)", "na.locf(x, na.rm = FALSE, maxgap = 2)"),
    "na.locf fromLast": ("na.locf(x, fromLast = TRUE)", "na.locf(x, na.rm = FALSE, fromLast = TRUE)"),
    "interpolate": ("interpolate(x[, 'a'])", "na.approx(x[, 'a'], na.rm = FALSE)"),
    "na.approx": ("na.approx(x[, 'a'])", "na.approx(x[, 'a'])"),
    "na.omit": ("na.omit(x)", "na.omit(x)"),
    "na.fill": ("na.fill(x, -1)", "na.fill(x, -1)"),
    "merge outer": ("merge(x, y)", "merge(x, y)"),
    "merge inner": ("merge(x, y, join = 'inner')", "merge(x, y, join = 'inner')"),
    "merge left": ("merge(x, y, join = 'left')", "merge(x, y, join = 'left')"),
    "merge right": ("merge(x, y, join = 'right')", "merge(x, y, join = 'right')"),
    "merge fill": ("merge(x[, 'b'], y, fill = 0)", "merge(x[, 'b'], y, fill = 0)"),
    "merge locf": ("merge(x[, 'b'], y, fill = 'locf')", "na.locf(merge(x[, 'b'], y), na.rm = FALSE)"),
    "merge three": ("merge(x, y, x[, 'b'] * 2)", "merge(x, y, x[, 'b'] * 2)"),
    "asof before": ("asof(y, x)",
                    "{ i <- findInterval(t, as.numeric(index(y))); i[i == 0] <- NA; xts(coredata(y)[i, , drop = FALSE], index(x)) }"),
    "asof after": ("asof(y, x, 'after')",
                   "{ s <- as.numeric(index(y)); i <- sapply(t, function(u) which(s >= u)[1]); xts(coredata(y)[i, , drop = FALSE], index(x)) }"),
    "asof nearest": ("asof(y, x, 'nearest', sec(5000))",
                     "{ s <- as.numeric(index(y)); i <- sapply(t, function(u) { k <- which.min(abs(s - u)); if (abs(s[k] - u) <= 5000) k else NA });"
                     " xts(coredata(y)[i, , drop = FALSE], index(x)) }"),
    "asof tolerance": ("asof(y, x, tolerance = sec(3000))",
                       "{ s <- as.numeric(index(y)); i <- findInterval(t, s); i[i == 0] <- NA; i[t - s[i] > 3000] <- NA;"
                       " xts(coredata(y)[i, , drop = FALSE], index(x)) }"),
    "lag": ("lag(x, 2)", "lag.xts(x, 2)"),
    "lead": ("lead(x, 3)", "lag.xts(x, -3)"),
    "diff": ("diff(x)", "diff(x)"),
    "diff lag": ("diff(x, 3)", "diff(x, 3)"),
    "diff twice": ("diff(x, 2, 3)", "diff(x, 2, 3)"),
    "cumsum": ("cumsum(x[, 'b'])", "cumsum(x[, 'b'])"),
    "cummax": ("cummax(x[, 'b'])", "cummax(x[, 'b'])"),
    "cummin": ("cummin(x[, 'b'])", "cummin(x[, 'b'])"),
    "drawdown": ("x[, 'b'] / cummax(x[, 'b']) - 1", "x[, 'b'] / cummax(x[, 'b']) - 1"),
    "op inner": ("op.join(x[, 'b'], y[, 1], '+')", "x[, 'b'] + as.numeric(1) * y[, 1]"),
    "first": ("first(x, 3)", "first(x, 3)"),
    "last": ("last(x, 3)", "last(x, 3)"),
    "all but the first": ("first(x, -3)", "first(x, -3)"),
    "all but the last": ("last(x, -3)", "last(x, -3)"),
    "window": ("window(x, zts.idx(x)[10], zts.idx(x)[50])", "window(x, start = index(x)[10], end = index(x)[50])"),
    "start": ("start(x)", "as.numeric(start(x))"),
    "end": ("end(x)", "as.numeric(end(x))"),
    "align.time": ("zts.idx(align.time(x, 60))", "as.numeric(index(align.time(x, 60)))"),
    "to.hourly": ("to.hourly(x[, 'b'], tz = tz)", "to.hourly(x[, 'b'])"),
    "to.minutes": ("to.minutes(x[, 'b'], 30, tz = tz)", "to.minutes30(x[, 'b'])"),
    "to.daily": ("coredata(to.daily(x[, 'b'], tz = tz))", "coredata(to.daily(x[, 'b']))"),
    "to.weekly": ("coredata(to.weekly(x[, 'b'], tz = 'UTC'))", "coredata(to.weekly(x[, 'b']))"),
    "to.monthly": ("coredata(to.monthly(x[, 'b'], tz = tz))", "coredata(to.monthly(x[, 'b']))"),
    "bars": ("coredata(bars(x, 'day', tz = tz, price = 'b')[, c('open', 'high', 'low', 'close')])", "coredata(to.daily(x[, 'b']))"),
    "bars fun": ("coredata(bars(x[, 'b'], 'day', tz = tz, FUN = median))", "coredata(apply.daily(x[, 'b'], median))"),
    "period.sum": ("period.sum(x[, 'b'], endpoints(x, 'days', tz = tz))", "period.sum(x[, 'b'], endpoints(x, 'days'))"),
    "period.max": ("period.max(x[, 'b'], endpoints(x, 'days', tz = tz))", "period.max(x[, 'b'], endpoints(x, 'days'))"),
    "period.min": ("period.min(x[, 'b'], endpoints(x, 'days', tz = tz))", "period.min(x[, 'b'], endpoints(x, 'days'))"),
    "period.prod": ("period.prod(x[, 'b'], endpoints(x, 'days', tz = tz))", "period.prod(x[, 'b'], endpoints(x, 'days'))"),
    "period.sum without ends": ("period.sum(x[, 'b'], c(20, 3))", "period.sum(x[, 'b'], c(3, 20))"),
    "period.apply": ("period.apply(x, endpoints(x, 'hours', tz = tz), function(w) c(nrow(w), sum(w[, 'b'])))",
                     "period.apply(x, endpoints(x, 'hours'), function(w) c(nrow(w), sum(w[, 'b'])))"),
}

# The weeks of xts, and its units of several hours, are those of UTC whatever the zone.
for unit, zone in (("minutes", "tz"), ("hours", "tz"), ("days", "tz"), ("weeks", "'UTC'"), ("months", "tz"), ("quarters", "tz"),
                   ("years", "tz")):
    QUESTIONS["endpoints " + unit] = ("endpoints(x, '%s', tz = %s)" % (unit, zone), "endpoints(x, '%s')" % unit)
for unit, k, zone in (("minutes", 30, "tz"), ("minutes", 5, "tz"), ("hours", 3, "NULL"), ("days", 2, "tz"), ("weeks", 2, "'UTC'"),
                      ("months", 2, "tz")):
    QUESTIONS["endpoints %d %s" % (k, unit)] = ("endpoints(x, '%s', %d, tz = %s)" % (unit, k, zone),
                                                "endpoints(x, '%s', %d)" % (unit, k))
QUESTIONS["apply.weekly"] = ("apply.weekly(x[, 'b'], sum, tz = 'UTC')", "apply.weekly(x[, 'b'], sum)")
for name, fun in (("daily", "mean"), ("monthly", "max"), ("quarterly", "min"), ("yearly", "mean")):
    QUESTIONS["apply." + name] = ("apply.%s(x[, 'b'], %s, tz = tz)" % (name, fun), "apply.%s(x[, 'b'], %s)" % (name, fun))


def write_data(folder):
    rng = random.Random(11)
    begin = 1614578400                      # 2021-03-01 01:00 in New York; clocks go forward on the 14th
    seconds = sorted(rng.sample(range(0, 21 * 86400, 60), 400))
    with open(os.path.join(folder, "x.csv"), "w") as f:
        f.write("t,a,b\n")
        for s in seconds:
            hole = rng.random() < 0.35
            f.write("%d,%s,%r\n" % (begin + s, "NaN" if hole else repr(rng.gauss(0, 1)), 100 + rng.gauss(0, 3)))
    some = sorted(set(rng.sample(seconds, 120)) | set(rng.sample(range(0, 21 * 86400, 60), 60)))
    with open(os.path.join(folder, "y.csv"), "w") as f:
        f.write("t,c\n")
        for s in some:
            f.write("%d,%r\n" % (begin + s, rng.gauss(0, 1)))


def program(head, which):
    return head + "".join("show(\"%s\", %s)\n" % (name, q[which]) for name, q in QUESTIONS.items())


def parse(text):
    answers, name = {}, None
    for line in text.splitlines():
        if line.startswith("= "):
            name = line[2:].rsplit(" ", 1)[0].rsplit(" ", 1)[0] if line.endswith(" ") else line[2:].rsplit(" ", 1)[0]
            answers[name] = []
        elif line.strip():
            answers[name].append([float("nan") if v in ("NA", "NaN") else float(v) for v in line.split()])
    return answers


def same(u, v):
    return math.isnan(u) and math.isnan(v) or u == v or abs(u - v) <= 1e-9 * max(1, abs(u), abs(v))


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    if not shutil.which("Rscript") or subprocess.run(["Rscript", "-e", "library(xts)"], capture_output=True).returncode:
        pytest.skip("xts is not installed")
    folder = str(tmp_path_factory.mktemp("xts"))
    write_data(folder)
    with open(os.path.join(folder, "peer.R"), "w") as f:
        f.write(program(R_HEAD, 1))
    with open(os.path.join(folder, "ours.R"), "w") as f:
        f.write(program(OUR_HEAD, 0))
    peer = subprocess.run(["Rscript", "--vanilla", "peer.R"], cwd=folder, env=ENV, capture_output=True, encoding="utf-8")
    assert peer.returncode == 0, peer.stderr
    status, out, err = run("run", "ours.R", cwd=folder)
    assert (status, err) == (0, "")
    return parse(out), parse(peer.stdout)


@pytest.mark.parametrize("name", list(QUESTIONS))
def test_as_xts(name, answers):
    ours, peer = answers[0][name], answers[1][name]
    if len(QUESTIONS[name]) > 2:            # R's answer begins so many rows later
        ours = ours[QUESTIONS[name][2]:]
    assert len(ours) == len(peer)
    for i, (u, v) in enumerate(zip(ours, peer)):
        assert len(u) == len(v) and all(same(p, q) for p, q in zip(u, v)), (i + 1, u, v)
