/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the library hands to the kernel for interrupts, byte by byte, and what it makes of the
 * kernel's refusals, under the null KVM. The bytes are worked out by hand from the layouts in
 * api.rst. */

#include "null-test.h"

#include <signal.h>
#include <string.h>

#define ZEROS_4 "00000000"
#define ZEROS_12 ZEROS_4 ZEROS_4 ZEROS_4
#define ZEROS_16 ZEROS_12 ZEROS_4
#define ZEROS_24 ZEROS_12 ZEROS_12

static void
test_lines_and_messages (void)
{
  g_autoptr (Machine) machine = NULL;
  g_autoptr (GError) error = NULL;
  guint n;
  int status;

  if (!in_process (NULL, NULL))
    return;

  machine = machine_new ();

  /* line, level */
  kvm_vm_set_irq_line (machine->vm, 0x12345, 2, &error);
  assert_request ("KVM_IRQ_LINE", "45230100"
                                  "01000000");
  kvm_vm_set_irq_line_status (machine->vm, 0x12345, FALSE, &status, &error);
  assert_request ("KVM_IRQ_LINE_STATUS", "45230100"
                                         "00000000");
  g_assert_cmpint (status, ==, 1);

  /* address, its upper half, data, flags, device id, 12 bytes of nothing */
  kvm_vm_signal_msi (machine->vm, G_GUINT64_CONSTANT (0x1fee00000), 0x4031,
                     KVM_MSI_FLAGS_VALID_DEVICE_ID, 0x4567, &n, &error);
  assert_request ("KVM_SIGNAL_MSI", "0000e0fe"
                                    "01000000"
                                    "31400000"
                                    "01000000"
                                    "67450000" ZEROS_12);

  kvm_vcpu_interrupt (machine->vcpu, 0x30, &error);
  assert_request ("KVM_INTERRUPT", "30000000");
  kvm_vcpu_x86_nmi (machine->vcpu, &error);
  assert_request ("KVM_NMI", "0x0");
  kvm_vcpu_x86_smi (machine->vcpu, &error);
  assert_request ("KVM_SMI", "0x0");
  g_assert_no_error (error);
}

static void
test_routing (void)
{
  g_autoptr (Machine) machine = NULL;
  g_autoptr (KvmIrqRouting) routing = NULL;
  g_autoptr (GError) error = NULL;

  if (!in_process (NULL, NULL))
    return;

  machine = machine_new ();
  routing = kvm_irq_routing_new ();
  kvm_vm_set_irq_routing (machine->vm, routing, &error);
  assert_request ("KVM_SET_GSI_ROUTING", "00000000"
                                         "00000000");

  kvm_irq_routing_add_irqchip (routing, 5, 1, 6, &error);
  kvm_irq_routing_add_msi (routing, 7, G_GUINT64_CONSTANT (0x1fee00000), 0x4031,
                           KVM_MSI_FLAGS_VALID_DEVICE_ID, 0x4567, &error);
  kvm_irq_routing_add_hyperv_sint (routing, 8, 2, 3, &error);
  kvm_irq_routing_add_xen_event_channel (routing, 9, 4, 1, G_MAXUINT32, &error);
  kvm_vm_set_irq_routing (machine->vm, routing, &error);
  g_assert_no_error (error);

  /* number of entries, flags; each is a GSI, a type, flags, padding, and 32 bytes for its type */
  assert_request ("KVM_SET_GSI_ROUTING",
                  "04000000"
                  "00000000"
                  "05000000010000000000000000000000"
                  "0100000006000000" ZEROS_24 "07000000020000000100000000000000"
                  "0000e0fe010000003140000067450000" ZEROS_16 "08000000040000000000000000000000"
                  "0200000003000000" ZEROS_24 "09000000050000000000000000000000"
                  "0400000001000000ffffffff" ZEROS_16 ZEROS_4);
}

static void
test_controllers (void)
{
  g_autoptr (Machine) machine = NULL;
  g_autoptr (KvmX86Irqchip) pic = NULL;
  g_autoptr (KvmX86Irqchip) ioapic = NULL;
  g_autoptr (KvmX86PitState) pit = NULL;
  g_autoptr (GError) error = NULL;
  const KvmX86PicState state = {
    .last_irr = 1,
    .irr = 2,
    .imr = 3,
    .isr = 4,
    .priority_add = 5,
    .irq_base = 6,
    .read_reg_select = 7,
    .poll = 8,
    .special_mask = 9,
    .init_state = 10,
    .auto_eoi = 11,
    .rotate_on_auto_eoi = 12,
    .special_fully_nested_mode = 13,
    .init4 = 14,
    .elcr = 15,
    .elcr_mask = 16,
  };
  const KvmX86PitChannel channel = {
    .count = 0x10000,
    .latched_count = 0x1234,
    .count_latched = 1,
    .status_latched = 2,
    .status = 3,
    .read_state = 4,
    .write_state = 5,
    .write_latch = 6,
    .rw_mode = 7,
    .mode = 8,
    .bcd = 9,
    .gate = 10,
    .count_load_time = G_GINT64_CONSTANT (0x1122334455667788),
  };

  if (!in_process (NULL, NULL))
    return;

  machine = machine_new ();

  /* which one, padding, 512 bytes for it */
  pic = kvm_vm_x86_get_irqchip (machine->vm, KVM_X86_IRQCHIP_ID_PIC_SLAVE, &error);
  kvm_x86_irqchip_set_pic (pic, &state, &error);
  kvm_vm_x86_set_irqchip (machine->vm, pic, &error);
  assert_request_starts ("KVM_SET_IRQCHIP", "01000000"
                                            "00000000"
                                            "0102030405060708090a0b0c0d0e0f10" ZEROS_24);

  /* of the I/O APIC: base address, selected register, id, requests, padding, redirection table */
  ioapic = kvm_vm_x86_get_irqchip (machine->vm, KVM_X86_IRQCHIP_ID_IOAPIC, &error);
  kvm_x86_irqchip_set_redirection (ioapic, 1, G_GUINT64_CONSTANT (0x0300000000018834), &error);
  kvm_vm_x86_set_irqchip (machine->vm, ioapic, &error);
  assert_request_starts ("KVM_SET_IRQCHIP", "02000000"
                                            "00000000" ZEROS_24 "0000000000000000"
                                            "3488010000000003"
                                            "0000000000000000");

  /* three channels, flags, and 9 words of nothing */
  pit = kvm_vm_x86_get_pit (machine->vm, &error);
  kvm_x86_pit_state_set_channel (pit, 1, &channel, &error);
  kvm_x86_pit_state_set_flags (pit, 2);
  kvm_vm_x86_set_pit (machine->vm, pit, &error);
  assert_request ("KVM_SET_PIT2",
                  ZEROS_24 "00000100"
                           "3412"
                           "0102030405060708090a"
                           "8877665544332211" ZEROS_24 "02000000" ZEROS_24 ZEROS_12);

  /* a byte, and 31 of nothing, although the request says that it takes no argument */
  kvm_vm_x86_set_pit_reinject (machine->vm, 7, &error);
  assert_request ("KVM_REINJECT_CONTROL", "01000000" ZEROS_16 ZEROS_12);
  kvm_vm_x86_set_pit_reinject (machine->vm, FALSE, &error);
  assert_request ("KVM_REINJECT_CONTROL", "00000000" ZEROS_16 ZEROS_12);

  kvm_vm_x86_set_boot_cpu_id (machine->vm, 3, &error);
  assert_request ("KVM_SET_BOOT_CPU_ID", "0x3");

  /* capability, flags, pins */
  kvm_vm_x86_enable_split_irqchip (machine->vm, 24, &error);
  assert_request_starts ("KVM_ENABLE_CAP", "79000000"
                                           "00000000"
                                           "1800000000000000"
                                           "0000000000000000");
  g_assert_no_error (error);
}

static void
test_local_apic (void)
{
  g_autoptr (Machine) machine = NULL;
  g_autoptr (KvmX86Lapic) lapic = NULL;
  g_autoptr (GError) error = NULL;

  if (!in_process (NULL, NULL))
    return;

  machine = machine_new ();
  lapic = kvm_vcpu_x86_get_lapic (machine->vcpu, &error);
  kvm_x86_lapic_set_register (lapic, 0x20, 0x12345678, &error);
  kvm_x86_lapic_set_register (lapic, 0x30, 0x9abcdef0, &error);
  kvm_vcpu_x86_set_lapic (machine->vcpu, lapic, &error);
  assert_request_starts ("KVM_SET_LAPIC",
                         ZEROS_16 ZEROS_16 "78563412" ZEROS_12 "f0debc9a" ZEROS_12 ZEROS_16);

  /* whether, flags, 8 words of nothing */
  kvm_vcpu_x86_set_tpr_access_reporting (machine->vcpu, 4, &error);
  assert_request ("KVM_TPR_ACCESS_REPORTING", "01000000"
                                              "00000000" ZEROS_16 ZEROS_16);
  kvm_vcpu_x86_set_vapic_address (machine->vcpu, G_GUINT64_CONSTANT (0x100003000), &error);
  assert_request ("KVM_SET_VAPIC_ADDR", "0030000001000000");
  g_assert_no_error (error);
}

/* A length, and a bit for each signal: all but the kick signal, which is 12. */
static void
test_signal_mask (void)
{
  g_autoptr (Machine) machine = NULL;
  g_autoptr (GError) error = NULL;

  if (!in_process (NULL, NULL))
    return;

  machine = machine_new ();
  kvm_set_kick_signal (SIGUSR2, &error);
  g_assert_cmpint (SIGUSR2, ==, 12);
  kvm_vcpu_set_signal_mask (machine->vcpu, G_MAXUINT64, &error);
  assert_request ("KVM_SET_SIGNAL_MASK", "08000000"
                                         "fff7ffffffffffff");
  kvm_vcpu_set_signal_mask (machine->vcpu, G_GUINT64_CONSTANT (0x8000000000000001), &error);
  assert_request ("KVM_SET_SIGNAL_MASK", "08000000"
                                         "0100000000000080");
  kvm_vcpu_unset_signal_mask (machine->vcpu, &error);
  assert_request ("KVM_SET_SIGNAL_MASK", "0x0");
  g_assert_no_error (error);
}

/* Each of these is not there, and the capability that says so is named. */
static void
test_missing_capabilities (void)
{
  g_autoptr (Machine) machine = NULL;
  g_autoptr (KvmX86Irqchip) irqchip = NULL;
  g_autoptr (KvmX86Lapic) lapic = NULL;
  g_autoptr (KvmX86PitState) pit = NULL;
  g_autoptr (KvmIrqRouting) routing = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  guint8 zeros[1024] = { 0 };
  guint n;
  int status;

  g_setenv ("NULL_KVM_CAPABILITIES", "0=0,6=0,22=0,24=0,25=0,26=0,34=0,35=0,77=0,117=0,121=0",
            TRUE);
  if (!in_process ("NULL_KVM_FAIL",
                   "KVM_IRQ_LINE:ENOTTY,KVM_IRQ_LINE_STATUS:ENOTTY,KVM_SIGNAL_MSI:ENOTTY,"
                   "KVM_SET_GSI_ROUTING:ENOTTY,KVM_GET_IRQCHIP:ENOTTY,KVM_SET_IRQCHIP:ENOTTY,"
                   "KVM_GET_PIT2:ENOTTY,KVM_SET_PIT2:ENOTTY,KVM_REINJECT_CONTROL:ENOTTY,"
                   "KVM_SET_BOOT_CPU_ID:ENOTTY,KVM_ENABLE_CAP:EINVAL,KVM_NMI:EINVAL,KVM_SMI:EINVAL,"
                   "KVM_GET_LAPIC:EINVAL,KVM_SET_LAPIC:EINVAL,KVM_TPR_ACCESS_REPORTING:EINVAL,"
                   "KVM_SET_VAPIC_ADDR:EINVAL"))
    {
      g_unsetenv ("NULL_KVM_CAPABILITIES");
      return;
    }

  machine = machine_new ();
  routing = kvm_irq_routing_new ();
  bytes = g_bytes_new_static (zeros, 520);
  irqchip = kvm_x86_irqchip_new_from_bytes (bytes, &error);
  g_bytes_unref (bytes);
  bytes = g_bytes_new_static (zeros, 1024);
  lapic = kvm_x86_lapic_new_from_bytes (bytes, &error);
  g_bytes_unref (bytes);
  bytes = g_bytes_new_static (zeros, 112);
  pit = kvm_x86_pit_state_new_from_bytes (bytes, &error);
  g_assert_no_error (error);

#define MISSING(call, name)                                                                        \
  g_assert_false (call);                                                                           \
  g_assert_error (error, KVM_ERROR, KVM_ERROR_NOT_SUPPORTED);                                      \
  g_assert_nonnull (strstr (error->message, "KVM_CAP_" #name " is 0"));                            \
  g_clear_error (&error)
  MISSING (kvm_vm_set_irq_line (machine->vm, 0, TRUE, &error), IRQCHIP);
  MISSING (kvm_vm_set_irq_line_status (machine->vm, 0, TRUE, &status, &error), IRQ_INJECT_STATUS);
  MISSING (kvm_vm_signal_msi (machine->vm, 0, 0, 0, 0, &n, &error), SIGNAL_MSI);
  MISSING (kvm_vm_set_irq_routing (machine->vm, routing, &error), IRQ_ROUTING);
  MISSING (kvm_vm_x86_get_irqchip (machine->vm, 0, &error), IRQCHIP);
  MISSING (kvm_vm_x86_set_irqchip (machine->vm, irqchip, &error), IRQCHIP);
  MISSING (kvm_vm_x86_get_pit (machine->vm, &error), PIT_STATE2);
  MISSING (kvm_vm_x86_set_pit (machine->vm, pit, &error), PIT_STATE2);
  MISSING (kvm_vm_x86_set_pit_reinject (machine->vm, TRUE, &error), REINJECT_CONTROL);
  MISSING (kvm_vm_x86_set_boot_cpu_id (machine->vm, 0, &error), SET_BOOT_CPU_ID);
  MISSING (kvm_vm_x86_enable_split_irqchip (machine->vm, 0, &error), SPLIT_IRQCHIP);
  MISSING (kvm_vcpu_x86_nmi (machine->vcpu, &error), USER_NMI);
  MISSING (kvm_vcpu_x86_smi (machine->vcpu, &error), X86_SMM);
  MISSING (kvm_vcpu_x86_get_lapic (machine->vcpu, &error), IRQCHIP);
  MISSING (kvm_vcpu_x86_set_lapic (machine->vcpu, lapic, &error), IRQCHIP);
  MISSING (kvm_vcpu_x86_set_tpr_access_reporting (machine->vcpu, TRUE, &error), VAPIC);
  MISSING (kvm_vcpu_x86_set_vapic_address (machine->vcpu, 0, &error), VAPIC);
}

static void
test_message_to_nobody (void)
{
  g_autoptr (Machine) machine = NULL;
  g_autoptr (GError) error = NULL;
  guint n = 99;

  if (!in_process ("NULL_KVM_FAIL", "KVM_SIGNAL_MSI:EPERM"))
    return;

  machine = machine_new ();
  g_assert_false (kvm_vm_signal_msi (machine->vm, 0xfee05000, 0x31, 0, 0, &n, &error));
  g_assert_error (error, KVM_ERROR, KVM_ERROR_NOT_PERMITTED);
  g_assert_nonnull (strstr (error->message, "address 0xfee05000, data 0x31; it leads to no vCPU"));
  g_assert_cmpuint (n, ==, 0);
}

int
main (int argc, char **argv)
{
  null_test_init (&argc, &argv);

  g_test_add_func ("/requests-interrupts/lines-and-messages", test_lines_and_messages);
  g_test_add_func ("/requests-interrupts/routing", test_routing);
  g_test_add_func ("/requests-interrupts/controllers", test_controllers);
  g_test_add_func ("/requests-interrupts/local-apic", test_local_apic);
  g_test_add_func ("/requests-interrupts/signal-mask", test_signal_mask);
  g_test_add_func ("/requests-interrupts/missing-capabilities", test_missing_capabilities);
  g_test_add_func ("/requests-interrupts/message-to-nobody", test_message_to_nobody);
  return null_test_run ();
}
