/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/privileges.h"

#include <dirent.h>
#include <ftw.h>
#include <grp.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHOWN_DESCRIPTORS = 16 };

static uid_t owner;
static gid_t group;

static int give_one(const char *path, const struct stat *status, int type, struct FTW *at)
{
    (void)status, (void)type, (void)at;
    return lchown(path, owner, group);
}

/* Giving a folder away takes it from somebody: only an empty one, or a data folder that root itself has used. */
static bool is_ours_to_give(const char *folder, const struct stat *status)
{
    bool empty = true, data = false;
    DIR *d = opendir(folder);
    for (const struct dirent *entry; d != NULL && (entry = readdir(d)) != NULL;) {
        data = data || strcmp(entry->d_name, "lock") == 0;
        empty = empty && (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0);
    }
    bool read = d != NULL;
    if (d != NULL)
        (void)closedir(d);
    return read && S_ISDIR(status->st_mode) && (empty || (data && status->st_uid == 0));
}

enum error_class privileges_drop(const char *user, const char *folder, struct error *e)
{
    if (geteuid() != 0)
        return ERROR_OK;
    const struct passwd *entry = getpwnam(user);
    struct stat status;
    if (entry == NULL || entry->pw_uid == 0)
        return error_code(e, ERROR_INVALID, "no_such_user", "--user \"%s\": there is no such unprivileged user", user);
    owner = entry->pw_uid;
    group = entry->pw_gid;
    if (lstat(folder, &status) != 0 || (status.st_uid != owner && !is_ours_to_give(folder, &status)))
        return error_code(e, ERROR_REFUSED, "folder_refused",
                          "%s belongs to another user than \"%s\" and is not empty: give --user, or choose another "
                          "folder (--data-dir)",
                          folder, user);
    if (status.st_uid != owner && nftw(folder, give_one, CHOWN_DESCRIPTORS, FTW_PHYS) != 0)
        return error_code(e, ERROR_REFUSED, "folder_refused", "can't give %s to %s: %m", folder, user);
    int death_signal = 0; /* the kernel forgets it when the user changes */
    (void)prctl(PR_GET_PDEATHSIG, &death_signal);
    if (setgroups(0, NULL) != 0 || setgid(group) != 0 || setuid(owner) != 0)
        return error_set(e, ERROR_FATAL, "can't become %s: %m", user);
    if (access(folder, R_OK | W_OK | X_OK) != 0)
        return error_code(e, ERROR_REFUSED, "folder_refused",
                          "%s can't reach %s: choose a folder below one that everybody may enter (--data-dir)", user,
                          folder);
    (void)prctl(PR_SET_PDEATHSIG, (unsigned long)death_signal);
    (void)setenv("HOME", folder, 1);
    return chdir(folder) == 0 ? ERROR_OK : error_set(e, ERROR_FATAL, "can't enter %s: %m", folder);
}
