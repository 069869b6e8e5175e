# Names, shapes and fields where R has them.
fivenum(c(b = 2, a = 1, d = 3))
# expect:   a   a   b   b   d
#> 1.0 1.5 2.0 2.5 3.0
rle(c(a = 1, b = 1, d = 2))
# expect: $lengths
#> d
#> 2 1
#>
#> $values
#> b d
#> 1 2
diff(c(a = 1))
# expect: named numeric(0)
lengths(matrix(1:4, 2))
# expect:      [,1] [,2]
#> [1,]    1    1
#> [2,]    1    1
prettyNum(matrix(1:4, 2))
# expect: [1] "1" "2" "3" "4"
formatC(c("a", "bbb", ""), width = 2)
# expect: [1] "  a" "bbb" "   "
formatC(c(1, Inf, -Inf, NaN), width = 2, flag = "0")
# expect: [1] "01"   " Inf" "-Inf" " NaN"
formatC(logical(0))
# expect: character(0)
options(scipen = 5); as.character(1e5)
# expect: [1] "100000"
as.character(list(c(1, 2), "b", list(1, 2), NULL, c(a = 1, b = 2)))
# expect: [1] "c(1, 2)"         "b"               "list(1, 2)"      "NULL"
#> [5] "c(a = 1, b = 2)"
quantile(c(5, 1e6) - 0.25, 0.1)
# expect:      10%
#> 100004.3
str(c(1.5, -2.25, 1e6))
# expect:  num [1:3] 1.50 -2.25 1.00e+06
str(list(1e6, c(1, 1e5), c(0.25, 7, 1e6)))
# expect: List of 3
#>  $ : num 1e+06
#>  $ : num [1:2] 1e+00 1e+05
#>  $ : num [1:3] 2.5e-01 7.0 1.0e+06
