# Syntax: what is a program and how it groups.

# precedence
1 + 2 * 3  # expect: [1] 7
-2^2  # expect: [1] -4
2^3^2  # expect: [1] 512
2^-1  # expect: [1] 0.5
-1:3  # expect: [1] -1  0  1  2  3
2^1:3  # expect: [1] 2 3
1:3 + 1  # expect: [1] 2 3 4
2 * 5 %% 3  # expect: [1] 4
-7 %% 3  # expect: [1] 2
!TRUE == FALSE  # expect: [1] TRUE
!c(1, 9) %in% 1:5  # expect: [1] FALSE  TRUE
1 + !TRUE & FALSE  # expect error: invalid type for binary operator (double + logical)
TRUE || FALSE && FALSE  # expect: [1] TRUE
1 < 2 == TRUE  # expect error: syntax error, unexpected ==
7 %/% 2 * 2  # expect: [1] 6
{ a <- b <- 3; a + b }  # expect: [1] 6
{ 1 -> a ->> b; a }  # expect: [1] 1
{ a = b <- 2; a }  # expect: [1] 2
1 + if (TRUE) 2 else 3 + 100  # expect: [1] 3
(function(x) x + 1)(2) * 3  # expect: [1] 9
{ `%+%` <- function(a, b) paste0(a, b); "x" %+% "y" %+% "z" }  # expect: [1] "xyz"
a--b  # expect error: syntax error, unexpected --
a++b  # expect error: syntax error, unexpected ++
{ f <- function(x, y) x - y; 10 |> f(3) }  # expect: [1] 7
{ f <- function(x, y) x - y; 10 |> f(x = 1, y = _) }  # expect: [1] -9
1 |> 2  # expect error: the pipe operator requires a function call as RHS
sum(x = _)  # expect error: invalid use of pipe placeholder
2 ** 3  # expect: [1] 8
{ x <- list(a = list(b = 5)); -x$a$b ^ 2 }  # expect: [1] -25
{ f <- function() list(g = function(x) x * 2); f()$g(4) }  # expect: [1] 8

# separators and newlines
;1  # expect error: syntax error, unexpected ;
1;;2  # expect: [1] 2
{1; 2;}  # expect: [1] 2
{}  # expect: NULL
c(1, 2; 3)  # expect error: syntax error, unexpected ;
x <-  # expect error: syntax error, unexpected end of input
(1  # expect error: syntax error, unexpected end of input, expecting )
f(3))  # expect error: syntax error, unexpected )
a b  # expect error: syntax error, unexpected identifier
"a" "b"  # expect error: syntax error, unexpected string
1 2  # expect error: syntax error, unexpected constant
if (TRUE) 1 else  # expect error: syntax error, unexpected end of input
[1]  # expect error: syntax error, unexpected [
x$  # expect error: syntax error, unexpected end of input

# numbers and strings
0x1F  # expect: [1] 31
.5 + 5. + 5.e-1  # expect: [1] 6
1e3L  # expect: [1] 1000
1e  # expect error: syntax error, unexpected identifier
1x  # expect error: syntax error, unexpected identifier
1.2.3  # expect error: syntax error, unexpected constant
2i  # expect error: complex numbers are not supported
NA  # expect error: there is no NA: the missing number is NaN
NA_character_  # expect error: there is no NA: the missing number is NaN
"a\tb"  # expect: [1] "a\tb"
'it\'s'  # expect: [1] "it's"
"\x41\101\u00e9\u{65e5}\U0001F600"  # expect: [1] "AAé日😀"
"\400"  # expect error: octal constant out of bounds: \400
"\q"  # expect error: bad escape sequence: \q
"\0"  # expect error: bad escape sequence: \0
"abc  # expect error: unterminated string constant: "abc
r"(a\b)"  # expect: [1] "a\\b"
R"---[a]--]---"  # expect: [1] "a]--"
r"(open"  # expect error: unterminated string constant: r"(open"
nchar(r"{"}")  # expect: [1] 1
`a b`  # expect error: object 'a b' not found
{ `a b` <- 3; `a b` }  # expect: [1] 3
`+`(1, 2)  # expect: [1] 3
``  # expect error: syntax error, unexpected empty name
"a\  # expect error: unterminated string constant: "a\

# what other languages have
y ~ x  # expect error: formulas are not supported
a@b  # expect error: slots are not supported
a::b  # expect error: packages are not supported
a:::b  # expect error: packages are not supported
T <- 1  # expect error: can't assign to non-symbol
NULL <- 1  # expect error: can't assign to non-symbol
a %b  # expect error: syntax error, unexpected %
é <- 1  # expect error: syntax error, unexpected 'é'
1 ¤ 2  # expect error: syntax error, unexpected '¤'

# functions and calls
(\(x, n = 2) x^n)(3)  # expect: [1] 9
{ f <- function(a, b) { if (missing(b)) "none" else b }; f(1,) }  # expect: [1] "none"
{ f <- function(...) nargs(); f(1, 2, a = 3) }  # expect: [1] 3
c("a b" = 1)  # expect: a b
#>   1
c(T = 1)  # expect: T
#> 1
list(T = 2)$T  # expect: [1] 2
function(x, y = 2, ...) x  # expect: function(x, y = 2, ...) x
function(x) x + 1 # comment  # expect: function(x) x + 1
for (i 1:3) i  # expect error: syntax error, unexpected constant, expecting in
function(1) 1  # expect error: syntax error, unexpected constant
f(a = 1  # expect error: syntax error, unexpected end of input
if (T) 1 else 2  # expect: [1] 1
while (FALSE) 1  # expect:
{ i <- 0; repeat { i <- i + 1; if (i > 3) break }; i }  # expect: [1] 4
{ s <- 0; for (i in 1:5) { if (i == 2) next; s <- s + i }; s }  # expect: [1] 13

# times
|.2021-07-01 09:30:00 Europe/Paris.|  # expect: [1] 2021-07-01 07:30:00 UTC
|.  2021-07-01   09:30:00.25  UTC .|  # expect: [1] 2021-07-01 09:30:00.250000000 UTC
|+2021-07-01 09:30:00 UTC->2021-07-01 16:00:00 Etc/GMT+5-|  # expect: [1] +2021-07-01 09:30:00 UTC -> 2021-07-01 21:00:00 UTC-
|.2021-02-30 09:30:00 UTC.|  # expect error: Error parsing dtime: day is not valid for month
|.2021-07-01 09:30:00.|  # expect error: Error parsing dtime: timezone must be specified
|.2021-07-01 09:30:00.1234567891 UTC.|  # expect error: syntax error, unexpected |
|+2021-07-01 09:30:00 UTC -> 2020-07-01 16:00:00 UTC-|  # expect error: Error parsing interval: interval end smaller than interval start
{ a <- TRUE; a|.2 > 1 }  # expect: [1] TRUE

# lines
f <- function(x)

  # between
  x + 1
f(
  2
)  # expect: [1] 3
if (FALSE) 1

# a comment
else 2  # expect: [1] 2
x <-
  3 +
  4
x  # expect: [1] 7
a <- (1
  + 2)
a  # expect: [1] 3
y <- c(1, 2)
y
[1]  # expect error: syntax error, unexpected [
s <- 0
for (i in
     1:3)
  s <- s + i
while (s > 5)
  s <- s - 4
s  # expect: [1] 2
g <- function() {
  u <- sapply(1:2, function(k) {
    v <- k
    v * 10
  })
  u
}
g()  # expect: [1] 10 20
