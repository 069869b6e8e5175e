# Databases: directories of objects that are variables.

{ database("d1"); basename <- function(p) sub(".*/", "", p); c(basename(database()), length(db.ls())) }  # expect: [1] "d1" "0"
{ database("d2"); ticks <- vector("double", 2, file = "ticks"); rm(ticks); ticks[1] <<- 4; load("ticks") }  # expect: [1] 4 0
{ database("d3"); x <- vector("double", 1, file = "fx/EURUSD"); y <- vector("double", 2, file = "fx/GBPUSD"); names(fx) }  # expect: [1] "EURUSD" "GBPUSD"
{ database("d4"); x <- vector("double", 1, file = "fx/EURUSD"); length(fx$EURUSD); y <- vector("double", 2, file = "fx/a/b"); length(fx$a$b) }  # expect: [1] 2
{ database("d5"); x <- vector("double", 1, file = "b"); y <- vector("double", 1, file = "a/x"); z <- vector("double", 1, file = "a.y"); db.ls() }  # expect: [1] "a/x" "a.y" "b"
{ database("d6"); x <- vector("double", 1, file = "a/x"); db.ls("a") }  # expect: [1] "a/x"
{ database("d7"); x <- vector("double", 1, file = "a"); vector("double", 1, file = "a/b") }  # expect error: 'a/b' cannot be made: 'a' is an object, not a group
{ database("d8"); vector("double", 1, file = "a b") }  # expect error: 'a b' is no name in a database: parts like those of variables, with '/' between them
{ database("d9"); vector("double", 1, file = "a/../../b") }  # expect error: 'a/../../b' is no name in a database: parts like those of variables, with '/' between them
{ database("d10"); x <- vector("double", 1, file = "./d10-outside"); c(length(db.ls()), length(load("./d10-outside"))) }  # expect: [1] 0 1
{ database("d11"); x <- vector("double", 3, file = "a"); db.rename("a", "g/b"); c(length(g$b), exists("a")) }  # expect: [1] 3 0
{ database("d12"); x <- vector("double", 3, file = "a"); db.drop("a") }  # expect error: a is in use: remove the variables that hold it first
{ database("d13"); x <- vector("double", 3, file = "a"); rm(x); db.drop("a"); c(db.ls(), exists("a")) }  # expect: [1] "FALSE"
{ database("d14"); tryCatch(db.drop("nothing"), error = function(e) sub(" in database.*", "", conditionMessage(e))) }  # expect: [1] "there is no object 'nothing'"
db.ls()  # expect error: no database is open
{ x <- vector("double", 3, file = "d15"); database("d15") }  # expect error: 'd15' is one object, not a database: open it with load("d15")
{ database("d16"); x <- vector("double", 3, file = "a"); rm(x); detach("d16"); exists("a") }  # expect: [1] FALSE
{ database("d17"); x <- vector("double", 3, file = "a"); rm(x); detach("d17"); attach("d17/a"); length(a) }  # expect: [1] 3
detach("d-never")  # expect error: there is no directory 'd-never'
{ database("d18"); detach("d1") }  # expect error: 'd1' is not attached
{ database("d19"); x <- vector("double", 1, file = "sum"); rm(x); c(sum(1:3), length(get("sum", "global"))) }  # expect: [1] 6 1
{ database("d20", mode = "read") }  # expect error: there is no directory 'd20'
