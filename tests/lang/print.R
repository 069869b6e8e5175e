# The display of values and their structure.  What R has prints as R prints it.

print(1:11, max = 10)  # expect:  [1]  1  2  3  4  5  6  7  8  9 10 11
print(1:12, max = 10)  # expect:  [1]  1  2  3  4  5  6  7  8  9 10
#>  [ reached getOption("max.print") -- omitted 2 entries ]
print(c(a = 1, b = 2, c = 1000, d = 5), max = 2)  # expect: a b
#> 1 2
#>  [ reached getOption("max.print") -- omitted 2 entries ]
matrix(1:9, 9, 1)  # expect:       [,1]
#>  [1,]    1
#>  [2,]    2
#>  [3,]    3
#>  [4,]    4
#>  [5,]    5
#>  [6,]    6
#>  [7,]    7
#>  [8,]    8
#>  [9,]    9
print(matrix(c(1, 2, 3, 1000, 5, 6, 7, 8), 4, 2), max = 4)  # expect:      [,1] [,2]
#> [1,]    1    5
#> [2,]    2    6
#>  [ reached getOption("max.print") -- omitted 2 rows ]
print(array(1:24, c(2, 3, 4)), max = 14)  # expect: , , 1
#>
#>      [,1] [,2] [,3]
#> [1,]    1    3    5
#> [2,]    2    4    6
#>
#> , , 2
#>
#>      [,1] [,2] [,3]
#> [1,]    7    9   11
#> [2,]    8   10   12
#>
#>  [ reached getOption("max.print") -- omitted 2 matrix slice(s) ]
print(array(1:24, c(2, 3, 4)), max = 3)  # expect: , , 1
#>
#>      [,1] [,2] [,3]
#> [1,]    1    3    5
#>
#>  [ reached getOption("max.print") -- omitted 1 row(s) and 3 matrix slice(s) ]
array(0, c(2, 2, 0))  # expect: <2 x 2 x 0 array of double>
#>      [,1] [,2]
#> [1,]
#> [2,]
array(0, c(2, 0, 2))  # expect: , , 1
#>
#>
#> [1,]
#> [2,]
#>
#> , , 2
#>
#>
#> [1,]
#> [2,]
array(0, c(0, 2, 2))  # expect: , , 1
#>
#>      [,1] [,2]
#>
#> , , 2
#>
#>      [,1] [,2]
array(1:8, c(2, 2, 2), dimnames = list(c("a", "b"), NULL, c("u", "v")))  # expect: , , u
#>
#>   [,1] [,2]
#> a    1    3
#> b    2    4
#>
#> , , v
#>
#>   [,1] [,2]
#> a    5    7
#> b    6    8
print(list(1, 2, 3, 4), max = 2)  # expect: [[1]]
#> [1] 1
#>
#> [[2]]
#> [1] 2
#>
#>  [ reached getOption("max.print") -- omitted 2 entries ]
list(a = 1, `a b` = 2, `if` = 3, `_x` = 4, `.1a` = 5)  # expect: $a
#> [1] 1
#>
#> $`a b`
#> [1] 2
#>
#> $`if`
#> [1] 3
#>
#> $`_x`
#> [1] 4
#>
#> $`.1a`
#> [1] 5
c("a\nb" = 1, "é" = 2)  # expect: a\nb    é
#>    1    2
c("a\nb", "é日本", "tab\t", "q\"q", "back\\slash")  # expect: [1] "a\nb"        "é日本"       "tab\t"       "q\"q"        "back\\slash"
print("a\"b'c\\", quote = FALSE)  # expect: [1] a"b'c\\
matrix(c("a", "日本", "c", "d"), 2, 2, dimnames = list(NULL, c("x", "yyyyyyy")))  # expect:      x      yyyyyyy
#> [1,] "a"    "c"
#> [2,] "日本" "d"
matrix(0, 3, 0)  # expect: 
#> [1,]
#> [2,]
#> [3,]
matrix(0, 0, 3)  # expect:      [,1] [,2] [,3]
matrix(0, 0, 0)  # expect: <0 x 0 matrix>
matrix(0, 2, 0, dimnames = list(c("a", "bbb"), NULL))  # expect: 
#> a
#> bbb
c(a = 1)[numeric(0)]  # expect: named numeric(0)
print(matrix(c("a", "b"), 1), quote = FALSE)  # expect:      [,1] [,2]
#> [1,] a    b
print(matrix(c("a", "bbb"), 2), right = TRUE)  # expect:      [,1]
#> [1,]   "a"
#> [2,] "bbb"
print(c("a", "bbb"), right = TRUE)  # expect: [1]   "a" "bbb"
print(c(a = "x", b = "yyy"))  # expect:     a     b
#>   "x" "yyy"
print(c(a = "x", b = "yyy"), quote = FALSE)  # expect:   a   b
#>   x yyy
{ options(width = 20); matrix(1:9, 1, 9) * 100 }  # expect:      [,1] [,2] [,3]
#> [1,]  100  200  300
#>      [,4] [,5] [,6]
#> [1,]  400  500  600
#>      [,7] [,8] [,9]
#> [1,]  700  800  900
{ options(width = 10); 1:10 * 1e7 }  # expect:  [1] 1e+07
#>  [2] 2e+07
#>  [3] 3e+07
#>  [4] 4e+07
#>  [5] 5e+07
#>  [6] 6e+07
#>  [7] 7e+07
#>  [8] 8e+07
#>  [9] 9e+07
#> [10] 1e+08
list(a = 1, b = list(), c = list(list(1, NULL), z = list(q = 2)))  # expect: $a
#> [1] 1
#>
#> $b
#> list()
#>
#> $c
#> $c[[1]]
#> $c[[1]][[1]]
#> [1] 1
#>
#> $c[[1]][[2]]
#> NULL
#>
#>
#> $c$z
#> $c$z$q
#> [1] 2
list(NULL)  # expect: [[1]]
#> NULL
list(list(list()))  # expect: [[1]]
#> [[1]][[1]]
#> list()
list(x = matrix(1:4, 2), y = array(1:8, c(2, 2, 2)))  # expect: $x
#>      [,1] [,2]
#> [1,]    1    3
#> [2,]    2    4
#>
#> $y
#> , , 1
#>
#>      [,1] [,2]
#> [1,]    1    3
#> [2,]    2    4
#>
#> , , 2
#>
#>      [,1] [,2]
#> [1,]    5    7
#> [2,]    6    8
print(c(1.123456789, 2), digits = 3)  # expect: [1] 1.12 2.00
print(1.123456789, 3)  # expect: [1] 1.12
print(list(1.23456), digits = 3)  # expect: [[1]]
#> [1] 1.23
matrix(c(1.5, NaN, -Inf, 2), 2, dimnames = list(c("", "b"), c("x", "")))  # expect:     x
#>   1.5 -Inf
#> b NaN    2
matrix(c(TRUE, FALSE, TRUE, TRUE), 2)  # expect:       [,1] [,2]
#> [1,]  TRUE TRUE
#> [2,] FALSE TRUE
c(a = TRUE, bbbbbbbb = FALSE)  # expect:        a bbbbbbbb
#>     TRUE    FALSE
c(a = 1, 2)  # expect: a
#> 1 2
{ options(width = 30); x <- 1:12 * 1.5; names(x) <- month.name; x }  # expect:   January  February     March
#>       1.5       3.0       4.5
#>     April       May      June
#>       6.0       7.5       9.0
#>      July    August September
#>      10.5      12.0      13.5
#>   October  November  December
#>      15.0      16.5      18.0
{ f <- function(x, y = 2) x + y; f }  # expect: function(x, y = 2) x + y
{ options(digits = 15); c(0.1, 1/3) }  # expect: [1] 0.100000000000000 0.333333333333333
{ options(scipen = 5); c(1e5, 1e10) }  # expect: [1] 1e+05 1e+10
{ options(max.print = 3); 1:10 }  # expect: [1] 1 2 3
#>  [ reached getOption("max.print") -- omitted 7 entries ]
c(1e-300, 1e300)  # expect: [1] 1e-300 1e+300
c(1.5, 22, 333.25)  # expect: [1]   1.50  22.00 333.25
c(123456.789, 0.001)  # expect: [1] 123456.789      0.001
-1.5e-7  # expect: [1] -1.5e-07
c(1e5, 1)  # expect: [1] 1e+05 1e+00
1e5 + 0.1  # expect: [1] 100000.1
100 * 1:8  # expect: [1] 100 200 300 400 500 600 700 800
c(0.00001, 123456)  # expect: [1] 1.00000e-05 1.23456e+05
1e15  # expect: [1] 1e+15
1e-15  # expect: [1] 1e-15
2^(0:20)  # expect:  [1]       1       2       4       8      16      32      64     128     256
#> [10]     512    1024    2048    4096    8192   16384   32768   65536  131072
#> [19]  262144  524288 1048576
10^(-5:5)  # expect:  [1] 1e-05 1e-04 1e-03 1e-02 1e-01 1e+00 1e+01 1e+02 1e+03 1e+04 1e+05
exp(-10:10)  # expect:  [1] 4.539993e-05 1.234098e-04 3.354626e-04 9.118820e-04 2.478752e-03
#>  [6] 6.737947e-03 1.831564e-02 4.978707e-02 1.353353e-01 3.678794e-01
#> [11] 1.000000e+00 2.718282e+00 7.389056e+00 2.008554e+01 5.459815e+01
#> [16] 1.484132e+02 4.034288e+02 1.096633e+03 2.980958e+03 8.103084e+03
#> [21] 2.202647e+04
c(NaN, Inf, -Inf, 1)  # expect: [1]  NaN  Inf -Inf    1
list(1, "a", TRUE, c(a = 1), NULL, list())  # expect: [[1]]
#> [1] 1
#>
#> [[2]]
#> [1] "a"
#>
#> [[3]]
#> [1] TRUE
#>
#> [[4]]
#> a
#> 1
#>
#> [[5]]
#> NULL
#>
#> [[6]]
#> list()
list(f = function(x) x)  # expect: $f
#> function(x) x
print(NULL)  # expect: NULL
invisible(3)  # expect:
print(-0.0)  # expect: [1] 0
print(c(1.10, 22.22, 333.333), digits = 2)  # expect: [1]   1.1  22.2 333.3
print(123456.123456, digits = 10)  # expect: [1] 123456.1235
print(matrix(c("a", "bbb"), 2, 1, dimnames=list(NULL,"x")), right = TRUE)  # expect:          x
#> [1,]   "a"
#> [2,] "bbb"
print(matrix(c("a", "bbb"), 2, 1, dimnames=list(NULL,"xxxxxxxx")), right = TRUE)  # expect:      xxxxxxxx
#> [1,]      "a"
#> [2,]    "bbb"
array(0, c(2, 2, 0))  # expect: <2 x 2 x 0 array of double>
#>      [,1] [,2]
#> [1,]
#> [2,]
array("a", c(1, 1, 0))  # expect: <1 x 1 x 0 array of character>
#>      [,1]
#> [1,]
array(TRUE, c(0, 0, 0))  # expect: <0 x 0 x 0 array of logical>
array(0, c(2, 3, 0), dimnames=list(c("a","b"),c("x","yyy","z"),NULL))  # expect: <2 x 3 x 0 array of double>
#>   x yyy z
#> a
#> b
array("a", c(2, 3, 0), dimnames=list(c("a","b"),c("x","yyy","z"),NULL))  # expect: <2 x 3 x 0 array of character>
#>   x yyy z
#> a
#> b
array(0, c(2, 2, 0, 3))  # expect: <2 x 2 x 0 x 3 array of double>
#>      [,1] [,2]
#> [1,]
#> [2,]
array(0, c(0, 2, 0))  # expect: <0 x 2 x 0 array of double>
#>      [,1] [,2]
{options(width=10); array(0, c(2, 5, 0))}  # expect: <2 x 5 x 0 array of double>
#>      [,1]
#> [1,]
#> [2,]
#>      [,2]
#> [1,]
#> [2,]
#>      [,3]
#> [1,]
#> [2,]
#>      [,4]
#> [1,]
#> [2,]
#>      [,5]
#> [1,]
#> [2,]
print(matrix(c("a", "bbb"), 2), right = TRUE)  # expect:      [,1]
#> [1,]   "a"
#> [2,] "bbb"
print(matrix(c("a", "bbb"), 2), right = TRUE, quote=FALSE)  # expect:      [,1]
#> [1,]    a
#> [2,]  bbb

# ---- times, series, functions
{ t0 <- |.2015-01-01 12:00:00 UTC.|; zts(t0 + as.duration("00:00:01") * c(0, 1.5, 3), matrix(c(1, NaN, 3, 10, 20, 30.5), 3, 2, dimnames = list(NULL, c("px", "qty")))) }  # expect:                                    px  qty
#> 2015-01-01 12:00:00 UTC             1 10.0
#> 2015-01-01 12:00:01.500000000 UTC NaN 20.0
#> 2015-01-01 12:00:03 UTC             3 30.5
zts(as.time(NULL), matrix(0, 0, 2, dimnames = list(NULL, c("px", "qty"))))  # expect:      px qty
c(|.2021-01-01 00:00:00 UTC.|, |.2021-01-01 00:00:00.5 UTC.|)  # expect: [1] 2021-01-01 00:00:00.000000000 UTC 2021-01-01 00:00:00.500000000 UTC
print(|.2021-07-01 12:00:00 UTC.|, tz = "America/Sao_Paulo")  # expect: [1] 2021-07-01 09:00:00 -03
print(|.2021-07-01 12:00:00 UTC.|, "Europe/Paris")  # expect: [1] 2021-07-01 14:00:00 CEST
print(1, tz = "No/Where")  # expect error: can't find timezone No/Where
as.duration(c(1, 1000, 1e6, 3.6e12))  # expect: [1] 00:00:00.000_000_001     00:00:00.000_001         00:00:00.001
#> [4]             01:00:00
matrix(as.duration("00:00:01") * (1:4), 2, 2)  # expect:          [,1]     [,2]
#> [1,] 00:00:01 00:00:03
#> [2,] 00:00:02 00:00:04
{ options(width = 10, max.print = 2); |.2021-07-01 12:00:00 UTC.| + as.duration(1) * (0:3) }  # expect: [1] 2021-07-01 12:00:00.000000000 UTC
#> [2] 2021-07-01 12:00:00.000000001 UTC
#>  [ reached getOption("max.print") -- omitted 2 entries ]
as.period("-1m6d/-00:00:30")  # expect: [1] -1m6d/-00:00:30
{ options(max.print = 4); zts(|.2021-07-01 12:00:00 UTC.| + as.duration(1e9) * (0:3), matrix(1:8, 4, 2)) }  # expect:                         [,1] [,2]
#> 2021-07-01 12:00:00 UTC    1    5
#> 2021-07-01 12:00:01 UTC    2    6
#>  [ reached getOption("max.print") -- omitted 2 rows ]
sin  # expect: native: function(x) NULL
list(f = function(x)  x,  g = sin)  # expect: $f
#> function(x)  x
#>
#> $g
#> native: function(x) NULL
print(1, 2, 3)  # expect: [1] 1
print(1, digits = 30)  # expect error: invalid digits argument
print(1, digits = "a")  # expect error: invalid argument type: 'digits' should be any of 'double','NULL' but is 'string'

# ---- str
str(1:3+0)  # expect:  num [1:3] 1 2 3
str(c(a=1,b=2))  # expect:  Named num [1:2] 1 2
#>  - attr(*, "names")= chr [1:2] "a" "b"
str(matrix(1:6+0,2,3))  # expect:  num [1:2, 1:3] 1 2 3 4 5 6
str(list(a=1,b="x"))  # expect: List of 2
#>  $ a: num 1
#>  $ b: chr "x"
str(NULL)  # expect:  NULL
str(c(TRUE,FALSE))  # expect:  logi [1:2] TRUE FALSE
str(1:100+0.5)  # expect:  num [1:100] 1.5 2.5 3.5 4.5 5.5 6.5 7.5 8.5 9.5 10.5 ...
str(letters)  # expect:  chr [1:26] "a" "b" "c" "d" "e" "f" "g" "h" "i" "j" "k" "l" "m" "n" "o" "p" ...
str(list())  # expect:  list()
str(list(1,list(2,"a"),NULL))  # expect: List of 3
#>  $ : num 1
#>  $ :List of 2
#>   ..$ : num 2
#>   ..$ : chr "a"
#>  $ : NULL
str(function(x,y=2) x)  # expect: function (x, y = 2)
str(list(a=NULL,f=function(x) x+1,bb=list(c=1:3+0,d=matrix(c("a","b"),1))))  # expect: List of 3
#>  $ a : NULL
#>  $ f :function (x)
#>  $ bb:List of 2
#>   ..$ c: num [1:3] 1 2 3
#>   ..$ d: chr [1, 1:2] "a" "b"
str(numeric(0))  # expect:  num(0)
str(c(1e10,1,1e-5))  # expect:  num [1:3] 1e+10 1e+00 1e-05
str(c(1.23456,100))  # expect:  num [1:2] 1.23 100
str(123456789)  # expect:  num 1.23e+08
str(c(a="x"))  # expect:  Named chr "x"
#>  - attr(*, "names")= chr "a"
str(matrix(1:6+0,2,3,dimnames=list(c("a","b"),NULL)))  # expect:  num [1:2, 1:3] 1 2 3 4 5 6
#>  - attr(*, "dimnames")=List of 2
#>   ..$ : chr [1:2] "a" "b"
#>   ..$ : NULL
str(array(1:24+0,c(2,3,4)))  # expect:  num [1:2, 1:3, 1:4] 1 2 3 4 5 6 7 8 9 10 ...
str(paste(rep("abc",100),collapse=" "))  # expect:  chr "abc abc abc abc abc abc abc abc abc abc abc abc abc abc abc abc abc abc abc abc abc abc abc abc abc abc abc abc"| __truncated__
str(c(NaN,Inf))  # expect:  num [1:2] NaN Inf
str(setNames(list(1,2),c("a","")))  # expect: List of 2
#>  $ a: num 1
#>  $  : num 2
str(rep("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",5))  # expect:  chr [1:5] "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" ...
str(c(0.00001,1000))  # expect:  num [1:2] 1e-05 1e+03
str("a\nb\"c")  # expect:  chr "a\nb\"c"
str(matrix(0,0,3))  # expect:  num[0 , 1:3]
str(c(1.5,2,3.25,1000.123))  # expect:  num [1:4] 1.5 2 3.25 1000.12
str(list(list(list(1))))  # expect: List of 1
#>  $ :List of 1
#>   ..$ :List of 1
#>   .. ..$ : num 1
str(rep(c(TRUE,FALSE),20))  # expect:  logi [1:40] TRUE FALSE TRUE FALSE TRUE FALSE ...
str(matrix(letters,13))  # expect:  chr [1:13, 1:2] "a" "b" "c" "d" "e" "f" "g" "h" "i" "j" "k" "l" "m" "n" ...
str(c(1.1,2,3,4,5,6,7,8,9,10,11))  # expect:  num [1:11] 1.1 2 3 4 5 6 7 8 9 10 ...
str(c(10.12,2.345,1000))  # expect:  num [1:3] 10.12 2.35 1000
str(setNames(letters,LETTERS))  # expect:  Named chr [1:26] "a" "b" "c" "d" "e" "f" "g" "h" "i" "j" "k" "l" "m" "n" ...
#>  - attr(*, "names")= chr [1:26] "A" "B" "C" "D" ...
str((1:20)/3)  # expect:  num [1:20] 0.333 0.667 1 1.333 1.667 ...
str(c(123.4,1,2,3,4,5,6,7))  # expect:  num [1:8] 123 1 2 3 4 ...
str(c(0,0.5,1e11,1:10))  # expect:  num [1:13] 0e+00 5e-01 1e+11 1e+00 2e+00 ...
str(list(a=c(x=1,y=2),b=matrix(1,1,1,dimnames=list("r","c"))))  # expect: List of 2
#>  $ a: Named num [1:2] 1 2
#>   ..- attr(*, "names")= chr [1:2] "x" "y"
#>  $ b: num [1, 1] 1
#>   ..- attr(*, "dimnames")=List of 2
#>   .. ..$ : chr "r"
#>   .. ..$ : chr "c"
str(c("a",strrep("x",130)))  # expect:  chr [1:2] "a" ...
str(strrep("日",129))  # expect:  chr "日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日日"| __truncated__
str(strrep("x",126))  # expect:  chr "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
str(strrep("x",127))  # expect:  chr "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"| __truncated__
str(list(a=numeric(0),b=list(),c=character(0)))  # expect: List of 3
#>  $ a: num(0)
#>  $ b: list()
#>  $ c: chr(0)
str(1e-320)  # expect:  num 1e-320
str(c(100.5,2))  # expect:  num [1:2] 100 2
str(12345.678)  # expect:  num 12346
str(99.95)  # expect:  num 100
str(c(999.5,1))  # expect:  num [1:2] 1000 1
str(|.2015-03-08 06:05:04 UTC.| + as.duration("01:00:00") * (0:9))  # expect:  time [1:10] 2015-03-08 06:05:04 UTC 2015-03-08 07:05:04 UTC ...
str(as.duration("00:00:01"))  # expect:  duration 00:00:01
str(zts(|.2021-07-01 12:00:00 UTC.| + as.duration(1e9) * (0:3), matrix(1:8, 4, 2)))  # expect:  zts : 2021-07-01 12:00:00 UTC -> 2021-07-01 12:00:03 UTC
#>  - data: num [1:4, 1:2] 1 2 3 4 5 6 7 8
str(sin)  # expect: function (x)
{ x <- 1:3; lock(--x); str(x) }  # expect:  num [1:3] 1 2 3
#>  - locked
