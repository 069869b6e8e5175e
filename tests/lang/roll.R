# Rolling windows.

rollmean(1:8, 3)  # expect: [1] NaN NaN   2   3   4   5   6   7
rollmean(c(1, 2, NaN, 4, 5, 6), 3, 2)  # expect: [1] NaN 1.5 1.5 3.0 4.5 5.0
rollmax(c(4, NaN, 3, 9, 5, 6, NaN, 8), 3, 2)  # expect: [1] NaN NaN   4   9   9   9   6   8
rollmin(c(4, NaN, 3, 9, 5, 6, NaN, 8), 3, 2)  # expect: [1] NaN NaN   3   3   3   5   5   6
rollvar(c(1, 4, 9, 16), 2)  # expect: [1]  NaN  4.5 12.5 24.5
rollvar(c(0.1, 0.3, 0.3, 0.3), 2)  # expect: [1]  NaN 0.02 0.00 0.00
rollsum(1:5, 2)  # expect: [1] NaN   3   5   7   9
rollsd(c(1, 4, 9), 2)  # expect: [1]      NaN 2.121320 3.535534
rollmedian(c(5, 1, 9, 2, 7), 3)  # expect: [1] NaN NaN   5   2   7
rollquantile(c(5, 1, 9, 2, 7), 3, 0.25)  # expect: [1] NaN NaN 3.0 1.5 4.5
dim(rollcov(cbind(1:5, 5:1), 1:5, 3))  # expect: [1] 5 2 1
rollcor(1:4, c(1, 3, 2, 4), 3)[, 1, 1]  # expect: [1] NaN NaN 0.5 0.5
ewma(c(1, 2, NaN, 4), 0.5)  # expect: [1] 1.00 1.50  NaN 2.75
rollmean(1:3, 4)  # expect error: 'window' must be >= 0 and <= dim[0]
rollmean(1:3, 2, 3)  # expect error: 'nbvalid' must be >= 1 and <= window
rollmean(numeric(0), 1)  # expect error: matrix has 0 elements
rollmean(1:3, 1.5)  # expect error: argument is not an integer
rollmean(1:3, as.duration("00:00:02"))  # expect error: a 'window' of time needs a series
{ z <- zts(|.2021-01-01 00:00:00 UTC.| + as.duration("00:00:01") * c(0, 1, 2, 5, 6), 1:5); zts.data(rollsum(z, as.duration("00:00:02"))) }  # expect: [1] 1 3 5 4 9
{ x <- c(1, 4, 9); rollmin(--x, 2); x }  # expect: [1] NaN   1   4
{ x <- matrix(c(TRUE, FALSE, TRUE, TRUE), 2, 2); c(cumsum(--x), cumsum(x)) }  # expect: [1] 1 1 2 3 1 1 2 3
