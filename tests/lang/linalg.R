# Linear algebra.

# vectors and matrices, results, names, errors
solve(matrix(c(NaN,1,1,1),2))  # expect error: system is computationally singular: reciprocal condition number = 0
chol(matrix(c(4,NaN,NaN,3),2))  # expect error: the leading minor of order 2 is not positive definite
chol(matrix(c(4,2,2,3),2))%*%matrix(NaN,2,2)  # expect:      [,1] [,2]
#> [1,]  NaN  NaN
#> [2,]  NaN  NaN
det(matrix(c(NaN,1,2,3),2))  # expect: [1] NaN
solve(1:3)  # expect error: 'a' (3 x 1) must be square
solve(2)  # expect:      [,1]
#> [1,]  0.5
chol2inv(matrix(c(1,0,2,0),2))  # expect error: element (2, 2) is zero, so the inverse cannot be computed
forwardsolve(matrix(c(1,0,2,0),2),1:2)  # expect error: singular matrix in 'backsolve'. First zero in diagonal [2]
norm(matrix(c(1,2,3,4),2),"2")  # expect: [1] 5.464986
norm(matrix(c(-1,2,3,-4),2),"M")  # expect: [1] 4
norm(matrix(c(1,2,3,4),2),"I")  # expect: [1] 6
norm(matrix(c(NaN,2,3,4),2))  # expect: [1] NaN
svd(matrix(1:6,2,dimnames=list(c("a","b"),NULL)))  # expect: $d
#> [1] 9.5255181 0.5143006
#>
#> $u
#>            [,1]       [,2]
#> [1,] -0.6196295 -0.7848945
#> [2,] -0.7848945  0.6196295
#>
#> $v
#>            [,1]       [,2]
#> [1,] -0.2298477  0.8834610
#> [2,] -0.5247448  0.2407825
#> [3,] -0.8196419 -0.4018960
svd(matrix(1:6,3))  # expect: $d
#> [1] 9.5080320 0.7728696
#>
#> $u
#>            [,1]       [,2]
#> [1,] -0.4286671  0.8059639
#> [2,] -0.5663069  0.1123824
#> [3,] -0.7039467 -0.5811991
#>
#> $v
#>            [,1]       [,2]
#> [1,] -0.3863177 -0.9223658
#> [2,] -0.9223658  0.3863177
eigen(matrix(c(2,1,0,2),2))  # expect error: only symmetric matrices: there are no complex values
eigen(matrix(c(2,1,0,2),2),symmetric=TRUE)$values  # expect: [1] 3 1
eigen(matrix(c(2,1,1+1e-15,2),2))$values  # expect: [1] 3 1
eigen(matrix(0,0,0))  # expect error: 0 x 0 matrix
qr(matrix(0,0,0))  # expect: $qr
#> <0 x 0 matrix>
#>
#> $rank
#> [1] 0
#>
#> $qraux
#> numeric(0)
#>
#> $pivot
#> numeric(0)
qr(matrix(1:6,3,2))  # expect: $qr
#>            [,1]      [,2]
#> [1,] -3.7416574 -8.552360
#> [2,]  0.5345225  1.963961
#> [3,]  0.8017837  0.988693
#>
#> $rank
#> [1] 2
#>
#> $qraux
#> [1] 1.267261 1.149954
#>
#> $pivot
#> [1] 1 2
qr(cbind(1,1,1:3))  # expect: $qr
#>            [,1]       [,2]      [,3]
#> [1,] -1.7320508 -3.4641016 -1.732051
#> [2,]  0.5773503 -1.4142136  0.000000
#> [3,]  0.5773503  0.9659258  0.000000
#>
#> $rank
#> [1] 2
#>
#> $qraux
#> [1] 1.577350 1.258819 0.000000
#>
#> $pivot
#> [1] 1 3 2
qr.R(qr(cbind(1,1,1:3)))  # expect:           [,1]      [,2]      [,3]
#> [1,] -1.732051 -3.464102 -1.732051
#> [2,]  0.000000 -1.414214  0.000000
#> [3,]  0.000000  0.000000  0.000000
qr.Q(qr(cbind(a=1,b=1:3)))  # expect:            [,1]          [,2]
#> [1,] -0.5773503  7.071068e-01
#> [2,] -0.5773503  2.775558e-16
#> [3,] -0.5773503 -7.071068e-01
qr.R(qr(cbind(a=1,b=1:3)))  # expect:              a         b
#> [1,] -1.732051 -3.464102
#> [2,]  0.000000 -1.414214
qr.solve(cbind(1,1:3),c(1,2,4))  # expect: [1] -0.6666667  1.5000000
qr.solve(cbind(a=1,b=1:3),cbind(u=c(1,2,4),v=1:3))  # expect:            u v
#> a -0.6666667 0
#> b  1.5000000 1
qr.solve(matrix(1:6,2),c(1,2))  # expect: [1] 1 0 0
qr.R(qr(matrix(1:6,2)))  # expect:           [,1]       [,2]      [,3]
#> [1,] -2.236068 -4.9193496 -7.602631
#> [2,]  0.000000 -0.8944272 -1.788854
qr.Q(qr(matrix(1:6,2)))  # expect:            [,1]       [,2]
#> [1,] -0.4472136 -0.8944272
#> [2,] -0.8944272  0.4472136
lm.fit(cbind(1,1:3),c(1,2,2))$residuals  # expect: [1] -0.1666667  0.3333333 -0.1666667
lm.fit(cbind(1,1:3,2),c(1,2,2))$coefficients  # expect:        x1        x2        x3
#> 0.6666667 0.5000000       NaN
lm.fit(1:3,c(1,2,2))  # expect error: 'x' must be a matrix
lm.fit(matrix(0,3,0),c(1,2,3))  # expect: $coefficients
#> numeric(0)
#>
#> $residuals
#> [1] 1 2 3
#>
#> $fitted.values
#> [1] 0 0 0
#>
#> $rank
#> [1] 0
#>
#> $df.residual
#> [1] 3
lm.fit(cbind(1,NaN),c(1,2))  # expect error: incompatible dimensions
lm.fit(cbind(1,1:2),c(1,NaN))  # expect error: NA/NaN/Inf in 'y'
lm.fit(cbind(a=1,b=1:3),c(1,2,2))$coefficients  # expect:         a         b
#> 0.6666667 0.5000000
crossprod(matrix(1:4,2,dimnames=list(NULL,c("a","b"))),1:2)  # expect:   [,1]
#> a    5
#> b   11
crossprod(1:3,1:3)  # expect:      [,1]
#> [1,]   14
tcrossprod(1:3,1:2)  # expect:      [,1] [,2]
#> [1,]    1    2
#> [2,]    2    4
#> [3,]    3    6
crossprod(1:3,1:2)  # expect error: non-conformable arguments
crossprod(matrix(1:4,2),matrix(1:3,1))  # expect error: non-conformable arguments
tcrossprod(matrix(1:4,2),1:2)  # expect error: non-conformable arguments
tcrossprod(matrix(1:4,4),1:2)  # expect:      [,1] [,2]
#> [1,]    1    2
#> [2,]    2    4
#> [3,]    3    6
#> [4,]    4    8
tcrossprod(matrix(1:2,1),1:2)  # expect:      [,1]
#> [1,]    5
crossprod(matrix(1:4,1),1:2)  # expect:      [,1] [,2]
#> [1,]    1    2
#> [2,]    2    4
#> [3,]    3    6
#> [4,]    4    8
crossprod(1:2,matrix(1:4,1))  # expect error: non-conformable arguments
crossprod(c(a=1,b=2))  # expect:      [,1]
#> [1,]    5
tcrossprod(c(a=1,b=2))  # expect:      [,1] [,2]
#> [1,]    1    2
#> [2,]    2    4
backsolve(matrix(c(2,0,1,3,5,6),2),c(1,2))  # expect error: invalid 'k' argument
backsolve(matrix(1:6,3),1:3)  # expect: [1] -0.6  0.4
backsolve(matrix(c(2,0,1,3),2),matrix(1:6,3))  # expect:           [,1]     [,2]
#> [1,] 0.1666667 1.166667
#> [2,] 0.6666667 1.666667

# identities
m <- matrix(c(4, 1, 2, 1, 3, 0, 2, 0, 5), 3); max(abs(solve(m) %*% m - diag(3))) < 1e-12  # expect: [1] TRUE
m <- matrix(c(4, 1, 2, 1, 3, 0, 2, 0, 5), 3); max(abs(t(chol(m)) %*% chol(m) - m)) < 1e-12  # expect: [1] TRUE
m <- matrix(c(4, 1, 2, 1, 3, 0, 2, 0, 5), 3); max(abs(chol2inv(chol(m)) - solve(m))) < 1e-12  # expect: [1] TRUE
m <- matrix(1:6, 3); s <- svd(m); max(abs(s$u %*% diag(s$d) %*% t(s$v) - m)) < 1e-12  # expect: [1] TRUE
m <- matrix(1:6, 3); q <- qr(m); max(abs(qr.Q(q) %*% qr.R(q) - m)) < 1e-12  # expect: [1] TRUE
m <- matrix(c(4, 1, 2, 1, 3, 0, 2, 0, 5), 3); e <- eigen(m); max(abs(m %*% e$vectors - e$vectors %*% diag(e$values))) < 1e-12  # expect: [1] TRUE
kronecker(diag(2), matrix(1:4, 2))  # expect:      [,1] [,2] [,3] [,4]
#> [1,]    1    3    0    0
#> [2,]    2    4    0    0
#> [3,]    0    0    1    3
#> [4,]    0    0    2    4
kronecker(1:2, 1:3)  # expect: [1] 1 2 3 2 4 6
det(diag(3) * 2)  # expect: [1] 8
crossprod(TRUE)  # expect error: invalid argument type: 'x' should be any of 'double' but is 'logical'
chol(matrix(c(1, 2, 2, 1), 2))  # expect error: the leading minor of order 2 is not positive definite
solve(matrix(1:6, 2))  # expect error: 'a' (2 x 3) must be square
