# What built-ins say about themselves.
help("cumsum")          # expect: cumsum(x, rev = FALSE)
#>
#> Running sum; with `rev` from the last row upwards. Series: by column.
#>
#> x    double, zts or logical
#> rev  logical
#>
#> Example:  cumsum(1:5)
help(`%in%`)            # expect: `%in%`(x, table)
#>
#> Which elements of `x` equal one of `table`? Times are also looked up in
#> intervals.
#>
#> Example:  2 %in% 1:3
help(function(x) x)     # expect: A function of your own:
#>
#> function(x) x
help("cumsun")          # expect error: there is no help for 'cumsun'
help(1)                 # expect error: there is help for functions only, not for a value of type 'double'
apropos("rollm")        # expect: [1] "rollmax"    "rollmean"   "rollmedian" "rollmin"
apropos("ROLLM")        # expect: [1] "rollmax"    "rollmean"   "rollmedian" "rollmin"
apropos("no such")      # expect: character(0)
x <- ls("base"); x[startsWith(x, ".a")]     # expect: character(0)
.a <- 1; b <- 2; ls()   # expect: [1] ".a" "b"
commandArgs(trailingOnly = TRUE)            # expect: character(0)
