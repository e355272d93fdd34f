/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "kvm-fork-private.h"
#include "kvm-runner.h"

G_BEGIN_DECLS

/* A vCPU in a runner. */
typedef struct
{
  KvmRunner *runner; /* which owns this */
  KvmVcpu *vcpu;     /* owned */

  /* With the runner's lock: */
  gboolean is_running;         /* whether its thread has the job */
  gboolean is_kicked;          /* whether it was told to stand since it began */
  gboolean is_held;            /* by a debugger: it is not to run */
  gboolean is_ended_by_device; /* the exit is one with which a device wants the guest to stop */
  guint64 awaited;             /* the number of the exit that waits to be completed; 0: none */
  GList link;                  /* in the runner's events, while that exit was not delivered */
} KvmRunnerMember;

struct _KvmRunner
{
  GObject parent_instance;
  KvmVm *vm;        /* owned */
  guint generation; /* _kvm_fork_generation of the process that made it */

  GMutex lock;           /* for the following; taken with _kvm_runner_lock () */
  GPtrArray *members;    /* of KvmRunnerMember, owned; none ever leaves */
  KvmRunnerState target; /* the one that is wanted; STOPPED while there is no run */
  gboolean is_paused;    /* whether all stand since they were told to */
  guint n_running;       /* how many have a job in their thread, and one for run_async () itself */
  guint64 last_number;   /* of an exit */
  GQueue events;         /* members with an exit to be delivered; NULL where the state changed */
  gboolean is_debugged;  /* whether there is a debugger */
  gboolean is_held;      /* what a member begins as */

  /* Of the run: */
  GTask *task;       /* owned, and keeps the runner alive; NULL while there is no run */
  GSource *source;   /* owned, attached; calls on_wake (), and refers to the runner weakly */
  KvmVcpu *ended_by; /* one of the members'; stays until the next run */
  KvmExit *exit;     /* owned: what ended it, or NULL */
  GError *error;     /* owned: likewise */
  gulong cancellable_handler;
};

struct _KvmRunnerExit
{
  GObject parent_instance;
  KvmRunner *runner;       /* owned; it has the member for as long as it lives */
  KvmRunnerMember *member; /* NULL if a binding made this */
  guint64 number;
  gboolean is_completed; /* with the runner's lock */
};

/* In a forked child there is nothing to be done: the run is the parent's. */
static inline gboolean
_kvm_runner_lock (KvmRunner *self)
{
  if (G_UNLIKELY (self->generation != _kvm_fork_generation))
    return FALSE;

  g_mutex_lock (&self->lock);
  return TRUE;
}

void _kvm_runner_set_process_error (GError **error);

/* With the lock held: gives a job to every vCPU that is to run and has none. */
void _kvm_runner_start_standing (KvmRunner *self);

/* For a debugger, of which there is one at a time: FALSE if there is one already, or no vCPU. One
 * that is held does not run, whatever the runner is told; NULL stands for all, and for those to
 * come. To hold one does not stop it. */
gboolean _kvm_runner_begin_debug (KvmRunner *self);
void _kvm_runner_end_debug (KvmRunner *self);
void _kvm_runner_hold (KvmRunner *self, KvmVcpu *vcpu, gboolean is_held);

/* Whether no vCPU runs, and every exit was delivered. A state is notified when that becomes so. */
gboolean _kvm_runner_is_at_rest (KvmRunner *self);

/* (transfer full): none ever leaves, and new ones come last. */
GPtrArray *_kvm_runner_dup_vcpus (KvmRunner *self);

/* In the main context, without the lock: */
void _kvm_runner_notify_state (KvmRunner *self);
gboolean _kvm_runner_emit_exit (KvmRunner *self, KvmRunnerExit *token);

KvmRunnerExit *_kvm_runner_exit_new (KvmRunnerMember *member, guint64 number);

/* The vCPU runs on. */
gboolean _kvm_runner_complete (KvmRunnerExit *exit, GError **error);

/* Nobody will complete it: unless somebody has, the guest ends with this exit. */
void _kvm_runner_abandon (KvmRunnerExit *exit);

G_END_DECLS
