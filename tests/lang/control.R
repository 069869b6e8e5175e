# Control: defaults, choices, conditions, and operators written as calls.

# defaults
f <- function(a = b, b = a) a; f()  # expect error: promise already under evaluation: 'a'
f <- function(a = b, b = a) a; f(b = 3)  # expect: [1] 3
f <- function(a = b, b = c, c = a) c(a, b, c); f(c = 3)  # expect: [1] 3 3 3
f <- function(a = b, b = c, c = a) c(a, b, c); f(b = 3)  # expect: [1] 3 3 3
f <- function(a = a) a; f()  # expect error: promise already under evaluation: 'a'
f <- function(b = 1, a = b + 1) c(a, b); f()  # expect: [1] 2 1

# match.arg
match.arg(c("aa", "bb"), c("aa", "bb", "cc"), several.ok = TRUE)  # expect: [1] "aa" "bb"
match.arg(c("aa", "b", "z"), c("aa", "bb", "cc"), several.ok = TRUE)  # expect: [1] "aa" "bb"
match.arg("z", c("aa", "bb"), several.ok = TRUE)  # expect error: 'arg' should be one or more of "aa", "bb"
f <- function(k = c("aa", "bb")) match.arg(k, several.ok = TRUE); f()  # expect: [1] "aa" "bb"

# conditions
class(try(stop("x"), silent = TRUE))  # expect: [1] "try-error"
if (class(try(stop("x"), silent = TRUE)) == "try-error") 1  # expect: [1] 1
class(tryCatch(stop("x"), error = identity))  # expect: [1] "simpleError" "error"       "condition"  
class(tryCatch(warning("x"), warning = identity))  # expect: [1] "simpleWarning" "warning"       "condition"    
tryCatch(stop("x"), error = function(e) inherits(e, "try-error"))  # expect: [1] FALSE
tryCatch(stop("x"), error = function(e) e[["message"]])  # expect: [1] "x"
tryCatch(stop("x"), error = function(e) e$call)  # expect error: subscript out of bounds
typeof(try(stop("x"), silent = TRUE))  # expect: [1] "error"

# operators as calls
`||`(TRUE, stop("no"))  # expect: [1] TRUE
`&&`(FALSE, stop("no"))  # expect: [1] FALSE
`&&`(3, 2)  # expect: [1] TRUE
`&&`(3)  # expect error: a logical operator takes two arguments
f <- function(x) `||`(x, 0); f(0)  # expect: [1] FALSE
Reduce(`&&`, list(TRUE, FALSE))  # expect: [1] FALSE
do.call("||", list(FALSE, TRUE))  # expect: [1] TRUE
f <- function(x) { force(x); function() x }; f(5)()  # expect: [1] 5
