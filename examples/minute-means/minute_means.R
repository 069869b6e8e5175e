# The mean price of every minute, while the ticks come in.
#
#     zplane run minute_means.R       in this folder

zone <- "America/New_York"
options(timezone = zone)
minute <- as.duration("00:01:00")
second <- as.duration("00:00:01")

# Three objects outlive every tick: what was received lately, the means so far, and the end of the last closed minute.
start <- |.2020-06-01 09:30:00 America/New_York.|
tick  <- zts(as.time(NULL), matrix(0, 0, 1, dimnames = list(NULL, "p")))
mm    <- zts(as.time(NULL), matrix(0, 0, 1, dimnames = list(NULL, "p")))
last  <- start
keep  <- 1000                               # rows of `tick` to go on with, once there are twice as many

# What a timer would call: closes the minutes that have ended, as the ticks tell it.  The label of a minute is its end,
# and a tick at exactly 09:31:00 belongs to the next one.  A minute without ticks has no mean: NaN.
close_minutes <- function() {
    if (nrow(tick) == 0) return(invisible(0))
    now <- floor(tail(zts.idx(tick), 1), "minute")
    if (now < last + minute) return(invisible(0))
    ends <- seq(last + minute, now, by = minute)
    rbind(--mm, align(tick, ends, -minute, method = "mean"))
    last <<- now
    if (nrow(tick) > 2 * keep) zts.resize(--tick, start = nrow(tick) - keep)
    invisible(length(ends))
}

# What a feed would do: one row behind the others.  With --, the series itself grows; nothing is copied.
receive <- function(t, p) rbind(--tick, zts(t, matrix(p, 1, 1)))

cat("Six ticks:\n")
at <- start + second * c(0, 20, 50, 70, 100, 125)
p  <- c(1, 2, 6, 10, 20, 7)
for (i in seq_along(p)) {
    receive(at[i], p[i])
    closed <- close_minutes()
    if (closed) cat("after the tick of", as.character(at[i]), "\n") else next
    print(tail(mm, closed))
}

cat("\nAll of them:\n")
mm

# ---- half an hour of a generated feed, about three ticks a second, one of them at every look of the timer
set.seed(1)
n   <- 5400
at  <- start + as.duration("00:10:00") + second * cumsum(0.02 + 0.62 * runif(n))
p   <- 100 + cumsum(0.01 * rnorm(n))
for (i in seq_len(n)) {
    receive(at[i], p[i])
    close_minutes()
}

cat("\nAfter half an hour of a feed:", nrow(mm), "minutes,", nrow(tick), "of", n + 6, "ticks kept\n")
tail(mm)

# The same from the whole feed at once.
whole <- zts(at, matrix(p, n, 1, dimnames = list(NULL, "p")))
ends  <- seq(start + as.duration("00:11:00"), last, by = minute)
cat("\nAs the means of the whole feed:", all.equal(mm[ends, ], align(whole, ends, -minute, method = "mean")), "\n")
