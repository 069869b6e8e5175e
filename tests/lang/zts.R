# Series: rows, replacement, binding, stretches.

{ t0 <- |.2021-01-01 00:00:00 UTC.|; z <- zts(seq(t0, length.out = 5), matrix(1:10, 5, 2, dimnames = list(NULL, c("a", "b")))); z[2,] }  # expect:                         a b
#> 2021-01-01 00:00:01 UTC 2 7
{ t0 <- |.2021-01-01 00:00:00 UTC.|; z <- zts(seq(t0, length.out = 5), matrix(1:10, 5, 2, dimnames = list(NULL, c("a", "b")))); z[,"b"] }  # expect:                          b
#> 2021-01-01 00:00:00 UTC  6
#> 2021-01-01 00:00:01 UTC  7
#> 2021-01-01 00:00:02 UTC  8
#> 2021-01-01 00:00:03 UTC  9
#> 2021-01-01 00:00:04 UTC 10
{ t0 <- |.2021-01-01 00:00:00 UTC.|; z <- zts(seq(t0, length.out = 5), matrix(1:10, 5, 2, dimnames = list(NULL, c("a", "b")))); z[z[,"a"] > 3,] }  # expect:                         a  b
#> 2021-01-01 00:00:03 UTC 4  9
#> 2021-01-01 00:00:04 UTC 5 10
{ t0 <- |.2021-01-01 00:00:00 UTC.|; z <- zts(seq(t0, length.out = 5), matrix(1:10, 5, 2, dimnames = list(NULL, c("a", "b")))); z[c(3,1),] }  # expect error: index is not in ascending order
{ t0 <- |.2021-01-01 00:00:00 UTC.|; z <- zts(seq(t0, length.out = 5), matrix(1:10, 5, 2, dimnames = list(NULL, c("a", "b")))); z[1:2] }  # expect error: incorrect number of dimensions
{ t0 <- |.2021-01-01 00:00:00 UTC.|; z <- zts(seq(t0, length.out = 5), matrix(1:10, 5, 2, dimnames = list(NULL, c("a", "b")))); z[t0,] }  # expect:                         a b
#> 2021-01-01 00:00:00 UTC 1 6
{ t0 <- |.2021-01-01 00:00:00 UTC.|; z <- zts(seq(t0, length.out = 5), matrix(1:10, 5, 2, dimnames = list(NULL, c("a", "b")))); z[,t0] }  # expect error: zts: can't use a time index into dimension > 1
{ t0 <- |.2021-01-01 00:00:00 UTC.|; z <- zts(seq(t0, length.out = 5), matrix(1:10, 5, 2, dimnames = list(NULL, c("a", "b")))); z[interval(t0, duration=as.duration(2e9)),] }  # expect:                         a b
#> 2021-01-01 00:00:00 UTC 1 6
#> 2021-01-01 00:00:01 UTC 2 7
{ t0 <- |.2021-01-01 00:00:00 UTC.|; z <- zts(seq(t0, length.out = 5), matrix(1:10, 5, 2, dimnames = list(NULL, c("a", "b")))); z[c(interval(t0+as.duration(1e9), duration=as.duration(2e9)),interval(t0, duration=as.duration(3e9))),] }  # expect:                         a b
#> 2021-01-01 00:00:00 UTC 1 6
#> 2021-01-01 00:00:01 UTC 2 7
#> 2021-01-01 00:00:02 UTC 3 8
{ t0 <- |.2021-01-01 00:00:00 UTC.|; z <- zts(seq(t0, length.out = 5), matrix(1:10, 5, 2, dimnames = list(NULL, c("a", "b")))); z[t0-as.duration(1e9),] }  # expect:      a b
{ t0 <- |.2021-01-01 00:00:00 UTC.|; z <- zts(seq(t0, length.out = 5), matrix(1:10, 5, 2, dimnames = list(NULL, c("a", "b")))); z[as.duration(1),] }  # expect error: convertToIndex incorrect type
{ t0 <- |.2021-01-01 00:00:00 UTC.|; z <- zts(seq(t0, length.out = 5), matrix(1:10, 5, 2, dimnames = list(NULL, c("a", "b")))); z[[2,"b"]] }  # expect:                         b
#> 2021-01-01 00:00:01 UTC 7
{ t0 <- |.2021-01-01 00:00:00 UTC.|; z <- zts(seq(t0, length.out = 5), matrix(1:10, 5, 2, dimnames = list(NULL, c("a", "b")))); z$a }  # expect error: incorrect number of dimensions
{ t0 <- |.2021-01-01 00:00:00 UTC.|; z <- zts(seq(t0, length.out = 5), matrix(1:10, 5, 2, dimnames = list(NULL, c("a", "b")))); z[2,] <- 0; z }  # expect:                         a  b
#> 2021-01-01 00:00:00 UTC 1  6
#> 2021-01-01 00:00:01 UTC 0  0
#> 2021-01-01 00:00:02 UTC 3  8
#> 2021-01-01 00:00:03 UTC 4  9
#> 2021-01-01 00:00:04 UTC 5 10
{ t0 <- |.2021-01-01 00:00:00 UTC.|; z <- zts(seq(t0, length.out = 5), matrix(1:10, 5, 2, dimnames = list(NULL, c("a", "b")))); z[t0,"a"] <- 99; z }  # expect:                          a  b
#> 2021-01-01 00:00:00 UTC 99  6
#> 2021-01-01 00:00:01 UTC  2  7
#> 2021-01-01 00:00:02 UTC  3  8
#> 2021-01-01 00:00:03 UTC  4  9
#> 2021-01-01 00:00:04 UTC  5 10
{ t0 <- |.2021-01-01 00:00:00 UTC.|; z <- zts(seq(t0, length.out = 5), matrix(1:10, 5, 2, dimnames = list(NULL, c("a", "b")))); z[,1] <- z[,2]; z }  # expect:                          a  b
#> 2021-01-01 00:00:00 UTC  6  6
#> 2021-01-01 00:00:01 UTC  7  7
#> 2021-01-01 00:00:02 UTC  8  8
#> 2021-01-01 00:00:03 UTC  9  9
#> 2021-01-01 00:00:04 UTC 10 10
{ t0 <- |.2021-01-01 00:00:00 UTC.|; z <- zts(seq(t0, length.out = 5), matrix(1:10, 5, 2, dimnames = list(NULL, c("a", "b")))); z[1:2,] <- 1:3; z }  # expect error: number of items to replace is not equal to the replacement length
{ t0 <- |.2021-01-01 00:00:00 UTC.|; z <- zts(seq(t0, length.out = 5), matrix(1:10, 5, 2, dimnames = list(NULL, c("a", "b")))); z[9,1] <- 3; z }  # expect error: subscript out of bounds
{ t0 <- |.2021-01-01 00:00:00 UTC.|; z <- zts(seq(t0, length.out = 5), matrix(1:10, 5, 2, dimnames = list(NULL, c("a", "b")))); rbind(z, z) }  # expect error: non-ascending index for rbind
{ t0 <- |.2021-01-01 00:00:00 UTC.|; z <- zts(seq(t0, length.out = 5), matrix(1:10, 5, 2, dimnames = list(NULL, c("a", "b")))); rbind(z[1:2,], z[4:5,]) }  # expect:                         a  b
#> 2021-01-01 00:00:00 UTC 1  6
#> 2021-01-01 00:00:01 UTC 2  7
#> 2021-01-01 00:00:03 UTC 4  9
#> 2021-01-01 00:00:04 UTC 5 10
{ t0 <- |.2021-01-01 00:00:00 UTC.|; z <- zts(seq(t0, length.out = 5), matrix(1:10, 5, 2, dimnames = list(NULL, c("a", "b")))); y <- z[1:2,]; rbind(--y, z[3:3,]); y }  # expect:                         a b
#> 2021-01-01 00:00:00 UTC 1 6
#> 2021-01-01 00:00:01 UTC 2 7
#> 2021-01-01 00:00:02 UTC 3 8
{ t0 <- |.2021-01-01 00:00:00 UTC.|; z <- zts(seq(t0, length.out = 5), matrix(1:10, 5, 2, dimnames = list(NULL, c("a", "b")))); y <- z; rbind(--y, z); nrow(y) }  # expect error: non-ascending index for rbind
{ t0 <- |.2021-01-01 00:00:00 UTC.|; z <- zts(seq(t0, length.out = 5), matrix(1:10, 5, 2, dimnames = list(NULL, c("a", "b")))); rbind(z, 1) }  # expect error: 'zts' bind in first dimension requires zts 'argument'
{ t0 <- |.2021-01-01 00:00:00 UTC.|; z <- zts(seq(t0, length.out = 5), matrix(1:10, 5, 2, dimnames = list(NULL, c("a", "b")))); cbind(z, z) }  # expect:                         a  b a  b
#> 2021-01-01 00:00:00 UTC 1  6 1  6
#> 2021-01-01 00:00:01 UTC 2  7 2  7
#> 2021-01-01 00:00:02 UTC 3  8 3  8
#> 2021-01-01 00:00:03 UTC 4  9 4  9
#> 2021-01-01 00:00:04 UTC 5 10 5 10
{ t0 <- |.2021-01-01 00:00:00 UTC.|; z <- zts(seq(t0, length.out = 5), matrix(1:10, 5, 2, dimnames = list(NULL, c("a", "b")))); cbind(z, c=z) }  # expect:                         a  b c.a c.b
#> 2021-01-01 00:00:00 UTC 1  6   1   6
#> 2021-01-01 00:00:01 UTC 2  7   2   7
#> 2021-01-01 00:00:02 UTC 3  8   3   8
#> 2021-01-01 00:00:03 UTC 4  9   4   9
#> 2021-01-01 00:00:04 UTC 5 10   5  10
{ t0 <- |.2021-01-01 00:00:00 UTC.|; z <- zts(seq(t0, length.out = 5), matrix(1:10, 5, 2, dimnames = list(NULL, c("a", "b")))); x <- 1:5; cbind(z, x) }  # expect:                         a  b x
#> 2021-01-01 00:00:00 UTC 1  6 1
#> 2021-01-01 00:00:01 UTC 2  7 2
#> 2021-01-01 00:00:02 UTC 3  8 3
#> 2021-01-01 00:00:03 UTC 4  9 4
#> 2021-01-01 00:00:04 UTC 5 10 5
{ t0 <- |.2021-01-01 00:00:00 UTC.|; z <- zts(seq(t0, length.out = 5), matrix(1:10, 5, 2, dimnames = list(NULL, c("a", "b")))); x <- 1:5; cbind(x, z) }  # expect:                         x a  b
#> 2021-01-01 00:00:00 UTC 1 1  6
#> 2021-01-01 00:00:01 UTC 2 2  7
#> 2021-01-01 00:00:02 UTC 3 3  8
#> 2021-01-01 00:00:03 UTC 4 4  9
#> 2021-01-01 00:00:04 UTC 5 5 10
{ t0 <- |.2021-01-01 00:00:00 UTC.|; z <- zts(seq(t0, length.out = 5), matrix(1:10, 5, 2, dimnames = list(NULL, c("a", "b")))); cbind(z, 1) }  # expect error: incorrect dimensions for abind
{ t0 <- |.2021-01-01 00:00:00 UTC.|; z <- zts(seq(t0, length.out = 5), matrix(1:10, 5, 2, dimnames = list(NULL, c("a", "b")))); cbind(z, z[1:4,]) }  # expect error: 'zts' index mismatch for abind
{ t0 <- |.2021-01-01 00:00:00 UTC.|; z <- zts(seq(t0, length.out = 5), matrix(1:10, 5, 2, dimnames = list(NULL, c("a", "b")))); dim(abind(z, z, along=3)) }  # expect: [1] 5 2 2
{ t0 <- |.2021-01-01 00:00:00 UTC.|; z <- zts(seq(t0, length.out = 5), matrix(1:10, 5, 2, dimnames = list(NULL, c("a", "b")))); dim(abind(z[,1], z[,1], along=1)) }  # expect error: non-ascending index for rbind
{ t0 <- |.2021-01-01 00:00:00 UTC.|; z <- zts(seq(t0, length.out = 5), matrix(1:10, 5, 2, dimnames = list(NULL, c("a", "b")))); zts.resize(z, 2, 4) }  # expect:                         a b
#> 2021-01-01 00:00:01 UTC 2 7
#> 2021-01-01 00:00:02 UTC 3 8
{ t0 <- |.2021-01-01 00:00:00 UTC.|; z <- zts(seq(t0, length.out = 5), matrix(1:10, 5, 2, dimnames = list(NULL, c("a", "b")))); zts.resize(z, t0+as.duration(1.5e9), t0+as.duration(3.5e9)) }  # expect:                         a b
#> 2021-01-01 00:00:02 UTC 3 8
#> 2021-01-01 00:00:03 UTC 4 9
{ t0 <- |.2021-01-01 00:00:00 UTC.|; z <- zts(seq(t0, length.out = 5), matrix(1:10, 5, 2, dimnames = list(NULL, c("a", "b")))); zts.resize(--z, 3); z }  # expect:                         a  b
#> 2021-01-01 00:00:02 UTC 3  8
#> 2021-01-01 00:00:03 UTC 4  9
#> 2021-01-01 00:00:04 UTC 5 10
{ t0 <- |.2021-01-01 00:00:00 UTC.|; z <- zts(seq(t0, length.out = 5), matrix(1:10, 5, 2, dimnames = list(NULL, c("a", "b")))); zts.resize(z, 0) }  # expect error: start out of bounds
{ t0 <- |.2021-01-01 00:00:00 UTC.|; z <- zts(seq(t0, length.out = 5), matrix(1:10, 5, 2, dimnames = list(NULL, c("a", "b")))); zts.resize(z, 3, 2) }  # expect error: start must be <= to end
{ t0 <- |.2021-01-01 00:00:00 UTC.|; z <- zts(seq(t0, length.out = 5), matrix(1:10, 5, 2, dimnames = list(NULL, c("a", "b")))); zts.resize(z, 1, 0) }  # expect error: end out of bounds
{ t0 <- |.2021-01-01 00:00:00 UTC.|; z <- zts(seq(t0, length.out = 5), matrix(1:10, 5, 2, dimnames = list(NULL, c("a", "b")))); zts.resize(z,100,100) }  # expect:      a b
{ t0 <- |.2021-01-01 00:00:00 UTC.|; z <- zts(seq(t0, length.out = 5), matrix(1:10, 5, 2, dimnames = list(NULL, c("a", "b")))); zts.truncate(z, 3) }  # expect:                         a b
#> 2021-01-01 00:00:00 UTC 1 6
#> 2021-01-01 00:00:01 UTC 2 7
{ t0 <- |.2021-01-01 00:00:00 UTC.|; z <- zts(seq(t0, length.out = 5), matrix(1:10, 5, 2, dimnames = list(NULL, c("a", "b")))); zts.truncate(z, 0) }  # expect error: argument cannot be negative
{ t0 <- |.2021-01-01 00:00:00 UTC.|; z <- zts(seq(t0, length.out = 5), matrix(1:10, 5, 2, dimnames = list(NULL, c("a", "b")))); zts.truncate(--z, 2); z }  # expect:                         a b
#> 2021-01-01 00:00:00 UTC 1 6
{ t0 <- |.2021-01-01 00:00:00 UTC.|; z <- zts(seq(t0, length.out = 5), matrix(1:10, 5, 2, dimnames = list(NULL, c("a", "b")))); rev(z) }  # expect:                         a  b
#> 2021-01-01 00:00:00 UTC 5 10
#> 2021-01-01 00:00:01 UTC 4  9
#> 2021-01-01 00:00:02 UTC 3  8
#> 2021-01-01 00:00:03 UTC 2  7
#> 2021-01-01 00:00:04 UTC 1  6
{ t0 <- |.2021-01-01 00:00:00 UTC.|; z <- zts(seq(t0, length.out = 5), matrix(1:10, 5, 2, dimnames = list(NULL, c("a", "b")))); rev(--z); z }  # expect:                         a  b
#> 2021-01-01 00:00:00 UTC 5 10
#> 2021-01-01 00:00:01 UTC 4  9
#> 2021-01-01 00:00:02 UTC 3  8
#> 2021-01-01 00:00:03 UTC 2  7
#> 2021-01-01 00:00:04 UTC 1  6
{ t0 <- |.2021-01-01 00:00:00 UTC.|; z <- zts(seq(t0, length.out = 5), matrix(1:10, 5, 2, dimnames = list(NULL, c("a", "b")))); rotate(z, 1) }  # expect:                         a  b
#> 2021-01-01 00:00:00 UTC 5 10
#> 2021-01-01 00:00:01 UTC 1  6
#> 2021-01-01 00:00:02 UTC 2  7
#> 2021-01-01 00:00:03 UTC 3  8
#> 2021-01-01 00:00:04 UTC 4  9
{ t0 <- |.2021-01-01 00:00:00 UTC.|; z <- zts(seq(t0, length.out = 5), matrix(1:10, 5, 2, dimnames = list(NULL, c("a", "b")))); head(z, 2) }  # expect:                         a b
#> 2021-01-01 00:00:00 UTC 1 6
#> 2021-01-01 00:00:01 UTC 2 7
{ t0 <- |.2021-01-01 00:00:00 UTC.|; z <- zts(seq(t0, length.out = 5), matrix(1:10, 5, 2, dimnames = list(NULL, c("a", "b")))); tail(z, 1) }  # expect:                         a  b
#> 2021-01-01 00:00:04 UTC 5 10
{ t0 <- |.2021-01-01 00:00:00 UTC.|; z <- zts(seq(t0, length.out = 5), matrix(1:10, 5, 2, dimnames = list(NULL, c("a", "b")))); i <- zts.idx(z); i[1] <- t0 - as.duration(1e9); zts.idx(z)[1] }  # expect: [1] 2021-01-01 00:00:00 UTC
{ t0 <- |.2021-01-01 00:00:00 UTC.|; z <- zts(seq(t0, length.out = 5), matrix(1:10, 5, 2, dimnames = list(NULL, c("a", "b")))); d <- zts.data(z); d[1,1] <- 100; z[1,1] }  # expect:                         a
#> 2021-01-01 00:00:00 UTC 1
{ t0 <- |.2021-01-01 00:00:00 UTC.|; z <- zts(seq(t0, length.out = 5), matrix(1:10, 5, 2, dimnames = list(NULL, c("a", "b")))); zts(as.time(NULL), matrix(0,0,2)) }  # expect:      [,1] [,2]
{ t0 <- |.2021-01-01 00:00:00 UTC.|; z <- zts(seq(t0, length.out = 5), matrix(1:10, 5, 2, dimnames = list(NULL, c("a", "b")))); zts(matrix(as.time(NULL),0,0), numeric(0)) }  # expect error: zts index must be a vector
{ t0 <- |.2021-01-01 00:00:00 UTC.|; z <- zts(seq(t0, length.out = 5), matrix(1:10, 5, 2, dimnames = list(NULL, c("a", "b")))); zts(t0, c(1,2)) }  # expect error: mismatched dimensions for index and data
{ t0 <- |.2021-01-01 00:00:00 UTC.|; z <- zts(seq(t0, length.out = 5), matrix(1:10, 5, 2, dimnames = list(NULL, c("a", "b")))); zts(c(t0,t0), c(1,2)) }  # expect error: index is not in ascending order
