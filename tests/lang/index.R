# Reading and replacing by index.

# positions
(1:5)[4:2]  # expect: [1] 4 3 2
(1:5)[2.9]  # expect: [1] 2
(1:5)[c(1, 1, 2)]  # expect: [1] 1 1 2
(1:5)[-1]  # expect: [1] 2 3 4 5
(1:5)[c(-1, -1, -5)]  # expect: [1] 2 3 4
(1:5)[6]  # expect error: subscript out of bounds
(1:5)[0]  # expect error: subscript out of bounds
(1:5)[NaN]  # expect error: subscript out of bounds
(1:5)[c(1, -1)]  # expect error: mixed positive and negative subscripts
(1:5)[c(-1, 1)]  # expect error: mixed positive and negative subscripts
(1:5)[-6]  # expect error: subscript out of bounds
(1:5)[TRUE]  # expect error: boolean index not equal to array extent
(1:5)[c(TRUE, FALSE, TRUE, FALSE, TRUE)]  # expect: [1] 1 3 5
(1:5)[as.double(NULL)]  # expect: numeric(0)
(1:5)[list(1)]  # expect error: incorrect index type
(1:5)[1, 2]  # expect error: incorrect number of dimensions
c(a = 1, b = 2, c = 3)[c("c", "a")]  # expect: c a 
#> 3 1 
c(a = 1, b = 2)["z"]  # expect error: subscript out of bounds
c(a = 1, 2)[""]  # expect error: subscript out of bounds
c(a = 1, 2)[2]  # expect:   
#> 2 
names(c(a = 1)[as.double(NULL)])  # expect: character(0)
character(0)[TRUE]  # expect error: boolean index not equal to array extent

# matrices and arrays
matrix(1:6, 2, 3)[c(2, 1), c(3, 1)]  # expect:      [,1] [,2]
#> [1,]    6    2
#> [2,]    5    1
matrix(1:6, 2, 3)[2, ]  # expect: [1] 2 4 6
matrix(1:6, 2, 3)[2, , drop = FALSE]  # expect:      [,1] [,2] [,3]
#> [1,]    2    4    6
matrix(1:6, 2, 3)[, c(TRUE, FALSE, TRUE)]  # expect:      [,1] [,2]
#> [1,]    1    5
#> [2,]    2    6
matrix(1:6, 2, 3)[c(6, 1)]  # expect: [1] 6 1
matrix(1:6, 2, 3)[-1]  # expect: [1] 2 3 4 5 6
matrix(1:6, 2, 3)[7]  # expect error: subscript out of bounds
matrix(1:6, 2, 3)[cbind(1:2, 2:3)]  # expect: [1] 3 6
matrix(1:6, 2, 3)[cbind(1:2, 3:4)]  # expect error: subscript out of bounds
{ m <- matrix(1:6, 2, 3); m[m > 2] }  # expect: [1] 3 4 5 6
matrix(1:6, 2, 3)["a"]  # expect error: can't do a vector subset with this index type
matrix(1:3, 3, 1)[]  # expect: [1] 1 2 3
dim(matrix(1:6, 2, 3)[as.double(NULL), ])  # expect: [1] 0 3
dim(matrix(1:6, 2, 3)[, -(1:3)])  # expect: [1] 2 0
{ m <- matrix(1:6, 2, dimnames = list(NULL, c("u", "v", "w"))); m[1, "v"] }  # expect: v 
#> 3 
{ m <- matrix(1:6, 2, dimnames = list(c("a", "b"), c("u", "v", "w"))); m["a", "v"] }  # expect: [1] 3
{ a <- array(1:8, c(2, 2, 2), dimnames = list(c("a", "b"), NULL, c("u", "v"))); a[1, , ] }  # expect:      u v
#> [1,] 1 5
#> [2,] 3 7
{ a <- array(1:8, c(2, 2, 2)); a[2, 1, 2] }  # expect: [1] 6
array(1:8, c(2, 2, 2))[1, 2]  # expect error: incorrect number of dimensions
matrix(1:4, 2)[[2, 1]]  # expect: [1] 2
matrix(1:4, 2)[[5]]  # expect error: subscript out of bounds
c(1, 2)[[c(1, 2)]]  # expect error: attempt to select more than one element
c(a = 1)[["a"]]  # expect: [1] 1

# replacement
{ x <- 1:5; x[-(1:2)] <- 0; x }  # expect: [1] 1 2 0 0 0
{ x <- 1:5; x[c(TRUE, FALSE, TRUE, FALSE, TRUE)] <- 0; x }  # expect: [1] 0 2 0 4 0
{ x <- 1:5; x[c(1, 1)] <- c(8, 9); x }  # expect: [1] 9 2 3 4 5
{ x <- 1:5; x[2:4] <- x[4:2]; x }  # expect: [1] 1 4 3 2 5
{ x <- 1:5; x[2:3] <- c(TRUE, FALSE); x }  # expect: [1] 1 1 0 4 5
{ x <- c("a", "b"); x[1] <- 1e5; x }  # expect: [1] "1e+05" "b"    
{ x <- 1:5; x[1:3] <- 1:2 }  # expect error: number of items to replace is not equal to the replacement length
{ x <- 1:5; x[6] <- 1 }  # expect error: subscript out of bounds
{ x <- 1:5; x[1] <- "a" }  # expect error: conversion not defined for character to double
{ x <- 1:5; x[1] <- NULL }  # expect error: conversion not defined for unknown to double
{ x <- c(TRUE, FALSE); x[1] <- 0 }  # expect error: conversion not defined for double to logical
{ x <- 1:5; x[1] <- as.double(NULL) }  # expect error: subscript out of bounds
{ x <- 1:5; y <- x; y[2] <- 9; x }  # expect: [1] 1 2 3 4 5
{ x <- 1:3; (x[2] <- 10) }  # expect: [1] 10
{ x <- matrix(0, 2, 3); x[1:2, c(3, 1)] <- matrix(1:4, 2, 2); x }  # expect:      [,1] [,2] [,3]
#> [1,]    3    0    1
#> [2,]    4    0    2
{ x <- matrix(1:6, 2); x[x > 3] <- 0; x }  # expect:      [,1] [,2] [,3]
#> [1,]    1    3    0
#> [2,]    2    0    0
{ x <- matrix(1:6, 2); x[cbind(1:2, 2:3)] <- c(-1, -2); x }  # expect:      [,1] [,2] [,3]
#> [1,]    1   -1    5
#> [2,]    2    4   -2
{ x <- matrix(1:6, 2); x[, 2] <- 1:3 }  # expect error: number of items to replace is not equal to the replacement length
{ x <- 1:5; x[2] <- 9; is.ordered(x) }  # expect: [1] FALSE
{ x <- 1:10; x[2:3] <- c(2.1, 3.1); is.ordered(x) }  # expect: [1] TRUE
{ x <- 1:3; subassign(--x, 10, 2); x }  # expect: [1]  1 10  3
`[<-`(1:3, 2, value = 9)  # expect: [1] 1 9 3

# times
{ a <- seq(|.2021-01-01 00:00:00 UTC.|, length.out = 5); a[interval(a[c(1, 4)], duration = as.duration("00:00:02"))] }  # expect: [1] 2021-01-01 00:00:00 UTC 2021-01-01 00:00:01 UTC 2021-01-01 00:00:03 UTC
#> [4] 2021-01-01 00:00:04 UTC
{ a <- seq(|.2021-01-01 00:00:00 UTC.|, length.out = 3); a[c(a[3], |.2022-01-01 00:00:00 UTC.|, a[1])] }  # expect: [1] 2021-01-01 00:00:02 UTC 2021-01-01 00:00:00 UTC
{ a <- seq(|.2021-01-01 00:00:00 UTC.|, length.out = 3); a[interval(a[1], a[3], sopen = TRUE, eopen = FALSE)] }  # expect: [1] 2021-01-01 00:00:01 UTC 2021-01-01 00:00:02 UTC
{ a <- seq(|.2021-01-01 00:00:00 UTC.|, length.out = 3); a[|.2022-01-01 00:00:00 UTC.|] }  # expect error: subscript out of bounds
{ a <- seq(|.2021-01-01 00:00:00 UTC.|, length.out = 3)[3:1]; a[interval(a[2], a[1], eopen = FALSE)] }  # expect: [1] 2021-01-01 00:00:02 UTC 2021-01-01 00:00:01 UTC
(1:3)[|.2022-01-01 00:00:00 UTC.|]  # expect error: time point index into non time point vector
(1:3)[as.duration(1)]  # expect error: incorrect index type
matrix(as.time("2021-01-01 00:00:00 UTC"), 1, 1)[|.2022-01-01 00:00:00 UTC.|, 1]  # expect error: time point index into non-vector
