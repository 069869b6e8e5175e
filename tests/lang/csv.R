# Files of cells: read.csv, write.csv.

{ x <- matrix(c(1.5, -2.25, 1e6, 0.001), 2, 2); write.csv(x, "t1.csv"); system("cat t1.csv", intern = TRUE) }  # expect: [1] ","          "1.5,1e+6"   "-2.25,1e-3"
{ x <- matrix(c(1.5, NaN, Inf, -Inf, 1/3, 1e300), 3, 2, dimnames = list(NULL, c("a", "b"))); write.csv(x, "t2.csv"); identical(read.csv("t2.csv", "double"), x) }  # expect: [1] TRUE
{ x <- matrix(c("a", "b,c", "d\"e", "f\ng", "", " h "), 3, 2); write.csv(x, "t3.csv", header = FALSE); identical(read.csv("t3.csv", "character", header = FALSE), x) }  # expect: [1] TRUE
{ write.csv(c("", "a"), "t4.csv"); read.csv("t4.csv", "character") }  # expect:      [,1]
#> [1,] ""
#> [2,] "a"
{ cat("a,b\n1,x\n", file = "t5.csv", sep = ""); read.csv("t5.csv", "double") }  # expect error: can't parse 'x', col 2 on row 2
{ cat("a,b\n1,2\n3\n", file = "t6.csv", sep = ""); read.csv("t6.csv", "double") }  # expect error: incorrect number of elements on row 3
{ cat("a,b\n1,2\n3,4,5\n", file = "t7.csv", sep = ""); read.csv("t7.csv", "double") }  # expect error: incorrect number of elements on row 3
{ cat("a,b\n1,\"2\"x\n", file = "t8.csv", sep = ""); read.csv("t8.csv", "double") }  # expect error: quote does not terminate token on row 2
{ cat("a,b\r\n1,\r\n,4", file = "t9.csv", sep = ""); read.csv("t9.csv", "double") }  # expect:        a   b
#> [1,]   1 NaN
#> [2,] NaN   4
{ cat("", file = "t10.csv"); read.csv("t10.csv", "double") }  # expect: numeric(0)
{ cat("a,b\n\n\n", file = "t11.csv"); read.csv("t11.csv", "double") }  # expect:      a b
read.csv("not there.csv")  # expect error: open not there.csv: No such file or directory
read.csv("x", "nonsense")  # expect error: unknown type nonsense
read.csv("x", sep = ";;")  # expect error: separator must be exactly one character long
write.csv(list(1), "t12.csv")  # expect error: can't write csv file for type list
write.csv(1, "/not/there.csv")  # expect error: open /not/there.csv: No such file or directory
{ cat("a,b\nTRUE,0\nF,1\n", file = "t13.csv", sep = ""); read.csv("t13.csv", "logical") }  # expect:          a     b
#> [1,]  TRUE FALSE
#> [2,] FALSE  TRUE
{ x <- as.duration("00:00:01") * matrix(1:4, 2); write.csv(x, "t14.csv"); identical(read.csv("t14.csv", "duration"), x) }  # expect: [1] TRUE
{ x <- matrix(c(as.period("1m2d"), as.period("3d/00:00:01")), 2); write.csv(x, "t15.csv"); identical(read.csv("t15.csv", "period"), x) }  # expect: [1] TRUE
{ cat("t,v\n2021-01-01 00:00:00 UTC,1\n2021-01-01 00:00:00 UTC,2\n", file = "t16.csv", sep = ""); read.csv("t16.csv") }  # expect error: index is not in ascending order
{ cat("t,v\n2021-01-01 00:00:00 America/New_York,1\n2021-02-01 00:00:00 UTC,2\n", file = "t17.csv", sep = ""); read.csv("t17.csv") }  # expect:                         v
#> 2021-01-01 05:00:00 UTC 1
#> 2021-02-01 00:00:00 UTC 2
{ cat("t,v\n2021-01-01,1\n", file = "t18.csv", sep = ""); read.csv("t18.csv") }  # expect error: timezone must be specified on row 2
{ cat("t;v\n01/02/2021;1\n", file = "t19.csv", sep = ""); read.csv("t19.csv", sep = ";", format = "%d/%m/%Y", tz = "UTC") }  # expect:                         v
#> 2021-02-01 00:00:00 UTC 1
{ cat("\xef\xbb\xbfa,b\n1,2\n", file = "t20.csv", sep = ""); read.csv("t20.csv", "double") }  # expect:      a b
#> [1,] 1 2
{ write.csv(matrix(1:4, 2, dimnames = list(NULL, c("x", "y"))), "t21.csv"); system("gzip -kf t21.csv; zstd -qf t21.csv 2>/dev/null"); identical(read.csv("t21.csv.gz", "double"), read.csv("t21.csv", "double")) }  # expect: [1] TRUE
{ z <- zts(|.2021-01-01 00:00:00 UTC.| + as.duration(5e8) * (0:9999), matrix(1:20000 / 8, 10000, 2)); write.csv(z, "t22.csv"); identical(read.csv("t22.csv"), z) }  # expect: [1] TRUE
{ x <- |.2021-01-01 00:00:00 UTC.| + as.duration(5e8) * (0:2); write.csv(x, "t23.csv"); read.csv("t23.csv", "time") }  # expect:                                   [,1]
#> [1,] 2021-01-01 00:00:00.000000000 UTC
#> [2,] 2021-01-01 00:00:00.500000000 UTC
#> [3,] 2021-01-01 00:00:01.000000000 UTC
{ write.csv(array(1:8, c(2, 2, 2)), "t24.csv"); system("head -1 t24.csv", intern = TRUE) }  # expect: [1] "0,1,2,3"
# ---- JSON, an object per line
{ cat('{"a":1,"b":"x"}\n{"b":"y\\u00e9\\n","c":true}\n\n{"a":-2.5e3,"c":false}\n', file = "j1.json"); read.ndjson("j1.json") }  # expect: $a
#> [1]     1   NaN -2500
#>
#> $b
#> [1] "x"    "yé\n" ""
#>
#> $c
#> [1] NaN   1   0
{ write.ndjson(list(a = c(1, NaN, Inf), b = c("x", "q\"", "é\n"), c = c(TRUE, FALSE, TRUE)), "j2.json"); system("cat j2.json", intern = TRUE) }  # expect: [1] "{\"a\":1,\"b\":\"x\",\"c\":true}"
#> [2] "{\"a\":null,\"b\":\"q\\\"\",\"c\":false}"
#> [3] "{\"a\":1e999,\"b\":\"é\\n\",\"c\":true}"
{ l <- list(a = c(1, NaN, -Inf), b = c("x", "q\"", "é\n"), c = c(TRUE, FALSE, TRUE)); write.ndjson(l, "j3.json"); identical(read.ndjson("j3.json"), l) }  # expect: [1] TRUE
{ z <- zts(|.2021-01-01 00:00:00 UTC.| + as.duration(5e8) * (0:99), matrix(1:200 / 8, 100, 2, dimnames = list(NULL, c("p", "q")))); write.ndjson(z, "j4.json"); identical(read.ndjson("j4.json", "time"), z) }  # expect: [1] TRUE
{ cat('{"t":"2021-01-01T02:00:00+01:00","v":1}\n{"t":1609470000000000000,"v":2}\n{"t":"2021-01-02 00:00:00 UTC","w":2}', file = "j5.json"); read.ndjson("j5.json", time = "t") }  # expect:                           v   w
#> 2021-01-01 01:00:00 UTC   1 NaN
#> 2021-01-01 03:00:00 UTC   2 NaN
#> 2021-01-02 00:00:00 UTC NaN   2
{ cat('{"a":[1]}\n', file = "j6.json"); read.ndjson("j6.json") }  # expect error: a value is an object or an array on row 1
{ cat('{"a":1}\n{"a":"x"}\n', file = "j7.json"); read.ndjson("j7.json") }  # expect error: column 'a' holds both text and numbers on row 2
{ cat('{"a":1\n', file = "j8.json"); read.ndjson("j8.json") }  # expect error: invalid JSON on row 1
{ cat('{"a":1}\n{"v":1}\n', file = "j9.json"); read.ndjson("j9.json", "a") }  # expect error: no time on row 2
{ cat("", file = "j10.json"); read.ndjson("j10.json") }  # expect: list()
{ cat('{"a":null}\n{}\n', file = "j11.json"); read.ndjson("j11.json") }  # expect: $a
#> [1] NaN NaN
write.ndjson(list(1), "j12.json")  # expect error: the list must hold vectors with names
write.ndjson(list(a = 1, b = 1:2), "j13.json")  # expect error: the vectors of the list have different lengths
# Times of JSON lines: with Z, an offset, or a zone of the caller's.
{ cat('{"t":"2021-01-01T00:00:00","a":1}\n{"t":"2021-07-01T00:00:00.25","a":2}\n', file = "t40.json"); read.ndjson("t40.json", time = "t", tz = "America/New_York") }  # expect:                                   a
#> 2021-01-01 05:00:00 UTC           1
#> 2021-07-01 04:00:00.250000000 UTC 2
{ cat('{"t":"2021-01-01T00:00:00","a":1}\n', file = "t41.json"); read.ndjson("t41.json", time = "t") }  # expect error: timezone must be specified on row 1
{ cat('{"t":"2021-01-01T00:00:00+02:00","a":1}\n', file = "t42.json"); zts.idx(read.ndjson("t42.json", time = "t")) }  # expect: [1] 2020-12-31 22:00:00 UTC
{ cat('{"t":"2021-01-01T00:00:00+25:00","a":1}\n', file = "t43.json"); read.ndjson("t43.json", time = "t") }  # expect error: invalid date format on row 1
{ cat('{"t":"2262-04-11T23:47:16-01:00","a":1}\n', file = "t44.json"); read.ndjson("t44.json", time = "t") }  # expect error: time out of range on row 1
# Cells that hold the separator are quoted, so that everything reads back.
{ z <- zts(|.2021-01-01 00:00:00 UTC.| + as.duration(c(0, 5e8)), cbind(a = c(-1.5, NaN), b = 1:2)); write.csv(z, "t50.csv", sep = " "); c(system("tail -n 1 t50.csv", intern = TRUE), identical(read.csv("t50.csv", sep = " "), z)) }  # expect: [1] "\"2021-01-01 00:00:00.500000000 UTC\" NaN 2"
#> [2] "TRUE"
{ ok <- TRUE; z <- zts(|.2021-01-01 00:00:00 UTC.| + as.duration(c(0, 5e8)), cbind(p = c(-1.5, NaN), q = c(1e300, Inf))); for (s in strsplit("0123456789+-.:_/> aefmdnCINTU|;", "")[[1]]) { write.csv(z, "t51.csv", sep = s); ok <- ok && identical(read.csv("t51.csv", sep = s), z) }; ok }  # expect: [1] TRUE
{ m <- matrix(as.period(c("1m-1d/-00:00:30.5", "2d")), 1); write.csv(m, "t52.csv", sep = "-"); identical(read.csv("t52.csv", "period", sep = "-"), m) }  # expect: [1] TRUE
{ m <- matrix(interval(|.2021-01-01 00:00:00 UTC.|, duration = as.duration(5)), 1); write.csv(m, "t53.csv", header = FALSE, sep = ">"); identical(read.csv("t53.csv", "interval", header = FALSE, sep = ">"), m) }  # expect: [1] TRUE
{ m <- matrix(c(TRUE, FALSE), 1); write.csv(m, "t54.csv", sep = "1"); identical(read.csv("t54.csv", "logical", sep = "1"), m) }  # expect: [1] TRUE
