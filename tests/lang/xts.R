# The names of xts and zoo.
z <- zts(|.2021-01-01 00:00:20 UTC.| + as.duration(2.88e13) * 0:5, cbind(p = c(1, 3, NaN, 2, NaN, NaN))); na.locf(z)  # expect:                         p
#> 2021-01-01 00:00:20 UTC 1
#> 2021-01-01 08:00:20 UTC 3
#> 2021-01-01 16:00:20 UTC 3
#> 2021-01-02 00:00:20 UTC 2
#> 2021-01-02 08:00:20 UTC 2
#> 2021-01-02 16:00:20 UTC 2
na.locf(c(NaN, 1, NaN, NaN, 4, NaN), maxgap = 1)  # expect: [1] NaN   1 NaN NaN   4   4
na.locf(c(NaN, 1, NaN, NaN, 4, NaN), fromLast = TRUE)  # expect: [1]   1   1   4   4   4 NaN
na.locf(c(NaN, 1, NaN, 4), na.rm = TRUE)  # expect: [1] 1 1 4
na.locf(matrix(c(NaN, 1, NaN, 2, NaN, NaN), 3), maxgap = 1)  # expect:      [,1] [,2]
#> [1,]  NaN    2
#> [2,]    1  NaN
#> [3,]    1  NaN
z <- zts(|.2021-01-01 00:00:20 UTC.| + as.duration(2.88e13) * 0:5, cbind(p = c(1, 3, NaN, 2, NaN, NaN))); na.omit(z)  # expect:                         p
#> 2021-01-01 00:00:20 UTC 1
#> 2021-01-01 08:00:20 UTC 3
#> 2021-01-02 00:00:20 UTC 2
z <- zts(|.2021-01-01 00:00:20 UTC.| + as.duration(2.88e13) * 0:5, cbind(p = c(1, 3, NaN, 2, NaN, NaN))); na.approx(z)  # expect:                           p
#> 2021-01-01 00:00:20 UTC 1.0
#> 2021-01-01 08:00:20 UTC 3.0
#> 2021-01-01 16:00:20 UTC 2.5
#> 2021-01-02 00:00:20 UTC 2.0
na.fill(matrix(c(1, NaN), 1), 0)  # expect:      [,1] [,2]
#> [1,]    1    0
na.fill(1, c(1, 2))  # expect error: 'fill' must be one number
na.omit(c(a = 1, b = NaN))  # expect: a
#> 1
z <- zts(|.2021-01-01 00:00:20 UTC.| + as.duration(2.88e13) * 0:5, cbind(p = 1:6)); to.daily(z, tz = "UTC")  # expect:                         Open High Low Close
#> 2021-01-01 16:00:20 UTC    1    3   1     3
#> 2021-01-02 16:00:20 UTC    4    6   4     6
z <- zts(|.2021-01-01 00:00:20 UTC.| + as.duration(2.88e13) * 0:5, cbind(Open = 1:6, High = 2:7, Low = 0:5, Close = 3:8, Volume = 10)); to.daily(z, tz = "UTC")  # expect:                         Open High Low Close Volume
#> 2021-01-01 16:00:20 UTC    1    4   0     5     30
#> 2021-01-02 16:00:20 UTC    4    7   3     8     30
z <- zts(|.2021-01-01 00:00:20 UTC.| + as.duration(2.88e13) * 0:5, cbind(p = 1:6)); to.daily(z)  # expect error: tz needed
z <- zts(|.2021-01-01 00:00:20 UTC.| + as.duration(2.88e13) * 0:5, cbind(p = 1:6)); c(start(z), end(z))  # expect: [1] 2021-01-01 00:00:20 UTC 2021-01-02 16:00:20 UTC
z <- zts(|.2021-01-01 00:00:20 UTC.| + as.duration(2.88e13) * 0:5, cbind(p = 1:6)); zts.data(window(z, zts.idx(z)[2], zts.idx(z)[3] + as.duration(1)))  # expect:      p
#> [1,] 2
#> [2,] 3
z <- zts(|.2021-01-01 00:00:20 UTC.| + as.duration(2.88e13) * 0:5, cbind(p = 1:6)); nrow(window(z, end(z), start(z)))  # expect: [1] 0
z <- zts(|.2021-01-01 00:00:20 UTC.| + as.duration(2.88e13) * 0:5, 1:6); zts.idx(align.time(z[1:2]))  # expect: [1] 2021-01-01 00:01:00 UTC 2021-01-01 08:01:00 UTC
z <- zts(|.2021-01-01 00:00:20 UTC.| + as.duration(1e9) * 0:5, 1:6); align.time(z)  # expect error: index is not in ascending order
xts(1:2, |.2021-01-01 00:00:00 UTC.| + as.duration(1e9) * 0:1)  # expect:                         [,1]
#> 2021-01-01 00:00:00 UTC    1
#> 2021-01-01 00:00:01 UTC    2
start(zts(as.time(NULL), matrix(0, 0, 1)))  # expect error: 'x' has no rows
z <- zts(|.2021-01-01 00:00:00 UTC.| + as.duration(1e9) * c(0, 1, 5, 6), 1:4); rollapply(z, as.duration(2e9), length)  # expect:                         [,1]
#> 2021-01-01 00:00:00 UTC    1
#> 2021-01-01 00:00:01 UTC    2
#> 2021-01-01 00:00:05 UTC    1
#> 2021-01-01 00:00:06 UTC    2
rollapply(1:3, as.duration(1), sum)  # expect error: a 'width' of time needs a series
endpoints(|.2021-01-31 00:00:00 UTC.| + as.duration(8.64e13) * c(0, 30, 60, 90), "quarters", tz = "UTC")  # expect: [1] 0 2 4
# Pieces as xts makes them.
{ z <- zts(seq(|.2021-01-01 00:00:00 UTC.|, length.out = 4), cbind(a = c(1, 3, 2, 5), b = 4:7)) }
diff(z, differences = 2)  # expect:                           a   b
#> 2021-01-01 00:00:00 UTC NaN NaN
#> 2021-01-01 00:00:01 UTC NaN NaN
#> 2021-01-01 00:00:02 UTC  -3   0
#> 2021-01-01 00:00:03 UTC   4   0
{ z <- zts(seq(|.2021-01-01 00:00:00 UTC.|, length.out = 4), cbind(a = c(1, 3, 2, 5), b = 4:7)) }
{ diff(--z, differences = 3); zts.data(z)[4, ] }  # expect: a b
#> 7 0
diff(zts(|.2021-01-01 00:00:00 UTC.|, 1), differences = 0)  # expect error: 'lag' and 'differences' must be integers >= 1
{ z <- zts(seq(|.2021-01-01 00:00:00 UTC.|, length.out = 4), cbind(a = c(1, 3, 2, 5), b = 4:7)) }
first(z, -1)  # expect:                         a b
#> 2021-01-01 00:00:01 UTC 3 5
#> 2021-01-01 00:00:02 UTC 2 6
#> 2021-01-01 00:00:03 UTC 5 7
last(1:5, -2)  # expect: [1] 1 2 3
{ z <- zts(seq(|.2021-01-01 00:00:00 UTC.|, length.out = 4), cbind(a = c(1, 3, 2, 5), b = 4:7)) }
period.apply(z[, 1], c(4, 2), sum)  # expect:                         a
#> 2021-01-01 00:00:01 UTC 4
#> 2021-01-01 00:00:03 UTC 7
{ z <- zts(seq(|.2021-01-01 00:00:00 UTC.|, length.out = 4), cbind(a = c(1, 3, 2, 5), b = 4:7)) }
period.sum(z[, 1], c(1, 3))  # expect:                         a
#> 2021-01-01 00:00:00 UTC 1
#> 2021-01-01 00:00:02 UTC 5
#> 2021-01-01 00:00:03 UTC 5
period.sum(zts(as.time(NULL), numeric(0)), 0)  # expect:      [,1]
{ z <- zts(seq(|.2021-01-01 00:00:00 UTC.|, length.out = 4), cbind(a = c(1, 3, 2, 5), b = 4:7)) }
colnames(merge(z, z, z[, 1]))  # expect: [1] "a"   "b"   "a.1" "b.1" "a.2"
{ z <- zts(seq(|.2021-01-01 00:00:00 UTC.|, length.out = 4), cbind(a = c(1, 3, 2, 5), b = 4:7)) }
colnames(merge(z[, 1] * 2, z[, "b"], zts(zts.idx(z), 1:4), zts(zts.idx(z), 1:4)))  # expect: [1] "a" "b" ""  ""
{ z <- zts(seq(|.2021-01-01 00:00:00 UTC.|, length.out = 4), cbind(a = c(1, 3, 2, 5), b = 4:7)) }
rollapply(z, 2, sum)  # expect:                           a   b
#> 2021-01-01 00:00:00 UTC NaN NaN
#> 2021-01-01 00:00:01 UTC   4   9
#> 2021-01-01 00:00:02 UTC   5  11
#> 2021-01-01 00:00:03 UTC   7  13
{ z <- zts(seq(|.2021-01-01 00:00:00 UTC.|, length.out = 4), cbind(a = c(1, 3, 2, 5), b = 4:7)) }
rollapply(z, 2, function(v) c(lo = v[1], hi = v[2]), fill = 0)  # expect:                         a.lo a.hi b.lo b.hi
#> 2021-01-01 00:00:00 UTC    0    0    0    0
#> 2021-01-01 00:00:01 UTC    1    3    4    5
#> 2021-01-01 00:00:02 UTC    3    2    5    6
#> 2021-01-01 00:00:03 UTC    2    5    6    7
{ z <- zts(seq(|.2021-01-01 00:00:00 UTC.|, length.out = 4), cbind(a = c(1, 3, 2, 5), b = 4:7)) }
rollapply(z, 2, function(m) sum(m[, 1] * m[, 2]), by.column = FALSE)  # expect:                         [,1]
#> 2021-01-01 00:00:00 UTC  NaN
#> 2021-01-01 00:00:01 UTC   19
#> 2021-01-01 00:00:02 UTC   27
#> 2021-01-01 00:00:03 UTC   47
{ z <- zts(as.time(NULL), matrix(0, 0, 2, dimnames = list(NULL, c("a", "b")))) }
rollapply(z, 2, sum)  # expect:      a b
rollapply(matrix(1:6, 3, 2), 2, sum, by = 2)  # expect:      [,1] [,2]
#> [1,]  NaN  NaN
#> [2,]    3    9
#> [3,]  NaN  NaN
rollapply(1:4, 2, mean, align = "center")  # expect error: windows end at each row: 'align' must be "right"
period.sum(zts(|.2021-01-01 00:00:00 UTC.|, 1), -2e9)  # expect error: 'INDEX' must hold positions from 0 to the number of rows
period.sum(zts(|.2021-01-01 00:00:00 UTC.|, 1), c(0, NaN))  # expect error: 'INDEX' must hold positions from 0 to the number of rows
