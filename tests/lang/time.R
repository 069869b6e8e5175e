# Times, durations, periods, intervals: reading, showing, taking apart, rounding.

# ---- literals and text
|.2021-07-01 09:30:00 Europe/Paris.|  # expect: [1] 2021-07-01 07:30:00 UTC
|.2021-07-01 09:30:00.25 Europe/Paris.|  # expect: [1] 2021-07-01 07:30:00.250000000 UTC
|.  2021-07-01   09:30:00  Etc/GMT+5 .|  # expect: [1] 2021-07-01 14:30:00 UTC
|+2021-07-01 09:30:00 UTC -> 2021-07-01 16:00:00 UTC-|  # expect: [1] +2021-07-01 09:30:00 UTC -> 2021-07-01 16:00:00 UTC-
as.time("2021-3-7 6:5:4 UTC")  # expect: [1] 2021-03-07 06:05:04 UTC
as.time("2021-03-14 02:30:00 America/New_York")  # expect error: datetime is not representable
as.time("2021-11-07 01:30:00 America/New_York")  # expect error: datetime is ambiguous
as.time("2021-07-01 10:00:00")  # expect error: timezone must be specified
as.time("2021-07-01 10:00:00 UTC garbage")  # expect error: invalid date format
as.time("2021-02-30 10:00:00 UTC")  # expect error: day is not valid for month
as.time("2300-01-01 10:00:00 UTC")  # expect error: time out of range
as.time("01.07.2021 9h", format = "%d.%m.%Y %Hh", tz = "Asia/Tokyo")  # expect: [1] 2021-07-01 00:00:00 UTC
as.interval("+ 2021-07-01 09:30:00 UTC->2021-07-01 16:00:00 UTC -")  # expect: [1] +2021-07-01 09:30:00 UTC -> 2021-07-01 16:00:00 UTC-
as.duration(c("90", "1.5", "25:00:00.000_001", "-00:00:01"))  # expect: [1]         00:01:30     00:00:01.500 25:00:00.000_001        -00:00:01
as.period(c("1y2w3d", "-1m/00:00:30", "/36:00:00", "1w-1d"))  # expect: [1] 12m17d/00:00:00  -1m0d/00:00:30   0m0d/36:00:00   0m6d/00:00:00
c(|.2021-01-01 00:00:00 UTC.|, |.2021-01-01 00:00:00.5 UTC.|)  # expect: [1] 2021-01-01 00:00:00.000000000 UTC 2021-01-01 00:00:00.500000000 UTC
print(|.2021-07-01 12:00:00 UTC.|, tz = "America/Sao_Paulo")  # expect: [1] 2021-07-01 09:00:00 -03
print(|.2050-07-01 12:00:00 UTC.|, tz = "America/New_York")  # expect: [1] 2050-07-01 08:00:00 EDT
print(|.1850-07-01 12:00:00 UTC.|, tz = "America/New_York")  # expect: [1] 1850-07-01 07:03:58 LMT
print(|.2021-07-01 12:00:00 UTC.|, tz = "../etc/passwd")  # expect error: can't find timezone ../etc/passwd
as.duration(c(1, 1000, 1e6, 3.6e12))  # expect: [1] 00:00:00.000_000_001     00:00:00.000_001         00:00:00.001
#> [4]             01:00:00

# ---- constructors and parts
time(2021, 7, 1, 9, 30, tz = "Europe/Paris")  # expect: [1] 2021-07-01 07:30:00 UTC
time(c(2021, 2022), c(1, 2), c(3, 4), tz = c("UTC", "Asia/Tokyo"))  # expect: [1] 2021-01-03 00:00:00 UTC 2022-02-03 15:00:00 UTC
time(2021, 13, 1, tz = "UTC")  # expect error: month must be >= 1 and <= 12
time(2021, NaN, 1, tz = "UTC")  # expect error: argument cannot be 'NaN' or 'Inf'
time(2021, c(1, 2), 1, tz = "UTC")  # expect error: array size mismatch
nanotime(2021, 7, 1, 9, 30, 1, 5, tz = "UTC")  # expect: [1] 2021-07-01 09:30:01.000000005 UTC
interval(|.2021-07-01 09:30:00 UTC.|, duration = as.duration("06:30:00"))  # expect: [1] +2021-07-01 09:30:00 UTC -> 2021-07-01 16:00:00 UTC-
interval(c(a = |.2021-07-01 09:30:00 UTC.|, b = |.2021-07-02 09:30:00 UTC.|), duration = as.duration("06:30:00"), eopen = c(TRUE, FALSE))  # expect:                                                    a
#> +2021-07-01 09:30:00 UTC -> 2021-07-01 16:00:00 UTC-
#>                                                    b
#> +2021-07-02 09:30:00 UTC -> 2021-07-02 16:00:00 UTC+
interval(|.2021-07-01 09:30:00 UTC.|)  # expect error: 'end' or 'duration' must be specified
interval(|.2021-07-01 09:30:00 UTC.|, |.2021-06-01 09:30:00 UTC.|)  # expect error: interval end smaller than interval start
interval.start(|+2021-07-01 09:30:00 UTC -> 2021-07-01 16:00:00 UTC-|)  # expect: [1] 2021-07-01 09:30:00 UTC
nanoival.end(|+2021-07-01 09:30:00 UTC -> 2021-07-01 16:00:00 UTC-|)  # expect: [1] 2021-07-01 16:00:00 UTC
c(interval.sopen(|-2021-07-01 09:30:00 UTC -> 2021-07-01 16:00:00 UTC+|), interval.eopen(|-2021-07-01 09:30:00 UTC -> 2021-07-01 16:00:00 UTC+|))  # expect: [1]  TRUE FALSE
interval.start(as.interval(NULL))  # expect: time(0)
period(c(1, 2), 0)  # expect: [1] 1m0d/00:00:00 2m0d/00:00:00
period(1.9, -2.9, as.duration("00:00:30"))  # expect: [1] 1m-2d/00:00:30
period(3e9)  # expect error: period out of range
period.month(as.period("1y2m"))  # expect: [1] 14
period.day(as.period("1w2d"))  # expect: [1] 9
period.duration(as.period("1d/01:00:00"))  # expect: [1] 01:00:00
Sys.time() > |.2021-01-01 00:00:00 UTC.|  # expect: [1] TRUE

# ---- periods keep the wall clock
`+`(|.2021-03-13 09:30:00 America/New_York.|, as.period("1d"), "America/New_York")  # expect: [1] 2021-03-14 13:30:00 UTC
`+`(|.2021-11-07 00:30:00 America/New_York.|, as.period("/02:00:00"), "America/New_York")  # expect: [1] 2021-11-07 07:30:00 UTC
`+`(|.2021-01-31 00:00:00 UTC.|, as.period("1m"), "UTC")  # expect: [1] 2021-03-03 00:00:00 UTC
`-`(|.2021-03-31 00:00:00 UTC.|, as.period("1m"), "UTC")  # expect: [1] 2021-03-03 00:00:00 UTC
`+`(|.2021-01-31 00:00:00 UTC.|, as.period("1m"), "No/Where")  # expect error: can't find timezone No/Where
|.2021-01-31 00:00:00 UTC.| + as.period("1m")  # expect error: time zone must be specified

# ---- fields
dayweek(c(|.2021-01-03 12:00:00 UTC.|, |.2021-01-04 02:00:00 UTC.|), "America/New_York")  # expect: [1] 0 0
year(|.2020-12-31 23:30:00 UTC.|, "Europe/Paris")  # expect: [1] 2021
month(matrix(c(|.2021-01-31 23:30:00 UTC.|, |.2021-06-15 00:00:00 UTC.|), 1, 2), "Europe/Paris")  # expect:      [,1] [,2]
#> [1,]    2    6
daymonth(c(a = |.2021-01-31 23:30:00 UTC.|), "Europe/Paris")  # expect: a
#> 1
c(hour(|.2021-07-01 21:30:15.5 UTC.|, "Asia/Kolkata"), minute(|.2021-07-01 21:30:15.5 UTC.|, "Asia/Kolkata"), second(|.2021-07-01 21:30:15.5 UTC.|, "Asia/Kolkata"))  # expect: [1]  3.0  0.0 15.5
week(c(|.2021-01-01 00:00:00 UTC.|, |.2021-01-04 00:00:00 UTC.|, |.2020-12-31 00:00:00 UTC.|), "UTC")  # expect: [1] 53  1 53
weekday(|.2021-01-03 00:00:00 UTC.|, "UTC")  # expect: [1] 7
yearday(|.2020-12-31 00:00:00 UTC.|, "UTC")  # expect: [1] 366
quarter(|.2020-12-31 00:00:00 UTC.|, "UTC")  # expect: [1] 4
year(as.time(NULL), "UTC")  # expect: numeric(0)
year(|.2020-12-31 23:30:00 UTC.|)  # expect error: argument missing: tz
year(1, "UTC")  # expect error: invalid argument type: 'x' should be any of 'datetime' but is 'double'

# ---- rounding
print(floor(|.2021-11-07 12:00:00 UTC.|, "day", "America/New_York"), tz = "America/New_York")  # expect: [1] 2021-11-07 00:00:00 EDT
floor(|.2021-11-07 12:34:56.789 UTC.|, "minute")  # expect: [1] 2021-11-07 12:34:00 UTC
floor(|.1969-12-31 23:59:59.5 UTC.|, "second")  # expect: [1] 1969-12-31 23:59:59 UTC
floor(|+2021-01-01 10:59:00 UTC -> 2021-01-01 12:01:00 UTC-|, "hours")  # expect: [1] +2021-01-01 10:00:00 UTC -> 2021-01-01 12:00:00 UTC-
floor(|.2021-01-01 00:00:00 UTC.|, "day")  # expect error: tz needed
floor(|.2021-01-01 00:00:00 UTC.|, "eon")  # expect error: unknown period string
floor(|.2021-01-01 00:00:00 UTC.|)  # expect error: invalid type for argument
floor(1, "day")  # expect error: 'unit' only meaningful for 'time' or 'interval'
ceiling(|.2021-12-20 15:00:00 UTC.|, "month", "UTC")  # expect: [1] 2022-01-01 00:00:00 UTC
ceiling(|.2021-12-20 15:00:00 UTC.|, "week", "UTC")  # expect: [1] 2021-12-27 00:00:00 UTC
floor(|.2021-05-20 15:37:00 UTC.|, "15 minutes")  # expect: [1] 2021-05-20 15:30:00 UTC
floor(|.2021-05-20 15:37:00 UTC.|, as.duration("02:00:00"))  # expect: [1] 2021-05-20 14:00:00 UTC
floor(|.2021-05-20 15:37:00 UTC.|, as.duration("02:00:00"), "Asia/Tokyo")  # expect: [1] 2021-05-20 15:00:00 UTC
floor(|.2021-05-20 15:37:00 UTC.|, as.period("3m"), "UTC")  # expect: [1] 2021-04-01 00:00:00 UTC
floor(|.2021-05-20 15:37:00 UTC.|, as.period("1m1d"), "UTC")  # expect error: period must be positive and of months, of days or of a duration alone
round(|.2021-05-20 15:37:00 UTC.|, "hour")  # expect: [1] 2021-05-20 16:00:00 UTC
trunc(|.2021-05-20 15:37:00 UTC.|, "year", "UTC")  # expect: [1] 2021-01-01 00:00:00 UTC
floor(as.duration("01:17:00"), as.duration("00:15:00"))  # expect: [1] 01:15:00
# Names come from whichever part has them.
period(0, c(a = 1))  # expect:             a
#> 0m1d/00:00:00
period(1:2, c(a = 1, b = 2), as.duration(c(x = 0, y = 0)))  # expect:             a             b
#> 1m1d/00:00:00 2m2d/00:00:00
dim(period(1, matrix(2, 1, 1)))  # expect: [1] 1 1
# Nothing can be repeated into something but NaN.
rep(as.time(NULL), length.out = 2)  # expect error: attempt to replicate an object of length 0
rep(as.duration(NULL), length.out = 0)  # expect: duration(0)
rep(numeric(0), length.out = 2)  # expect: [1] NaN NaN
# A skipped hour or day sets elements of a sequence back, and does not end it.
seq(|.2021-03-14 01:30:00 America/New_York.|, |.2021-03-14 03:30:00 America/New_York.|, by = as.period("/00:30:00"), tz = "America/New_York")  # expect: [1] 2021-03-14 06:30:00 UTC 2021-03-14 06:00:00 UTC 2021-03-14 06:30:00 UTC
#> [4] 2021-03-14 07:00:00 UTC 2021-03-14 07:30:00 UTC
seq(|.2011-12-29 00:00:00 Pacific/Apia.|, |.2012-01-01 00:00:00 Pacific/Apia.|, by = as.period("1d"), tz = "Pacific/Apia")  # expect: [1] 2011-12-29 10:00:00 UTC 2011-12-29 10:00:00 UTC 2011-12-30 10:00:00 UTC
#> [4] 2011-12-31 10:00:00 UTC
seq(|.2021-03-01 00:00:00 UTC.|, |.2021-03-03 00:00:00 UTC.|, by = as.period("1m-31d/00:00:00"), tz = "UTC")  # expect error: incorrect specification for 'to'/'by'
seq(|.2021-03-01 00:00:00 UTC.|, |.2021-03-03 00:00:00 UTC.|, by = as.period("0d"), tz = "UTC")  # expect error: incorrect specification for 'to'/'by'
seq(|.2021-03-01 00:00:00 UTC.|, |.2021-02-27 00:00:00 UTC.|, by = as.period("-1d"), tz = "UTC")  # expect: [1] 2021-03-01 00:00:00 UTC 2021-02-28 00:00:00 UTC 2021-02-27 00:00:00 UTC
seq(|+1964-03-01 02:00:00 UTC -> 1964-03-02 02:00:00 UTC-|, by = as.period("1y1d"), length.out = 2, tz = "UTC")  # expect: [1] +1964-03-01 02:00:00 UTC -> 1964-03-02 02:00:00 UTC-
#> [2] +1965-03-02 02:00:00 UTC -> 1965-03-03 02:00:00 UTC-
seq(|+1970-01-31 12:00:00 UTC -> 1970-02-01 11:00:00 UTC-|, by = as.period("1m"), length.out = 2, tz = "UTC")  # expect error: interval end smaller than interval start
seq(|+1970-01-31 12:00:00 UTC -> 1970-02-01 11:00:00 UTC-|, |+1971-01-31 12:00:00 UTC -> 1971-02-01 11:00:00 UTC-|, by = as.period("1m"), tz = "UTC")  # expect error: interval end smaller than interval start
