# References: --x, what they reach and what they leave alone, locked objects.

f <- function(x) { g <- function() x[1] <<- 9; g(); 0 }; a <- 1:3; f(--a); a  # expect: [1] 9 2 3
f <- function(x) { x[1] <- 9; x <- 0; x[1] <- 7; x }; a <- 1:3; c(f(--a), a)  # expect: [1] 7 9 2 3
f <- function(...) { sum(...) }; a <- 1:3; f(--a)  # expect: [1] 6
g <- function(x) { x[1] <- 9; 0 }; a <- 1:3; g(--a[1:2]); a  # expect: [1] 1 2 3
g <- function(x) { x[1] <- 9; x }; g(--c(1,2))  # expect: [1] 9 2
g <- function(x) { x$a <- 9; 0 }; l <- list(a=1); g(--l); l$a  # expect: [1] 9
g <- function(x) { x$b <- 9; 0 }; l <- list(a=1); g(--l); names(l)  # expect: [1] "a" "b"
g <- function(x) { x[["a"]] <- NULL; 0 }; l <- list(a=1); g(--l); length(l)  # expect: [1] 0
g <- function(x) { x$a[2] <- 9; 0 }; l <- list(a=1:3); g(--l); l$a  # expect: [1] 1 9 3
g <- function(x, y) { x[1] <- 9; y[2] <- 8; 0 }; a <- 1:3; g(--a, --a); a  # expect: [1] 9 8 3
g <- function(x, y) { x[1] <- 9; y }; a <- 1:3; g(--a, a)  # expect: [1] 1 2 3
b <- a <- 1:3; `+`(--a, 1); b  # expect: [1] 1 2 3
l <- list(a=1:3); m <- l; `+`(--l$a, 1); m$a  # expect: [1] 1 2 3
l <- list(a=1:3); `+`(--l$a, 1); l$a  # expect: [1] 2 3 4
l <- list(a=1:3); c(--l$a, 4); l$a  # expect: [1] 1 2 3 4
l <- list(a=list(b=1:3)); sin(--l$a$b); all.equal(l$a$b, sin(1:3))  # expect: [1] TRUE
a <- 1:3; rbind(--a, 4:6); dim(a)  # expect: [1] 2 3
a <- 1:3; cbind(--a, a); dim(a)  # expect: [1] 3 2
a <- 1:3; abind(--a, 4:6, along=3); dim(a)  # expect: [1] 3 1 2
a <- 1:3; r <- tryCatch(c(--a, list(1)), .Last.error); r  # expect: cannot convert the type of a reference
a <- 3:1; sort(--a); a  # expect: [1] 1 2 3
a <- 1:3; cbind(n=--a, 4:6); a  # expect:    [,1] [,2]
#> n1    1    4
#> n2    2    5
#> n3    3    6
a <- 1:3; floor(--a); a  # expect: [1] 1 2 3
a <- 1:3; f <- function(x) { for (i in 1:3) x[i] <- x[i] * 2; 0 }; f(--a); a  # expect: [1] 2 4 6
f <- function(x) { tryCatch({ x[1] <- 9; stop("e") }, 0) }; a <- 1:3; f(--a); a  # expect: [1] 9 2 3
f <- function(x) { local({ x[1] <- 9 }); x }; a <- 1:3; f(--a); a  # expect: [1] 1 2 3
f <- function(x) { lapply(1:2, function(i) x[i] <<- 0); x }; a <- 1:3; f(--a); a  # expect: [1] 0 0 3
f <- function(x) { rm(x); 0 }; a <- 1; f(--a); a  # expect: [1] 1
f <- function(x) { function() x }; a <- 1; g <- f(--a); a[1] <- 5; g()  # expect: [1] 5
f <- function(x) { function() x[1] <<- 7 }; a <- 1; g <- f(--a); g(); a  # expect: [1] 7
f <- function(x) { is.locked(x) }; a <- 1; lock(--a); f(--a)  # expect: [1] TRUE
f <- function(x = --a) { x[1] <- 3 }  # expect error: syntax error, unexpected --
x <- --a  # expect error: syntax error, unexpected --
a <- 1; --a  # expect error: syntax error, unexpected --
do.call(sin, list(--a))  # expect error: object 'a' not found
a <- 1:2; l <- list(--a); l[[1]][1] <- 5; a  # expect: [1] 1 2
a <- 1:3; b <- a; b[2] <- 5; f <- function(x) { x[1] <- 0; b }; f(--a)  # expect: [1] 1 5 3
a <- 1:3; f <- function(x) { a[2] <<- 50; x }; f(a)  # expect: [1] 1 2 3
a <- 1:3; f <- function(x) { a[2] <<- 50; x }; f(--a)  # expect: [1]  1 50  3
a <- c(x=1); f <- function(v) names(v) <- "q"; f(--a); a  # expect: q 
#> 1 
m <- matrix(1:4,2,2); f <- function(v) dim(v) <- 4; f(--m); m  # expect: [1] 1 2 3 4
`s<-` <- function(x, value) { x[1] <- value; x }; f <- function(v) s(v) <- 9; a <- 1:2; f(--a); a  # expect: [1] 1 2
a <- 1:3; lock(--a); `+`(--a, 1); a  # expect: [1] 2 3 4
a <- 1:3; lock(--a); names(a) <- c("x","y","z"); a  # expect: x y z 
#> 1 2 3 
a <- 1:3; lock(--a); a <- a + 1; is.locked(a)  # expect: [1] FALSE
a <- 1:3; lock(--a); sin(a)[1] == sin(1)  # expect: [1] TRUE
a <- 1:3; lock(--a); l <- list(a); l[[1]][1] <- 5  # expect error: cannot copy locked object: use '<<-' or '--x'
a <- 1:3; lock(--a); sort(a, decreasing=TRUE)  # expect: [1] 3 2 1
a <- 1:3; lock(--a); for (v in a) cat(v); cat("\n")  # expect: 123
a <- 1:3; lock(--a); local(a[1] <- 5)  # expect error: cannot copy locked object: use '<<-' or '--x'
a <- 1:3; a[1] <<- 5; a  # expect error: object 'a' not found

# a mark counts only where it is written
f <- function(...) { g(...) }; g <- function(x) { x[1] <- 9; 0 }; a <- 1:3; f(--a); a  # expect: [1] 1 2 3
f <- function(...) c(...); a <- 1; c(f(--a, 2), a)  # expect: [1] 1 2 1
f <- function(...) ..1 + 1; a <- 1; f(--a)  # expect: [1] 2
f <- function(...) list(...); a <- 1; l <- f(--a); a[1] <- 5; l[[1]]  # expect: [1] 1
f <- function(...) g(..., y = 1); g <- function(x, y) { x[1] <- 0; x + y }; a <- 1; c(f(--a), a)  # expect: [1] 1 1
