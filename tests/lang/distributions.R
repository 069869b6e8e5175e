# Densities, distribution functions and quantiles.

# values as in R
dnorm(0)  # expect: [1] 0.3989423
dnorm(c(a=1,b=2))  # expect:          a          b
#> 0.24197072 0.05399097
pnorm(matrix(1:4,2)/2)  # expect:           [,1]      [,2]
#> [1,] 0.6914625 0.9331928
#> [2,] 0.8413447 0.9772499
qnorm(c(0,.5,1,1.1,-1))  # expect: [1] -Inf    0  Inf  NaN  NaN
dnorm(1:3, mean=c(0,1,2), sd=1:3)  # expect: [1] 0.2419707 0.1760327 0.1257944
dnorm(1:4, c(0,1))  # expect: [1] 0.241970725 0.241970725 0.004431848 0.004431848
pnorm(1, 0, c(x=1,y=2))  # expect:         x         y
#> 0.8413447 0.6914625
dnorm(numeric(0))  # expect: numeric(0)
dnorm(1, sd=-1)  # expect: [1] NaN
dnorm(0, sd=0)  # expect: [1] Inf
pnorm(0,0,0)  # expect: [1] 1
pnorm(3,lower.tail=FALSE)  # expect: [1] 0.001349898
pnorm(-40,log.p=TRUE)  # expect: [1] -804.6084
qnorm(-1000,log.p=TRUE)  # expect: [1] -44.61575
dunif(c(0,.5,1,2))  # expect: [1] 1 1 1 0
punif(c(-1,.3,2))  # expect: [1] 0.0 0.3 1.0
qunif(c(0,.3,1),2,5)  # expect: [1] 2.0 2.9 5.0
dexp(c(-1,0,2),2)  # expect: [1] 0.00000000 2.00000000 0.03663128
pexp(3,.5,lower.tail=FALSE)  # expect: [1] 0.2231302
qexp(c(.1,.9))  # expect: [1] 0.1053605 2.3025851
dt(c(-1,0,3),5)  # expect: [1] 0.21967980 0.37960669 0.01729258
pt(2.5,c(1,5,Inf))  # expect: [1] 0.8788811 0.9727550 0.9937903
qt(c(.025,.5,.975),3)  # expect: [1] -3.182446  0.000000  3.182446
qt(c(0,1),3)  # expect: [1] -Inf  Inf
dchisq(0:3,2)  # expect: [1] 0.5000000 0.3032653 0.1839397 0.1115651
pchisq(c(1,10,100),3,lower.tail=FALSE)  # expect: [1] 8.012520e-01 1.856614e-02 1.554159e-21
qchisq(c(.05,.95),c(1,10))  # expect: [1]  0.00393214 18.30703805
df(c(0,1,2),2,10)  # expect: [1] 1.0000000 0.3348980 0.1328103
pf(3,2,10)  # expect: [1] 0.9046326
qf(.95,3,20)  # expect: [1] 3.098391
dbinom(0:4,4,.3)  # expect: [1] 0.2401 0.4116 0.2646 0.0756 0.0081
pbinom(0:4,4,.3)  # expect: [1] 0.2401 0.6517 0.9163 0.9919 1.0000
qbinom(c(.1,.5,.9,1),10,.3)  # expect: [1]  1  3  5 10
dbinom(1.5,4,.3)  # expect: [1] 0
dpois(0:5,2)  # expect: [1] 0.13533528 0.27067057 0.27067057 0.18044704 0.09022352 0.03608941
ppois(0:5,2)  # expect: [1] 0.1353353 0.4060058 0.6766764 0.8571235 0.9473470 0.9834364
qpois(c(0,.1,.5,.99,1),2)  # expect: [1]   0   0   2   6 Inf
dpois(-1,2)  # expect: [1] 0
pbinom(3,10,.5,log.p=TRUE)  # expect: [1] -1.760988
qpois(.5,0)  # expect: [1] 0
dbinom(3,2.5,.5)  # expect: [1] NaN
pt(1e10,2,lower.tail=FALSE)  # expect: [1] 5e-21
qt(1e-300,3)  # expect: [1] -1.033111e+100
pnorm(Inf)  # expect: [1] 1
pnorm(c(-Inf,NaN,Inf))  # expect: [1]   0 NaN   1
dnorm(Inf)  # expect: [1] 0
dt(Inf,3)  # expect: [1] 0
dexp(Inf)  # expect: [1] 0
ppois(Inf,3)  # expect: [1] 1
pchisq(Inf,2)  # expect: [1] 1
qchisq(1,3)  # expect: [1] Inf
dbinom(0:3,3,c(0,1))  # expect: [1] 1 0 0 1
punif(1,1,1)  # expect: [1] 1
dunif(1,1,1)  # expect: [1] NaN
1 - pbinom(9, 20, 0.5)  # expect: [1] 0.5880985
sum(dpois(0:100, 20))  # expect: [1] 1
pnorm(1.96) - pnorm(-1.96)  # expect: [1] 0.9500042
2 * pt(-2.1, df = 18)  # expect: [1] 0.05009041
outer(1:2, 1:3, dbinom, prob = 0.3)  # expect:      [,1] [,2]  [,3]
#> [1,]  0.3 0.42 0.441
#> [2,]  0.0 0.09 0.189
qnorm(0.975, mean=100, sd=15)  # expect: [1] 129.3995
pf(c(0,-1,Inf),1,1)  # expect: [1] 0 0 1
dchisq(-1,2)  # expect: [1] 0

# far tails
pnorm(-40, log.p = TRUE)  # expect: [1] -804.6084
signif(qt(1e-20, 2.5), 10)  # expect: [1] -87654379
signif(pf(1e5, 3, 7, lower.tail = FALSE), 10)  # expect: [1] 1.42857e-16
signif(pchisq(1e3, 10, lower.tail = FALSE), 10)  # expect: [1] 1.870291e-208
pbinom(5e14, 1e15, .5)  # expect: [1] 0.5
qbinom(.5, 1e15, .5)  # expect: [1] 5e+14
max(abs(pnorm(qnorm((1:99) / 100)) - (1:99) / 100)) < 1e-15  # expect: [1] TRUE
p <- (1:999) / 1000; max(abs(pchisq(qchisq(p, 2.5), 2.5) - p)) < 1e-14  # expect: [1] TRUE
p <- (1:999) / 1000; max(abs(pt(qt(p, 3.7), 3.7) - p)) < 1e-14  # expect: [1] TRUE
p <- (1:999) / 1000; max(abs(pf(qf(p, 3, 8), 3, 8) - p)) < 1e-14  # expect: [1] TRUE
dnorm("a")  # expect error: invalid argument type: 'x' should be any of 'double','zts' but is 'string'
