/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Interrupts of every kind, which guests take with handlers of their own. */

#include "interrupted-guest.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

KVM_TEST_DECLARE_GUEST (window);

static void
test_nmi (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (vectors);
  g_autoptr (GError) error = NULL;

  configure (guest, BEGIN_OFF, 0, 0); /* it is not maskable */
  assert_idle (guest);
  for (guint i = 0; i < 3; i++)
    {
      g_assert_true (kvm_vcpu_x86_nmi (guest->vcpu, &error));
      g_assert_no_error (error);
      assert_takes (guest, 2);
    }
}

/* Where there is no system management mode, the error says so. */
static void
test_smi (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (vectors);
  g_autoptr (GError) error = NULL;

  if (kvm_vm_check_extension (guest->vm, KVM_CAPABILITY_X86_SMM, &error) == 0)
    {
      g_assert_false (kvm_vcpu_x86_smi (guest->vcpu, &error));
      kvm_test_assert_error (error, KVM_ERROR_NOT_SUPPORTED, "KVM_CAP_X86_SMM is 0");
    }
  else
    {
      g_assert_true (kvm_vcpu_x86_smi (guest->vcpu, &error));
      g_assert_no_error (error);
    }
}

static void
test_line (void)
{
  g_autoptr (KvmTestGuest) guest = guest_new (SET_PICS_UP | END_AT_PIC, 0xcf);

  assert_idle (guest);
  pulse (guest, 5);
  assert_takes (guest, 0x25);
  pulse (guest, 4);
  assert_takes (guest, 0x24);
  pulse (guest, 6); /* masked */
  assert_idle (guest);
}

static void
test_line_status (void)
{
  g_autoptr (KvmTestGuest) guest = guest_new (SET_PICS_UP | BEGIN_OFF | END_AT_PIC, 0xdf);
  g_autoptr (GError) error = NULL;

  assert_idle (guest);
  g_assert_cmpint (set_line (guest, 5, TRUE), ==, 1);
  set_line (guest, 5, FALSE);
  g_assert_cmpint (set_line (guest, 5, TRUE), ==, 0); /* the first is still pending */
  set_line (guest, 5, FALSE);
  g_assert_cmpint (set_line (guest, 6, TRUE), <, 0); /* masked */
  set_line (guest, 6, FALSE);
  kvm_memory_fill (guest->memory, 0x2003, 1, 1, &error);
  assert_takes (guest, 0x25);
}

/* To one that has its local APIC off; to one that takes it; to none. */
static void
test_msi (void)
{
  g_autoptr (KvmTestGuest) guest = guest_new (END_AT_LAPIC, 0);
  g_autoptr (GError) error = NULL;
  guint n = 99;

  assert_idle (guest);
  g_assert_cmpuint (send_msi (guest, MSI_ADDRESS, 0x31), ==, 0);
  assert_idle (guest);
  set_lapic (guest, SVR, 0x1ff);
  for (guint i = 0; i < 3; i++)
    {
      g_assert_cmpuint (send_msi (guest, MSI_ADDRESS, 0x31 + i), ==, 1);
      assert_takes (guest, 0x31 + i);
    }
  g_assert_cmpuint (send_msi (guest, MSI_ADDRESS | 5 << 12, 0x31), ==, 0);
  assert_idle (guest);
  g_assert_false (kvm_vm_signal_msi (guest->vm, MSI_ADDRESS, 0x31, 1 << 5, 0, &n, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT, "data 0x31");
}

static void
set_routing (KvmTestGuest *guest, KvmIrqRouting *routing)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (kvm_vm_set_irq_routing (guest->vm, routing, &error));
  g_assert_no_error (error);
}

static void
test_routed_pins (void)
{
  g_autoptr (KvmTestGuest) guest = guest_new (SET_PICS_UP | END_AT_PIC, 0x9f);
  g_autoptr (KvmIrqRouting) routing = kvm_irq_routing_new ();
  g_autoptr (GError) error = NULL;

  assert_idle (guest);
  pulse (guest, 6);
  assert_takes (guest, 0x26);
  kvm_irq_routing_add_irqchip (routing, 100, KVM_X86_IRQCHIP_ID_PIC_MASTER, 5, &error);
  kvm_irq_routing_add_irqchip (routing, 5, KVM_X86_IRQCHIP_ID_PIC_MASTER, 6, &error);
  g_assert_no_error (error);
  set_routing (guest, routing);
  pulse (guest, 100);
  assert_takes (guest, 0x25);
  pulse (guest, 5);
  assert_takes (guest, 0x26);
  pulse (guest, 6); /* leads nowhere any more */
  assert_idle (guest);
  g_assert_cmpuint (kvm_irq_routing_remove (routing, 5), ==, 1);
  set_routing (guest, routing);
  pulse (guest, 5);
  assert_idle (guest);
}

/* A trigger that is there already follows the routes that come later. */
static void
test_routed_trigger (void)
{
  g_autoptr (KvmTestGuest) guest = guest_new (END_AT_LAPIC, 0);
  g_autoptr (KvmIrqRouting) routing = kvm_irq_routing_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmIrqTrigger) trigger
      = kvm_vm_add_irq_trigger (guest->vm, 30, KVM_IRQ_TRIGGER_FLAGS_NONE, &error);

  g_assert_no_error (error);
  assert_idle (guest);
  set_lapic (guest, SVR, 0x1ff);
  for (guint vector = 0x35; vector < 0x38; vector++)
    {
      kvm_irq_routing_remove (routing, 30);
      kvm_irq_routing_add_msi (routing, 30, MSI_ADDRESS, vector, KVM_MSI_FLAGS_NONE, 0, &error);
      g_assert_no_error (error);
      set_routing (guest, routing);
      g_assert_true (kvm_irq_trigger_raise (trigger, &error));
      assert_takes (guest, vector);
    }
  pulse (guest, 30);
  assert_takes (guest, 0x37);
}

static void
test_routing_builder (void)
{
  g_autoptr (KvmIrqRouting) routing = kvm_irq_routing_new ();
  g_autoptr (GError) error = NULL;

  for (guint gsi = 0; gsi < 16; gsi++)
    kvm_irq_routing_add_irqchip (routing, gsi, gsi / 8, gsi % 8, &error);
  for (guint gsi = 0; gsi < 24; gsi++)
    kvm_irq_routing_add_irqchip (routing, gsi, KVM_X86_IRQCHIP_ID_IOAPIC, gsi, &error);
  kvm_irq_routing_add_msi (routing, 24, MSI_ADDRESS, 0x30, KVM_MSI_FLAGS_NONE, 0, &error);
  kvm_irq_routing_add_hyperv_sint (routing, 25, 0, 2, &error);
  kvm_irq_routing_add_xen_event_channel (routing, 26, 1, 0, G_MAXUINT32, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (kvm_irq_routing_get_n_routes (routing), ==, 43);

  g_assert_false (
      kvm_irq_routing_add_irqchip (routing, 5, KVM_X86_IRQCHIP_ID_PIC_MASTER, 6, &error));
  kvm_test_assert_error (error, KVM_ERROR_EXISTS,
                         "The route of GSI 5 to pin 5 of irqchip 0 is in the way of that of GSI 5 "
                         "to pin 6 of irqchip 0");
  g_assert_false (kvm_irq_routing_add_msi (routing, 5, MSI_ADDRESS, 0x30, 0, 0, &error));
  kvm_test_assert_error (error, KVM_ERROR_EXISTS, "GSI 5 to an MSI at 0xfee00000 with data 0x30");
  g_assert_false (kvm_irq_routing_add_irqchip (routing, 24, 0, 0, &error));
  kvm_test_assert_error (error, KVM_ERROR_EXISTS, "GSI 24 to an MSI");
  g_assert_false (kvm_irq_routing_add_hyperv_sint (routing, 26, 3, 4, &error));
  kvm_test_assert_error (error, KVM_ERROR_EXISTS, "GSI 26 to event channel 1 of vCPU 0");
  g_assert_false (kvm_irq_routing_add_xen_event_channel (routing, 25, 1, 0, 0, &error));
  kvm_test_assert_error (error, KVM_ERROR_EXISTS, "GSI 25 to SINT 2 of vCPU 0");

  g_assert_cmpuint (kvm_irq_routing_remove (routing, 5), ==, 2);
  g_assert_cmpuint (kvm_irq_routing_remove (routing, 5), ==, 0);
  g_assert_cmpuint (kvm_irq_routing_get_n_routes (routing), ==, 41);
  g_assert_true (kvm_irq_routing_add_msi (routing, 5, MSI_ADDRESS, 0x30, 0, 0, &error));
}

/* The kernel takes all or nothing, and the message names the entry. */
static void
assert_route_refused (KvmTestGuest *guest, KvmIrqRouting *routing, guint gsi, const char *text)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (kvm_vm_set_irq_routing (guest->vm, routing, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT, text);
  g_assert_cmpuint (kvm_irq_routing_remove (routing, gsi), ==, 1);
  pulse (guest, 5);
  assert_takes (guest, 0x25);
}

static void
test_no_xen_routes (void)
{
  g_autoptr (KvmTestGuest) guest = guest_new (SET_PICS_UP | END_AT_PIC, 0xdf);
  g_autoptr (KvmIrqRouting) routing = kvm_irq_routing_new ();
  g_autoptr (GError) error = NULL;

  assert_idle (guest);
  kvm_irq_routing_add_irqchip (routing, 3, KVM_X86_IRQCHIP_ID_IOAPIC, 3, &error);
  kvm_irq_routing_add_xen_event_channel (routing, 6, 1, 9, G_MAXUINT32, &error);
  assert_route_refused (guest, routing, 6, "2 routes; is what Hyper-V or Xen need set up");
  g_assert_no_error (error);
}

static void
test_routing_refused (void)
{
  g_autoptr (KvmTestGuest) bare = KVM_TEST_GUEST (halt);
  g_autoptr (KvmTestGuest) guest = guest_new (SET_PICS_UP | END_AT_PIC, 0xdf);
  g_autoptr (KvmIrqRouting) routing = kvm_irq_routing_new ();
  g_autoptr (GError) error = NULL;
  guint limit;

  assert_idle (guest);
  kvm_irq_routing_add_irqchip (routing, 3, KVM_X86_IRQCHIP_ID_IOAPIC, 3, &error);
  kvm_irq_routing_add_irqchip (routing, 7, 1, 8, &error);
  assert_route_refused (guest, routing, 7, "GSI 7 to pin 8 of irqchip 1; there is no such pin");
  kvm_irq_routing_add_irqchip (routing, 8, KVM_X86_IRQCHIP_ID_IOAPIC, 24, &error);
  assert_route_refused (guest, routing, 8, "GSI 8 to pin 24 of irqchip 2; there is no such pin");
  kvm_irq_routing_add_irqchip (routing, 9, 3, 0, &error);
  assert_route_refused (guest, routing, 9, "GSI 9 to pin 0 of irqchip 3; there is no such irqchip");
  kvm_irq_routing_add_msi (routing, 4, MSI_ADDRESS, 0x30, 1 << 5, 1, &error);
  assert_route_refused (guest, routing, 4,
                        "GSI 4 to an MSI at 0xfee00000 with data 0x30; there are no such flags");
  kvm_irq_routing_add_xen_event_channel (routing, 6, 1, 0, 7, &error);
  assert_route_refused (guest, routing, 6, "the priority must be G_MAXUINT32");
  g_assert_no_error (error);

  limit = kvm_vm_check_extension (guest->vm, KVM_CAPABILITY_IRQ_ROUTING, &error);
  g_assert_cmpuint (limit, >, 24);
  kvm_irq_routing_add_msi (routing, limit, MSI_ADDRESS, 0x30, 0, 0, &error);
  assert_route_refused (guest, routing, limit, "numbers are below");
  for (guint i = 0; i <= limit; i++) /* as many numbers as there are, and three routes of one */
    if (i != 3 && i < limit)
      kvm_irq_routing_add_msi (routing, i, MSI_ADDRESS, 0x30, 0, 0, &error);
  set_routing (guest, routing);
  kvm_irq_routing_add_irqchip (routing, 3, KVM_X86_IRQCHIP_ID_PIC_MASTER, 3, &error);
  g_assert_no_error (error);
  g_assert_false (kvm_vm_set_irq_routing (guest->vm, routing, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT, "routes; there can be");

  g_assert_false (kvm_vm_set_irq_routing (bare->vm, routing, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT, "routes; ");
}

/* A PIC in the process waits until the guest can take its interrupt. */
static void
test_window (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (window);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 3; i++)
    {
      g_assert_cmphex (run (guest), ==, IDLE);
      g_assert_false (kvm_exit_x86_get_interrupt_flag (guest->exit));
      g_assert_false (kvm_exit_x86_get_ready_for_interrupt (guest->exit));
      g_assert_false (kvm_vcpu_x86_get_interrupt_window_requested (guest->vcpu));
      g_assert_true (kvm_vcpu_x86_set_interrupt_window_requested (guest->vcpu, TRUE, &error));
      g_assert_true (kvm_vcpu_x86_get_interrupt_window_requested (guest->vcpu));

      kvm_test_run (guest, KVM_EXIT_REASON_IRQ_WINDOW_OPEN);
      g_assert_true (kvm_exit_x86_get_interrupt_flag (guest->exit));
      g_assert_true (kvm_exit_x86_get_ready_for_interrupt (guest->exit));
      g_assert_true (kvm_vcpu_x86_set_interrupt_window_requested (guest->vcpu, FALSE, &error));
      g_assert_true (kvm_vcpu_interrupt (guest->vcpu, 0x30, &error));
      g_assert_no_error (error);
      g_assert_cmphex (run (guest), ==, 0x30);
    }
  g_assert_false (kvm_vcpu_interrupt (guest->vcpu, 256, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT, "interrupt 0x100");
}

static void
test_cr8 (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (vectors);
  g_autoptr (GError) error = NULL;
  KvmX86Sregs sregs;

  g_assert_true (kvm_vcpu_x86_set_cr8 (guest->vcpu, 9, &error));
  g_assert_cmphex (run (guest), ==, IDLE);
  g_assert_cmphex (kvm_exit_x86_get_cr8 (guest->exit), ==, 9);
  kvm_vcpu_x86_get_sregs (guest->vcpu, &sregs, &error);
  g_assert_no_error (error);
  g_assert_cmphex (sregs.cr8, ==, 9);
  g_assert_cmphex (kvm_exit_x86_get_apic_base (guest->exit), ==, sregs.apic_base);
  g_assert_false (kvm_vcpu_x86_set_cr8 (guest->vcpu, 16, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "0x10 has more");
  g_assert_cmphex (run (guest), ==, IDLE);
}

/* The local APIC alone is in the kernel: interrupts of the process's PIC and I/O APIC go through
 * it. */
static void
test_split_irqchip (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (vectors);
  g_autoptr (KvmIrqRouting) routing = kvm_irq_routing_new ();
  g_autoptr (GError) error = NULL;

  g_assert_false (kvm_vm_x86_enable_split_irqchip (guest->vm, 24, &error));
  kvm_test_assert_error (error, KVM_ERROR_EXISTS, "before the first vCPU");

  /* The same guest in another virtual machine. */
  g_clear_object (&guest->vcpu);
  g_clear_object (&guest->slot);
  g_clear_object (&guest->vm);
  guest->vm = kvm_system_create_vm (guest->system, &error);
  g_assert_true (kvm_vm_x86_enable_split_irqchip (guest->vm, 24, &error));
  g_assert_no_error (error);
  guest->slot = kvm_vm_add_memory (guest->vm, 0, guest->memory, 0, &error);
  guest->vcpu = kvm_vm_create_vcpu (guest->vm, 0, &error);
  guest->exit = kvm_vcpu_get_exit (guest->vcpu);
  kvm_vcpu_x86_setup_real_mode (guest->vcpu, KVM_TEST_ENTRY, &error);
  g_assert_no_error (error);
  configure (guest, 0, 0, 0);

  assert_idle (guest);
  g_assert_true (kvm_vcpu_interrupt (guest->vcpu, 0x33, &error));
  g_assert_false (kvm_vcpu_interrupt (guest->vcpu, 0x34, &error));
  kvm_test_assert_error (error, KVM_ERROR_EXISTS, "interrupt 0x34");
  assert_takes (guest, 0x33);

  set_lapic (guest, SVR, 0x1ff);
  configure (guest, END_AT_LAPIC, 0, 0);
  kvm_irq_routing_add_msi (routing, 3, MSI_ADDRESS, 1 << 15 | 1 << 14 | 0x36, 0, 0, &error);
  set_routing (guest, routing);
  pulse (guest, 3);
  while (run (guest) == IDLE)
    ;
  g_assert_cmphex (kvm_exit_get_value (guest->exit), ==, 0x36);
  kvm_test_run (guest, KVM_EXIT_REASON_IOAPIC_EOI);
  g_assert_cmphex (kvm_exit_x86_get_eoi_vector (guest->exit), ==, 0x36);
  assert_idle (guest);
  g_assert_null (kvm_vm_x86_get_irqchip (guest->vm, KVM_X86_IRQCHIP_ID_IOAPIC, &error));
  kvm_test_assert_error (error, KVM_ERROR_NO_SUCH_ATTRIBUTE, "see kvm_vm_create_irqchip ()");
}

static void
test_tpr_access (void)
{
  g_autoptr (KvmTestGuest) guest
      = kvm_test_guest_new_with_irqchip (guest_priority, guest_priority_end);
  g_autoptr (GError) error = NULL;

  configure (guest, END_AT_LAPIC, 0, 0);
  g_assert_true (kvm_vcpu_x86_set_tpr_access_reporting (guest->vcpu, TRUE, &error));
  g_assert_no_error (error);
  kvm_test_run (guest, KVM_EXIT_REASON_TPR_ACCESS);
  g_assert_true (kvm_exit_is_write (guest->exit));
  kvm_test_run (guest, KVM_EXIT_REASON_TPR_ACCESS);
  g_assert_false (kvm_exit_is_write (guest->exit));
  g_assert_cmphex (run (guest), ==, 0x40);
}

/* The task priority that the guest finds in its APIC is what stands in memory. */
static void
test_vapic (void)
{
  g_autoptr (KvmTestGuest) guest = guest_new (0, 0);
  g_autoptr (GError) error = NULL;
  guint8 *vapic = (guint8 *) kvm_memory_get_pointer (guest->memory) + 0x3000;

  g_assert_true (kvm_vcpu_x86_set_vapic_address (guest->vcpu, 0x3000, &error));
  g_assert_no_error (error);
  assert_idle (guest);
  *vapic = 0x50;
  assert_idle (guest);
  g_assert_cmphex (get_lapic (guest, TPR), ==, 0x50);
  g_assert_true (kvm_vcpu_x86_set_vapic_address (guest->vcpu, 0, &error));
  *vapic = 0x60;
  assert_idle (guest);
  g_assert_cmphex (get_lapic (guest, TPR), ==, 0x50);
  g_assert_false (kvm_vcpu_x86_set_vapic_address (guest->vcpu, 0x12345000, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT, "address 0x12345000; it takes memory");
}

static void
test_without_irqchip (void)
{
  g_autoptr (KvmTestGuest) bare = KVM_TEST_GUEST (halt);
  g_autoptr (KvmTestGuest) guest = guest_new (0, 0);
  g_autoptr (KvmX86Irqchip) irqchip = NULL;
  g_autoptr (KvmX86Lapic) lapic = NULL;
  g_autoptr (GError) error = NULL;
  int status = 1;
  guint n = 1;

  irqchip = kvm_vm_x86_get_irqchip (guest->vm, KVM_X86_IRQCHIP_ID_IOAPIC, &error);
  lapic = kvm_vcpu_x86_get_lapic (guest->vcpu, &error);
  g_assert_no_error (error);

#define REFUSED(call, code, text)                                                                  \
  g_assert_false (call);                                                                           \
  kvm_test_assert_error (error, KVM_ERROR_##code, text)
  REFUSED (kvm_vm_set_irq_line (bare->vm, 5, TRUE, &error), NO_SUCH_ATTRIBUTE,
           "IRQ 0x5; the interrupt controllers must be in the kernel");
  REFUSED (kvm_vm_set_irq_line_status (bare->vm, 5, TRUE, &status, &error), NO_SUCH_ATTRIBUTE,
           "IRQ 0x5; the interrupt controllers must be in the kernel");
  REFUSED (kvm_vm_signal_msi (bare->vm, MSI_ADDRESS, 0x31, 0, 0, &n, &error), INVALID_ARGUMENT,
           "data 0x31");
  REFUSED (kvm_vm_x86_get_irqchip (bare->vm, KVM_X86_IRQCHIP_ID_IOAPIC, &error), NO_SUCH_ATTRIBUTE,
           "irqchip 2");
  REFUSED (kvm_vm_x86_set_irqchip (bare->vm, irqchip, &error), NO_SUCH_ATTRIBUTE, "irqchip 2");
  REFUSED (kvm_vm_x86_get_irqchip (guest->vm, 3, &error), INVALID_ARGUMENT, "irqchip 3");
  REFUSED (kvm_vm_x86_get_pit (guest->vm, &error), NO_SUCH_ATTRIBUTE, "kvm_vm_x86_create_pit ()");
  REFUSED (kvm_vm_x86_set_pit_reinject (guest->vm, TRUE, &error), NO_SUCH_ATTRIBUTE,
           "kvm_vm_x86_create_pit ()");
  REFUSED (kvm_vcpu_x86_get_lapic (bare->vcpu, &error), INVALID_ARGUMENT, "no local APIC");
  REFUSED (kvm_vcpu_x86_set_lapic (bare->vcpu, lapic, &error), INVALID_ARGUMENT, "no local APIC");
  REFUSED (kvm_vcpu_x86_set_vapic_address (bare->vcpu, 0x3000, &error), INVALID_ARGUMENT,
           "address 0x3000; it takes memory");
  REFUSED (kvm_vcpu_interrupt (guest->vcpu, 0x30, &error), NO_SUCH_ATTRIBUTE,
           "interrupt 0x30; the PIC is in the kernel");
  g_assert_cmpint (status, ==, 0);
  g_assert_cmpuint (n, ==, 0);
}

/* In a forked child nothing reaches the parent's run page. */
static void
test_forked (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (vectors);
  g_autoptr (GError) error = NULL;
  int status;
  pid_t pid;

  configure (guest, 0, 0, 0);
  g_assert_true (kvm_vcpu_x86_set_cr8 (guest->vcpu, 3, &error));
  pid = fork ();
  if (pid == 0)
    {
      REFUSED (kvm_vcpu_x86_set_cr8 (guest->vcpu, 5, &error), WRONG_PROCESS, "");
      REFUSED (kvm_vcpu_x86_set_interrupt_window_requested (guest->vcpu, TRUE, &error),
               WRONG_PROCESS, "");
      REFUSED (kvm_vcpu_set_signal_mask (guest->vcpu, 0, &error), WRONG_PROCESS, "");
      REFUSED (kvm_vm_set_irq_line (guest->vm, 5, TRUE, &error), WRONG_PROCESS, "");
      _exit (0);
    }
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_cmpint (status, ==, 0);
  g_assert_cmphex (run (guest), ==, IDLE);
  g_assert_cmphex (kvm_exit_x86_get_cr8 (guest->exit), ==, 3);
}

static gpointer
run_thread (gpointer data)
{
  KvmTestGuest *guest = data;

  kvm_test_run (guest, KVM_EXIT_REASON_INTERRUPTED);
  return NULL;
}

/* What belongs to a vCPU is refused while it runs, and everything once it is closed. */
static void
test_running_and_closed (void)
{
  g_autoptr (KvmTestGuest) guest = kvm_test_guest_new_with_irqchip (guest_spin, guest_spin_end);
  g_autoptr (KvmX86Irqchip) irqchip = NULL;
  g_autoptr (KvmX86Lapic) lapic = NULL;
  g_autoptr (KvmX86PitState) pit = NULL;
  g_autoptr (KvmIrqRouting) routing = kvm_irq_routing_new ();
  g_autoptr (GError) error = NULL;
  GThread *thread;
  guint n;
  int status;

  kvm_vm_x86_create_pit (guest->vm, 0, &error);
  irqchip = kvm_vm_x86_get_irqchip (guest->vm, KVM_X86_IRQCHIP_ID_IOAPIC, &error);
  lapic = kvm_vcpu_x86_get_lapic (guest->vcpu, &error);
  pit = kvm_vm_x86_get_pit (guest->vm, &error);
  g_assert_no_error (error);

#define VCPU_METHODS(code)                                                                         \
  REFUSED (kvm_vcpu_interrupt (guest->vcpu, 0x30, &error), code, "KVM_INTERRUPT on vCPU 0");       \
  REFUSED (kvm_vcpu_set_signal_mask (guest->vcpu, 0, &error), code,                                \
           "KVM_SET_SIGNAL_MASK on vCPU");                                                         \
  REFUSED (kvm_vcpu_unset_signal_mask (guest->vcpu, &error), code, "KVM_SET_SIGNAL_MASK on vCPU"); \
  REFUSED (kvm_vcpu_x86_nmi (guest->vcpu, &error), code, "KVM_NMI on vCPU 0");                     \
  REFUSED (kvm_vcpu_x86_smi (guest->vcpu, &error), code, "KVM_SMI on vCPU 0");                     \
  REFUSED (kvm_vcpu_x86_get_lapic (guest->vcpu, &error), code, "KVM_GET_LAPIC on vCPU 0");         \
  REFUSED (kvm_vcpu_x86_set_lapic (guest->vcpu, lapic, &error), code, "KVM_SET_LAPIC on vCPU 0");  \
  REFUSED (kvm_vcpu_x86_set_tpr_access_reporting (guest->vcpu, TRUE, &error), code,                \
           "KVM_TPR_ACCESS_REPORTING on vCPU 0");                                                  \
  REFUSED (kvm_vcpu_x86_set_vapic_address (guest->vcpu, 0, &error), code,                          \
           "KVM_SET_VAPIC_ADDR on vCPU 0");                                                        \
  REFUSED (kvm_vcpu_x86_set_interrupt_window_requested (guest->vcpu, TRUE, &error), code,          \
           "kvm_vcpu_x86_set_interrupt_window_requested () on vCPU 0");                            \
  REFUSED (kvm_vcpu_x86_set_cr8 (guest->vcpu, 1, &error), code, "kvm_vcpu_x86_set_cr8 () on vCPU")

  thread = g_thread_new ("vcpu", run_thread, guest);
  kvm_test_wait_until_running (guest->vcpu);
  VCPU_METHODS (RUNNING);
  kvm_vcpu_kick (guest->vcpu);
  g_thread_join (thread);

  kvm_vm_close (guest->vm);
  VCPU_METHODS (CLOSED);
  g_assert_false (kvm_vcpu_x86_get_interrupt_window_requested (guest->vcpu));
  REFUSED (kvm_vm_set_irq_line (guest->vm, 5, TRUE, &error), CLOSED, "KVM_IRQ_LINE on VM");
  REFUSED (kvm_vm_set_irq_line_status (guest->vm, 5, TRUE, &status, &error), CLOSED,
           "KVM_IRQ_LINE_STATUS on VM");
  REFUSED (kvm_vm_signal_msi (guest->vm, MSI_ADDRESS, 0x31, 0, 0, &n, &error), CLOSED,
           "KVM_SIGNAL_MSI on VM");
  REFUSED (kvm_vm_set_irq_routing (guest->vm, routing, &error), CLOSED,
           "KVM_SET_GSI_ROUTING on VM");
  REFUSED (kvm_vm_x86_enable_split_irqchip (guest->vm, 24, &error), CLOSED, "KVM_ENABLE_CAP on VM");
  REFUSED (kvm_vm_x86_get_irqchip (guest->vm, 0, &error), CLOSED, "KVM_GET_IRQCHIP on VM");
  REFUSED (kvm_vm_x86_set_irqchip (guest->vm, irqchip, &error), CLOSED, "KVM_SET_IRQCHIP on VM");
  REFUSED (kvm_vm_x86_get_pit (guest->vm, &error), CLOSED, "KVM_GET_PIT2 on VM");
  REFUSED (kvm_vm_x86_set_pit (guest->vm, pit, &error), CLOSED, "KVM_SET_PIT2 on VM");
  REFUSED (kvm_vm_x86_set_pit_reinject (guest->vm, TRUE, &error), CLOSED,
           "KVM_REINJECT_CONTROL on VM");
  REFUSED (kvm_vm_x86_set_boot_cpu_id (guest->vm, 0, &error), CLOSED, "KVM_SET_BOOT_CPU_ID on VM");
}

int
main (int argc, char **argv)
{
  kvm_test_init (&argc, &argv);

  kvm_test_add ("/x86-interrupts/nmi", test_nmi);
  kvm_test_add ("/x86-interrupts/smi", test_smi);
  kvm_test_add ("/x86-interrupts/line", test_line);
  kvm_test_add ("/x86-interrupts/line-status", test_line_status);
  kvm_test_add ("/x86-interrupts/msi", test_msi);
  kvm_test_add ("/x86-interrupts/routed-pins", test_routed_pins);
  kvm_test_add ("/x86-interrupts/routed-trigger", test_routed_trigger);
  kvm_test_add ("/x86-interrupts/routing-builder", test_routing_builder);
  kvm_test_add ("/x86-interrupts/routing-refused", test_routing_refused);
  kvm_test_add ("/x86-interrupts/no-xen-routes", test_no_xen_routes);
  kvm_test_add ("/x86-interrupts/window", test_window);
  kvm_test_add ("/x86-interrupts/cr8", test_cr8);
  kvm_test_add ("/x86-interrupts/split-irqchip", test_split_irqchip);
  kvm_test_add ("/x86-interrupts/tpr-access", test_tpr_access);
  kvm_test_add ("/x86-interrupts/vapic", test_vapic);
  kvm_test_add ("/x86-interrupts/without-irqchip", test_without_irqchip);
  kvm_test_add ("/x86-interrupts/forked", test_forked);
  kvm_test_add ("/x86-interrupts/running-and-closed", test_running_and_closed);
  return g_test_run ();
}
