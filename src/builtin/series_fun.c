/* Functions of the user's over pieces of series, and series under the names other systems use.
 *
 * All of these are written in the language: they call functions, and functions run on the machine alone. */
#include "builtin/tables.h"

/* Rows i of x, however many dimensions it has. */
#define ROWS \
    "rows <- function(i) if (length(dim(x)) == 2) x[i, ] else if (length(dim(x)) < 2) x[i] else stop(\"'x' has more than two dimensions\"); "

/* One row per result. */
#define BIND "m <- do.call(rbind, r); "

static const char period_apply_source[] =
    "{ FUN <- match.fun(FUN); " ROWS
    "if (!all(INDEX >= 0 & INDEX <= nrow(x))) stop(\"'INDEX' must hold positions from 0 to the number of rows\"); "
    "e <- sort(unique(c(0, INDEX, nrow(x)))); n <- length(e) - 1; "
    "if (n < 1) return(x); "
    "r <- lapply(1:n, function(i) FUN(rows((e[i] + 1):e[i + 1]), ...)); " BIND
    "if (is.zts(m)) return(m); if (is.null(colnames(m)) && ncol(m) == NCOL(x)) colnames(m) <- colnames(x); "
    "zts(zts.idx(x)[e[-1]], m) }";

/* begin(i): the first row of the window that ends at row i; a window of time holds the rows of (t - width, t]. */
static const char rollapply_source[] =
    "{ FUN <- match.fun(FUN); " ROWS "n <- NROW(x); "
    "if (is.duration(width)) { "
    "if (!is.zts(x)) stop(\"a 'width' of time needs a series\"); "
    "if (width <= as.duration(0)) stop(\"'width' must be a positive duration\"); "
    "from <- 1; t <- zts.idx(x); low <- 1; "
    "begin <- function(i) { while (t[i] - t[low] >= width) low <<- low + 1; low } "
    "} else { if (width < 1) stop(\"'width' must be at least 1\"); from <- if (partial) 1 else width; "
    "begin <- function(i) max(1, i - width + 1) }; "
    "if (by < 1) stop(\"'by' must be at least 1\"); "
    "if (align != \"right\") stop(\"windows end at each row: 'align' must be \\\"right\\\"\"); "
    "e <- if (from <= n) seq(from, n, by = by) else numeric(0); at <- lapply(e, function(i) begin(i):i); "
    "d <- if (is.zts(x)) zts.data(x) else x; k <- NCOL(x); "
    "over <- function(piece) { r <- lapply(at, function(i) FUN(piece(i), ...)); " BIND
    "if (is.zts(m)) zts.data(m) else m }; "
    "m <- if (length(e) == 0) matrix(fill, 0, k) else if (!by.column) over(rows) else if (k == 1) { "
    "v <- as.vector(d); over(function(i) v[i]) } else { l <- lapply(1:k, function(j) { "
    "v <- d[, j]; over(function(i) v[i]) }); names(l) <- colnames(x); do.call(cbind, l) }; "
    "out <- matrix(fill, n, ncol(m)); if (length(e)) out[e, ] <- m; "
    "colnames(out) <- if (is.null(colnames(m)) && ncol(m) == k) colnames(x) else colnames(m); "
    "if (is.zts(x)) zts(zts.idx(x)[], out) else if (ncol(out) == 1) out[, 1] else out }";

static const char op_join_source[] =
    "{ if (!is.character(fill) && (join == \"inner\" || join == \"outer\")) "
    "return({ r <- .join(x, y, join == \"outer\", fill, op); if (is.zts(r)) r else do.call(op, r) }); "
    "t <- zts.idx(merge(x, y, join = join)); "
    "at <- function(z) if (is.character(fill)) asof(z, t) else if (is.nan(fill)) align(z, t) "
    "else { have <- align(z, t, method = \"closest\"); gone <- is.nan(align.idx(zts.idx(z), t)); "
    "if (length(dim(have)) == 2) have[gone, ] <- fill else have[gone] <- fill; have }; "
    "do.call(op, list(at(x), at(y))) }";

#define SERIES \
    "z <- zts(seq(|.2021-01-01 00:00:00 UTC.|, by = as.duration(\"08:00:00\"), length.out = 6), matrix(1:6, 6, 1)); "
#define CALENDAR(name, unit, word)                                               \
    {                                                                            \
        "apply." name, "x, FUN, ..., tz", "x=Z tz=S", 0, NULL,                   \
            "Calls FUN for the rows of every " word                              \
            " of the series 'x' in zone 'tz', and joins the results.",           \
            SERIES "apply." name "(z, sum, tz = \"UTC\")",                       \
            "{ period.apply(x, endpoints(x, \"" unit "\", tz = tz), FUN, ...) }" \
    }

const zp_builtin zp_builtins_series_fun[] = {
    { "period.apply", "x, INDEX, FUN, ...", "x=Z INDEX=D", 0, NULL,
      "Calls FUN for the rows of the series 'x' between the positions in INDEX (as endpoints() gives them; 0 and the last row "
      "need not be there) and joins the results, one row each, dated by the last row of each piece.",
      SERIES "period.apply(z, endpoints(z, \"days\", tz = \"UTC\"), mean)", period_apply_source },
    { "rollapply",
      "x, width, FUN, ..., by = 1, by.column = TRUE, partial = FALSE, fill = NaN, align = \"right\"",
      "x=DZ width=D+U by=D by.column=L partial=L fill=D align=S", 0, NULL,
      "Calls FUN for the 'width' numbers (or, for series, those of a duration) that end at each row (at every 'by'-th one), "
      "column by column; with by.column = FALSE for the rows themselves, as a matrix or series. Rows without a result "
      "are 'fill'. 'partial' allows fewer rows at the beginning.",
      "rollapply(c(1, 5, 2, 8), 2, max)", rollapply_source },
    CALENDAR("daily", "days", "day"),
    CALENDAR("weekly", "weeks", "week"),
    CALENDAR("monthly", "months", "month"),
    CALENDAR("quarterly", "3 months", "quarter"),
    CALENDAR("yearly", "years", "year"),
    { "op.join", "x, y, op, join = \"inner\", fill = NaN", "x=Z y=Z join=S fill=DS", 0, NULL,
      "Arithmetic of two series on the times that merge() would give them: those they share, or with join = \"outer\", "
      "\"left\" or \"right\" others, where 'fill' stands for missing rows (\"locf\": the last row before).",
      SERIES "op.join(z, z[2:6, ] * 10, \"+\")", op_join_source },
    { "lag", "x, k = 1", "x=Z k=D", 0, NULL,
      "The series with every row k rows later; the first rows are NaN.", SERIES "lag(z)", "{ move(x, k) }" },
    { "lead", "x, k = 1", "x=Z k=D", 0, NULL,
      "The series with every row k rows earlier; the last rows are NaN.", SERIES "lead(z)",
      "{ move(x, -k) }" },
    { "index", "x", "x=Z", 0, NULL, "The times of a series: another name of zts.idx().", SERIES "index(z)",
      "{ zts.idx(x) }" },
    { "coredata", "x", "x=Z", 0, NULL, "The data of a series: another name of zts.data().",
      SERIES "coredata(z)", "{ zts.data(x) }" },
    { "first", "x, n = 1", "x=Z n=D", 0, NULL,
      "The first n rows of a series; all but those if n is negative.", SERIES "first(z, 2)",
      "{ if (n < 0) tail(x, n) else head(x, n) }" },
    { "last", "x, n = 1", "x=Z n=D", 0, NULL, "The last n rows of a series; all but those if n is negative.",
      SERIES "last(z, 2)", "{ if (n < 0) head(x, n) else tail(x, n) }" },
    { 0 },
};
