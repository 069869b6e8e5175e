/* kin: small functions of R that a few words of the language make out of the others. */
#include "builtin/tables.h"

static const char zapsmall_source[] =
    "{ a <- abs(x); a <- a[is.finite(a)]; m <- if (length(a)) max(a) else 0;"
    " round(x, if (m > 0) max(0, floor(digits - log10(m) + 0.5)) else digits) }";

static const char drop_source[] = "{ d <- dim(x); keep <- which(d != 1);"
                                  " if (length(d) < 2 || length(keep) == length(d)) x"
                                  " else if (length(keep) == 0) as.vector(x)"
                                  " else { n <- dimnames(x); v <- as.vector(x);"
                                  "  if (length(keep) > 1) array(v, d[keep], if (!is.null(n)) n[keep])"
                                  "  else if (is.null(n)) v else setNames(v, n[[keep]]) } }";

static const char sequence_source[] =
    "c(numeric(0), unlist(mapply(function(n, f, b) seq(f, by = b, length.out = n), nvec,"
    " rep_len(from, length(nvec)), rep_len(by, length(nvec)), SIMPLIFY = FALSE, USE.NAMES = FALSE)))";

static const char symmetric_source[] =
    "is.matrix(object) && nrow(object) == ncol(object) && identical(rownames(object), colnames(object)) &&"
    " all.equal(unname(object), unname(t(object)), tolerance = tol)";

static const char margin_sums_source[] = "if (is.null(margin)) sum(x) else apply(x, margin, sum)";

static const char modify_list_source[] =
    "{ for (v in names(val)) { new <- val[[v]];"
    "  x[[v]] <- if (v %in% names(x) && is.list(x[[v]]) && is.list(new)) modifyList(x[[v]], new) else new };"
    " x }";

static const char cov2cor_source[] =
    "{ if (!is.matrix(V) || nrow(V) != ncol(V)) stop(\"'V' is not a square numeric matrix\");"
    " d <- 1 / sqrt(diag(V)); one <- rep(1, nrow(V));"
    " r <- outer(unname(d), one) * V * outer(one, unname(d)); diag(r) <- 1; r }";

const zp_builtin zp_builtins_kin[] = {
    { "setequal", "x, y", "", 0, NULL, "Have both the same elements, whatever their order and number?",
      "setequal(c(1, 2), c(2, 1, 1))", "all(x %in% y) && all(y %in% x)" },
    { "nzchar", "x", "", 0, NULL, "Is the text not empty?", "nzchar(c(\"a\", \"\"))",
      "as.vector(nchar(x, \"bytes\") > 0)" },
    { "rep.int", "x, times", "times=D", 0, NULL, "rep(x, times), without names.", "rep.int(1:2, 3)",
      "rep(unname(x), times)" },
    { "replace", "x, list, values", "", 0, NULL, "x with the elements at `list` replaced.",
      "replace(1:4, 2, 9)", "{ if (is.locked(x)) x <- x[, drop = FALSE]; x[list] <- values; x }" },
    { "modifyList", "x, val", "x=l val=l", 0, NULL,
      "A list changed by another: elements of the same names replaced, NULL removes.",
      "modifyList(list(a = 1, b = 2), list(b = 3))", modify_list_source },
    { "anyNA", "x, recursive = FALSE", "recursive=L", 0, NULL,
      "Is any element NaN, `recursive` also within lists?", "anyNA(c(1, NaN))",
      "any(is.na(if (recursive) unlist(x) else x))" },
    { "drop", "x", "", 0, NULL, "An array without its dims of extent 1.", "drop(matrix(1:3, 1))",
      drop_source },
    { "sequence", "nvec, from = 1, by = 1", "nvec=D from=D by=D", 0, NULL,
      "seq_len of each number, one after the other.", "sequence(c(3, 2))", sequence_source },
    { "sample.int", "n, size = n, replace = FALSE, prob = NULL", "n=D size=D replace=L prob=D0", 0, NULL,
      "`size` of the numbers 1 to n in random order.", "length(sample.int(5))",
      "sample(seq_len(n), size, replace, prob)" },
    { "zapsmall", "x, digits = getOption(\"digits\")", "x=DZ digits=D", 0, NULL,
      "Rounded so that what is tiny beside the greatest becomes 0.", "zapsmall(c(1, 1e-20))",
      zapsmall_source },
    { "isSymmetric", "object, tol = 100 * .Machine$double.eps", "tol=D", 0, NULL,
      "Is it a square matrix equal to its transpose, but for rounding?", "isSymmetric(diag(2))",
      symmetric_source },
    { "cov2cor", "V", "V=D", 0, NULL, "The correlations that belong to a matrix of covariances.",
      "cov2cor(matrix(c(4, 2, 2, 9), 2))", cov2cor_source },
    { "marginSums", "x, margin = NULL", "x=DL margin=D0", 0, NULL,
      "Sums of a table or array over all dims but `margin`.", "marginSums(matrix(1:4, 2), 1)",
      margin_sums_source },
    { "margin.table", "x, margin = NULL", "x=DL margin=D0", 0, NULL, "The same as marginSums.",
      "margin.table(matrix(1:4, 2), 1)", margin_sums_source },
    { 0 },
};
