/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "kvm-gdb-arch-private.h"
#include "kvm-gdb-packet-private.h"
#include "kvm-runner.h"

G_BEGIN_DECLS

/* A client that debugs the guest of a runner, from when it connects until the guest goes on without
 * it. Everything happens in the main context in which it began. */
typedef struct _KvmGdbSession KvmGdbSession;

typedef void (*KvmGdbSessionFunc) (gpointer user_data);

/* Stops the guest, and serves the client, whose streams are pollable; @ended is called when that is
 * over, not before this returns. NULL if the runner has a debugger already, or no vCPU. */
KvmGdbSession *_kvm_gdb_session_begin (KvmRunner *runner, const KvmGdbArch *arch, GIOStream *stream,
                                       KvmGdbSessionFunc ended, gpointer user_data);

/* Lets the client go and the guest go on, as soon as no vCPU runs; @ended is not called. */
void _kvm_gdb_session_end (KvmGdbSession *self);

/* What follows is between the session and its commands. */

typedef enum
{
  KVM_GDB_STATE_STOPPING, /* until every vCPU stands */
  KVM_GDB_STATE_STOPPED,  /* the client has the guest */
  KVM_GDB_STATE_RUNNING,  /* the client waits for the guest to stop */
  KVM_GDB_STATE_LEAVING,  /* the client is gone; until every vCPU stands */
  KVM_GDB_STATE_OVER,
} KvmGdbState;

/* What the client is told. */
#define KVM_GDB_SIGNAL_INTERRUPT 2
#define KVM_GDB_SIGNAL_TRAP 5

/* What becomes of a vCPU when the guest goes on. */
typedef enum
{
  KVM_GDB_ACTION_HOLD,
  KVM_GDB_ACTION_CONTINUE,
  KVM_GDB_ACTION_STEP,
} KvmGdbAction;

/* A vCPU, which is a thread to the client. */
typedef struct
{
  KvmVcpu *vcpu;        /* owned */
  gboolean is_debugged; /* as KVM_SET_GUEST_DEBUG said */
  KvmRunnerExit *token; /* owned: it has stopped for the debugger; NULL if it has not */
  gboolean is_told;     /* the client knows that */
  gboolean has_cause;   /* it was for the following; else it has made a step */
  KvmGdbBreak cause;
  KvmGdbAction action;
} KvmGdbThread;

struct _KvmGdbSession
{
  KvmRunner *runner; /* owned */
  const KvmGdbArch *arch;
  KvmGdbSessionFunc ended;
  gpointer user_data;
  guint generation; /* _kvm_fork_generation of the process that made it */
  gulong handlers[2];

  KvmGdbState state;
  gboolean was_running;   /* the runner, at any time of the session */
  gboolean is_app_paused; /* the program has paused it, and the client has not resumed it */
  gboolean is_waiting;    /* the client, to hear that the guest has stopped */
  GPtrArray *threads;     /* of KvmGdbThread, owned; the client counts from 1 */
  guint selected;         /* whose registers the client means */
  guint stopped;          /* which made the guest stop */
  guint stop_signal;
  KvmGdbBreak breaks[KVM_GDB_MAX_BREAKS];
  guint n_breaks;

  GIOStream *stream;     /* owned */
  GSource *read_source;  /* owned, attached; NULL when the client is gone */
  GSource *write_source; /* owned, attached; NULL if nothing waits to be written */
  GByteArray *input;     /* owned: what was not looked at yet */
  GString *output;       /* owned: what was not written yet */
  GString *packet;       /* owned: what the client says */
  GString *reply;        /* owned: what it is told */
  GString *last;         /* owned: what it was told last, as it was written */
  gboolean is_reliable;  /* neither side says that a packet has arrived */
  gboolean knows_causes; /* the client wants to know what kind of breakpoint it was */
};

/* Puts the reply on its way. */
void _kvm_gdb_session_reply (KvmGdbSession *self);

/* Does what the client says. */
void _kvm_gdb_session_command (KvmGdbSession *self);

/* Appends to the reply why the guest has stopped. */
void _kvm_gdb_session_append_stop (KvmGdbSession *self);

/* Lets the guest go on as the actions of the threads say. FALSE if the processor cannot. */
gboolean _kvm_gdb_session_resume (KvmGdbSession *self);

/* Lets the client go. */
void _kvm_gdb_session_leave (KvmGdbSession *self);

static inline KvmGdbThread *
_kvm_gdb_session_thread (KvmGdbSession *self, guint n)
{
  return self->threads->pdata[n];
}

G_END_DECLS
