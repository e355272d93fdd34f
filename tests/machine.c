/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "machine.h"

static void
on_state (KvmRunner *runner, GParamSpec *pspec, Machine *self)
{
  g_assert_true (g_main_context_is_owner (self->context));
  g_assert_true (g_main_current_source () != NULL);
  g_assert_false (self->is_done);
  if (self->n_states < G_N_ELEMENTS (self->states))
    self->states[self->n_states] = kvm_runner_get_state (runner);
  self->n_states++;
}

void
machine_on_end (GObject *runner, GAsyncResult *result, gpointer user_data)
{
  Machine *self = user_data;

  g_assert_true (g_main_context_is_owner (self->context));
  g_assert_false (self->is_done);
  self->exit = kvm_runner_run_finish (KVM_RUNNER (runner), result, &self->error);
  self->ended_vcpu = kvm_runner_get_ended_vcpu (KVM_RUNNER (runner));
  self->is_done = TRUE;
}

void
machine_add_vcpu (Machine *self)
{
  g_autoptr (GError) error = NULL;
  KvmVcpu *vcpu = kvm_vm_create_vcpu (self->guest->vm, self->vcpus->len, &error);

  g_assert_no_error (error);
  g_ptr_array_add (self->vcpus, vcpu);
  kvm_test_setup_vcpu (vcpu, KVM_TEST_ENTRY, 0);
  g_assert_true (kvm_runner_add_vcpu (self->runner, vcpu, &error));
  g_assert_no_error (error);
}

Machine *
machine_new (KvmTestGuest *guest, guint n_vcpus)
{
  Machine *self = g_new0 (Machine, 1);
  g_autoptr (GError) error = NULL;

  self->guest = guest;
  self->context = g_main_context_ref_thread_default ();
  self->runner = kvm_runner_new (guest->vm);
  self->vcpus = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_add (self->vcpus, g_object_ref (guest->vcpu));
  g_assert_true (kvm_runner_add_vcpu (self->runner, guest->vcpu, &error));
  g_assert_no_error (error);
  while (self->vcpus->len < n_vcpus)
    machine_add_vcpu (self);
  g_signal_connect (self->runner, "notify::state", G_CALLBACK (on_state), self);
  return self;
}

void
machine_free (Machine *self)
{
  g_clear_object (&self->token);
  g_clear_object (&self->exit);
  g_clear_error (&self->error);
  g_signal_handlers_disconnect_by_data (self->runner, self);
  g_object_unref (self->runner);
  g_ptr_array_unref (self->vcpus);
  kvm_test_guest_free (self->guest);
  g_main_context_unref (self->context);
  g_free (self);
}

void
machine_start (Machine *self, GCancellable *cancellable)
{
  self->is_done = FALSE;
  self->n_states = 0;
  g_clear_object (&self->exit);
  g_clear_error (&self->error);
  kvm_runner_run_async (self->runner, cancellable, machine_on_end, self);
  g_assert_false (self->is_done);
}

void
machine_wait (Machine *self)
{
  machine_wait_until (self, self->is_done);
}

void
machine_wait_for_state (Machine *self, KvmRunnerState state)
{
  machine_wait_until (self, self->n_states > 0 && self->states[self->n_states - 1] == state);
}

void
machine_assert_stopped (Machine *self)
{
  machine_wait (self);
  g_assert_no_error (self->error);
  g_assert_null (self->exit);
  g_assert_null (self->ended_vcpu);
}

gboolean
machine_serve (KvmRunner *runner, KvmRunnerExit *token, gpointer user_data)
{
  Machine *self = user_data;
  KvmExit *exit = kvm_runner_exit_get_exit (token);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_main_context_is_owner (self->context));
  g_assert_cmpint (kvm_exit_get_reason (exit), ==, KVM_TEST_REASON_IO);
  g_assert_true (exit == kvm_vcpu_get_exit (kvm_runner_exit_get_vcpu (token)));
  self->n_exits++;
  self->seen[kvm_vcpu_get_id (kvm_runner_exit_get_vcpu (token))]++;
  if (!kvm_exit_is_write (exit))
    kvm_exit_set_value (exit, 0x41);
  else
    g_assert_cmpuint (kvm_exit_get_value (exit), ==, 0x42);
  g_assert_true (kvm_runner_exit_complete (token, &error));
  g_assert_no_error (error);
  return TRUE;
}
