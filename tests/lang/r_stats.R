# Statistics as GNU R has them.
cor(matrix(c(1, NaN, 3, 4), 2))
# expect:      [,1] [,2]
#> [1,]    1  NaN
#> [2,]  NaN    1
cor(matrix(c(1, 2, 3, 2, 2, 2), 3))
# expect:      [,1] [,2]
#> [1,]    1  NaN
#> [2,]  NaN    1
cor(cbind(a = c(1, 2, 4, 3), b = c(2, 1, 4, 4)), method = "kendall")
# expect:           a         b
#> a 1.0000000 0.5477226
#> b 0.5477226 1.0000000
cor(c(1, 2, 4, 3), c(2, 1, 4, 4), method = "kendall") # expect: [1] 0.5477226
cor(c(1, 2, NaN, 3), c(2, 1, 4, 4), use = "complete.obs") # expect: [1] 0.6546537
cor(c(1, 2, NaN, 3, 5), c(2, 1, 4, 4, NaN), use = "pairwise.complete.obs", method = "spearman")
# expect: [1] 0.5
cor(cbind(c(1, 2, NaN, 3, 5), c(2, 1, 4, 4, NaN), c(1, 5, 2, 4, 4)), use = "pairwise.complete.obs")
# expect:           [,1]       [,2]       [,3]
#> [1,] 1.0000000  0.6546537  0.5070926
#> [2,] 0.6546537  1.0000000 -0.2434322
#> [3,] 0.5070926 -0.2434322  1.0000000
cor(cbind(c(1, 2, NaN, 3, 5), c(2, 1, 4, 4, NaN), c(1, 5, 2, 4, 4)), use = "complete.obs")
# expect:           [,1]        [,2]        [,3]
#> [1,] 1.0000000  0.65465367  0.72057669
#> [2,] 0.6546537  1.00000000 -0.05241424
#> [3,] 0.7205767 -0.05241424  1.00000000
cor(cbind(c(1, 2, NaN, 3, 5), c(2, 1, 4, 4, NaN), c(1, 5, 2, 4, 4)), use = "pairwise", method = "kendall")
# expect:           [,1]       [,2]       [,3]
#> [1,] 1.0000000  0.3333333  0.1825742
#> [2,] 0.3333333  1.0000000 -0.1825742
#> [3,] 0.1825742 -0.1825742  1.0000000
cov(cbind(a = c(1, 2, NaN, 3, 5), b = c(2, 1, 4, 4, NaN)), use = "pairwise.complete.obs")
# expect:          a    b
#> a 2.916667 1.00
#> b 1.000000 2.25
cov(cbind(a = c(1, 2, NaN, 3, 5), b = c(2, 1, 4, 4, NaN)), use = "complete.obs")
# expect:   a        b
#> a 1 1.000000
#> b 1 2.333333
cov(c(1, 4, 2), c(2, 7, 3), method = "kendall") # expect: [1] 6
cov(c(1, 4, 2), c(2, 7, 3), method = "spearman") # expect: [1] 1
cor(c(1, NaN), c(1, 2), use = "all.obs") # expect error: missing observations in cov/cor
cor(c(NaN, NaN), c(1, 2), use = "complete.obs") # expect error: no complete element pairs
cor(c(NaN, NaN), c(1, 2), use = "na.or.complete") # expect: [1] NaN
var(c(1, NaN, 3), use = "complete.obs") # expect: [1] 2
var(c(1, NaN, 3), na.rm = TRUE) # expect: [1] 2
var(matrix(c(1, 2, NaN, 4, 5, 7), 3), na.rm = TRUE)
# expect:      [,1] [,2]
#> [1,]  0.5  0.5
#> [2,]  0.5  0.5
IQR(c(1, NaN, 3, 4), na.rm = TRUE) # expect: [1] 1.5
IQR(c(1, 5, 3, 4), type = 6) # expect: [1] 3.25
mad(c(1, NaN, 3, 9), na.rm = TRUE) # expect: [1] 2.9652
mad(c(1, 2, 3, 9), center = 2) # expect: [1] 1.4826
mad(c(1, 2, 3, 9), constant = 1) # expect: [1] 1
mad(c(1, 2, 3, 9), low = TRUE) # expect: [1] 0.7413
mad(c(1, 2, 3, 9), high = TRUE) # expect: [1] 2.2239
mad(c(TRUE, FALSE, TRUE)) # expect: [1] 0
mad(c(1, NaN)) # expect: [1] NaN
fivenum(c(1, NaN, 3), na.rm = FALSE) # expect: [1] NaN NaN NaN NaN NaN
fivenum(c(1, NaN, 3)) # expect: [1] 1 1 2 3 3
weighted.mean(c(1, NaN, 3), c(1, 1, 3), na.rm = TRUE) # expect: [1] 2.5
weighted.mean(c(1, NaN, 3), na.rm = TRUE) # expect: [1] 2
weighted.mean(c(3, 1, 2), c(0.2, 0.3, 0.5)) # expect: [1] 1.9
findInterval(c(NaN, 2), 2, rightmost.closed = TRUE) # expect: [1] NaN   0
findInterval(c(0, 2, 5), c(1, 2, 3), all.inside = TRUE) # expect: [1] 1 2 2
findInterval(c(0, 2, 5), c(1, 2, 3), all.inside = TRUE, left.open = TRUE) # expect: [1] 1 1 2
findInterval(2, 2, rightmost.closed = TRUE, left.open = TRUE) # expect: [1] 1
findInterval(c(1, 2, 3), c(1, 2, 3), rightmost.closed = TRUE, left.open = TRUE) # expect: [1] 1 1 2
unlist(list(a = 1, b = list(c = 2, d = 3)), recursive = FALSE)
# expect: $a
#> [1] 1
#>
#> $b.c
#> [1] 2
#>
#> $b.d
#> [1] 3
unlist(list(a = 1:2, b = 3), recursive = FALSE)
# expect: a1 a2  b
#>  1  2  3
unlist(list(list(1, 2), list(3)), recursive = FALSE)
# expect: [[1]]
#> [1] 1
#>
#> [[2]]
#> [1] 2
#>
#> [[3]]
#> [1] 3
unlist(list(a = 1, b = 2), use.names = FALSE, recursive = FALSE) # expect: [1] 1 2
lengths(list(a = 1:3, b = NULL), use.names = FALSE) # expect: [1] 3 0
combn(4, 2, sum) # expect: [1] 3 4 5 5 6 7
combn(c("a", "b", "c"), 2, paste, collapse = "-") # expect: [1] "a-b" "a-c" "b-c"
combn(3, 2, simplify = FALSE)
# expect: [[1]]
#> [1] 1 2
#>
#> [[2]]
#> [1] 1 3
#>
#> [[3]]
#> [1] 2 3
combn(4, 3, function(v) v * 10)
# expect:      [,1] [,2] [,3] [,4]
#> [1,]   10   10   10   20
#> [2,]   20   20   30   30
#> [3,]   30   40   40   40
combn(4, 2, FUN = function(x) list(x))
# expect: [[1]]
#> [1] 1 2
#>
#> [[2]]
#> [1] 1 3
#>
#> [[3]]
#> [1] 1 4
#>
#> [[4]]
#> [1] 2 3
#>
#> [[5]]
#> [1] 2 4
#>
#> [[6]]
#> [1] 3 4
is.vector(1:3, "numeric") # expect: [1] TRUE
is.vector("a", mode = "numeric") # expect: [1] FALSE
is.vector(list(), mode = "list") # expect: [1] TRUE
is.vector(c(1.5, 2), "double") # expect: [1] TRUE
anyNA(list(1, NaN), recursive = TRUE) # expect: [1] TRUE
split(1:3, c("a", "b", "a"), drop = TRUE)
# expect: $a
#> [1] 1 3
#>
#> $b
#> [1] 2
findInterval(c(1, 2.5), 2, all.inside = TRUE) # expect: [1] 1 0
findInterval(c(1, 2.5), numeric(0), all.inside = TRUE) # expect: [1] 0 0
