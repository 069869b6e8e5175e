# Corners of the language where it follows R.
1 / (-1 %% 1)
# expect: [1] Inf
sprintf("%.15g", 1 %% 1e-10)
# expect: [1] "9.9999963570807e-11"
x <- c(1, 2); identical(x %% 1e-10, c(1 %% 1e-10, 2 %% 1e-10))
# expect: [1] TRUE
array(1:2, c(1, 1, 2), list(NULL, NULL, c("x\ty", "q\\")))
# expect: , , x	y
#>
#>      [,1]
#> [1,]    1
#>
#> , , q\
#>
#>      [,1]
#> [1,]    2
#>
matrix(TRUE, 0, 2, dimnames = list(NULL, c("a", "")))
# expect:      a
l <- list(a = 1, b = 2); l[] <- NULL; l
# expect: named list()
l <- list(a = 1); l["a"] <- NULL; l
# expect: named list()
l <- list(1); l[1] <- NULL; l
# expect: list()
c(a = 1, b = 2) + matrix(1)
# expect: [1] 2 3
matrix(1) == c(a = 1, b = 2)
# expect: [1]  TRUE FALSE
c(a = 1) + matrix(1, 1, 1, dimnames = list("r", NULL))
# expect:   [,1]
#> r    2
f <- function(...) missing(...); c(f(), f(1))
# expect: [1]  TRUE FALSE
f <- function(x) missing(...); f(1)  # expect error: 'missing' can only be used for arguments
f <- function(x) sum(x); f()  # expect error: argument missing: x
switch("q", 1, 2)  # expect error: duplicate 'switch' defaults
switch("a", a = 3, 1, 2)  # expect: [1] 3
str(list(`a\\b` = 1, c = 2))
# expect: List of 2
#>  $ a\b: num 1
#>  $ c  : num 2
str(strrep(c("\\", "\n", "a", "b", "c"), 9))
# expect:  chr [1:5] "\\\\\\\\\\\\\\\\\\" "\n\n\n\n\n\n\n\n\n" "aaaaaaaaa" ...
`+` <- function(a, b) a * b; 2 + 3  # expect: [1] 6
f <- function(a, b) a + b; `+` <- function(a, b) paste0(a, b); f("x", "y")  # expect: [1] "xy"
f <- function() { `+` <- function(a, b) 42; 1 + 1 }; c(f(), 1 + 1)  # expect: [1] 42  2
`-` <- function(a, b) if (missing(b)) "neg" else "sub"; c(-1, 2 - 3)  # expect: [1] "neg" "sub"
`==` <- function(a, b) FALSE; if (1 == 1) "y" else "n"  # expect: [1] "n"
`%o%` <- function(f, g) function(x) f(g(x)); (sqrt %o% abs)(-16)  # expect: [1] 4
`+` <- 5; 1 + 2  # expect: [1] 3
c(0x1p4, 0x1.8p1, 0x1P-2)  # expect: [1] 16.00  3.00  0.25
0x1.8  # expect error: syntax error, unexpected constant
list(`😀` = 1, `é` = 2, `日本` = 3)
# expect: $`😀`
#> [1] 1
#>
#> $é
#> [1] 2
#>
#> $日本
#> [1] 3
#>
m <- matrix(1:4, 2); c(`[`(m, 1, ), `[`(m, , 2))  # expect: [1] 1 3 3 4
m <- matrix(1:4, 2); `[<-`(m, , 1, 0)
# expect:      [,1] [,2]
#> [1,]    0    3
#> [2,]    0    4
apply(array(1:8, c(2, 2, 2)), 3, `[`, 1, )
# expect:      [,1] [,2]
#> [1,]    1    5
#> [2,]    3    7
`[`(, 1)  # expect error: argument missing: x
subset(, 1)  # expect error: argument missing: x
`[<-`(1:3, 1, )  # expect error: argument missing: value
a <- "b"; `$`(list(a = 1, b = 2), a)  # expect: [1] 1
a <- "b"; `$<-`(list(a = 1), a, 9)$a  # expect: [1] 9
f <- function(...) c(...elt(2), ...elt(1)); f(5, 7)  # expect: [1] 7 5
f <- function(...) ...elt(3); f(1)  # expect error: the ... list contains fewer than 3 elements
f <- function(...) ...elt(0); f(1)  # expect error: indexing '...' with non-positive index 0
f <- function(...) ...names(); f(a = 1, 2)  # expect: [1] "a" ""
f <- function(...) ...names(); is.null(f(1, 2))  # expect: [1] TRUE
tryCatch(stop(simpleError("no")), error = function(e) conditionMessage(e))  # expect: [1] "no"
inherits(simpleError("a"), "error")  # expect: [1] TRUE
