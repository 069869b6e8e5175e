# An archive of quotes that grows day by day, keeps two weeks, and is there after a restart.
system("rm -rf archive")
database("archive")

# Two series in the group fx.  The values live in files from now on: what is done to them in place is done there.
columns <- list(NULL, c("bid", "ask"))
none <- as.time(NULL)
eurusd <- zts(none, matrix(0, 0, 2, dimnames = columns), file = "fx/EURUSD", sync = "100ms", retain = "14d")
gbpusd <- zts(none, matrix(0, 0, 2, dimnames = columns), file = "fx/GBPUSD", sync = "100ms", retain = "14d")

# A day of quotes: one per minute, a wave around a level.
quotes <- function(day, level) {
    at <- day + as.duration("00:01:00") * 0:1439
    mid <- level + 0.01 * sin(1:1440 / 200)
    zts(at, cbind(mid - 0.0001, mid + 0.0001))
}
for (d in 0:19) {
    day <- |.2024-03-01 00:00:00 UTC.| + as.duration("24:00:00") * d
    rbind(--eurusd, quotes(day, 1.08 + d / 1000))
    rbind(--gbpusd, quotes(day, 1.26 - d / 1000))
}

# A restart: the variables go, the objects stay.
rm(eurusd, gbpusd)
detach("archive")
database("archive")
db.ls()
nrow(fx$EURUSD)
head(fx$EURUSD, 2)

# Any function works on them as on values in memory; nothing is copied.
noon <- |.2024-03-07 12:00:00 UTC.| + as.duration("24:00:00") * 0:2
align(fx$EURUSD, noon)

# A correction in place is whole on the disk, or not there at all.
fx$GBPUSD[1:60, ] <<- 1.25
mean(fx$GBPUSD[1:60, "ask"])
verify(fx$GBPUSD)

# Derived data beside the quotes.
spread <- zts.data(fx$EURUSD)[, "ask"] - zts.data(fx$EURUSD)[, "bid"]
vector("double", 1, file = "stats/mean.spread")
stats$mean.spread[1] <<- round(mean(spread), 6)
stats
db.rename("stats/mean.spread", "reports/spread")
db.ls()
system("rm -rf archive")
