/* SPDX-License-Identifier: Apache-2.0 */
/*
 * replay.c - main() of a fuzz target where libFuzzer is absent: gives it every file of its corpus once.
 *
 * Usage: fuzz_NAME FOLDER. A crash or a sanitizer finding is the failure; so is a folder without a file, because a
 * replay of nothing would prove nothing.
 */
#include "tests/fuzz/fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

/* The input sits in a block of exactly its size, so that ASan sees a read past the end. */
static int replay_file(const char *path, size_t size)
{
    FILE *stream = fopen(path, "rb");
    if (!stream) {
        perror(path);
        return -1;
    }
    uint8_t *data = malloc(size ? size : 1);
    int result = -1;
    if (data && fread(data, 1, size, stream) == size) {
        LLVMFuzzerTestOneInput(data, size);
        result = 0;
    } else {
        fprintf(stderr, "%s: could not be read whole\n", path);
    }
    free(data);
    fclose(stream);
    return result;
}

static int replay_folder(const char *folder)
{
    DIR *directory = opendir(folder);
    if (!directory) {
        perror(folder);
        return 1;
    }
    unsigned replayed = 0;
    int failed = 0;
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        char path[4096];
        struct stat status;
        int length = snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (length < 0 || (size_t)length >= sizeof path || stat(path, &status) != 0 || !S_ISREG(status.st_mode))
            continue;
        if (replay_file(path, (size_t)status.st_size) != 0)
            failed = 1;
        replayed++;
    }
    closedir(directory);
    printf("%u inputs replayed from %s\n", replayed, folder);
    return failed || replayed == 0;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
        return 2;
    }
    return replay_folder(argv[1]);
}
