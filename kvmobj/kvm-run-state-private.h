/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "kvm-abi-run-private.h"
#include "kvm-run-thread-private.h"

G_BEGIN_DECLS

/* One word per vCPU: who is using it, and what wants its run to end.
 *
 * The kernel serializes the ioctls of a vCPU with a lock that KVM_RUN holds for as long as the
 * guest runs, so a call from another thread would hang there; the word is taken around every ioctl
 * of a vCPU and turns the hang into an answer. Short calls wait for each other; none waits for a
 * run.
 *
 * A kick is a bit of the same word. So there is one order of events: either a run that wants to
 * begin finds the bit, or who sets the bit finds the run. In the latter case it makes KVM_RUN
 * return, also if that is just about to be called: it sets immediate_exit in the run page, then
 * sends the thread a signal. While SIGNALLING stands the thread stays in run (), so the page is
 * mapped, the signal meets no thread that does something else, and the tid is nobody else's.
 *
 * immediate_exit is 0 whenever nobody runs the vCPU: who ends a run that was signalled clears it.
 *
 * The upper half is a number that stands nowhere else. So the one compare that takes the word for a
 * run also tells that this is a vCPU, that there is nothing to be looked at first, and, since a
 * thread that was not prepared for runs expects another number, that this one was. */
#define KVM_STATE_IDLE (G_GUINT64_CONSTANT (0x4b564350) << 32)
#define KVM_STATE_UNPREPARED G_MAXUINT64
#define KVM_STATE_TID_MASK ((1u << 22) - 1) /* the thread in run (), or 0; tids are that short */
#define KVM_STATE_BUSY (1u << 22)           /* a thread is in a short call */
#define KVM_STATE_WAITED_FOR (1u << 23)     /* others wait for its end */
#define KVM_STATE_SIGNALLING (1u << 24)     /* a thread is sending the signal */
#define KVM_STATE_AGAIN (1u << 25)          /* it is to send it once more */
#define KVM_STATE_SIGNALLED (1u << 26)      /* the signal was sent since the run began */
#define KVM_STATE_LEAVING (1u << 27)        /* the run is over, but for the end of SIGNALLING */
#define KVM_STATE_KICKED (1u << 28)         /* consumed by the run that it ends */
#define KVM_STATE_CANCELLED (1u << 29)      /* stands for as long as the cancellable is cancelled */
#define KVM_STATE_CLOSED (1u << 30)         /* stands for ever */
#define KVM_STATE_ON_BUS (1u << 31)         /* stands since the VM has an I/O bus */

/* What was looked up on the bus may have changed. This is a bit of the upper half, where it is 0.
 */
#define KVM_STATE_BUS_CHANGED (G_GUINT64_CONSTANT (1) << 32)

/* Some registers are of one state, and some of another. So is this one. */
#define KVM_STATE_UNUSABLE (G_GUINT64_CONSTANT (1) << 33)

/* Each exit is to be remembered. So is this one. */
#define KVM_STATE_REMEMBERS (G_GUINT64_CONSTANT (1) << 34)

/* What wants a run to end. */
#define KVM_STATE_KICKS (KVM_STATE_KICKED | KVM_STATE_CANCELLED | KVM_STATE_CLOSED)

static inline guint64
_kvm_run_state_get (guint64 *state)
{
  return __atomic_load_n (state, __ATOMIC_SEQ_CST);
}

static inline gboolean
_kvm_run_state_change (guint64 *state, guint64 from, guint64 to)
{
  return __atomic_compare_exchange_n (state, &from, to, FALSE, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

static inline guint64
_kvm_run_state_set_bits (guint64 *state, guint64 bits)
{
  return __atomic_fetch_or (state, bits, __ATOMIC_SEQ_CST);
}

static inline guint64
_kvm_run_state_clear_bits (guint64 *state, guint64 bits)
{
  return __atomic_fetch_and (state, ~bits, __ATOMIC_SEQ_CST);
}

/* Takes the word for a short call. FALSE if another thread runs the vCPU. A device on the bus makes
 * its calls from inside a run: they need not take what their thread has. */
gboolean _kvm_run_state_enter_slow (guint64 *state);
void _kvm_run_state_leave_slow (guint64 *state);

/* FALSE also if there is anything else in the word than that nobody uses the vCPU. */
static inline gboolean
_kvm_run_state_enter_at_once (guint64 *state)
{
  return _kvm_run_state_change (state, KVM_STATE_IDLE, KVM_STATE_IDLE | KVM_STATE_BUSY);
}

static inline gboolean
_kvm_run_state_enter (guint64 *state)
{
  return G_LIKELY (_kvm_run_state_enter_at_once (state)) || _kvm_run_state_enter_slow (state);
}

static inline void
_kvm_run_state_leave (guint64 *state)
{
  if (G_UNLIKELY (!_kvm_run_state_change (state, KVM_STATE_IDLE | KVM_STATE_BUSY, KVM_STATE_IDLE)))
    _kvm_run_state_leave_slow (state);
}

/* The same without waiting: FALSE also if a thread is in a short call. */
gboolean _kvm_run_state_try_enter (guint64 *state);

/* Takes the word for a run by this thread, which must be prepared. FALSE if the vCPU is running. */
gboolean _kvm_run_state_enter_run_slow (guint64 *state);

/* On return no signal that _kvm_run_state_kick () sent is still on its way to the thread. */
void _kvm_run_state_leave_run_slow (guint64 *state, KvmAbiRun *run);

static inline gboolean
_kvm_run_state_enter_run (guint64 *state)
{
  return _kvm_run_state_change (state, _kvm_run_thread.idle, _kvm_run_thread.running);
}

static inline gboolean
_kvm_run_state_leave_run (guint64 *state)
{
  return _kvm_run_state_change (state, _kvm_run_thread.running, _kvm_run_thread.idle);
}

/* Sets bits that want the run to end; whoever is the first to want it gets the thread out of the
 * kernel. With @always so does who is not the first, so that the run notices in any case. */
void _kvm_run_state_kick (guint64 *state, guint64 bits, gboolean always, KvmAbiRun *run);

/* In a forked child, whose only thread holds no lock. */
void _kvm_run_state_forget (void);

G_END_DECLS
