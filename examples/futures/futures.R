# One long series out of many short ones: contracts of a future, joined where one takes over from the other.
#
#     zplane run futures.R            in this folder

tz <- "America/New_York"
options(timezone = tz)

# The price of one contract is not the price of the next, so it is the daily changes that are joined: of each contract
# those from the roll before it (which holds the level that the first change starts from) to its own roll, both included.
# Accumulated, they give the profit of somebody who always held the contract of the day.
#
# `roll` is a matrix of instants with the names of the contracts.  rotate() turns the data and leaves the names where they
# are, so that each row of `iv` is the interval from the roll of the contract before to its own.
join_contracts <- function(data, roll) {
    iv <- interval(tail(rotate(roll, 1), -1), tail(roll, -1), eopen = FALSE)
    joined <- zts(as.time(NULL), matrix(0, 0, 1))
    for (c in rownames(iv)) rbind(--joined, tail(diff((data[[c]])[iv[c, ], "price"], 1), -1))
    cumsum(joined[, "price"])
}

cat("Three contracts:\n")
day  <- seq(|.2020-01-06 00:00:00 America/New_York.|, by = as.period("1d"), length.out = 6, tz = tz)
roll <- matrix(day[c(1, 3, 5)], 3, 1, dimnames = list(c("H7", "J7", "K7"), NULL))
price <- function(x) matrix(x, ncol = 1, dimnames = list(NULL, "price"))
data <- list(J7 = zts(day[1:4], price(c(100, 101, 103, 104))), K7 = zts(day[2:6], price(c(109, 110, 111, 115, 117))))
interval(tail(rotate(roll, 1), -1), tail(roll, -1), eopen = FALSE)
join_contracts(data, roll)

# ---- the Canadian dollar from 2017 to 2020: real expirations, generated prices
# The roll is five days before the expiration.
contracts <- read.csv("expiration.csv", type = "character")
expires   <- as.time(contracts[, 2])
names     <- contracts[, 1]
roll      <- matrix(`+`(expires, as.period("-5d"), tz), ncol = 1, dimnames = list(names, NULL))
cat("\n", length(names), " contracts, the first to roll:\n", sep = "")
head(roll, 4)

# A contract is worth the spot and what it costs to hold until the expiration: about 0.4 cents a year.
set.seed(7)
days  <- seq(|.2016-12-01 00:00:00 America/New_York.|, tail(expires, 1), by = as.period("1d"), tz = tz)
days  <- days[dayweek(days, tz) != 0 & dayweek(days, tz) != 6]
spot  <- 75 + cumsum(0.3 * rnorm(length(days)))
year  <- as.numeric(as.duration("24:00:00")) * 365
contract <- function(expiry) {
    alive <- days <= expiry & days > `+`(expiry, as.period("-6m"), tz)
    zts(days[alive], price(spot[alive] + 0.4 * as.numeric(expiry - days[alive]) / year))
}
data <- lapply(setNames(seq_along(names), names), \(i) contract(expires[i]))

joined <- join_contracts(data, roll)
head(joined)
tail(joined)

# Without jumps where the contract changes: the largest daily change of the joined series is one of a contract.
first <- zts.idx(joined)[1]
spots <- zts(days, price(spot))[zts.idx(joined), ]
cat("largest daily change:", round(max(abs(diff(as.vector(zts.data(joined))))), 3),
    " of the spot:", round(max(abs(diff(as.vector(zts.data(spots))))), 3), "\n")
