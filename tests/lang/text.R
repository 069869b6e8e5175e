# Text: lengths, parts, cases, patterns, names, paths.  R gives the same answers, except where an error says otherwise.

# length, repetition, ends, quotes
shQuote("a")  # expect: [1] "'a'"
shQuote("a'b$c\"d`e\\f!")  # expect: [1] "\"a'b\\$c\\\"d\\`e\\\\f!\""
dQuote("a",FALSE)  # expect: [1] "\"a\""
nchar("a",type="bytes")  # expect: [1] 1
nchar("é",type="bytes")  # expect: [1] 2
nchar("é","b")  # expect: [1] 2
nchar("日","w")  # expect: [1] 2
nchar("a","z")  # expect error: invalid 'type' argument
strrep("ab",0)  # expect: [1] ""
strrep(c("a","b"),c(1,2,3,4))  # expect: [1] "a"    "bb"   "aaa"  "bbbb"
strrep("a",-1)  # expect error: invalid 'times' value
strrep(1:2,2)  # expect: [1] "11" "22"
strrep(character(0),2)  # expect: character(0)
startsWith(c("ab","cd"),c("a","d","c"))  # expect: [1]  TRUE FALSE FALSE
startsWith("a",character(0))  # expect: logical(0)
endsWith("abc","bc")  # expect: [1] TRUE
endsWith("abc","abcd")  # expect: [1] FALSE
startsWith(1,"a")  # expect error: invalid argument type: 'x' should be any of 'string' but is 'double'
nchar(c(a="xx"))  # expect: a
#> 2
nchar(matrix(c("a","bb"),1))  # expect:      [,1] [,2]
#> [1,]    1    2
strrep(c(a="x"),2)  # expect:    a
#> "xx"
strrep(c(a="x"),1:2)  # expect: [1] "x"  "xx"
startsWith(c(a="ab"),"a")  # expect: [1] TRUE
sQuote(c(a="x"),FALSE)  # expect: [1] "'x'"
shQuote(c(a="it's"))  # expect: [1] "\"it's\""
nchar(c("apple","kiwi"))  # expect: [1] 5 4
nchar("")  # expect: [1] 0
nchar(character(0))  # expect: numeric(0)
nchar(TRUE)  # expect: [1] 4
nchar(1.5)  # expect: [1] 3
nchar(c(a=10,b=200))  # expect: a b
#> 2 3
nchar("e\u0301")  # expect: [1] 2
nchar("a\tb")  # expect: [1] 3
nchar("a\tb",type="width")  # expect: [1] 2
strrep("ab",3)  # expect: [1] "ababab"
strrep(c("a","b","c"),0:2)  # expect: [1] ""   "b"  "cc"
strrep("a",2.9)  # expect: [1] "aa"
startsWith("abc","")  # expect: [1] TRUE
endsWith(c("a.txt","b.csv"),".txt")  # expect: [1]  TRUE FALSE
startsWith(character(0),"a")  # expect: logical(0)
sQuote(c("a","b"),FALSE)  # expect: [1] "'a'" "'b'"
dQuote("a\"b",FALSE)  # expect: [1] "\"a\"b\""
shQuote(c("a b","x"))  # expect: [1] "'a b'" "'x'"
shQuote("a'b")  # expect: [1] "\"a'b\""

sQuote(c("a", "b"))  # expect: [1] "‘a’" "‘b’"
dQuote("a")  # expect: [1] "“a”"

# cases and translation
chartr("a-c","X-Z","a-c b")  # expect: [1] "X-Z Y"
chartr("abc","x","abc")  # expect error: 'old' is longer than 'new'
chartr("é","e","café")  # expect: [1] "cafe"
chartr("ab","xyz","aabb")  # expect: [1] "xxyy"
chartr("aa","xy","aab")  # expect: [1] "yyb"
toupper("straße é")  # expect: [1] "STRAßE É"
tolower("ÀÉ")  # expect: [1] "àé"
casefold("Ab",upper=TRUE)  # expect: [1] "AB"
casefold("Ab")  # expect: [1] "ab"
toupper(c(a="x"))  # expect:   a
#> "X"
chartr("abc","xyz",c(a="aabbcc"))  # expect:        a
#> "xxyyzz"
casefold(c(a="X"),upper=TRUE)  # expect:   a
#> "X"
toupper("i̇ß")  # expect: [1] "İß"
tolower("ΑΒΓΣ")  # expect: [1] "αβγσ"
chartr("áé","ae","cáfé")  # expect: [1] "cafe"
chartr("0-9","a-j","2021")  # expect: [1] "cacb"
chartr("c-a","xyz","abc")  # expect error: decreasing range specification ('c-a')
chartr("","","abc")  # expect: [1] "abc"
chartr("-a","x y","a-b")  # expect: [1] " xb"
casefold("ABC",upper=FALSE)  # expect: [1] "abc"

# parts
trimws("..a..",whitespace="[.]")  # expect: [1] "a"
trimws(" a ","l")  # expect: [1] "a "
trimws(" a ","x")  # expect error: 'arg' should be one of "both", "left", "right"
trimws("\t\n a\r ")  # expect: [1] "a"
substr("hello",0,2)  # expect: [1] "he"
substr("hello",-1,2)  # expect: [1] "he"
substr("hello",4,100)  # expect: [1] "lo"
substr("hello",3,2)  # expect: [1] ""
substr(character(0),1,2)  # expect: character(0)
substr("héllo",2,3)  # expect: [1] "él"
substr(c("abc","def"),c(1,2),c(2,3))  # expect: [1] "ab" "ef"
substring("abcdef",1:6,1:6)  # expect: [1] "a" "b" "c" "d" "e" "f"
substring(c("abc","de"),1,1:4)  # expect: [1] "a"   "de"  "abc" "de"
substring(12345,2)  # expect: [1] "2345"
substring(character(0),1)  # expect: character(0)
substr(c(a="hello"),2,3)  # expect:    a
#> "el"
trimws(c(a=" x "))  # expect:   a
#> "x"
substring(c(a="abc"),1:2)  # expect: [1] "abc" "bc"
substring(c(a="abc",b="x"),1:2)  # expect:     a     b
#> "abc"    ""
trimws(c("  a","b  "," c "))  # expect: [1] "a" "b" "c"
trimws("xxaxx",whitespace="x")  # expect: [1] "a"
trimws("  a  ","right")  # expect: [1] "  a"
trimws(5)  # expect: [1] "5"
trimws(character(0))  # expect: character(0)
substr("abc",2,2)  # expect: [1] "b"
substring("abc",1:3)  # expect: [1] "abc" "bc"  "c"
substring("abc",1,1:3)  # expect: [1] "a"   "ab"  "abc"
substring(c("abc","xyz"),2)  # expect: [1] "bc" "yz"
`substr<-`("hello",2,3,"XY")  # expect: [1] "hXYlo"
`substr<-`("hello",2,3,"XYZ")  # expect: [1] "hXYlo"
`substr<-`("hello",2,4,"X")  # expect: [1] "hXllo"
`substr<-`("héllo",2,2,"EE")  # expect: [1] "hEllo"
`substr<-`(c("abc","def"),1,2,c("X","YYY"))  # expect: [1] "Xbc" "YYf"
`substr<-`(c(a="abc"),0,2,"ZZ")  # expect:     a
#> "ZZc"
`substr<-`("abc",5,6,"z")  # expect: [1] "abc"
`substr<-`("abc",2,2,"é")  # expect: [1] "aéc"
`substr<-`("abc",3,1,"é")  # expect: [1] "abc"
`substring<-`("hello",2,value="XY")  # expect: [1] "hXYlo"
`substring<-`("hello",4,value="XYZW")  # expect: [1] "helXY"
x <- "hello"; substr(x, 2, 3) <- "EL"; x  # expect: [1] "hELlo"
x <- c("abc","def"); substr(x[2], 1, 1) <- "Z"; x  # expect: [1] "abc" "Zef"
x <- "hello"; substring(x, 4) <- "p!"; x  # expect: [1] "help!"
l <- list(a="abc"); substr(l$a, 1, 1) <- "Q"; l  # expect: $a
#> [1] "Qbc"

# searching
grepl("","",fixed=TRUE)  # expect: [1] TRUE
grepl("","a",fixed=TRUE)  # expect: [1] TRUE
grep("a",c("abc","xyz","bca"))  # expect: [1] 1 3
grep("z",c("a"))  # expect: numeric(0)
grep("z",c("a"),value=TRUE)  # expect: character(0)
grep("a",c("abc","b"),invert=TRUE)  # expect: [1] 2
grepl("A",c("abc","b"),ignore.case=TRUE)  # expect: [1]  TRUE FALSE
grepl("[[:alpha:]]",c("é","1"))  # expect: [1]  TRUE FALSE
grepl("\\w",c("é"))  # expect: [1] TRUE
grepl("\\w",c("é"),perl=TRUE)  # expect: [1] FALSE
grepl("(",c("a"))  # expect error: invalid regular expression '(', reason 'Missing ')''
grepl("(",c("a"),perl=TRUE)  # expect error: invalid regular expression '(', reason 'missing closing parenthesis'
grepl("[",c("a"))  # expect error: invalid regular expression '[', reason 'Missing ']''
grepl("a{2",c("a"))  # expect error: invalid regular expression 'a{2', reason 'Missing '}''
grepl("*a","*a")  # expect: [1] TRUE
grepl(1,c("a1"))  # expect: [1] TRUE
grepl("1",1:3)  # expect: [1]  TRUE FALSE FALSE
grepl(character(0),"a")  # expect error: invalid 'pattern' argument
grepl(c("a","b"),"a")  # expect: [1] TRUE
grepl("a",NULL)  # expect: logical(0)
grepl("a{2,1}","a")  # expect error: invalid regular expression 'a{2,1}', reason 'Invalid contents of {}'
grepl("\\","a")  # expect error: invalid regular expression '\', reason 'Trailing backslash'
grepl("[z-a]","a")  # expect error: invalid regular expression '[z-a]', reason 'Invalid character range'
grepl("[[:foo:]]","a")  # expect error: invalid regular expression '[[:foo:]]', reason 'Unknown character class name'
grepl("A","a",fixed=TRUE,ignore.case=TRUE)  # expect: [1] FALSE
grepl("a","a",fixed=TRUE,perl=TRUE)  # expect: [1] TRUE
regexpr("b+","abbb")[1]  # expect: [1] 2
gregexpr("","abc",fixed=TRUE)  # expect: [[1]]
#> [1] 1 2 3
regexpr("","abc",fixed=TRUE)  # expect: [1] 1
gregexpr("aa","aaaaa")  # expect: [[1]]
#> [1] 1 3
gregexpr("aa","aaaaa",fixed=TRUE)  # expect: [[1]]
#> [1] 1 3
regexpr("a",c(x="ba"))  # expect: [1] 2
grepl("a",c(x="ba"))  # expect: [1] TRUE
grep("a",c(x="ba",y="c"))  # expect: [1] 1
grep("a",c(x="ba",y="c"),value=TRUE)  # expect:    x
#> "ba"
grep("a",c(x="ba",y="c"),value=TRUE,invert=TRUE)  # expect:   y
#> "c"
regmatches("a1b22",gregexpr("[0-9]+","a1b22"))  # expect: [[1]]
#> [1] "1"  "22"
regmatches(c(a="a1",b="b"),regexpr("[0-9]+",c("a1","b")))  # expect:   a
#> "1"
regmatches(c(a="a1",b="b"),gregexpr("[0-9]+",c("a1","b")))  # expect: $a
#> [1] "1"
#>
#> $b
#> character(0)
regmatches("abc",regexpr("z","abc"))  # expect: character(0)
regmatches("abc",gregexpr("z","abc"))  # expect: [[1]]
#> character(0)
gregexpr("é","éaéé",fixed=TRUE)  # expect: [[1]]
#> [1] 1 3 4
regexpr("a",character(0))  # expect: numeric(0)
grepl("^[A-Z][a-z]+$",c("Hello","hello","HELLO"))  # expect: [1]  TRUE FALSE FALSE
grepl("a.c","a\nc")  # expect: [1] TRUE
grepl("a.c","a\nc",perl=TRUE)  # expect: [1] FALSE
grepl("a$","a\n")  # expect: [1] FALSE
grepl("a$","a\n",perl=TRUE)  # expect: [1] TRUE
grepl("\\d",c("1","a",""))  # expect: [1]  TRUE FALSE FALSE
grepl("^$",c("","a"))  # expect: [1]  TRUE FALSE
grepl("a|b",c("xa","xb","xc"))  # expect: [1]  TRUE  TRUE FALSE
grepl("[.]",c("a.b","ab"))  # expect: [1]  TRUE FALSE
grepl("+",c("a+b"),fixed=TRUE)  # expect: [1] TRUE
grepl("é","CAFÉ",ignore.case=TRUE)  # expect: [1] TRUE
grepl("[é]","é")  # expect: [1] TRUE
grepl(".","é")  # expect: [1] TRUE
grepl("^.$","日")  # expect: [1] TRUE
grepl("^.$","日",perl=TRUE)  # expect: [1] TRUE
grepl("\\<b","a b")  # expect: [1] TRUE
grepl("x{0}","a")  # expect: [1] TRUE
grepl("a**","a")  # expect error: invalid regular expression 'a**', reason 'Invalid use of repetition operators'
grepl("()","a")  # expect: [1] TRUE
grepl("a)","a)")  # expect: [1] TRUE
grepl("[]a]","]")  # expect: [1] TRUE
grepl("[^]a]","]")  # expect: [1] FALSE
grepl("a\\","a")  # expect error: invalid regular expression 'a\', reason 'Trailing backslash'
grepl("(a","a",perl=TRUE)  # expect error: invalid regular expression '(a', reason 'missing closing parenthesis'
grepl("\\p{L}","é",perl=TRUE)  # expect: [1] TRUE
grepl("(?i)É","é",perl=TRUE)  # expect: [1] TRUE
grep("a",character(0))  # expect: numeric(0)
grep("a",c(1,2))  # expect: numeric(0)
grep("1",c(10,2,31),value=TRUE)  # expect: [1] "10" "31"
regmatches(c("a1","b2"),regexpr("[0-9]",c("a1","b2")))  # expect: [1] "1" "2"
regmatches("key=val",regexpr("=","key=val"))  # expect: [1] "="
regmatches("é1é22",gregexpr("[0-9]+","é1é22"))  # expect: [[1]]
#> [1] "1"  "22"
regmatches("aaa",gregexpr("a","aaa"))  # expect: [[1]]
#> [1] "a" "a" "a"
regmatches("2021-01-02",gregexpr("[0-9]+","2021-01-02"))  # expect: [[1]]
#> [1] "2021" "01"   "02"
regmatches(c("a","b1"),gregexpr("[0-9]",c("a","b1"),perl=TRUE))  # expect: [[1]]
#> character(0)
#>
#> [[2]]
#> [1] "1"
regexpr("b",c("abc","xyz","b"))  # expect: [1]  2 -1  1
regexpr("",c("abc",""))  # expect: [1] 1 1
gregexpr("a",c("banana","xyz"))  # expect: [[1]]
#> [1] 2 4 6
#>
#> [[2]]
#> [1] -1
gregexpr("ana","banana")  # expect: [[1]]
#> [1] 2
gregexpr("[[:alpha:]]+","one two")  # expect: [[1]]
#> [1] 1 5
regmatches(x = "a1b22", m = regexpr(text = "a1b22", pattern = "[0-9]+"))  # expect: [1] "1"
regmatches("aXbX", gregexpr("x", "aXbX", ignore.case = TRUE))  # expect: [[1]]
#> [1] "X" "X"
regmatches("a.b.c", gregexpr(".", "a.b.c", fixed = TRUE))  # expect: [[1]]
#> [1] "." "."
grepl("^(.+)\\1$",c("abab","aba","éé"))  # expect: [1]  TRUE FALSE  TRUE
regmatches("xx yy zz",gregexpr("(.)\\1","xx yy zz"))  # expect: [[1]]
#> [1] "xx" "yy" "zz"
grepl("(a)(b)\\2\\1","abba")  # expect: [1] TRUE
regexpr("(.)\\1",c("abb","xyz",""))  # expect: [1]  2 -1 -1
regmatches("a", "b")  # expect error: the second argument of regmatches must be a call of regexpr, gregexpr or regexec

# counted classes beyond ASCII
grepl("^\\d{2}$", c("12", "é1", "ab"))  # expect: [1]  TRUE FALSE FALSE
gsub("[[:alpha:]]{2}", "-", c("éa1日b", "a1b"))  # expect: [1] "-1-" "a1b"
gsub("\\w{1,2}", "<\\0>", "é日 a", ignore.case = TRUE)  # expect: [1] "<0> <0>"
regmatches("éé12日3", gregexpr("\\W{1,2}|\\d{2}", "éé12日3"))[[1]]  # expect: [1] "12"
grepl("(a{255}){255}", "a")  # expect error: regular expression is too large

# replacing
gsub("","-","abc")  # expect: [1] "-a-b-c-"
gsub("é","e","CAFÉ",ignore.case=TRUE)  # expect: [1] "CAFe"
gsub("é","e","CAFÉ",ignore.case=TRUE,perl=TRUE)  # expect: [1] "CAFe"
sub("a","b",character(0))  # expect: character(0)
gsub("a",c("b","c"),"a")  # expect: [1] "b"
gsub("a",1,"a")  # expect: [1] "1"
gsub("a",character(0),"a")  # expect error: invalid 'replacement' argument
gsub(".","-","a.b",fixed=TRUE)  # expect: [1] "a-b"
gsub("(?i)A","x","aA",perl=TRUE)  # expect: [1] "xx"
gsub("\\d+","#","a12b3")  # expect: [1] "a#b#"
gsub("[[:space:]]+"," ","a  \t b")  # expect: [1] "a b"
gsub("(a+)(b+)","\\2\\1","aabb")  # expect: [1] "bbaa"
gsub("\\.","","1.2.3")  # expect: [1] "123"
sub("(.*)-(.*)","\\2","a-b-c")  # expect: [1] "c"
gsub("(a)|(b)","[\\1\\2]","ab")  # expect: [1] "[a][b]"
gsub("a|b*","-","abbc")  # expect: [1] "--c-"
gsub("\\s","",c(" a b ","c "))  # expect: [1] "ab" "c"
sub("^\\s+|\\s+$","","  a  ")  # expect: [1] "a  "
gsub("^\\s+|\\s+$","","  a  ")  # expect: [1] "a"
gsub("","-","abc",fixed=TRUE)  # expect error: zero-length pattern
sub("","-","abc",fixed=TRUE)  # expect error: zero-length pattern
gsub("aa","b","aaaaa",fixed=TRUE)  # expect: [1] "bba"
gsub("(a)(b)?", "[\\1|\\2|\\0|\\9]", "abac")  # expect: [1] "[a|b|0|][a||0|]c"
gsub("(a)(b)?", "[\\1|\\2|\\0]", "abac",perl=TRUE)  # expect: [1] "[a|b|0][a||0]c"
gsub("a","\\\\","a")  # expect: [1] "\\"
gsub("a","\\","a")  # expect: [1] ""
gsub("a","\\n","a")  # expect: [1] "n"
gsub("a","\\&","a")  # expect: [1] "&"
gsub("a","x\\1","a",fixed=TRUE)  # expect: [1] "x\\1"
gsub("(\\w+)","\\U\\1","héllo wörld",perl=TRUE)  # expect: [1] "HéLLO WöRLD"
gsub("\\b(\\w)","\\U\\1","hello world",perl=TRUE)  # expect: [1] "Hello World"
gsub("(\\w)(\\w*)","\\U\\1\\L\\2","hello WORLD foo",perl=TRUE)  # expect: [1] "Hello World Foo"
gsub("(a)","\\Ux\\1y\\Ez","bab",perl=TRUE)  # expect: [1] "bxAyzb"
gsub("(a)","\\U\\1","a")  # expect: [1] "Ua"
gsub("x","y",c(a="x"))  # expect:   a
#> "y"
gsub("x","y",matrix("x",1,1))  # expect:      [,1]
#> [1,] "y"
gsub("^|$","|","ab")  # expect: [1] "|ab"
gsub("(?<=a)b","x","abab",perl=TRUE)  # expect: [1] "axax"
gsub("a(?=b)","x","abac",perl=TRUE)  # expect: [1] "xbac"
gsub("\\bfoo\\b","bar","foo food foo")  # expect: [1] "bar food bar"
gsub("[aeiou]","<\\0>","hello")  # expect: [1] "h<0>ll<0>"
gsub("([aeiou])","<\\1>","hello")  # expect: [1] "h<e>ll<o>"
gsub("(.)\\1","<\\1>","aabbcd")  # expect: [1] "<a><b>cd"
gsub("[^[:alnum:]]","","a-b_c d!")  # expect: [1] "abcd"
gsub("[[:punct:]]"," ","a-b_c.d!")  # expect: [1] "a b c d "
sub("[[:upper:]]","x","aBC")  # expect: [1] "axC"
gsub("\\t"," ","a\tb")  # expect: [1] "a b"
gsub("\\\\","/","a\\b")  # expect: [1] "a/b"
gsub("/","\\\\","a/b")  # expect: [1] "a\\b"
gsub("$","x",c("a","b"))  # expect: [1] "ax" "bx"
gsub("\\$","x","a$b")  # expect: [1] "axb"
gsub("a{2,3}","x","aaaaa")  # expect: [1] "xx"
gsub("a+?","x","aaa",perl=TRUE)  # expect: [1] "xxx"
gsub("a+?","x","aaa")  # expect: [1] "xxx"
gsub(".*","x","abc")  # expect: [1] "x"
gsub(".*","x","abc",perl=TRUE)  # expect: [1] "x"
gsub("b*","x","abc",perl=TRUE)  # expect: [1] "xaxcx"
sub(".*","x","")  # expect: [1] "x"
gsub("","x","")  # expect: [1] "x"
gsub(" +$","","a  ")  # expect: [1] "a"
gsub("^0+","","00120")  # expect: [1] "120"
sub("\\s+$","","x \n")  # expect: [1] "x"
gsub("(\\d+)","<\\1>","a1b22c333")  # expect: [1] "a<1>b<22>c<333>"
gsub("\\d{2}","#","12345")  # expect: [1] "##5"
gsub("[0-9]","",c(a="x1",b="y2"))  # expect:   a   b
#> "x" "y"
gsub("(.)\\1","<\\1>","aabbcdd")  # expect: [1] "<a><b>c<d>"
gsub("(.)\\1","<\\1>","aéébb日日")  # expect: [1] "a<é><b><日>"
sub("(a*)b\\1","[\\1]","aabaa")  # expect: [1] "[aa]"
gsub("(\\w+) \\1","<\\1>","the the cat cat sat")  # expect: [1] "<the> <cat> sat"
gsub("(A)\\1","x","aAaa",ignore.case=TRUE)  # expect: [1] "aAx"
sub("^(.)(.*)\\1$","\\2","abca")  # expect: [1] "bc"
gsub("([a-z])\\1+","\\1","aaabbbccd")  # expect: [1] "abcd"
gsub("^(.*)x\\1","-","abxabx")  # expect: [1] "-x"

# splitting
strsplit(1,"a")  # expect error: invalid argument type: 'x' should be any of 'string' but is 'double'
strsplit("a1b2","[0-9]")  # expect: [[1]]
#> [1] "a" "b"
strsplit("a||b","|",fixed=TRUE)  # expect: [[1]]
#> [1] "a" ""  "b"
strsplit("a b"," ",perl=TRUE)  # expect: [[1]]
#> [1] "a" "b"
strsplit("aXbxc","x")  # expect: [[1]]
#> [1] "aXb" "c"
strsplit(c("a b","c"),"")  # expect: [[1]]
#> [1] "a" " " "b"
#>
#> [[2]]
#> [1] "c"
strsplit(c(x="a,b"),",")  # expect: $x
#> [1] "a" "b"
strsplit(character(0),",")  # expect: list()
strsplit("a.b.c",".")  # expect: [[1]]
#> [1] "" "" "" "" ""
strsplit("ab","(?=b)",perl=TRUE)  # expect: [[1]]
#> [1] "a" "b"
strsplit("abcabc","(?<=b)",perl=TRUE)  # expect: [[1]]
#> [1] "ab"  "cab" "c"
strsplit("a,b,",",")  # expect: [[1]]
#> [1] "a" "b"
strsplit("é日x","")  # expect: [[1]]
#> [1] "é"  "日" "x"
strsplit("a.b",".",fixed=TRUE)  # expect: [[1]]
#> [1] "a" "b"
strsplit(c(a="a b",b="c"), " ")  # expect: $a
#> [1] "a" "b"
#>
#> $b
#> [1] "c"
strsplit("abc","")  # expect: [[1]]
#> [1] "a" "b" "c"
strsplit("","")  # expect: [[1]]
#> character(0)
strsplit(""," ")  # expect: [[1]]
#> character(0)
strsplit(c("a-b","c d"), c("-"," "))  # expect: [[1]]
#> [1] "a" "b"
#>
#> [[2]]
#> [1] "c" "d"
strsplit("abc",character(0))  # expect: [[1]]
#> [1] "a" "b" "c"
strsplit("a b",NULL)  # expect: [[1]]
#> [1] "a" " " "b"
strsplit("aébbé","b*")  # expect: [[1]]
#> [1] "a" "é" ""  "é"
strsplit("aébbé","b*",perl=TRUE)  # expect: [[1]]
#> [1] "a" "é" ""  "é"
strsplit(c("a1b","c2d"),"[12]")  # expect: [[1]]
#> [1] "a" "b"
#>
#> [[2]]
#> [1] "c" "d"
strsplit(" a b"," ")  # expect: [[1]]
#> [1] ""  "a" "b"
strsplit("abab","ab",fixed=TRUE)  # expect: [[1]]
#> [1] "" ""
strsplit("a\nb","\n")  # expect: [[1]]
#> [1] "a" "b"
strsplit("2021-01-02","-")  # expect: [[1]]
#> [1] "2021" "01"   "02"
strsplit(c("a,b;c"),"[,;]")  # expect: [[1]]
#> [1] "a" "b" "c"
strsplit(c("a b","c,d","e f"),c(" ",","))  # expect: [[1]]
#> [1] "a" "b"
#>
#> [[2]]
#> [1] "c" "d"
#>
#> [[3]]
#> [1] "e" "f"
strsplit("aabbcc","(.)\\1")  # expect: [[1]]
#> [1] "" "" ""

# code points, numbers, names, paths
make.names(c("a b","1x","if","x.y","_z",".1a","","é","TRUE","a-b","...","..1","NA"))  # expect:  [1] "a.b"   "X1x"   "if."   "x.y"   "X_z"   "X.1a"  "X"     "é"     "TRUE."
#> [10] "a.b"   "..."   "..1"   "NA."
make.names(c("a","a"),unique=TRUE)  # expect: [1] "a"   "a.1"
make.unique(c("a","a","a.1","a","b","b"))  # expect: [1] "a"   "a.2" "a.1" "a.3" "b"   "b.1"
make.unique(c("a","a"),sep="_")  # expect: [1] "a"   "a_1"
make.unique(1)  # expect error: invalid argument type: 'names' should be any of 'string' but is 'double'
utf8ToInt("aé日")  # expect: [1]    97   233 26085
utf8ToInt("")  # expect: numeric(0)
utf8ToInt(c("a","b"))  # expect: [1] 97
intToUtf8(c(72,105))  # expect: [1] "Hi"
intToUtf8(c(72,105),multiple=TRUE)  # expect: [1] "H" "i"
intToUtf8(c(233,26085))  # expect: [1] "é日"
intToUtf8(numeric(0))  # expect: [1] ""
intToUtf8(numeric(0),TRUE)  # expect: character(0)
intToUtf8(0)  # expect: [1] ""
intToUtf8(c(72,0,73))  # expect: [1] "HI"
intToUtf8(55296)  # expect error: not a code point: 55296
intToUtf8(NULL)  # expect: [1] ""
intToUtf8(1114112)  # expect error: not a code point: 1114112
utf8ToInt(1)  # expect error: invalid argument type: 'x' should be any of 'string' but is 'double'
intToUtf8(72.9)  # expect: [1] "H"
file.path("a","b","c")  # expect: [1] "a/b/c"
file.path(c("a","b"),"x",fsep="-")  # expect: [1] "a-x" "b-x"
file.path("a",character(0))  # expect: character(0)
file.path()  # expect: character(0)
file.path(1,2)  # expect: [1] "1/2"
strtoi("08")  # expect: [1] NaN
strtoi("08",10)  # expect: [1] 8
strtoi("1e3")  # expect: [1] NaN
strtoi(c("0b1","1 "),2)  # expect: [1] NaN NaN
strtoi("11",1)  # expect error: invalid 'base' argument
strtoi("2147483647")  # expect: [1] 2147483647
strtoi("-2147483648")  # expect: [1] NaN
strtoi(12)  # expect: [1] 12
strtoi("+7")  # expect: [1] 7
strtoi("F",16L)  # expect: [1] 15
strtoi(c(a="12"))  # expect: [1] 12
make.names(c(a="1x"))  # expect: [1] "X1x"
make.unique(c(a="1x"))  # expect: [1] "1x"
file.path("a",c(x="b"))  # expect: [1] "a/b"
strtoi("")  # expect: [1] NaN
strtoi("9999999999")  # expect: [1] NaN
strtoi("12abc")  # expect: [1] NaN
strtoi("077",8)  # expect: [1] 63
strtoi("0x1F",16)  # expect: [1] 31
strtoi("077",0)  # expect: [1] 63
strtoi(" 12")  # expect: [1] 12
strtoi("-5")  # expect: [1] -5
strtoi(c("10","20"),c(2L))  # expect: [1]   2 NaN
strtoi("777",8L)  # expect: [1] 511
strtoi("zz",36)  # expect: [1] 1295
make.names(c("a","a","b c","b c"),unique=TRUE)  # expect: [1] "a"     "a.1"   "b.c"   "b.c.1"
make.names("a$b")  # expect: [1] "a.b"
make.names(c(".x","._x",".2x","x1"))  # expect: [1] ".x"   "._x"  "X.2x" "x1"
make.unique(c("x","x","x","y"))  # expect: [1] "x"   "x.1" "x.2" "y"
make.unique(c("a","a","a.1","a.1"))  # expect: [1] "a"     "a.2"   "a.1"   "a.1.1"
make.unique(character(0))  # expect: character(0)
utf8ToInt("😀")  # expect: [1] 128512
intToUtf8(128512)  # expect: [1] "😀"
intToUtf8(c(97,0,98),TRUE)  # expect: [1] "a" ""  "b"
intToUtf8(c(97,98),multiple=TRUE)  # expect: [1] "a" "b"
file.path("a",c("b","c"))  # expect: [1] "a/b" "a/c"
file.path("a","")  # expect: [1] "a/"
strtoi("0b11",2)  # expect: [1] NaN
strtoi("0x",16)  # expect: [1] NaN
strtoi("0xFF",16L)  # expect: [1] 255
strtoi("010",10L)  # expect: [1] 10
strtoi("010",8L)  # expect: [1] 8
strtoi(c("1","zz","7"),36L)  # expect: [1]    1 1295    7
strtoi("12 ",10)  # expect: [1] NaN
strtoi("- 5",10)  # expect: [1] NaN
basename(c("/a/b/c.txt", "a", "a/", "/", "", "a//b//"))  # expect: [1] "c.txt" "a"     "a"     ""      ""      "b"
dirname(c("/a/b/c.txt", "a", "a/", "/", "", "a//b//"))  # expect: [1] "/a/b" "."    "."    "/"    ""     "a//b"
file.exists(c("/", "/none/such"))  # expect: [1]  TRUE FALSE
file.exists(1)  # expect error: invalid 'file' argument
