/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What is on its way to a vCPU of x86: exceptions, NMIs, page faults with their address. */

#include "x86-guest.h"

#include <string.h>

/* A guest that halts, with a handler at 0x3000 for one vector. */
static KvmTestGuest *
make_guest_with_handler (guint vector, const guint8 *handler, gsize size)
{
  static const guint8 code[] = { 0xf4 };
  KvmTestGuest *self = KVM_TEST_X86_GUEST (code, 0);
  g_autoptr (GError) error = NULL;
  KvmX86Regs regs;

  kvm_test_write (self, 4 * vector, (const guint16[]){ 0x3000, 0 }, 4);
  kvm_test_write (self, 0x3000, handler, size);
  kvm_vcpu_x86_get_regs (self->vcpu, &regs, &error);
  regs.rsp = 0x7000;
  kvm_vcpu_x86_set_regs (self->vcpu, &regs, &error);
  g_assert_no_error (error);
  return self;
}

static const guint8 plain_handler[] = {
  0xb0, 0x42, /* mov $0x42, %al */
  0xe6, 0x61, /* out %al, $0x61 */
  0xcf,       /* iret */
};

static void
test_exception (void)
{
  g_autoptr (KvmTestGuest) guest = make_guest_with_handler (6, plain_handler, sizeof plain_handler);
  g_autoptr (GError) error = NULL;
  KvmX86VcpuEvents events;

  g_assert_true (kvm_vcpu_x86_get_vcpu_events (guest->vcpu, &events, &error));
  g_assert_cmpuint (events.exception_injected, ==, 0);
  events.exception_injected = 1;
  events.exception_nr = 6;
  g_assert_true (kvm_vcpu_x86_set_vcpu_events (guest->vcpu, &events, &error));
  g_assert_true (kvm_vcpu_x86_get_vcpu_events (guest->vcpu, &events, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (events.exception_injected, ==, 1);
  kvm_test_run (guest, KVM_EXIT_REASON_IO);
  g_assert_cmphex (kvm_exit_get_value (guest->exit), ==, 0x42);
  kvm_test_run (guest, KVM_EXIT_REASON_HLT);
  g_assert_true (kvm_vcpu_x86_get_vcpu_events (guest->vcpu, &events, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (events.exception_injected, ==, 0);

  events.exception_injected = 1;
  events.exception_nr = 200;
  g_assert_false (kvm_vcpu_x86_set_vcpu_events (guest->vcpu, &events, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT, "exception 200");
}

static void
test_nmi (void)
{
  g_autoptr (KvmTestGuest) guest = make_guest_with_handler (2, plain_handler, sizeof plain_handler);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  KvmX86VcpuEvents events;

  kvm_vcpu_x86_get_vcpu_events (guest->vcpu, &events, &error);
  events.nmi_pending = 1;
  events.flags = KVM_X86_VCPU_EVENT_FLAGS_NMI_PENDING;
  g_assert_true (kvm_vcpu_x86_set_vcpu_events (guest->vcpu, &events, &error));
  g_assert_no_error (error);
  kvm_test_run (guest, KVM_EXIT_REASON_IO);
  g_assert_cmphex (kvm_exit_get_value (guest->exit), ==, 0x42);
  g_assert_true (kvm_vcpu_x86_get_vcpu_events (guest->vcpu, &events, &error));
  g_assert_cmpuint (events.nmi_masked, ==, 1);
  text = kvm_x86_vcpu_events_to_string (&events);
  g_assert_nonnull (strstr (text, "\nnmi injected=0 pending=0 masked=1\n"));
  kvm_test_run (guest, KVM_EXIT_REASON_HLT);
  g_assert_true (kvm_vcpu_x86_get_vcpu_events (guest->vcpu, &events, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (events.nmi_masked, ==, 0);
}

/* A page fault that is pending takes its address with it. */
static void
test_payload (void)
{
  static const guint8 handler[] = {
    0x0f, 0x20, 0xd0, /* mov %cr2, %eax */
    0x66, 0xe7, 0x61, /* out %eax, $0x61 */
    0xf4,             /* hlt */
  };
  static const guint64 on[] = { 1 };
  g_autoptr (KvmTestGuest) guest = make_guest_with_handler (14, handler, sizeof handler);
  g_autoptr (GError) error = NULL;
  KvmX86VcpuEvents events;

  kvm_vcpu_x86_get_vcpu_events (guest->vcpu, &events, &error);
  g_assert_cmphex (events.flags & KVM_X86_VCPU_EVENT_FLAGS_PAYLOAD, ==, 0);
  events.flags |= KVM_X86_VCPU_EVENT_FLAGS_PAYLOAD;
  g_assert_false (kvm_vcpu_x86_set_vcpu_events (guest->vcpu, &events, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT, "a capability which is not enabled");

  g_assert_true (
      kvm_vm_enable_capability (guest->vm, KVM_CAPABILITY_EXCEPTION_PAYLOAD, on, 1, &error));
  g_assert_true (kvm_vcpu_x86_get_vcpu_events (guest->vcpu, &events, &error));
  g_assert_cmphex (events.flags & KVM_X86_VCPU_EVENT_FLAGS_PAYLOAD, !=, 0);
  events.exception_pending = 1;
  events.exception_nr = 14;
  events.exception_has_payload = 1;
  events.exception_payload = 0x12345678;
  g_assert_true (kvm_vcpu_x86_set_vcpu_events (guest->vcpu, &events, &error));
  g_assert_no_error (error);
  kvm_test_run (guest, KVM_EXIT_REASON_IO);
  g_assert_cmphex (kvm_exit_get_value (guest->exit), ==, 0x12345678);
}

static void
test_triple_fault (void)
{
  static const guint64 on[] = { 1 };
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (halt);
  g_autoptr (GError) error = NULL;
  KvmX86VcpuEvents events;

  kvm_vm_enable_capability (guest->vm, KVM_CAPABILITY_X86_TRIPLE_FAULT_EVENT, on, 1, &error);
  kvm_vcpu_x86_get_vcpu_events (guest->vcpu, &events, &error);
  g_assert_no_error (error);
  events.flags |= KVM_X86_VCPU_EVENT_FLAGS_TRIPLE_FAULT;
  events.triple_fault_pending = 1;
  g_assert_true (kvm_vcpu_x86_set_vcpu_events (guest->vcpu, &events, &error));
  g_assert_no_error (error);
  kvm_test_run (guest, KVM_EXIT_REASON_SHUTDOWN);
}

int
main (int argc, char **argv)
{
  kvm_test_init (&argc, &argv);
  kvm_test_add ("/x86-events/exception", test_exception);
  kvm_test_add ("/x86-events/nmi", test_nmi);
  kvm_test_add ("/x86-events/payload", test_payload);
  kvm_test_add ("/x86-events/triple-fault", test_triple_fault);
  return g_test_run ();
}
