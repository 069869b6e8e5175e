# Like steps.R with columns of several blocks, so that checksums of whole blocks come and go.
t0 <- |.2020-01-01 00:00:00 UTC.|

step <- function(k) {
    h <- floor((k * 7919 + seed * 104729) %% 1000003 / 7)
    op <- h %% 8
    n <- if (k == 1) 20000 else 1 + h %% 3000
    ids <- serial + seq_len(n)
    if (k == 1 || op < 3) {
        rbind(--z, zts(t0 + as.duration("00:00:01") * ids, cbind(ids, rep(k, n), ids / 2)))
        serial <<- serial + n
    }
    else if (op < 6) {
        lo <- 1 + (h * 31) %% nrow(z)
        z[lo:min(nrow(z), lo + h %% 2000), 2:3] <<- k
    }
    else if (op == 6) zts.truncate(--z, floor(nrow(z) * 0.9) + 1)
    else zts.resize(--z, 1 + floor(nrow(z) * 0.1))
    NULL
}
