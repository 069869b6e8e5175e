# Vectors, sets and order as GNU R has them.
unique(matrix(c(1, 1, 2, 2, 1, 1), 3))
# expect:      [,1] [,2]
#> [1,]    1    2
#> [2,]    1    1
#> [3,]    2    1
unique(matrix(c(1, 2, 1, 3, 4, 3), 3, dimnames = list(c("a", "b", "c"), c("x", "y"))))
# expect:   x y
#> a 1 3
#> b 2 4
unique(matrix(c(1, 2, 1, 3, 4, 3), 3, dimnames = list(c("a", "b", "c"), c("x", "y"))), fromLast = TRUE)
# expect:   x y
#> b 2 4
#> c 1 3
unique(matrix(c(1, 2, 1, 2, 3, 4), 2), MARGIN = 2)
# expect:      [,1] [,2]
#> [1,]    1    3
#> [2,]    2    4
unique(matrix(c("a", "a", "b", "b"), 2))
# expect:      [,1] [,2]
#> [1,] "a"  "b"
unique(matrix(0, 0, 3)) # expect:      [,1] [,2] [,3]
unique(array(c(1, 1, 2, 2, 3, 3, 4, 4), c(2, 2, 2)))
# expect: , , 1
#>
#>      [,1] [,2]
#> [1,]    1    2
#>
#> , , 2
#>
#>      [,1] [,2]
#> [1,]    3    4
duplicated(matrix(c(1, 2, 1, 3, 4, 3), 3, dimnames = list(c("a", "b", "c"), c("x", "y"))))
# expect:     a     b     c
#> FALSE FALSE  TRUE
duplicated(matrix(c(1, NaN, 1, NaN, 4, 5, 4, 5), 4)) # expect: [1] FALSE FALSE  TRUE  TRUE
duplicated(matrix(c(1, 2, 1, 2, 3, 4), 2), MARGIN = 2) # expect: [1] FALSE  TRUE FALSE
anyDuplicated(matrix(c(1, 2, 1, 3, 4, 3), 3)) # expect: [1] 3
anyDuplicated(c(1, 2, 1, 2), fromLast = TRUE) # expect: [1] 2
duplicated(c("a", "b", "a"), fromLast = TRUE) # expect: [1]  TRUE FALSE FALSE
unique(c(3, 1, 3, 2, 1), fromLast = TRUE) # expect: [1] 3 2 1
unique(list(1, "a", 1))
# expect: [[1]]
#> [1] 1
#>
#> [[2]]
#> [1] "a"
unique(list(a = 1, b = "a", c = 1))
# expect: [[1]]
#> [1] 1
#>
#> [[2]]
#> [1] "a"
duplicated(list(1, "a", 1)) # expect: [1] FALSE FALSE  TRUE
duplicated(list(1, "a", 1), fromLast = TRUE) # expect: [1]  TRUE FALSE FALSE
anyDuplicated(list(1, "a", 1)) # expect: [1] 3
duplicated(list()) # expect: logical(0)
which(matrix(c(TRUE, FALSE, TRUE, TRUE), 2, dimnames = list(c("a", "b"), c("x", "y"))), arr.ind = TRUE)
# expect:   row col
#> a   1   1
#> a   1   2
#> b   2   2
which(matrix(c(TRUE, FALSE, TRUE, TRUE), 2, dimnames = list(c("a", "b"), c("x", "y"))), arr.ind = TRUE, useNames = FALSE)
# expect:      [,1] [,2]
#> [1,]    1    1
#> [2,]    1    2
#> [3,]    2    2
which(c(a = TRUE, b = FALSE), useNames = FALSE)
# expect: a
#> 1
rank(c(2, NaN, 1, NaN), na.last = FALSE) # expect: [1] 4 1 3 2
rank(c(2, NaN, 1, NaN), na.last = "keep") # expect: [1]   2 NaN   1 NaN
is.unsorted(c(1, NaN, 2), na.rm = TRUE) # expect: [1] FALSE
is.unsorted(c(2, NaN, 1), na.rm = TRUE) # expect: [1] TRUE
order(c(3, 1, 2), method = "radix") # expect: [1] 2 3 1
seq(NULL) # expect: numeric(0)
seq(c("b", "a")) # expect: [1] 1 2
seq(list(1, 2, 3)) # expect: [1] 1 2 3
seq(TRUE) # expect: [1] 1
seq(c(TRUE, FALSE)) # expect: [1] 1 2
seq(c(5, 6, 7)) # expect: [1] 1 2 3
sequence(5, from = c(1, 5)) # expect: [1] 1 2 3 4 5
sequence(c(2, 0, 3), from = c(1, 5)) # expect: [1] 1 2 1 2 3
c(1, NULL, k = NULL) # expect: [1] 1
c(k = NULL, 1)
# expect: 
#> 1
c(1, k = numeric(0))
# expect: 
#> 1
c(c(a = 1), b = 2, use.names = FALSE) # expect: [1] 1 2
c(list(a = 1), use.names = FALSE)
# expect: [[1]]
#> [1] 1
c(c(a = 1), recursive = TRUE)
# expect: a
#> 1
range(c(1, Inf, NaN, -2), finite = TRUE) # expect: [1] -2  1
range(1:3, 2, finite = FALSE) # expect: [1] 1 3
matrix(numeric(0), nrow = 3, ncol = 2)
# expect:      [,1] [,2]
#> [1,]  NaN  NaN
#> [2,]  NaN  NaN
#> [3,]  NaN  NaN
intersect(c(1, 2), NULL) # expect: NULL
setdiff(NULL, c(1, 2)) # expect: NULL
setdiff(c(2, 1), NULL) # expect: [1] 2 1
union(NULL, c(2, 1)) # expect: [1] 2 1
union(NULL, NULL) # expect: NULL
paste("a", character(0), recycle0 = TRUE) # expect: character(0)
paste("a", character(0), recycle0 = TRUE, collapse = "+") # expect: [1] ""
paste0("a", 1:2, recycle0 = TRUE) # expect: [1] "a1" "a2"
