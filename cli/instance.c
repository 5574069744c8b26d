/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/instance.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

enum { LINE_MAX_SIZE = 4096, ERASE_DESCRIPTORS = 16 };

enum error_class instance_make(const char *path, struct error *e)
{
    mem_auto char *partial = mem_text(path);
    for (char *slash = strchr(partial + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        (void)mkdir(partial, 0755); /* what is missing shows in the last mkdir */
        *slash = '/';
    }
    struct stat status;
    if (mkdir(path, 0700) != 0 && errno != EEXIST)
        return error_code(e, ERROR_REFUSED, "folder_refused", "can't make the folder %s: %m", path);
    if (stat(path, &status) != 0 || !S_ISDIR(status.st_mode))
        return error_code(e, ERROR_REFUSED, "folder_refused", "%s is not a folder", path);
    return ERROR_OK;
}

enum error_class instance_folder(const struct settings *settings, bool make, char **ret_path, struct error *e)
{
    const char *given = settings_text(settings, SETTING_DATA_DIR);
    const char *xdg = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
    char *path = NULL;
    if (given != NULL && *given == '/')
        path = mem_text(given);
    else if (given != NULL) { /* children have another working folder */
        mem_auto char *here = realpath(".", NULL);
        path = mem_format("%s/%s", here != NULL ? here : "", given);
    } else if (xdg != NULL && *xdg == '/')
        path = mem_format("%s/argosy", xdg);
    else if (geteuid() == 0) /* root's home is closed to the user that up becomes */
        path = mem_text("/var/lib/argosy");
    else if (home != NULL && *home == '/')
        path = mem_format("%s/.local/share/argosy", home);
    else
        return error_code(e, ERROR_INVALID, "no_data_folder", "no HOME and no XDG_DATA_HOME: give --data-dir");
    if (make && instance_make(path, e) != ERROR_OK) {
        free(path);
        return e->class;
    }
    *ret_path = path;
    return ERROR_OK;
}

enum error_class instance_lock(const char *folder, int *ret_fd, struct error *e)
{
    mem_auto char *path = mem_format("%s/lock", folder);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return error_code(e, ERROR_REFUSED, "folder_refused", "can't open %s: %m", path);
    struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    if (fcntl(fd, F_OFD_SETLK, &lock) != 0) {
        (void)close(fd);
        json_auto_t *state = NULL;
        struct error ignored = ERROR_NONE;
        (void)instance_read(folder, &state, &ignored);
        const char *url = json_string_value(json_object_get(state, "url"));
        return error_code(e, ERROR_REFUSED, "already_running", "an `argosy up` already runs on %s%s%s", folder,
                          url != NULL ? ", at " : "; it is still starting or stopping", url != NULL ? url : "");
    }
    *ret_fd = fd;
    return ERROR_OK;
}

bool instance_is_locked(const char *folder)
{
    mem_auto char *path = mem_format("%s/lock", folder);
    struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool locked = fd >= 0 && fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
    if (fd >= 0)
        (void)close(fd);
    return locked;
}

/* A rename is on the disk only when its folder is. */
static bool sync_folder(const char *folder)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        (void)close(fd);
    return ok;
}

/* Whole or not at all: another name first, then rename. The other name is new, so that it leads nowhere else. */
static enum error_class write_file(const char *folder, const char *name, const char *text, struct error *e)
{
    mem_auto char *path = mem_format("%s/%s", folder, name);
    mem_auto char *fresh = mem_format("%s/%s.new", folder, name);
    (void)unlink(fresh); /* of a run that was killed */
    int fd = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    size_t size = strlen(text);
    bool ok = fd >= 0 && write(fd, text, size) == (ssize_t)size && fsync(fd) == 0;
    if (fd >= 0)
        ok = close(fd) == 0 && ok;
    if (!ok || rename(fresh, path) != 0 || !sync_folder(folder))
        return error_code(e, ERROR_FATAL, "write_failed", "can't write %s: %m", path);
    return ERROR_OK;
}

enum error_class instance_write(const char *folder, const json_t *state, struct error *e)
{
    mem_auto char *text = json_dumps(state, JSON_INDENT(2));
    return write_file(folder, "up.json", text != NULL ? text : "{}", e);
}

enum error_class instance_read(const char *folder, json_t **ret_state, struct error *e)
{
    mem_auto char *path = mem_format("%s/up.json", folder);
    json_error_t where;
    json_t *state = json_load_file(path, 0, &where);
    if (state == NULL)
        return error_code(e, ERROR_UNAVAILABLE, "not_running", "no fleet runs on %s: start one with `argosy up`",
                          folder);
    *ret_state = state;
    return ERROR_OK;
}

void instance_remove(const char *folder)
{
    mem_auto char *path = mem_format("%s/up.json", folder);
    (void)unlink(path);
}

enum error_class instance_setting(const struct settings *settings, enum setting id, const char *member,
                                  char **ret_value, struct error *e)
{
    const char *given = settings_text(settings, id);
    if (given != NULL) {
        *ret_value = mem_text(given);
        return ERROR_OK;
    }
    char *folder_text;
    if (instance_folder(settings, false, &folder_text, e) != ERROR_OK)
        return e->class;
    mem_auto char *folder = folder_text;
    json_auto_t *state = NULL;
    if (instance_read(folder, &state, e) != ERROR_OK)
        return error_code(e, ERROR_UNAVAILABLE, "not_running",
                          "no fleet runs on %s: start one with `argosy up`, or give --%s (%s)", folder,
                          setting_rows[id].flag, setting_rows[id].environment);
    const char *value = json_string_value(json_object_get(state, member));
    if (value == NULL)
        return error_code(e, ERROR_UNAVAILABLE, "not_running", "the fleet on %s has no %s", folder, member);
    *ret_value = mem_text(value);
    return ERROR_OK;
}

const char *instance_direct(const struct settings *settings)
{
    return settings_text(settings, SETTING_DATABASE_URL) != NULL ? settings_text(settings, SETTING_DATABASE_DIRECT_URL)
                                                                 : NULL;
}

enum error_class instance_direct_url(const struct settings *settings, char **ret_url, struct error *e)
{
    return instance_setting(settings,
                            instance_direct(settings) != NULL ? SETTING_DATABASE_DIRECT_URL : SETTING_DATABASE_URL,
                            "database_url", ret_url, e);
}

enum error_class instance_line(const char *folder, const char *name, char **ret_line, struct error *e)
{
    mem_auto char *path = mem_format("%s/%s", folder, name);
    char line[LINE_MAX_SIZE];
    FILE *f = fopen(path, "re");
    if (f == NULL)
        return error_code(e, errno == EACCES ? ERROR_DENIED : ERROR_NOT_FOUND, "file_not_found", "can't read %s: %m",
                          path);
    line[0] = '\0';
    bool read = fgets(line, sizeof line, f) != NULL;
    (void)fclose(f);
    bool cut = read && strlen(line) == sizeof line - 1;
    line[strcspn(line, "\r\n")] = '\0';
    if (!read || cut || *line == '\0')
        return error_code(e, ERROR_FATAL, "file_damaged", "%s has no line of at most %d bytes: remove it", path,
                          LINE_MAX_SIZE - 2);
    *ret_line = mem_text(line);
    explicit_bzero(line, sizeof line);
    return ERROR_OK;
}

enum error_class instance_line_write(const char *folder, const char *name, const char *line, struct error *e)
{
    mem_auto char *text = mem_format("%s\n", line);
    return write_file(folder, name, text, e);
}

static int erase_one(const char *path, const struct stat *status, int type, struct FTW *at)
{
    (void)status, (void)type, (void)at;
    return remove(path);
}

enum error_class instance_erase(const char *folder, const char *name, struct error *e)
{
    mem_auto char *path = mem_format("%s/%s", folder, name);
    if (nftw(path, erase_one, ERASE_DESCRIPTORS, FTW_DEPTH | FTW_PHYS) != 0 && errno != ENOENT)
        return error_code(e, ERROR_FATAL, "erase_failed", "can't remove %s: %m", path);
    return ERROR_OK;
}
