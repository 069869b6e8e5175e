# Step k changes one of the persistent objects z, m, s.  What it does depends on k and `seed` alone; model.py does the same.
t0 <- |.2020-01-01 00:00:00 UTC.|

append.rows <- function(k, n) {
    ids <- serial + seq_len(n)
    rbind(--z, zts(t0 + as.duration("00:00:01") * ids, cbind(ids, rep(k, n), ids / 2)))
    serial <<- serial + n
}

change.rows <- function(k, h) {
    lo <- 1 + h %% nrow(z)
    hi <- min(nrow(z), lo + h %% 60)
    z[lo:hi, 2:3] <<- k
}

change.matrix <- function(k, h) {
    if (ncol(m) < 12) cbind(--m, matrix(k, nrow(m), 1))
    else if (h %% 3 == 0) colnames(m) <<- paste0("c", k, "_", 1:ncol(m))
    else m[1 + h %% nrow(m), ] <<- k
}

change.strings <- function(k, h) {
    if (h %% 2 == 0 && length(s) < 400) c(--s, paste0("row ", k, " ", strrep("x", h %% 300)))
    else s[1 + h %% length(s)] <<- paste0("new ", k, strrep("y", h %% 500))
}

step <- function(k) {
    h <- floor((k * 7919 + seed * 104729) %% 1000003 / 7)
    op <- h %% 10
    if (nrow(z) > 2500) zts.resize(--z, nrow(z) - 400)
    else if (nrow(z) < 20 || op < 4) append.rows(k, 1 + h %% 150)
    else if (op < 6) change.rows(k, h)
    else if (op == 6) zts.truncate(--z, floor(nrow(z) * 0.9) + 1)
    else if (op == 7) zts.resize(--z, 1 + floor(nrow(z) * 0.1))
    else if (op == 8) change.matrix(k, h)
    else change.strings(k, h)
    NULL
}
