# The apply family as GNU R has it.
sapply(1:3, identity, simplify = "array") # expect: [1] 1 2 3
sapply(1:3, function(i) matrix(i, 2, 2), simplify = "array")
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
#>
#> , , 3
#>
#>      [,1] [,2]
#> [1,]    3    3
#> [2,]    3    3
sapply(c(a=1,b=2), function(i) matrix(i, 2, 2, dimnames=list(c("p","q"),NULL)), simplify = "array")
# expect: , , a
#>
#>   [,1] [,2]
#> p    1    1
#> q    1    1
#>
#> , , b
#>
#>   [,1] [,2]
#> p    2    2
#> q    2    2
apply(matrix(1:4, 2), 1, range, simplify = FALSE)
# expect: [[1]]
#> [1] 1 3
#>
#> [[2]]
#> [1] 2 4
apply(matrix(1:4, 2, dimnames=list(c("a","b"),NULL)), 1, range, simplify = FALSE)
# expect: $a
#> [1] 1 3
#>
#> $b
#> [1] 2 4
tapply(1:4, list(c("a", "a", "b", "b"), c("x", "y", "x", "y")), sum)
# expect:   x y
#> a 1 2
#> b 3 4
tapply(1:4, list(c("a", "a", "b", "b"), c("x", "y", "x", "x")), sum)
# expect:   x   y
#> a 1   2
#> b 7 NaN
tapply(1:4, list(c("a", "a", "b", "b")), mean)
# expect:   a   b
#> 1.5 3.5
tapply(c(1, 2, 6), c(2.5, 1.5, 10), range, simplify = FALSE)
# expect: $`1.5`
#> [1] 2 2
#>
#> $`2.5`
#> [1] 1 1
#>
#> $`10`
#> [1] 6 6
tapply(1:3, c(TRUE, FALSE, TRUE), mean, simplify = FALSE)
# expect: $`FALSE`
#> [1] 2
#>
#> $`TRUE`
#> [1] 2
rapply(list(1, 2, "a"), function(x) x * 2, classes = "numeric", how = "unlist") # expect: [1] 2 4
rapply(list(a = 1, b = list(c = 2)), function(x) x + 1, how = "list")
# expect: $a
#> [1] 2
#>
#> $b
#> $b$c
#> [1] 3
rapply(list(a = 1, b = list(c = "x")), function(x) x + 1, classes = "numeric", how = "replace")
# expect: $a
#> [1] 2
#>
#> $b
#> $b$c
#> [1] "x"
rapply(list(1, "a"), nchar, classes = "character", deflt = 0, how = "unlist") # expect: [1] 0 1
rapply(list(1, "a"), nchar, classes = "character", how = "list")
# expect: [[1]]
#> NULL
#>
#> [[2]]
#> [1] 1
rapply(list(a = 1, b = "x", c = list(d = 3)), toupper, classes = "character", how = "unlist")
# expect:   b
#> "X"
rapply(list(1,list(2,3)), sqrt) # expect: [1] 1.000000 1.414214 1.732051
Find(function(x) x > 1, list(1, 2, 3), right = TRUE) # expect: [1] 3
Position(function(x) x > 1, c(5, 2, 1), right = TRUE) # expect: [1] 2
Position(function(x) x > 10, c(5, 2, 1), nomatch = 0) # expect: [1] 0
Find(function(x) x > 10, c(5, 2, 1), nomatch = "none") # expect: [1] "none"
Find(function(x) x > 10, c(5, 2, 1)) # expect: NULL
Filter(function(x) length(x) > 1, NULL) # expect: NULL
sapply(1:2, function(i) list(i))
# expect: [[1]]
#> [1] 1
#>
#> [[2]]
#> [1] 2
sapply(list(), length) # expect: list()
mapply(function(x, y) list(x, y), 1:3, 2) # expect error: the results are lists of 2 elements each, and there are no matrices of lists: use lapply, or do not simplify
mapply(function(x) matrix(x, 2, 2), 1:3, SIMPLIFY = "array")
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
#>
#> , , 3
#>
#>      [,1] [,2]
#> [1,]    3    3
#> [2,]    3    3
apply(matrix(1:6, 2), 1, function(r) list(sum(r)))
# expect: [[1]]
#> [[1]][[1]]
#> [1] 9
#>
#>
#> [[2]]
#> [[2]][[1]]
#> [1] 12
