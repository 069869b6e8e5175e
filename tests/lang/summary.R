# summary, and how series are looked at.
summary(c(1, 2, 3, 4, 100))  # expect:    Min. 1st Qu.  Median    Mean 3rd Qu.    Max.
#>       1       2       3      22       4     100
summary(c(1.5, 2, 10.123456, NaN))  # expect:      Min.   1st Qu.    Median      Mean   3rd Qu.      Max.      NA's
#>  1.500000  1.750000  2.000000  4.541152  6.061728 10.123456  1.000000
summary(c(1.5, 2, 10.123456, NaN), digits = 4)  # expect:    Min. 1st Qu.  Median    Mean 3rd Qu.    Max.    NA's
#>   1.500   1.750   2.000   4.541   6.062  10.120   1.000
abs(summary(c(1.5, 2, 10.123456))[["Mean"]] - 13.623456 / 3) < 1e-14  # expect: [1] TRUE
summary(numeric(0))  # expect:    Min. 1st Qu.  Median    Mean 3rd Qu.    Max.
#>     NaN     NaN     NaN     NaN     NaN     NaN
summary(c(1, 2, Inf))  # expect:    Min. 1st Qu.  Median    Mean 3rd Qu.    Max.
#>     1.0     1.5     2.0     Inf     Inf     Inf
summary(c(TRUE, FALSE, TRUE))  # expect:      Mode     FALSE      TRUE
#> "logical"       "1"       "2"
summary(c("a", "b"))  # expect:      Length       Class        Mode
#>         "2" "character" "character"
summary(list(a = 1, b = "z", 3))  # expect:   Length Class    Mode
#> a "1"    "-none-" "numeric"
#> b "1"    "-none-" "character"
#>   "1"    "-none-" "numeric"
summary(NULL)  # expect: Length  Class   Mode
#>    "0" "NULL" "NULL"
summary(matrix(c(1, 2, 3, 4.5), 2, dimnames = list(NULL, c("a", "b"))))  # expect:            a     b
#> Min.    1.00 3.000
#> 1st Qu. 1.25 3.375
#> Median  1.50 3.750
#> Mean    1.50 3.750
#> 3rd Qu. 1.75 4.125
#> Max.    2.00 4.500
summary(matrix(0, 0, 1))  # expect:         [,1]
#> Min.     NaN
#> 1st Qu.  NaN
#> Median   NaN
#> Mean     NaN
#> 3rd Qu.  NaN
#> Max.     NaN
summary(as.duration(c(1e9, 2e9, 5e9)))  # expect:                 Min.              1st Qu.               Median
#>             00:00:01         00:00:01.500             00:00:02
#>                 Mean              3rd Qu.                 Max.
#> 00:00:02.666_666_666         00:00:03.500             00:00:05
names(summary(|.2021-01-01 00:00:00 UTC.| + as.duration(c(1e9, 2e9, 6e9))))  # expect: [1] "Min."    "1st Qu." "Median"  "Mean"    "3rd Qu." "Max."
summary(|.2021-01-01 00:00:00 UTC.| + as.duration(c(1e9, 2e9, 6e9)))[["Mean"]]  # expect: [1] 2021-01-01 00:00:03 UTC
z <- zts(|.2021-01-01 00:00:00 UTC.| + as.duration(1e9) * 0:3, cbind(px = c(1, 2, NaN, 4), q = 5:8)); summary(z)  # expect:               px    q
#> Min.    1.000000 5.00
#> 1st Qu. 1.500000 5.75
#> Median  2.000000 6.50
#> Mean    2.333333 6.50
#> 3rd Qu. 3.000000 7.25
#> Max.    4.000000 8.00
#> NA's    1.000000 0.00
z <- zts(|.2021-01-01 00:00:00 UTC.| + as.duration(1e9) * 0:3, 1:4); summary(z)  # expect:         [,1]
#> Min.    1.00
#> 1st Qu. 1.75
#> Median  2.50
#> Mean    2.50
#> 3rd Qu. 3.25
#> Max.    4.00
z <- zts(|.2021-01-01 00:00:00 UTC.| + as.duration(1e9) * 0:3, array(1:8, c(4, 1, 2))); summary(z)  # expect error: 'object' has more than two dimensions
z <- zts(|.2021-01-01 00:00:00 UTC.| + as.duration(1e9) * 0:3, 1:4); str(z); tail(z, -3)  # expect:  zts : 2021-01-01 00:00:00 UTC -> 2021-01-01 00:00:03 UTC
#>  - data: num [1:4] 1 2 3 4
#>                         [,1]
#> 2021-01-01 00:00:03 UTC    4
