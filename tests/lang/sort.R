# Order, ranks, equality and runs.

sort(c(3, 1, NaN, 2))  # expect: [1] 1 2 3
sort(c(3, 1, NaN, 2), na.last = TRUE)  # expect: [1]   1   2   3 NaN
sort(c(b = 2, a = 1))  # expect: a b 
#> 1 2 
sort(c(1, 2, 1), set = TRUE)  # expect: [1] 1 2
sort(c("b", "a", "C"))  # expect: [1] "C" "a" "b"
sort(c(2, 1), decreasing = TRUE)  # expect: [1] 2 1
sort(as.period("1d"))  # expect error: incorrect argument type
is.ordered(sort(c(1, 1)))  # expect: [1] FALSE
{ x <- c(3, 1, 2); sort(--x); x }  # expect: [1] 1 2 3
sort.idx(c(3, 1, 2))  # expect: [1] 2 3 1
sort.idx(matrix(c(2, 1, 1, 2), 2, 2))  # expect:      [,1] [,2]
#> [1,]    2    1
#> [2,]    1    2
order(c(1, 1, 2, 2), c(4, 3, 2, 1))  # expect: [1] 2 1 4 3
order(c(3, 1, NaN), decreasing = TRUE)  # expect: [1] 1 2 3
rank(c(10, 30, 20, 20))  # expect: [1] 1.0 4.0 2.5 2.5
rank(c(10, 30, 20, 20), ties.method = "min")  # expect: [1] 1 4 2 2
unique(c(3, 1, 3))  # expect: [1] 3 1
unique(list(1, "a", 1))  # expect: [[1]]
#> [1] 1
#> 
#> [[2]]
#> [1] "a"
duplicated(c("x", "y", "x"))  # expect: [1] FALSE FALSE  TRUE
anyDuplicated(1:3)  # expect: [1] 0
match(c(2, 9), 1:3)  # expect: [1]   2 NaN
inverse.rle(rle(c("a", "b", "b")))  # expect: [1] "a" "b" "b"
rle(c(TRUE, FALSE, FALSE))  # expect: $lengths
#> [1] 1 2
#> 
#> $values
#> [1]  TRUE FALSE
is.unsorted(c(1, 3, 2))  # expect: [1] TRUE
