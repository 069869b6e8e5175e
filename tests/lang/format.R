# Values as text: format, formatC, prettyNum, sprintf, paste, cat.  What R has prints as R prints it.

# ---- format, formatC, prettyNum
format(c(1, 1000), big.mark = ",")  # expect: [1] "    1" "1,000"
format(c(1, 1000.5), big.mark = ",", trim = TRUE)  # expect: [1] "1.0"     "1,000.5"
format(1234567.891, big.mark = ",")  # expect: [1] "1,234,568"
format(1234567.891, big.mark = ",", nsmall = 2)  # expect: [1] "1,234,567.89"
format(c(1, NaN, -Inf, 1e6), big.mark = ",")  # expect: [1] "1e+00" "  NaN" " -Inf" "1e+06"
format(-1234567, big.mark = ",")  # expect: [1] "-1,234,567"
format(123456789, big.mark = "'")  # expect: [1] "123'456'789"
format(1234567, width = 15, big.mark = ",")  # expect: [1] "        1,234,567"
format(1234567, width = 8, big.mark = ",")  # expect: [1] " 1,234,567"
format(c("a", "bbb"))  # expect: [1] "a  " "bbb"
format(c("a", "bbb"), justify = "right")  # expect: [1] "  a" "bbb"
format(c("a", "bbbb"), justify = "centre")  # expect: [1] " a  " "bbbb"
format(c("a", "bbbb"), justify = "none")  # expect: [1] "a"    "bbbb"
format("a", width = 5)  # expect: [1] "a    "
format(TRUE, width = 6)  # expect: [1] "  TRUE"
format(1, width = 6)  # expect: [1] "     1"
format(1, nsmall = 3, width = 8)  # expect: [1] "   1.000"
format(c(a = 1, b = 22))  # expect:    a    b
#> " 1" "22"
format(matrix(1:4, 2))  # expect:      [,1] [,2]
#> [1,] "1"  "3"
#> [2,] "2"  "4"
format(numeric(0))  # expect: character(0)
format(NULL)  # expect: [1] "NULL"
format(list(1, "a", c(1, 2, 3), list(1, 2), NULL, TRUE))  # expect: [1] "1"       "a"       "1, 2, 3" "1, 2"    "NULL"    "TRUE"
format(list(a = 1.5, b = "xx"))  # expect:     a     b
#> "1.5"  "xx"
format(1e-10, scientific = FALSE)  # expect: [1] "0.0000000001"
format(123456, scientific = TRUE)  # expect: [1] "1.23456e+05"
format(1e5, scientific = 2)  # expect: [1] "100000"
format(0.1, digits = 0)  # expect error: invalid value 0 for 'digits' argument
format(1, digits = 23)  # expect error: invalid value 23 for 'digits' argument
format(3, nsmall = 21)  # expect error: invalid 'nsmall' argument
format(pi, digits = 3, nsmall = 5)  # expect: [1] "3.14159"
format("日", width = 4)  # expect: [1] "日  "
format(c(1.123456789, 123.1), digits = 3)  # expect: [1] "  1.12" "123.10"
format(1e10, nsmall = 2)  # expect: [1] "1e+10"
format(1e300, nsmall = 2)  # expect: [1] "1e+300"
format(1, "x")  # expect error: invalid 'trim' argument
format(Inf, width = 6)  # expect: [1] "   Inf"
format(1e6, big.mark = ",", scientific = FALSE)  # expect: [1] "1,000,000"
format(c(0.00001, 123456), big.mark = ",")  # expect: [1] "1.00000e-05" "1.23456e+05"
format("1234567", big.mark = ",")  # expect: [1] "1234567"
format(TRUE, big.mark = ",")  # expect: [1] "TRUE"
format(list(c(1,10),"a",c("a","bbb"),list(1,"b"),TRUE,c(a=1)),digits=3)  # expect: [1] "1, 10"    "a"        "a  , bbb" "1, b"     "TRUE"     "1"
format(list(1,2),width=5)  # expect: [1] "    1" "    2"
format(-1.5)  # expect: [1] "-1.5"
format(c(TRUE,FALSE),trim=TRUE)  # expect: [1] "TRUE"  "FALSE"
format(1,width=-1)  # expect: [1] "1"
format("a",justify="x")  # expect error: 'arg' should be one of ‘left’, ‘right’, ‘centre’, ‘none’
prettyNum(1234567, big.mark = ",")  # expect: [1] "1,234,567"
prettyNum(c(1, 1000, 1e6), big.mark = ",")  # expect: [1] "1"     "1,000" "1e+06"
prettyNum("1234567", big.mark = ",")  # expect: [1] "1,234,567"
prettyNum(123456.789, big.mark = ",")  # expect: [1] "123,456.8"
prettyNum(c(a = 1234, b = 1), big.mark = ",")  # expect:       a       b
#> "1,234"     "1"
prettyNum(1234567)  # expect: [1] "1234567"
prettyNum(c(123456, 1))  # expect: [1] "123456" "1"
prettyNum("abcdef", big.mark = ",")  # expect: [1] "abcdef"
prettyNum("12345.6789", big.mark = ",")  # expect: [1] "12,345.6789"
formatC(3.14159)  # expect: [1] "3.142"
formatC(42)  # expect: [1] "42"
formatC(1e6)  # expect: [1] "1e+06"
formatC(123456)  # expect: [1] "1.235e+05"
formatC(123456.789)  # expect: [1] "1.235e+05"
formatC(c(1, 10, 100))  # expect: [1] "1"   "10"  "100"
formatC(3.14159, digits = 3)  # expect: [1] "3.14"
formatC(42, format = "d")  # expect: [1] "42"
formatC(42.7, format = "d")  # expect: [1] "42"
formatC(1234567.8, big.mark = ",", format = "d")  # expect: [1] "1,234,567"
formatC(1234567.891, big.mark = ",", format = "f", digits = 2)  # expect: [1] "1,234,567.89"
formatC(3.14159, width = 10, format = "e", digits = 2)  # expect: [1] "  3.14e+00"
formatC(3.14159, format = "E")  # expect: [1] "3.1416E+00"
formatC(42, width = 8, flag = "-")  # expect: [1] "42      "
formatC(42, flag = "+")  # expect: [1] "+42"
formatC(42, flag = " ")  # expect: [1] " 42"
formatC("a", width = 5, flag = "-")  # expect: [1] "a    "
formatC("a", width = -5)  # expect: [1] "a    "
formatC(c(a = 1, b = 2))  # expect:   a   b
#> "1" "2"
formatC(matrix(1:4 + 0.5, 2))  # expect:      [,1]  [,2]
#> [1,] "1.5" "3.5"
#> [2,] "2.5" "4.5"
formatC(NaN)  # expect: [1] "NaN"
formatC(c(Inf, -Inf), width = 6)  # expect: [1] "   Inf" "  -Inf"
formatC(NaN, flag = "0", width = 6)  # expect: [1] "   NaN"
formatC(3.14159, format = "fg", digits = 3)  # expect: [1] "3.14"
formatC(0.000012345, format = "fg", digits = 3)  # expect: [1] "0.0000123"
formatC(1234567, format = "fg", digits = 3)  # expect: [1] "1234567"
formatC(3, format = "fg", digits = 5, flag = "#")  # expect: [1] "3.0000"
formatC(1e10, format = "f", digits = 0)  # expect: [1] "10000000000"
formatC("a", format = "d")  # expect: [1] "a"
formatC(1, format = "z")  # expect error: 'format' must be one of {"f","e","E","g","G", "fg", "s"}
formatC(character(0))  # expect: character(0)
formatC(numeric(0))  # expect: character(0)
formatC(42, width = 8, flag = "0")  # expect: [1] "00000042"
formatC(-42, width = 8, flag = "0")  # expect: [1] "-0000042"
formatC(1.5, width = 8, flag = "0", format = "f", digits = 2)  # expect: [1] "00001.50"
formatC(c("a", "bb"), width = 4)  # expect: [1] "   a" "  bb"
formatC("日", width = 4)  # expect: [1] "  日"
formatC(1234.5, big.mark = ",")  # expect: [1] "1,234"
formatC(12345, big.mark = ",", width = 10)  # expect: [1] " 1.234e+04"
formatC(0)  # expect: [1] "0"
formatC(5, width = 3, flag = "0", format = "d")  # expect: [1] "005"
formatC(1e-20, format = "f")  # expect: [1] "0.0000"
formatC(pi, digits = 0)  # expect: [1] "3"
formatC(pi, digits = 10)  # expect: [1] "3.141592654"
formatC(pi, format = "f")  # expect: [1] "3.1416"
formatC(100, digits = 8, format = "g", flag = "#")  # expect: [1] "100.00000"
formatC(NULL)  # expect: character(0)
formatC(1234567,big.mark=",",format="d",width=12)  # expect: [1] "   1,234,567"
formatC(1234567,big.mark=",",format="d",width=12,flag="-")  # expect: [1] "1,234,567     "
formatC(1234567,big.mark=",",format="d",width=12,flag="0")  # expect: [1] "000,001,234,567"
formatC(Inf,flag="+")  # expect: [1] "Inf"
formatC(c(3.14159,100),format="fg",digits=8)  # expect: [1] "  3.14159" "      100"
formatC(0,format="fg",digits=3)  # expect: [1] "0"
formatC(99.99,format="fg",digits=3)  # expect: [1] " 100"
formatC(999.9,format="fg",digits=3)  # expect: [1] "1000"
formatC(0.00001,format="fg",digits=3,flag="#")  # expect: [1] "0.0000100"
formatC(1,digits=-1)  # expect: [1] "      1"
formatC(pi,digits=-1)  # expect: [1] "3.14159"
formatC(c(1.5,2.5,3.5),format="d")  # expect: [1] "1" "2" "3"
formatC(1e15,digits=17)  # expect: [1] "  1000000000000000"
formatC(-1,digits=8)  # expect: [1] "       -1"
formatC(1,digits=8,width=0)  # expect: [1] "       1"
formatC(1,digits=8,width=3)  # expect: [1] "  1"
formatC(1,digits=8,flag="-")  # expect: [1] "1        "
formatC(1,digits=8,flag="0")  # expect: [1] "000000001"
formatC(123456,digits=8,big.mark=",")  # expect: [1] "  123,456"
formatC(1,flag="x")  # expect error: 'flag' should contain only characters from [0+- #'I]

# ---- sprintf
sprintf("%d",3)  # expect: [1] "3"
sprintf("%d",3.5)  # expect error: invalid format '%d'; use format %f, %e, %g or %a for numeric objects
sprintf("%i|%o|%x|%X",255,255,255,255)  # expect: [1] "255|377|ff|FF"
sprintf("%5d|%-5d|%05d|%+d",3,3,3,3)  # expect: [1] "    3|3    |00003|+3"
sprintf("%s",1/3)  # expect: [1] "0.333333333333333"
sprintf("%d",TRUE)  # expect: [1] "1"
sprintf(c("%d a","%d b"),1:4+0)  # expect: [1] "1 a" "2 b" "3 a" "4 b"
sprintf("%s",character(0))  # expect: character(0)
sprintf(character(0))  # expect: character(0)
sprintf("%5.1f%%",12.345)  # expect: [1] " 12.3%"
sprintf("%2$s %1$s","a","b")  # expect: [1] "b a"
sprintf("%*d",5,42)  # expect: [1] "   42"
sprintf("%-*d|",5,42)  # expect: [1] "42   |"
sprintf("%2$*1$d",5,42)  # expect: [1] "   42"
sprintf("%s")  # expect error: too few arguments
sprintf("%y",1)  # expect error: unrecognised format specification '%y'
sprintf("abc")  # expect: [1] "abc"
sprintf("%f","a")  # expect error: invalid format '%f'; use format %s for character objects
sprintf("%5s|%-5s|","日","é")  # expect: [1] "  日|é   |"
sprintf("%f",NaN)  # expect: [1] "NaN"
sprintf("%8f|%-8f|",Inf,-Inf)  # expect: [1] "     Inf|-Inf    |"
sprintf("%+f",Inf)  # expect: [1] "+Inf"
sprintf("%08f",Inf)  # expect: [1] "     Inf"
sprintf("% f",NaN)  # expect: [1] " NaN"
sprintf("%e|%g|%G|%E",1e10,1e-10,1e-10,12345.678)  # expect: [1] "1.000000e+10|1e-10|1E-10|1.234568E+04"
sprintf("%a",1)  # expect: [1] "0x1p+0"
sprintf("%5s",1.5)  # expect: [1] "  1.5"
sprintf("%s",NULL)  # expect: character(0)
sprintf(c(a="%d"),1)  # expect: [1] "1"
sprintf("%s",list("a",1))  # expect: [1] "a" "1"
sprintf("%10.3e|",1234.5)  # expect: [1] " 1.234e+03|"
sprintf("%#x",255)  # expect: [1] "0xff"
sprintf("%.3d",5)  # expect: [1] "005"
sprintf("%s and %s","a",c("x","y","z"))  # expect: [1] "a and x" "a and y" "a and z"
sprintf("%s",sum)  # expect error: cannot coerce type 'builtin' to vector of type 'character'
sprintf("%x",-1)  # expect: [1] "ffffffff"
sprintf("%",1)  # expect error: unrecognised format specification '%'
sprintf("%3$s","a")  # expect error: reference to non-existent argument 3
sprintf("%f",TRUE)  # expect: [1] "1.000000"
sprintf("%s",-0.0)  # expect: [1] "0"
sprintf("%.10s|","abc")  # expect: [1] "abc|"
sprintf("%5%")  # expect error: unrecognised format specification '%5%'
sprintf("%s",c(1,10,100000))  # expect: [1] "1"     "10"    "1e+05"
sprintf("%*s",-5,"a")  # expect: [1] "a    "
sprintf("%.3s",1/3)  # expect: [1] "0.3"
sprintf("%d",matrix(1:4+0,2))  # expect: [1] "1" "2" "3" "4"
gettextf("%d items",3)  # expect: [1] "3 items"

# ---- cat
cat(NULL,"a")  # expect:  a
cat("a",character(0),"b")  # expect: a  b
cat(1,2,3,4,sep=c(",",";"))  # expect: 1,2;3,4
cat("a","b",sep="\n")  # expect: a
#> b
cat("a","b","c",fill=TRUE)  # expect: a b c
cat("aaaa","bbbb","cccc",fill=10)  # expect: aaaa bbbb
#> cccc
cat("aaaa","bbbb","cccc",fill=9)  # expect: aaaa
#> bbbb
#> cccc
cat("aaaa","bbbb","cccc",fill=8,labels=c("x:","y:"))  # expect: x: aaaa
#> y: bbbb
#> x: cccc
cat("aaaaaaaaaaaaaaaaa","b",fill=5,labels="L")  # expect: L aaaaaaaaaaaaaaaaa
#> L b
cat("a\n","b",fill=TRUE)  # expect: a
#>  b
cat(1:3,TRUE,c(a=1.5))  # expect: 1 2 3 TRUE 1.5
cat(1/3,1e5,123456789,1e-20,pi*1e6,NaN,Inf,-0.0)  # expect: 0.3333333 1e+05 123456789 1e-20 3141593 NaN Inf 0
cat("a","b",sep=character(0))  # expect: ab
cat("日本","b",fill=7)  # expect: 日本
#> b
cat(list(1,2))  # expect error: argument 1 (type 'list') cannot be handled by 'cat'
cat(sum)  # expect error: argument 1 (type 'builtin') cannot be handled by 'cat'
cat("a",sep=1)  # expect error: invalid argument type: 'sep' should be any of 'string' but is 'double'
cat(c(1,2),3,4,5,sep=c(",",";",":"))  # expect: 1,2;3:4,5
cat(NULL,1,2,3,sep=c(",",";",":"))  # expect: ,1;2:3
cat(c(1,10,100),fill=4)  # expect: 1
#> 10
#> 100
{options(scipen=5,digits=3); cat(1e5,pi)}  # expect: 100000 3.14

# ---- paste
paste(1,NULL,"a")  # expect: [1] "1  a"
paste(character(0),collapse="+")  # expect: [1] ""
paste("a",character(0))  # expect: [1] "a "
paste(list(1,"a",TRUE,c(1,2),list(3)))  # expect: [1] "1"       "a"       "TRUE"    "c(1, 2)" "list(3)"
paste(list(1e5,NULL,1/3))  # expect: [1] "1e+05"             "NULL"              "0.333333333333333"
paste(list("a\"b",c("a\"b","c")))  # expect: [1] "a\"b"                 "c(\"a\\\"b\", \"c\")"
paste(list(c(TRUE,FALSE),list("a",1),list(x="a",1),numeric(0),list()))  # expect: [1] "c(TRUE, FALSE)"     "list(\"a\", 1)"     "list(x = \"a\", 1)"
#> [4] "numeric(0)"         "list()"
paste("a",sep=NULL)  # expect error: invalid argument type: 'sep' should be any of 'string' but is 'NULL'
paste(sum)  # expect error: cannot coerce type 'builtin' to vector of type 'character'
toString(1:5)  # expect: [1] "1, 2, 3, 4, 5"
toString(c("a","b"),collapse="; ")  # expect: [1] "a, b"
toString(list(1,"a"))  # expect: [1] "1, a"
toString(NULL)  # expect: [1] ""

# ---- times
format(|.2015-03-08 06:05:04.25 UTC.|)  # expect: [1] "2015-03-08 06:05:04"
format(|.2015-03-08 06:05:04.25 UTC.|, "%d/%m/%y %H:%M")  # expect: [1] "08/03/15 06:05"
format(|.2015-03-08 06:05:04.25 UTC.|, tz = "America/New_York", format = "%Y-%m-%d %H:%M:%S %Z %z")  # expect: [1] "2015-03-08 01:05:04 EST -0500"
format(|.2015-03-08 06:05:04.25 UTC.|, "%F %T[.%s] %Z|%j %a %A %b %B %I %p %e %u %w %U %W %V %G %s %OS3 %%")  # expect: [1] "2015-03-08 06:05:04.250000000 UTC|067 Sun Sunday Mar March 06 AM  8 7 0 10 09 10 2015 1425794704 04.250 %"
format(c(a = |.2015-03-08 06:05:04 UTC.|, b = |.2016-02-29 00:00:00 UTC.|), "%F")  # expect:            a            b
#> "2015-03-08" "2016-02-29"
format(as.duration("01:00:00") * c(1, 100))  # expect: [1] " 01:00:00" "100:00:00"
format(as.period("1m2d"))  # expect: [1] "1m2d/00:00:00"
format(|.2015-03-08 06:05:04 UTC.|, tz = "No/Where")  # expect error: can't find timezone No/Where
format(|.2021-01-01 13:05:00 UTC.|, "%g %G %I%P", tz = "UTC")  # expect: [1] "20 2020 01pm"
