/* Functions on functions: the apply family, Reduce and its kin.
 *
 * They call functions of the user, so they are written in the language (the `source` of their rows): a call never
 * nests on the C stack and can be interrupted or wait.  What costs per element or needs to look inside values
 * is done by hidden helpers, those of functional_*.c.
 *
 * The recurring pattern: a list is made at once, element i is replaced in place unless the result is NULL. */
#include "builtin/tables.h"
#include "lang/machine.h"

static zp_status bi_identity(zp_call *c)
{
    c->out = zp_value_move(&c->argv[0]);
    return ZP_OK;
}

static zp_status bi_formal_names(zp_call *c)
{
    zp_value f = c->argv[0];
    const zp_code *code = f.type == ZP_CLO ? ((zp_closure *)f.u.obj)->code : NULL;

    if (!code)
        return zp_fail_call(c, "'vectorize.args' is for functions written in the language");
    c->out = zp_vec(ZP_STR, code->nformals, c->err);
    for (uint32_t i = 0; !zp_bad(c->out) && i < code->nformals; i++)
        zp_str_put(c->out, i, zp_str_ref(code->vars[i]));
    return zp_done(!zp_bad(c->out));
}

#define EACH(expr)                                      \
    "n <- length(X); r <- vector(\"list\", n); i <- 0;" \
    "while (i < n) { i <- i + 1; v <- " expr "; if (!is.null(v)) r[[i]] <- v };"

static const char simplified_source[] = "if (isTRUE(simplify)) .simplify(r)"
                                        " else if (isFALSE(simplify)) r"
                                        " else if (identical(simplify, \"array\")) .simplify(r, TRUE)"
                                        " else stop(\"simplify must be TRUE, FALSE or \\\"array\\\"\")";

#define LAPPLY "FUN <- match.fun(FUN);" EACH("FUN(X[[i]], ...)")

static const char sapply_source[] = "{" LAPPLY " r <- .named(r, X, USE.NAMES);"
                                    " .simplified(r, simplify) }";

static const char vapply_source[] = "{ FUN <- match.fun(FUN);" EACH(
    ".vapply.check(FUN(X[[i]], ...), FUN.VALUE, i)") " .vapply.join(r, FUN.VALUE, X, USE.NAMES) }";

static const char mapply_source[] = "{ FUN <- match.fun(FUN);"
                                    "  dots <- list(...);"
                                    "  n <- .mapply.count(dots); r <- vector(\"list\", n); i <- 0;"
                                    "  while (i < n) {"
                                    "    i <- i + 1;"
                                    "    v <- do.call(FUN, .mapply.args(dots, i, MoreArgs));"
                                    "    if (!is.null(v)) r[[i]] <- v"
                                    "  };"
                                    "  if (USE.NAMES && length(dots)) r <- .named(r, dots[[1]], TRUE);"
                                    "  .simplified(r, SIMPLIFY) }";

static const char apply_source[] =
    "{ FUN <- match.fun(FUN);"
    "  X <- .apply.data(X);"
    "  n <- .apply.count(X, MARGIN);"
    "  if (n == 0) return(.apply.none(FUN(.apply.cell(X, MARGIN, 0), ...), X, MARGIN));"
    "  r <- vector(\"list\", n); i <- 0;"
    "  while (i < n) {"
    "    i <- i + 1;"
    "    v <- FUN(.apply.cell(X, MARGIN, i), ...);"
    "    if (!is.null(v)) r[[i]] <- v"
    "  };"
    "  if (simplify) .apply.join(r, X, MARGIN) else .apply.list(r, X, MARGIN) }";

static const char reduce_source[] =
    "{ f <- match.fun(f);"
    "  n <- length(x); given <- !missing(init); extra <- if (given) 1 else 0;"
    "  if (n == 0 && !given) return(NULL);"
    "  if (!given) init <- x[[if (right) n else 1]];"
    "  i <- if (right) n + extra else 2 - extra;" /* the position before which, or at which, work begins */
    "  last <- n;"
    "  if (!accumulate) {"
    "    if (right) while (i > 1) { i <- i - 1; init <- f(x[[i]], init) }"
    "    else while (i <= last) { init <- f(init, x[[i]]); i <- i + 1 };"
    "    return(init)"
    "  };"
    "  m <- n + extra; out <- vector(\"list\", m); k <- if (right) m else 1;"
    "  if (!is.null(init)) out[[k]] <- init;"
    "  if (right) while (i > 1) {"
    "    i <- i - 1; k <- k - 1; init <- f(x[[i]], init); if (!is.null(init)) out[[k]] <- init"
    "  } else while (i <= last) {"
    "    init <- f(init, x[[i]]); i <- i + 1; k <- k + 1; if (!is.null(init)) out[[k]] <- init"
    "  };"
    "  .unlist.single(out) }";

static const char tapply_source[] =
    "{ FUN <- match.fun(FUN);"
    "  if (is.list(INDEX) && length(INDEX) == 1) INDEX <- INDEX[[1]];"
    "  if (is.list(INDEX)) return(.tapply.table(X, INDEX, FUN, ...));"
    "  g <- .groups(INDEX, length(X));"
    "  n <- length(g); if (n == 0) return(logical(0));"
    "  r <- vector(\"list\", n); i <- 0;"
    "  while (i < n) { i <- i + 1; v <- FUN(X[g[[i]]], ...); if (!is.null(v)) r[[i]] <- v };"
    "  .named(if (simplify) .unlist.single(r, FALSE) else r, g, FALSE) }";

/* Several keys: cell (i, j, ...) of the array belongs to the i-th group of the first, the j-th of the second ... */
static const char tapply_table_source[] =
    "{ n <- length(X); d <- numeric(0); labels <- vector(\"list\", length(INDEX)); cell <- rep(1, n); step <- 1;"
    "  for (k in seq_along(INDEX)) {"
    "    g <- .groups(INDEX[[k]], n); labels[[k]] <- names(g);"
    "    for (i in seq_along(g)) cell[g[[i]]] <- cell[g[[i]]] + (i - 1) * step;"
    "    d <- c(d, length(g)); step <- step * length(g)"
    "  };"
    "  r <- NULL;"
    "  for (i in seq_len(step)) {"
    "    at <- which(cell == i); if (length(at) == 0) next;"
    "    v <- FUN(X[at], ...);"
    "    if (length(v) != 1 || is.list(v))"
    "      stop(\"with several keys FUN must give one value for each group: there are no arrays of lists\");"
    "    if (is.null(r)) {"
    "      if (!is.double(v) && length(unique(cell)) < step)"
    "        stop(\"some groups are empty, and the only missing value is NaN: FUN must give numbers\");"
    "      r <- array(if (is.double(v)) NaN else v, d, labels)"
    "    };"
    "    r[i] <- v"
    "  };"
    "  r }";

static const char rapply_source[] =
    "{ f <- match.fun(f); how <- match.arg(how, c(\"unlist\", \"replace\", \"list\"));"
    "  walk <- function(x) {"
    "    r <- x;"
    "    for (i in seq_along(x)) {"
    "      v <- x[[i]];"
    "      new <- if (is.list(v)) walk(v)"
    "        else if (identical(classes, \"ANY\") || class(v)[1] %in% classes) f(v, ...)"
    "        else if (how == \"replace\") v else deflt;"
    "      if (is.null(new)) r[i] <- list(NULL) else r[[i]] <- new"
    "    };"
    "    r };"
    "  if (!is.list(object)) stop(\"'object' must be a list\");"
    "  r <- walk(object); if (how == \"unlist\") unlist(r) else r }";

static const char vectorize_source[] =
    "{ FUN <- match.fun(FUN); formals <- if (!is.null(vectorize.args)) .formal.names(FUN);"
    "  if (any(!(vectorize.args %in% formals))) stop(\"must specify names of formal arguments for 'vectorize'\");"
    "  function(...) {"
    "    if (...length() == 0) return(FUN());"
    "    if (is.null(formals)) return(mapply(FUN = FUN, ..., SIMPLIFY = SIMPLIFY, USE.NAMES = USE.NAMES));"
    "    args <- list(...); tags <- names(args); if (is.null(tags)) tags <- rep(\"\", length(args));"
    "    free <- setdiff(formals, tags); bare <- which(tags == \"\"); k <- seq_len(min(length(bare), length(free)));"
    "    tags[bare[k]] <- free[k]; names(args) <- tags; each <- tags %in% vectorize.args;"
    "    if (!any(each)) return(do.call(FUN, args));"
    "    do.call(mapply, c(list(FUN = FUN), args[each],"
    "      list(MoreArgs = args[!each], SIMPLIFY = SIMPLIFY, USE.NAMES = USE.NAMES))) } }";

static const char outer_source[] = "{ if (is.character(FUN) && identical(FUN, \"*\")) return(X %o% Y);"
                                   "  FUN <- match.fun(FUN);"
                                   "  .outer.shape(FUN(.outer.x(X, Y), .outer.y(X, Y), ...), X, Y) }";

const zp_builtin zp_builtins_functional[] = {
    { "lapply", "X, FUN, ...", "", 0, NULL,
      "Calls FUN for every element of X (a vector, array or list; further arguments are passed on) and gives the list "
      "of the results, with the names of X.",
      "lapply(1:3, function(x) x * 2)", "{" LAPPLY " .named(r, X, FALSE) }" },
    { "sapply", "X, FUN, ..., simplify = TRUE, USE.NAMES = TRUE", "", 0, NULL,
      "As lapply, but results of length 1 become a vector, results of equal length the columns of a matrix "
      "(with simplify = \"array\" matrices the layers of an array). Elements of a character vector without names serve as "
      "names.",
      "sapply(c(\"a\", \"bb\"), nchar)", sapply_source },
    { "vapply", "X, FUN, FUN.VALUE, ..., USE.NAMES = TRUE", "", 0, NULL,
      "As sapply, but every result must have the type and length of FUN.VALUE.",
      "vapply(1:3, function(i) i * 2, numeric(1))", vapply_source },
    { "mapply", "FUN, ..., MoreArgs = NULL, SIMPLIFY = TRUE, USE.NAMES = TRUE", "", 0, NULL,
      "Calls FUN with the first elements of all vectors in `...`, then with the second ones, and so on; vectors of one "
      "element are repeated. MoreArgs: a list of further arguments for every call.",
      "mapply(function(x, y) x + y, 1:3, 4:6)", mapply_source },
    { "Map", "f, ...", "", 0, NULL, "As mapply, but the result is always a list.", "Map(`+`, 1:2, 3:4)",
      "{ f <- match.fun(f); mapply(FUN = f, ..., SIMPLIFY = FALSE) }" },
    { "apply", "X, MARGIN, FUN, ..., simplify = TRUE", "simplify=L", 0, NULL,
      "Calls FUN for every row (MARGIN = 1), every column (2), or every combination of several dimensions of a matrix, "
      "array or series. `simplify = FALSE` leaves the results of one margin in a list.",
      "apply(matrix(1:4, 2), 1, sum)", apply_source },
    { "outer", "X, Y, FUN = \"*\", ...", "", 0, NULL,
      "FUN of every element of X with every element of Y: an array with the dimensions of X followed by those of Y. "
      "FUN is called once, with vectors of equal length.",
      "outer(1:3, 1:2, \"+\")", outer_source },
    { "Reduce", "f, x, [init], right = FALSE, accumulate = FALSE", "", 0, NULL,
      "Combines the elements of x with the function f of two arguments, from the left (or the right), starting with "
      "init if given; accumulate = TRUE gives all intermediate results.",
      "Reduce(`+`, 1:5, accumulate = TRUE)", reduce_source },
    { "Filter", "f, x", "", 0, NULL, "The elements of x for which f is TRUE.",
      "Filter(function(x) x > 1, 1:3)",
      "{ f <- match.fun(f); if (is.null(x)) NULL else x[.which.true(lapply(x, f))] }" },
    { "Find", "f, x, right = FALSE, nomatch = NULL", "right=L", 0, NULL,
      "The first (`right`: the last) element of x for which f is TRUE, or `nomatch`.",
      "Find(function(x) x > 1, 1:3)", "{ i <- Position(f, x, right, 0); if (i > 0) x[[i]] else nomatch }" },
    { "Position", "f, x, right = FALSE, nomatch = NaN", "right=L", 0, NULL,
      "The position of the first (`right`: the last) element of x for which f is TRUE, or `nomatch`.",
      "Position(function(x) x > 1, 1:3)",
      "{ f <- match.fun(f); n <- length(x); i <- 0;"
      " while (i < n) { i <- i + 1; k <- if (right) n + 1 - i else i; if (f(x[[k]])) return(k) }; nomatch }" },
    { "Negate", "f", "", 0, NULL, "A function that gives the opposite of the truth value f gives.",
      "Negate(is.null)(1)", "{ f <- match.fun(f); function(...) !f(...) }" },
    { "Vectorize", "FUN, vectorize.args = NULL, SIMPLIFY = TRUE, USE.NAMES = TRUE", "vectorize.args=S0", 0,
      NULL,
      "A function that calls FUN for every element of its arguments (or only of those called vectorize.args) and joins the results "
      "as mapply does.",
      "Vectorize(function(a, b) max(a, b))(1:3, 2)", vectorize_source },
    { "identity", "x", "", ZP_BI_UNREAD, bi_identity, "Its argument.", "identity(5)", NULL },
    { "force", "x", "", 0, bi_identity,
      "Its argument: arguments are evaluated before the body runs, so nothing is left to do.",
      "(function(x) { force(x); function() x })(5)()", NULL },
    { "sweep", "x, MARGIN, STATS, FUN = \"-\"", "", 0, NULL,
      "Takes a statistic out of every row (MARGIN = 1) or column (2) of an array: FUN(x, STATS laid out as x).",
      "sweep(matrix(1:4, 2), 2, c(1, 3))",
      "{ FUN <- match.fun(FUN); FUN(x, .sweep.stats(x, MARGIN, STATS)) }" },
    { "ave", "x, [g], FUN = mean", "", 0, NULL,
      "Every element of x replaced by FUN of its group; g tells the group of each element.",
      "ave(c(1, 2, 3, 4), c(\"a\", \"a\", \"b\", \"b\"))",
      "{ FUN <- match.fun(FUN);"
      "  if (missing(g)) { r <- x[]; r[] <- FUN(x); return(r) };"
      "  r <- x[]; for (k in .groups(g, length(x))) r[k] <- FUN(x[k]); r }" },
    { "tapply", "X, INDEX, FUN, ..., simplify = TRUE", "simplify=L", 0, NULL,
      "Calls FUN for every group of elements of X; INDEX tells the group of each. A vector named by the groups when "
      "every result has length 1 (unless `simplify` is FALSE), else a list. A list of several keys gives an array with a dim "
      "for each, NaN where there is no element.",
      "tapply(1:4, c(\"a\", \"b\", \"a\", \"b\"), sum)", tapply_source },
    { ".tapply.table", "X, INDEX, FUN, ...", "INDEX=l", ZP_BI_HIDDEN, NULL, "tapply by several keys.", "",
      tapply_table_source },
    { ".formal.names", "f", "f=f", ZP_BI_HIDDEN, bi_formal_names, "The names of the formals of a function.",
      "", NULL },
    { ".simplified", "r, simplify", "r=l", ZP_BI_HIDDEN, NULL,
      "Results simplified as sapply and mapply are told.", "", simplified_source },
    { "rapply", "object, f, classes = \"ANY\", deflt = NULL, how = \"unlist\", ...", "classes=S how=S", 0,
      NULL,
      "Calls f for every element of a list that is no list itself, at any depth, and is of one of the classes. `how`: \"unlist\" "
      "and \"list\" put `deflt` in the place of the others, \"replace\" leaves them alone.",
      "rapply(list(1, list(4, \"a\")), sqrt, classes = \"numeric\")", rapply_source },
    { 0 },
};
