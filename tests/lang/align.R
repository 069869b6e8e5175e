# Series at the instants of others: align, as-of, factors, bars, merging, pieces.

# ---- align
{ t0 <- |.2021-01-01 10:00:00 UTC.|; s <- as.duration("00:00:10"); z <- zts(t0 + s*(0:5), matrix(1:6, 6, 1)) }
align(z, t0 + s*c(0.5, 1.5, 9), -s)  # expect:                         [,1]
#> 2021-01-01 10:00:05 UTC    1
#> 2021-01-01 10:00:15 UTC    2
#> 2021-01-01 10:01:30 UTC  NaN
{ t0 <- |.2021-01-01 10:00:00 UTC.|; s <- as.duration("00:00:10"); z <- zts(t0 + s*(0:5), matrix(1:6, 6, 1)) }
align(z, t0 + s*c(1, 2, 5), c(-s, -s, -5*s), method = "count")  # expect:                         [,1]
#> 2021-01-01 10:00:10 UTC    1
#> 2021-01-01 10:00:20 UTC    1
#> 2021-01-01 10:00:50 UTC    5
{ t0 <- |.2021-01-01 10:00:00 UTC.|; s <- as.duration("00:00:10") }
align.idx(t0 + s*(0:5), t0 + s*c(-5, 1.2, 2), -s)  # expect: [1] NaN   2   3
{ t0 <- |.2021-01-01 10:00:00 UTC.|; s <- as.duration("00:00:10") }
align.idx(t0 + s*(0:5), t0 + s*c(4, 9, 2.5, 2.5), -s, s)  # expect: [1]   5 NaN   3   3
align.idx(|.2021-01-01 10:00:00 UTC.|, |.2021-01-01 10:00:00 UTC.|)  # expect: [1] 1
{ t0 <- |.2021-01-01 10:00:00 UTC.|; s <- as.duration("00:00:10"); z <- zts(t0 + s*(0:5), matrix(c(1, NaN, 3:6, 10*(1:6)), 6, 2, dimnames = list(NULL, c("a", "b")))); to <- t0 + s*c(2, 4, 6) }
for (m in c("mean", "sum", "min", "max", "median", "first", "last", "count", "closest")) print(align(z, to, -2*s, method = m))  # expect:                           a  b
#> 2021-01-01 10:00:20 UTC NaN 15
#> 2021-01-01 10:00:40 UTC 3.5 35
#> 2021-01-01 10:01:00 UTC 5.5 55
#>                           a   b
#> 2021-01-01 10:00:20 UTC NaN  30
#> 2021-01-01 10:00:40 UTC   7  70
#> 2021-01-01 10:01:00 UTC  11 110
#>                           a  b
#> 2021-01-01 10:00:20 UTC NaN 10
#> 2021-01-01 10:00:40 UTC   3 30
#> 2021-01-01 10:01:00 UTC   5 50
#>                           a  b
#> 2021-01-01 10:00:20 UTC NaN 20
#> 2021-01-01 10:00:40 UTC   4 40
#> 2021-01-01 10:01:00 UTC   6 60
#>                           a  b
#> 2021-01-01 10:00:20 UTC NaN 15
#> 2021-01-01 10:00:40 UTC 3.5 35
#> 2021-01-01 10:01:00 UTC 5.5 55
#>                         a  b
#> 2021-01-01 10:00:20 UTC 1 10
#> 2021-01-01 10:00:40 UTC 3 30
#> 2021-01-01 10:01:00 UTC 5 50
#>                           a  b
#> 2021-01-01 10:00:20 UTC NaN 20
#> 2021-01-01 10:00:40 UTC   4 40
#> 2021-01-01 10:01:00 UTC   6 60
#>                         a b
#> 2021-01-01 10:00:20 UTC 2 2
#> 2021-01-01 10:00:40 UTC 2 2
#> 2021-01-01 10:01:00 UTC 2 2
#>                         a  b
#> 2021-01-01 10:00:20 UTC 3 30
#> 2021-01-01 10:00:40 UTC 5 50
#> 2021-01-01 10:01:00 UTC 6 60
{ t0 <- |.2021-03-13 12:00:00 America/New_York.|; h <- as.duration("01:00:00"); z <- zts(t0 + h*(0:30), matrix(0:30)) }
align(z, t0 + h*c(23, 24), -as.period("1d"), method = "count", tz = "America/New_York")  # expect:                         [,1]
#> 2021-03-14 16:00:00 UTC   23
#> 2021-03-14 17:00:00 UTC   23
{ t0 <- |.2021-01-01 10:00:00 UTC.|; z <- zts(t0 + as.duration(1e9)*(0:1), matrix(1:2)) }
align(z, as.time(NULL))  # expect:      [,1]
{ t0 <- |.2021-01-01 10:00:00 UTC.|; z <- zts(as.time(NULL), matrix(0, 0, 2)) }
align(z, c(t0, t0 + as.duration(1)), method = "count")  # expect:                                   [,1] [,2]
#> 2021-01-01 10:00:00 UTC              0    0
#> 2021-01-01 10:00:00.000000001 UTC    0    0
{ t0 <- |.2021-01-01 10:00:00 UTC.|; z <- zts(t0 + as.duration(1e9)*(0:1), array(1:8, c(2, 2, 2))) }
dim(align(z, t0))  # expect: [1] 1 2 2
{ t0 <- |.2021-01-01 10:00:00 UTC.|; z <- zts(t0 + as.duration(1e9)*(0:1), matrix(1:2)) }
align(z, c(t0, t0 - as.duration(1)))  # expect error: index is not in ascending order
{ t0 <- |.2021-01-01 10:00:00 UTC.|; z <- zts(t0 + as.duration(1e9)*(0:1), matrix(1:2)) }
align(z, matrix(c(t0, t0), 1, 2))  # expect error: 'to' is not a vector
{ t0 <- |.2021-01-01 10:00:00 UTC.|; z <- zts(t0 + as.duration(1e9)*(0:1), matrix(1:2)) }
align(z, t0, as.duration(c(1, 2)))  # expect error: invalid dimensions
{ t0 <- |.2021-01-01 10:00:00 UTC.|; z <- zts(t0 + as.duration(1e9)*(0:1), matrix(1:2)) }
align(z, t0, method = "mode")  # expect error: unknown align method
{ t0 <- |.2021-01-01 10:00:00 UTC.|; z <- zts(t0 + as.duration(1e9)*(0:1), matrix(1:2)) }
align(z, t0, -as.period("1d"))  # expect error: time zone must be supplied
{ t0 <- |.2021-01-01 10:00:00 UTC.|; z <- zts(t0 + as.duration(1e9)*(0:1), matrix(1:2)) }
align(z, t0, -as.period("1d"), tz = "No/Where")  # expect error: cannot find time zone

# ---- as-of
{ t0 <- |.2021-01-01 10:00:00 UTC.|; s <- as.duration("00:00:10"); z <- zts(t0 + s*(0:5), matrix(1:6, 6, 1, dimnames = list(NULL, "p"))) }
asof(z, t0 + s*c(-1, 0, 0.5, 9))  # expect:                           p
#> 2021-01-01 09:59:50 UTC NaN
#> 2021-01-01 10:00:00 UTC   1
#> 2021-01-01 10:00:05 UTC   1
#> 2021-01-01 10:01:30 UTC   6
{ t0 <- |.2021-01-01 10:00:00 UTC.|; s <- as.duration("00:00:10"); z <- zts(t0 + s*(0:5), matrix(1:6, 6, 1, dimnames = list(NULL, "p"))) }
asof(z, t0 + s*c(-1, 0, 0.5, 9), "after", tolerance = s)  # expect:                           p
#> 2021-01-01 09:59:50 UTC   1
#> 2021-01-01 10:00:00 UTC   1
#> 2021-01-01 10:00:05 UTC   2
#> 2021-01-01 10:01:30 UTC NaN
{ t0 <- |.2021-01-01 10:00:00 UTC.|; s <- as.duration("00:00:10"); z <- zts(t0 + s*(0:5), matrix(1:6, 6, 1, dimnames = list(NULL, "p"))) }
asof(z, z[2:3, ], "nearest")  # expect:                         p
#> 2021-01-01 10:00:10 UTC 2
#> 2021-01-01 10:00:20 UTC 3
{ t0 <- |.2021-01-01 10:00:00 UTC.|; z <- zts(t0, matrix(1)) }
asof(z, t0, "between")  # expect error: 'direction' must be "before", "after" or "nearest"

# ---- op.zts
{ t0 <- |.2021-01-01 10:00:00 UTC.|; s <- as.duration("00:00:10"); y <- zts(t0 + s*(0:4), matrix(1, 5, 2)) }
op.zts(zts(t0 + s*c(2, 4), matrix(c(10, 100), 2, 1)), y, "*")  # expect:                         [,1] [,2]
#> 2021-01-01 10:00:00 UTC   10   10
#> 2021-01-01 10:00:10 UTC   10   10
#> 2021-01-01 10:00:20 UTC  100  100
#> 2021-01-01 10:00:30 UTC  100  100
#> 2021-01-01 10:00:40 UTC    1    1
{ t0 <- |.2021-01-01 10:00:00 UTC.|; s <- as.duration("00:00:10"); y <- zts(t0 + s*(0:2), matrix(1:3)); x <- y[2, ] }
op.zts(x, --y, "-")
y  # expect:                         [,1]
#> 2021-01-01 10:00:00 UTC   -1
#> 2021-01-01 10:00:10 UTC    2
#> 2021-01-01 10:00:20 UTC    3
{ t0 <- |.2021-01-01 10:00:00 UTC.|; s <- as.duration("00:00:10"); y <- zts(t0 + s*(0:2), matrix(1:3)) }
{ op.zts(y[2, ], y, "-"); y }  # expect:                         [,1]
#> 2021-01-01 10:00:00 UTC    1
#> 2021-01-01 10:00:10 UTC    2
#> 2021-01-01 10:00:20 UTC    3
{ t0 <- |.2021-01-01 10:00:00 UTC.|; s <- as.duration("00:00:10"); y <- zts(t0 + s*(0:2), matrix(1:3)) }
op.zts(y[2, ], y, "^")  # expect error: unknown align op

# ---- bars, endpoints, gaps
{ z <- zts(seq(|.2021-01-01 10:00:05 UTC.|, by = as.duration("00:00:25"), length.out = 7), matrix(c(5, 3, NaN, 9, 2, NaN, NaN, 1:7), 7, 2, dimnames = list(NULL, c("px", "qty")))) }
bars(z, "minute", price = "px", volume = "qty")  # expect:                         open high low close mean count sum volume     vwap
#> 2021-01-01 10:00:00 UTC    5    5   3     3  4.0     2   8      3 3.666667
#> 2021-01-01 10:01:00 UTC    9    9   2     2  5.5     2  11      9 5.111111
#> 2021-01-01 10:02:00 UTC  NaN  NaN NaN   NaN  NaN     0   0      0      NaN
{ z <- zts(seq(|.2021-01-01 10:00:05 UTC.|, by = as.duration("00:00:25"), length.out = 7), matrix(1:7, 7, 1)) }
bars(z, as.duration("00:02:00"), label = "end")  # expect:                         open high low close mean count sum
#> 2021-01-01 10:02:00 UTC    1    5   1     5  3.0     5  15
#> 2021-01-01 10:04:00 UTC    6    7   6     7  6.5     2  13
{ z <- zts(seq(|.2021-10-31 00:00:00 Europe/Paris.|, by = as.duration("01:00:00"), length.out = 50), matrix(1, 50, 1)) }
bars(z, as.period("1d"), "Europe/Paris")[, c("count", "sum")]  # expect:                         count sum
#> 2021-10-30 22:00:00 UTC    25  25
#> 2021-10-31 23:00:00 UTC    24  24
#> 2021-11-01 23:00:00 UTC     1   1
bars(zts(as.time(NULL), matrix(0, 0, 1)), "hour")  # expect:      open high low close mean count sum
{ z <- zts(seq(|.2021-01-01 10:00:05 UTC.|, by = as.duration("00:00:25"), length.out = 7), matrix(1:7, 7, 1)) }
bars(z, "day")  # expect error: tz needed
{ z <- zts(seq(|.2021-01-01 10:00:05 UTC.|, by = as.duration("00:00:25"), length.out = 7), matrix(1:7, 7, 1)) }
bars(z, "hour", price = 2)  # expect error: subscript out of bounds
endpoints(seq(|.2021-01-01 00:00:00 UTC.|, by = as.duration("240:00:00"), length.out = 12), "months", tz = "UTC")  # expect: [1]  0  4  6  9 12
endpoints(seq(|.2021-01-01 00:00:00 UTC.|, by = as.duration("240:00:00"), length.out = 12), "months", 2, tz = "UTC")  # expect: [1]  0  6 12
endpoints(as.time(NULL), "hours")  # expect: [1] 0
gaps(c(|.2021-01-01 10:00:00 UTC.|, |.2021-01-01 10:00:01 UTC.|, |.2021-01-01 10:05:00 UTC.|), as.duration("00:00:01"))  # expect: [1] -2021-01-01 10:00:01 UTC -> 2021-01-01 10:05:00 UTC-

# ---- merge, arithmetic on common times, interpolation
{ t <- seq(|.2021-01-01 10:00:00 UTC.|, length.out = 4); x <- zts(t[1:3], matrix(1:3, 3, 1)); y <- zts(t[2:4], matrix(4:6, 3, 1)) }
merge(x, y)  # expect:                           x   y
#> 2021-01-01 10:00:00 UTC   1 NaN
#> 2021-01-01 10:00:01 UTC   2   4
#> 2021-01-01 10:00:02 UTC   3   5
#> 2021-01-01 10:00:03 UTC NaN   6
{ t <- seq(|.2021-01-01 10:00:00 UTC.|, length.out = 4); x <- zts(t[1:3], matrix(1:3, 3, 1)); y <- zts(t[2:4], matrix(4:6, 3, 1)) }
merge(x, b = y, join = "inner")  # expect:                         x b
#> 2021-01-01 10:00:01 UTC 2 4
#> 2021-01-01 10:00:02 UTC 3 5
{ t <- seq(|.2021-01-01 10:00:00 UTC.|, length.out = 4); x <- zts(t[1:3], matrix(1:3, 3, 1)); y <- zts(t[2:4], matrix(4:6, 3, 1)) }
merge(x, y, join = "left", fill = 0)  # expect:                         x y
#> 2021-01-01 10:00:00 UTC 1 0
#> 2021-01-01 10:00:01 UTC 2 4
#> 2021-01-01 10:00:02 UTC 3 5
{ t <- seq(|.2021-01-01 10:00:00 UTC.|, length.out = 4); x <- zts(t[1:3], matrix(1:3, 3, 1)); y <- zts(t[2:4], matrix(4:6, 3, 1)) }
merge(x, y, x, join = "outer", fill = "locf")  # expect:                         x   y x.1
#> 2021-01-01 10:00:00 UTC 1 NaN   1
#> 2021-01-01 10:00:01 UTC 2   4   2
#> 2021-01-01 10:00:02 UTC 3   5   3
#> 2021-01-01 10:00:03 UTC 3   6   3
merge(1, 2)  # expect error: merge takes series, not double
{ t <- seq(|.2021-01-01 10:00:00 UTC.|, length.out = 4); x <- zts(t[1:3], matrix(1:3, 3, 1)); y <- zts(t[2:4], matrix(4:6, 3, 1)) }
op.join(x, y, "+")  # expect:                         [,1]
#> 2021-01-01 10:00:01 UTC    6
#> 2021-01-01 10:00:02 UTC    8
{ t <- seq(|.2021-01-01 10:00:00 UTC.|, length.out = 4); x <- zts(t[1:3], matrix(1:3, 3, 1)); y <- zts(t[2:4], matrix(4:6, 3, 1)) }
op.join(x, y, "-", join = "outer", fill = 0)  # expect:                         [,1]
#> 2021-01-01 10:00:00 UTC    1
#> 2021-01-01 10:00:01 UTC   -2
#> 2021-01-01 10:00:02 UTC   -2
#> 2021-01-01 10:00:03 UTC   -6
{ t <- seq(|.2021-01-01 10:00:00 UTC.|, length.out = 6); x <- zts(t, matrix(c(NaN, 1, NaN, 3, NaN, NaN), 6, 1)) }
interpolate(x)  # expect:                         [,1]
#> 2021-01-01 10:00:00 UTC  NaN
#> 2021-01-01 10:00:01 UTC    1
#> 2021-01-01 10:00:02 UTC    2
#> 2021-01-01 10:00:03 UTC    3
#> 2021-01-01 10:00:04 UTC  NaN
#> 2021-01-01 10:00:05 UTC  NaN
{ t <- seq(|.2021-01-01 10:00:00 UTC.|, length.out = 4); x <- zts(t[c(1, 4)], matrix(c(0, 3), 2, 1)) }
interpolate(x, t[1] + as.duration(c(0, 5e8, 3e9, 4e9)))  # expect:                                   [,1]
#> 2021-01-01 10:00:00 UTC            0.0
#> 2021-01-01 10:00:00.500000000 UTC  0.5
#> 2021-01-01 10:00:03 UTC            3.0
#> 2021-01-01 10:00:04 UTC            NaN
{ t <- seq(|.2021-01-01 10:00:00 UTC.|, length.out = 4); x <- zts(t[c(1, 4)], matrix(c(0, 3), 2, 1)) }
interpolate(x, t, max.gap = as.duration(1e9))  # expect:                         [,1]
#> 2021-01-01 10:00:00 UTC    0
#> 2021-01-01 10:00:01 UTC  NaN
#> 2021-01-01 10:00:02 UTC  NaN
#> 2021-01-01 10:00:03 UTC    3

# ---- functions over pieces
{ z <- zts(seq(|.2021-01-01 00:00:00 UTC.|, by = as.duration("08:00:00"), length.out = 6), matrix(1:6, 6, 1)) }
apply.daily(z, function(x) c(first = zts.data(x)[1, 1], n = nrow(x)), tz = "UTC")  # expect:                         first n
#> 2021-01-01 16:00:00 UTC     1 3
#> 2021-01-02 16:00:00 UTC     4 3
{ z <- zts(seq(|.2021-01-01 00:00:00 UTC.|, by = as.duration("08:00:00"), length.out = 6), matrix(1:6, 6, 1)) }
period.apply(z, c(0, 2, 6), sum)  # expect:                         [,1]
#> 2021-01-01 08:00:00 UTC    3
#> 2021-01-02 16:00:00 UTC   18
{ z <- zts(seq(|.2021-01-01 00:00:00 UTC.|, by = as.duration("08:00:00"), length.out = 3), matrix(c(1, 5, 2), 3, 1)) }
rollapply(z, 2, max)  # expect:                         [,1]
#> 2021-01-01 00:00:00 UTC  NaN
#> 2021-01-01 08:00:00 UTC    5
#> 2021-01-01 16:00:00 UTC    5
rollapply(c(1, 5, 2, 8), 2, max)  # expect: [1] NaN   5   5   8
rollapply(1:5, 3, sum, by = 2, partial = TRUE)  # expect: [1]   1 NaN   6 NaN  12
{ z <- zts(seq(|.2021-01-01 00:00:00 UTC.|, by = as.duration("08:00:00"), length.out = 3), matrix(c(1, 5, 2), 3, 1)) }
lead(z)  # expect:                         [,1]
#> 2021-01-01 00:00:00 UTC    5
#> 2021-01-01 08:00:00 UTC    2
#> 2021-01-01 16:00:00 UTC  NaN
na.locf(c(NaN, 1, NaN, NaN, 4))  # expect: [1] NaN   1   1   1   4

# Long series are joined in blocks: against sets of their times.
joined <- function(n, m) { t0 <- |.2024-01-02 00:00:00 UTC.|; ta <- t0 + as.duration(cumsum(1 + (1:n * 7919) %% 3)); tb <- t0 + as.duration(cumsum(1 + (1:m * 104729) %% 2)); a <- zts(ta, matrix(1:n, n, 1)); b <- zts(tb, matrix(1:m, m, 1)); u <- merge(a, b); i <- merge(a, b, join = "inner"); o <- op.join(a, b, "-", join = "outer", fill = 0); s <- rowSums(zts.data(u), na.rm = TRUE); c(all(zts.idx(u) == union(ta, tb)), all(zts.idx(i) == intersect(ta, tb)), sum(i[, 1]) == sum(a[intersect(ta, tb), ]), sum(u[, 2], na.rm = TRUE) == sum(1:m), all(zts.idx(o) == zts.idx(u)), sum(o) == sum(1:n) - sum(1:m)) }
all(joined(5000, 5000), joined(10, 5000), joined(5000, 3), joined(1023, 1025))   # expect: [1] TRUE
