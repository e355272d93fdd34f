/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <sched.h>

#include "kvm-owner-private.h"
#include "kvm-run-thread-private.h"

#define BUSY (-1)
#define CONTENDED (-2)

/* Bits beside a tid, which the kernel keeps below 1 << 22. */
#define SIGNALLING (1 << 24) /* another thread is about to send the signal, or just has */
#define SIGNALLED (1 << 25)  /* a signal was sent since run () began */
#define LEAVING (1 << 26)    /* the owner wants to leave and waits for SIGNALLING to end */

/* Contention is rare and short, so one lock serves every vCPU. */
static GMutex lock;
static GCond changed;

gboolean
_kvm_owner_enter_slow (int *owner)
{
  gboolean entered = FALSE;

  g_mutex_lock (&lock);
  for (;;)
    {
      int seen = g_atomic_int_get (owner);

      if (seen > 0)
        break;
      if (seen == KVM_OWNER_NOBODY)
        {
          entered = g_atomic_int_compare_and_exchange (owner, KVM_OWNER_NOBODY, BUSY);
          if (entered)
            break;
        }
      else if (seen == CONTENDED || g_atomic_int_compare_and_exchange (owner, BUSY, CONTENDED))
        g_cond_wait (&changed, &lock);
    }
  g_mutex_unlock (&lock);
  return entered;
}

void
_kvm_owner_leave_slow (int *owner)
{
  g_mutex_lock (&lock);
  g_atomic_int_set (owner, KVM_OWNER_NOBODY);
  g_cond_broadcast (&changed);
  g_mutex_unlock (&lock);
}

gboolean
_kvm_owner_enter_run_slow (int *owner, int tid)
{
  while (!g_atomic_int_compare_and_exchange (owner, KVM_OWNER_NOBODY, tid))
    {
      /* A short call is in the way: wait for its end as another short call would. */
      if (!_kvm_owner_enter_slow (owner))
        return FALSE;
      if (g_atomic_int_compare_and_exchange (owner, BUSY, tid))
        break;
      _kvm_owner_leave_slow (owner);
    }
  return TRUE;
}

void
_kvm_owner_leave_run_slow (int *owner)
{
  g_mutex_lock (&lock);
  g_atomic_int_or (owner, LEAVING);
  while (g_atomic_int_get (owner) & SIGNALLING)
    g_cond_wait (&changed, &lock);
  g_mutex_unlock (&lock);

  /* The signal has been sent. A system call does not return before it is handled. */
  sched_yield ();
  g_atomic_int_set (owner, KVM_OWNER_NOBODY);
}

void
_kvm_owner_signal_run (int *owner)
{
  int seen = g_atomic_int_get (owner);

  while (seen > 0)
    {
      /* While SIGNALLING stands, the thread can neither leave run () nor end. */
      if (seen & (SIGNALLING | LEAVING))
        return;
      if (g_atomic_int_compare_and_exchange (owner, seen, seen | SIGNALLING))
        {
          _kvm_run_thread_signal (seen & ~SIGNALLED);
          g_atomic_int_or (owner, SIGNALLED);
          if (g_atomic_int_and (owner, ~SIGNALLING) & LEAVING)
            {
              g_mutex_lock (&lock);
              g_cond_broadcast (&changed);
              g_mutex_unlock (&lock);
            }
          return;
        }
      seen = g_atomic_int_get (owner);
    }
}

void
_kvm_owner_forget (void)
{
  g_mutex_init (&lock);
  g_cond_init (&changed);
}
