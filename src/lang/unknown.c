/* unknown: names an R user may type, and the hint that answers them. */
#include "lang/unknown.h"

#include <stddef.h>
#include <string.h>

static const struct {
    const char *names; /* separated by blanks */
    const char *hint;
} hints[] = {
    { "NA NA_real_ NA_integer_ NA_character_ NA_logical_", "there is no NA: the missing number is NaN" },
    { "library require requireNamespace loadNamespace suppressPackageStartupMessages attachNamespace",
      "there are no packages: everything is loaded already" },
    { "factor levels as.factor is.factor droplevels interaction relevel ordered",
      "there are no factors: group by numbers or strings (tapply, split, table)" },
    { "data.frame as.data.frame is.data.frame expand.grid within with aggregate",
      "there are no data frames: use a matrix with column names, a list of vectors, or a zts" },
    { "quote substitute eval parse expression match.call deparse bquote as.name as.call as.symbol call body formals "
      "evalq sys.call sys.function",
      "code is no value here: use functions" },
    { "environment new.env globalenv parent.frame sys.frame emptyenv as.environment environmentName parent.env",
      "environments are named: see ls, get, assign" },
    { "attr attributes attr<- attributes<- class<- structure UseMethod NextMethod setClass setMethod setGeneric new "
      "unclass oldClass methods isVirtualClass",
      "there are no classes or attributes other than names and dims" },
    { "Date POSIXct POSIXlt as.Date as.POSIXct as.POSIXlt Sys.Date strftime strptime difftime ISOdate ISOdatetime "
      "weekdays months julian",
      "use the time types: as.time, as.duration, as.period, format" },
    { "ts xts zoo as.xts as.zoo is.xts timeSeries coredata index",
      "use zts: zts(idx, data), zts.idx, zts.data" },
    { "bitwAnd bitwOr bitwXor bitwNot bitwShiftL bitwShiftR", "there are no integers to take bits of" },
    { "as.complex complex is.complex Conj polyroot",
      "there are no complex numbers: fft gives columns Re and Im" },
    { "raw as.raw is.raw charToRaw rawToChar", "there is no raw type" },
    { "file readLines readRDS saveRDS scan read.table readline writeLines url textConnection close open save "
      "write.table sink dput dget",
      "use read.csv, write.csv, load, cat(file=)" },
    { "plot lines points hist barplot boxplot abline legend par pdf png dev.off curve pie pairs",
      "there are no graphics here" },
    { "lm glm anova predict nls loess aov t.test wilcox.test", "use lm.fit" },
    { "noquote", "use print(x, quote = FALSE)" },
    { "complete.cases", "use is.nan: x[!is.nan(x)], or na.omit" },
    { "regexec gregexec agrep", "use regmatches with regexpr or gregexpr" },
    { "strtrim", "use substr" },
    { "rapply", "use lapply, unlist" },
    { "dgamma pgamma qgamma dbeta pbeta qbeta dlnorm plnorm qlnorm dweibull pweibull qweibull dlogis plogis qlogis dcauchy "
      "pcauchy qcauchy dgeom pgeom qgeom dhyper phyper qhyper dnbinom pnbinom qnbinom",
      "the distributions are norm, unif, exp, t, chisq, f, binom, pois" },
    { "rt rchisq rf rgamma rbeta rlnorm rweibull rlogis rcauchy rgeom rhyper rnbinom rmultinom",
      "draws come from runif, rnorm, rexp, rbinom, rpois, sample" },
    { "arima arma ar HoltWinters stl decompose StructTS forecast auto.arima garch",
      "there are no models of series: see ewma, filter, rollapply, lm.fit" },
    { "acf pacf ccf", "use cor with lag, or rollcor" },
    { "kmeans hclust dist cutree prcomp princomp cmdscale", "use svd, eigen" },
    { "cor.test shapiro.test chisq.test ks.test var.test binom.test prop.test fisher.test",
      "there are no tests: see pnorm, pt, pchisq, pf" },
    { "density ecdf stem", "use quantile, table, findInterval" },
    { "nlm nlminb optimHess constrOptim", "use optim, optimize" },
    { "list.files unlink file.remove file.create file.copy file.rename dir.create getwd setwd normalizePath path.expand tempfile",
      "files are reached by read.csv, write.csv, load, file.exists" },
    { "traceback browser debug undebug debugonce trace", "errors show where they happened" },
    { "is.environment is.primitive is.symbol is.name is.call is.expression", "see typeof" },
    { "storage.mode storage.mode<- mode<-", "see typeof, as.vector(x, mode)" },
    { "levels<- is.na<- length<-", "there is no such replacement: assign to x[i]" },
    { "max.col slice.index arrayInd", "use apply, which(arr.ind = TRUE), row, col" },
    { "is.integer as.single", "there is no integer type: numbers are doubles" },
    { "on.exit withCallingHandlers signalCondition simpleCondition restartable invokeRestart",
      "use tryCatch(..., finally = )" },
    { "Encoding iconv enc2utf8", "strings are UTF-8" },
    { "merge.data.frame array2DF", "use cbind, rbind, merge of series" },
};

const char *zp__unknown_hint(const char *name)
{
    size_t len = strlen(name);

    for (size_t i = 0; i < sizeof(hints) / sizeof(hints[0]); i++)
        for (const char *p = hints[i].names; p && *p; p = strchr(p, ' '), p = p ? p + 1 : p) {
            const char *end = strchr(p, ' ');
            size_t n = end ? (size_t)(end - p) : strlen(p);
            if (n == len && memcmp(p, name, n) == 0)
                return hints[i].hint;
        }
    return NULL;
}
