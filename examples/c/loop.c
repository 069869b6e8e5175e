/* loop: many questions at once inside a loop of one's own.
 *
 *     ./loop localhost:7777
 *
 * The library never blocks here: it says which descriptor to watch, for what, and until when. */
#include <poll.h>
#include <stdio.h>
#include <zplane.h>

enum { QUESTIONS = 100 };

static void on_answer(void *arg, zplane_value *value, const zplane_error *error)
{
    int *left = arg;

    if (error)
        fprintf(stderr, "%s\n", error->text);
    else if (--*left == 0)
        printf("the last answer is %g\n", zplane_doubles(value, 0)[0]);
    zplane_value_free(value);
}

static int turn(zplane *con, zplane_error *err)
{
    int events = zplane_events(con);
    struct pollfd fd = { .fd = zplane_fd(con) };

    fd.events = (short)((events & ZPLANE_READ ? POLLIN : 0) | (events & ZPLANE_WRITE ? POLLOUT : 0));
    poll(&fd, 1, zplane_timeout(con));
    return zplane_process(con, err);
}

int main(int argc, char **argv)
{
    int left = QUESTIONS, ok;
    zplane_error err;
    zplane *con = zplane_connect_start(argc > 1 ? argv[1] : "localhost", NULL, &err);

    ok = con != NULL;
    for (int i = 1; ok && i <= QUESTIONS; i++) {
        char text[32];

        snprintf(text, sizeof(text), "sum(1:%d)", i);
        ok = zplane_query_start(con, text, 0, NULL, 0, on_answer, &left, &err) != 0;
    }
    while (ok && left > 0)
        ok = turn(con, &err);
    if (!ok)
        fprintf(stderr, "%s\n", err.text);
    zplane_close(con);
    return ok ? 0 : 1;
}
