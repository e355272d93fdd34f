/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A library for LD_PRELOAD, in front of the null KVM, that makes one of libkvmobj's calls fail:
 * those to the kernel, and those of GLib's that tell of a failure. Only what libkvmobj itself calls
 * counts. tests/test-faults.py uses it. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <link.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#define N_FRAMES 16
#define MAX_CALLS 16384
#define EXPORT __attribute__ ((visibility ("default")))
#define CALLER __builtin_extract_return_addr (__builtin_return_address (0))

/* A call that was made. The frames are those of libkvmobj's, innermost first, from its beginning.
 */
struct call
{
  const char *name;
  unsigned long request; /* of an ioctl */
  uint32_t n_frames;
  uint32_t frames[N_FRAMES];
};

static struct call calls[MAX_CALLS];
static unsigned n_calls;
static unsigned failing; /* counted from 1; 0: none */
static int failing_errno;
static int recording;
static uintptr_t library, library_end;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static int
find_library (struct dl_phdr_info *info, size_t size, void *data)
{
  if (strstr (info->dlpi_name, "libkvmobj-1.0.so") == NULL)
    return 0;

  library = info->dlpi_addr;
  for (int i = 0; i < info->dlpi_phnum; i++)
    if (info->dlpi_phdr[i].p_type == PT_LOAD)
      library_end = library + info->dlpi_phdr[i].p_vaddr + info->dlpi_phdr[i].p_memsz;
  return 1;
}

void faults_begin (unsigned number, int error);
unsigned faults_end (void);
const struct call *faults_get_call (unsigned number);

/* From now on calls are recorded; the one with this number fails. */
EXPORT void
faults_begin (unsigned number, int error)
{
  void *frame;

  if (library == 0)
    dl_iterate_phdr (find_library, NULL);
  backtrace (&frame, 1); /* loads what it needs the first time */
  n_calls = 0;
  failing = number;
  failing_errno = error;
  __atomic_store_n (&recording, 1, __ATOMIC_SEQ_CST);
}

/* How many there were. */
EXPORT unsigned
faults_end (void)
{
  __atomic_store_n (&recording, 0, __ATOMIC_SEQ_CST);
  return n_calls;
}

EXPORT const struct call *
faults_get_call (unsigned number)
{
  return &calls[number - 1];
}

/* The errno with which the call is to fail; 0 if it is not. */
static int
record (const char *name, unsigned long request, void *caller)
{
  struct call call = { .name = name, .request = request };
  void *frames[2 * N_FRAMES];
  int n, error = 0;

  if (!__atomic_load_n (&recording, __ATOMIC_SEQ_CST) || (uintptr_t) caller < library
      || (uintptr_t) caller >= library_end)
    return 0;

  n = backtrace (frames, 2 * N_FRAMES);
  for (int i = 0; i < n && call.n_frames < N_FRAMES; i++)
    if ((uintptr_t) frames[i] >= library && (uintptr_t) frames[i] < library_end)
      call.frames[call.n_frames++] = (uintptr_t) frames[i] - library;

  pthread_mutex_lock (&mutex);
  if (n_calls < MAX_CALLS)
    {
      calls[n_calls++] = call;
      if (n_calls == failing)
        error = failing_errno;
    }
  pthread_mutex_unlock (&mutex);
  return error;
}

/* What stands in for the functions. @failure is what they return when they fail. */

#define NEXT(name) ((__typeof__ (&name)) dlsym (RTLD_NEXT, #name))

/* The headers may declare the function otherwise; its name is all that it has to have. */
#define STAND_IN(type, name, failure, request, parameters, arguments)                              \
  EXPORT type faults_##name parameters __asm__(#name);                                             \
  EXPORT type faults_##name parameters                                                             \
  {                                                                                                \
    static type (*next) parameters;                                                                \
    int error = record (#name, (request), CALLER);                                                 \
                                                                                                   \
    if (error != 0)                                                                                \
      {                                                                                            \
        errno = error;                                                                             \
        return failure;                                                                            \
      }                                                                                            \
    if (next == NULL)                                                                              \
      next = (type (*) parameters) dlsym (RTLD_NEXT, #name);                                       \
    return next arguments;                                                                         \
  }

typedef long off_type;

STAND_IN (int, ioctl, -1, request, (int fd, unsigned long request, void *argument),
          (fd, request, argument))
STAND_IN (int, open64, -1, 0, (const char *path, int flags, unsigned mode), (path, flags, mode))
STAND_IN (int, fcntl64, -1, 0, (int fd, int command, unsigned long argument),
          (fd, command, argument))
STAND_IN (int, eventfd, -1, 0, (unsigned value, int flags), (value, flags))
STAND_IN (int, eventfd_read, -1, 0, (int fd, uint64_t *value), (fd, value))
STAND_IN (int, eventfd_write, -1, 0, (int fd, uint64_t value), (fd, value))
STAND_IN (int, fstat64, -1, 0, (int fd, void *status), (fd, status))
STAND_IN (int, ftruncate64, -1, 0, (int fd, off_type size), (fd, size))
STAND_IN (int, memfd_create, -1, 0, (const char *name, unsigned flags), (name, flags))
STAND_IN (void *, mmap64, MAP_FAILED, 0,
          (void *address, size_t size, int protection, int flags, int fd, off_type offset),
          (address, size, protection, flags, fd, offset))
STAND_IN (void *, mremap, MAP_FAILED, 0,
          (void *address, size_t size, size_t new_size, int flags, void *new_address),
          (address, size, new_size, flags, new_address))
STAND_IN (int, mprotect, -1, 0, (void *address, size_t size, int protection),
          (address, size, protection))
STAND_IN (int, madvise, -1, 0, (void *address, size_t size, int advice), (address, size, advice))
STAND_IN (long, pread64, -1, 0, (int fd, void *data, size_t size, off_type offset),
          (fd, data, size, offset))
STAND_IN (void *, g_try_malloc, NULL, 0, (size_t size), (size))
STAND_IN (void *, g_try_malloc0, NULL, 0, (size_t size), (size))
STAND_IN (void *, g_try_malloc_n, NULL, 0, (size_t n, size_t size), (n, size))
STAND_IN (void *, g_try_malloc0_n, NULL, 0, (size_t n, size_t size), (n, size))
STAND_IN (void *, g_try_realloc, NULL, 0, (void *memory, size_t size), (memory, size))
STAND_IN (void *, g_try_realloc_n, NULL, 0, (void *memory, size_t n, size_t size),
          (memory, n, size))

/* GLib ends some of its functions with a jump to the one for its locks. */
EXPORT long faults_syscall (long number, long a, long b, long c, long d, long e,
                            long f) __asm__("syscall");
EXPORT long
faults_syscall (long number, long a, long b, long c, long d, long e, long f)
{
  static long (*next) (long, long, long, long, long, long, long);
  int error = number == SYS_futex ? 0 : record ("syscall", 0, CALLER);

  if (error != 0)
    {
      errno = error;
      return -1;
    }
  if (next == NULL)
    next = (long (*) (long, long, long, long, long, long, long)) dlsym (RTLD_NEXT, "syscall");
  return next (number, a, b, c, d, e, f);
}

EXPORT int sigaction (int number, const struct sigaction *action, struct sigaction *old);
EXPORT int
sigaction (int number, const struct sigaction *action, struct sigaction *old)
{
  int error = record ("sigaction", 0, CALLER);

  if (error == 0)
    return NEXT (sigaction) (number, action, old);
  errno = error;
  return -1;
}

EXPORT int pthread_sigmask (int how, const sigset_t *set, sigset_t *old);
EXPORT int
pthread_sigmask (int how, const sigset_t *set, sigset_t *old)
{
  int error = record ("pthread_sigmask", 0, CALLER);

  return error != 0 ? error : NEXT (pthread_sigmask) (how, set, old);
}

/* As GLib does where there are too many threads. */
struct GError;
extern struct GError *g_error_new_literal (uint32_t domain, int code, const char *message)
    __attribute__ ((weak));
extern uint32_t g_thread_error_quark (void) __attribute__ ((weak));

EXPORT void *g_thread_try_new (const char *name, void *function, void *data, struct GError **error);
EXPORT void *
g_thread_try_new (const char *name, void *function, void *data, struct GError **error)
{
  if (record ("g_thread_try_new", 0, CALLER) == 0)
    return NEXT (g_thread_try_new) (name, function, data, error);
  if (error != NULL)
    *error = g_error_new_literal (g_thread_error_quark (), 0, "Error creating thread: injected");
  return NULL;
}
