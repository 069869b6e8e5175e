# Like steps.R, without changes of elements: what sync = "none" keeps whole when the power fails.
t0 <- |.2020-01-01 00:00:00 UTC.|

step <- function(k) {
    h <- floor((k * 7919 + seed * 104729) %% 1000003 / 7)
    op <- h %% 10
    n <- 1 + h %% 150
    ids <- serial + seq_len(n)
    if (nrow(z) > 2500) zts.resize(--z, nrow(z) - 400)
    else if (nrow(z) < 20 || op < 6) {
        rbind(--z, zts(t0 + as.duration("00:00:01") * ids, cbind(ids, rep(k, n), ids / 2)))
        serial <<- serial + n
    }
    else if (op == 6) zts.truncate(--z, floor(nrow(z) * 0.9) + 1)
    else if (op == 7) zts.resize(--z, 1 + floor(nrow(z) * 0.1))
    else if (op == 8 && ncol(m) < 12) cbind(--m, matrix(k, nrow(m), 1))
    else if (op == 8) rbind(--m, matrix(k, 1, ncol(m)))
    else c(--s, paste0("row ", k, " ", strrep("x", h %% 300)))
    NULL
}
