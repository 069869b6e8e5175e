/* kin_numbers: small functions of numbers and matrices, made out of the others by a few words of the language. */
#include "builtin/tables.h"

static const char pretty_source[] =
    "{ x <- as.vector(x); x <- x[is.finite(x)]; if (length(x) == 0) return(x);"
    " lo <- min(x); up <- max(x); span <- up - lo; h <- 1.5; h5 <- 0.5 + 1.5 * h; eps <- 1e-10; least <- n %/% 3;"
    " cell <- max(abs(lo), abs(up)); u <- 1 + 1 / (1 + h);"
    " small <- (span == 0 && up == 0) || span < cell * u * max(1, n) * .Machine$double.eps * 3;"
    " if (span == 0 && up == 0) cell <- 1;"
    " if (small) { if (cell > 10) cell <- 9 + cell / 10; cell <- cell * 0.75; if (least > 1) cell <- cell / least }"
    " else { cell <- span; if (n > 1) cell <- cell / n };"
    " base <- 10 ^ floor(log10(cell)); unit <- base;"
    " if (2 * base - cell < h * (cell - unit)) { unit <- 2 * base;"
    "  if (5 * base - cell < h5 * (cell - unit)) { unit <- 5 * base;"
    "   if (10 * base - cell < h * (cell - unit)) unit <- 10 * base } };"
    " a <- floor(lo / unit + eps); b <- ceiling(up / unit - eps);"
    " while (a * unit > lo + eps * unit) a <- a - 1; while (b * unit < up - eps * unit) b <- b + 1;"
    " k <- floor(0.5 + least - (b - a));"
    " if (k > 0) {"
    "  if (lo == 0 && a == 0 && up != 0) b <- b + k"
    "  else if (up == 0 && b == 0 && lo != 0) a <- a - k"
    "  else if (a >= 0) { b <- b + k %/% 2; a <- a - k %/% 2 - k %% 2 }"
    "  else { a <- a - k %/% 2; b <- b + k %/% 2 + k %% 2 } };"
    " s <- seq(a * unit, b * unit, length.out = b - a + 1); s[abs(s) < 1e-14 * unit] <- 0; s }";

static const char adjust_source[] =
    "{ method <- match.arg(method, c(\"holm\", \"hochberg\", \"hommel\", \"bonferroni\", \"BH\", \"BY\", \"fdr\", \"none\"));"
    " if (method == \"hommel\") stop(\"method \\\"hommel\\\" is not among those here\");"
    " if (n < length(p)) stop(\"n must be at least the number of p-values\");"
    " r <- p; at <- which(!is.nan(p)); v <- unname(p[at]); m <- length(v); if (missing(n)) n <- m;"
    " if (m < 2 && n < 2 || method == \"none\") return(p);"
    " r[at] <- if (method == \"bonferroni\") pmin(1, n * v)"
    " else if (method == \"holm\") { o <- order(v); pmin(1, cummax((n + 1 - seq_len(m)) * v[o]))[order(o)] }"
    " else { o <- order(v, decreasing = TRUE); i <- rev(seq_len(m));"
    "  f <- switch(method, hochberg = n + 1 - i, BY = sum(1 / seq_len(n)) * n / i, n / i);"
    "  pmin(1, cummin(f * v[o]))[order(o)] }; r }";

static const char max_col_source[] =
    "{ ties.method <- match.arg(ties.method, c(\"random\", \"first\", \"last\")); m <- as.matrix(m);"
    " vapply(seq_len(nrow(m)), function(i) {"
    "  v <- unname(m[i, ]); if (any(is.nan(v))) return(NaN); at <- which(v == max(v)); k <- length(at);"
    "  at[switch(ties.method, first = 1, last = k, if (k > 1) sample(k, 1) else 1)] }, 0) }";

static const char mahalanobis_source[] =
    "{ x <- if (is.matrix(x)) x else matrix(x, 1); x <- sweep(x, 2, center);"
    " if (!inverted) cov <- solve(cov); r <- rowSums(x %*% cov * x); if (is.null(rownames(x))) r else setNames(r, rownames(x)) }";

static const char diffinv_source[] =
    "{ x <- as.vector(x); n <- lag * differences; xi <- if (missing(xi)) numeric(n) else xi;"
    " if (length(xi) != n) stop(\"'xi' does not have the right length\");"
    " if (differences > 1) return(diffinv(diffinv(x, lag, differences - 1, diff(xi, lag = lag, differences = 1)),"
    "  lag, 1, xi[seq_len(lag)]));"
    " r <- c(xi, x); for (i in seq_along(x)) r[i + lag] <- r[i] + x[i]; r }";

const zp_builtin zp_builtins_kin_numbers[] = {
    { "pretty", "x, n = 5", "x=D n=D", 0, NULL,
      "About n + 1 equally spaced round numbers that cover the range of x: 1, 2 or 5 times a power of 10.",
      "pretty(c(1.3, 9.7))", pretty_source },
    { "p.adjust", "p, method = \"holm\", n = length(p)", "p=D method=S n=D", 0, NULL,
      "p-values adjusted for that many comparisons: \"holm\", \"hochberg\", \"bonferroni\", \"BH\" (\"fdr\"), \"BY\" or \"none\".",
      "p.adjust(c(0.01, 0.02, 0.03), \"BH\")", adjust_source },
    { "max.col", "m, ties.method = \"random\"", "m=D ties.method=S", 0, NULL,
      "For each row of a matrix the column of its greatest element; of several a random one, the \"first\" or the \"last\".",
      "max.col(matrix(c(1, 9, 3, 4), 2))", max_col_source },
    { "mahalanobis", "x, center, cov, inverted = FALSE", "x=D center=D cov=D inverted=L", 0, NULL,
      "Squared distances of the rows of x from `center` with respect to the covariances `cov` (or their inverse).",
      "mahalanobis(c(1, 2), c(0, 0), diag(2))", mahalanobis_source },
    { "diffinv", "x, lag = 1, differences = 1, [xi]", "x=D lag=D differences=D xi=D", 0, NULL,
      "What diff(, lag, differences) makes x of; it begins with xi, zeros unless given.", "diffinv(1:4)",
      diffinv_source },
    { "toeplitz", "x", "x=D", 0, NULL, "The symmetric matrix with the elements of x on its diagonals.",
      "toeplitz(1:3)",
      "{ n <- length(x); matrix(as.vector(x)[abs(as.vector(col(diag(n))) - as.vector(row(diag(n)))) + 1], n, n) }" },
    { "complete.cases", "x", "x=DLSZ", 0, NULL, "Which elements, or rows of a matrix, hold no NaN?",
      "complete.cases(c(1, NaN, 2))",
      "{ if (is.zts(x)) x <- zts.data(x);"
      " if (is.matrix(x)) rowSums(is.na(unname(x))) == 0 else !is.na(unname(x)) }" },
    { "rcond", "x", "x=D", 0, NULL, "The reciprocal condition number of a square matrix, by its 1-norm.",
      "rcond(diag(2))", "1 / (norm(x, \"O\") * norm(solve(x), \"O\"))" },
    { "ecdf", "x", "x=D", 0, NULL,
      "The function that tells what part of the elements of x is not greater than its argument.",
      "ecdf(c(3, 1, 2, 2))(2)",
      "{ x <- sort(as.vector(x)); n <- length(x); if (n < 1) stop(\"'x' must have 1 or more non-missing values\");"
      " function(v) findInterval(v, x) / n }" },
    { "arrayInd", "ind, .dim", "ind=D .dim=D", 0, NULL,
      "Row, column, ... of positions in an array of these extents: a matrix with a row for each.",
      "arrayInd(c(2, 5), c(2, 3))",
      "{ r <- matrix(0, length(ind), length(.dim)); at <- as.vector(ind) - 1;"
      " for (k in seq_along(.dim)) { r[, k] <- at %% .dim[k] + 1; at <- at %/% .dim[k] }; r }" },
    { "slice.index", "x, MARGIN", "MARGIN=D", 0, NULL,
      "An array like x of the positions along the dim MARGIN.", "slice.index(matrix(1:4, 2), 1)",
      "{ d <- dim(x); if (length(MARGIN) != 1 || MARGIN < 1 || MARGIN > length(d)) stop(\"incorrect value for 'MARGIN'\");"
      " array(rep(rep(seq_len(d[MARGIN]), each = prod(d[seq_len(MARGIN - 1)])), length.out = prod(d)), d) }" },
    { "mat.or.vec", "nr, nc", "nr=D nc=D", 0, NULL, "A matrix of zeros, or a vector when nc is 1.",
      "mat.or.vec(2, 1)", "if (nc == 1) numeric(nr) else matrix(0, nr, nc)" },
    { "is.atomic", "x", "", 0, NULL, "Is it an array (or NULL)?", "is.atomic(1:3)",
      "is.null(x) || is.array(x) || is.vector(x) && !is.list(x)" },
    { "hasName", "x, name", "name=S", 0, NULL, "Is there an element of that name?",
      "hasName(list(a = 1), \"a\")", "name %in% names(x)" },
    { "getElement", "object, name", "", 0, NULL, "object[[name]]", "getElement(list(a = 1), \"a\")",
      "object[[name]]" },
    { 0 },
};
