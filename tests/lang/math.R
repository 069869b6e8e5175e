# Mathematics, reductions, running values and draws.

# ---- element by element
round(c(0.15, 0.25, 2.5, -2.5), 1)  # expect: [1]  0.1  0.2  2.5 -2.5
round(1234.5678, -2)  # expect: [1] 1200
signif(123456, 2)  # expect: [1] 120000
log(8, 2)  # expect: [1] 3
sqrt(c(4, -1))  # expect: [1]   2 NaN
abs(as.duration("-00:00:05"))  # expect: [1] 00:00:05
sinpi(c(0, 0.5, 1, 1.5))  # expect: [1]  0  1  0 -1
choose(5, 0:5)  # expect: [1]  1  5 10 10  5  1
choose(60, 30)  # expect: [1] 1.182646e+17
gamma(c(0.5, 5, 171))  # expect: [1]  1.772454e+00  2.400000e+01 7.257416e+306
digamma(c(1, 2.5))  # expect: [1] -0.5772157  0.7031566
beta(2, 3)  # expect: [1] 0.08333333
atan2(1:3, 1:2)  # expect error: incompatible array sizes
floor(1.5, unit = "day")  # expect error: 'unit' only meaningful for 'time' or 'interval'
sin("a")  # expect error: invalid argument type: 'x' should be any of 'double','zts' but is 'string'
{ x <- c(1, 4, 9); y <- x; sqrt(--x); c(x, y) }  # expect: [1] 1 2 3 1 4 9

# ---- reductions
sum(1:10)  # expect: [1] 55
sum(TRUE, 2, c(0.5, NaN), na.rm = TRUE)  # expect: [1] 3.5
sum(NULL)  # expect error: invalid argument type: 'x' should be any of 'double','duration','zts' but is 'NULL'
prod(NULL)  # expect error: invalid argument type: 'x' should be any of 'double','zts' but is 'NULL'
sum(as.duration("00:00:01"), as.duration("00:00:02"))  # expect: [1] 00:00:03
max("b", "a")  # expect: [1] "b"
range(c(3, 1, 2))  # expect: [1] 1 3
min(numeric(0))  # expect: [1] Inf
mean(c(1, 2, 3, 100), trim = 0.25)  # expect: [1] 2.5
any(c(NaN, 0))  # expect error: NaN has no truth value: use is.nan()
any(c(NaN, 1))  # expect: [1] TRUE
median(c(1, 9, 3, 4))  # expect: [1] 3.5
quantile(c(1, 5, 2, 8), c(0.1, 0.5), type = 6)  # expect: 10% 50% 
#> 1.0 3.5 
quantile(c(1, NaN))  # expect error: missing values and NaN's not allowed if 'na.rm' is FALSE
var(matrix(c(1, 2, 3, 4, 5, 7), 3, 2))  # expect:      [,1]     [,2]
#> [1,]  1.0 1.500000
#> [2,]  1.5 2.333333
cor(c(1, 2, 3, 4), c(1, 3, 2, 4), method = "spearman")  # expect: [1] 0.8
fivenum(c(1, 5, 2, 8, 9, 3))  # expect: [1] 1 2 4 8 9
which(matrix(c(TRUE, FALSE, TRUE, TRUE), 2, 2), arr.ind = TRUE)  # expect:      row col
#> [1,]   1   1
#> [2,]   1   2
#> [3,]   2   2
rowSums(matrix(1:6, 2, 3))  # expect: [1]  9 12
prop.table(matrix(1:4, 2, 2), 1)  # expect:           [,1]      [,2]
#> [1,] 0.2500000 0.7500000
#> [2,] 0.3333333 0.6666667
scale(matrix(1:6, 3, 2), scale = FALSE)  # expect:      [,1] [,2]
#> [1,]   -1   -1
#> [2,]    0    0
#> [3,]    1    1
table(c("a", "b", "a"))  # expect: a b 
#> 2 1 
cut(1:10, 3, labels = FALSE)  # expect:  [1] 1 1 1 1 2 2 2 3 3 3
cut(1:3, 2)  # expect error: there are no factors: use labels=FALSE
findInterval(c(0, 2, 5), c(0, 2, 4))  # expect: [1] 1 2 3

# ---- running values
cumsum(matrix(1:4, 2, 2))  # expect: [1]  1  3  6 10
cumsum(matrix(1:4, 2, 2), rev = TRUE)  # expect:      [,1] [,2]
#> [1,]    3    7
#> [2,]    2    4
cumdiv(c(8, 2, 4), rev = TRUE)  # expect: [1] 16.0  0.5  4.0
cummax(c(1, NaN, 2))  # expect: [1]   1 NaN NaN
cumany(c(FALSE, TRUE, FALSE))  # expect: [1] FALSE  TRUE  TRUE
diff(c(a = 1, b = 3))  # expect: b 
#> 2 
diff(1:3, lag = 0)  # expect error: 'lag' and 'differences' must be integers >= 1
move(1:5, -2)  # expect: [1]   3   4   5 NaN NaN
move(1:5, 6)  # expect error: subscript out of bounds
locf(c(NaN, 1, NaN, NaN, 2), 1)  # expect: [1] NaN   1   1 NaN   2

# ---- draws
{ set.seed(5); a <- runif(3); set.seed(5); identical(a, runif(3)) }  # expect: [1] TRUE
sample(5, 10)  # expect error: cannot take a sample larger than the population when 'replace = FALSE'
length(rnorm(c(1, 2, 3)))  # expect: [1] 3
sort(sample(c("a", "b")))  # expect: [1] "a" "b"
