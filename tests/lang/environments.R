# Environments: scope, lookup, publishing, and environments by name.

x <- 5; f <- function() x; g <- function() { x <- 6; f() }; g()  # expect: [1] 5
mk <- function(n) function(x) x + n; mk(2)(1)  # expect: [1] 3
c <- 2; c(1, 5)  # expect: [1] 1 5
f <- 3; f()  # expect error: object 'f' not found
f <- function(x) { x <<- 9; x }; f(1)  # expect: [1] 1
f <- function(x) { x <<- 9; x }; f(1); x  # expect: [1] 9
a <- 1; a <<- 2; a  # expect: [1] 2
local({ y <- 3; y })  # expect: [1] 3
local({ y <- 3 }); y  # expect error: object 'y' not found
x <- 1; local({ x <- 2 }); x  # expect: [1] 1
x <- 1; local({ x <<- 2 }); x  # expect: [1] 2
local(invisible(3))  # expect:
assign("q1", 4)  # expect:
assign("q1", 4); q1  # expect: [1] 4
rm(nosuch)  # expect error: object 'nosuch' not found
rm(1)  # expect error: ... must contain names or character strings
rm("sin")  # expect error: object 'sin' not found
rm(atan, inherits=TRUE); atan(1)  # expect error: object 'atan' not found
rm(cosh, envir="base"); cosh(1)  # expect error: object 'cosh' not found
assign("disc", function(r) 3.14 * r^2, "base"); disc(2)  # expect: [1] 12.56
assign("x", 1, "foo")  # expect error: can't find environment foo
b <- 1; .a <- 2; ls()  # expect: [1] ".a" "b" 
f <- function(x) { y <- 1; ls() }; f(1)  # expect: [1] "x" "y"
zz <- 1; f <- function(x) { y <- 1; ls(2) }; f(1)  # expect: [1] "f"  "zz"
zz <- 1; f <- function(x) { y <- 1; ls(-1) }; f(1)  # expect: [1] "x" "y"
zz <- 1; f <- function(x) { y <- 1; ls(1) }; f(1)  # expect: [1] "x" "y"
f <- function(x) { g <- function() ls(2); g() }; f(1)  # expect: [1] "g" "x"
f <- function(x) { for (i in 1) { if (TRUE) r <- ls(2) }; r }; f(1)  # expect: [1] "f"
g <<- 1; ls("global")  # expect: [1] "g"
g <<- 1; lsg()  # expect: [1] "g"
f <- function() { w <- 1; ls("working") }; f()  # expect: [1] "f"
get("sin")(0)  # expect: [1] 0
get("nosuch")  # expect error: object 'nosuch' not found
exists("sin")  # expect: [1] TRUE
exists("sin", inherits=FALSE)  # expect: [1] FALSE
x <- 1; f <- function() { assign("x", 5, inherits=TRUE); 0 }; f(); x  # expect: [1] 5
a <<- 1:3; a[1] <<- 5; a  # expect: [1] 5 2 3
x <<- 1; x <- 2; rm(x); x  # expect: [1] 1
x <<- 1; rm(x)  # expect error: object 'x' not found
x <<- 1; rm(x, inherits=TRUE); exists("x")  # expect: [1] FALSE
x <<- 1; rm(x, envir="global"); exists("x")  # expect: [1] FALSE
f <- function() { x <- 1; rm(x); exists("x") }; f()  # expect: [1] FALSE
x <- 5; f <- function() { x <- 1; rm(x); x }; f()  # expect: [1] 5
f <- function(v) { if (v) x <- 1; x }; x <- 9; c(f(TRUE), f(FALSE))  # expect: [1] 1 9
f <- function() { assign("w", 3); w }; f()  # expect: [1] 3
f <- function() { assign("w", 3, "global"); 0 }; f(); w  # expect: [1] 3
f <- function() { assign("w", 3, "working"); 0 }; f(); w  # expect: [1] 3
f <- function() { g <- function() { assign("w", 3, "closure"); ls() }; g() }; f()  # expect: [1] "w"
f <- function() { x <- 1; get("x", "working") }; f()  # expect error: object 'x' not found
f <- function() { x <- 1; get("x") }; f()  # expect: [1] 1
f <- function() { x <- 1; g <- function() get("x"); g() }; f()  # expect: [1] 1
get("f", mode="function")  # expect error: unused argument (mode="function")
.Last.value <- 3  # expect:
f <- function() { a <- 1; b <- 2; a }; exists("a")  # expect: [1] FALSE
x <- 3; f <- function(x) { x; function() x }; g <- f(10); x <- 4; g()  # expect: [1] 10
ls(-2)  # expect error: environment position out of bounds
f <- function() ls(3); x <- 1; f()  # expect: character(0)
f <- function() length(ls(4)) > 100; f()  # expect: [1] TRUE
f <- function() ls(5); f()  # expect error: environment position out of bounds
ls("nowhere")  # expect error: can't find environment nowhere
get("x", "nowhere")  # expect error: can't find environment nowhere
rm("x", envir="nowhere")  # expect error: can't find environment nowhere
rm(x + 1)  # expect error: ... must contain names or character strings
rm(list=3)  # expect error: invalid argument type: 'list' should be any of 'string' but is 'double'
x <- 1; y <- 2; rm(x, "y"); ls()  # expect: character(0)
x <- 1; remove(x); exists("x")  # expect: [1] FALSE
rm(c("a"))  # expect error: ... must contain names or character strings
