# Queries and escapes as far as one process shows them; tests/plane has two.
5 ? 1                                # expect error: left side of '?' is not a connection
"con" ? 1                            # expect error: left side of '?' is not a connection
nobody ? 1                           # expect error: object 'nobody' not found
tryCatch(5 ? stop("never"), 7)       # expect: [1] 7
{ 5 ? 1; 2 }                         # expect error: left side of '?' is not a connection
x <- 5 ? 1                           # expect error: left side of '?' is not a connection
5 ? a <- 1                           # expect error: can't assign to non-symbol
list(1, 5 ? 1)                       # expect error: left side of '?' is not a connection
f <- function(x = 5 ? x) x; f(3)     # expect: [1] 3
++5 + 1                              # expect: [1] 6
x <- 3; ++x * ++x                    # expect: [1] 9
++++2                                # expect: [1] 2
f <- function(n) ++n^2; f(3)         # expect: [1] 9
5 ? ++stop("evaluated first")        # expect error: evaluated first
typeof(connection)                   # expect: [1] "builtin"
connection("127.0.0.1")              # expect error: argument missing: port
connection("127.0.0.1", 0)           # expect error: connection: 'port' should be from 1 to 65535
connection("", 1)                    # expect error: connection: 'ip' should be an address, a host name or the path of a socket
connection.address(1)                # expect error: incorrect argument type
connection.port("a")                 # expect error: incorrect argument type
timer(1, 2)                          # expect error: timer: 'duration' should be one duration
timer(as.duration("00:00:01"))       # expect error: argument missing: loop
nrow(stats.net())                    # expect: [1] 13
nrow(stats.msg())                    # expect: [1] 12
sum(stats.ctx())                     # expect: [1] 0
names(info.net())[1]                 # expect: [1] "connections"
sum(info.ctx())                      # expect: [1] 0
