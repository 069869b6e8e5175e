# Objects in files: file=, load, what is locked, what stays.

{ a <- vector("double", 3, file = "s1"); a[2] <- 5; rm(a); load("s1") }  # expect: [1] 0 5 0
{ a <- matrix(1:6, 2, 3, file = "s2"); c(is.locked(a), dim(load("s2"))) == c(TRUE, 2, 3) }  # expect: [1] TRUE TRUE TRUE
{ a <- matrix(1, 2, 2, file = "s3"); matrix(1, 2, 2, file = "s3") }  # expect error: s3 already exists
load("s-nowhere")  # expect error: no data in directory s-nowhere
{ a <- matrix(1, 0, 0, file = "s4"); rm(a); load("s4") }  # expect error: no data in directory s4
{ a <- vector("logical", 0, file = "s5"); rm(a); load("s5") }  # expect: logical(0)
{ a <- array(1:6, c(1, 3, 2), file = "s6"); rm(a); b <- load("s6"); c(dim(b), sum(b)) }  # expect: [1]  1  3  2 21
{ a <- vector("character", 2, file = "s7"); a[1] <- "grüße"; a[2] <- strrep("x", 300); rm(a); nchar(load("s7")) }  # expect: [1]   5 300
m <- matrix(1, 0, 0, file = "s9"); cbind(--m, matrix(1, 0, 2, dimnames = list(NULL, c("a", "b")))); rbind(--m, matrix(1:4, 2, 2)); rm(m); load("s9")  # expect:      a b
#> [1,] 1 3
#> [2,] 2 4
{ a <- vector("double", 1, file = "s10"); c(--a, 2, 3); load("s10") }  # expect: [1] 0 2 3
{ t0 <- |.2021-01-01 00:00:00 UTC.|; z <- zts(t0 + as.duration("00:00:01") * 1:3, matrix(1:6, 3, 2, dimnames = list(NULL, c("a", "b"))), file = "s11"); rbind(--z, zts(t0 + as.duration("00:01:00"), matrix(0, 1, 2))); rm(z); load("s11") }  # expect:                         a b
#> 2021-01-01 00:00:01 UTC 1 4
#> 2021-01-01 00:00:02 UTC 2 5
#> 2021-01-01 00:00:03 UTC 3 6
#> 2021-01-01 00:01:00 UTC 0 0
{ t0 <- |.2021-01-01 00:00:00 UTC.|; z <- zts(t0 + as.duration("00:00:01") * 1:9, 1:9, file = "s12"); zts.resize(--z, 3, 6); zts.truncate(--z, 3); rm(z); zts.data(load("s12"))[] }  # expect: [1] 3 4
{ a <- vector("double", 2, file = "s13"); b <- load("s13"); b[1] <- 7; a }  # expect: [1] 7 0

# locks

{ a <- vector("double", 2, file = "s20"); unlock(--a) }  # expect error: cannot unlock file mapped object
{ a <- vector("double", 2, file = "s21"); b <- a; b[1] <- 1 }  # expect error: cannot copy locked object: use '<<-' or '--x'
{ a <- vector("double", 2, file = "s22"); b <- a; sin(--b) }  # expect error: cannot copy locked object: use '<<-' or '--x'
{ a <- matrix(1, 2, 2, file = "s23"); cbind(--a, a) }  # expect error: cannot copy locked object: use '<<-' or '--x'
{ a <- vector("double", 2, file = "s24"); f <- function(x) { x[1] <- 9; 0 }; f(a) }  # expect error: cannot copy locked object: use '<<-' or '--x'
{ a <- vector("double", 2, file = "s25"); f <- function(x) { x[1] <- 9; 0 }; f(--a); a }  # expect: [1] 9 0
{ a <- vector("double", 2, file = "s26"); sin(a) }  # expect: [1] 0 0
{ a <- vector("double", 2, file = "s27"); b <- a[]; b[1] <- 1; c(is.locked(b), is.locked(load("s27"))) }  # expect: [1] FALSE  TRUE
{ a <- vector("double", 2, file = "s28"); `+`(--a, 1); rm(a); load("s28") }  # expect: [1] 1 1
{ a <- vector("double", 2, file = "s29"); a[1] <- "x" }  # expect error: conversion not defined for character to double
{ a <- matrix(1:4, 2, 2, file = "s30"); colnames(a) <- c("p", "q"); rm(a); colnames(load("s30")) }  # expect: [1] "p" "q"
{ a <- vector("double", 2, file = "s31"); l <- list(a, 2); l[2] <- NULL; length(l) }  # expect: [1] 1

# the rest

alloc.dirname(1:3)  # expect error: no file mapping
msync(1:3)  # expect error: msync not defined for allocator type
{ a <- vector("double", 2, file = "s40"); sub(".*/", "", alloc.dirname(a)) }  # expect: [1] "s40"
{ a <- vector("duration", 2, file = "s41"); msync(a); msync(a, async = TRUE); a }  # expect: [1] 00:00:00 00:00:00
{ a <- vector("double", 2, file = "s42"); load("s42", mode = "sideways") }  # expect error: mode should be "write", "read" or "auto" but is "sideways"
{ a <- vector("double", 2, file = "s43"); rm(a); r <- load("s43", mode = "read"); r[1] <- 1 }  # expect error: s43 is open for reading: load it without mode = "read" to change it
{ a <- vector("double", 2, file = "s44", sync = "often") }  # expect error: 'sync' is "commit", "none" or a length of time such as "100ms", not "often"
vector("double", 2, sync = "none")  # expect error: only an object in files can have it: give file =
vector("list", 2, file = "s45")  # expect error: a list cannot live in files
{ t0 <- |.2021-01-01 00:00:00 UTC.|; z <- zts(t0 + as.duration("24:00:00") * 1:9, 1:9, file = "s46", retain = "3d"); rbind(--z, zts(t0 + as.duration("240:00:00"), 10)); z }  # expect:                         [,1]
#> 2021-01-08 00:00:00 UTC    7
#> 2021-01-09 00:00:00 UTC    8
#> 2021-01-10 00:00:00 UTC    9
#> 2021-01-11 00:00:00 UTC   10
{ a <- vector("double", 2, file = "s47"); verify(a) }  # expect: [1] TRUE
verify(1)  # expect error: an object in memory has no checksums
{ x <- 1; refresh(x) }  # expect:
refresh(1 + 1)  # expect error: refresh takes variables, or one part of a variable as --x$name
