# Arrays: construction, conversion, indexing, names, binding, order, sets, display: one case for every rule.

dim(matrix(7,2,3)[,2])  # expect: [1] 2
dim(matrix(7,2,3)[2,,drop=F])  # expect: [1] 1 3
matrix(1:6,2,3)[c(2,1),c(3,1)]  # expect:      [,1] [,2]
#> [1,]    6    2
#> [2,]    5    1
{x <- matrix(0,2,3); x[1:2,c(3,1)] <- matrix(1:4,2,2); x}  # expect:      [,1] [,2] [,3]
#> [1,]    3    0    1
#> [2,]    4    0    2
{x <- 1:5; x[2:3] <- c(TRUE,FALSE); x}  # expect: [1] 1 1 0 4 5
{x <- 1:5; x[c(T,F,T,F,T)] <- 0; x}  # expect: [1] 0 2 0 4 0
!c(1,0) == 1  # expect: [1] FALSE  TRUE
rownames(rbind(x=matrix(1:4,2,2),y=5:6))  # expect: [1] "x1" "x2" "y" 
dimnames(rbind(matrix(3:4,1,2,dimnames=list("r",NULL)),c(a=1,b=2)))  # expect: [[1]]
#> [1] "r" "" 
#> 
#> [[2]]
#> [1] "a" "b"
#> 
cbind(q=1:2, r=c(TRUE,FALSE))  # expect:      q r
#> [1,] 1 1
#> [2,] 2 0
dim(abind(1:2,3:4,along=4))  # expect: [1] 2 1 1 2
diff(c(a=1,b=3))  # expect: b 
#> 2 
rollmax(c(4,NaN,3,9,5,6,NaN,8),3,2)  # expect: [1] NaN NaN   4   9   9   9   6   8
rollmin(c(4,NaN,3,9,5,6,NaN,8),3,2)  # expect: [1] NaN NaN   3   3   3   5   5   6
rollmean(1:10,3)[4]  # expect: [1] 3
setdiff(c(4,1,2,2),c(3,5))  # expect: [1] 4 1 2
all.equal(setdiff.idx(1:4,c(2,3,5)), list(c(1,4), 3))  # expect: [1] TRUE
sort.idx(c(3,1,2))  # expect: [1] 2 3 1
list(a=1,b=2) == 1  # expect:     a     b 
#>  TRUE FALSE 
{a <- 1:3; cbind(z=--a,4:6); rownames(a)}  # expect: [1] "z1" "z2" "z3"
min(c(3,1,NaN))  # expect: [1] NaN
sort(c("b","a","C"))  # expect: [1] "C" "a" "b"
typeof(1L)  # expect: [1] "double"
dim(5)  # expect: [1] 1
nrow(1:3)  # expect: [1] 3
ncol(1:3)  # expect: NULL
nrow(list(1))  # expect: NULL
dim(list(1,2))  # expect: NULL
length(sin)  # expect: [1] 1
dim(as.period("1d"))  # expect: [1] 1
matrix(1:6, 2)  # expect:      [,1] [,2] [,3]
#> [1,]    1    3    5
#> [2,]    2    4    6
matrix(1:6, ncol=2)[3,2]  # expect: [1] 6
dim(matrix(1:6))  # expect: [1] 6 1
matrix()  # expect:      [,1]
#> [1,]  NaN
matrix(1:6, 4)  # expect error: data does not fit array dimensions
matrix(1:3, 2, 3)  # expect error: data does not fit array dimensions
matrix(list(1,2), 1, 2)  # expect error: incorrect data type
dim(matrix(0,0,3))  # expect: [1] 0 3
dim(matrix(0,1.9,2))  # expect: [1] 1 2
dim(matrix(as.double(NULL),2,2))  # expect: [1] 2 2
matrix(as.double(NULL),1,2)  # expect:      [,1] [,2]
#> [1,]  NaN  NaN
matrix(1:6,2,byrow=TRUE)  # expect:      [,1] [,2] [,3]
#> [1,]    1    2    3
#> [2,]    4    5    6
matrix(1,2,2,dimnames=list(1:2,NULL))  # expect error: incorrect data type for dimension name
dimnames(matrix(1,2,2,dimnames=list(c("a","b"))))  # expect: [[1]]
#> [1] "a" "b"
#> 
#> [[2]]
#> NULL
#> 
matrix(0,0,0,dimnames=list("a",NULL))  # expect error: length of 'dimnames' [1] not equal to array extent
vector("foo")  # expect error: unknown mode
vector()  # expect: logical(0)
vector("time", 2)  # expect: [1] 1970-01-01 00:00:00 UTC 1970-01-01 00:00:00 UTC
character(-1)  # expect error: invalid 'length' argument
vector("double", -1)  # expect error: invalid 'length' argument
array()  # expect: [1] NaN
array(1:4)  # expect: [1] 1 2 3 4
c(TRUE, 2)  # expect: [1] 1 2
c(1, "a", TRUE)  # expect: [1] "1"    "a"    "TRUE"
c(as.duration(1), 2)  # expect: [1] 1 2
c(as.duration(1), as.time("2015-01-01 00:00:00 UTC"))  # expect error: conversion not defined for time to duration
c(as.time("2015-01-01 00:00:00 UTC"), as.duration(1))  # expect error: conversion not defined for duration to time
c(1, as.interval(NULL))  # expect: [1] 1
names(c(list(1), c(x=2,y=3)))  # expect: [1] ""  "x" "y"
length(c(list(1), list(2, list(3))))  # expect: [1] 3
c(matrix(1:4,2,2), 5)  # expect: [1] 1 2 3 4 5
names(c(x=c(1,b=2),3))  # expect: [1] "x1"  "x.b" ""   
c(matrix(1:3,3,1))  # expect: [1] 1 2 3
as.logical(NaN)  # expect error: NaN has no truth value: use is.nan()
as.logical("true")  # expect: [1] TRUE
as.logical("yes")  # expect error: cannot convert "yes" to a logical
as.numeric("abc")  # expect error: cannot convert "abc" to a number
as.numeric(c(" 1 ", "0x1F", "1e3", "Inf"))  # expect: [1]    1   31 1000  Inf
as.numeric(as.duration(5))  # expect: [1] 5
as.numeric(as.time("2015-01-01 00:00:00 UTC"))  # expect error: conversion not defined for array of time to array of double
as.logical(as.duration(1))  # expect error: conversion not defined for array of duration to array of logical
as.numeric(NULL)  # expect: numeric(0)
as.numeric(sin)  # expect error: cannot convert to double
as.character(c(a=1))  # expect: [1] "1"
as.character(c(1e5,123456,0.1,1/3,1e15,100000.5,1e-4))  # expect: [1] "1e+05"             "123456"            "0.1"              
#> [4] "0.333333333333333" "1e+15"             "100000.5"          
#> [7] "1e-04"            
as.integer(2.9)  # expect: [1] 2
as.character(-0)  # expect: [1] "0"
x <- c("a","b"); x[1] <- 5; x  # expect: [1] "5" "b"
x <- c(TRUE,FALSE); x[1] <- 5  # expect error: conversion not defined for double to logical
x <- 1:3; x[1] <- "5"  # expect error: conversion not defined for character to double
x <- as.time("2015-01-01 00:00:00 UTC"); x[1] <- "2016-01-01 00:00:00 UTC"; x  # expect: [1] 2016-01-01 00:00:00 UTC
x <- 1:3; x[c(1,9)] <- 0  # expect error: subscript out of bounds
x <- 1:3; tryCatch(x[c(1,9)] <- 0, 0); x  # expect: [1] 1 2 3
x <- 1:3; x[c(1,1)] <- c(5,6); x  # expect: [1] 6 2 3
m <- matrix(1:6,2); m[cbind(1:2,2:3)]  # expect: [1] 3 6
m <- matrix(1:6,2); m[cbind(1:2,2:3)] <- 0; m  # expect:      [,1] [,2] [,3]
#> [1,]    1    0    5
#> [2,]    2    4    0
m <- matrix(1:6,2); m[m > 2]  # expect: [1] 3 4 5 6
m <- matrix(1:4,2,dimnames=list(NULL,c("v","w"))); m[1,"v"]  # expect: v 
#> 1 
m <- matrix(1:4,2,dimnames=list(c("a","b"),c("v","w"))); m[1,"v"]  # expect: [1] 1
NULL[1]  # expect error: NULL cannot be subsetted
sin[1]  # expect error: builtin cannot be subsetted
(function(x) x)[1]  # expect error: function cannot be subsetted
x <- c(a=1,b=2)[c("b")]; x  # expect: b 
#> 2 
c(a=1)[["a"]]  # expect: [1] 1
x <- c(a=1,2); x[as.double(NULL)]  # expect: named numeric(0)
all.equal(c(a=1,b=2)[as.double(NULL)], as.double(NULL))  # expect: [1] TRUE
c(a=1,2)[2]  # expect:   
#> 2 
names(c(a=1,2)[2])  # expect: [1] ""
x <- sin; x[1] <- 3  # expect error: builtin cannot be subassigned
x <- NULL; x[1] <- 3  # expect error: NULL cannot be subassigned
l <- list(1,2); l[[3]]  # expect error: subscript out of bounds
l <- list(1,2); l[3]  # expect error: subscript out of bounds
l <- list(1,2); l[c(T,F,T)]  # expect error: boolean index not equal to array extent
l <- list(a=1); l["b"]  # expect error: subscript out of bounds
l <- list(1,2); l[-1]  # expect: [[1]]
#> [1] 2
#> 
5 + matrix(5,1,1)  # expect:      [,1]
#> [1,]   10
matrix(1:4,2,2) + 1:4  # expect error: incompatible array sizes
1:3 + as.double(NULL)  # expect error: incompatible array sizes
1 + as.double(NULL)  # expect: numeric(0)
c(a=1)+1:3  # expect: [1] 2 3 4
c(a=1,b=2)+c(u=3,v=4)  # expect: a b 
#> 4 6 
matrix(1:4,2,2,dimnames=list(c("a","b"),NULL)) + matrix(1,2,2,dimnames=list(NULL,c("x","y")))  # expect:   [,1] [,2]
#> a    2    4
#> b    3    5
5 %% 0  # expect: [1] NaN
5 %/% 0  # expect: [1] Inf
-1 %% Inf  # expect: [1] Inf
1 %% -Inf  # expect: [1] -Inf
1 & NaN  # expect error: NaN has no truth value: use is.nan()
!NaN  # expect error: NaN has no truth value: use is.nan()
!NULL  # expect error: invalid type for unary operator
-"a"  # expect error: invalid type for unary operator
identical(NaN, 0/0)  # expect: [1] TRUE
all.equal(0, -0)  # expect: [1] TRUE
all.equal(0.1+0.2, 0.3)  # expect: [1] TRUE
all.equal(1, 1.1)  # expect: [1] FALSE
all.equal(1, "a")  # expect: [1] FALSE
all.equal(NULL, NULL)  # expect: [1] TRUE
all.equal(sin, sin)  # expect: [1] TRUE
identical(list(a=1), list(b=1))  # expect: [1] FALSE
all.equal(c(a=1,b=2), c(1,2))  # expect: [1] FALSE
all.equal(list(1,list(2,"a")), list(1,list(2,"a")))  # expect: [1] TRUE
x <- c(a=1,2); names(x) <- c("",""); all.equal(x, c(1,2))  # expect: [1] TRUE
all(1 == TRUE)  # expect: [1] FALSE
all(NULL)  # expect: [1] TRUE
any(NULL)  # expect: [1] FALSE
all(NaN)  # expect error: NaN has no truth value: use is.nan()
all(c(TRUE,NaN), na.rm=TRUE)  # expect: [1] TRUE
is.ordered(list())  # expect error: incorrect argument type
is.ordered(sort(c(1,1)))  # expect: [1] FALSE
names(matrix(1:4,2,dimnames=list(c("a","b"),NULL)))  # expect: NULL
x <- matrix(1:4,2); names(x) <- "a"  # expect error: invalid target of assignment
x <- sin; names(x) <- "a"  # expect error: invalid target of assignment
x <- 1:2; rownames(x) <- c("a","b"); x  # expect: a b 
#> 1 2 
x <- c(a=1); names(x) <- NULL; x  # expect: [1] 1
colnames(1:3)  # expect: NULL
dimnames(list(a=1))  # expect: NULL
x <- 1:6; dim(x) <- 5  # expect error: dims [product 5] do not match the length of object [6]
rbind(1:2,NULL,3:4)[2,2]  # expect: [1] 4
is.null(rbind())  # expect: [1] TRUE
is.null(cbind(NULL))  # expect: [1] TRUE
cbind(list(1))  # expect error: cbind incorrect type
x <- 1:2; y <- 3:4; colnames(cbind(x, y))  # expect: [1] "x" "y"
x <- 1:2; is.null(colnames(cbind(--x, 3:4)))  # expect: [1] TRUE
x <- 1:2; colnames(cbind(x, 5:6))  # expect: [1] "x" "" 
cbind(1, 1:3)[3,1]  # expect: [1] 1
rbind(matrix(1:4,2),0)[3,2]  # expect: [1] 0
cbind(1:2, 1:4)  # expect error: incorrect dimensions for abind
all.equal(cbind(matrix(0,3,0), matrix(1:3,3,1)), matrix(1:3,3,1))  # expect: [1] TRUE
head(1:10, -20)  # expect: numeric(0)
tail(matrix(1:6,3,2), 2)  # expect:      [,1] [,2]
#> [2,]    2    5
#> [3,]    3    6
tail(matrix(1:6,3,2), 10)  # expect:      [,1] [,2]
#> [1,]    1    4
#> [2,]    2    5
#> [3,]    3    6
rownames(tail(matrix(1:6,3,2), 0))  # expect: NULL
rotate(c(a=1,b=2,c=3), 1)  # expect: a b c 
#> 3 1 2 
sort(c(2,NaN,1))  # expect: [1] 1 2
sort(c(2,NaN,1), na.last=TRUE)  # expect: [1]   1   2 NaN
sort(c(2,NaN,1), na.last=FALSE)  # expect: [1] NaN   1   2
sort(c(2,1,2,1), set=TRUE)  # expect: [1] 1 2
sort(matrix(4:1,2))  # expect: [1] 1 2 3 4
sort(as.period("1d"))  # expect error: incorrect argument type
sort.idx(matrix(c(2,1,3,4),2))  # expect:      [,1] [,2]
#> [1,]    2    1
#> [2,]    1    2
cumsum(c(TRUE,TRUE))  # expect: [1] 1 2
cumsum(matrix(1:4,2,2))  # expect: [1]  1  3  6 10
cumsum(c(a=1,b=2))  # expect: a b 
#> 1 3 
diff(1:5, lag=0)  # expect error: 'lag' and 'differences' must be integers >= 1
move(1:3, 0)  # expect: [1] 1 2 3
max(as.double(NULL))  # expect: [1] -Inf
min(as.double(NULL))  # expect: [1] Inf
max("a","b")  # expect: [1] "b"
max(TRUE, 5)  # expect: [1] 5
sum(1, TRUE, c(2,3))  # expect: [1] 7
sum(c(1,NaN), na.rm=TRUE)  # expect: [1] 1
prod(as.double(NULL))  # expect: [1] 1
sum(as.double(NULL))  # expect: [1] 0
floor(1.5, unit="day")  # expect error: 'unit' only meaningful for 'time' or 'interval'
rollmean(1:3, 0)  # expect error: 'window' must be >= 0 and <= dim[0]
rollmean(c(1,NaN,3), 2, 1)  # expect: [1] 1 1 3
rollvar(c(1,2,4), 2, 1)  # expect: [1] NaN 0.5 2.0
rollcov(1:3, 1:4, 2)  # expect error: invalid dimensions
dim(rollcov(matrix(1:10,5), matrix(1:15,5), 3))  # expect: [1] 5 2 3
length(runif(5))  # expect: [1] 5
dim(runif(matrix(0,2,3)))  # expect: [1] 2 3
length(rnorm(n=3))  # expect: [1] 3
set.seed(1); a <- runif(3); set.seed(1); all.equal(a, runif(3))  # expect: [1] TRUE
union(c(3,1,2), c(5,2,3))  # expect: [1] 3 1 2 5
intersect(c(3,1,2), c(5,2,3))  # expect: [1] 3 2
union(matrix(1:4,2), 1)  # expect error: argument must be a vector
union(1, "a")  # expect error: incorrect argument type
intersect.idx(c(3,1,2), c(5,2,3))  # expect: [[1]]
#> [1] 3 1
#> 
#> [[2]]
#> [1] 2 3
#> 
union.idx(c(1,2), c(2,3))  # expect: [[1]]
#> [1]   1   2 NaN
#> 
#> [[2]]
#> [1] NaN   1   2
#> 
paste("a", NULL)  # expect: [1] "a "
paste(NULL)  # expect: character(0)
paste(NULL, collapse="")  # expect: [1] ""
paste(list(1,"b"), "z")  # expect: [1] "1 z" "b z"
substr("RUnit_x",1,5)  # expect: [1] "RUnit"
substr("abc", 0, 2)  # expect: [1] "ab"
cat("a", "b", fill=TRUE)  # expect: a b
cat(1:3, sep=", ")  # expect: 1, 2, 3
cat(NULL)  # expect:
cat(as.duration("00:00:01"), "\n")  # expect: 00:00:01 
cat(1/3, 1e5, pi, "\n")  # expect: 0.3333333 1e+05 3.141593 
lapply(1:2, function(i, k) i * k, 10)[[2]]  # expect: [1] 20
x <- 1:10; x[2:3] <- c(1.2,1.1); is.ordered(x)  # expect: [1] FALSE
isTRUE(all.equal(c(1,2), c(1,2)))  # expect: [1] TRUE
xor(TRUE, FALSE)  # expect: [1] TRUE
match.fun("sin")(0)  # expect: [1] 0
"a" %in% c("a","b")  # expect: [1] TRUE
1 %in% "1"  # expect: [1] FALSE
subset(1:5, 2:3)  # expect: [1] 2 3
dblsubset(list(1,"b"), 2)  # expect: [1] "b"
x <- 1:3; subassign(--x, 9, 2); x  # expect: [1] 1 9 3
x <- list(1,2); dblsubassign(--x, "n", 2); x[[2]]  # expect: [1] "n"
op("+", 1, 2)  # expect: [1] 3
is.nan(list(1))  # expect error: invalid argument type: 'x' should be any of 'double','zts' but is 'list'
sin("a")  # expect error: invalid argument type: 'x' should be any of 'double','zts' but is 'string'
rollmean("a", 2)  # expect error: invalid argument type: 'x' should be any of 'double','zts' but is 'string'
head(sin)  # expect error: invalid argument type: 'x' should be any of 'double','logical','datetime','duration','interval','string','zts','list' but is 'builtin'
as.character(list(1,"a",TRUE))  # expect: [1] "1"    "a"    "TRUE"
as.numeric(list(1,2))  # expect: [1] 1 2
print(1:3, digits=3)  # expect: [1] 1 2 3
print(pi, 3)  # expect: [1] 3.14
print(c(a="x"), quote=FALSE)  # expect: a 
#> x 
print(as.time("2015-01-01 00:00:00 UTC"), "America/New_York")  # expect: [1] 2014-12-31 19:00:00 EST
print(as.time("2015-01-01 00:00:00 UTC"), tz="America/New_York")  # expect: [1] 2014-12-31 19:00:00 EST
str(list(a=1,b="x"))  # expect: List of 2
#>  $ a: num 1
#>  $ b: chr "x"
str(c(a=1,b=2))  # expect:  Named num [1:2] 1 2
#>  - attr(*, "names")= chr [1:2] "a" "b"
a <- 1:3; lock(--a); str(a)  # expect:  num [1:3] 1 2 3
#>  - locked
matrix(0,0,3)  # expect:      [,1] [,2] [,3]
matrix(0,3,0)  # expect:     
#> [1,]
#> [2,]
#> [3,]
array(0,c(2,2,0))  # expect: <2 x 2 x 0 array of double>
#>      [,1] [,2]
#> [1,]
#> [2,]
matrix(0,0,0)  # expect: <0 x 0 matrix>
options(max.print=5); 1:9  # expect: [1] 1 2 3 4 5
#>  [ reached getOption("max.print") -- omitted 4 entries ]
options(width=10); c(123456.5, 2)  # expect: [1] 123456.5
#> [2]      2.0
list(1, a="x", list(2, b=3))  # expect: [[1]]
#> [1] 1
#> 
#> $a
#> [1] "x"
#> 
#> [[3]]
#> [[3]][[1]]
#> [1] 2
#> 
#> [[3]]$b
#> [1] 3
#> 
#> 
list(`a b`=1)  # expect: $`a b`
#> [1] 1
#> 
list(list())  # expect: [[1]]
#> list()
#> 
l <- list(a=1); l[as.double(NULL)]  # expect: named list()
interval(as.time("2015-01-01 00:00:00 UTC"), as.time("2015-01-02 00:00:00 UTC") + as.duration(1:2))  # expect error: 'start' and 'end' must have the same size
interval(as.time("2015-01-01 00:00:00 UTC"), as.time("2015-01-02 00:00:00 UTC"), as.duration(1))  # expect error: 'end' and 'duration' cannot be specified together
time(2015, 1:2, 1, tz="UTC")  # expect error: array size mismatch
seq(as.time("2015-01-01 00:00:00 UTC"))  # expect error: missing argument
seq(as.time("2015-01-01 00:00:00 UTC"), as.time("2015-01-03 00:00:00 UTC"), as.period("1d"))  # expect error: argument 'tz' must be specified
seq(1, as.time("2015-01-03 00:00:00 UTC"))  # expect error: invalid type for argument
seq(1:2, 3)  # expect error: expecting scalar value
seq(0,1,by=0.1)[11] == 1  # expect: [1] TRUE
seq(1, by=2, along.with=1:3)  # expect: [1] 1 3 5
seq(to=10, by=2, length.out=3)  # expect: [1]  6  8 10
seq(3, 1)  # expect: [1] 3 2 1
seq(1, 10, length.out=0)  # expect: numeric(0)
seq(1, 10, length.out=1)  # expect: [1] 1

# names(x, value)
x <- 1:2; x <- names(x, c("a","b")); x  # expect: a b 
#> 1 2 
names(c(a=1), "z")  # expect:
(names(c(a=1), "z"))  # expect: z 
#> 1 
x <- 1:2; names(--x, c("a","b")); x  # expect: a b 
#> 1 2 
x <- 1:2; names(x, c("a","b")); x  # expect: [1] 1 2
x <- matrix(1:4,2,2); x <- colnames(x, c("u","v")); x <- rownames(x, c("a","b")); x  # expect:   u v
#> a 1 3
#> b 2 4
x <- matrix(1:4,2,2); x <- dimnames(x, list(NULL,c("u","v"))); dimnames(x)[[2]]  # expect: [1] "u" "v"
names(1:2, "a")  # expect error: length of 'dimnames' not equal to array extent
names(c(a=1), NULL)  # expect:
names(c(a=1))  # expect: [1] "a"
x <- c(a=1); names(--x)  # expect: [1] "a"
names(list(a=1))  # expect: [1] "a"
sapply(list(c(a=1),c(b=2)), names)  # expect: [1] "a" "b"
colnames(1:3)  # expect: NULL
all("a")  # expect error: can't coherce to logical
