# Changes three persistent objects for ever, and says on standard error which step is done.
#   writer.R DIRECTORY LAST-STEP SEED SERIAL STEPS.R
args <- commandArgs(trailingOnly = TRUE)
dir <- args[1]; k <- as.double(args[2]); seed <- as.double(args[3]); serial <- as.double(args[4])
source(args[5])
z <- load(paste0(dir, "/z"))
m <- load(paste0(dir, "/m"))
s <- load(paste0(dir, "/s"))
repeat {
    k <- k + 1
    step(k)
    message(k)
}
