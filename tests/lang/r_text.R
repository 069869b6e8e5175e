# Text as GNU R has it.
regmatches("a1b22c333", regexpr("[0-9]", "a1b22c333"), invert = TRUE)
# expect: [[1]]
#> [1] "a"       "b22c333"
regmatches(c("a1", "b", "c3d4"), gregexpr("[0-9]", c("a1", "b", "c3d4")), invert = TRUE)
# expect: [[1]]
#> [1] "a" ""
#>
#> [[2]]
#> [1] "b"
#>
#> [[3]]
#> [1] "c" "d" ""
regmatches(c("a1", "b", "c3d4"), regexpr("[0-9]", c("a1", "b", "c3d4")), invert = TRUE)
# expect: [[1]]
#> [1] "a" ""
#>
#> [[2]]
#> [1] "b"
#>
#> [[3]]
#> [1] "c"  "d4"
regmatches("é1à2", gregexpr("[0-9]", "é1à2"), invert = TRUE)
# expect: [[1]]
#> [1] "é" "à" ""
regmatches(character(0), regexpr("[0-9]", character(0)), invert = TRUE) # expect: list()
regmatches("key=value", regexec("(\\w+)=(\\w+)", "key=value"))
# expect: [[1]]
#> [1] "key=value" "key"       "value"
regmatches(c("a=1", "none", "b=2"), regexec("(\\w+)=(\\w+)", c("a=1", "none", "b=2")))
# expect: [[1]]
#> [1] "a=1" "a"   "1"
#>
#> [[2]]
#> character(0)
#>
#> [[3]]
#> [1] "b=2" "b"   "2"
regmatches("b", regexec("(a)|(b)", "b"))
# expect: [[1]]
#> [1] "b" ""  "b"
regmatches("2020-03-04", regexec("([0-9]{4})-([0-9]{2})-([0-9]{2})", "2020-03-04"))[[1]][2:4]
# expect: [1] "2020" "03"   "04"
regmatches("x12", regexec("[a-z]([0-9])", "x12", perl = TRUE))
# expect: [[1]]
#> [1] "x1" "1"
regmatches(c(u = "a1", v = "b"), regexec("([a-z])([0-9])", c(u = "a1", v = "b")))
# expect: $u
#> [1] "a1" "a"  "1"
#>
#> $v
#> character(0)
sapply(regmatches(c("a=1", "b=2"), regexec("(.)=(.)", c("a=1", "b=2"))), `[`, 2) # expect: [1] "a" "b"
regmatches("[x]", regexec("[[]([a-z])[]]", "[x]"))
# expect: [[1]]
#> [1] "[x]" "x"
format(c(1.5, 2, 10), drop0trailing = TRUE) # expect: [1] " 1.5" " 2"   "10"
format(c(1.5, 2), nsmall = 2, drop0trailing = TRUE) # expect: [1] "1.5" "2"
format(c(1e10, 1.5e-5), drop0trailing = TRUE) # expect: [1] "1.0e+10" "1.5e-05"
format(1.5, decimal.mark = ",") # expect: [1] "1,5"
format(c(1234.5, 2), decimal.mark = ",", big.mark = ".") # expect: [1] "1.234,5" "    2,0"
formatC(c(1.5, 2), format = "f", digits = 3, drop0trailing = TRUE) # expect: [1] "1.5" "2"
formatC(c(1.5, 20), format = "e", digits = 3, drop0trailing = TRUE) # expect: [1] "1.500"     "2.000e+01"
formatC(c(1.5, 2), format = "f", digits = 3, drop0trailing = TRUE, width = 8) # expect: [1] "   1.5" "   2"
formatC(1.5, decimal.mark = ",") # expect: [1] "1,5"
formatC(3, mode = "integer") # expect: [1] "3"
formatC(3.7, mode = "integer") # expect: [1] "3"
formatC(c(1, 10), mode = "integer", width = 5, flag = "0") # expect: [1] "00001" "00010"
formatC(5, mode = "character") # expect error: mode "character" is not for this 'x'
formatC("a", mode = "character", width = 3) # expect: [1] "  a"
formatC(2.5, mode = "double", digits = 3, format = "f") # expect: [1] "2.500"
formatC(1234567.5, format = "f", digits = 1, big.mark = ".", decimal.mark = ",") # expect: [1] "1.234.567,5"
prettyNum(1234.50, drop0trailing = TRUE) # expect: [1] "1234.5"
prettyNum("1234.50", drop0trailing = TRUE) # expect: [1] "1234.5"
prettyNum(c(1.50, 2), drop0trailing = TRUE) # expect: [1] "1.5" "2"
format(2, nsmall = 2, drop0trailing = TRUE) # expect: [1] "2"
format(c(a = 1.50, b = 2), drop0trailing = TRUE)
# expect:     a     b
#> "1.5"   "2"
format(100, drop0trailing = TRUE) # expect: [1] "100"
