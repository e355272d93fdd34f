/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What is said to be the saved state of a vCPU or a virtual machine. It is compared with one that
 * is right, and restored, in the null KVM. */

#include "fuzz.h"

/* The states are little: this is the most that GVariant's own checks are slow for. */
#define MAX_SIZE (64 * 1024)

typedef struct
{
  KvmSystem *system;
  KvmVm *vm;
  KvmVcpu *vcpu;
} Machine;

static void
set_up (Machine *self)
{
  g_autoptr (GError) error = NULL;

  self->system = kvm_system_new (&error);
  g_assert_no_error (error);
  self->vm = kvm_system_create_vm (self->system, &error);
  g_assert_no_error (error);
  self->vcpu = kvm_vm_create_vcpu (self->vm, 0, &error);
  g_assert_no_error (error);
}

static void
tear_down (Machine *self)
{
  g_clear_object (&self->vcpu);
  g_clear_object (&self->vm);
  g_clear_object (&self->system);
}

/* States that are right. */
static GVariant *vcpu_state, *vm_state;

static void
save_states (void)
{
  g_autoptr (GError) error = NULL;
  Machine machine;

  set_up (&machine);
  vcpu_state = kvm_vcpu_save_state (machine.vcpu, &error);
  g_assert_no_error (error);
  vm_state = kvm_vm_save_state (machine.vm, NULL, &error);
  g_assert_no_error (error);
  tear_down (&machine);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, MIN (size, MAX_SIZE)); /* aligned */
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) state = NULL;
  g_auto (GStrv) names = NULL;
  g_auto (GStrv) vm_names = NULL;
  Machine machine;

  if (vm_state == NULL)
    save_states ();
  state = kvm_state_from_bytes (bytes, &error);
  fuzz_assert (state != NULL, error);
  if (state == NULL)
    return 0;

  names = kvm_state_compare (state, vcpu_state);
  vm_names = kvm_state_compare (vm_state, state);
  set_up (&machine);
  fuzz_assert (kvm_vcpu_restore_state (machine.vcpu, state, &error), error);
  fuzz_assert (kvm_vm_restore_state (machine.vm, state, &error), error);
  tear_down (&machine);
  return 0;
}
