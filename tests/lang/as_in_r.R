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
unlist(strsplit("", ","))
# expect: character(0)
unlist(list(character(0), 1))
# expect: [1] "1"
split(1:3, c(1, NaN, 1))
# expect: $`1`
#> [1] 1 3
#>
#> $`NaN`
#> [1] 2
rowsum(1:3, c(1, NaN, 1))
# expect:     [,1]
#> 1      4
#> NaN    2
sapply(matrix(c("a", "b"), 1), nchar)
# expect: a b
#> 1 1
# Small kin.
c(setequal(c(1, 2), c(2, 1, 1)), setequal("a", c("b", "a")), nzchar(c("a", "")), anyNA(c(1, NaN)))
# expect: [1]  TRUE FALSE  TRUE FALSE  TRUE
rep.int(c(a = 1, b = 2), c(2, 1))
# expect: [1] 1 1 2
replace(c(a = 1, b = 2), "b", 5)
# expect: a b
#> 1 5
modifyList(list(a = 1, b = list(c = 1, d = 2)), list(a = NULL, b = list(d = 5)))
# expect: $b
#> $b$c
#> [1] 1
#>
#> $b$d
#> [1] 5
drop(array(1:3, c(1, 3, 1), dimnames = list("q", c("a", "b", "c"), "z")))
# expect: a b c
#> 1 2 3
drop(array(1:4, c(2, 1, 2)))
# expect:      [,1] [,2]
#> [1,]    1    3
#> [2,]    2    4
sequence(c(3, 2), from = 2)
# expect: [1] 2 3 4 2 3
zapsmall(c(1, 1e-20, NaN))
# expect: [1]   1   0 NaN
c(isSymmetric(diag(2)), isSymmetric(matrix(1:4, 2)), isSymmetric(matrix(1:6, 2)))
# expect: [1]  TRUE FALSE FALSE
cov2cor(matrix(c(4, 2, 2, 9), 2))
# expect:           [,1]      [,2]
#> [1,] 1.0000000 0.3333333
#> [2,] 0.3333333 1.0000000
marginSums(matrix(1:4, 2), 1)
# expect: [1] 4 6
proportions(c(a = 1, b = 3))
# expect:    a    b
#> 0.25 0.75
noquote("a")
# expect error: object 'noquote' not found
# Fields.
formatC(c("a\\b", "cc"), width = 5)
# expect: [1] " a\\b" "   cc"
formatC(c(0, 1, 10, 123456), format = "fg", flag = "#", width = 8)
# expect: [1] "0"        "   1.000" "   10.00" " 123456."
formatC(c(5, -5), format = "d", flag = " ")
# expect: [1] " 5" "-5"
formatC(c(1, NaN), width = 6, flag = "-+")
# expect: [1] "+1    " "   NaN"
format(c("tab\t", "a"))
# expect: [1] "tab\t" "a    "
format(c(1, 10000), trim = TRUE, width = 4)
# expect: [1] "   1"  "10000"
sapply(c(1, 22), format, trim = TRUE, width = 4)
# expect: [1] "   1" "  22"
