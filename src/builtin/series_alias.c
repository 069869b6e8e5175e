/* Names that xts and zoo have for what series can do.
 *
 * Only where the meaning is the same; written in the language in terms of our own.  What depends on the calendar takes
 * its zone as an argument, as a series has none. */
#include "builtin/tables.h"

/* Runs of more than `maxgap` NaN stay. */
static const char na_locf_source[] =
    "{ turned <- function(v) if (!fromLast) v else if (length(dim(v)) > 1) v[rev(seq_len(nrow(v))), , drop = FALSE] else rev(v); "
    "d <- if (is.zts(x)) zts.data(x) else x; "
    "if (length(dim(d)) > 2) stop(\"'x' has more than two dimensions\"); "
    "r <- if (length(d)) turned(locf(turned(d), NROW(d))) else d; "
    "long <- function(v) { g <- rle(is.nan(v)); "
    "inverse.rle(list(lengths = g$lengths, values = g$values & g$lengths > maxgap)) }; "
    "if (maxgap < NROW(d)) { if (length(dim(d)) == 2) { for (j in seq_len(ncol(d))) r[long(d[, j]), j] <- NaN } "
    "else r[long(as.vector(d))] <- NaN }; "
    "if (is.zts(x)) r <- zts(zts.idx(x)[], r); if (na.rm) na.omit(r) else r }";

static const char na_omit_source[] =
    "{ d <- length(dim(object)); if (d > 2) stop(\"'object' has more than two dimensions\"); "
    "v <- if (is.zts(object)) zts.data(object) else object; "
    "if (d == 2) object[apply(is.nan(v), 1, sum) == 0, , drop = FALSE] else object[!is.nan(as.vector(v))] }";

static const char na_approx_source[] =
    "{ r <- interpolate(object); "
    "if (!na.rm || nrow(r) == 0) return(r); "
    "v <- is.nan(zts.data(r)); d <- length(dim(r)); "
    "k <- which(if (d == 2) apply(v, 1, sum) < ncol(r) else !as.vector(v)); "
    "k <- if (length(k)) k[1]:k[length(k)] else numeric(0); "
    "if (d == 2) r[k, ] else r[k] }";

static const char to_period_source[] =
    "{ on <- paste(k, period); e <- endpoints(x, period, k, tz = tz); n <- length(e); "
    "if (n == 1) return(x); "
    "lo <- e[-n] + 1; hi <- e[-1]; "
    "if (length(dim(x)) > 2) stop(\"'x' has more than two dimensions\"); "
    "names <- if (is.null(colnames(x))) character(0) else tolower(colnames(x)); "
    "d <- as.matrix(zts.data(x)); "
    "column <- function(name) { i <- match(name, names); if (is.nan(i)) 1 else i }; "
    "at <- function(name, rows) d[rows, column(name)]; "
    "each <- function(name, what) as.vector(zts.data(bars(x, on, tz = tz, price = column(name))[, what])); "
    "r <- cbind(Open = at(\"open\", lo), High = each(\"high\", \"high\"), Low = each(\"low\", \"low\"), Close = at(\"close\", hi)); "
    "if (\"volume\" %in% names) r <- cbind(r, Volume = each(\"volume\", \"sum\")); "
    "rownames(r) <- NULL; zts(zts.idx(x)[hi], r) }";

#define SERIES \
    "z <- zts(seq(|.2021-01-01 00:00:20 UTC.|, by = as.duration(\"08:00:00\"), length.out = 6), c(1, 3, NaN, 2, NaN, 5)); "

#define PERIOD(name, what)                                                    \
    {                                                                         \
        "period." name, "x, INDEX", "x=Z INDEX=D", 0, NULL,                   \
            what " of the rows between the positions in INDEX.",              \
            SERIES "period." name "(z, endpoints(z, \"day\", tz = \"UTC\"))", \
            "{ period.apply(x, INDEX, " name ") }"                            \
    }

#define TO(name, unit)                                                                              \
    {                                                                                               \
        "to." name, "x, k = 1, tz = NULL", "x=Z k=D tz=S0", 0, NULL,                                \
            "Open, high, low and close of every " unit                                              \
            " (or k of them) that has rows: to.period() by the " unit ".",                          \
            SERIES "to." name "(na.omit(z), tz = \"UTC\")", "{ to.period(x, \"" unit "\", k, tz) }" \
    }

const zp_builtin zp_builtins_series_alias[] = {
    { "xts", "x, order.by", "x=D order.by=T", 0, NULL,
      "The series of the data 'x' at the times 'order.by': zts(order.by, x).",
      "xts(1:2, |.2021-01-01 00:00:00 UTC.| + as.duration(1e9) * 0:1)", "{ zts(order.by, x) }" },
    { "start", "x", "x=TZ", 0, NULL, "The first time of a series.", SERIES "start(z)",
      "{ t <- if (is.zts(x)) zts.idx(x) else x; if (length(t) == 0) stop(\"'x' has no rows\"); t[1] }" },
    { "end", "x", "x=TZ", 0, NULL, "The last time of a series.", SERIES "end(z)",
      "{ t <- if (is.zts(x)) zts.idx(x) else x; if (length(t) == 0) stop(\"'x' has no rows\"); t[length(t)] }" },
    { "window", "x, start = NULL, end = NULL", "x=Z start=T0 end=T0", 0, NULL,
      "The rows of a series from the time 'start' to 'end', both included.",
      SERIES "window(z, start = zts.idx(z)[5])",
      "{ if (nrow(x) == 0) return(x); t <- zts.idx(x); s <- if (is.null(start)) t[1] else start; "
      "e <- if (is.null(end)) t[length(t)] else end; d <- length(dim(x)); "
      "if (d > 2) stop(\"'x' has more than two dimensions\"); "
      "k <- if (e < s) numeric(0) else interval(s, e, eopen = FALSE); if (d == 2) x[k, ] else x[k] }" },
    { "align.time", "x, n = 60", "x=Z n=D+U", 0, NULL,
      "The series with each time moved to the next multiple of 'n' seconds (or of a duration); two rows must not meet.",
      SERIES "align.time(z)",
      "{ if (!is.duration(n)) n <- as.duration(1e9) * n; b <- .buckets(x, n, NULL, \"end\", FALSE); "
      "zts(rep(b[[1]], b[[3]] - b[[2]] + 1), zts.data(x)) }" },
    { "na.locf", "x, na.rm = FALSE, fromLast = FALSE, maxgap = Inf", "x=DZ na.rm=L fromLast=L maxgap=D", 0,
      NULL,
      "NaN cells take the last number above them (with 'fromLast' the next one below). Runs of more than 'maxgap' stay; with "
      "'na.rm' rows that still have NaN are left out.",
      "na.locf(c(1, NaN, NaN, 4))", na_locf_source },
    { "na.omit", "object", "object=DZ", 0, NULL,
      "What has no NaN: the numbers of a vector, the rows of a matrix or series.", SERIES "na.omit(z)",
      na_omit_source },
    { "na.fill", "object, fill", "object=DZ fill=D", 0, NULL, "NaN cells are replaced by the number 'fill'.",
      SERIES "na.fill(z, 0)",
      "{ if (length(fill) != 1) stop(\"'fill' must be one number\"); "
      "if (is.zts(object)) { d <- zts.data(object); d[is.nan(d)] <- fill; zts(zts.idx(object)[], d) } "
      "else { if (is.locked(object)) object <- object[, drop = FALSE]; object[is.nan(object)] <- fill; object } }" },
    { "na.approx", "object, na.rm = TRUE", "object=Z na.rm=L", 0, NULL,
      "NaN cells on the straight line between the numbers around them: interpolate(); with 'na.rm' without the rows at both ends "
      "that have no number.",
      SERIES "na.approx(z)", na_approx_source },
    PERIOD("sum", "Sum"),
    PERIOD("prod", "Product"),
    PERIOD("min", "Minimum"),
    PERIOD("max", "Maximum"),
    { "to.period", "x, period = \"month\", k = 1, tz = NULL", "x=Z period=S k=D tz=S0", 0, NULL,
      "Open, high, low and close of the first column (of the columns open, high, low and close if there are such, and the sum of "
      "the column volume) in every 'period', or k of them; each row has the time of the last one in it. Other labels, means and "
      "counts: bars().",
      SERIES "to.period(na.omit(z), \"day\", tz = \"UTC\")", to_period_source },
    TO("minutes", "minute"),
    TO("hourly", "hour"),
    TO("daily", "day"),
    TO("weekly", "week"),
    TO("monthly", "month"),
    TO("quarterly", "quarter"),
    TO("yearly", "year"),
    { 0 },
};
