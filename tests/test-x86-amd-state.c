/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Saved states of guests that are not run everywhere: in software, KVM may keep no interrupt in
 * service, and has neither SSE in long mode nor guests of guests nor system management. */

#include "x86-guest.h"

#include <string.h>

KVM_TEST_DECLARE_GUEST (busy);
KVM_TEST_DECLARE_GUEST (smi_handler);
KVM_TEST_DECLARE_GUEST (live_sse);
KVM_TEST_DECLARE_GUEST (virtualize);

/* It is moved while it serves an interrupt and another of the same vector waits, and while it
 * serves that. */
static void
test_in_service (void)
{
  KvmTestGuest *guest = kvm_test_x86_run_to_service ();

  g_assert_true (kvm_test_x86_has_vector (guest, KVM_TEST_X86_ISR));
  g_assert_true (kvm_test_x86_has_vector (guest, KVM_TEST_X86_IRR));
  kvm_test_x86_move (&guest, kvm_test_x86_service_guest_new ());
  g_assert_true (kvm_test_x86_has_vector (guest, KVM_TEST_X86_ISR));
  g_assert_true (kvm_test_x86_has_vector (guest, KVM_TEST_X86_IRR));

  kvm_test_x86_run_to (guest, 0x65, 2);
  g_assert_true (kvm_test_x86_has_vector (guest, KVM_TEST_X86_ISR));
  g_assert_false (kvm_test_x86_has_vector (guest, KVM_TEST_X86_IRR));
  kvm_test_x86_move (&guest, kvm_test_x86_service_guest_new ());
  kvm_test_x86_run_to (guest, 0xf4, 2);
  g_assert_false (kvm_test_x86_has_vector (guest, KVM_TEST_X86_ISR));
  g_assert_false (kvm_test_x86_has_vector (guest, KVM_TEST_X86_IRR));
  kvm_test_guest_free (guest);
}

#define N_VCPUS 3

/* A guest in long mode with its own vCPU and two more. */
static KvmTestGuest *
new_long_guest (KvmMemory **tables, KvmVcpu **vcpus)
{
  KvmTestGuest *self
      = kvm_test_x86_long_guest_new (guest_live_sse, guest_live_sse_end - guest_live_sse, tables);
  g_autoptr (KvmX86Cpuid) cpuid = NULL;
  g_autoptr (GError) error = NULL;

  cpuid = kvm_vcpu_x86_get_cpuid (self->vcpu, &error);
  vcpus[0] = g_object_ref (self->vcpu);
  for (guint i = 1; i < N_VCPUS; i++)
    {
      vcpus[i] = kvm_vm_create_vcpu (self->vm, i, &error);
      g_assert_no_error (error);
      kvm_vcpu_x86_set_cpuid (vcpus[i], cpuid, &error);
      kvm_vcpu_x86_setup_long_mode (vcpus[i], KVM_TEST_ENTRY, KVM_TEST_X86_TABLES, &error);
      g_assert_no_error (error);
    }
  return self;
}

static void
run_vcpu (KvmVcpu *vcpu)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (kvm_vcpu_run (vcpu, NULL, &error), ==, KVM_EXIT_REASON_IO);
  g_assert_no_error (error);
}

/* What each of several 64-bit vCPUs has in a register of SSE is there when they go on. */
static void
test_long_mode (void)
{
  static const char *const texts[N_VCPUS]
      = { "abcdefghijklmnop", "0123456789ABCDEF", "ponmlkjihgfedcba" };
  g_autoptr (KvmMemory) tables = NULL;
  g_autoptr (KvmMemory) next_tables = NULL;
  KvmVcpu *vcpus[N_VCPUS], *next_vcpus[N_VCPUS];
  KvmTestGuest *guest = new_long_guest (&tables, vcpus);
  char seen[16];

  for (guint i = 0; i < N_VCPUS; i++)
    {
      kvm_test_write (guest, 0x2000, texts[i], 16);
      run_vcpu (vcpus[i]);
    }
  kvm_test_x86_move (&guest, new_long_guest (&next_tables, next_vcpus));
  for (guint i = 0; i < N_VCPUS; i++)
    {
      run_vcpu (next_vcpus[i]);
      kvm_test_read (guest, 0x2010, seen, sizeof seen);
      g_assert_cmpmem (seen, 16, texts[i], 16);
      g_object_unref (vcpus[i]);
      g_object_unref (next_vcpus[i]);
    }
  kvm_test_guest_free (guest);
}

static KvmTestGuest *
new_nested_guest (KvmMemory **tables)
{
  return kvm_test_x86_long_guest_new (guest_virtualize, guest_virtualize_end - guest_virtualize,
                                      tables);
}

/* It is moved while a guest of its own runs, which goes on and ends. */
static void
test_nested (void)
{
  g_autoptr (KvmMemory) tables = NULL;
  g_autoptr (KvmMemory) next_tables = NULL;
  KvmTestGuest *guest = new_nested_guest (&tables);

  kvm_test_x86_write_vmcb (guest);
  kvm_test_x86_run_to (guest, 0x61, 0x4c);
  /* Of what the outer guest has in the block the kernel takes what it needs. */
  kvm_test_x86_move_with (&guest, new_nested_guest (&next_tables), "vcpus/0/nested-state");
  kvm_test_x86_run_to (guest, 0x62, 0x78); /* VMEXIT_HLT */
  kvm_test_guest_free (guest);
}

#define SMRAM 0x30000
#define SMI_HANDLER 0x8000

static KvmTestGuest *
new_busy_guest (KvmMemory *smram)
{
  KvmTestGuest *self = kvm_test_x86_guest_new (guest_busy, guest_busy_end - guest_busy, 0);
  g_autoptr (KvmMemorySlot) slot = NULL;
  g_autoptr (GError) error = NULL;

  slot = kvm_vm_add_memory_full (self->vm, SMRAM, smram, 0, 0x10000, KVM_MEMORY_SLOT_FLAGS_NONE, 1,
                                 NULL, 0, &error);
  g_assert_no_error (error);
  return self;
}

/* It is moved in system management mode, with the memory of that, and comes back from there. */
static void
test_smm (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmMemory) smram = kvm_memory_new (0x10000, &error);
  KvmTestGuest *guest = new_busy_guest (smram);

  kvm_memory_write (smram, SMI_HANDLER, guest_smi_handler,
                    guest_smi_handler_end - guest_smi_handler, &error);
  kvm_test_x86_run_to (guest, 0x60, 0x11);
  g_assert_true (kvm_vcpu_x86_smi (guest->vcpu, &error));
  g_assert_no_error (error);
  kvm_test_x86_run_to (guest, 0x61, 0x53);
  kvm_test_x86_move (&guest, new_busy_guest (smram));
  kvm_test_x86_run_to (guest, 0x60, 0x11);
  kvm_test_guest_free (guest);
}

int
main (int argc, char *argv[])
{
  kvm_test_init (&argc, &argv);
  kvm_test_add ("/x86-amd-state/in-service", test_in_service);
  kvm_test_add ("/x86-amd-state/long-mode", test_long_mode);
  kvm_test_add ("/x86-amd-state/nested", test_nested);
  kvm_test_add ("/x86-amd-state/smm", test_smm);
  return g_test_run ();
}
