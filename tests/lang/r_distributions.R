# Distributions, and what is empty or has one column, as GNU R has them.
duplicated(matrix(c(1, 2, 1), 3))
# expect:       [,1]
#> [1,] FALSE
#> [2,] FALSE
#> [3,]  TRUE
duplicated(matrix(c(1, 2, 1), 3, dimnames = list(c("a", "b", "c"), "x")))
# expect:       x
#> a FALSE
#> b FALSE
#> c  TRUE
duplicated(matrix(5))
# expect:       [,1]
#> [1,] FALSE
duplicated(matrix(c(1, 2, 1), 1), MARGIN = 2)
# expect:       [,1]  [,2] [,3]
#> [1,] FALSE FALSE TRUE
unique(matrix(c(1, 2, 1), 3))
# expect:      [,1]
#> [1,]    1
#> [2,]    2
scale(array(1:8, c(2, 2, 2)))
# expect:            [,1]
#> [1,] -1.4288690
#> [2,] -1.0206207
#> [3,] -0.6123724
#> [4,] -0.2041241
#> [5,]  0.2041241
#> [6,]  0.6123724
#> [7,]  1.0206207
#> [8,]  1.4288690
diff(TRUE) # expect: logical(0)
diff(logical(0)) # expect: logical(0)
diff(c(TRUE, FALSE, TRUE), lag = 3) # expect: logical(0)
diff(c(TRUE, FALSE, TRUE)) # expect: [1] -1  1
diff(5) # expect: numeric(0)
qbinom(1, 10, 0) # expect: [1] 10
qbinom(c(0, 0.5, 1), 10, 0.3) # expect: [1]  0  3 10
dlnorm(c(0, 0.5, 2)) # expect: [1] 0.0000000 0.6274961 0.1568740
plnorm(c(-1, 0.5, 2), 0.5, 2) # expect: [1] 0.0000000 0.2753961 0.5384675
plnorm(2, lower.tail = FALSE, log.p = TRUE) # expect: [1] -1.410142
qlnorm(c(0, 0.1, 0.9, 1)) # expect: [1] 0.0000000 0.2776062 3.6022245       Inf
dgamma(c(0, 0.5, 2), 2, 3) # expect: [1] 0.00000000 1.00408572 0.04461754
dgamma(0, 1) # expect: [1] 1
pgamma(c(0, 0.5, 2), 2, rate = 3) # expect: [1] 0.0000000 0.4421746 0.9826487
pgamma(2, 2, lower.tail = FALSE) # expect: [1] 0.4060058
qgamma(c(0, 0.1, 0.5, 1), 2, 3) # expect: [1] 0.0000000 0.1772705 0.5594490       Inf
dbeta(c(0, 0.3, 1, 2), 2, 3) # expect: [1] 0.000 1.764 0.000 0.000
dbeta(c(0, 1), 1, 2) # expect: [1] 2 0
pbeta(c(-1, 0.3, 2), 2, 3) # expect: [1] 0.0000 0.3483 1.0000
pbeta(0.3, 2, 3, log.p = TRUE) # expect: [1] -1.054691
qbeta(c(0, 0.1, 0.5, 1), 2, 3) # expect: [1] 0.0000000 0.1425593 0.3857276 1.0000000
dweibull(c(0, 0.5, 2), 2, 1.5) # expect: [1] 0.0000000 0.3977064 0.3004681
pweibull(c(-1, 0.5, 2), 2, 1.5) # expect: [1] 0.0000000 0.1051607 0.8309867
pweibull(2, 2, 1.5, lower.tail = FALSE, log.p = TRUE) # expect: [1] -1.777778
qweibull(c(0, 0.1, 0.5, 1), 2, 1.5) # expect: [1] 0.0000000 0.4868893 1.2488319       Inf
dlogis(c(0, 0.5, 2)) # expect: [1] 0.2500000 0.2350037 0.1049936
plogis(c(-1, 0, 2)) # expect: [1] 0.2689414 0.5000000 0.8807971
plogis(c(-800, 800), log.p = TRUE) # expect: [1] -800    0
qlogis(c(0, 0.1, 0.5, 1)) # expect: [1]      -Inf -2.197225  0.000000       Inf
qlogis(plogis(3)) # expect: [1] 3
dcauchy(c(0, 0.5, 2), 1, 2) # expect: [1] 0.1273240 0.1497929 0.1273240
pcauchy(c(-1, 0.5, 20)) # expect: [1] 0.2500000 0.6475836 0.9840977
qcauchy(c(0, 0.1, 0.5, 0.99, 1)) # expect: [1]      -Inf -3.077684  0.000000 31.820516       Inf
dgeom(c(-1, 0, 2), 0.3) # expect: [1] 0.000 0.300 0.147
pgeom(c(-1, 0, 2.5), 0.3) # expect: [1] 0.000 0.300 0.657
pgeom(3, 0.3, lower.tail = FALSE) # expect: [1] 0.2401
qgeom(c(0, 0.1, 0.5, 0.99, 1), 0.3) # expect: [1]   0   0   1  12 Inf
