# Matrices, interpolation and optimisation as GNU R has them.
backsolve(matrix(c(2, 0, 1, 3), 2), c(1, 2), upper.tri = FALSE) # expect: [1] 0.5000000 0.6666667
backsolve(matrix(c(2, 0, 1, 3), 2), c(1, 2), transpose = TRUE) # expect: [1] 0.5 0.5
backsolve(matrix(c(2, 0, 1, 3), 2), matrix(1:4, 2), k = 1)
# expect:      [,1] [,2]
#> [1,]  0.5  1.5
backsolve(matrix(c(2, 0, 1, 3), 2), c(1, 2), k = 1) # expect: [1] 0.5
backsolve(matrix(c(2, 5, 1, 3), 2), c(1, 2), upper.tri = FALSE, transpose = TRUE)
# expect: [1] -1.1666667  0.6666667
forwardsolve(matrix(c(2, 1, 0, 3), 2), c(1, 2), transpose = TRUE) # expect: [1] 0.1666667 0.6666667
forwardsolve(matrix(c(2, 1, 0, 3), 2), c(1, 2)) # expect: [1] 0.5 0.5
kronecker(1:2, matrix(1:4, 2), FUN = "+")
# expect:      [,1] [,2]
#> [1,]    2    4
#> [2,]    3    5
#> [3,]    3    5
#> [4,]    4    6
kronecker(diag(2), matrix(1:4, 2), FUN = "+")
# expect:      [,1] [,2] [,3] [,4]
#> [1,]    2    4    1    3
#> [2,]    3    5    2    4
#> [3,]    1    3    2    4
#> [4,]    2    4    3    5
kronecker(diag(2), matrix(1:4, 2))
# expect:      [,1] [,2] [,3] [,4]
#> [1,]    1    3    0    0
#> [2,]    2    4    0    0
#> [3,]    0    0    1    3
#> [4,]    0    0    2    4
eigen(matrix(c(2, 1, 1, 3), 2), only.values = TRUE)
# expect: $values
#> [1] 3.618034 1.381966
#>
#> $vectors
#> NULL
eigen(matrix(c(1, 2, 3, 4), 2))
# expect: $values
#> [1]  5.3722813 -0.3722813
#>
#> $vectors
#>            [,1]       [,2]
#> [1,] -0.5657675 -0.9093767
#> [2,] -0.8245648  0.4159736
eigen(matrix(c(2, 0, 1, 3), 2))
# expect: $values
#> [1] 3 2
#>
#> $vectors
#>           [,1] [,2]
#> [1,] 0.7071068    1
#> [2,] 0.7071068    0
eigen(matrix(c(0.9, 0.1, 0.5, 0.5), 2))
# expect: $values
#> [1] 1.0 0.4
#>
#> $vectors
#>           [,1]       [,2]
#> [1,] 0.9805807 -0.7071068
#> [2,] 0.1961161  0.7071068
eigen(matrix(c(1, 2, 3, 4), 2), only.values = TRUE)$values # expect: [1]  5.3722813 -0.3722813
eigen(matrix(c(0.7, 0.2, 0.1, 0.3, 0.5, 0.2, 0.2, 0.3, 0.5), 3, byrow = TRUE))$values
# expect: [1] 1.0000000 0.4618034 0.2381966
eigen(matrix(c(2, 1, 1, 3), 2), symmetric = FALSE)$values # expect: [1] 3.618034 1.381966
eigen(matrix(c(-3, 0, 1, 2), 2))$values # expect: [1] -3  2
svd(matrix(1:6, 2), nu = 1, nv = 1)
# expect: $d
#> [1] 9.5255181 0.5143006
#>
#> $u
#>            [,1]
#> [1,] -0.6196295
#> [2,] -0.7848945
#>
#> $v
#>            [,1]
#> [1,] -0.2298477
#> [2,] -0.5247448
#> [3,] -0.8196419
svd(matrix(1:6, 3), nu = 0)$v
# expect:            [,1]       [,2]
#> [1,] -0.3863177 -0.9223658
#> [2,] -0.9223658  0.3863177
names(svd(matrix(1:6, 3), nu = 0, nv = 0)) # expect: [1] "d"
qr.coef(qr(matrix(c(1, 2, 3, 4), 2)), c(1, 2)) # expect: [1] 1 0
qr.coef(qr(cbind(a = 1, b = 1:3)), c(1, 2, 4))
# expect:          a          b
#> -0.6666667  1.5000000
qr.fitted(qr(cbind(1, 1:3)), c(1, 2, 4)) # expect: [1] 0.8333333 2.3333333 3.8333333
qr.resid(qr(cbind(1, 1:3)), c(1, 2, 4)) # expect: [1]  0.1666667 -0.3333333  0.1666667
qr.coef(qr(cbind(1, 1:3, 2 * (1:3))), c(1, 2, 4)) # expect: [1] -0.6666667  1.5000000        NaN
qr.coef(qr(cbind(1, 1:3)), cbind(y = c(1, 2, 4), z = 1:3))
# expect:               y z
#> [1,] -0.6666667 0
#> [2,]  1.5000000 1
approx(1:3, c(10, 20, 30), xout = 2.5, method = "constant", f = 0.5)$y # expect: [1] 25
approx(1:3, c(10, 20, 30), xout = c(0, 5), yleft = 0, yright = 99)$y # expect: [1]  0 99
approx(1:3, c(10, 20, 30), xout = c(0, 5), yright = 99)$y # expect: [1] NaN  99
approx(c(1, 1, 2), c(10, 20, 30), xout = 1, ties = "ordered")$y # expect: [1] 20
approx(c(1, 1, 2), c(10, 20, 30), xout = 1, ties = min)$y # expect: [1] 10
approx(c(1, 1, 2), c(10, 20, 30), xout = c(1, 1.5), ties = mean)$y # expect: [1] 15.0 22.5
approx(c(2, 1, 1), c(10, 20, 30), xout = c(1, 1.5), ties = "max")$y # expect: [1] 30 20
approxfun(1:3, c(10, 20, 30), yleft = -1, yright = 1)(c(0, 2.5, 9)) # expect: [1] -1 25  1
approxfun(1:3, c(10, 20, 30), method = "constant", f = 1)(c(1, 2.5)) # expect: [1] 10 30
optim(c(1, 1), function(p) sum((p - c(3, 4))^2), control = list(maxit = 5))$convergence # expect: [1] 1
optim(c(1, 1), function(p) -sum((p - c(3, 4))^2), control = list(fnscale = -1))$value
# expect: [1] -1.874322e-08
optim(c(1, 1), function(p) -sum((p - c(3, 4))^2), method = "BFGS", control = list(fnscale = -1))$par
# expect: [1] 3 4
optim(c(1, 1), function(p) sum((p - c(3, 4))^2), control = list(reltol = 1e-4))$counts
# expect: function gradient
#>       47      NaN
optim(c(-1.2, 1), function(p) 100 * (p[2] - p[1]^2)^2 + (1 - p[1])^2)$par # expect: [1] 1.000260 1.000506
Vectorize(function(x, n) x^n, "x")(1:3, 2) # expect: [1] 1 4 9
Vectorize(function(x, n) sum(x^n), "n")(1:3, 1:2) # expect: [1]  6 14
Vectorize(function(x, n) sum(x^n), "n")(n = 1:2, 1:3) # expect: [1]  6 14
Vectorize(function(a, b) a + b)(1:3, 2) # expect: [1] 3 4 5
Vectorize(rep.int)(1:3, times = 3:1)
# expect: [[1]]
#> [1] 1 1 1
#>
#> [[2]]
#> [1] 2 2
#>
#> [[3]]
#> [1] 3
Vectorize(function(a, b) c(a, b), SIMPLIFY = FALSE)(1:2, 3:4)
# expect: [[1]]
#> [1] 1 3
#>
#> [[2]]
#> [1] 2 4
