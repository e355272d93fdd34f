/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Who is using a vCPU, in one word. The kernel serializes the ioctls of a vCPU with a lock that
 * KVM_RUN holds for as long as the guest runs, so a call from another thread would hang there; this
 * word is taken around every ioctl of a vCPU and turns the hang into an answer. Short calls wait
 * for each other; none waits for a run.
 *
 * 0             nobody
 * -1, -2        a thread in a short call; -2 when others wait for it
 * tid and bits  a thread in run (), and how far a signal on its way to it is */
#define KVM_OWNER_NOBODY 0

/* Takes the word for a short call. FALSE if the vCPU is running. */
gboolean _kvm_owner_enter_slow (int *owner);
void _kvm_owner_leave_slow (int *owner);

static inline gboolean
_kvm_owner_enter (int *owner)
{
  return G_LIKELY (g_atomic_int_compare_and_exchange (owner, KVM_OWNER_NOBODY, -1))
         || _kvm_owner_enter_slow (owner);
}

static inline void
_kvm_owner_leave (int *owner)
{
  if (G_UNLIKELY (!g_atomic_int_compare_and_exchange (owner, -1, KVM_OWNER_NOBODY)))
    _kvm_owner_leave_slow (owner);
}

/* Takes the word for a run by the thread @tid. FALSE if the vCPU is running already. */
gboolean _kvm_owner_enter_run_slow (int *owner, int tid);
void _kvm_owner_leave_run_slow (int *owner);

static inline gboolean
_kvm_owner_enter_run (int *owner, int tid)
{
  return G_LIKELY (g_atomic_int_compare_and_exchange (owner, KVM_OWNER_NOBODY, tid))
         || _kvm_owner_enter_run_slow (owner, tid);
}

/* On return no signal that _kvm_owner_signal_run () sent is still on its way to the thread. */
static inline void
_kvm_owner_leave_run (int *owner, int tid)
{
  if (G_UNLIKELY (!g_atomic_int_compare_and_exchange (owner, tid, KVM_OWNER_NOBODY)))
    _kvm_owner_leave_run_slow (owner);
}

/* Sends the kick signal to the thread in run (), if there is one. */
void _kvm_owner_signal_run (int *owner);

/* In a forked child, whose only thread holds no lock. */
void _kvm_owner_forget (void);

G_END_DECLS
