# Daily prices of three companies, from their listing on, adjusted for splits and dividends.
#
#     zplane run adjust.R            in this folder
#     zplane run adjust.R 2010       yearly returns from 2010 on

zone <- "America/New_York"
options(timezone = zone)
since <- if (length(commandArgs(trailingOnly = TRUE))) as.numeric(commandArgs(trailingOnly = TRUE)[1]) else 2007

# Dates become instants: midnight in New York.
load_prices <- function(symbol)
    read.csv(paste0("data/", symbol, ".csv"), format = "%Y-%m-%d", tz = zone)

# A dividend takes its share of the close of the day before; a split divides.  Both act on all earlier prices: the
# factors are accumulated from the last one backwards, and op.zts applies each to the rows before it.
adjusted <- function(z) {
    close    <- z[, "Close"]
    dividend <- z[zts.data(z)[, "Ex-Dividend"] != 0, "Ex-Dividend"]
    split    <- z[zts.data(z)[, "Split Ratio"] != 1, "Split Ratio"]
    before   <- align(move(close, 1), zts.idx(dividend))
    op.zts(cumprod(1 / split, rev = TRUE), op.zts(cumprod(1 - dividend / before, rev = TRUE), close, "*"), "*")
}

# The last close of every year, and what a year brought.
yearly_returns <- function(close) {
    last   <- endpoints(close, "year", tz = zone)[-1]
    prices <- as.vector(zts.data(close)[last, ])
    years  <- year(zts.idx(close)[last], zone)
    setNames(100 * (prices[-1] / prices[-length(prices)] - 1), as.character(years[-1]))
}

symbols <- c("AAPL", "MSFT", "XOM")
raw     <- lapply(setNames(symbols, symbols), load_prices)
close   <- lapply(raw, adjusted)

for (s in symbols) {
    z    <- raw[[s]]
    gone <- abs(zts.data(close[[s]]) / zts.data(z[, "Adj. Close"]) - 1)
    cat(sprintf("%-4s %6d days since %s, %2d splits, %3d dividends; adjusted close within %.4f %% of the published one\n", s,
                nrow(z), substr(as.character(zts.idx(z)[1]), 1, 10), sum(zts.data(z)[, "Split Ratio"] != 1),
                sum(zts.data(z)[, "Ex-Dividend"] != 0), 100 * max(gone)))
}

cat("\nYearly returns, in percent, dividends included:\n")
returns <- sapply(close, function(x) { r <- yearly_returns(x); r[as.numeric(names(r)) >= since] })
round(returns, 1)

cat("\nThe last adjusted closes:\n")
last <- merge(close$AAPL, close$MSFT, close$XOM)
colnames(last) <- symbols
tail(last, 5)

cat("\nWhat 100 dollars became since the end of 2006, dividends put in again:\n")
value_at <- function(x, when) as.vector(zts.data(tail(x[zts.idx(x) <= when, ], 1)))
start <- as.time(paste("2006-12-31 00:00:00", zone))
round(100 * sapply(close, function(x) value_at(x, tail(zts.idx(x), 1)) / value_at(x, start)))

cat("\nNext, in examples/prices:\n",
    "  ../../build/zplane                    the console; help() explains\n",
    "  source(\"adjust.R\")                    this program, there\n",
    "  tail(rollmean(close$AAPL, 200), 3)    a moving average\n",
    "  tail(diff(log(close$XOM)), 3)         daily returns\n", sep = "")
