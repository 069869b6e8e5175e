# Every parallel kernel gives with four threads what it gives with one; thread sanitizers look at these.
x <- (1:3000000 * 7919) %% 1000003; y <- rev(x) / 3
both <- function(f) { options(threads = 1); a <- f(); options(threads = 4); b <- f(); identical(a, b) }
c(both(function() x + y * 2), both(function() x > y), both(function() x[x > 5e5]), both(function() -x), both(function() sqrt(x)))   # expect: [1] TRUE TRUE TRUE TRUE TRUE
x <- (1:3000000 * 7919) %% 1000003
both <- function(f) { options(threads = 1); a <- f(); options(threads = 4); b <- f(); identical(a, b) }
c(both(function() min(x)), both(function() max(x)), both(function() range(x)), both(function() sum(x)), both(function() mean(x)))   # expect: [1] TRUE TRUE TRUE TRUE TRUE
x <- (1:2000000 * 7919) %% 1000003
both <- function(f) { options(threads = 1); a <- f(); options(threads = 4); b <- f(); identical(a, b) }
c(both(function() sort(x)), both(function() order(x)), both(function() unique(x)), both(function() cumsum(x)), both(function() diff(x)))   # expect: [1] TRUE TRUE TRUE TRUE TRUE
x <- (1:1000000 * 7919) %% 1000003
both <- function(f) { options(threads = 1); a <- f(); options(threads = 4); b <- f(); identical(a, b) }
m <- matrix(x, 1000, 1000)
c(both(function() t(m)), both(function() all.equal(m %*% m, m %*% m)), both(function() colSums(m)), both(function() exp(x / 1e6)), both(function() ifelse(x > 5e5, x, 0)))   # expect: [1] TRUE TRUE TRUE TRUE TRUE
x <- (1:1000000 * 7919) %% 1000003
both <- function(f) { options(threads = 1); a <- f(); options(threads = 4); b <- f(); identical(a, b) }
z <- zts(|.2020-01-01 00:00:00 UTC.| + as.duration("00:00:01") * (1:1000000), x)
c(both(function() rollmean(x, 100)), both(function() rollmax(x, 100)), both(function() z[seq(1, 1000000, 3)]), both(function() match(x, rev(x))))   # expect: [1] TRUE TRUE TRUE TRUE
