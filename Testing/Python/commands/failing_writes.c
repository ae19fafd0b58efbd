/* Lets the n-th write below a folder fail as on a full disk, whoever writes: Python, VTK, HDF5. For LD_PRELOAD.
   FAIL_BELOW is the folder, FAIL_AT the number (0: none); every write's number goes to the file COUNT_IN. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

static int count = 0;

static int fails(int file)
{
  char link[64], path[4096];
  const char *below = getenv("FAIL_BELOW"), *at = getenv("FAIL_AT"), *count_in = getenv("COUNT_IN");
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0 || !below || !at || strncmp(path, below, strlen(below)) != 0)
    return 0;
  int number = __sync_add_and_fetch(&count, 1);
  FILE *told = count_in ? fopen(count_in, "w") : NULL;
  if (told) {
    fprintf(told, "%d", number);
    fclose(told);
  }
  return number == atoi(at);
}

ssize_t write(int file, const void *data, size_t size)
{
  static ssize_t (*real)(int, const void *, size_t) = NULL;
  if (!real)
    real = dlsym(RTLD_NEXT, "write");
  if (fails(file)) {
    errno = ENOSPC;
    return -1;
  }
  return real(file, data, size);
}

ssize_t writev(int file, const struct iovec *parts, int number)
{
  static ssize_t (*real)(int, const struct iovec *, int) = NULL;
  if (!real)
    real = dlsym(RTLD_NEXT, "writev");
  if (fails(file)) {
    errno = ENOSPC;
    return -1;
  }
  return real(file, parts, number);
}
