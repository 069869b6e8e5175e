# Ticks on a regular grid: sampled, averaged, counted.
#
#     zplane run grid.R               in this folder

tz <- "America/New_York"
options(timezone = tz)
minute <- as.duration("00:01:00")

# One row at start + by, start + 2 by, ... up to the first point not before `end`, made of the rows of `z` in the window
# of length `ival` that ends there.  ival < by looks at a part of the rows, ival > by lets windows overlap.  `by` may be a
# period, in the zone `tz`.
grid_align <- function(z, by, method, ival = by, start = head(zts.idx(z), 1), end = tail(zts.idx(z), 1), tz = NULL) {
    plus <- function(t, step) if (is.period(step)) `+`(t, step, tz) else t + step
    first <- plus(start, by)
    grid  <- if (first <= end) seq(first, end, by = by, tz = tz) else first
    if (tail(grid, 1) < end) grid <- c(grid, plus(tail(grid, 1), by))
    align(z, grid, -ival, as.duration(0), method = method, tz = tz)
}

density <- function(z, by, ival = by, tz = NULL) grid_align(z, by, "count", ival, tz = tz)

s    <- as.duration("00:00:01")
tick <- zts(|.2020-06-01 09:30:00 America/New_York.| + s * c(0, 20, 50, 70, 100, 125, 305),
            matrix(c(1, 2, 6, 10, 20, 7, 9), ncol = 1, dimnames = list(NULL, "p")))

cat("By the minute:\n")
methods <- c("count", "mean", "median", "min", "max", "closest")
table   <- do.call(cbind, lapply(methods, \(m) grid_align(tick, minute, m)))
colnames(table) <- methods
table

cat("\nHow many in the last 30 seconds of each minute, and in the last 5 minutes:\n")
sampled <- cbind(density(tick, minute, 30 * s), density(tick, minute, 5 * minute))
colnames(sampled) <- c("30s", "5m")
sampled

# ---- a million ticks of one week, on grids of an hour and of a day
set.seed(3)
n <- 1e6
t <- |.2020-10-29 00:00:00 America/New_York.| + as.duration(6.3e11) * cumsum(2 * runif(n)) / 1000
week <- zts(t, matrix(100 + cumsum(0.001 * rnorm(n)), ncol = 1, dimnames = list(NULL, "p")))

cat("\nTicks by the hour:\n")
hours <- density(week, as.duration("01:00:00"))
cat(nrow(hours), "hours,", sum(hours), "ticks,", min(hours), "to", max(hours), "in an hour\n")

# Days are periods: clocks are put back on November 1, which has 25 hours and more ticks.
cat("\nTicks by the day:\n")
midnight <- |.2020-10-29 00:00:00 America/New_York.|
grid_align(week, as.period("1d"), "count", start = midnight, tz = tz)
