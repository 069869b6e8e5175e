# References: --x is the object itself, also one of an outer frame.
v <- c(1, 2); f <- function() { `+`(--v, 1); 0 }; f(); v  # expect: [1] 2 3
v <- c(1, 2); g <- function(y) y[1] <- 7; f <- function() { g(--v); 0 }; f(); v  # expect: [1] 7 2
f <- function() { u <- c(1, 2); q <- function() `+`(--u, 1); q(); u }; f()  # expect: [1] 2 3
l <- list(a = c(1, 2)); f <- function() { `+`(--l$a, 1); 0 }; f(); l$a  # expect: [1] 2 3
v <- c(1, 2); lock(--v); f <- function() { `+`(--v, 1); 0 }; f(); v  # expect: [1] 2 3
z <- zts(as.time(NULL), matrix(0, 0, 1)); f <- function(t) { rbind(--z, zts(t, matrix(1))); 0 }; f(|.2020-01-01 00:00:00 UTC.|); f(|.2020-01-02 00:00:00 UTC.|); nrow(z)  # expect: [1] 2
# a parameter passed by value is an object of its own; by reference it is the caller's
v <- c(1, 2); f <- function(p) { q <- function() `+`(--p, 1); q(); p }; c(f(v), v)  # expect: [1] 2 3 1 2
v <- c(1, 2); f <- function(p) { q <- function() `+`(--p, 1); q(); p }; c(f(--v), v)  # expect: [1] 2 3 2 3
# replacement and setters stay local
v <- c(1, 2); f <- function() { v[1] <- 7; names(v) <- c("a", "b"); v }; c(f(), v)  # expect: a b     
#> 7 2 1 2
# what belongs to the system stays
f <- function() `+`(--pi, 1); f(); pi  # expect: [1] 3.141593
f <- function() sin(--nowhere); f()  # expect error: object 'nowhere' not found
options(timezone = "Asia/Tokyo"); as.character(|.2020-01-01 00:00:00 UTC.|)  # expect: [1] "2020-01-01 09:00:00 JST"
