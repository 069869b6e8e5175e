# Lists: reading, replacing, flattening, grouping.

list(a = 1, b = 2)["b"]  # expect: $b
#> [1] 2
list(a = 1, b = 2)[["b"]]  # expect: [1] 2
list(a = 1, b = 2)$b  # expect: [1] 2
list(a = 1)$z  # expect error: subscript out of bounds
list(1, 2)[[3]]  # expect error: subscript out of bounds
list(1, 2)[[c(TRUE, FALSE, TRUE)]]  # expect error: boolean index not equal to array extent
list(1, list(2, list(3)))[[c(2, 2, 1)]]  # expect: [1] 3
list(a = 1, b = list(c = 3))[[c("b", "c")]]  # expect: [1] 3
sin[[1]]  # expect error: builtin cannot be double subsetted
function(x) x[1]  # expect: function(x) x[1]

# replacement
{ l <- list(1, 2, 3); l[] <- list(2); unlist(l) }  # expect: [1] 2 2 2
{ l <- list(1, 2); l[1] <- 99; unlist(l) }  # expect: [1] 99  2
{ l <- list(a = 1, b = 2, c = 3); l[c("a", "c")] <- NULL; l }  # expect: $b
#> [1] 2
{ l <- list(1, 2); l[] <- NULL; l }  # expect: list()
{ l <- list(1, 2); l[2] <- list(NULL); l }  # expect: [[1]]
#> [1] 1
#> 
#> [[2]]
#> NULL
{ l <- list(1, 2); l[3] <- NULL }  # expect error: subscript out of bounds
{ l <- list(1, 2); l[1:2] <- list(1, 2, 3) }  # expect error: number of items to replace is not equal to the replacement length
{ l <- list(); l$a <- 1; l[["b"]] <- 2; l[[""]] <- 3; names(l) }  # expect: [1] "a" "b" "" 
{ l <- list(1); l[[2]] <- 5 }  # expect error: recursive indexing failed at level 1
{ l <- list(1, 2); l[c(TRUE, FALSE, TRUE)] <- list(1) }  # expect error: boolean index not equal to array extent
{ l <- list(a = 1); l$z <- NULL; length(l) }  # expect: [1] 1
{ l <- list(1, 2); b <- l; l[[1]] <- 99; b[[1]] }  # expect: [1] 1
{ l <- list(a = list(b = 1)); l$a$b <- 12; l$a$new <- 2; unlist(l) }  # expect:   a.b a.new 
#>    12     2 
{ l <- list(1, list(2, 3)); l[[c(2, 1)]] <- 9; unlist(l) }  # expect: [1] 1 9 3
{ l <- list(a = 1:3); l$a[2] <- 9; l$a }  # expect: [1] 1 9 3
{ l <- list(a = 1); l$b$c <- 3 }  # expect error: subscript out of bounds
all.equal({ l <- list(1, 2, 3); l[1] <- list(2) }, list(2, 2, 3))  # expect: [1] TRUE
{ l <- list(a = 1); l$a <- l; l$a$a }  # expect: [1] 1

# lists and vectors
unlist(list(a = 1, b = list(c = 2, 3)))  # expect:   a b.c   b 
#>   1   2   3 
unlist(list(a = list(1, b = 2, 3), c = list(d = list(1, 2), 4), 5))  # expect:   a1  a.b   a3 c.d1 c.d2    c      
#>    1    2    3    1    2    4    5 
unlist(list(a = c(x = 1, 2), b = list(c = NULL), 3))  # expect: a.x  a2     
#>   1   2   3 
unlist(list(a = list(list(list(5)))))  # expect: a 
#> 5 
unlist(list(1:2, "a", TRUE))  # expect: [1] "1"    "2"    "a"    "TRUE"
unlist(list(a = 1:2), use.names = FALSE)  # expect: [1] 1 2
unlist(list())  # expect: NULL
as.list(c(a = 1, b = 2))  # expect: $a
#> [1] 1
#> 
#> $b
#> [1] 2
lengths(list(a = 1:3, b = NULL, 2))  # expect: a b   
#> 3 0 1 
append(list(1, 2), list(3), 1)[[2]]  # expect: [1] 3
append(1:3, 9, after = 1)  # expect: [1] 1 9 2 3
append(c(a = 1, b = 2), c(z = 9), after = 1)  # expect: a z b 
#> 1 9 2 
setNames(list(1, 2), c("x", "y"))  # expect: $x
#> [1] 1
#> 
#> $y
#> [1] 2
rev(list(a = 1, b = 2))  # expect: $b
#> [1] 2
#> 
#> $a
#> [1] 1
split(1:6, c(1, 2, 3, 1, 2, 3))  # expect: $`1`
#> [1] 1 4
#> 
#> $`2`
#> [1] 2 5
#> 
#> $`3`
#> [1] 3 6
split(c(a = 1, b = 2, c = 3), c("x", "y", "x"))  # expect: $x
#> a c 
#> 1 3 
#> 
#> $y
#> b 
#> 2 
split(1:3, 1:2)  # expect error: group length must match
unsplit(split(c("a", "b", "c"), c(2, 1, 2)), c(2, 1, 2))  # expect: [1] "a" "b" "c"
