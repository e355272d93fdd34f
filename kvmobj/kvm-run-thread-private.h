/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "kvm-abi-private.h"

G_BEGIN_DECLS

/* What a thread that runs vCPUs has of its own: what it expects in the word of a vCPU that it is to
 * run, and what it puts there; see kvm-run-state-private.h. Until it is prepared it expects what is
 * in no word. */
typedef struct
{
  guint64 idle;
  guint64 running;
} KvmRunThread;

extern __thread KvmRunThread _kvm_run_thread G_GNUC_INTERNAL
    __attribute__ ((tls_model ("initial-exec")));

/* Once per thread: the kick signal has its handler and is not blocked in this thread. */
gboolean _kvm_run_thread_prepare (GError **error);

/* The kick signal; it is known once a thread is prepared. */
int _kvm_run_thread_get_signal (void);

/* Sends the kick signal to a thread that a vCPU names as its owner. */
void _kvm_run_thread_signal (int tid);

/* In a forked child, whose only thread has another tid and holds no lock. */
void _kvm_run_thread_forget (void);

G_END_DECLS
