/* nearest: three rows of the usual dynamic program, over words short enough for the stack.
 *
 *     cost[i][j] = least of   cost[i-1][j] + 1      a letter too many
 *                             cost[i][j-1] + 1      a letter missing
 *                             cost[i-1][j-1] + d    another letter (d = 0 when equal)
 *                             cost[i-2][j-2] + 1    two letters swapped
 *
 * Costs are in quarters: a change of a letter is 4, of its case 1. */
#include "base/nearest.h"

#include <ctype.h>
#include <string.h>

enum { LONGEST = 40, EDIT = 4, CASE = 1 };

static int least(int a, int b)
{
    return a < b ? a : b;
}

static int replace_cost(char a, char b)
{
    if (a == b)
        return 0;
    return tolower((unsigned char)a) == tolower((unsigned char)b) ? CASE : EDIT;
}

/* Words of at most LONGEST letters. */
static int distance(const char *a, int na, const char *b, int nb)
{
    int rows[3][LONGEST + 1];

    for (int j = 0; j <= nb; j++)
        rows[0][j] = j * EDIT;
    for (int i = 1; i <= na; i++) {
        int *row = rows[i % 3], *above = rows[(i + 2) % 3], *higher = rows[(i + 1) % 3];

        row[0] = i * EDIT;
        for (int j = 1; j <= nb; j++) {
            row[j] = least(above[j], row[j - 1]) + EDIT;
            row[j] = least(row[j], above[j - 1] + replace_cost(a[i - 1], b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = least(row[j], higher[j - 2] + EDIT);
        }
    }
    return rows[na % 3][nb];
}

void zp_nearest_init(zp_nearest *near, const char *word)
{
    size_t len = strlen(word);

    near->word = word;
    near->found = NULL;
    /* One more than what is still near: a third of the word, and never the whole of it. */
    near->cost = len < 2 || len > LONGEST ? 0 : least((int)(len + 2) / 3, (int)len - 1) * EDIT + 1;
}

void zp_nearest_offer(zp_nearest *near, const char *candidate)
{
    size_t a = strlen(near->word), b = strlen(candidate);
    size_t apart = a > b ? a - b : b - a;
    int cost;

    if (b > LONGEST || (int)apart * EDIT >= near->cost || b == 0)
        return;
    cost = distance(near->word, (int)a, candidate, (int)b);
    if (cost < near->cost) {
        near->cost = cost;
        near->found = cost > 0 ? candidate : NULL; /* the word itself is no suggestion */
    }
}
