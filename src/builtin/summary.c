/* summary: what there is in an object, in a few numbers.
 *
 * The six quantities of R, at full precision: there is no class whose printing would round them.  Written in the
 * language, as it only puts together what quantile() and mean() give. */
#include "builtin/tables.h"

/* `six` is of plain numbers; of times and durations it takes how far they are from the least, which is exact to 2^53 ns. */
static const char summary_source[] =
    "{ labels <- c(\"Min.\", \"1st Qu.\", \"Median\", \"Mean\", \"3rd Qu.\", \"Max.\"); "
    "six <- function(v) { v <- as.vector(v); v <- v[!is.nan(v)]; "
    "q <- quantile(v, names = FALSE); r <- c(q[1:3], mean(v), q[4:5]); "
    "if (is.null(digits)) r else signif(r, digits) }; "
    "table <- function(m) { "
    "r <- sapply(seq_len(ncol(m)), function(j) six(m[, j])); "
    "if (ncol(m) == 0) r <- matrix(0, 6, 0); "
    "gone <- apply(is.nan(m), 2, sum); "
    "if (any(gone > 0)) { r <- rbind(r, gone); labels <- c(labels, \"NA's\") }; "
    "dimnames(r) <- list(labels, colnames(m)); r }; "
    "type <- typeof(object); d <- length(dim(object)); "
    "if (type == \"zts\" && d > 2) stop(\"'object' has more than two dimensions\"); "
    "if (type == \"zts\") return(table(as.matrix(zts.data(object)))); "
    "if (type == \"double\" && d == 2) return(table(object)); "
    "if (type == \"double\") { r <- setNames(six(object), labels); n <- sum(is.nan(object)); "
    "return(if (n > 0) c(r, \"NA's\" = n) else r) }; "
    "if ((type == \"duration\" || type == \"time\") && length(object)) { t <- as.vector(object); "
    "r <- min(t) + as.duration(six(as.numeric(t - min(t)))); r[6] <- max(t); return(setNames(r, labels)) }; "
    "if (type == \"logical\") { n <- c(\"FALSE\" = sum(!object), \"TRUE\" = sum(object)); "
    "return(c(Mode = \"logical\", setNames(as.character(n), names(n))[n > 0])) }; "
    "mode <- function(v) if (is.double(v)) \"numeric\" else if (is.function(v)) \"function\" else typeof(v); "
    "if (is.list(object) && length(object)) return(matrix(c(sapply(object, function(v) as.character(length(v))), "
    "rep(\"-none-\", length(object)), sapply(object, mode)), ncol = 3, "
    "dimnames = list(names(object), c(\"Length\", \"Class\", \"Mode\")))); "
    "c(Length = as.character(length(object)), Class = if (type == \"character\") type else if (is.null(object)) \"NULL\" else \"-none-\", "
    "Mode = mode(object)) }";

const zp_builtin zp_builtins_summary[] = {
    { "summary", "object, ..., digits = NULL", "digits=D0", 0, NULL,
      "Least, quartiles, median, mean and greatest of the numbers that are not NaN, and how many are (\"NA's\"); of a series or "
      "matrix one column for each of its columns. Times and durations are summed up likewise, of logicals the values are "
      "counted, of anything else length and type are told. `digits` rounds to so many significant digits.",
      "summary(c(1, 5, 2, NaN, 8))", summary_source },
    { 0 },
};
