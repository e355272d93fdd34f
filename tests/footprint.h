/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What the process holds of the system's: whatever runs for long must not hold more and more. */

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  guint fds;
  guint mappings;
  guint threads;
  gsize heap; /* bytes in use; 0 under a sanitizer, which has a heap of its own */
  gsize rss;  /* bytes */
} Footprint;

void footprint_take (Footprint *self);

/* One line. */
void footprint_print (const Footprint *self, const char *when);

/* Ends the process unless @after is as large as @before, give or take what an allocator keeps. */
void footprint_assert_flat (const Footprint *before, const Footprint *after);

/* As many descriptors as this process may have. */
guint footprint_raise_fd_limit (void);

G_END_DECLS
