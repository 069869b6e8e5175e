/* Runs a fuzz target over files: its corpus, in the ordinary suite, with every compiler and sanitizer.
 *
 *     replay FOLDER     each file is one input; then inputs that are cut short and with bytes changed */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t state = 88172645463325252u;

static uint64_t next_random(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

/* Each input is tried as it is, cut at some places, and with some bytes changed: always the same ones. */
static void try_variants(const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);

    LLVMFuzzerTestOneInput(data, size);
    for (int i = 0; copy && size > 0 && i < 20; i++) {
        size_t len = i % 2 ? size : next_random() % size;

        memcpy(copy, data, size);
        for (int k = 0; k < i % 4 && len > 0; k++)
            copy[next_random() % len] = (uint8_t)next_random();
        LLVMFuzzerTestOneInput(copy, len);
    }
    free(copy);
}

static int try_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    struct stat info;
    uint8_t *data;
    size_t got;

    if (!file || fstat(fileno(file), &info) != 0) {
        perror(path);
        return 1;
    }
    data = malloc((size_t)info.st_size + 1);
    got = data ? fread(data, 1, (size_t)info.st_size, file) : 0;
    fclose(file);
    if (data)
        try_variants(data, got);
    free(data);
    return 0;
}

int main(int argc, char **argv)
{
    struct dirent **names;
    int count = argc > 1 ? scandir(argv[1], &names, NULL, alphasort) : -1, failed = 0, files = 0;

    if (count < 0) {
        perror(argc > 1 ? argv[1] : "usage: replay FOLDER");
        return 2;
    }
    for (int i = 0; i < count; i++) {
        char path[4096];

        if (names[i]->d_name[0] != '.') {
            snprintf(path, sizeof path, "%s/%s", argv[1], names[i]->d_name);
            failed += try_file(path);
            files++;
        }
        free(names[i]);
    }
    free(names);
    printf("%d inputs\n", files);
    return failed || files == 0;
}
