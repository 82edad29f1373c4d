/* Records in one order what a process does to the files of one folder, for tests/nightly/power_cut.py; loaded with LD_PRELOAD.

   A record: kind (1 byte), length of the name (1), length of the data (4), offset (8), name, data; numbers as the machine has them.
   W write, T new length (in offset), S synced, D folder synced, C made new, U removed, R renamed (data: the new name),
   A acknowledgement (what was written to the file "acknowledged"), X a call whose effect on the disk this program cannot tell.
   What goes to -shm is not recorded: nothing of it outlives a power cut. Syncs are recorded and not done: nobody cuts this machine's power. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
static const char *folder;
static int record_fd = -1;

static void *real(const char *name) {
    void *found = dlsym(RTLD_NEXT, name);
    if (!found) abort();
    return found;
}

__attribute__((constructor)) static void begin(void) {
    const char *file = getenv("POWER_CUT_RECORD");
    folder = getenv("POWER_CUT_FOLDER");
    if (!folder || !file) { folder = NULL; return; }
    record_fd = (int)syscall(SYS_openat, AT_FDCWD, file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (record_fd < 0) abort();
}

static void record(char kind, const char *name, uint64_t offset, const void *data, uint32_t size) {
    unsigned char head[14];
    size_t named = strlen(name);
    if (named > 255) abort();
    head[0] = (unsigned char)kind;
    head[1] = (unsigned char)named;
    memcpy(head + 2, &size, 4);
    memcpy(head + 6, &offset, 8);
    struct iovec parts[3] = {{head, sizeof head}, {(void *)name, named}, {(void *)data, size}};
    if (syscall(SYS_writev, record_fd, parts, 3) != (long)(sizeof head + named + size)) abort();
}

/* The name inside the folder, "" for the folder itself, NULL for what does not concern us. */
static const char *inside(const char *path) {
    size_t length = folder ? strlen(folder) : 0;
    if (!length || strncmp(path, folder, length)) return NULL;
    if (!path[length]) return "";
    if (path[length] != '/' || strchr(path + length + 1, '/')) return NULL;
    const char *name = path + length + 1;
    size_t named = strlen(name);
    if (named >= 4 && !strcmp(name + named - 4, "-shm")) return NULL;
    if (named > 10 && !strcmp(name + named - 10, " (deleted)")) return NULL;
    return name;
}

static const char *of_fd(int fd, char *room) {
    char link[40];
    if (!folder) return NULL;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t got = readlink(link, room, 4095);
    if (got < 0) return NULL;
    room[got] = 0;
    return inside(room);
}

static int opened(int at, const char *path, int flags, mode_t mode) {
    const char *name = inside(path);
    pthread_mutex_lock(&turn);
    struct stat before;
    int fresh = name && (flags & O_CREAT) && fstatat(at, path, &before, 0) != 0;
    int fd = (int)syscall(SYS_openat, at, path, flags, mode);
    if (name && fd >= 0 && strcmp(name, "acknowledged")) {
        if (fresh) record('C', name, 0, "", 0);
        else if (flags & O_TRUNC) record('T', name, 0, "", 0);
    }
    pthread_mutex_unlock(&turn);
    if (fd < 0) return -1;
    return fd;
}

#define MODE(last) mode_t mode = 0; if (flags & (O_CREAT | O_TMPFILE)) { va_list more; va_start(more, last); mode = va_arg(more, mode_t); va_end(more); }
int open(const char *path, int flags, ...) { MODE(flags) return opened(AT_FDCWD, path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE(flags) return opened(AT_FDCWD, path, flags, mode); }
int openat(int at, const char *path, int flags, ...) { MODE(flags) return opened(at, path, flags, mode); }
int openat64(int at, const char *path, int flags, ...) { MODE(flags) return opened(at, path, flags, mode); }
int creat(const char *path, mode_t mode) { return opened(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode); }
int creat64(const char *path, mode_t mode) { return opened(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode); }

/* `offset` -1: where the file stands. */
static ssize_t written(int fd, const void *data, size_t size, off_t offset) {
    char room[4096];
    const char *name = of_fd(fd, room);
    if (!name) return offset < 0 ? syscall(SYS_write, fd, data, size) : syscall(SYS_pwrite64, fd, data, size, offset);
    pthread_mutex_lock(&turn);
    off_t where = offset < 0 ? lseek(fd, 0, SEEK_CUR) : offset;
    ssize_t done = offset < 0 ? syscall(SYS_write, fd, data, size) : syscall(SYS_pwrite64, fd, data, size, offset);
    if (done > 0) record(strcmp(name, "acknowledged") ? 'W' : 'A', name, (uint64_t)where, data, (uint32_t)done);
    pthread_mutex_unlock(&turn);
    return done;
}
ssize_t write(int fd, const void *data, size_t size) { return written(fd, data, size, -1); }
ssize_t pwrite(int fd, const void *data, size_t size, off_t offset) { return written(fd, data, size, offset); }
ssize_t pwrite64(int fd, const void *data, size_t size, off64_t offset) { return written(fd, data, size, offset); }

static int cut_to(int fd, off_t length) {
    char room[4096];
    const char *name = of_fd(fd, room);
    pthread_mutex_lock(&turn);
    int done = (int)syscall(SYS_ftruncate, fd, length);
    if (name && !done) record('T', name, (uint64_t)length, "", 0);
    pthread_mutex_unlock(&turn);
    return done;
}
int ftruncate(int fd, off_t length) { return cut_to(fd, length); }
int ftruncate64(int fd, off64_t length) { return cut_to(fd, length); }

static int synced(int fd, long call) {
    char room[4096];
    const char *name = of_fd(fd, room);
    if (!name) return (int)syscall(call, fd);
    pthread_mutex_lock(&turn);
    record(*name ? 'S' : 'D', name, 0, "", 0);
    pthread_mutex_unlock(&turn);
    return 0;
}
int fsync(int fd) { return synced(fd, SYS_fsync); }
int fdatasync(int fd) { return synced(fd, SYS_fdatasync); }

int unlink(const char *path) {
    const char *name = inside(path);
    pthread_mutex_lock(&turn);
    int done = (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
    if (name && !done) record('U', name, 0, "", 0);
    pthread_mutex_unlock(&turn);
    return done;
}
int rename(const char *from, const char *to) {
    const char *name = inside(from), *then = inside(to);
    pthread_mutex_lock(&turn);
    int done = (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
    if (!done && (name || then)) record(name && then ? 'R' : 'X', name ? name : then, 0, then ? then : "", then ? (uint32_t)strlen(then) : 0);
    pthread_mutex_unlock(&turn);
    return done;
}

static void unknown(int fd, const char *what) {
    char room[4096];
    const char *name = of_fd(fd, room);
    if (!name || !*name) return;
    pthread_mutex_lock(&turn);
    record('X', name, 0, what, (uint32_t)strlen(what));
    pthread_mutex_unlock(&turn);
}
#define LOUD(type, call, given, passed) type call given { unknown(fd, #call); return ((type(*) given)real(#call)) passed; }
LOUD(ssize_t, writev, (int fd, const struct iovec *parts, int count), (fd, parts, count))
LOUD(ssize_t, pwritev, (int fd, const struct iovec *parts, int count, off_t at), (fd, parts, count, at))
LOUD(ssize_t, pwritev64, (int fd, const struct iovec *parts, int count, off64_t at), (fd, parts, count, at))
LOUD(int, fallocate, (int fd, int mode, off_t at, off_t size), (fd, mode, at, size))
LOUD(int, fallocate64, (int fd, int mode, off64_t at, off64_t size), (fd, mode, at, size))
LOUD(int, posix_fallocate, (int fd, off_t at, off_t size), (fd, at, size))
LOUD(int, posix_fallocate64, (int fd, off64_t at, off64_t size), (fd, at, size))

static void *mapped(void *where, size_t size, int allowed, int flags, int fd, off_t at) {
    if (fd >= 0 && (flags & MAP_SHARED) && (allowed & PROT_WRITE)) unknown(fd, "mmap");
    return (void *)syscall(SYS_mmap, where, size, allowed, flags, fd, at);
}
void *mmap(void *where, size_t size, int allowed, int flags, int fd, off_t at) { return mapped(where, size, allowed, flags, fd, at); }
void *mmap64(void *where, size_t size, int allowed, int flags, int fd, off64_t at) { return mapped(where, size, allowed, flags, fd, at); }
