/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <sched.h>

#include "kvm-run-state-private.h"

/* Contention is rare and short, so one lock serves every vCPU. */
static GMutex lock;
static GCond changed;

static inline gboolean
is_mine (guint64 state)
{
  return (state & KVM_STATE_TID_MASK) == (_kvm_run_thread.running & KVM_STATE_TID_MASK);
}

/* Waits until the short call is over that @seen tells of. */
static void
wait_for_short_call (guint64 *state, guint64 seen)
{
  g_mutex_lock (&lock);
  if ((seen & KVM_STATE_WAITED_FOR)
          ? (_kvm_run_state_get (state) & KVM_STATE_WAITED_FOR) != 0
          : _kvm_run_state_change (state, seen, seen | KVM_STATE_WAITED_FOR))
    g_cond_wait (&changed, &lock);
  g_mutex_unlock (&lock);
}

gboolean
_kvm_run_state_enter_slow (guint64 *state)
{
  for (;;)
    {
      guint64 seen = _kvm_run_state_get (state);

      if (seen & KVM_STATE_TID_MASK)
        return is_mine (seen);
      if (seen & KVM_STATE_BUSY)
        wait_for_short_call (state, seen);
      else if (_kvm_run_state_change (state, seen, seen | KVM_STATE_BUSY))
        return TRUE;
    }
}

gboolean
_kvm_run_state_try_enter (guint64 *state)
{
  guint64 seen;

  do
    {
      seen = _kvm_run_state_get (state);
      if (seen & (KVM_STATE_TID_MASK | KVM_STATE_BUSY))
        return FALSE;
    }
  while (!_kvm_run_state_change (state, seen, seen | KVM_STATE_BUSY));
  return TRUE;
}

void
_kvm_run_state_leave_slow (guint64 *state)
{
  guint64 seen = _kvm_run_state_get (state);

  while (!(seen & KVM_STATE_WAITED_FOR))
    {
      if ((seen & KVM_STATE_TID_MASK)
          || _kvm_run_state_change (state, seen, seen & ~(guint64) KVM_STATE_BUSY))
        return;
      seen = _kvm_run_state_get (state);
    }

  g_mutex_lock (&lock);
  _kvm_run_state_clear_bits (state, KVM_STATE_BUSY | KVM_STATE_WAITED_FOR);
  g_cond_broadcast (&changed);
  g_mutex_unlock (&lock);
}

gboolean
_kvm_run_state_enter_run_slow (guint64 *state)
{
  guint tid = _kvm_run_thread.running & KVM_STATE_TID_MASK;

  for (;;)
    {
      guint64 seen = _kvm_run_state_get (state);

      if (seen & KVM_STATE_TID_MASK)
        return FALSE;
      if (seen & KVM_STATE_BUSY)
        wait_for_short_call (state, seen);
      else if (_kvm_run_state_change (state, seen, seen | tid))
        return TRUE;
    }
}

void
_kvm_run_state_leave_run_slow (guint64 *state, KvmAbiRun *run)
{
  guint64 seen = _kvm_run_state_set_bits (state, KVM_STATE_LEAVING);

  if (seen & (KVM_STATE_SIGNALLING | KVM_STATE_SIGNALLED))
    {
      g_mutex_lock (&lock);
      while (_kvm_run_state_get (state) & KVM_STATE_SIGNALLING)
        g_cond_wait (&changed, &lock);
      g_mutex_unlock (&lock);

      /* The signal has been sent. A system call does not return before it is handled. */
      sched_yield ();
      run->immediate_exit = 0;
    }
  _kvm_run_state_clear_bits (state, KVM_STATE_TID_MASK | KVM_STATE_LEAVING | KVM_STATE_SIGNALLED);
}

void
_kvm_run_state_kick (guint64 *state, guint64 bits, gboolean always, KvmAbiRun *run)
{
  guint64 seen, signalling;

  /* The bit and the right to signal are taken in one step: else the run could use up the bit, and
   * the signal would end the run after it. If another thread is signalling, it does so once more.
   */
  do
    {
      seen = _kvm_run_state_get (state);
      signalling = seen & KVM_STATE_SIGNALLING ? KVM_STATE_AGAIN : KVM_STATE_SIGNALLING;
      if (!(seen & KVM_STATE_TID_MASK) || (seen & KVM_STATE_LEAVING)
          || (!always && (seen & KVM_STATE_KICKS)))
        signalling = 0;
    }
  while (!_kvm_run_state_change (state, seen, seen | bits | signalling));
  if (signalling != KVM_STATE_SIGNALLING)
    return;

  do
    {
      _kvm_run_state_clear_bits (state, KVM_STATE_AGAIN);
      __atomic_store_n (&run->immediate_exit, 1, __ATOMIC_SEQ_CST);
      _kvm_run_thread_signal (seen & KVM_STATE_TID_MASK);
      do
        seen = _kvm_run_state_get (state);
      while (!(seen & KVM_STATE_AGAIN)
             && !_kvm_run_state_change (
                 state, seen, (seen & ~(guint64) KVM_STATE_SIGNALLING) | KVM_STATE_SIGNALLED));
    }
  while (seen & KVM_STATE_AGAIN);

  if (seen & KVM_STATE_LEAVING)
    {
      g_mutex_lock (&lock);
      g_cond_broadcast (&changed);
      g_mutex_unlock (&lock);
    }
}

void
_kvm_run_state_forget (void)
{
  g_mutex_init (&lock);
  g_cond_init (&changed);
}
