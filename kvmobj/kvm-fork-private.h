/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Which process this is, as seen from fork (): never 0, and another number in every child. What
 * was made under another number belongs to an ancestor. */
extern guint _kvm_fork_generation G_GNUC_INTERNAL;

/* Makes sure that a forked child is noticed; to be called before the first fd or mapping is made.
 */
void _kvm_fork_watch (void);

/* A lock of an object that was made in the process @generation. In a forked child another thread of
 * the parent's may hold it for ever; then there is nothing to be done with what it guards. */
static inline gboolean
_kvm_fork_lock (GMutex *lock, guint generation)
{
  if (G_UNLIKELY (generation != _kvm_fork_generation))
    return g_mutex_trylock (lock);

  g_mutex_lock (lock);
  return TRUE;
}

static inline void
_kvm_fork_clear_lock (GMutex *lock, guint generation)
{
  if (G_LIKELY (generation == _kvm_fork_generation))
    g_mutex_clear (lock);
}

/* A mapping whose pages a forked child must not share with its parent. It is replaced by private
 * zero pages in the child. */
typedef struct _KvmForkMapping KvmForkMapping;
struct _KvmForkMapping
{
  KvmForkMapping *next;
  KvmForkMapping *previous;
  gpointer address;
  gsize size;
};

void _kvm_fork_add_mapping (KvmForkMapping *mapping);
void _kvm_fork_remove_mapping (KvmForkMapping *mapping);

G_END_DECLS
