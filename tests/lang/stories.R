# Whole tasks with series, from end to end.

# ---- minute means, as ticks come in
options(timezone="America/New_York")
tz <- "America/New_York"; m1 <- as.duration("00:01:00"); s <- as.duration("00:00:01"); b <- |.2020-06-01 09:30:00 America/New_York.|
tick <- zts(b + s*c(0,20,50,70,100,125), matrix(c(1,2,6,10,20,7),6,1,dimnames=list(NULL,"p")))
mm <- zts(as.time(NULL), matrix(0,0,1,dimnames=list(NULL,"p")))
last <- b
for (k in 1:2) { last <- last + m1; rbind(--mm, align(tick, last, -m1, method="mean")) }
mm  # expect:                          p
#> 2020-06-01 09:31:00 EDT  3
#> 2020-06-01 09:32:00 EDT 15

# ---- market hours without weekends
options(timezone="America/New_York")
tz <- "America/New_York"
d    <- seq(|.2015-01-02 00:00:00 America/New_York.|, |.2015-01-05 00:00:00 America/New_York.|, by=as.period("1d"), tz=tz)
open <- interval(`+`(d, as.period("/09:30:00"), tz), `+`(d, as.period("/16:00:00"), tz), eopen=FALSE)
we   <- d[dayweek(d, tz) == 6 | dayweek(d, tz) == 0]
keep <- setdiff(open, interval(we, `+`(we, as.period("1d"), tz)))
keep  # expect: [1] +2015-01-02 09:30:00 EST -> 2015-01-02 16:00:00 EST+
#> [2] +2015-01-05 09:30:00 EST -> 2015-01-05 16:00:00 EST+
options(timezone="America/New_York")
tz <- "America/New_York"
d    <- seq(|.2015-01-02 00:00:00 America/New_York.|, |.2015-01-05 00:00:00 America/New_York.|, by=as.period("1d"), tz=tz)
open <- interval(`+`(d, as.period("/09:30:00"), tz), `+`(d, as.period("/16:00:00"), tz), eopen=FALSE)
we   <- d[dayweek(d, tz) == 6 | dayweek(d, tz) == 0]
keep <- setdiff(open, interval(we, `+`(we, as.period("1d"), tz)))
h <- as.duration(c("09:00:00","09:30:00","12:00:00","16:00:00","16:00:01"))
z <- zts(c(d[1]+h, d[2]+h, d[3]+h, d[4]+h), matrix(1:20))
z[keep, ]  # expect:                         [,1]
#> 2015-01-02 09:30:00 EST    2
#> 2015-01-02 12:00:00 EST    3
#> 2015-01-02 16:00:00 EST    4
#> 2015-01-05 09:30:00 EST   17
#> 2015-01-05 12:00:00 EST   18
#> 2015-01-05 16:00:00 EST   19

# ---- prices adjusted for dividends and splits
options(timezone="America/New_York")
tz <- "America/New_York"
day <- seq(|.2020-01-06 00:00:00 America/New_York.|, by=as.period("1d"), length.out=6, tz=tz)
close <- zts(day, matrix(c(100,102,101,51,52,53),6,1,dimnames=list(NULL,"close")))
div <- zts(day[3], matrix(1.02)); split <- zts(day[4], matrix(2))
prev  <- align(move(close, 1), zts.idx(div))
fdiv  <- cumprod(1 - div / prev, rev=TRUE)
fspl  <- cumprod(1 / split, rev=TRUE)
op.zts(fspl, op.zts(fdiv, close, "*"), "*")  # expect:                         close
#> 2020-01-06 00:00:00 EST 49.50
#> 2020-01-07 00:00:00 EST 50.49
#> 2020-01-08 00:00:00 EST 50.50
#> 2020-01-09 00:00:00 EST 51.00
#> 2020-01-10 00:00:00 EST 52.00
#> 2020-01-11 00:00:00 EST 53.00

# ---- futures joined at their roll dates
options(timezone="America/New_York")
tz <- "America/New_York"
day <- seq(|.2020-01-06 00:00:00 America/New_York.|, by=as.period("1d"), length.out=6, tz=tz)
roll <- matrix(day[c(1,3,5)],3,1,dimnames=list(c("H7","J7","K7"),NULL))
iv <- interval(tail(rotate(roll,1),-1), tail(roll,-1), eopen=FALSE)
iv  # expect:                                                    [,1]
#> J7 +2020-01-06 00:00:00 EST -> 2020-01-08 00:00:00 EST+
#> K7 +2020-01-08 00:00:00 EST -> 2020-01-10 00:00:00 EST+
options(timezone="America/New_York")
tz <- "America/New_York"
day <- seq(|.2020-01-06 00:00:00 America/New_York.|, by=as.period("1d"), length.out=6, tz=tz)
roll <- matrix(day[c(1,3,5)],3,1,dimnames=list(c("H7","J7","K7"),NULL))
iv <- interval(tail(rotate(roll,1),-1), tail(roll,-1), eopen=FALSE)
data <- list(J7=zts(day[1:4],matrix(c(100,101,103,104),4,1,dimnames=list(NULL,"price"))), K7=zts(day[2:6],matrix(c(109,110,111,115,117),5,1,dimnames=list(NULL,"price"))))
joined <- zts(as.time(NULL), matrix(0, 0, 1))
for (cc in rownames(iv)) rbind(--joined, tail(diff((data[[cc]])[iv[cc,], "price"], 1), -1))
cumsum(joined[, "price"])  # expect:                         price
#> 2020-01-07 00:00:00 EST     1
#> 2020-01-08 00:00:00 EST     3
#> 2020-01-09 00:00:00 EST     4
#> 2020-01-10 00:00:00 EST     8

# ---- grids and densities
options(timezone="America/New_York")
tz <- "America/New_York"; m1 <- as.duration("00:01:00"); s <- as.duration("00:00:01"); b <- |.2020-06-01 09:30:00 America/New_York.|
tick <- zts(b + s*c(0,20,50,70,100,125), matrix(c(1,2,6,10,20,7),6,1,dimnames=list(NULL,"p")))
tick2 <- rbind(tick, zts(b + as.duration("00:05:05"), matrix(9,1,1,dimnames=list(NULL,"p"))))
grid_align <- function(z, by, method, ival=by, start=head(zts.idx(z),1), end=tail(zts.idx(z),1), tz=NULL) {
  grid <- seq(start+by, end, by=by); if (tail(grid,1) < end) grid <- c(grid, tail(grid,1)+by)
  align(z, grid, -ival, as.duration(0), method=method, tz=tz) }
for (m in c("count", "mean", "median", "min", "max", "closest")) print(grid_align(tick2, m1, m)[, "p"])  # expect:                         p
#> 2020-06-01 09:31:00 EDT 3
#> 2020-06-01 09:32:00 EDT 2
#> 2020-06-01 09:33:00 EDT 1
#> 2020-06-01 09:34:00 EDT 0
#> 2020-06-01 09:35:00 EDT 0
#> 2020-06-01 09:36:00 EDT 1
#>                           p
#> 2020-06-01 09:31:00 EDT   3
#> 2020-06-01 09:32:00 EDT  15
#> 2020-06-01 09:33:00 EDT   7
#> 2020-06-01 09:34:00 EDT NaN
#> 2020-06-01 09:35:00 EDT NaN
#> 2020-06-01 09:36:00 EDT   9
#>                           p
#> 2020-06-01 09:31:00 EDT   2
#> 2020-06-01 09:32:00 EDT  15
#> 2020-06-01 09:33:00 EDT   7
#> 2020-06-01 09:34:00 EDT NaN
#> 2020-06-01 09:35:00 EDT NaN
#> 2020-06-01 09:36:00 EDT   9
#>                           p
#> 2020-06-01 09:31:00 EDT   1
#> 2020-06-01 09:32:00 EDT  10
#> 2020-06-01 09:33:00 EDT   7
#> 2020-06-01 09:34:00 EDT NaN
#> 2020-06-01 09:35:00 EDT NaN
#> 2020-06-01 09:36:00 EDT   9
#>                           p
#> 2020-06-01 09:31:00 EDT   6
#> 2020-06-01 09:32:00 EDT  20
#> 2020-06-01 09:33:00 EDT   7
#> 2020-06-01 09:34:00 EDT NaN
#> 2020-06-01 09:35:00 EDT NaN
#> 2020-06-01 09:36:00 EDT   9
#>                           p
#> 2020-06-01 09:31:00 EDT   6
#> 2020-06-01 09:32:00 EDT  20
#> 2020-06-01 09:33:00 EDT   7
#> 2020-06-01 09:34:00 EDT NaN
#> 2020-06-01 09:35:00 EDT NaN
#> 2020-06-01 09:36:00 EDT   9
options(timezone="America/New_York")
tz <- "America/New_York"; m1 <- as.duration("00:01:00"); s <- as.duration("00:00:01"); b <- |.2020-06-01 09:30:00 America/New_York.|
tick <- zts(b + s*c(0,20,50,70,100,125), matrix(c(1,2,6,10,20,7),6,1,dimnames=list(NULL,"p")))
tick2 <- rbind(tick, zts(b + as.duration("00:05:05"), matrix(9,1,1,dimnames=list(NULL,"p"))))
grid_align <- function(z, by, method, ival=by, start=head(zts.idx(z),1), end=tail(zts.idx(z),1), tz=NULL) {
  grid <- seq(start+by, end, by=by); if (tail(grid,1) < end) grid <- c(grid, tail(grid,1)+by)
  align(z, grid, -ival, as.duration(0), method=method, tz=tz) }
grid_align(tick2, m1, "count", as.duration("00:00:30"))  # expect:                         p
#> 2020-06-01 09:31:00 EDT 1
#> 2020-06-01 09:32:00 EDT 1
#> 2020-06-01 09:33:00 EDT 0
#> 2020-06-01 09:34:00 EDT 0
#> 2020-06-01 09:35:00 EDT 0
#> 2020-06-01 09:36:00 EDT 0
