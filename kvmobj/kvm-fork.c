/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <pthread.h>
#include <sys/mman.h>

#include "kvm-fork-private.h"
#include "kvm-run-state-private.h"
#include "kvm-run-thread-private.h"

guint _kvm_fork_generation = 1;

static GMutex mappings_lock;
static KvmForkMapping *mappings;

static void
before_fork (void)
{
  g_mutex_lock (&mappings_lock);
}

static void
after_fork_in_parent (void)
{
  g_mutex_unlock (&mappings_lock);
}

static void
after_fork_in_child (void)
{
  if (++_kvm_fork_generation == 0)
    _kvm_fork_generation = 1;

  /* A store to the run page of the parent's vCPU would reach that vCPU. */
  for (KvmForkMapping *mapping = mappings; mapping != NULL; mapping = mapping->next)
    mmap (mapping->address, mapping->size, PROT_READ | PROT_WRITE,
          MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);

  _kvm_run_thread_forget ();
  _kvm_run_state_forget ();
  g_mutex_unlock (&mappings_lock);
}

void
_kvm_fork_watch (void)
{
  static gsize watched = 0;

  if (g_once_init_enter (&watched))
    {
      /* It can only fail for want of a few bytes; GLib's own allocations abort then. */
      if (pthread_atfork (before_fork, after_fork_in_parent, after_fork_in_child) != 0)
        g_error ("There is no memory to watch for fork ()");
      g_once_init_leave (&watched, 1);
    }
}

void
_kvm_fork_add_mapping (KvmForkMapping *mapping)
{
  g_mutex_lock (&mappings_lock);
  mapping->previous = NULL;
  mapping->next = mappings;
  if (mappings != NULL)
    mappings->previous = mapping;
  mappings = mapping;
  g_mutex_unlock (&mappings_lock);
}

void
_kvm_fork_remove_mapping (KvmForkMapping *mapping)
{
  g_mutex_lock (&mappings_lock);
  if (mapping->next != NULL)
    mapping->next->previous = mapping->previous;
  if (mapping->previous != NULL)
    mapping->previous->next = mapping->next;
  else
    mappings = mapping->next;
  g_mutex_unlock (&mappings_lock);
}
