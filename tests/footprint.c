/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "footprint.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* Of the heap and of mappings, which GLib and malloc () keep for later. */
#define HEAP_SLACK (64 * 1024)
#define MAPPINGS_SLACK 8

static guint
count_entries (const char *path)
{
  g_autoptr (GDir) directory = g_dir_open (path, 0, NULL);
  guint n = 0;

  g_assert_nonnull (directory);
  while (g_dir_read_name (directory) != NULL)
    n++;
  return n;
}

void
footprint_take (Footprint *self)
{
  g_autofree char *maps = NULL;
  g_autofree char *statm = NULL;
  char *end;

  g_assert_true (g_file_get_contents ("/proc/self/maps", &maps, NULL, NULL));
  g_assert_true (g_file_get_contents ("/proc/self/statm", &statm, NULL, NULL));
  self->mappings = 0;
  for (const char *at = maps; (at = strchr (at, '\n')) != NULL; at++)
    self->mappings++;
  strtoul (statm, &end, 10);
  self->rss = strtoul (end, NULL, 10) * sysconf (_SC_PAGESIZE);
  self->fds = count_entries ("/proc/self/fd");
  self->threads = count_entries ("/proc/self/task");
  g_clear_pointer (&maps, g_free);
  g_clear_pointer (&statm, g_free);
  self->heap = mallinfo2 ().uordblks;
}

void
footprint_print (const Footprint *self, const char *when)
{
  printf ("%-24s %6u fds %6u mappings %4u threads %8.1f KiB heap %8.1f MiB resident\n", when,
          self->fds, self->mappings, self->threads, self->heap / 1024.0,
          self->rss / (1024.0 * 1024));
  fflush (stdout);
}

void
footprint_assert_flat (const Footprint *before, const Footprint *after)
{
  g_assert_cmpuint (after->fds, ==, before->fds);
  g_assert_cmpuint (after->threads, ==, before->threads);
  if (after->heap == 0)
    return; /* a sanitizer's mappings grow */
  g_assert_cmpuint (after->mappings, <=, before->mappings + MAPPINGS_SLACK);
  g_assert_cmpuint (after->heap, <=, before->heap + HEAP_SLACK);
}

guint
footprint_raise_fd_limit (void)
{
  struct rlimit limit;

  getrlimit (RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit (RLIMIT_NOFILE, &limit);
  return MIN (limit.rlim_cur, G_MAXUINT);
}
