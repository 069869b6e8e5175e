# Functions on functions.

# results and their shape
Reduce(`+`,list())  # expect: NULL
Reduce(`+`,list(),accumulate=TRUE)  # expect: NULL
Reduce(`+`,numeric(0),accumulate=TRUE)  # expect: NULL
Reduce(`+`,list(),0,accumulate=TRUE)  # expect: [1] 0
Reduce(`-`,1:4,right=TRUE,accumulate=TRUE)  # expect: [1] -2  3 -1  4
Reduce(`-`,1:4,10,right=TRUE,accumulate=TRUE)  # expect: [1]  8 -7  9 -6 10
Reduce(function(a,b) c(a,b),1:3,accumulate=TRUE)  # expect: [[1]]
#> [1] 1
#>
#> [[2]]
#> [1] 1 2
#>
#> [[3]]
#> [1] 1 2 3
Reduce(`+`,c(a=1,b=2),accumulate=TRUE)  # expect: [1] 1 3
Reduce(`+`,list(5))  # expect: [1] 5
Reduce(`+`, c(a=1))  # expect: [1] 1
Filter(function(x) x>1,c(a=1,b=2,c=3))  # expect: b c
#> 2 3
Filter(function(x) x>1,list(a=1,b=2))  # expect: $b
#> [1] 2
Filter(function(x) x>5,1:3)  # expect: numeric(0)
Filter(function(x)x>5,list(1))  # expect: list()
Find(function(x)x>5,1:3)  # expect: NULL
Position(function(x)x>5,1:3)  # expect: [1] NaN
Position(function(x)x>2,c(a=1,b=5))  # expect: [1] 2
sapply(1:2,function(i) list(i))  # expect: [[1]]
#> [1] 1
#>
#> [[2]]
#> [1] 2
sapply(1:2,function(i) list(i,2))  # expect error: the results are lists of 2 elements each, and there are no matrices of lists: use lapply, or do not simplify
sapply(character(0),nchar)  # expect: named list()
sapply(1:3,function(i) NULL)  # expect: [[1]]
#> NULL
#>
#> [[2]]
#> NULL
#>
#> [[3]]
#> NULL
sapply(c(a=1,b=2),function(x) c(u=x))  # expect: a.u b.u
#>   1   2
sapply(1:2,function(i) matrix(i,2,2))  # expect:      [,1] [,2]
#> [1,]    1    2
#> [2,]    1    2
#> [3,]    1    2
#> [4,]    1    2
sapply(1:3,function(i) if(i>1) i)  # expect: [[1]]
#> NULL
#>
#> [[2]]
#> [1] 2
#>
#> [[3]]
#> [1] 3
sapply(list(a=1,2),function(x)x)  # expect: a
#> 1 2
sapply(c("a","b"),function(x) NULL)  # expect: $a
#> NULL
#>
#> $b
#> NULL
sapply(1:2,function(i) list(a=i,b="z"))  # expect error: the results are lists of 2 elements each, and there are no matrices of lists: use lapply, or do not simplify
sapply(1:3,function(i) letters[i])  # expect: [1] "a" "b" "c"
sapply(list(1,"a",TRUE),function(x)x)  # expect: [1] "1"    "a"    "TRUE"
sapply(1:2,function(i) c(a=i,b=2))  # expect:   [,1] [,2]
#> a    1    2
#> b    2    2
sapply(c(x=1,y=2),function(i) 1:2)  # expect:      x y
#> [1,] 1 1
#> [2,] 2 2
sapply(list(),length)  # expect: list()
sapply(NULL,length)  # expect: list()
sapply(1:3,identity,simplify=FALSE)  # expect: [[1]]
#> [1] 1
#>
#> [[2]]
#> [1] 2
#>
#> [[3]]
#> [1] 3
sapply(c("p","q"),function(s) 1:2)  # expect:      p q
#> [1,] 1 1
#> [2,] 2 2
vapply(1:2,function(i) 1:2*1.0,numeric(1))  # expect error: values must be length 1,
vapply(1:2,function(i) "a",numeric(1))  # expect error: values must be type 'double',
vapply(1:2,function(i) c(i,i^2),numeric(2))  # expect:      [,1] [,2]
#> [1,]    1    2
#> [2,]    1    4
vapply(1:2,function(i) c(a=i,b=i^2),c(x=0,y=0))  # expect:   [,1] [,2]
#> x    1    2
#> y    1    4
vapply(numeric(0),function(i) 1,numeric(1))  # expect: numeric(0)
vapply(numeric(0),function(i) 1,numeric(2))  # expect: 
#> [1,]
#> [2,]
vapply(c(a=1,b=2),function(i) TRUE,logical(1))  # expect:    a    b
#> TRUE TRUE
vapply(c("u","v"),nchar,1,USE.NAMES=FALSE)  # expect: [1] 1 1
vapply(1:2,function(i) matrix(i,2,2)*1.0,matrix(0,2,2))  # expect: , , 1
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
vapply(1:2,function(i) TRUE,numeric(1))  # expect: [1] 1 1
vapply(1:2,function(i) list(i),list(1))  # expect: [[1]]
#> [1] 1
#>
#> [[2]]
#> [1] 2
vapply(1:2,function(i) c(a=i,b=i^2),numeric(2))  # expect:   [,1] [,2]
#> a    1    2
#> b    1    4
vapply(c(a=1,b=2),function(i) c(i,i),numeric(2))  # expect:      a b
#> [1,] 1 2
#> [2,] 1 2
vapply(1:3,function(i) if(i<3) 1 else NULL,numeric(1))  # expect error: values must be length 1,
vapply(character(0),nchar,1)  # expect: named numeric(0)
vapply(1:2, function(i) 1, "a")  # expect error: values must be type 'character',
m <- matrix(1:6,2,dimnames=list(c("a","b"),c("x","y","z"))); apply(m,1,range)  # expect:      a b
#> [1,] 1 2
#> [2,] 5 6
m <- matrix(1:6,2,dimnames=list(c("a","b"),c("x","y","z"))); apply(m,2,range)  # expect:      x y z
#> [1,] 1 3 5
#> [2,] 2 4 6
m <- matrix(1:6,2,dimnames=list(c("a","b"),c("x","y","z"))); apply(m,c(1,2),function(x) x+1)  # expect:   x y z
#> a 2 4 6
#> b 3 5 7
m <- matrix(1:6,2,dimnames=list(c("a","b"),c("x","y","z"))); apply(m,c(2,1),function(x) x+1)  # expect:   a b
#> x 2 3
#> y 4 5
#> z 6 7
m <- matrix(1:6,2,dimnames=list(c("a","b"),c("x","y","z"))); apply(m,1,function(r) list(1))  # expect: $a
#> $a[[1]]
#> [1] 1
#>
#>
#> $b
#> $b[[1]]
#> [1] 1
m <- matrix(1:6,2,dimnames=list(c("a","b"),c("x","y","z"))); apply(m,1,function(r) r[r>2])  # expect:   a b
#> y 3 4
#> z 5 6
m <- matrix(1:6,2,dimnames=list(c("a","b"),c("x","y","z"))); apply(m,1,function(r) NULL)  # expect: NULL
apply(matrix(1:4,2),1,function(r) c(p=1,q=2))  # expect:   [,1] [,2]
#> p    1    1
#> q    2    2
m <- matrix(1:6,2,dimnames=list(c("a","b"),c("x","y","z"))); apply(m,1,function(r) r)  # expect:   a b
#> x 1 2
#> y 3 4
#> z 5 6
m <- matrix(1:6,2,dimnames=list(c("a","b"),c("x","y","z"))); apply(m,1,names)  # expect:      a   b
#> [1,] "x" "x"
#> [2,] "y" "y"
#> [3,] "z" "z"
apply(array(1:8,c(2,2,2)),c(1,3),sum)  # expect:      [,1] [,2]
#> [1,]    4   12
#> [2,]    6   14
apply(array(1:8,c(2,2,2)),1,function(s) dim(s))  # expect:      [,1] [,2]
#> [1,]    2    2
#> [2,]    2    2
apply(1:3,1,sum)  # expect error: dim(X) must have a positive length
apply(matrix(0,0,3),1,sum)  # expect: numeric(0)
apply(matrix(0,0,3),2,sum)  # expect: [1] 0 0 0
m <- matrix(1:6,2,dimnames=list(c("a","b"),c("x","y","z"))); apply(m,3,sum)  # expect error: 'MARGIN' does not match dim(X)
m <- matrix(1:6,2,dimnames=list(c("a","b"),c("x","y","z"))); apply(m,0,sum)  # expect error: 'MARGIN' does not match dim(X)
apply(array(1:8,c(2,2,2)),c(1,3),range)  # expect: , , 1
#>
#>      [,1] [,2]
#> [1,]    1    2
#> [2,]    3    4
#>
#> , , 2
#>
#>      [,1] [,2]
#> [1,]    5    6
#> [2,]    7    8
m <- matrix(1:6,2,dimnames=list(c("a","b"),c("x","y","z"))); apply(m,1,function(r) "a")  # expect:   a   b
#> "a" "a"
m <- matrix(1:6,2,dimnames=list(c("a","b"),c("x","y","z"))); apply(m,c(1,2),function(x) c(a=x,b=2))  # expect: , , x
#>
#>   a b
#> a 1 2
#> b 2 2
#>
#> , , y
#>
#>   a b
#> a 3 4
#> b 2 2
#>
#> , , z
#>
#>   a b
#> a 5 6
#> b 2 2
m <- matrix(1:6,2,dimnames=list(c("a","b"),c("x","y","z"))); apply(m,1,function(r) matrix(1,2,2))  # expect:      a b
#> [1,] 1 1
#> [2,] 1 1
#> [3,] 1 1
#> [4,] 1 1
m <- matrix(1:6,2,dimnames=list(c("a","b"),c("x","y","z"))); apply(m,2,identity)  # expect:   x y z
#> a 1 3 5
#> b 2 4 6
apply(matrix(0,0,3),1,function(x) c(1,2))  # expect: numeric(0)
m <- matrix(1:6,2,dimnames=list(c("a","b"),c("x","y","z"))); apply(m,1,"sum")  # expect:  a  b
#>  9 12
m <- matrix(1:6,2,dimnames=list(c("a","b"),c("x","y","z"))); apply(m,"x",sum)  # expect error: 'X' must have named dimnames
apply(matrix(0,3,0),1,function(x) length(x))  # expect: [1] 0 0 0
apply(matrix(0,0,3,dimnames=list(NULL,c("a","b","c"))),c(1,2),function(x) 1)  # expect:      a b c
outer(1:3,1:2,function(x,y) 1)  # expect error: dims [product 6] do not match the length of object [1]
outer(1:2,matrix(1:4,2))  # expect: , , 1
#>
#>      [,1] [,2]
#> [1,]    1    2
#> [2,]    2    4
#>
#> , , 2
#>
#>      [,1] [,2]
#> [1,]    3    4
#> [2,]    6    8
outer(c(a=1,b=2),1:2)  # expect:   [,1] [,2]
#> a    1    2
#> b    2    4
outer(c("a","b"),1:2,paste0)  # expect:      [,1] [,2]
#> [1,] "a1" "a2"
#> [2,] "b1" "b2"
outer(numeric(0),1:2)  # expect:      [,1] [,2]
m <- matrix(1:6,2,dimnames=list(c("a","b"),c("x","y","z"))); outer(m,c(p=1,q=2))  # expect: , , p
#>
#>   x y z
#> a 1 3 5
#> b 2 4 6
#>
#> , , q
#>
#>   x y  z
#> a 2 6 10
#> b 4 8 12
outer(1:2,1:2,"nosuch")  # expect error: object 'nosuch' not found
mapply(function(...) sum(...),1:2,3:4,5:6)  # expect: [1]  9 12
mapply(rep,1:3,3:1)  # expect: [[1]]
#> [1] 1 1 1
#>
#> [[2]]
#> [1] 2 2
#>
#> [[3]]
#> [1] 3
mapply(function(x,y) x,1:2,numeric(0))  # expect: list()
mapply(function(x,y) x,1:4,1:2)  # expect error: arguments must have length 1 or 4, not 2
mapply(function(x,y) x+y, x=1:2,y=c(a=1,b=2))  # expect: [1] 2 4
mapply(identity,c(a="x",b="y"))  # expect:   a   b
#> "x" "y"
mapply(identity,c("x","y"),USE.NAMES=FALSE)  # expect: [1] "x" "y"
mapply(function(x) x,character(0))  # expect: named list()
mapply(function(x) x,numeric(0))  # expect: list()
mapply(function() 1)  # expect: list()
Map(function(n,v) v,c("a","b"),1:2)  # expect: $a
#> [1] 1
#>
#> $b
#> [1] 2
Map(`+`,1:2,1)  # expect: [[1]]
#> [1] 2
#>
#> [[2]]
#> [1] 3
mapply(function(x,y) c(x,y),c(a=1,b=2),1:2,SIMPLIFY=FALSE)  # expect: $a
#> [1] 1 1
#>
#> $b
#> [1] 2 2
mapply(function(x,p) x^p, 2:3, MoreArgs=list(p=2))  # expect: [1] 4 9
Vectorize(function(a,b=2) a+b)(1:3)  # expect: [1] 3 4 5
Vectorize(function(a,b=2) a+b)(1:3,b=4:6)  # expect: [1] 5 7 9
Vectorize(rep)(1:2,2:3)  # expect: [[1]]
#> [1] 1 1
#>
#> [[2]]
#> [1] 2 2 2
m <- matrix(1:6,2,dimnames=list(c("a","b"),c("x","y","z"))); sweep(m,1,c(1,2))  # expect:   x y z
#> a 0 2 4
#> b 0 2 4
m <- matrix(1:6,2,dimnames=list(c("a","b"),c("x","y","z"))); sweep(m,2,c(1,2,3),"*")  # expect:   x y  z
#> a 1 6 15
#> b 2 8 18
m <- matrix(1:6,2,dimnames=list(c("a","b"),c("x","y","z"))); sweep(m,c(1,2),m)  # expect:   x y z
#> a 0 0 0
#> b 0 0 0
m <- matrix(1:6,2,dimnames=list(c("a","b"),c("x","y","z"))); sweep(m,1,1)  # expect:   x y z
#> a 0 2 4
#> b 1 3 5
ave(c(1,2,3))  # expect: [1] 2 2 2
ave(c(a=1,b=2,c=5),c(1,1,2),FUN=sum)  # expect: a b c
#> 3 3 5
tapply(1:4,c("b","a","b","a"),range)  # expect: $a
#> [1] 2 4
#>
#> $b
#> [1] 1 3
tapply(c(1,2,3),c(TRUE,FALSE,TRUE),sum)  # expect: FALSE  TRUE
#>     2     4
tapply(1:3,c(1,2),sum)  # expect error: arguments must have same length
tapply(1:3,c(1,2,NaN),sum)  # expect:   1   2 NaN
#>   1   2   3
tapply(c(1,2,3),c("x","y","x"),length)  # expect: x y
#> 2 1
tapply(1:4,c(1,1,2,2),function(v) NULL)  # expect: $`1`
#> NULL
#>
#> $`2`
#> NULL
tapply(c(a=1,b=2),c(1,2),function(v) v)  # expect: 1 2
#> 1 2
tapply(numeric(0),character(0),sum)  # expect: logical(0)
tapply(1:3,c(10,2,10),"sum")  # expect:  2 10
#>  2  4
tapply(c(3,4),c(0.1+0.2,0.3),sum)  # expect: 0.3
#>   7
match.fun("sum")(1:3)  # expect: [1] 6
Negate(is.null)(1)  # expect: [1] TRUE
sapply(1:2,"nosuch")  # expect error: object 'nosuch' not found
lapply(1:2,3)  # expect error: cannot apply non-function
Reduce("nosuch",1:2)  # expect error: object 'nosuch' not found
Map(f=function(x) x, 1:2)  # expect: [[1]]
#> [1] 1
#>
#> [[2]]
#> [1] 2

# more of the same
sapply(list(c(1,2),c(3,4)), "[", 2)  # expect: [1] 2 4
sapply(list(list(a=1),list(a=5)), "[[", "a")  # expect: [1] 1 5
sapply(list(a=1:3,b=4:6), mean)  # expect: a b
#> 2 5
sapply(matrix(1:4,2), function(x) x*2)  # expect: [1] 2 4 6 8
sapply(1:3, function(x) c("a","b")[1+x%%2])  # expect: [1] "b" "a" "b"
sapply(1:3, function(i) if (i==2) "x" else i)  # expect: [1] "1" "x" "3"
sapply(c(TRUE,FALSE), function(b) !b)  # expect: [1] FALSE  TRUE
sapply(c(first=1,second=2), function(x) x+1)  # expect:  first second
#>      2      3
sapply(c("a","b"), toupper)  # expect:   a   b
#> "A" "B"
sapply(c("a","b"), toupper, USE.NAMES=FALSE)  # expect: [1] "A" "B"
sapply(list("a",c("b","c")), length)  # expect: [1] 1 2
lapply(c(a=1,b=2), function(x) x+1)  # expect: $a
#> [1] 2
#>
#> $b
#> [1] 3
lapply(list(1,"a",TRUE), class)  # expect: [[1]]
#> [1] "numeric"
#>
#> [[2]]
#> [1] "character"
#>
#> [[3]]
#> [1] "logical"
lapply(1:2, function(x, y) x+y, y=10)  # expect: [[1]]
#> [1] 11
#>
#> [[2]]
#> [1] 12
lapply(1:2, "+", 5)  # expect: [[1]]
#> [1] 6
#>
#> [[2]]
#> [1] 7
f <- function(x) x*100; sapply(1:2, "f")  # expect: [1] 100 200
g <- function() { f <- function(x) x*7; sapply(1:2, "f") }; g()  # expect: [1]  7 14
unlist(lapply(1:3, function(i) if (i==2) NULL else i))  # expect: [1] 1 3
length(lapply(1:3, function(i) NULL))  # expect: [1] 3
Map(function(x, y) x + y, c(a=1,b=2), c(3,4))  # expect: $a
#> [1] 4
#>
#> $b
#> [1] 6
Map(function(k, v) paste(k, v), c("x","y"), c("p","q"))  # expect: $x
#> [1] "x p"
#>
#> $y
#> [1] "y q"
Map(rep, 1:2, 2:1)  # expect: [[1]]
#> [1] 1 1
#>
#> [[2]]
#> [1] 2
mapply(function(x, y) x + y, 1:3, 10)  # expect: [1] 11 12 13
mapply(rep, 1:2, 2)  # expect:      [,1] [,2]
#> [1,]    1    2
#> [2,]    1    2
mapply(rep, times = 1:3, x = 3:1)  # expect: [[1]]
#> [1] 3
#>
#> [[2]]
#> [1] 2 2
#>
#> [[3]]
#> [1] 1 1 1
mapply(function(a, b) paste(a, b), c(A="x", B="y"), c("p", "q"))  # expect:     A     B
#> "x p" "y q"
mapply(function(x, y) NULL, 1:2, 1:2)  # expect: [[1]]
#> NULL
#>
#> [[2]]
#> NULL
Reduce(function(a, b) a * 10 + b, 1:4, accumulate = TRUE)  # expect: [1]    1   12  123 1234
Reduce(`+`, 1:4, 100, accumulate = TRUE)  # expect: [1] 100 101 103 106 110
Reduce(function(a, b) paste0(a, b), c("a","b","c"), "z", right=TRUE, accumulate=TRUE)  # expect: [1] "abcz" "bcz"  "cz"   "z"
Reduce(`+`, list(1:2, 3:4, 5:6))  # expect: [1]  9 12
Reduce(rbind, list(1:2, 3:4))  # expect:      [,1] [,2]
#> init    1    2
#>         3    4
Reduce(max, c(3, 9, 2), accumulate = TRUE)  # expect: [1] 3 9 9
Filter(Negate(is.null), list(1, NULL, 2))  # expect: [[1]]
#> [1] 1
#>
#> [[2]]
#> [1] 2
Filter(nchar, c("a", "", "b"))  # expect: [1] "a" "b"
Filter(function(p) p > 1, c(a = 1, b = 2, c = 3))  # expect: b c
#> 2 3
Find(function(x) x > 10, 1:3)  # expect: NULL
Position(is.character, list(1, "a"))  # expect: [1] 2
compose <- function(f, g) function(x) g(f(x)); compose(sqrt, abs)(16)  # expect: [1] 4
(function(f, ...) f(...))(sum, 1, 2, 3)  # expect: [1] 6
vf <- Vectorize(function(n, k) choose(n, k)); vf(5, 0:5)  # expect: [1]  1  5 10 10  5  1
outer(1:3, 1:3, function(i, j) i >= j)  # expect:      [,1]  [,2]  [,3]
#> [1,] TRUE FALSE FALSE
#> [2,] TRUE  TRUE FALSE
#> [3,] TRUE  TRUE  TRUE
outer(1:2, 1:2, Vectorize(function(i, j) i * 10 + j))  # expect:      [,1] [,2]
#> [1,]   11   12
#> [2,]   21   22
outer(c(a=1,b=2), c(c=3,d=4), "+")  # expect:   c d
#> a 4 5
#> b 5 6
outer(1:2, 1:3, "-")  # expect:      [,1] [,2] [,3]
#> [1,]    0   -1   -2
#> [2,]    1    0   -1
x <- 1:3; names(x) <- c("a","b","c"); outer(x, 1:2, "^")  # expect:   [,1] [,2]
#> a    1    1
#> b    2    4
#> c    3    9
outer(month.abb[1:2], 1:2, paste)  # expect:      [,1]    [,2]
#> [1,] "Jan 1" "Jan 2"
#> [2,] "Feb 1" "Feb 2"
apply(matrix(1:6, 2), 1, function(r) r / sum(r))  # expect:           [,1]      [,2]
#> [1,] 0.1111111 0.1666667
#> [2,] 0.3333333 0.3333333
#> [3,] 0.5555556 0.5000000
apply(matrix(1:6, 2), 2, rev)  # expect:      [,1] [,2] [,3]
#> [1,]    2    4    6
#> [2,]    1    3    5
apply(matrix(1:6, 2), c(1, 2), function(v) v^2)  # expect:      [,1] [,2] [,3]
#> [1,]    1    9   25
#> [2,]    4   16   36
apply(matrix(c("a","b","c","d"), 2), 1, paste, collapse = "-")  # expect: [1] "a-c" "b-d"
apply(matrix(1:6, 2), 1, function(r) list(sum(r)))  # expect: [[1]]
#> [[1]][[1]]
#> [1] 9
#>
#>
#> [[2]]
#> [[2]][[1]]
#> [1] 12
apply(matrix(1:4,2), 1, function(r) r > 2)  # expect:       [,1]  [,2]
#> [1,] FALSE FALSE
#> [2,]  TRUE  TRUE
t(apply(matrix(1:6, 2), 1, cumsum))  # expect:      [,1] [,2] [,3]
#> [1,]    1    4    9
#> [2,]    2    6   12
apply(array(1:24, 2:4), c(1, 2), sum)  # expect:      [,1] [,2] [,3]
#> [1,]   40   48   56
#> [2,]   44   52   60
apply(array(1:24, 2:4), 3, function(m) m[1, 2])  # expect: [1]  3  9 15 21
apply(array(1:8, c(2,2,2)), 1, identity)  # expect:      [,1] [,2]
#> [1,]    1    2
#> [2,]    3    4
#> [3,]    5    6
#> [4,]    7    8
sweep(matrix(1:6, 2), 1, c(10, 20), "+")  # expect:      [,1] [,2] [,3]
#> [1,]   11   13   15
#> [2,]   22   24   26
sweep(array(1:8,c(2,2,2)), 3, c(1, 2))  # expect: , , 1
#>
#>      [,1] [,2]
#> [1,]    0    2
#> [2,]    1    3
#>
#> , , 2
#>
#>      [,1] [,2]
#> [1,]    3    5
#> [2,]    4    6
sweep(array(1:8,c(2,2,2)), c(1,3), matrix(1:4,2))  # expect: , , 1
#>
#>      [,1] [,2]
#> [1,]    0    2
#> [2,]    0    2
#>
#> , , 2
#>
#>      [,1] [,2]
#> [1,]    2    4
#> [2,]    2    4
tapply(c(10, 20, 30, 40), c("x", "y", "x", "y"), sum)  # expect:  x  y
#> 40 60
tapply(1:6, rep(c("b", "a"), 3), function(v) v)  # expect: $a
#> [1] 2 4 6
#>
#> $b
#> [1] 1 3 5
tapply(c(1.5, 2.5, 4), c(2, 1, 2), max)  # expect:   1   2
#> 2.5 4.0
tapply(1:3, c(TRUE, TRUE, FALSE), length)  # expect: FALSE  TRUE
#>     1     2
ave(c(1, 2, 3, 4), c(1, 1, 2, 2), FUN = function(v) v - mean(v))  # expect: [1] -0.5  0.5 -0.5  0.5
ave(1:4)  # expect: [1] 2.5 2.5 2.5 2.5
sapply(split(1:6, c(1, 1, 2, 2, 3, 3)), sum)  # expect:  1  2  3
#>  3  7 11
sapply(1:3, function(i) sapply(1:2, function(j) i * j))  # expect:      [,1] [,2] [,3]
#> [1,]    1    2    3
#> [2,]    2    4    6
do.call(rbind, lapply(1:3, function(i) c(i, i^2)))  # expect:      [,1] [,2]
#> [1,]    1    1
#> [2,]    2    4
#> [3,]    3    9
do.call(mapply, list(function(a, b) a + b, 1:3, 4:6))  # expect: [1] 5 7 9
vapply(list(1:3, 4:6), function(v) sum(v), numeric(1))  # expect: [1]  6 15
vapply(c(a = 1, b = 2), function(v) c(v, v^2), c(x = 0, y = 0))  # expect:   a b
#> x 1 2
#> y 1 4
vapply(1:2, function(i) letters[i], "")  # expect: [1] "a" "b"
sapply(seq(1, 5, 2), function(x) x)  # expect: [1] 1 3 5
sapply(NULL, length)  # expect: list()
mapply(identity, c(a = 1, b = 2))  # expect: a b
#> 1 2
sapply(c(1, 2), function(x) list(x))  # expect: [[1]]
#> [1] 1
#>
#> [[2]]
#> [1] 2
(\(x) x + 1)(2)  # expect: [1] 3
sapply(1:2, \(i) i)  # expect: [1] 1 2
Reduce(`+`, 1:3, accumulate = TRUE, right = TRUE)  # expect: [1] 6 5 3
Reduce(function(f, g) function(x) g(f(x)), list(sqrt, abs, function(v) v + 1))(9)  # expect: [1] 4
Map(`+`, 1:2, 3:4)[[2]]  # expect: [1] 6
array(sapply(1:3, function(i) i), 3)  # expect: [1] 1 2 3
nchar(sapply(c("one", "three"), identity))  # expect:   one three
#>     3     5
sapply(list(a = c(p = 1, q = 2), b = c(p = 3, q = 4)), identity)  # expect:   a b
#> p 1 3
#> q 2 4
sapply(list(a = 1:2, b = 3:4), range)["1", ]  # expect error: subscript out of bounds
max(sapply(list("a", "bbb"), nchar))  # expect: [1] 3
sapply(1:2, function(i) c(x = "a", y = "b"))  # expect:   [,1] [,2]
#> x "a"  "a"
#> y "b"  "b"
sapply(c(a = 1), function(x) c(b = x))  # expect: a.b
#>   1
sapply(list(), function(x) x)  # expect: list()
vapply(list(), length, 1)  # expect: numeric(0)
mapply(function(...) length(list(...)), 1:2, 1:2, 1:2)  # expect: [1] 3 3
Filter(function(x) TRUE, list())  # expect: list()
Reduce(`+`, list(), accumulate = TRUE)  # expect: NULL

# times and series
i <- as.time("2020-01-01 00:00:00 UTC") + as.duration("24:00:00") * (0:4); sapply(1:3, function(k) i[k])  # expect: [1] 2020-01-01 00:00:00 UTC 2020-01-02 00:00:00 UTC 2020-01-03 00:00:00 UTC
i <- as.time("2020-01-01 00:00:00 UTC") + as.duration("24:00:00") * (0:4); apply(zts(i, matrix(1:10, 5)), 1, sum)  # expect: [1]  7  9 11 13 15
i <- as.time("2020-01-01 00:00:00 UTC") + as.duration("24:00:00") * (0:4); Reduce(max, i)  # expect: [1] 2020-01-05 00:00:00 UTC
i <- as.time("2020-01-01 00:00:00 UTC") + as.duration("24:00:00") * (0:4); Filter(function(t) t > i[3], i)  # expect: [1] 2020-01-04 00:00:00 UTC 2020-01-05 00:00:00 UTC
i <- as.time("2020-01-01 00:00:00 UTC") + as.duration("24:00:00") * (0:4); vapply(1:2, function(k) i[k], i[1])  # expect: [1] 2020-01-01 00:00:00 UTC 2020-01-02 00:00:00 UTC
i <- as.time("2020-01-01 00:00:00 UTC") + as.duration("24:00:00") * (0:4); tapply(1:5, c(1, 1, 2, 2, 2), sum)  # expect:  1  2
#>  3 12
i <- as.time("2020-01-01 00:00:00 UTC") + as.duration("24:00:00") * (0:4); sapply(list(a = 1, b = i[1]), identity)  # expect: $a
#> [1] 1
#>
#> $b
#> [1] 2020-01-01 00:00:00 UTC

# errors
lapply(function(x) x, identity)  # expect error: function cannot be double subsetted
lapply(1:3)  # expect error: argument missing: FUN
sapply(1:2, 3)  # expect error: cannot apply non-function
Map(function(x, y) x, 1:3, 1:2)  # expect error: arguments must have length 1 or 3, not 2
Filter(function(x) "a", 1:2)  # expect error: f must give TRUE or FALSE for every element
sapply(1:3, function(i) stop("at ", i))  # expect error: at 1

# programs
sapply(list(a=1,b="x"), class)  # expect:           a           b
#>   "numeric" "character"
sapply(c(1.5, 2.5), round)  # expect: [1] 2 2
sapply(1:2, function(i) c(TRUE, FALSE))  # expect:       [,1]  [,2]
#> [1,]  TRUE  TRUE
#> [2,] FALSE FALSE
sapply(1:2, function(i) array(1:4, c(2, 2)))  # expect:      [,1] [,2]
#> [1,]    1    1
#> [2,]    2    2
#> [3,]    3    3
#> [4,]    4    4
sapply(data <- list(x = c(1, 2, NaN), y = 4:6), function(v) sum(v, na.rm = TRUE))  # expect:  x  y
#>  3 15
vapply(list(a = 1:3), sum, 0)  # expect: a
#> 6
vapply(list(a = 1:3, b = 4:6), range, c(min = 0, max = 0))  # expect:     a b
#> min 1 4
#> max 3 6
apply(matrix(c(1, NaN, 3, 4), 2), 1, sum, na.rm = TRUE)  # expect: [1] 4 4
apply(matrix(1:4, 2), 2, function(x) x[x > 5])  # expect: numeric(0)
apply(matrix(1:4, 2), 1, function(x) if (x[1] == 1) 1 else 1:2)  # expect: [[1]]
#> [1] 1
#>
#> [[2]]
#> [1] 1 2
apply(matrix(1:6, 2, dimnames = list(c("a", "b"), NULL)), 1, function(r) c(lo = min(r), hi = max(r)))  # expect:    a b
#> lo 1 2
#> hi 5 6
apply(matrix(1:6, 2, dimnames = list(NULL, c("x", "y", "z"))), 1, function(r) names(r)[which.max(r)])  # expect: [1] "z" "z"
Map(function(x, i) paste(i, x), c("a", "b"), seq_along(c("a", "b")))  # expect: $a
#> [1] "1 a"
#>
#> $b
#> [1] "2 b"
Map(function(...) sum(...), 1:2, 3:4, 5:6)  # expect: [[1]]
#> [1] 9
#>
#> [[2]]
#> [1] 12
mapply(function(x, y) x:y, 1:2, 3:4)  # expect:      [,1] [,2]
#> [1,]    1    2
#> [2,]    2    3
#> [3,]    3    4
mapply(function(x, y) seq_len(x + y), 1:2, 0:1)  # expect: [[1]]
#> [1] 1
#>
#> [[2]]
#> [1] 1 2 3
mapply(function(n, m) n * m, c(a = 1, b = 2), MoreArgs = list(m = 3))  # expect: a b
#> 3 6
mapply(FUN = function(x, y) x - y, y = 1:2, x = 5:6)  # expect: [1] 4 4
Reduce(function(a, b) merge <- c(a, b), list(1, 2, 3), accumulate = TRUE)  # expect: [[1]]
#> [1] 1
#>
#> [[2]]
#> [1] 1 2
#>
#> [[3]]
#> [1] 1 2 3
Reduce(`+`, 1:3, accumulate = TRUE, 10)  # expect: [1] 10 11 13 16
Reduce(`%in%`, list(1, 1:3))  # expect: [1] TRUE
Reduce(function(x, y) x * y, 1:5)  # expect: [1] 120
Filter(function(x) x %% 2 == 0, c(a = 1, b = 2, c = 4))  # expect: b c
#> 2 4
Filter(is.character, list(1, "a", TRUE, "b"))  # expect: [[1]]
#> [1] "a"
#>
#> [[2]]
#> [1] "b"
Find(function(x) nchar(x) > 1, c("a", "bb", "ccc"))  # expect: [1] "bb"
Position(function(x) x == "bb", c("a", "bb", "ccc"))  # expect: [1] 2
Vectorize(function(x, n) sum(x^(0:n)))(2, 0:3)  # expect: [1]  1  3  7 15
outer(1:2, 1:3, Vectorize(function(x, y) if (x > y) x else y))  # expect:      [,1] [,2] [,3]
#> [1,]    1    2    3
#> [2,]    2    2    3
outer(c(0.1, 0.2), 1:2, round)  # expect:      [,1] [,2]
#> [1,]  0.1  0.1
#> [2,]  0.2  0.2
outer(1:3, 1:3, ">=")  # expect:      [,1]  [,2]  [,3]
#> [1,] TRUE FALSE FALSE
#> [2,] TRUE  TRUE FALSE
#> [3,] TRUE  TRUE  TRUE
outer(-1:1, c(a = 1, b = 2), "%%")  # expect:      a b
#> [1,] 0 1
#> [2,] 0 0
#> [3,] 0 1
outer(1:2, array(1:4, c(2, 2)), "+")  # expect: , , 1
#>
#>      [,1] [,2]
#> [1,]    2    3
#> [2,]    3    4
#>
#> , , 2
#>
#>      [,1] [,2]
#> [1,]    4    5
#> [2,]    5    6
sweep(matrix(1:6, 3), 2, c(3.5, 6.5))  # expect:      [,1] [,2]
#> [1,] -2.5 -2.5
#> [2,] -1.5 -1.5
#> [3,] -0.5 -0.5
sweep(matrix(1:6, 3), 1, 1:3, "/")  # expect:      [,1] [,2]
#> [1,]    1  4.0
#> [2,]    1  2.5
#> [3,]    1  2.0
ave(c(2, 4, 6), c(TRUE, FALSE, TRUE))  # expect: [1] 4 4 4
tapply(c(5, 7, 9), c("b", "a", "b"), mean)  # expect: a b
#> 7 7
tapply(c(5, 7, 9), c("b", "a", "b"), range)  # expect: $a
#> [1] 7 7
#>
#> $b
#> [1] 5 9
tapply(1:4, c(2.5, 1, 2.5, 1), paste, collapse = "+")  # expect:     1   2.5
#> "2+4" "1+3"
tapply(c(1, 2, NaN), c("a", "b", "a"), sum, na.rm = TRUE)  # expect: a b
#> 1 2
do.call(sapply, list(1:3, function(x) x^2))  # expect: [1] 1 4 9
Recall <- NULL; identity(identity)(3)  # expect: [1] 3
(function() { n <- 0; sapply(1:3, function(i) { n <<- n + i; n }) })()  # expect: [1] 1 3 6
(function() { fs <- lapply(1:3, function(i) function() i); fs[[2]]() })()  # expect: [1] 2
sapply(1:3, function(x) { if (x == 2) return("two"); as.character(x) })  # expect: [1] "1"   "two" "3"
tryCatch(sapply(1:3, function(i) if (i == 2) stop("bad") else i), error = function(e) conditionMessage(e))  # expect: [1] "bad"
nums <- list(1, 2, 3); Reduce(`+`, Map(function(x, w) x * w, nums, 3:1))  # expect: [1] 10
unlist(Map(`*`, 1:3, 4:6))  # expect: [1]  4 10 18
unlist(sapply(1:3, function(i) if (i > 1) i))  # expect: [1] 2 3
apply(matrix(1:4, 2), c(2, 1), identity)  # expect:      [,1] [,2]
#> [1,]    1    2
#> [2,]    3    4
apply(array(1:8, c(2, 2, 2)), c(1, 2), function(v) v)  # expect: , , 1
#>
#>      [,1] [,2]
#> [1,]    1    2
#> [2,]    5    6
#>
#> , , 2
#>
#>      [,1] [,2]
#> [1,]    3    4
#> [2,]    7    8
apply(array(1:8, c(2, 2, 2)), 2, sum)  # expect: [1] 14 22
sapply(character(0), function(s) s)  # expect: named list()
sapply(numeric(0), function(s) s)  # expect: list()
unlist(lapply(split(1:6, c(1, 2, 1, 2, 1, 2)), sum))  # expect:  1  2
#>  9 12
Negate(function(x) x > 2)(1:4)  # expect: [1]  TRUE  TRUE FALSE FALSE
Filter(Negate(is.na), c(1, NaN, 3))  # expect: [1] 1 3
array(1:3) |> sapply(FUN = function(x) x + 1)  # expect: [1] 2 3 4
1:3 |> lapply(\(x) x) |> length()  # expect: [1] 3
rowSums(sapply(1:3, function(i) c(i, i^2)))  # expect: [1]  6 14
mapply(function(x, y) x + y, list(a = 1, b = 2), list(3, 4))  # expect: a b
#> 4 6
vapply(split(c(1, 2, 3, 4), c("a", "b", "a", "b")), mean, numeric(1))  # expect: a b
#> 2 3
sapply(c(0.25, 0.5), qnorm, mean = 1)  # expect: [1] 0.3255102 1.0000000
sapply(1:3, dbinom, size = 3, prob = 0.5)  # expect: [1] 0.375 0.375 0.125
# Arrays that have grown in place keep room behind their columns; results that hold such arrays are joined without it.
{ x <- matrix(1:4, 2, 2); rbind(--x, matrix(5:6, 1, 2)); sapply(1:2, function(i) x) }  # expect:      [,1] [,2]
#> [1,]    1    1
#> [2,]    2    2
#> [3,]    5    5
#> [4,]    3    3
#> [5,]    4    4
#> [6,]    6    6
{ x <- matrix(1:4, 2, 2); rbind(--x, matrix(5:6, 1, 2)); y <- x[, ]; c(identical(mapply(function(i) x, 1:2), mapply(function(i) y, 1:2)), identical(apply(y, 1, function(v) x), apply(y, 1, function(v) y)), identical(replicate(2, x), replicate(2, y))) }  # expect: [1] TRUE TRUE TRUE
{ x <- matrix(1:4, 2, 2); rbind(--x, matrix(5:6, 1, 2)); c(paste(list(x)), format(list(x)), toString(list(x))) }  # expect: [1] "c(1, 2, 5, 3, 4, 6)" "1, 2, 5, 3, 4, 6"    "c(1, 2, 5, 3, 4, 6)"
{ x <- matrix(c(0.5, 2:4), 2, 2); rbind(--x, matrix(5:6, 1, 2)); str(x); str(list(a = x)) }  # expect:  num [1:3, 1:2] 0.5 2 5 3 4 6
#> List of 1
#>  $ a: num [1:3, 1:2] 0.5 2 5 3 4 6
{ z <- zts(|.2021-01-01 00:00:00 UTC.| + as.duration(0:1), matrix(1:4, 2, 2)); rbind(--z, zts(|.2021-01-02 00:00:00 UTC.|, matrix(5:6, 1, 2))); str(z) }  # expect:  zts : 2021-01-01 00:00:00 UTC -> 2021-01-02 00:00:00 UTC
#>  - data: num [1:3, 1:2] 1 2 5 3 4 6
{ x <- matrix(as.duration(1:2), 1, 2); rbind(--x, matrix(as.duration(3:4), 1, 2)); y <- matrix(c("a", "b"), 1); rbind(--y, matrix(c("c", "d"), 1)); str(list(x * 1e9, y)) }  # expect: List of 2
#>  $ : duration [1:2, 1:2] 00:00:01 00:00:03 00:00:02 00:00:04
#>  $ : chr [1:2, 1:2] "a" "c" "b" "d"
# Copies of what is locked.
{ x <- c(a = 1, b = NaN); lock(--x); list(na.fill(x, 2), replace(x, 1, 5), x) }  # expect: [[1]]
#> a b
#> 1 2
#>
#> [[2]]
#>   a   b
#>   5 NaN
#>
#> [[3]]
#>   a   b
#>   1 NaN
