# Interpolation, minima, roots, integrals, transforms and filters.

# interpolation, minima, roots, integrals
approx(1:3,c(1,4,9),n=5)  # expect: $x
#> [1] 1.0 1.5 2.0 2.5 3.0
#>
#> $y
#> [1] 1.0 2.5 4.0 6.5 9.0
approx(c(3,1,2),c(9,1,4),xout=c(0,1.5,4))  # expect: $x
#> [1] 0.0 1.5 4.0
#>
#> $y
#> [1] NaN 2.5 NaN
approx(c(1,1,2),c(1,3,5),xout=1)  # expect: $x
#> [1] 1
#>
#> $y
#> [1] 2
approx(1:3,c(1,4,9),xout=c(0,2.5,5),rule=2)  # expect: $x
#> [1] 0.0 2.5 5.0
#>
#> $y
#> [1] 1.0 6.5 9.0
approx(1:3,c(1,4,9),xout=c(1.5,2,3),method="constant")  # expect: $x
#> [1] 1.5 2.0 3.0
#>
#> $y
#> [1] 1 4 9
approx(c(5,7))  # expect: $x
#>  [1] 1.000000 1.020408 1.040816 1.061224 1.081633 1.102041 1.122449 1.142857
#>  [9] 1.163265 1.183673 1.204082 1.224490 1.244898 1.265306 1.285714 1.306122
#> [17] 1.326531 1.346939 1.367347 1.387755 1.408163 1.428571 1.448980 1.469388
#> [25] 1.489796 1.510204 1.530612 1.551020 1.571429 1.591837 1.612245 1.632653
#> [33] 1.653061 1.673469 1.693878 1.714286 1.734694 1.755102 1.775510 1.795918
#> [41] 1.816327 1.836735 1.857143 1.877551 1.897959 1.918367 1.938776 1.959184
#> [49] 1.979592 2.000000
#>
#> $y
#>  [1] 5.000000 5.040816 5.081633 5.122449 5.163265 5.204082 5.244898 5.285714
#>  [9] 5.326531 5.367347 5.408163 5.448980 5.489796 5.530612 5.571429 5.612245
#> [17] 5.653061 5.693878 5.734694 5.775510 5.816327 5.857143 5.897959 5.938776
#> [25] 5.979592 6.020408 6.061224 6.102041 6.142857 6.183673 6.224490 6.265306
#> [33] 6.306122 6.346939 6.387755 6.428571 6.469388 6.510204 6.551020 6.591837
#> [41] 6.632653 6.673469 6.714286 6.755102 6.795918 6.836735 6.877551 6.918367
#> [49] 6.959184 7.000000
approx(1,2,xout=1)  # expect error: need at least two non-NA values to interpolate
approx(1:2,1:3)  # expect error: 'x' and 'y' lengths differ
approx(1:3,c(1,NaN,9),xout=1.5)  # expect: $x
#> [1] 1.5
#>
#> $y
#> [1] 3
approx(1:3,1:3,method="foo")  # expect error: invalid interpolation method
approx(1:3,c(1,4,9),xout=c(0,5),rule=c(1,2))  # expect: $x
#> [1] 0 5
#>
#> $y
#> [1] NaN   9
approx(1,2,xout=1,method="constant")  # expect: $x
#> [1] 1
#>
#> $y
#> [1] 2
approx(list(x=1:3,y=c(1,4,9)),xout=2.5)$y  # expect: [1] 6.5
spline(1:3,c(1,4,9),n=4)  # expect: $x
#> [1] 1.000000 1.666667 2.333333 3.000000
#>
#> $y
#> [1] 1.000000 2.777778 5.444444 9.000000
spline(1:4,c(1,8,27,64),n=5,method="natural")  # expect: $x
#> [1] 1.00 1.75 2.50 3.25 4.00
#>
#> $y
#> [1]  1.00000  5.59375 15.25000 34.93750 64.00000
spline(1:4,c(1,2,0,1),n=5,method="periodic")  # expect: $x
#> [1] 1.00 1.75 2.50 3.25 4.00
#>
#> $y
#> [1]  1.000000  2.078125  1.000000 -0.078125  1.000000
spline(c(1,1,2),c(1,3,5),n=3)  # expect: $x
#> [1] 1.0 1.5 2.0
#>
#> $y
#> [1] 2.0 3.5 5.0
spline(1:2,c(1,3),n=3)  # expect: $x
#> [1] 1.0 1.5 2.0
#>
#> $y
#> [1] 1 2 3
spline(c(3,1,2),c(9,1,4),n=3)  # expect: $x
#> [1] 1 2 3
#>
#> $y
#> [1] 1 4 9
spline(1,5,n=2)  # expect: $x
#> [1] 1 1
#>
#> $y
#> [1] 5 5
spline(1:4,c(1,2,0,5),n=3,method="periodic")  # expect: $x
#> [1] 1.0 2.5 4.0
#>
#> $y
#> [1] 1 1 1
spline(c(0,1,3,4,7),c(1,2,0,5,1),method="periodic")  # expect: $x
#>  [1] 0.0 0.5 1.0 1.5 2.0 2.5 3.0 3.5 4.0 4.5 5.0 5.5 6.0 6.5 7.0
#>
#> $y
#>  [1]  1.0000000  1.5333485  2.0000000  1.3595735  0.1724138 -0.6009528
#>  [7]  0.0000000  2.4149274  5.0000000  6.0448679  5.6565840  4.3965517
#> [13]  2.8261746  1.5068562  1.0000000
spline(c(0,1,3),c(1,2,1),n=7,method="periodic")  # expect: $x
#> [1] 0.0 0.5 1.0 1.5 2.0 2.5 3.0
#>
#> $y
#> [1] 1.0000 1.5000 2.0000 1.9375 1.5000 1.0625 1.0000
spline(c(0,1,3,4,7),c(1,2,0,5,2))  # expect: $x
#>  [1] 0.0 0.5 1.0 1.5 2.0 2.5 3.0 3.5 4.0 4.5 5.0 5.5 6.0 6.5 7.0
#>
#> $y
#>  [1]  1.000000000  2.151763990  2.000000000  1.070369526 -0.008819951
#>  [6] -0.583599453  0.000000000  2.113670925  5.000000000  7.719662409
#> [11]  9.734793187 10.607892336  9.901459854  7.177995742  2.000000000
spline(c(0,1,3,4,7),c(1,2,0,5,2),method="natural",xmin=-2,xmax=9,n=6)  # expect: $x
#> [1] -2.0  0.2  2.4  4.6  6.8  9.0
#>
#> $y
#> [1] -2.616000  1.355136 -0.551136  6.805376  2.754325 -5.568000
f <- splinefun(1:4,c(1,8,27,64)); f(c(0,2.5,5))  # expect: [1]   0.000  15.625 125.000
f <- splinefun(1:4,c(1,8,27,64)); f(2.5,deriv=1)  # expect: [1] 18.75
f <- splinefun(1:4,c(1,8,27,64)); f(2.5,deriv=2)  # expect: [1] 15
f <- splinefun(1:4,c(1,8,27,64)); f(2.5,3)  # expect: [1] 6
f<-splinefun(1:4,c(1,8,27,64),method="natural"); f(c(0,5,1.5),1)  # expect: [1]  5.0 41.0  6.5
f<-splinefun(1:4,c(1,8,27,64),method="natural"); f(c(0,5,1.5))  # expect: [1]  -4.00 105.00   3.75
f<-splinefun(1:4,c(1,2,0,1),method="periodic"); f(c(0,5.5,8))  # expect: [1] 0 1 2
f<-splinefun(1:4,c(1,2,0,1),method="periodic"); f(2,deriv=4)  # expect error: 'deriv' must be between 0 and 3
f <- approxfun(1:3,c(1,4,9)); f(c(0,1.5))  # expect: [1] NaN 2.5
f<-approxfun(1:3,c(1,4,9),rule=2,method="constant"); f(c(0,1.5,7))  # expect: [1] 1 1 9
uniroot(function(x) x^2+1,c(0,1))  # expect error: f() values at end points not of opposite sign
uniroot(function(x) x,c(0,1))[c("root","f.root","iter","estim.prec")]  # expect: $root
#> [1] 0
#>
#> $f.root
#> [1] 0
#>
#> $iter
#> [1] 0
#>
#> $estim.prec
#> [1] 0
uniroot(function(x) x-1,c(0,1))[c("root","f.root","iter","estim.prec")]  # expect: $root
#> [1] 1
#>
#> $f.root
#> [1] 0
#>
#> $iter
#> [1] 0
#>
#> $estim.prec
#> [1] 0
uniroot(function(x, k) x^3-k,lower=0,upper=9,k=8)[c("root","f.root","iter","estim.prec")]  # expect: $root
#> [1] 1.999993
#>
#> $f.root
#> [1] -8.24274e-05
#>
#> $iter
#> [1] 10
#>
#> $estim.prec
#> [1] 6.103516e-05
uniroot(function(x) NaN, c(0,1))  # expect error: f.lower = f(lower) is NA
uniroot(cos, c(0,2))$root  # expect: [1] 1.570784
integrate(function(x) 1/x,0,1)  # expect error: maximum number of subdivisions reached
integrate(function(x) 2,0,1)  # expect error: evaluation of function gave a result of wrong length
integrate(function(x) x/0*0,0,1)  # expect error: non-finite function value
integrate(function(x) 1/x, 1, Inf)  # expect error: maximum number of subdivisions reached
integrate(function(x) sin(x)/x, 0, Inf)  # expect error: the integral is probably divergent
integrate(sin,0,NaN)  # expect error: a limit is NA or NaN
integrate(function(x) cos(x*50)^2/sqrt(abs(x-.2)),0,1)$value  # expect: [1] 1.389649
fr <- function(x) 100*(x[2]-x[1]^2)^2+(1-x[1])^2; options(digits=9); optim(c(-1.2,1),fr)[1:4]  # expect: $par
#> [1] 1.00026014 1.00050600
#>
#> $value
#> [1] 8.8252411e-08
#>
#> $counts
#> function gradient
#>      195      NaN
#>
#> $convergence
#> [1] 0
fr <- function(x) 100*(x[2]-x[1]^2)^2+(1-x[1])^2; options(digits=7); optim(c(-1.2,1),fr,method="BFGS")[1:4]  # expect: $par
#> [1] 0.9998044 0.9996084
#>
#> $value
#> [1] 3.827383e-08
#>
#> $counts
#> function gradient
#>      118       38
#>
#> $convergence
#> [1] 0
optim(c(a=1,b=2),function(p) sum((p-c(3,4))^2))[1:4]  # expect: $par
#>        a        b
#> 3.000142 3.999865
#>
#> $value
#> [1] 3.838115e-08
#>
#> $counts
#> function gradient
#>       71      NaN
#>
#> $convergence
#> [1] 0
optim(c(a=1,b=2),function(p) sum((p-c(3,4))^2),method="BFGS")[c(1,3,4)]  # expect: $par
#> a b
#> 3 4
#>
#> $counts
#> function gradient
#>       10        3
#>
#> $convergence
#> [1] 0
optim(c(1,1),function(p) Inf)  # expect error: function cannot be evaluated at initial parameters
optim(1,function(p) c(1,2))  # expect error: objective function in optim evaluates to length 2 not 1
optim(1,function(p) (p-2)^2)[1:4]  # expect: $par
#> [1] 1.9
#>
#> $value
#> [1] 0.01
#>
#> $counts
#> function gradient
#>       10      NaN
#>
#> $convergence
#> [1] 0
fr <- function(x) 100*(x[2]-x[1]^2)^2+(1-x[1])^2; grr <- function(x) c(-400*x[1]*(x[2]-x[1]^2)-2*(1-x[1]), 200*(x[2]-x[1]^2)); optim(c(-1.2,1),fr,grr,method="BFGS")[1:4]  # expect: $par
#> [1] 1 1
#>
#> $value
#> [1] 9.594956e-18
#>
#> $counts
#> function gradient
#>      110       43
#>
#> $convergence
#> [1] 0
optim(c(1,1,1,1),function(x) sum((x-1:4)^4)+abs(x[1]))[1:4]  # expect: $par
#> [1] 0.3698793 2.0141386 2.9812578 4.0186240
#>
#> $value
#> [1] 0.52753
#>
#> $counts
#> function gradient
#>      261      NaN
#>
#> $convergence
#> [1] 0
optim(c(1,1,1),function(x,k) sum((x-k)^4),k=5,method="BFGS")[1:4]  # expect: $par
#> [1] 4.999408 4.999408 4.999408
#>
#> $value
#> [1] 3.680021e-13
#>
#> $counts
#> function gradient
#>       33       29
#>
#> $convergence
#> [1] 0
r <- integrate(dnorm,-1.96,1.96); c(signif(r$value, 6), r$subdivisions)  # expect: [1] 0.950004 1.000000
r <- integrate(dnorm,-Inf,Inf); c(signif(r$value, 6), r$subdivisions)  # expect: [1] 1 3
r <- integrate(function(x) 1/((x+1)*sqrt(x)),0,Inf); c(signif(r$value, 6), r$subdivisions)  # expect: [1]  3.14159 10.00000
r <- integrate(function(x) exp(-x),0,Inf); c(signif(r$value, 6), r$subdivisions)  # expect: [1] 1 3
r <- integrate(sqrt,0,1); c(signif(r$value, 6), r$subdivisions)  # expect: [1] 0.666667 5.000000
r <- integrate(log,0,1); c(signif(r$value, 6), r$subdivisions)  # expect: [1] -1  6
r <- integrate(function(x) abs(x-.3),0,1); c(signif(r$value, 6), r$subdivisions)  # expect: [1] 0.29 7.00
r <- integrate(function(x) 1/sqrt(x),0,1); c(signif(r$value, 6), r$subdivisions)  # expect: [1] 2 6
r <- integrate(sin,0,pi); c(signif(r$value, 6), r$subdivisions)  # expect: [1] 2 1
r <- integrate(function(x) sin(x)^2, 0, 100); c(signif(r$value, 6), r$subdivisions)  # expect: [1] 50.2183 16.0000
r <- integrate(exp,-Inf,0); c(signif(r$value, 6), r$subdivisions)  # expect: [1] 1 3
r <- integrate(dnorm,0,20000); c(signif(r$value, 6), r$subdivisions)  # expect: [1] 0 1
r <- integrate(function(x) x^2,1,1); c(signif(r$value, 6), r$subdivisions)  # expect: [1] 0 1
r <- integrate(function(x)x^2,2,1); c(signif(r$value, 6), r$subdivisions)  # expect: [1] -2.33333  1.00000
r <- integrate(function(x) exp(-x^2/2),Inf,-Inf); c(signif(r$value, 6), r$subdivisions)  # expect: [1] 2.50663 3.00000
r <- integrate(function(x, a) x^a,0,2,a=3); c(signif(r$value, 6), r$subdivisions)  # expect: [1] 4 1
r <- integrate(function(x) log(x)*x^2/(1+x^4),0,Inf); c(signif(r$value, 6), r$subdivisions)  # expect: [1] 0.872358 6.000000
r <- integrate(function(x) 1/(1+x^2),-Inf,Inf); c(signif(r$value, 6), r$subdivisions)  # expect: [1] 3.14159 2.00000

# transforms and filters
as.numeric(filter(1:10, rep(1,3)))  # expect:  [1] NaN   6   9  12  15  18  21  24  27 NaN
as.numeric(filter(1:10, rep(1,3), sides=1))  # expect:  [1] NaN NaN   6   9  12  15  18  21  24  27
as.numeric(filter(1:10, rep(1,3), sides=1, circular=TRUE))  # expect:  [1] 20 13  6  9 12 15 18 21 24 27
as.numeric(filter(1:10, rep(1,4)))  # expect:  [1] NaN  10  14  18  22  26  30  34 NaN NaN
as.numeric(filter(1:5, 0.5, method="recursive"))  # expect: [1] 1.0000 2.5000 4.2500 6.1250 8.0625
as.numeric(filter(1:5, c(0.5,-.2), method="rec"))  # expect: [1] 1.0000 2.5000 4.0500 5.5250 6.9525
as.numeric(filter(c(1,NaN,3,4,5),c(1,1)/2))  # expect: [1] NaN NaN 3.5 4.5 NaN
filter(1:2, 1:3)  # expect error: filter is longer than time series
as.numeric(filter(1:10, c(1,2,3), circular=TRUE))  # expect:  [1] 34 10 16 22 28 34 40 46 52 48
convolve(1:3, c(0,1,0.5), type="open")  # expect: [1] 0.5 2.0 3.5 3.0 0.0
convolve(1:3, c(0,1,0.5), type="o")  # expect: [1] 0.5 2.0 3.5 3.0 0.0
round(convolve(1:6, c(1,2,3), type="filter"),6)  # expect: [1] 14 20 26 32
round(convolve(1:6, c(1,2,3,4,5,6)),6)  # expect: [1] 91 76 67 64 67 76
round(convolve(1:6, c(1,2,3,4,5,6),conj=FALSE),6)  # expect: [1] 71 80 83 80 71 56
round(convolve(1:6, c(1,2,3),conj=FALSE,type="open"),6)  # expect: [1] 27 18  1  4 10 16 22 28
convolve(1:6, c(1,2,3))  # expect error: length mismatch in convolution
round(Mod(fft(c(1,2,3,4,5))),6)  # expect: [1] 15.000000  4.253254  2.628656  2.628656  4.253254
round(Re(fft(c(1,2,3,4))),6)  # expect: [1] 10 -2 -2 -2
round(Im(fft(1:7)),6)  # expect: [1]  0.000000  7.267825  2.791157  0.798852 -0.798852 -2.791157 -7.267825
round(Arg(fft(1:6)),6)  # expect: [1]  0.000000  2.094395  2.617994  3.141593 -2.617994 -2.094395
round(Mod(fft(sin(1:101))),6)[1:10]  # expect:  [1] 0.324855 0.326718 0.332390 0.342133 0.356421 0.376001 0.402011 0.436168
#>  [9] 0.481115 0.541058
round(Mod(fft(sin(1:60)))[1:10],6)  # expect:  [1]  1.634529  1.656451  1.725231  1.851006  2.055159  2.381042  2.923621
#>  [8]  3.929579  6.285691 17.342976
round(Mod(fft(cos(1:1000))),4)[155:165]  # expect:  [1]  14.3350  17.8105  23.4895  34.4394  64.3519 480.3785  88.2077  40.4596
#>  [9]  26.2775  19.4723  15.4764
round(Re(fft((1:1021)%%7)),4)[1:8]  # expect: [1] 3066.0000    3.0001    3.0004    3.0009    3.0015    3.0024    3.0034
#> [8]    3.0046
Re(fft(fft(1:6), inverse=TRUE))/6  # expect: [1] 1 2 3 4 5 6
Im(fft(1:8))  # expect: [1]  0.000000  9.656854  4.000000  1.656854  0.000000 -1.656854 -4.000000
#> [8] -9.656854
Re(fft(1:8))  # expect: [1] 36 -4 -4 -4 -4 -4 -4 -4
filter(matrix(1:6,3,dimnames=list(NULL,c("a","b"))),c(1,1))  # expect:      [,1] [,2]
#> [1,]    3    9
#> [2,]    5   11
#> [3,]  NaN  NaN

# errors
optimize(function(x) "a", c(0, 1))  # expect error: invalid type for binary operator (double * string)
optim(c(1, 2), function(p) "a")  # expect error: objective function in optim must give a number
svd(matrix(0, 0, 2))  # expect error: a dimension is zero
fft(matrix(1:6, 2))  # expect error: z must be a vector or a matrix with the columns Re and Im
Re(1:3)  # expect error: z must be a matrix with the columns Re and Im

# methods by their beginning
spline(1:3,c(1,4,9),n=4,method="nat")  # expect: $x
#> [1] 1.000000 1.666667 2.333333 3.000000
#>
#> $y
#> [1] 1.000000 2.814815 5.481481 9.000000
approx(1:3,c(1,4,9),xout=2.5,method="lin")$y  # expect: [1] 6.5
approx(1:3,c(1,4,9),xout=2.5,method="const")$y  # expect: [1] 4
