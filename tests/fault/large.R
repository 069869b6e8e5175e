# Changes whose redo records are larger than what is kept of them.
t0 <- |.2020-01-01 00:00:00 UTC.|

step <- function(k) {
    ids <- serial + seq_len(if (k == 1) 80000 else 10)
    if (k %% 4 == 1) {
        rbind(--z, zts(t0 + as.duration("00:00:01") * ids, cbind(ids, rep(k, length(ids)), ids / 2)))
        serial <<- serial + length(ids)
    }
    else if (k %% 4 == 3) z[100 + k, 2] <<- k
    else z[1:min(nrow(z), 80000), 2:3] <<- k
    NULL
}
