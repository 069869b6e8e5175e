# Objects in files: file =, load, what changes them, what they refuse.

# all types and shapes come back as they were
{ x <- matrix(c(1.5, NaN, -0, Inf), 2, 2, dimnames = list(NULL, c("a", "b"))); y <- array(x, dim(x), dimnames(x), file = "p1"); ok <- identical(x, y); rm(y); c(ok, identical(load("p1"), x)) }  # expect: [1] TRUE TRUE
{ for (m in c("double", "logical", "character", "time", "duration", "interval", "period")) { f <- paste0("p2", m); a <- vector(m, 0, file = f); rm(a); a <- load(f); stopifnot(typeof(a) == m, length(a) == 0) }; TRUE }  # expect: [1] TRUE
{ for (d in list(c(0, 2), c(0, 2, 3), c(1, 3, 2))) { f <- paste0(c("p3", d), collapse = "_"); a <- array("x", d, file = f); rm(a); stopifnot(identical(load(f), array("x", d))) }; TRUE }  # expect: [1] TRUE
{ z <- zts(as.time(NULL), matrix(0, 0, 2, dimnames = list(NULL, c("a", "b"))), file = "p4"); rm(z); load("p4") }  # expect:      a b
{ i <- |.2021-01-01 00:00:00 UTC.| + as.duration("00:00:01") * (1:2); z <- zts(i, array(1:24, c(2, 3, 4)), file = "p5"); rm(z); identical(load("p5"), zts(i, array(1:24, c(2, 3, 4)))) }  # expect: [1] TRUE
{ x <- c(a = |+2021-01-01 00:00:00 UTC -> 2021-01-02 00:00:00 UTC-|); y <- array(x, 1, list("a"), file = "p6"); rm(y); load("p6") }  # expect:                                                    a
#> +2021-01-01 00:00:00 UTC -> 2021-01-02 00:00:00 UTC-
matrix(1, 0, 0, file = "p7")  # expect: <0 x 0 matrix>
{ m <- array(0, c(0, 0, 0), file = "p8"); rm(m); load("p8") }  # expect error: no data in directory p8
load("not there")  # expect error: no data in directory not there
{ a <- vector("double", 2, file = "p9"); vector("double", 2, file = "p9") }  # expect error: p9 already exists
vector("double", 2, file = "no/such/place")  # expect error: cannot create no/such/place: No such file or directory

# what is done in place reaches the files
{ m <- matrix(1, 0, 0, file = "p10"); cbind(--m, matrix(1, 0, 2, dimnames = list(NULL, c("a", "b")))); rbind(--m, matrix(1:4, 2, 2)); rm(m); load("p10") }  # expect:      a b
#> [1,] 1 3
#> [2,] 2 4
{ m <- matrix(1:4, 2, 2, file = "p11"); abind(--m, m[,], along = 3); rm(m); dim(load("p11")) }  # expect: [1] 2 2 2
{ v <- vector("character", 1, file = "p12"); c(--v, "b", x = "c"); v[1] <- "a"; rm(v); load("p12") }  # expect:         x
#> "a" "b" "c"
{ m <- matrix(1:6, 2, 3, file = "p13"); m[2, ] <- 0; m[m == 5] <- -1; colnames(m) <- c("a", "b", "c"); `*`(--m, 2); sqrt(--m); rm(m); load("p13") }  # expect:             a       b   c
#> [1,] 1.414214 2.44949 NaN
#> [2,] 0.000000 0.00000   0
{ m <- matrix(c(3, 1, 2, 9, 8, 7), 3, 2, file = "p14"); rev(--m); cumsum(--m); rotate(--m, 1); rm(m); load("p14") }  # expect:      [,1] [,2]
#> [1,]    6   24
#> [2,]    2    7
#> [3,]    3   15
{ m <- matrix(1:6, 2, 3, file = "p15"); dim(m) <- c(3, 2); dimnames(m) <- list(c("a", "b", "c"), NULL); rm(m); load("p15") }  # expect:   [,1] [,2]
#> a    1    4
#> b    2    5
#> c    3    6
{ m <- matrix(1:4, 2, 2, dimnames = list(c("a", "b"), NULL), file = "p16"); rbind(--m, c = 5:6); rownames(m)[1] <- "z"; rm(m); load("p16") }  # expect:   [,1] [,2]
#> z    1    3
#> b    2    4
#> c    5    6
{ t <- |.2021-01-01 00:00:00 UTC.| + as.duration("00:00:01") * (1:5); z <- zts(t, 1:5, file = "p17"); zts.resize(--z, 2, 5); rbind(--z, zts(t[5] + as.duration("00:01:00"), 9)); z[1] <- -1; rm(z); load("p17") }  # expect:                         [,1]
#> 2021-01-01 00:00:02 UTC   -1
#> 2021-01-01 00:00:03 UTC    3
#> 2021-01-01 00:00:04 UTC    4
#> 2021-01-01 00:01:05 UTC    9
{ t <- |.2021-01-01 00:00:00 UTC.| + as.duration("00:00:01") * (1:3); z <- zts(t, matrix(1:3, 3, 1, dimnames = list(NULL, "a")), file = "p18"); cbind(--z, b = 4:6); abind(--z, c = 7:9, along = 2); zts.truncate(--z, 3); rm(z); load("p18") }  # expect:                         a b c
#> 2021-01-01 00:00:01 UTC 1 4 7
#> 2021-01-01 00:00:02 UTC 2 5 8
{ m <- matrix(1:4, 2, 2, file = "p19"); f <- function(x) { x[1, 1] <- 99; rbind(--x, 0) }; f(--m); rm(m); load("p19") }  # expect:      [,1] [,2]
#> [1,]   99    3
#> [2,]    2    4
#> [3,]    0    0
{ m <- matrix(1:4, 2, 2, file = "p20"); l <- list(a = m); rm(m); l$a[1, 1] <- 7; rm(l); load("p20")[1, 1] }  # expect: [1] 7
{ z <- zts(|.2021-01-01 00:00:00 UTC.| + as.duration("24:00:00") * (1:9), 1:9, file = "p21", retain = "3d"); rbind(--z, zts(|.2021-01-11 00:00:00 UTC.|, 10)); rm(z); nrow(load("p21")) }  # expect: [1] 4

# several values of one object; what shares an object stays what it was
{ a <- vector("double", 3, file = "p22"); b <- load("p22"); a[2] <- 5; c(--b, 7); c(a, b) }  # expect: [1] 0 5 0 7 0 5 0 7
{ z <- zts(|.2021-01-01 00:00:00 UTC.|, 1, file = "p23"); y <- z; rbind(--z, zts(|.2021-01-02 00:00:00 UTC.|, 2)); c(nrow(y), nrow(z)) }  # expect: [1] 1 2
{ z <- zts(|.2021-01-01 00:00:00 UTC.|, 1, file = "p24"); y <- z; rbind(--z, zts(|.2021-01-02 00:00:00 UTC.|, 2)); z[1] <- 9 }  # expect error: cannot copy locked object: use '<<-' or '--x'
{ z <- zts(|.2021-01-01 00:00:00 UTC.|, 1, file = "p26"); d <- zts.data(z); r <- z + 1; d[1] <- 7; rbind(--r, zts(|.2021-01-03 00:00:00 UTC.|, 2)); c(sum(z), d, nrow(r), nrow(z)) }  # expect: [1] 1 7 2 1

# locks
{ a <- vector("double", 3, file = "p27"); c(is.locked(a), is.locked(a[]), is.locked(a + 1), is.locked(load("p27"))) }  # expect: [1]  TRUE FALSE FALSE  TRUE
{ a <- vector("double", 3, file = "p28"); unlock(--a) }  # expect error: cannot unlock file mapped object
{ a <- vector("double", 3, file = "p29"); b <- a; sin(--b) }  # expect error: cannot copy locked object: use '<<-' or '--x'
{ a <- matrix(1, 2, 2, file = "p30"); cbind(--a, a) }  # expect error: cannot copy locked object: use '<<-' or '--x'
{ a <- vector("double", 3, file = "p31"); f <- function(x) x[1] <- 5; f(a) }  # expect error: cannot copy locked object: use '<<-' or '--x'
{ a <- vector("double", 3, file = "p32"); f <- function() a[1] <<- 5; f(); a }  # expect: [1] 5 0 0
{ a <- vector("double", 3, file = "p33"); c(--a, "x") }  # expect error: cannot convert the type of a reference
{ a <- vector("double", 3, file = "p34"); b <- c(sin(a), rev(a), a[2:3]); a <- 5; load("p34") }  # expect: [1] 0 0 0
{ a <- vector("double", 3, file = "p35"); a[9] <- 1 }  # expect error: subscript out of bounds
{ a <- vector("double", 3, file = "p36"); tryCatch({ a[1:2] <- 1:2; stop("no") }, error = function(e) a) }  # expect: [1] 1 2 0
{ a <- vector("double", 2, file = "p37"); b <- load("p37", mode = "read"); a[1] <- 1; b[1] <- 2 }  # expect error: p37 is open for reading: load it without mode = "read" to change it
{ a <- vector("double", 2, file = "p38"); b <- load("p38", mode = "read"); c(--a, 3, 4); n <- length(b); refresh(b); c(n, length(b)) }  # expect: [1] 2 4

# options
vector("double", 2, file = "p39", sync = "sometimes")  # expect error: 'sync' is "commit", "none" or a length of time such as "100ms", not "sometimes"
{ a <- vector("double", 2, file = "p40", sync = "50ms"); a[1] <- 1; c(--a, 3); rm(a); load("p40") }  # expect: [1] 1 0 3
{ a <- vector("double", 2, file = "p41", sync = "none"); a[1] <- 1; c(--a, 3); rm(a); load("p41") }  # expect: [1] 1 0 3
zts(|.2021-01-01 00:00:00 UTC.|, 1, file = "p42", retain = "long")  # expect error: 'retain' is a length of time such as "90d" or "12h", not "long"

# a window that moves over a stream, in memory and in files: rows come at the end and go at the front
{ row <- function(i) zts(|.2021-01-01 00:00:00 UTC.| + as.duration("00:00:01") * i, cbind(i, -i, i / 2)); a <- row(1:10); d <- a; b <- zts(zts.idx(a), zts.data(a), file = "p43", sync = "none"); ok <- TRUE; for (k in 1:300) { new <- row(10 * k + 1:10); rbind(--a, new); rbind(--b, new); d <- rbind(d, new); if (k %% 3 == 0) { zts.resize(--a, 21); zts.resize(--b, 21); d <- d[21:nrow(d), ] }; if (k %% 50 == 0) { a[3, 2] <- k; b[3, 2] <- k; d[3, 2] <- k; n <- nrow(d) - 3; zts.truncate(--a, n + 1); zts.truncate(--b, n + 1); d <- d[1:n, ] }; ok <- ok && identical(a, b) && identical(a, d) }; c(ok, nrow(a)) }  # expect: [1]   1 992
# What is read of an object in files that is given as --x is what it holds, column by column.
{ m <- matrix(seq(|.2021-01-01 00:00:00 UTC.|, by = as.duration("07:00:00"), length.out = 4), 2, 2); x <- array(m, dim(m), file = "named1"); identical(diff(--x, 1), diff(m, 1)) }  # expect: [1] TRUE
{ m <- matrix(seq(|.2021-01-01 00:00:00 UTC.|, by = as.duration("07:00:00"), length.out = 4), 2, 2); x <- array(m, dim(m), file = "named2"); c(identical(floor(--x, "day", "UTC"), floor(m, "day", "UTC")), identical(round(--x, "hour"), round(m, "hour")), identical(x, m)) }  # expect: [1] TRUE TRUE TRUE
{ m <- interval(matrix(seq(|.2021-01-01 00:00:00 UTC.|, by = as.duration("07:00:00"), length.out = 4), 2, 2), duration = as.duration(5)); x <- array(m, dim(m), file = "named3"); identical(trunc(--x, "day", "UTC"), trunc(m, "day", "UTC")) }  # expect: [1] TRUE
{ m <- matrix(as.duration(c(7, -5, 12, 3)), 2, 2); x <- array(m, dim(m), file = "named4"); c(identical(ceiling(--x, as.duration(4)), ceiling(m, as.duration(4))), identical(abs(--x), abs(m)), identical(load("named4")[1, 2], m[1, 2])) }  # expect: [1] TRUE TRUE TRUE
