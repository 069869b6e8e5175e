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
