/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Preloaded, writes down which of KVM's ioctls a program has made that did not fail, and on what:
 * lines such as "vcpu ae80", added to the file KVMOBJ_TEST_RECORD when it ends. For
 * tests/make-support. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define KVM_TYPE 0xae
#define KVM_RUN 0xae80ul
#define MAX_SEEN 512

typedef struct
{
  const char *kind;
  unsigned long request;
} Seen;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static Seen seen[MAX_SEEN];
static unsigned int n_seen;
static int has_run;

static const char *
get_kind (int fd)
{
  char path[32], target[64] = "";

  snprintf (path, sizeof path, "/proc/self/fd/%d", fd);
  if (readlink (path, target, sizeof target - 1) == -1)
    return "gone";
  if (strcmp (target, "anon_inode:kvm-vm") == 0)
    return "vm";
  if (strncmp (target, "anon_inode:kvm-vcpu", strlen ("anon_inode:kvm-vcpu")) == 0)
    return "vcpu";
  return strncmp (target, "anon_inode:kvm-", strlen ("anon_inode:kvm-")) == 0 ? "device" : "system";
}

static void
note (int fd, unsigned long request)
{
  const char *kind = get_kind (fd);
  unsigned int i = 0;

  pthread_mutex_lock (&lock);
  while (i < n_seen && (seen[i].request != request || seen[i].kind != kind))
    i++;
  if (i == n_seen && n_seen < MAX_SEEN)
    seen[n_seen++] = (Seen){ kind, request };
  pthread_mutex_unlock (&lock);
}

/* The C library's. */
int
ioctl (int fd, unsigned long request, ...)
{
  void *argument;
  va_list list;
  int ret, errsv;

  va_start (list, request);
  argument = va_arg (list, void *);
  va_end (list);
  ret = syscall (SYS_ioctl, fd, request, argument);
  errsv = errno;
  if (ret >= 0 && (request >> 8 & 0xff) == KVM_TYPE
      && (request != KVM_RUN || !__atomic_exchange_n (&has_run, 1, __ATOMIC_RELAXED)))
    note (fd, request);
  errno = errsv;
  return ret;
}

__attribute__ ((destructor)) static void
write_down (void)
{
  const char *path = getenv ("KVMOBJ_TEST_RECORD");
  int fd = path != NULL && n_seen > 0 ? open (path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666)
                                      : -1;

  for (unsigned int i = 0; fd != -1 && i < n_seen; i++)
    dprintf (fd, "%s %lx\n", seen[i].kind, seen[i].request & 0xfffffffful);
  if (fd != -1)
    close (fd);
}
