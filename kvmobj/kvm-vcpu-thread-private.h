/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "kvm-vcpu.h"

G_BEGIN_DECLS

/* The thread that a vCPU has of its own for what runs in the background: one run of it, or all of
 * them in a runner. It is made when it is first needed, takes one job after the other, and ends
 * with the vCPU, which it does not keep alive. */

/* A job keeps its vCPU alive, or knows who does. */
typedef void (*KvmVcpuJob) (gpointer data);

/* Takes the thread, so that nobody else uses it until it is released, and makes it if there is
 * none. Fails with KVM_ERROR_RUNNING if somebody has it, and where a run would fail. */
gboolean _kvm_vcpu_thread_claim (KvmVcpu *vcpu, GError **error);
void _kvm_vcpu_thread_release (KvmVcpu *vcpu);

/* Gives a job to the thread, which was claimed and has nothing else to do. */
void _kvm_vcpu_thread_start (KvmVcpu *vcpu, KvmVcpuJob job, gpointer data);

/* What a job calls before it lets anybody know that it is over: from here on the thread runs no
 * code but the library's, so that whoever ends the vCPU can wait for it. */
void _kvm_vcpu_thread_done (KvmVcpu *vcpu);

/* Whether it has a job, and this is another thread. */
gboolean _kvm_vcpu_thread_is_busy_elsewhere (KvmVcpu *vcpu);

/* For finalize. */
void _kvm_vcpu_thread_end (KvmVcpu *vcpu);

/* How a job makes something happen in a main context: a source stands there from the start, and
 * its callback is called when it was woken. Nothing is allocated for it, and whatever the source
 * refers to is dropped where the source is destroyed, not in the thread. */
GSource *_kvm_wake_source_new (GSourceFunc callback, gpointer data, GDestroyNotify notify);

typedef struct
{
  GSource *source;       /* owned */
  GMainContext *context; /* owned: else it could go while the source is woken */
} KvmWake;

/* @source is attached. */
static inline KvmWake
_kvm_wake_new (GSource *source)
{
  return (KvmWake){ g_source_ref (source), g_main_context_ref (g_source_get_context (source)) };
}

/* Wakes the source and lets go of it, whether it is still there or not. */
static inline void
_kvm_wake_now (KvmWake self)
{
  g_source_set_ready_time (self.source, 0);
  g_source_unref (self.source);
  g_main_context_unref (self.context);
}

G_END_DECLS
