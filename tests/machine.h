/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What the tests of the runner share. */

#include "kvm-test.h"

G_BEGIN_DECLS

/* A guest with some vCPUs, all at the same code, and what its runner has told so far. */
typedef struct
{
  KvmTestGuest *guest;
  GPtrArray *vcpus;
  KvmRunner *runner;
  GMainContext *context; /* where the runner tells */

  guint n_exits;
  guint seen[4]; /* of each vCPU */
  KvmRunnerExit *token;
  KvmRunnerState states[8];
  guint n_states;

  gboolean is_done;
  KvmExit *exit;
  KvmVcpu *ended_vcpu;
  GError *error;
} Machine;

/* The machine has the guest from now on. */
Machine *machine_new (KvmTestGuest *guest, guint n_vcpus);
void machine_free (Machine *self);
void machine_add_vcpu (Machine *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Machine, machine_free)

#define MACHINE(name, n_vcpus) machine_new (KVM_TEST_GUEST (name), n_vcpus)

void machine_start (Machine *self, GCancellable *cancellable);

/* The alarm is the bound. */
#define machine_wait_until(self, condition)                                                        \
  while (!(condition))                                                                             \
  g_main_context_iteration ((self)->context, TRUE)

/* The callback of a run: takes down how it ended. */
void machine_on_end (GObject *runner, GAsyncResult *result, gpointer self);

/* Until it has ended. */
void machine_wait (Machine *self);

void machine_wait_for_state (Machine *self, KvmRunnerState state);

/* Until it was stopped, without an error and without an exit. */
void machine_assert_stopped (Machine *self);

/* A handler of "exit" that answers the guest "server", and counts. */
gboolean machine_serve (KvmRunner *runner, KvmRunnerExit *token, gpointer self);

G_END_DECLS
