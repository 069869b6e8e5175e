# Shapes, names, rows, matrices, locks.

dim(1:3)  # expect: [1] 3
ncol(1:3)  # expect: NULL
NCOL(1:3)  # expect: [1] 1
NROW(list(1, 2))  # expect: [1] 2
dim(list(1))  # expect: NULL
length(NULL)  # expect: [1] 0
length(sin)  # expect: [1] 1
{ x <- 1:6; dim(x) <- c(2, 3); x }  # expect:      [,1] [,2] [,3]
#> [1,]    1    3    5
#> [2,]    2    4    6
{ x <- 1:6; dim(x) <- c(2, 2) }  # expect error: dims [product 4] do not match the length of object [6]
as.vector(matrix(1:4, 2))  # expect: [1] 1 2 3 4
as.vector(1:2, "list")  # expect: [[1]]
#> [1] 1
#> 
#> [[2]]
#> [1] 2
as.matrix(c(a = 1, b = 2))  # expect:   [,1]
#> a    1
#> b    2
is.ordered(matrix(1:10, 2, 5))  # expect: [1] TRUE
is.ordered(c(1, 1))  # expect: [1] FALSE
is.ordered(sin)  # expect error: incorrect argument type

# names
names(c(a = 1, 2))  # expect: [1] "a" "" 
names(matrix(1:4, 2, dimnames = list(c("a", "b"), NULL)))  # expect: NULL
dimnames(c(a = 1))  # expect: [[1]]
#> [1] "a"
{ y <- x <- c(a = 1); names(x) <- "b"; names(y) }  # expect: [1] "a"
{ x <- 1:2; names(x) <- "a" }  # expect error: length of 'dimnames' not equal to array extent
{ x <- 1:2; names(x) <- 1:2 }  # expect error: names must be of type 'character'
{ m <- matrix(1:4, 2); names(m) <- c("a", "b") }  # expect error: invalid target of assignment
{ m <- matrix(1:4, 2); dimnames(m) <- list(c("a", "b"), NULL); m }  # expect:   [,1] [,2]
#> a    1    3
#> b    2    4
{ m <- matrix(1:4, 2); dimnames(m) <- list(c("a", "b")) }  # expect error: length of 'dimnames' [1] must match that of 'dims' [2]
{ l <- list(1, 2); names(l) <- c("x", "y"); l$y }  # expect: [1] 2
setNames(nm = c("a", "b"))  # expect:   a   b 
#> "a" "b" 
unname(c(a = 1))  # expect: [1] 1

# rows
head(1:10, -7)  # expect: [1] 1 2 3
tail(matrix(1:20, 10), 2)  # expect:       [,1] [,2]
#>  [9,]    9   19
#> [10,]   10   20
tail(matrix(1:4, 2), 5, keepnums = FALSE)  # expect:      [,1] [,2]
#> [1,]    1    3
#> [2,]    2    4
tail(array(1:12, c(3, 2, 2)), 1)  # expect: , , 1
#> 
#>      [,1] [,2]
#> [3,]    3    6
#> 
#> , , 2
#> 
#>      [,1] [,2]
#> [3,]    9   12
head(matrix(1:4, 2), 0)  # expect:      [,1] [,2]
head(sin)  # expect error: invalid argument type: 'x' should be any of 'double','logical','datetime','duration','interval','string','zts','list' but is 'builtin'
head(1:3, 2.5)  # expect error: argument is not an integer
rev(c(a = 1, b = 2))  # expect: b a 
#> 2 1 
rev(matrix(1:4, 2))  # expect:      [,1] [,2]
#> [1,]    2    4
#> [2,]    1    3
{ x <- 1:3; rev(--x); x }  # expect: [1] 3 2 1
{ f <- function(x) rev(--x); a <- 1:3; f(a); a }  # expect: [1] 1 2 3
{ f <- function(x) rev(--x); a <- 1:3; f(--a); a }  # expect: [1] 3 2 1
rotate(1:4, 1)  # expect: [1] 4 1 2 3
rotate(1:4, -1)  # expect: [1] 2 3 4 1
rotate(1:3, 4)  # expect error: subscript out of bounds
{ x <- matrix(1:4, 2); rotate(--x, 1); x }  # expect:      [,1] [,2]
#> [1,]    2    4
#> [2,]    1    3

# matrices
t(c(a = 1, b = 2))  # expect:      a b
#> [1,] 1 2
t(matrix(1:6, 2, dimnames = list(c("a", "b"), NULL)))  # expect:      a b
#> [1,] 1 2
#> [2,] 3 4
#> [3,] 5 6
t(NULL)  # expect error: argument is not a matrix
aperm(array(1:6, c(1, 2, 3)))[, , 1]  # expect:      [,1] [,2]
#> [1,]    1    2
#> [2,]    3    4
#> [3,]    5    6
dim(aperm(array(1:24, c(2, 3, 4)), c(3, 1, 2)))  # expect: [1] 4 2 3
aperm(matrix(1:4, 2), c(1, 1))  # expect error: invalid 'perm' argument
diag(2)  # expect:      [,1] [,2]
#> [1,]    1    0
#> [2,]    0    1
diag(c(1, 2), 3)  # expect:      [,1] [,2] [,3]
#> [1,]    1    0    0
#> [2,]    0    2    0
#> [3,]    0    0    1
diag(matrix(1:6, 2))  # expect: [1] 1 4
diag(matrix(1:4, 2, dimnames = list(c("a", "b"), c("a", "b"))))  # expect: a b 
#> 1 4 
{ m <- matrix(0, 2, 2); diag(m) <- 1:2; m }  # expect:      [,1] [,2]
#> [1,]    1    0
#> [2,]    0    2
{ m <- matrix(0, 2, 2); diag(m) <- 1:3 }  # expect error: replacement diagonal has wrong length
upper.tri(matrix(0, 2, 2), diag = TRUE)  # expect:       [,1] [,2]
#> [1,]  TRUE TRUE
#> [2,] FALSE TRUE
row(matrix(0, 2, 2))  # expect:      [,1] [,2]
#> [1,]    1    1
#> [2,]    2    2
combn(4, 2)  # expect:      [,1] [,2] [,3] [,4] [,5] [,6]
#> [1,]    1    1    1    2    2    3
#> [2,]    2    3    4    3    4    4
combn(2, 3)  # expect error: n < m
embed(1:5, 2)  # expect:      [,1] [,2]
#> [1,]    2    1
#> [2,]    3    2
#> [3,]    4    3
#> [4,]    5    4
embed(1:2, 3)  # expect error: wrong embedding dimension
rowsum(c(1, 2, 3), c("b", "a", "b"))  # expect:   [,1]
#> a    2
#> b    4
rowsum(c(1, 2, 3), c("b", "a", "b"), reorder = FALSE)  # expect:   [,1]
#> b    4
#> a    2

# locks
lock(1)  # expect error: cannot lock non-reference argument
lock(list())  # expect error: incorrect argument type
unlock(list())  # expect error: incorrect argument type
{ l <- list(a = 1:3); lock(--l$a); is.locked(l$a) }  # expect: [1] TRUE
{ l <- list(1:3, 2); lock(--l[[1]]); l[[1]] <- NULL; length(l) }  # expect: [1] 1
{ a <- 1:3; lock(--a); b <- a; b[1] <- 2 }  # expect error: cannot copy locked object: use '<<-' or '--x'
{ a <- 1:3; lock(--a); a[1] <- 2; a }  # expect: [1] 2 2 3
{ a <- 1:3; b <- a; lock(--a); is.locked(b) }  # expect: [1] FALSE
{ a <- 1:3; lock(--a); is.locked(a[]) }  # expect: [1] FALSE
is.locked(sin)  # expect: [1] FALSE
alloc.dirname(1)  # expect error: no file mapping
msync(1)  # expect error: msync not defined for allocator type
