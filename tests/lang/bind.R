# Binding arrays.

rbind(1:3, 4:6)  # expect:      [,1] [,2] [,3]
#> [1,]    1    2    3
#> [2,]    4    5    6
cbind(a = 1:2, b = 3:4)  # expect:      a b
#> [1,] 1 3
#> [2,] 2 4
{ x <- 1:2; y <- 3:4; cbind(x, y, 9) }  # expect:      x y  
#> [1,] 1 3 9
#> [2,] 2 4 9
{ x <- 1:2; rbind(x + 1, x) }  # expect:   [,1] [,2]
#>      2    3
#> x    1    2
rbind(a = c(x = 1, y = 2), 3:4)  # expect:   x y
#> a 1 2
#>   3 4
rbind(x = matrix(1:4, 2, 2), y = 5:6)  # expect:    [,1] [,2]
#> x1    1    3
#> x2    2    4
#> y     5    6
cbind(a = matrix(1:4, 2, dimnames = list(NULL, c("x", ""))), 9)  # expect:      a.x a2  
#> [1,]   1  3 9
#> [2,]   2  4 9
rbind(matrix(3:4, 1, 2, dimnames = list("r", NULL)), c(a = 1, b = 2))  # expect:   a b
#> r 3 4
#>   1 2
cbind(q = 1:2, r = c(TRUE, FALSE))  # expect:      q r
#> [1,] 1 1
#> [2,] 2 0
rbind(1:2, c("a", "b"))  # expect:      [,1] [,2]
#> [1,] "1"  "2" 
#> [2,] "a"  "b" 
rbind(1:2, 1:3)  # expect error: incorrect dimensions for abind
rbind(matrix(1:4, 2), 0)  # expect:      [,1] [,2]
#> [1,]    1    3
#> [2,]    2    4
#> [3,]    0    0
cbind(1:3, as.double(NULL))  # expect:      [,1]
#> [1,]    1
#> [2,]    2
#> [3,]    3
rbind(NULL)  # expect: NULL
cbind(matrix(0, 3, 0), matrix(1:6, 3))  # expect:      [,1] [,2]
#> [1,]    1    4
#> [2,]    2    5
#> [3,]    3    6
rbind(sin)  # expect error: cbind incorrect type
rbind(1, |.2021-01-01 00:00:00 UTC.|)  # expect error: conversion not defined for time to double
dim(abind(1:3, 4:6, along = 3))  # expect: [1] 3 1 2
dim(abind(1:2, 3:4, along = 4))  # expect: [1] 2 1 1 2
abind(1, 2)  # expect error: argument missing: along
dim(rbind(array(1:4, c(1, 2, 2)), array(0, c(0, 2, 2))))  # expect: [1] 1 2 2

# in place
{ m <- matrix(1:4, 2); b <- m; rbind(--m, 5:6); m }  # expect:      [,1] [,2]
#> [1,]    1    3
#> [2,]    2    4
#> [3,]    5    6
{ m <- matrix(1:4, 2); b <- m; rbind(--m, 5:6); b }  # expect:      [,1] [,2]
#> [1,]    1    3
#> [2,]    2    4
{ a <- 1:3; cbind(z = --a, 4:6); a }  # expect:    [,1] [,2]
#> z1    1    4
#> z2    2    5
#> z3    3    6
{ m <- matrix(0, 0, 2); for (i in 1:100) rbind(--m, c(i, -i)); m[99:100, ] }  # expect:      [,1] [,2]
#> [1,]   99  -99
#> [2,]  100 -100
{ m <- matrix(0, 0, 0); cbind(--m, matrix(1, 0, 2, dimnames = list(NULL, c("a", "b")))); rbind(--m, matrix(1:4, 2, 2)); m }  # expect:      a b
#> [1,] 1 3
#> [2,] 2 4
{ a <- 1:3; rbind(--a, "x") }  # expect error: cannot convert the type of a reference
{ m <- matrix(1:4, 2); lock(--m); cbind(--m, m) }  # expect error: cannot copy locked object: use '<<-' or '--x'
{ m <- matrix(1:4, 2); lock(--m); cbind(--m, 5:6); is.locked(m) }  # expect: [1] TRUE
