# The settings of the process.

options("digits")  # expect: $digits
#> [1] 7
{ o <- options(digits = 3, width = 60); print(unlist(o)); pi }  # expect: digits  width
#>      7     80
#> [1] 3.14
{ options(list(digits = 4)); 22 / 7 }  # expect: [1] 3.143
getOption("digits")  # expect: [1] 7
getOption("nothing", 5)  # expect: [1] 5
getOption("nothing")  # expect: NULL
options(foo = 1)  # expect error: unknown config variable 'foo':
options(width = "a")  # expect error: invalid type for config variable 'width':
options(width = 5)  # expect error: config variable 'width' must be between 10 and 10000:
options(timezone = "No/Where")  # expect error: can't find timezone No/Where
{ try(options(timezone = "No/Where", digits = 3), silent = TRUE); getOption("digits") }  # expect: [1] 7
{ options(timezone = "Asia/Tokyo"); |.2021-01-01 00:00:00 UTC.| }  # expect: [1] 2021-01-01 09:00:00 JST
options(log.level = "LOUD")  # expect error: unknown log level 'LOUD': use TRACE, DEBUG, INFO, WARN, ERROR or FATAL
options(port = 1)  # expect error: config variable 'port' cannot be changed while the program runs:
options(1)  # expect error: invalid argument
{ names(options())[1:4] }  # expect: [1] "address"          "commbuf.ttl.secs" "config.path"      "data"
options(digits = 3)  # expect:
options(digits = 3.9); getOption("digits")  # expect: [1] 3
options(max.memory = 1e6); numeric(1e7)  # expect error: cannot allocate vector of 76.3 MiB
