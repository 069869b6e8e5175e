# The rows of a series that lie in the hours of the market, without weekends.
#
#     zplane run market_hours.R       in this folder

tz <- "America/New_York"
options(timezone = tz)

# Midnights from the first day to the last.  Steps are periods: a day is as long as the calendar of the zone says.
days <- function(first, last) seq(first, last, by = as.period("1d"), tz = tz)

# The market opens at 9:30 and closes at 16:00, and a trade at 16:00:00 sharp still counts: the end is closed.
# Saturdays and Sundays are taken out as whole days.
market_hours <- function(d) {
    open <- interval(`+`(d, as.period("/09:30:00"), tz), `+`(d, as.period("/16:00:00"), tz), eopen = FALSE)
    we   <- d[dayweek(d, tz) == 6 | dayweek(d, tz) == 0]
    setdiff(open, interval(we, `+`(we, as.period("1d"), tz)))
}

cat("From Friday to Monday:\n")
d <- days(|.2015-01-02 00:00:00 America/New_York.|, |.2015-01-05 00:00:00 America/New_York.|)
h <- as.duration(c("09:00:00", "09:30:00", "12:00:00", "16:00:00", "16:00:01"))
z <- zts(c(d[1] + h, d[2] + h, d[3] + h, d[4] + h), matrix(1:20))
keep <- market_hours(d)
keep
z[keep, ]

# ---- a year of one row a minute
cat("\nA year of minutes:\n")
d    <- days(|.2015-01-01 00:00:00 America/New_York.|, |.2015-12-31 00:00:00 America/New_York.|)
keep <- market_hours(d)
t    <- seq(d[1], `+`(d[365], as.period("1d"), tz) - as.duration(1), by = as.duration("00:01:00"))
z    <- zts(t, matrix(seq_along(t), ncol = 1, dimnames = list(NULL, "row")))
cat(nrow(z), "rows,", nrow(z[keep, ]), "in", length(keep), "sessions\n")

# Clocks are put forward on March 8: the market opens an hour earlier for those who live in UTC, not in New York.
march <- keep[interval.start(keep) %in% interval(|.2015-03-06 00:00:00 America/New_York.|, |.2015-03-10 00:00:00 America/New_York.|)]
march
print(march, tz = "UTC")

# What the data says about it: sessions are closed intervals of 391 minutes.
range(align(z, interval.end(keep) + as.duration(1), -as.duration("06:30:00.000_000_001"), method = "count"))

# Holidays are taken out in the same way.
holidays <- as.time(c("2015-07-03", "2015-11-26", "2015-12-25"), tz = tz)
keep <- setdiff(keep, interval(holidays, `+`(holidays, as.period("1d"), tz)))
cat(length(keep), "sessions without three holidays,", nrow(z[keep, ]), "rows\n")
