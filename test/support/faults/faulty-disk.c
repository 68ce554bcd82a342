/*
 * A disk that fails when it is told to: loaded before the C library (LD_PRELOAD), it answers some calls
 * of files in one folder with an error. FAULT_FOLDER names the folder, FAULT_FILE a file that holds the
 * name of the fault, or is not there: "full", "readonly" or "fsync".
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static int is_fault(const char *name) {
  const char *path = getenv("FAULT_FILE");
  if (!path || access(path, R_OK) != 0) return 0;
  char text[32] = "";
  int file = REAL(open)(path, O_RDONLY);
  if (file < 0) return 0;
  ssize_t length = read(file, text, sizeof text - 1);
  close(file);
  return length > 0 && strncmp(text, name, strlen(name)) == 0;
}

static int is_inside(const char *path) {
  const char *folder = getenv("FAULT_FOLDER");
  return folder && strncmp(path, folder, strlen(folder)) == 0;
}

static int is_ours(int file) {
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return is_inside(path);
}

/* The error of a call that writes, or 0. */
static int write_error(int file) {
  if (!is_ours(file)) return 0;
  if (is_fault("full")) return ENOSPC;
  return is_fault("readonly") ? EROFS : 0;
}

#define FAIL_IF(error_number)      \
  do {                             \
    int error = (error_number);    \
    if (error) {                   \
      errno = error;               \
      return -1;                   \
    }                              \
  } while (0)

ssize_t write(int file, const void *from, size_t count) {
  FAIL_IF(write_error(file));
  return REAL(write)(file, from, count);
}

ssize_t pwrite(int file, const void *from, size_t count, off_t at) {
  FAIL_IF(write_error(file));
  return REAL(pwrite)(file, from, count, at);
}

ssize_t pwrite64(int file, const void *from, size_t count, off64_t at) {
  FAIL_IF(write_error(file));
  return REAL(pwrite64)(file, from, count, at);
}

ssize_t writev(int file, const struct iovec *parts, int count) {
  FAIL_IF(write_error(file));
  return REAL(writev)(file, parts, count);
}

int ftruncate(int file, off_t length) {
  FAIL_IF(write_error(file));
  return REAL(ftruncate)(file, length);
}

int ftruncate64(int file, off64_t length) {
  FAIL_IF(write_error(file));
  return REAL(ftruncate64)(file, length);
}

int posix_fallocate(int file, off_t at, off_t length) {
  int error = write_error(file);
  return error ? error : REAL(posix_fallocate)(file, at, length);
}

int fsync(int file) {
  FAIL_IF(is_ours(file) && is_fault("fsync") ? EIO : 0);
  return REAL(fsync)(file);
}

int fdatasync(int file) {
  FAIL_IF(is_ours(file) && is_fault("fsync") ? EIO : 0);
  return REAL(fdatasync)(file);
}

/* The error of opening a file in this way, or 0. */
static int open_error(const char *path, int flags) {
  int writes = (flags & O_ACCMODE) != O_RDONLY || (flags & O_CREAT);
  return writes && is_inside(path) && is_fault("readonly") ? EROFS : 0;
}

#define OPEN(name)                                                     \
  int name(const char *path, int flags, ...) {                         \
    va_list more;                                                      \
    va_start(more, flags);                                             \
    mode_t mode = flags & O_CREAT ? va_arg(more, mode_t) : 0;          \
    va_end(more);                                                      \
    FAIL_IF(open_error(path, flags));                                  \
    return REAL(name)(path, flags, mode);                              \
  }

OPEN(open)
OPEN(open64)
