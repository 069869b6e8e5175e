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
eigen(matrix(c(0,1,-1,0),2))  # expect error: the matrix has complex eigenvalues: there are no complex numbers
eigen(matrix(c(2,1,0,2),2),symmetric=TRUE)$values  # expect: [1] 3 1
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

# matrices of every kind, digit by digit
f <- function(n) if (n == 0) 1 else sum(sapply(1:2, function(i) f(n - 1))); f(8)  # expect: [1] 256
x <- c(1, 2, 3, 4, 5); y <- c(2.1, 3.9, 6.2, 7.8, 10.1); fit <- lm.fit(cbind(1, x), y); round(fit$coefficients, 4)  # expect:         x
#> 0.05 1.99
x <- c(1, 2, 3, 4, 5); y <- c(2.1, 3.9, 6.2, 7.8, 10.1); fit <- lm.fit(cbind(int = 1, x = x), y); fit$residuals  # expect: [1]  0.06 -0.13  0.18 -0.21  0.10
x <- c(1, 2, 3, 4, 5); fit <- lm.fit(cbind(1, x, x^2), x^2 + 1); round(fit$coefficients, 6)  # expect:   x
#> 1 0 1
solve(matrix(c(2, 1, 1, 3), 2, dimnames = list(c("a", "b"), c("c", "d"))))  # expect:      a    b
#> c  0.6 -0.2
#> d -0.2  0.4
m <- matrix(c(2, -1, 0, -1, 2, -1, 0, -1, 2), 3); solve(m)  # expect:      [,1] [,2] [,3]
#> [1,] 0.75  0.5 0.25
#> [2,] 0.50  1.0 0.50
#> [3,] 0.25  0.5 0.75
m <- matrix(c(2, -1, 0, -1, 2, -1, 0, -1, 2), 3); eigen(m)$values  # expect: [1] 3.4142136 2.0000000 0.5857864
m <- matrix(c(2, -1, 0, -1, 2, -1, 0, -1, 2), 3); chol(m)  # expect:          [,1]       [,2]       [,3]
#> [1,] 1.414214 -0.7071068  0.0000000
#> [2,] 0.000000  1.2247449 -0.8164966
#> [3,] 0.000000  0.0000000  1.1547005
m <- matrix(c(2, -1, 0, -1, 2, -1, 0, -1, 2), 3); det(m)  # expect: [1] 4
m <- matrix(c(2, -1, 0, -1, 2, -1, 0, -1, 2), 3); svd(m)$d  # expect: [1] 3.4142136 2.0000000 0.5857864
m <- matrix(c(2, -1, 0, -1, 2, -1, 0, -1, 2), 3); qr.R(qr(m))  # expect:           [,1]      [,2]       [,3]
#> [1,] -2.236068  1.788854 -0.4472136
#> [2,]  0.000000 -1.673320  1.9123658
#> [3,]  0.000000  0.000000  1.0690450
m <- matrix(c(2, -1, 0, -1, 2, -1, 0, -1, 2), 3); qr.Q(qr(m))  # expect:            [,1]       [,2]      [,3]
#> [1,] -0.8944272 -0.3585686 0.2672612
#> [2,]  0.4472136 -0.7171372 0.5345225
#> [3,]  0.0000000  0.5976143 0.8017837
m <- matrix(1:9, 3); det(m)  # expect: [1] 0
m <- matrix(c(1,2,3,4,5,6,7,8,10), 3); det(m)  # expect: [1] -3
m <- matrix(c(1,2,3,4,5,6,7,8,10), 3); qr.solve(m, c(1,2,3))  # expect: [1] 1 0 0
m <- matrix(c(1,2,3,4,5,6,7,8,10), 3); solve(m, c(1,2,3))  # expect: [1] 1 0 0
h <- 1 / outer(1:5, 1:5, function(i, j) i + j - 1); solve(h)  # expect:       [,1]   [,2]    [,3]    [,4]   [,5]
#> [1,]    25   -300    1050   -1400    630
#> [2,]  -300   4800  -18900   26880 -12600
#> [3,]  1050 -18900   79380 -117600  56700
#> [4,] -1400  26880 -117600  179200 -88200
#> [5,]   630 -12600   56700  -88200  44100
h <- 1 / outer(1:5, 1:5, function(i, j) i + j - 1); eigen(h)$values  # expect: [1] 1.567051e+00 2.085342e-01 1.140749e-02 3.058980e-04 3.287929e-06
h <- 1 / outer(1:5, 1:5, function(i, j) i + j - 1); svd(h)$u  # expect:            [,1]       [,2]       [,3]        [,4]         [,5]
#> [1,] -0.7678547  0.6018715 -0.2142136  0.04716181  0.006173863
#> [2,] -0.4457911 -0.2759134  0.7241021 -0.43266733 -0.116692747
#> [3,] -0.3215783 -0.4248766  0.1204533  0.66735044  0.506163658
#> [4,] -0.2534389 -0.4439030 -0.3095740  0.23302452 -0.767191193
#> [5,] -0.2098226 -0.4290134 -0.5651934 -0.55759995  0.376245545
h <- 1 / outer(1:5, 1:5, function(i, j) i + j - 1); svd(h)$v  # expect:            [,1]       [,2]       [,3]        [,4]         [,5]
#> [1,] -0.7678547  0.6018715 -0.2142136  0.04716181  0.006173863
#> [2,] -0.4457911 -0.2759134  0.7241021 -0.43266733 -0.116692747
#> [3,] -0.3215783 -0.4248766  0.1204533  0.66735044  0.506163658
#> [4,] -0.2534389 -0.4439030 -0.3095740  0.23302452 -0.767191193
#> [5,] -0.2098226 -0.4290134 -0.5651934 -0.55759995  0.376245545
h <- 1 / outer(1:5, 1:5, function(i, j) i + j - 1); eigen(h)$vectors  # expect:            [,1]       [,2]       [,3]        [,4]         [,5]
#> [1,] -0.7678547  0.6018715 -0.2142136  0.04716181  0.006173863
#> [2,] -0.4457911 -0.2759134  0.7241021 -0.43266733 -0.116692747
#> [3,] -0.3215783 -0.4248766  0.1204533  0.66735044  0.506163658
#> [4,] -0.2534389 -0.4439030 -0.3095740  0.23302452 -0.767191193
#> [5,] -0.2098226 -0.4290134 -0.5651934 -0.55759995  0.376245545
h <- 1 / outer(1:5, 1:5, function(i, j) i + j - 1); chol2inv(chol(h))  # expect:       [,1]   [,2]    [,3]    [,4]   [,5]
#> [1,]    25   -300    1050   -1400    630
#> [2,]  -300   4800  -18900   26880 -12600
#> [3,]  1050 -18900   79380 -117600  56700
#> [4,] -1400  26880 -117600  179200 -88200
#> [5,]   630 -12600   56700  -88200  44100
h <- 1 / outer(1:5, 1:5, function(i, j) i + j - 1); qr(h)$qraux  # expect: [1] 1.826584e+00 1.494733e+00 1.191067e+00 1.065525e+00 8.737674e-06
h <- 1 / outer(1:12, 1:12, function(i, j) i + j - 1); qr(h)$rank  # expect: [1] 8
h <- 1 / outer(1:8, 1:4, function(i, j) i + j - 1); lm.fit(h, 1:8)$coefficients  # expect:         x1         x2         x3         x4
#>  -200.8062  2410.7736 -6112.2731  4135.3262
h <- 1 / outer(1:8, 1:4, function(i, j) i + j - 1); lm.fit(h, 1:8)$residuals  # expect: [1]  0.012246164 -0.185051358  0.475595611 -0.001865673 -0.368258178
#> [6] -0.375075437 -0.051260543  0.525609646
h <- 1 / outer(1:8, 1:4, function(i, j) i + j - 1); svd(t(h))  # expect: $d
#> [1] 1.5859556056 0.2201337591 0.0128224110 0.0003581285
#>
#> $u
#>            [,1]       [,2]        [,3]        [,4]
#> [1,] -0.7748262  0.5986676 -0.19989040 -0.03585015
#> [2,] -0.4609799 -0.3269079  0.74376885  0.35698263
#> [3,] -0.3381363 -0.5014016 -0.04841477 -0.79493166
#> [4,] -0.2698253 -0.5322826 -0.63600923  0.48924618
#>
#> $v
#>            [,1]       [,2]        [,3]        [,4]
#> [1,] -0.7474891  0.6133051 -0.24539381 -0.06843260
#> [2,] -0.4284938 -0.1882601  0.67633231  0.51785117
#> [3,] -0.3065146 -0.3232815  0.28290985 -0.41798843
#> [4,] -0.2401108 -0.3421646 -0.01141908 -0.45321533
#> [5,] -0.1978798 -0.3312316 -0.18983596 -0.22008189
#> [6,] -0.1685038 -0.3122688 -0.29494551  0.04669627
#> [7,] -0.1468296 -0.2920001 -0.35601786  0.27994758
#> [8,] -0.1301527 -0.2726485 -0.39039575  0.46694908
h <- 1 / outer(1:8, 1:4, function(i, j) i + j - 1); norm(h)  # expect: [1] 2.717857
h <- 1 / outer(1:8, 1:4, function(i, j) i + j - 1); norm(h, "2")  # expect: [1] 1.585956
h <- 1 / outer(1:8, 1:4, function(i, j) i + j - 1); norm(h, "F")  # expect: [1] 1.601212
h <- 1 / outer(1:8, 1:4, function(i, j) i + j - 1); crossprod(h)  # expect:           [,1]      [,2]      [,3]      [,4]
#> [1,] 1.5274221 0.8888889 0.6444444 0.5104377
#> [2,] 0.8888889 0.5397677 0.4000000 0.3212121
#> [3,] 0.6444444 0.4000000 0.2997677 0.2424242
#> [4,] 0.5104377 0.3212121 0.2424242 0.1969211
h <- 1 / outer(1:8, 1:4, function(i, j) i + j - 1); crossprod(h, 1:8)  # expect:          [,1]
#> [1,] 8.000000
#> [2,] 6.171032
#> [3,] 5.142063
#> [4,] 4.440368
h <- 1 / outer(1:8, 1:4, function(i, j) i + j - 1); qr.solve(h, 1:8)  # expect: [1]  -200.8062  2410.7736 -6112.2731  4135.3262
h <- 1 / outer(1:8, 1:4, function(i, j) i + j - 1); backsolve(qr.R(qr(h)), 1:4)  # expect: [1]  -334.0282  3681.1228 -8618.6792  5468.0853
solve(diag(2), matrix(1:4, 2))  # expect:      [,1] [,2]
#> [1,]    1    3
#> [2,]    2    4
solve(c(2), c(4))  # expect: [1] 2
kronecker(diag(2), matrix(1:4, 2))  # expect:      [,1] [,2] [,3] [,4]
#> [1,]    1    3    0    0
#> [2,]    2    4    0    0
#> [3,]    0    0    1    3
#> [4,]    0    0    2    4
kronecker(matrix(1:2,1), 1:2)  # expect:      [,1] [,2]
#> [1,]    1    2
#> [2,]    2    4
det(matrix(c(1, 2, 3, 4), 2))  # expect: [1] -2
det(matrix(0, 2, 2))  # expect: [1] 0
eigen(matrix(1, 1, 1))$vectors  # expect:      [,1]
#> [1,]    1
eigen(diag(c(3, 1, 2)))  # expect: $values
#> [1] 3 2 1
#>
#> $vectors
#>      [,1] [,2] [,3]
#> [1,]    1    0    0
#> [2,]    0    0    1
#> [3,]    0    1    0
svd(diag(3))  # expect: $d
#> [1] 1 1 1
#>
#> $u
#>      [,1] [,2] [,3]
#> [1,]    1    0    0
#> [2,]    0    1    0
#> [3,]    0    0    1
#>
#> $v
#>      [,1] [,2] [,3]
#> [1,]    1    0    0
#> [2,]    0    1    0
#> [3,]    0    0    1
svd(matrix(1, 2, 2))$d  # expect: [1] 2 0
chol(diag(c(4, 9)))  # expect:      [,1] [,2]
#> [1,]    2    0
#> [2,]    0    3
qr(diag(3))$rank  # expect: [1] 3
qr.R(qr(diag(2)))  # expect:      [,1] [,2]
#> [1,]   -1    0
#> [2,]    0    1
qr.Q(qr(diag(2)))  # expect:      [,1] [,2]
#> [1,]   -1    0
#> [2,]    0    1
lm.fit(cbind(1, c(1,2,3,4)), c(2,4,6,8))$coefficients  # expect: x1 x2
#>  0  2
lm.fit(cbind(1, c(1,2,3,4)), c(2,4,6,8))$residuals  # expect: [1] 0 0 0 0
