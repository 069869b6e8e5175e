# Small functions as GNU R has them.
strtrim("abcdef", 3) # expect: [1] "abc"
strtrim(c("ab", "cde"), c(1, 5)) # expect: [1] "a"   "cde"
strtrim(c(a = "日本語", b = "x"), 3)
# expect:    a    b
#> "日"  "x"
strtrim(character(0), 3) # expect: character(0)
strtrim("abc", 0) # expect: [1] ""
encodeString("a\nb") # expect: [1] "a\\nb"
encodeString("a", quote = "\"") # expect: [1] "\"a\""
encodeString(c("a", "bbb"), width = 4) # expect: [1] "a   " "bbb "
encodeString(c("a", "bbb"), width = 4, justify = "right") # expect: [1] "   a" " bbb"
encodeString(c(x = "a\"b"), quote = "\"")
# expect:            x
#> "\"a\\\"b\""
writeLines("a") # expect: a
writeLines(c("a", "b"))
# expect: a
#> b
writeLines("a", sep = "") # expect: a
writeLines(c("x", "y"), sep = "|") # expect: x|y|
writeLines(character(0)) # expect:
writeLines(paste("n", 1:3))
# expect: n 1
#> n 2
#> n 3
x <- writeLines("q"); is.null(x)
# expect: q
#> [1] TRUE
writeLines(1) # expect error: can only write character objects
bitwAnd(12, 10) # expect: [1] 8
bitwOr(12, 10) # expect: [1] 14
bitwXor(5, 3) # expect: [1] 6
bitwNot(5) # expect: [1] -6
bitwShiftL(1, 4) # expect: [1] 16
bitwShiftR(-1, 28) # expect: [1] 15
bitwAnd(5:7, 3) # expect: [1] 1 2 3
pretty(c(0, 10)) # expect: [1]  0  2  4  6  8 10
pretty(c(1.3, 9.7)) # expect: [1]  0  2  4  6  8 10
pretty(1:3) # expect: [1] 1.0 1.5 2.0 2.5 3.0
pretty(c(0, 1)) # expect: [1] 0.0 0.2 0.4 0.6 0.8 1.0
pretty(c(0, 10), n = 3) # expect: [1]  0  5 10
pretty(c(1.3, 9.7), n = 10) # expect:  [1]  1  2  3  4  5  6  7  8  9 10
pretty(0) # expect: [1] -1  0
pretty(5) # expect: [1] 0 5
pretty(c(-3.2, 17.9)) # expect: [1] -5  0  5 10 15 20
pretty(c(0.00012, 0.00047))
# expect: [1] 0.00010 0.00015 0.00020 0.00025 0.00030 0.00035 0.00040 0.00045 0.00050
pretty(c(1e6, 3.5e6)) # expect: [1] 1000000 1500000 2000000 2500000 3000000 3500000
pretty(c(-1, 1)) # expect: [1] -1.0 -0.5  0.0  0.5  1.0
pretty(c(100, 101), 4) # expect: [1] 100.0 100.2 100.4 100.6 100.8 101.0
pretty(c(0, 97), 20)
# expect:  [1]   0   5  10  15  20  25  30  35  40  45  50  55  60  65  70  75  80  85  90
#> [20]  95 100
pretty(c(2, 2, 2)) # expect: [1] 0 2
p.adjust(c(0.01, 0.02, 0.03, 0.5)) # expect: [1] 0.04 0.06 0.06 0.50
p.adjust(c(0.01, 0.02, 0.03, 0.5), "BH") # expect: [1] 0.04 0.04 0.04 0.50
p.adjust(c(0.5, 0.02, 0.03, 0.01), "fdr") # expect: [1] 0.50 0.04 0.04 0.04
p.adjust(c(0.01, 0.02, 0.03, 0.5), "bonferroni") # expect: [1] 0.04 0.08 0.12 1.00
p.adjust(c(0.01, 0.02, 0.03, 0.5), "hochberg") # expect: [1] 0.04 0.06 0.06 0.50
p.adjust(c(0.01, 0.02, 0.03, 0.5), "BY") # expect: [1] 0.08333333 0.08333333 0.08333333 1.00000000
p.adjust(c(a = 0.01, b = 0.04), "holm")
# expect:    a    b
#> 0.02 0.04
p.adjust(c(0.01, 0.02), "none") # expect: [1] 0.01 0.02
max.col(matrix(c(1, 5, 2, 3, 4, 9), 2), "first") # expect: [1] 3 3
max.col(matrix(c(1, 1, 1, 1), 2), "last") # expect: [1] 2 2
mahalanobis(c(1, 2), c(0, 0), diag(2)) # expect: [1] 5
mahalanobis(matrix(1:6, 3), c(1, 2), matrix(c(2, 1, 1, 3), 2)) # expect: [1] 1.6 3.0 5.6
diffinv(1:4) # expect: [1]  0  1  3  6 10
diffinv(1:4, lag = 2) # expect: [1] 0 0 1 2 4 6
diffinv(1:4, differences = 2) # expect: [1]  0  0  1  4 10 20
diffinv(1:4, xi = 5) # expect: [1]  5  6  8 11 15
toeplitz(1:3)
# expect:      [,1] [,2] [,3]
#> [1,]    1    2    3
#> [2,]    2    1    2
#> [3,]    3    2    1
complete.cases(c(1, NaN)) # expect: [1]  TRUE FALSE
complete.cases(matrix(c(1, NaN, 3, 4), 2)) # expect: [1]  TRUE FALSE
complete.cases(c("a", "b")) # expect: [1] TRUE TRUE
ecdf(c(3, 1, 2, 2))(c(0, 2, 5)) # expect: [1] 0.00 0.75 1.00
arrayInd(c(2, 5), c(2, 3))
# expect:      [,1] [,2]
#> [1,]    2    1
#> [2,]    1    3
arrayInd(7, c(2, 2, 2))
# expect:      [,1] [,2] [,3]
#> [1,]    1    2    2
slice.index(matrix(1:4, 2), 1)
# expect:      [,1] [,2]
#> [1,]    1    1
#> [2,]    2    2
slice.index(array(1:8, c(2, 2, 2)), 3)
# expect: , , 1
#>
#>      [,1] [,2]
#> [1,]    1    1
#> [2,]    1    1
#>
#> , , 2
#>
#>      [,1] [,2]
#> [1,]    2    2
#> [2,]    2    2
mat.or.vec(2, 2)
# expect:      [,1] [,2]
#> [1,]    0    0
#> [2,]    0    0
mat.or.vec(3, 1) # expect: [1] 0 0 0
is.atomic(1:3) # expect: [1] TRUE
is.atomic("a") # expect: [1] TRUE
is.atomic(list(1)) # expect: [1] FALSE
is.atomic(NULL) # expect: [1] TRUE
is.atomic(sum) # expect: [1] FALSE
is.atomic(matrix(1:4, 2)) # expect: [1] TRUE
hasName(list(a = 1), c("a", "b")) # expect: [1]  TRUE FALSE
getElement(list(a = 1, b = "x"), "b") # expect: [1] "x"
rcond(matrix(c(2, 1, 1, 3), 2)) # expect: [1] 0.3125
