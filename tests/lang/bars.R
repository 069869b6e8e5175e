# Buckets: empty ones, and functions per bucket.
z <- zts(|.2021-01-01 10:00:00 UTC.| + as.duration(2e10) * c(0, 1, 2, 3, 10, 11, 20), cbind(p = c(1, 5, 2, NaN, 8, 3, 4), v = 1:7)); bars(z, "minute", volume = "v", empty = TRUE)  # expect:                         open high low close     mean count sum volume     vwap
#> 2021-01-01 10:00:00 UTC    1    5   1     2 2.666667     3   8      6 2.833333
#> 2021-01-01 10:01:00 UTC  NaN  NaN NaN   NaN      NaN     0   0      0      NaN
#> 2021-01-01 10:02:00 UTC  NaN  NaN NaN   NaN      NaN     0   0      0      NaN
#> 2021-01-01 10:03:00 UTC    8    8   3     3 5.500000     2  11     11 5.272727
#> 2021-01-01 10:04:00 UTC  NaN  NaN NaN   NaN      NaN     0   0      0      NaN
#> 2021-01-01 10:05:00 UTC  NaN  NaN NaN   NaN      NaN     0   0      0      NaN
#> 2021-01-01 10:06:00 UTC    4    4   4     4 4.000000     1   4      7 4.000000
z <- zts(|.2021-01-01 10:00:00 UTC.| + as.duration(2e10) * c(0, 1, 2, 3, 10, 11, 20), cbind(p = c(1, 5, 2, NaN, 8, 3, 4), v = 1:7)); bars(z, "minute", empty = TRUE, label = "end", FUN = function(x) c(n = nrow(x), v = sum(x[, "v"])))  # expect:                           n   v
#> 2021-01-01 10:01:00 UTC   3   6
#> 2021-01-01 10:02:00 UTC   1   4
#> 2021-01-01 10:03:00 UTC NaN NaN
#> 2021-01-01 10:04:00 UTC   2  11
#> 2021-01-01 10:05:00 UTC NaN NaN
#> 2021-01-01 10:06:00 UTC NaN NaN
#> 2021-01-01 10:07:00 UTC   1   7
z <- zts(|.2021-01-01 10:00:00 UTC.| + as.duration(2e10) * c(0, 1, 2, 3, 10, 11, 20), cbind(p = c(1, 5, 2, NaN, 8, 3, 4), v = 1:7)); bars(z, as.duration("00:01:00"), FUN = tail, n = 1)  # expect:                           p v
#> 2021-01-01 10:00:00 UTC   2 3
#> 2021-01-01 10:01:00 UTC NaN 4
#> 2021-01-01 10:03:00 UTC   3 6
#> 2021-01-01 10:06:00 UTC   4 7
z <- zts(|.2021-01-01 10:00:00 UTC.| + as.duration(6e10) * 0:3, 1:4); bars(z, "2 minutes", FUN = "sum")  # expect:                         [,1]
#> 2021-01-01 10:00:00 UTC    3
#> 2021-01-01 10:02:00 UTC    7
bars(zts(as.time(NULL), matrix(0, 0, 1)), "day", tz = "UTC", empty = TRUE)  # expect:      open high low close mean count sum
z <- zts(|.2021-03-28 00:30:00 Europe/Paris.| + as.duration(1.8e12) * c(0, 2, 6), 1:3); bars(z, "hour", tz = "Europe/Paris", empty = TRUE)[, "count"]  # expect:                         count
#> 2021-03-27 23:00:00 UTC     1
#> 2021-03-28 00:00:00 UTC     1
#> 2021-03-28 01:00:00 UTC     0
#> 2021-03-28 02:00:00 UTC     1
z <- zts(|.2021-10-31 00:30:00 Europe/Paris.| + as.duration(1.8e12) * c(0, 2, 3, 4, 5, 8), 1:6); bars(z, "hour", tz = "Europe/Paris", empty = TRUE)[, "count"]  # expect:                         count
#> 2021-10-30 22:00:00 UTC     1
#> 2021-10-30 23:00:00 UTC     1
#> 2021-10-31 00:00:00 UTC     2
#> 2021-10-31 01:00:00 UTC     1
#> 2021-10-31 02:00:00 UTC     1
z <- zts(|.2021-01-01 10:00:00 UTC.| + as.duration(6e10) * 0:3, 1:4); bars(z, as.duration(1), empty = TRUE)  # expect error: more than 100000000 buckets
z <- zts(|.2021-01-01 10:00:00 UTC.| + as.duration(6e10) * 0:3, 1:4); bars(z, "hour", FUN = 5)  # expect error: cannot apply non-function
z <- zts(|.2021-01-01 10:00:00 UTC.| + as.duration(6e10) * 0:3, 1:4); bars(z, "hour", label = "x")  # expect error: 'label' must be "start" or "end"
