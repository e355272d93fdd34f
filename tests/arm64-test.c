/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "arm64-test.h"

#include <string.h>

Arm64Machine *
arm64_machine_new (const guint8 *code, const guint8 *end)
{
  Arm64Machine *self = g_new0 (Arm64Machine, 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmMemorySlot) slot = NULL;

  self->system = kvm_system_new (&error);
  g_assert_no_error (error);
  self->vm = kvm_system_create_vm (self->system, &error);
  g_assert_no_error (error);
  /* What is above it is for ports. */
  self->memory = kvm_memory_new (0x10000, &error);
  g_assert_no_error (error);
  slot = kvm_vm_add_memory (self->vm, 0, self->memory, KVM_MEMORY_SLOT_FLAGS_NONE, &error);
  g_assert_no_error (error);
  kvm_memory_write (self->memory, KVM_TEST_ENTRY, code, end - code, &error);
  g_assert_no_error (error);
  self->vcpu = kvm_vm_create_vcpu (self->vm, 0, &error);
  g_assert_no_error (error);
  self->exit = kvm_vcpu_get_exit (self->vcpu);
  return self;
}

void
arm64_machine_free (Arm64Machine *self)
{
  g_clear_object (&self->gic);
  g_clear_object (&self->vcpu);
  g_clear_object (&self->memory);
  g_clear_object (&self->vm);
  g_clear_object (&self->system);
  g_free (self);
}

void
arm64_machine_setup (Arm64Machine *self, KvmArm64VcpuFeatures features, guint64 argument)
{
  g_autoptr (GError) error = NULL;

  kvm_vcpu_arm64_setup (self->vcpu, KVM_ARM64_VCPU_FEATURES_PSCI_0_2 | features, KVM_TEST_ENTRY, 0,
                        argument, &error);
  g_assert_no_error (error);
}

void
arm64_machine_add_gicv3 (Arm64Machine *self)
{
  g_autoptr (GError) error = NULL;

  self->gic
      = kvm_vm_arm64_create_vgic_v3 (self->vm, ARM64_DISTRIBUTOR, ARM64_REDISTRIBUTORS, &error);
  g_assert_no_error (error);
  kvm_device_arm64_vgic_set_n_irqs (self->gic, 64, &error);
  g_assert_no_error (error);
  kvm_device_arm64_vgic_init (self->gic, &error);
  g_assert_no_error (error);
}

gboolean
arm64_machine_has (Arm64Machine *self, KvmCapability capability)
{
  g_autoptr (GError) error = NULL;
  int value = kvm_vm_check_extension (self->vm, capability, &error);

  g_assert_no_error (error);
  return value != 0;
}

guint64
arm64_machine_run_to (Arm64Machine *self, guint port)
{
  kvm_test_run (self, KVM_EXIT_REASON_MMIO);
  if (!kvm_exit_is_write (self->exit) || kvm_exit_get_address (self->exit) != KVM_TEST_PORT (port))
    g_error ("the guest stopped with %s in place of a write to port 0x%x",
             kvm_exit_to_string (self->exit), port);
  return kvm_exit_get_value (self->exit);
}

guint64
arm64_get_reg (KvmVcpu *vcpu, guint64 id)
{
  g_autoptr (GError) error = NULL;
  guint64 value;

  kvm_vcpu_get_one_reg (vcpu, id, &value, &error);
  g_assert_no_error (error);
  return value;
}

void
arm64_set_reg (KvmVcpu *vcpu, guint64 id, guint64 value)
{
  g_autoptr (GError) error = NULL;

  kvm_vcpu_set_one_reg (vcpu, id, value, &error);
  g_assert_no_error (error);
}
