# Operators by type, shapes, names, in place; sequences, joining, conversion, construction.

1 + 2 * 3                          # expect: [1] 7
-5 %% 3                            # expect: [1] 1
5 %% -3                            # expect: [1] -1
-5 %/% 3                           # expect: [1] -2
c(5 %% 0, 5 %/% 0, -1 %% Inf, 1 %% -Inf)  # expect: [1]  NaN  Inf  Inf -Inf
c(1^NaN, NaN^0, (-8)^2, 0^-1)      # expect: [1] NaN   1  64 Inf
1 / -0                             # expect: [1] -Inf
c(1, NaN) < 2                      # expect: [1]  TRUE FALSE
c(1, NaN) != 1                     # expect: [1] FALSE  TRUE
NaN & TRUE                         # expect error: invalid type for binary operator (double & logical)
NaN | 1                            # expect error: NaN has no truth value: use is.nan()
!c(1, 0)                           # expect: [1] FALSE  TRUE
-TRUE                              # expect error: invalid type for unary operator
!"a"                               # expect error: invalid type for unary operator
TRUE + 1                           # expect error: invalid type for binary operator (logical + double)
TRUE < FALSE                       # expect: [1] FALSE
"a" < "b"                          # expect: [1] TRUE
"a" + "b"                          # expect error: invalid type for binary operator (string + string)
1:3 + 1:2                          # expect error: incompatible array sizes
1:3 == "a"                         # expect: [1] FALSE
1 != TRUE                          # expect: [1] TRUE
NULL == NULL                       # expect error: invalid type for binary operator (NULL == NULL)
sin == sin                         # expect error: invalid type for binary operator (builtin == builtin)
list(1, "a", list(1)) == 1         # expect: [1]  TRUE FALSE FALSE
2 != list(a = 1, b = 2)
# expect:     a     b 
#>  TRUE FALSE 
list(1) == list(1)                 # expect error: invalid type for binary operator (list == list)
list(1) + 1                        # expect error: invalid type for binary operator (list + double)

# names and extents
c(a = 1, b = 2) + c(u = 3, v = 4)
# expect: a b 
#> 4 6 
c(a = 1) + 1:3                     # expect: [1] 2 3 4
matrix(5, 1, 1) + 1                # expect:      [,1]
#> [1,]    6
matrix(1:4, 2, 2) + 1:4            # expect error: incompatible array sizes
numeric(0) + 1                     # expect: numeric(0)
matrix(1:4, 2, 2, dimnames = list(NULL, c("a", "b"))) > 2
# expect:          a    b
#> [1,] FALSE TRUE
#> [2,] FALSE TRUE

# time types
|.2021-03-02 00:00:00 UTC.| - |.2021-03-01 12:00:00 UTC.|   # expect: [1] 12:00:00
|.2021-03-02 00:00:00 UTC.| + 1    # expect error: invalid type for binary operator (datetime + double)
|.2021-03-02 00:00:00 UTC.| == 5   # expect: [1] FALSE
as.duration("00:00:10") / 4        # expect: [1] 00:00:02.500
2 * as.duration("01:00:00")        # expect: [1] 02:00:00
as.duration(1) / 0                 # expect error: duration divide by 0
NaN * as.duration(1)               # expect error: duration multiply by NaN
as.duration(1) / as.duration(1)    # expect error: invalid type for binary operator (duration / duration)
as.duration(2^53) * 3 == as.duration(3 * 2^53)              # expect: [1] TRUE
as.duration(9e18) + as.duration(9e18)                       # expect error: duration out of range
|.2262-04-11 00:00:00 UTC.| + as.duration("48:00:00")       # expect error: time out of range
as.period("3m3d/00:00:03") / 2     # expect: [1] 1m1d/00:00:01.500
as.period("1d") / 0                # expect error: divide by zero
as.period("1d") * NaN              # expect error: period multiply by NaN
as.period("1d") < as.period("2d")  # expect error: invalid type for binary operator (period < period)
as.period("1m") + as.period("2d") == as.period("1m2d")      # expect: [1] TRUE
|.2021-01-31 00:00:00 UTC.| + as.period("1m")               # expect error: time zone must be specified
`+`(|.2021-01-31 00:00:00 UTC.|, as.period("1m"), "UTC")    # expect: [1] 2021-03-03 00:00:00 UTC
`-`(|.2021-03-31 00:00:00 UTC.|, as.period("1m"), "UTC")    # expect: [1] 2021-03-03 00:00:00 UTC
`+`(|.2021-03-13 09:30:00 America/New_York.|, as.period("1d"), "No/Where")  # expect error: can't find timezone No/Where
|.2021-01-01 00:00:00 UTC.| %in% |+2021-01-01 00:00:00 UTC -> 2021-01-02 00:00:00 UTC-|   # expect: [1] TRUE
|.2021-01-02 00:00:00 UTC.| %in% |+2021-01-01 00:00:00 UTC -> 2021-01-02 00:00:00 UTC-|   # expect: [1] FALSE

# %in%, %*%, %o%
c(1, NaN, 5) %in% c(NaN, 1)        # expect: [1]  TRUE  TRUE FALSE
"a" %in% 1                         # expect: [1] FALSE
1:3 %in% NULL                      # expect: [1] FALSE FALSE FALSE
matrix(1:4, 2, 2) %*% c(1, 1)
# expect:      [,1]
#> [1,]    4
#> [2,]    6
1:3 %*% 1:3                        # expect:      [,1]
#> [1,]   14
1:3 %*% 1:2                        # expect error: non-conformable arguments
c(a = 1, b = 2) %o% 1:3
# expect:   [,1] [,2] [,3]
#> a    1    2    3
#> b    2    4    6

# called forms and references
`+`(1, 2)                          # expect: [1] 3
`-`(3)                             # expect: [1] -3
sapply(list(1:3, 4:6), `[`, 2)     # expect: [1] 2 5
Reduce(`+`, 1:4)                   # expect: [1] 10
op("*", 3, 4)                      # expect: [1] 12
op("-", 3)                         # expect: [1] -3
a <- 1:3
`+`(--a, 1)
a                                  # expect: [1] 2 3 4
a <- 1:3
b <- a
`*`(--a, 2)
b                                  # expect: [1] 1 2 3
a <- 1:3
b <- `+`(--a, 1)
b[1] <- 0
a                                  # expect: [1] 2 3 4
a <- 1:3
`<`(--a, 2)
a                                  # expect: [1] 1 2 3
a <- c(as.duration(9e18), as.duration(1))
tryCatch(`+`(--a, as.duration(9e18)), 0)
a[2] == as.duration(1)             # expect: [1] TRUE
a <- 1:3
lock(--a)
`+`(--a, 1)
a                                  # expect: [1] 2 3 4
a <- 1:3
lock(--a)
b <- a
`+`(--a, 1)                        # expect error: cannot copy locked object: use '<<-' or '--x'

# sequences
seq(0, 0.3, by = 0.1)              # expect: [1] 0.0 0.1 0.2 0.3
seq(10, 1, by = -3)                # expect: [1] 10  7  4  1
seq(0, 1, length.out = 5)          # expect: [1] 0.00 0.25 0.50 0.75 1.00
seq(5)                             # expect: [1] 1 2 3 4 5
seq(c(7, 8, 9))                    # expect: [1] 1 2 3
seq(to = 10, length.out = 3)       # expect: [1]  8  9 10
seq(1, 2, along.with = 1:3)        # expect: [1] 1.0 1.5 2.0
seq(1, 1, by = -1)                 # expect error: wrong sign in 'by' argument
seq(1, 2, by = 0)                  # expect error: 'by' cannot be 0
seq(1, NaN)                        # expect error: argument cannot be 'NaN' or 'Inf'
seq(1, 2, length.out = 2.5)        # expect error: argument is not an integer
seq(1, 2, 1, 2)                    # expect error: too many arguments
seq(|.2021-01-01 00:00:00 UTC.|)   # expect error: missing argument
"a":"b"                            # expect error: invalid argument type: 'from' should be any of 'double','datetime','interval' but is 'string'
3:1                                # expect: [1] 3 2 1
1:3.5                              # expect: [1] 1 2 3
seq(|.2021-01-31 00:00:00 UTC.|, by = as.period("1m"), length.out = 4, tz = "UTC")
# expect: [1] 2021-01-31 00:00:00 UTC 2021-03-03 00:00:00 UTC 2021-03-31 00:00:00 UTC
#> [4] 2021-05-01 00:00:00 UTC
seq(|.2021-01-01 00:00:00 UTC.|, |.2021-01-05 00:00:00 UTC.|, by = as.period("-1d"), tz = "UTC")  # expect error: incorrect specification for 'to'/'by'
seq(|.2021-01-01 00:00:00 UTC.|, |.2021-01-05 00:00:00 UTC.|, by = as.period("1d"))               # expect error: argument 'tz' must be specified
rep(c(a = 1, b = 2), 2)
# expect: a b a b 
#> 1 2 1 2 
rep(1:2, each = 2, times = 2)      # expect: [1] 1 1 2 2 1 1 2 2
rep(1:2, times = c(2, 1))          # expect: [1] 1 1 2
rep(1:3, length.out = 5)           # expect: [1] 1 2 3 1 2
rep("x", 3)                        # expect: [1] "x" "x" "x"
rep_len(1:3, 7)                    # expect: [1] 1 2 3 1 2 3 1

# joining
c(x = c(1, b = 2), 3)
# expect:  x1 x.b     
#>   1   2   3 
c(TRUE, 2, "a")                    # expect: [1] "TRUE" "2"    "a"   
c(as.duration(1), 2)               # expect: [1] 1 2
c(1, |.2021-01-01 00:00:00 UTC.|)  # expect error: conversion not defined for time to double
c(NULL)                            # expect: NULL
a <- 1:2
c(--a, 3)
a                                  # expect: [1] 1 2 3
a <- 1:2
c(--a, "x")                        # expect error: cannot convert the type of a reference

# conversion and construction
as.numeric(c("1e3", " 0x1F ", "Inf"))  # expect: [1] 1000   31  Inf
as.numeric("abc")                  # expect error: cannot convert "abc" to a number
as.character(c(a = 0.1, b = 1e5))  # expect: [1] "0.1"   "1e+05"
as.logical(c(0, 2))                # expect: [1] FALSE  TRUE
as.logical(NaN)                    # expect error: NaN has no truth value: use is.nan()
as.duration(NaN)                   # expect error: cannot convert NaN to duration
as.time(1)                         # expect error: conversion not defined for array of double to array of time
as.integer(-2.7)                   # expect: [1] -2
matrix(1:6, 2)
# expect:      [,1] [,2] [,3]
#> [1,]    1    3    5
#> [2,]    2    4    6
matrix(1:4, 2, byrow = TRUE)
# expect:      [,1] [,2]
#> [1,]    1    2
#> [2,]    3    4
matrix(1:3, 2, 2)                  # expect error: data does not fit array dimensions
matrix(0, 1, 1, dimnames = list(c("a", "b"), NULL))  # expect error: length of 'dimnames' [1] not equal to array extent
array(1:4)                         # expect: [1] 1 2 3 4
vector("duration", 2)              # expect: [1] 00:00:00 00:00:00
vector("x")                        # expect error: unknown mode
character(-1)                      # expect error: invalid 'length' argument
identical(c(a = 1), c(b = 1))      # expect: [1] FALSE
all.equal(0.1 + 0.2, 0.3)          # expect: [1] TRUE
ifelse(c(a = 1, b = 0) > 0, "y", 0)
# expect:   a   b 
#> "y" "0" 
pmin(c(1, NaN, 3), 2)              # expect: [1]   1 NaN   2
pmax(c(1, NaN, 3), 2, na.rm = TRUE)  # expect: [1] 2 2 3
xor(TRUE, c(TRUE, FALSE))          # expect: [1] FALSE  TRUE
if (1:2) 1                         # expect error: expecting scalar value
if (NaN) 1                         # expect error: NaN has no truth value: use is.nan()
if ("TRUE") 1                      # expect error: conversion not defined for array of character to array of logical
