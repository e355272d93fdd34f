/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The advanced interrupt architecture: lines and messages that guests take with a handler of their
 * own. */

#include "riscv-guest.h"

#include <string.h>

KVM_TEST_DECLARE_GUEST (claim);
KVM_TEST_DECLARE_GUEST (messages);

#define APLIC 0xd000000
#define IMSIC 0x28000000
#define N_IDS 63
#define N_SOURCES 31
#define SOURCE 5         /* which the guest has the APLIC send as */
#define SOURCE_MESSAGE 9 /* this */
#define IMSIC_EIDELIVERY 0x70
#define IMSIC_EIE 0xc0
#define APLIC_SOURCECFG(source) (4 * (source))

static KvmDevice *
create_aia (KvmTestGuest *guest)
{
  g_autoptr (GError) error = NULL;
  KvmDevice *aia = kvm_vm_create_device (guest->vm, KVM_DEVICE_TYPE_RISCV_AIA, &error);

  g_assert_no_error (error);
  return aia;
}

static void
set_config (KvmDevice *aia, KvmRiscvAiaConfig config, guint value)
{
  g_autoptr (GError) error = NULL;
  guint is;

  g_assert_true (kvm_device_riscv_set_aia_config (aia, config, value, &error));
  g_assert_no_error (error);
  g_assert_true (kvm_device_riscv_get_aia_config (aia, config, &is, &error));
  g_assert_cmpuint (is, ==, value);
}

static KvmDevice *
make_aia (KvmTestGuest *guest, KvmRiscvAiaMode mode)
{
  g_autoptr (GError) error = NULL;
  KvmDevice *aia = create_aia (guest);
  guint64 address;

  set_config (aia, KVM_RISCV_AIA_CONFIG_MODE, mode);
  set_config (aia, KVM_RISCV_AIA_CONFIG_IDS, N_IDS);
  set_config (aia, KVM_RISCV_AIA_CONFIG_SOURCES, N_SOURCES);
  g_assert_true (kvm_device_riscv_set_aplic_address (aia, APLIC, &error));
  g_assert_true (kvm_device_riscv_set_imsic_address (aia, 0, IMSIC, &error));
  g_assert_no_error (error);
  g_assert_true (kvm_device_riscv_get_aplic_address (aia, &address, &error));
  g_assert_cmphex (address, ==, APLIC);
  g_assert_true (kvm_device_riscv_get_imsic_address (aia, 0, &address, &error));
  g_assert_cmphex (address, ==, IMSIC);
  g_assert_true (kvm_device_riscv_init_aia (aia, &error));
  g_assert_no_error (error);
  g_assert_true (kvm_vcpu_riscv_setup_supervisor_mode (guest->vcpu, KVM_TEST_ENTRY, APLIC, &error));
  g_assert_no_error (error);
  return aia;
}

static void
send_message (KvmTestGuest *guest, guint32 message)
{
  g_autoptr (GError) error = NULL;
  guint n;

  g_assert_true (kvm_vm_signal_msi (guest->vm, IMSIC, message, KVM_MSI_FLAGS_NONE, 0, &n, &error));
  g_assert_no_error (error);
}

static void
set_line (KvmTestGuest *guest, gboolean level)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (kvm_vm_set_irq_line (guest->vm, SOURCE, level, &error));
  g_assert_no_error (error);
}

/* Each kind of interrupt, and several at once, of which the lowest comes first. */
static void
take_interrupts (KvmRiscvAiaMode mode)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (messages);
  g_autoptr (KvmDevice) aia = make_aia (guest, mode);
  g_autoptr (KvmIrqRouting) routing = kvm_irq_routing_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmIrqTrigger) line_trigger = NULL;
  g_autoptr (KvmIrqTrigger) message_trigger = NULL;

  expect_write (guest, 0x60, 0);
  send_message (guest, 21);
  expect_write (guest, 0x61, 21);
  if (mode != KVM_RISCV_AIA_MODE_EMUL) /* there the second never comes, on Linux 6.12 in QEMU 10 */
    {
      send_message (guest, 33);
      send_message (guest, 17);
      expect_write (guest, 0x61, 17);
      expect_write (guest, 0x61, 33);
    }
  set_line (guest, TRUE);
  expect_write (guest, 0x61, SOURCE_MESSAGE);
  set_line (guest, FALSE);
  set_line (guest, TRUE);
  expect_write (guest, 0x61, SOURCE_MESSAGE);
  set_line (guest, FALSE);

  line_trigger = kvm_vm_add_irq_trigger (guest->vm, SOURCE, KVM_IRQ_TRIGGER_FLAGS_NONE, &error);
  g_assert_no_error (error);
  g_assert_true (kvm_irq_trigger_raise (line_trigger, &error));
  g_assert_no_error (error);
  expect_write (guest, 0x61, SOURCE_MESSAGE);

  kvm_irq_routing_add_msi (routing, 40, IMSIC, 21, KVM_MSI_FLAGS_NONE, 0, &error);
  g_assert_true (kvm_vm_set_irq_routing (guest->vm, routing, &error));
  g_assert_no_error (error);
  message_trigger = kvm_vm_add_irq_trigger (guest->vm, 40, KVM_IRQ_TRIGGER_FLAGS_NONE, &error);
  g_assert_no_error (error);
  g_assert_true (kvm_irq_trigger_raise (message_trigger, &error));
  g_assert_no_error (error);
  expect_write (guest, 0x61, 21);
}

static void
test_emulated (void)
{
  take_interrupts (KVM_RISCV_AIA_MODE_EMUL);
}

static void
test_accelerated (void)
{
  take_interrupts (KVM_RISCV_AIA_MODE_HWACCEL);
}

static void
test_auto (void)
{
  take_interrupts (KVM_RISCV_AIA_MODE_AUTO);
}

/* What the guest made of its controllers is read, and changed. */
static void
test_registers (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (messages);
  g_autoptr (KvmDevice) aia = make_aia (guest, KVM_RISCV_AIA_MODE_AUTO);
  g_autoptr (GError) error = NULL;
  guint64 value;
  guint word;

  expect_write (guest, 0x60, 0);
  g_assert_true (kvm_device_riscv_get_imsic_reg (aia, 0, IMSIC_EIDELIVERY, &value, &error));
  g_assert_no_error (error);
  g_assert_cmphex (value, ==, 1);
  g_assert_true (kvm_device_riscv_get_imsic_reg (aia, 0, IMSIC_EIE, &value, &error));
  g_assert_cmphex (value, ==, ~G_GUINT64_CONSTANT (1)); /* there is no message 0 */
  g_assert_true (kvm_device_riscv_get_aplic_reg (aia, APLIC_SOURCECFG (SOURCE), &word, &error));
  g_assert_cmphex (word, ==, 4);

  /* No message 21 for now. */
  g_assert_true (kvm_device_riscv_set_imsic_reg (aia, 0, IMSIC_EIE, ~(1ull << 21), &error));
  g_assert_no_error (error);
  send_message (guest, 21);
  send_message (guest, 22);
  expect_write (guest, 0x61, 22);
  g_assert_true (kvm_device_riscv_set_imsic_reg (aia, 0, IMSIC_EIE, 1 << 21, &error));
  expect_write (guest, 0x61, 21);

  /* Edges down instead of up. */
  g_assert_true (kvm_device_riscv_set_imsic_reg (aia, 0, IMSIC_EIE, ~0ull, &error));
  g_assert_true (kvm_device_riscv_set_aplic_reg (aia, APLIC_SOURCECFG (SOURCE), 5, &error));
  g_assert_no_error (error);
  set_line (guest, TRUE);
  set_line (guest, FALSE);
  expect_write (guest, 0x61, SOURCE_MESSAGE);
}

/* A control register that the kernel leaves to the process as long as it has no IMSIC. */
static void
test_control_register (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (claim);
  g_autoptr (GError) error = NULL;

  g_assert_true (
      kvm_vcpu_riscv_setup_supervisor_mode (guest->vcpu, KVM_TEST_ENTRY, 0x1234, &error));
  kvm_test_run (guest, KVM_EXIT_REASON_RISCV_CSR);
  g_assert_cmphex (kvm_exit_riscv_get_csr_number (guest->exit), ==, 0x15c);
  g_assert_cmphex (kvm_exit_riscv_get_csr_write_mask (guest->exit), ==, G_MAXUINT64);
  g_assert_cmphex (kvm_exit_get_value (guest->exit), ==, 0x1234);
  kvm_exit_set_value (guest->exit, 0xfedcba9876543210);
  g_assert_cmphex (kvm_exit_riscv_get_csr_answer (guest->exit), ==, 0xfedcba9876543210);
  expect_write (guest, 0x61, 0xfedcba9876543210);
  kvm_test_run_to_halt (guest);
}

/* What is wrong has its name in the error. */
static void
test_bad (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (messages);
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmDevice) aia = create_aia (guest);
  guint64 value;
  guint word;

  g_assert_null (kvm_vm_create_device (guest->vm, KVM_DEVICE_TYPE_RISCV_AIA, &error));
  kvm_test_assert_error (error, KVM_ERROR_EXISTS, "device type 11");
  g_assert_false (kvm_device_riscv_init_aia (aia, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT, "each IMSIC takes an address");
  g_assert_false (kvm_device_riscv_set_aplic_address (aia, APLIC + 4, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT, "group 1, attribute 0x0");
  g_assert_false (kvm_device_riscv_set_imsic_address (aia, 0, IMSIC + 4, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT, "0x28000004; it is that of a page");
  g_assert_false (kvm_device_riscv_set_imsic_address (aia, 1, IMSIC, &error));
  kvm_test_assert_error (error, KVM_ERROR_NO_SUCH_ATTRIBUTE, "group 1, attribute 0x2");
  g_assert_false (kvm_device_riscv_set_aia_config (aia, KVM_RISCV_AIA_CONFIG_IDS, 64, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT, "value 64");
  g_assert_false (kvm_device_riscv_set_aia_config (aia, KVM_RISCV_AIA_CONFIG_MODE, 3, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT, "value 3");
  g_assert_false (kvm_device_riscv_get_aia_config (aia, 100, &word, &error));
  kvm_test_assert_error (error, KVM_ERROR_NO_SUCH_ATTRIBUTE, "group 0, attribute 0x64");
  g_assert_false (kvm_vm_set_irq_line (guest->vm, SOURCE, TRUE, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_clear_object (&aia);

  g_clear_pointer (&guest, kvm_test_guest_free);
  guest = KVM_TEST_GUEST (messages);
  aia = make_aia (guest, KVM_RISCV_AIA_MODE_AUTO);
  g_assert_false (kvm_device_riscv_init_aia (aia, &error));
  kvm_test_assert_error (error, KVM_ERROR_BUSY, "group 2, attribute 0x0");
  g_assert_false (kvm_device_riscv_set_aplic_address (aia, APLIC, &error));
  kvm_test_assert_error (error, KVM_ERROR_BUSY, "before the AIA is initialized");
  g_assert_false (kvm_device_riscv_get_aplic_reg (aia, 2, &word, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "no register at 0x2");
  g_assert_false (kvm_device_riscv_get_imsic_reg (aia, 0, 0x1000, &value, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "no register 0x1000");
  g_assert_false (kvm_vm_set_irq_line (guest->vm, N_SOURCES + 1, TRUE, &error));
  g_assert_nonnull (strstr (error->message, "IRQ 0x20"));
}

/* Where the host has none. */
static void
test_absent (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (messages);
  g_autoptr (GError) error = NULL;

  g_assert_false (kvm_vm_test_device (guest->vm, KVM_DEVICE_TYPE_RISCV_AIA, &error));
  g_assert_no_error (error);
  g_assert_null (kvm_vm_create_device (guest->vm, KVM_DEVICE_TYPE_RISCV_AIA, &error));
  kvm_test_assert_error (error, KVM_ERROR_NO_DEVICE, "device type 11");
}

int
main (int argc, char **argv)
{
  kvm_test_init (&argc, &argv);
  kvm_test_add ("/riscv-aia/emulated", test_emulated);
  kvm_test_add ("/riscv-aia/accelerated", test_accelerated);
  kvm_test_add ("/riscv-aia/auto", test_auto);
  kvm_test_add ("/riscv-aia/registers", test_registers);
  kvm_test_add ("/riscv-aia/control-register", test_control_register);
  kvm_test_add ("/riscv-aia/bad", test_bad);
  kvm_test_add ("/riscv-aia/absent", test_absent);
  return g_test_run ();
}
