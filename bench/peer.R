# The same work in R, compiled to byte code.
only <- commandArgs(TRUE)
divisor <- as.numeric(Sys.getenv("BENCH_DIVISOR", "1"))

measure <- function(op, n, setup, f, reps = 5) {
    if (length(only) && !(op %in% only)) return(invisible())
    if (n > 1000) n <- n / divisor
    data <- setup(n)
    f <- compiler::cmpfun(f)
    f(data)
    took <- numeric(reps)
    for (i in seq_len(reps)) {
        gc(FALSE)
        start <- proc.time()[[3]]
        result <- f(data)
        took[i] <- proc.time()[[3]] - start
        result <- NULL
    }
    cat(sprintf('{"peer": "R %s", "op": "%s", "n": %.0f, "threads": 1, "seconds": %.6f, "min": %.6f, "note": ""}\n',
                getRversion(), op, n, median(took), min(took)))
}

same <- function(n) n
fib <- compiler::cmpfun(function(n) if (n < 2) n else fib(n - 1) + fib(n - 2))
g <- compiler::cmpfun(function(x) x + 1)

measure("while loop", 1e7, same, function(n) { s <- 0; i <- 0; while (i < n) { s <- s + 1.5; i <- i + 1 }; s })
measure("for loop", 1e7, same, function(n) { s <- 0; for (i in 1:n) s <- s + 1.5; s })
measure("fib", 25, same, function(n) fib(n))
measure("calls", 1e6, same, function(n) { s <- 0; for (i in 1:n) s <- g(s); s })
measure("x+1 of 10", 1e6, same, function(n) { x <- as.numeric(1:10); for (i in 1:n) y <- x + 1; y })
measure("sum", 1e8, runif, function(x) sum(x), reps = 3)
measure("mean", 1e8, runif, function(x) mean(x), reps = 3)
measure("min", 1e8, runif, function(x) min(x), reps = 3)
measure("max", 1e8, runif, function(x) max(x), reps = 3)
measure("a+b*c", 2e7, function(n) list(a = runif(n), b = runif(n), c = runif(n)), function(d) d$a + d$b * d$c)
measure("x[x>0.5]", 2e7, runif, function(x) x[x > 0.5])
measure("cumsum", 1e7, runif, function(x) cumsum(x))
measure("diff", 1e7, runif, function(x) diff(x))
measure("sort", 1e7, runif, function(x) sort(x), reps = 3)
measure("order", 1e7, runif, function(x) order(x), reps = 3)
measure("unique", 1e7, runif, function(x) unique(x), reps = 3)
