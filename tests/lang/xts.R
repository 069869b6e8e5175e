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
