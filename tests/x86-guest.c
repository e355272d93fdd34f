/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "x86-guest.h"

/* A guest whose CPUID is the host's, with more bits in CR4. */
KvmTestGuest *
kvm_test_x86_guest_new (const guint8 *code, gsize size, guint64 cr4)
{
  KvmTestGuest *self = kvm_test_guest_new (code, code + size);
  g_autoptr (KvmX86Cpuid) cpuid = NULL;
  g_autoptr (GError) error = NULL;
  KvmX86Sregs sregs;

  cpuid = kvm_system_x86_get_supported_cpuid (self->system, &error);
  g_assert_true (kvm_vcpu_x86_set_cpuid (self->vcpu, cpuid, &error));
  g_assert_true (kvm_vcpu_x86_get_sregs (self->vcpu, &sregs, &error));
  sregs.cr4 |= cr4;
  g_assert_true (kvm_vcpu_x86_set_sregs (self->vcpu, &sregs, &error));
  g_assert_no_error (error);
  return self;
}

void
kvm_test_read (KvmTestGuest *guest, guint64 address, gpointer data, gsize size)
{
  g_autoptr (GError) error = NULL;

  kvm_memory_read (guest->memory, address, data, size, &error);
  g_assert_no_error (error);
}

void
kvm_test_write (KvmTestGuest *guest, guint64 address, gconstpointer data, gsize size)
{
  g_autoptr (GError) error = NULL;

  kvm_memory_write (guest->memory, address, data, size, &error);
  g_assert_no_error (error);
}

#define N_TABLE_BYTES 0x7000

/* The guest and room for its tables, which are made. */
KvmTestGuest *
kvm_test_x86_long_guest_new (const guint8 *code, gsize size, KvmMemory **tables)
{
  KvmTestGuest *self = kvm_test_x86_guest_new (code, size, 0);
  g_autoptr (KvmMemorySlot) slot = NULL;
  g_autoptr (GError) error = NULL;
  KvmX86Regs regs;

  *tables = kvm_memory_new (N_TABLE_BYTES, &error);
  slot = kvm_vm_add_memory (self->vm, KVM_TEST_X86_TABLES, *tables, KVM_MEMORY_SLOT_FLAGS_NONE,
                            &error);
  g_assert_true (
      kvm_vcpu_x86_setup_long_mode (self->vcpu, KVM_TEST_ENTRY, KVM_TEST_X86_TABLES, &error));
  g_assert_no_error (error);
  kvm_vcpu_x86_get_regs (self->vcpu, &regs, &error);
  regs.rsp = 0x7000;
  kvm_vcpu_x86_set_regs (self->vcpu, &regs, &error);
  g_assert_no_error (error);
  return self;
}
