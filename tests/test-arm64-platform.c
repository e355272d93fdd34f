/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What an arm64 virtual machine has: addresses, the firmware, time, counters, tags, vectors. */

#include "arm64-test.h"

#include <string.h>

#define PSCI_FEATURES 0x8400000a
#define VENDOR_CALL 0xc6000100
#define NOT_KNOWN G_MAXUINT64
#define STOLEN_TIME 0x6040

static void
test_vm_type (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmSystem) system = kvm_system_new (&error);
  int limit = kvm_system_check_extension (system, KVM_CAPABILITY_ARM_VM_IPA_SIZE, &error);
  guint64 type;

  g_assert_cmpint (limit, >=, 32);
  for (int bits = 32; bits <= limit; bits += 4)
    {
      g_autoptr (KvmVm) vm = NULL;
      g_autoptr (KvmDevice) gic = NULL;
      g_autoptr (KvmDevice) outside = NULL;
      const guint64 end = (guint64) 1 << bits;

      g_assert_true (kvm_system_arm64_get_vm_type (system, bits, FALSE, &type, &error));
      g_assert_no_error (error);
      vm = kvm_system_create_vm_with_type (system, type, &error);
      g_assert_no_error (error);

      /* A redistributor may end where the addresses do, and not beyond. */
      if (!kvm_vm_test_device (vm, KVM_DEVICE_TYPE_ARM_VGIC_V3, &error))
        continue;
      g_assert_null (kvm_vm_arm64_create_vgic_v3 (vm, ARM64_DISTRIBUTOR, end, &error));
      kvm_test_assert_error (error, KVM_ERROR_TOO_BIG, "the redistributors at 0x");
    }

  g_assert_true (kvm_system_arm64_get_vm_type (system, 0, FALSE, &type, &error));
  g_assert_cmpuint (type, ==, 0);
  g_assert_true (kvm_system_arm64_get_vm_type (system, 40, TRUE, &type, &error));
  g_assert_cmphex (type, ==, 0x80000028);
  g_assert_null (kvm_system_create_vm_with_type (system, type, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT, "type 2147483688");
  g_assert_false (kvm_system_arm64_get_vm_type (system, 31, FALSE, &type, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "bits on this host, not 31");
  g_assert_false (kvm_system_arm64_get_vm_type (system, limit + 1, FALSE, &type, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "bits on this host, not");
  kvm_system_close (system);
  g_assert_false (kvm_system_arm64_get_vm_type (system, 40, FALSE, &type, &error));
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "kvm_system_arm64_get_vm_type ()");
}

/* A vCPU starts another one. */
static void
test_cpu_on (void)
{
  g_autoptr (Arm64Machine) machine = ARM64_MACHINE (cpu_on);
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmVcpu) second = kvm_vm_create_vcpu (machine->vm, 1, &error);
  g_autoptr (KvmExit) exit = NULL;
  KvmVcpuState state;

  g_assert_no_error (error);
  kvm_memory_write (machine->memory, 0x3000, guest_arm64_tell,
                    guest_arm64_tell_end - guest_arm64_tell, &error);
  arm64_machine_setup (machine, KVM_ARM64_VCPU_FEATURES_NONE, 0x3000);
  kvm_vcpu_arm64_setup (second,
                        KVM_ARM64_VCPU_FEATURES_PSCI_0_2 | KVM_ARM64_VCPU_FEATURES_POWER_OFF, 0, 0,
                        0, &error);
  g_assert_no_error (error);
  g_assert_true (kvm_vcpu_get_mp_state (second, &state, &error));
  g_assert_cmpint (state, ==, KVM_VCPU_STATE_STOPPED);
  arm64_machine_expect (machine, 0x62, 0);
  g_assert_true (kvm_vcpu_get_mp_state (second, &state, &error));
  g_assert_cmpint (state, ==, KVM_VCPU_STATE_RUNNABLE);

  g_assert_cmpint (kvm_vcpu_run (second, NULL, &error), ==, KVM_EXIT_REASON_MMIO);
  g_assert_no_error (error);
  exit = g_object_ref (kvm_vcpu_get_exit (second));
  g_assert_cmphex (kvm_exit_get_address (exit), ==, KVM_TEST_PORT (0x63));
  g_assert_cmphex (kvm_exit_get_value (exit), ==, 0x77);
}

/* The version of PSCI that the guest is told is what was set. */
static void
test_psci_version (void)
{
  g_autoptr (Arm64Machine) machine = ARM64_MACHINE (call);

  arm64_machine_setup (machine, KVM_ARM64_VCPU_FEATURES_NONE, 0x84000000);
  arm64_set_reg (machine->vcpu, KVMOBJ_ARM64_REG_PSCI_VERSION, 0x00000002);
  arm64_machine_expect (machine, 0x64, 2);
}

/* Calls that are forwarded stop the vCPU, whose registers have the arguments and get the results.
 */
static void
test_smccc_filter (void)
{
  g_autoptr (Arm64Machine) machine = ARM64_MACHINE (call);
  g_autoptr (GError) error = NULL;
  gboolean has_it = kvm_vm_has_attribute (machine->vm, 0, 0, &error);

  g_assert_no_error (error);
  arm64_machine_setup (machine, KVM_ARM64_VCPU_FEATURES_NONE, VENDOR_CALL);
  if (!kvm_vm_arm64_set_smccc_filter (machine->vm, VENDOR_CALL, 1,
                                      KVM_ARM64_SMCCC_FILTER_ACTION_FORWARD, &error))
    {
      g_assert_false (has_it);
      kvm_test_assert_error (error, KVM_ERROR_NOT_SUPPORTED,
                             "the SMCCC filter for 1 functions from 0xc6000100 on; group 0, "
                             "attribute 0x0");
      return;
    }
  g_assert_true (has_it);
  g_assert_false (kvm_vm_arm64_set_smccc_filter (machine->vm, VENDOR_CALL, 1,
                                                 KVM_ARM64_SMCCC_FILTER_ACTION_DENY, &error));
  kvm_test_assert_error (error, KVM_ERROR_EXISTS, "the SMCCC filter");
  g_assert_false (kvm_vm_arm64_set_smccc_filter (machine->vm, 0x1000, 1, 99, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT, "from 0x00001000 on");

  for (guint i = 0; i < 2; i++)
    {
      kvm_test_run (machine, KVM_EXIT_REASON_HYPERCALL);
      g_assert_cmphex (kvm_exit_get_hypercall_number (machine->exit), ==, VENDOR_CALL);
      g_assert_cmphex (kvm_exit_get_hypercall_flags (machine->exit), ==,
                       i == 0 ? KVM_ARM64_HYPERCALL_FLAGS_NONE : KVM_ARM64_HYPERCALL_FLAGS_SMC);
      arm64_set_reg (machine->vcpu, KVMOBJ_ARM64_REG_X0, 0x1234 + i);
      /* An SMC is trapped before it, an HVC behind it. */
      arm64_machine_expect (machine, 0x64, 0x1234 + i);
    }
}

/* The kernel's own functions can be denied, too. */
static void
test_smccc_deny (void)
{
  g_autoptr (Arm64Machine) machine = ARM64_MACHINE (call);
  g_autoptr (GError) error = NULL;

  arm64_machine_setup (machine, KVM_ARM64_VCPU_FEATURES_NONE, PSCI_FEATURES);
  arm64_set_reg (machine->vcpu, KVMOBJ_ARM64_REG_X1, 0x84000000);
  if (kvm_vm_arm64_set_smccc_filter (machine->vm, PSCI_FEATURES, 1,
                                     KVM_ARM64_SMCCC_FILTER_ACTION_DENY, &error))
    {
      arm64_machine_expect (machine, 0x64, NOT_KNOWN);
      return;
    }
  kvm_test_assert_error (error, KVM_ERROR_NOT_SUPPORTED, "KVM_SET_DEVICE_ATTR on VM");
  arm64_machine_expect (machine, 0x64, 0);
}

/* What the hardware does not decode is the program's to answer, when that was asked for. */
static void
test_nisv (void)
{
  g_autoptr (Arm64Machine) machine = ARM64_MACHINE (undecoded);
  g_autoptr (GError) error = NULL;
  guint64 pc;

  g_assert_true (arm64_machine_has (machine, KVM_CAPABILITY_ARM_NISV_TO_USER));
  arm64_machine_setup (machine, KVM_ARM64_VCPU_FEATURES_NONE, 0x20000);
  g_assert_true (
      kvm_vm_enable_capability (machine->vm, KVM_CAPABILITY_ARM_NISV_TO_USER, NULL, 0, &error));
  g_assert_no_error (error);
  kvm_test_run (machine, KVM_EXIT_REASON_ARM_NISV);
  g_assert_cmphex (kvm_exit_arm64_get_fault_address (machine->exit), ==, 0x20000);
  g_assert_cmphex (kvm_exit_arm64_get_iss (machine->exit) >> 24 & 1, ==, 0);
  pc = arm64_get_reg (machine->vcpu, KVMOBJ_ARM64_REG_PC);
  g_assert_cmphex (pc, ==, KVM_TEST_ENTRY);
  arm64_set_reg (machine->vcpu, KVMOBJ_ARM64_REG_X1, 0x55);
  arm64_set_reg (machine->vcpu, KVMOBJ_ARM64_REG_PC, pc + 4);
  arm64_machine_expect (machine, 0x64, 0x55);
}

static void
test_pvtime (void)
{
  g_autoptr (Arm64Machine) machine = ARM64_MACHINE (stolen_time);
  g_autoptr (GError) error = NULL;
  g_autofree guint8 *data = NULL;
  guint64 address;

  arm64_machine_setup (machine, KVM_ARM64_VCPU_FEATURES_NONE, 0);
  if (!arm64_machine_has (machine, KVM_CAPABILITY_STEAL_TIME))
    {
      g_assert_false (kvm_vcpu_arm64_set_pvtime_address (machine->vcpu, STOLEN_TIME, &error));
      kvm_test_assert_error (error, KVM_ERROR_NO_SUCH_ATTRIBUTE, "group 2, attribute 0x0");
      return;
    }
  g_assert_true (kvm_vcpu_arm64_get_pvtime_address (machine->vcpu, &address, &error));
  g_assert_cmphex (address, ==, G_MAXUINT64);
  g_assert_false (kvm_vcpu_arm64_set_pvtime_address (machine->vcpu, STOLEN_TIME + 8, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT,
                         "stolen time at guest address 0x6048; group 2, attribute 0x0");
  g_assert_false (kvm_vcpu_arm64_set_pvtime_address (machine->vcpu, 0x20000, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT, "guest address 0x20000");
  g_assert_true (kvm_vcpu_arm64_set_pvtime_address (machine->vcpu, STOLEN_TIME, &error));
  g_assert_no_error (error);
  g_assert_false (kvm_vcpu_arm64_set_pvtime_address (machine->vcpu, STOLEN_TIME, &error));
  kvm_test_assert_error (error, KVM_ERROR_EXISTS, "guest address 0x6040");
  g_assert_true (kvm_vcpu_arm64_get_pvtime_address (machine->vcpu, &address, &error));
  g_assert_cmphex (address, ==, STOLEN_TIME);

  /* The kernel writes there when the guest asks where it is: first the revision. */
  kvm_memory_fill (machine->memory, STOLEN_TIME, 64, 0xff, &error);
  arm64_machine_expect (machine, 0x64, 0);
  arm64_machine_expect (machine, 0x64, STOLEN_TIME);
  data = g_malloc (8);
  kvm_memory_read (machine->memory, STOLEN_TIME, data, 8, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 8; i++)
    g_assert_cmphex (data[i], ==, 0);
}

static guint64
read_counter (void)
{
  guint64 value;

  __asm__ volatile("isb\n\tmrs %0, cntvct_el0" : "=r"(value) : : "memory");
  return value;
}

/* The guest's counters are behind the host's by what was set. */
static void
test_counter_offset (void)
{
  const guint64 offset = G_GUINT64_CONSTANT (1) << 48;
  g_autoptr (Arm64Machine) machine = ARM64_MACHINE (counters);
  g_autoptr (GError) error = NULL;
  guint64 before, virtual_counter, physical_counter, after;

  arm64_machine_setup (machine, KVM_ARM64_VCPU_FEATURES_NONE, 0);
  if (!kvm_vm_arm64_set_counter_offset (machine->vm, offset, &error))
    {
      g_assert_false (arm64_machine_has (machine, KVM_CAPABILITY_COUNTER_OFFSET));
      kvm_test_assert_error (error, KVM_ERROR_NOT_SUPPORTED, "KVM_CAP_COUNTER_OFFSET is 0");
      return;
    }
  before = read_counter ();
  virtual_counter = arm64_machine_run_to (machine, 0x64);
  physical_counter = arm64_machine_run_to (machine, 0x64);
  after = read_counter ();
  g_assert_cmpuint (before, <=, virtual_counter + offset);
  g_assert_cmpuint (virtual_counter, <=, physical_counter);
  g_assert_cmpuint (physical_counter + offset, <=, after);
}

/* The timer's registers: a counter that is set goes on from there. */
static void
test_counter_register (void)
{
  g_autoptr (Arm64Machine) machine = ARM64_MACHINE (counters);
  guint64 got;

  arm64_machine_setup (machine, KVM_ARM64_VCPU_FEATURES_NONE, 0);
  arm64_set_reg (machine->vcpu, KVMOBJ_ARM64_REG_TIMER_CNT, 0x1000000000000);
  got = arm64_machine_run_to (machine, 0x64);
  g_assert_cmphex (got >> 40, ==, 0x100);
  arm64_set_reg (machine->vcpu, KVMOBJ_ARM64_REG_TIMER_CVAL, 0x123456789);
  g_assert_cmphex (arm64_get_reg (machine->vcpu, KVMOBJ_ARM64_REG_TIMER_CVAL), ==, 0x123456789);
}

/* An interrupt controller in the process learns of the timer, and has an input of the vCPU. */
static void
test_user_irq (void)
{
  g_autoptr (Arm64Machine) machine = ARM64_MACHINE (user_irq);
  g_autoptr (GError) error = NULL;

  g_assert_true (arm64_machine_has (machine, KVM_CAPABILITY_ARM_USER_IRQ));
  arm64_machine_setup (machine, KVM_ARM64_VCPU_FEATURES_NONE, 0x1000);
  kvm_test_run (machine, KVM_EXIT_REASON_INTERRUPTED);
  g_assert_cmpint (kvm_exit_arm64_get_device_irq_levels (machine->exit), ==,
                   KVM_ARM64_DEVICE_IRQ_LEVELS_VIRTUAL_TIMER);
  g_assert_true (
      kvm_vm_arm64_set_irq_line (machine->vm, KVM_ARM64_IRQ_KIND_CPU, 0, 0, TRUE, &error));
  g_assert_no_error (error);
  arm64_machine_run_to (machine, 0x73);
  g_assert_true (
      kvm_vm_arm64_set_irq_line (machine->vm, KVM_ARM64_IRQ_KIND_CPU, 0, 0, FALSE, &error));
  g_assert_no_error (error);

  g_assert_false (
      kvm_vm_arm64_set_irq_line (machine->vm, KVM_ARM64_IRQ_KIND_SPI, 0, 32, TRUE, &error));
  kvm_test_assert_error (error, KVM_ERROR_NO_SUCH_ATTRIBUTE,
                         "SPI 32 of vCPU 0; the interrupt controller must be in the kernel first");
  g_assert_false (
      kvm_vm_arm64_set_irq_line (machine->vm, KVM_ARM64_IRQ_KIND_CPU, 9, 1, TRUE, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT, "input 1 of vCPU 9");
  g_assert_false (
      kvm_vm_arm64_set_irq_line (machine->vm, KVM_ARM64_IRQ_KIND_CPU, 0, 2, TRUE, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "has a number from 0 to 1, not 2");
  g_assert_false (
      kvm_vm_arm64_set_irq_line (machine->vm, KVM_ARM64_IRQ_KIND_CPU, 5000, 1, TRUE, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "reaches the vCPUs up to 4095, not 5000");
  g_assert_false (kvm_vm_arm64_set_irq_line (machine->vm, 3, 0, 1, TRUE, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "no kind 3");
}

/* The tags of memory are the guest's and the program's. */
static void
test_mte (void)
{
  g_autoptr (Arm64Machine) machine = ARM64_MACHINE (tags);
  g_autoptr (GError) error = NULL;
  g_autofree guint8 *tags = NULL;
  guint8 new_tags[0x1000 / 16];
  gsize n;

  memset (new_tags, 5, sizeof new_tags);
  if (!arm64_machine_has (machine, KVM_CAPABILITY_ARM_MTE))
    {
      g_assert_false (
          kvm_vm_arm64_set_mte_tags (machine->vm, 0x6000, new_tags, sizeof new_tags, &error));
      kvm_test_assert_error (error, KVM_ERROR_NOT_SUPPORTED, "KVM_CAP_ARM_MTE is 0");
      g_assert_null (kvm_vm_arm64_get_mte_tags (machine->vm, 0x6000, 0x1000, &n, &error));
      kvm_test_assert_error (error, KVM_ERROR_NOT_SUPPORTED, "KVM_CAP_ARM_MTE is 0");
      return;
    }

  g_assert_null (kvm_vm_arm64_get_mte_tags (machine->vm, 0x6000, 0x1000, &n, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT, "with KVM_CAP_ARM_MTE enabled");
  {
    /* It is enabled before there is a vCPU. */
    g_autoptr (KvmMemorySlot) slot = NULL;

    g_clear_object (&machine->vcpu);
    g_clear_object (&machine->vm);
    machine->vm = kvm_system_create_vm (machine->system, &error);
    g_assert_true (kvm_vm_enable_capability (machine->vm, KVM_CAPABILITY_ARM_MTE, NULL, 0, &error));
    g_assert_no_error (error);
    slot = kvm_vm_add_memory (machine->vm, 0, machine->memory, KVM_MEMORY_SLOT_FLAGS_NONE, &error);
    g_assert_no_error (error);
    machine->vcpu = kvm_vm_create_vcpu (machine->vm, 0, &error);
    g_assert_no_error (error);
    machine->exit = kvm_vcpu_get_exit (machine->vcpu);
  }
  arm64_machine_setup (machine, KVM_ARM64_VCPU_FEATURES_NONE, 0x4000);
  g_assert_true (
      kvm_vm_arm64_set_mte_tags (machine->vm, 0x6000, new_tags, sizeof new_tags, &error));
  g_assert_no_error (error);
  arm64_machine_expect (machine, 0x64, G_GUINT64_CONSTANT (0x0500000000006000));
  arm64_machine_run_to (machine, 0xf4);
  tags = kvm_vm_arm64_get_mte_tags (machine->vm, 0x6000, 0x1000, &n, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n, ==, 0x1000 / 16);
  g_assert_cmpuint (tags[0], ==, 5);
  g_assert_cmpuint (tags[1], ==, 9);
  g_assert_cmpuint (tags[2], ==, 5);

  g_assert_null (kvm_vm_arm64_get_mte_tags (machine->vm, 0x6000, 0x10, &n, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT, "0x10 bytes at guest address 0x6000");
  g_assert_null (kvm_vm_arm64_get_mte_tags (machine->vm, 0x6000, 0x1001, &n, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "not of 0x1001 bytes");
  g_assert_null (kvm_vm_arm64_get_mte_tags (machine->vm, 0x100000, 0x1000, &n, &error));
  kvm_test_assert_error (error, KVM_ERROR_FAULT, "guest address 0x100000");
  g_assert_null (kvm_vm_arm64_get_mte_tags (machine->vm, 0xf000, 0x2000, &n, &error));
  kvm_test_assert_error (error, KVM_ERROR_PARTIAL, "after 0x1000 of the 0x2000 bytes");
}

/* The guest has the lengths that were set before it was finalized. */
static void
test_sve (void)
{
  g_autoptr (Arm64Machine) machine = ARM64_MACHINE (sve);
  g_autoptr (GError) error = NULL;
  g_autofree guint *all = NULL;
  g_autofree guint *set = NULL;
  g_autofree guint8 *vector = NULL;
  const guint shortest[] = { 128 }, odd[] = { 129 };
  KvmArm64VcpuInit init;
  gsize n_all, n_set, length;

  kvm_vm_arm64_get_preferred_target (machine->vm, &init, &error);
  init.features |= KVM_ARM64_VCPU_FEATURES_PSCI_0_2;
  if (!arm64_machine_has (machine, KVM_CAPABILITY_ARM_SVE))
    {
      g_assert_true (kvm_vcpu_arm64_init (machine->vcpu, &init, &error));
      g_assert_null (kvm_vcpu_arm64_get_sve_lengths (machine->vcpu, &n_all, &error));
      kvm_test_assert_error (error, KVM_ERROR_NOT_FOUND, ", sve_vls of 64 bytes");
      g_assert_false (kvm_vcpu_arm64_set_sve_lengths (machine->vcpu, shortest, 1, &error));
      kvm_test_assert_error (error, KVM_ERROR_NOT_FOUND, ", sve_vls of 64 bytes");
      return;
    }

  init.features |= KVM_ARM64_VCPU_FEATURES_SVE;
  g_assert_true (kvm_vcpu_arm64_init (machine->vcpu, &init, &error));
  g_assert_no_error (error);
  all = kvm_vcpu_arm64_get_sve_lengths (machine->vcpu, &n_all, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n_all, >=, 1);
  g_assert_cmpuint (all[0], ==, 128);
  g_assert_false (kvm_vcpu_arm64_set_sve_lengths (machine->vcpu, odd, 1, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "not 129");
  g_assert_true (kvm_vcpu_arm64_set_sve_lengths (machine->vcpu, shortest, 1, &error));
  g_assert_no_error (error);
  g_assert_cmpint (kvm_vcpu_run (machine->vcpu, NULL, &error), ==, KVM_EXIT_REASON_ERROR);
  kvm_test_assert_error (error, KVM_ERROR_NOT_PERMITTED, "kvm_vcpu_arm64_finalize ()");
  g_assert_true (kvm_vcpu_arm64_finalize (machine->vcpu, KVM_ARM64_VCPU_FEATURES_SVE, &error));
  g_assert_no_error (error);
  g_assert_false (kvm_vcpu_arm64_finalize (machine->vcpu, KVM_ARM64_VCPU_FEATURES_SVE, &error));
  kvm_test_assert_error (error, KVM_ERROR_NOT_PERMITTED, "it is finalized already");
  g_assert_false (kvm_vcpu_arm64_set_sve_lengths (machine->vcpu, shortest, 1, &error));
  kvm_test_assert_error (error, KVM_ERROR_NOT_PERMITTED, ", sve_vls of 64 bytes");
  set = kvm_vcpu_arm64_get_sve_lengths (machine->vcpu, &n_set, &error);
  g_assert_cmpuint (n_set, ==, 1);
  g_assert_cmpuint (set[0], ==, 128);

  vector = g_malloc0 (256);
  vector[0] = 21;
  g_assert_true (
      kvm_vcpu_set_one_reg_bytes (machine->vcpu, kvm_arm64_reg_sve_z (1, 0), vector, 256, &error));
  g_assert_no_error (error);
  arm64_set_reg (machine->vcpu, KVMOBJ_ARM64_REG_PC, KVM_TEST_ENTRY);
  arm64_machine_expect (machine, 0x64, 128 / 8);
  arm64_machine_expect (machine, 0x64, 42);
  g_free (vector);
  vector = kvm_vcpu_get_one_reg_bytes (machine->vcpu, kvm_arm64_reg_sve_z (1, 0), &length, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (length, ==, 256);
  g_assert_cmpuint (vector[0], ==, 42);
  g_free (vector);
  vector = kvm_vcpu_get_one_reg_bytes (machine->vcpu, kvm_arm64_reg_sve_p (3, 0), &length, &error);
  g_assert_no_error (error);
  g_free (vector);
  vector = kvm_vcpu_get_one_reg_bytes (machine->vcpu, kvm_arm64_reg_sve_ffr (0), &length, &error);
  g_assert_no_error (error);
}

/* With all lengths the guest has the longest. */
static void
test_sve_longest (void)
{
  g_autoptr (Arm64Machine) machine = ARM64_MACHINE (sve);
  g_autoptr (GError) error = NULL;
  g_autofree guint *all = NULL;
  gsize n;

  if (!arm64_machine_has (machine, KVM_CAPABILITY_ARM_SVE))
    {
      g_assert_false (
          kvm_vcpu_arm64_setup (machine->vcpu, KVM_ARM64_VCPU_FEATURES_SVE, 0, 0, 0, &error));
      kvm_test_assert_error (error, KVM_ERROR_NOT_SUPPORTED, "KVM_CAP_ARM_SVE is 0");
      return;
    }
  arm64_machine_setup (machine, KVM_ARM64_VCPU_FEATURES_SVE, 0);
  all = kvm_vcpu_arm64_get_sve_lengths (machine->vcpu, &n, &error);
  g_assert_no_error (error);
  arm64_machine_expect (machine, 0x64, all[n - 1] / 8);
}

int
main (int argc, char **argv)
{
  kvm_test_init (&argc, &argv);
  kvm_test_add ("/arm64-platform/vm-type", test_vm_type);
  kvm_test_add ("/arm64-platform/cpu-on", test_cpu_on);
  kvm_test_add ("/arm64-platform/psci-version", test_psci_version);
  kvm_test_add ("/arm64-platform/smccc-filter", test_smccc_filter);
  kvm_test_add ("/arm64-platform/smccc-deny", test_smccc_deny);
  kvm_test_add ("/arm64-platform/nisv", test_nisv);
  kvm_test_add ("/arm64-platform/pvtime", test_pvtime);
  kvm_test_add ("/arm64-platform/counter-offset", test_counter_offset);
  kvm_test_add ("/arm64-platform/counter-register", test_counter_register);
  kvm_test_add ("/arm64-platform/user-irq", test_user_irq);
  kvm_test_add ("/arm64-platform/mte", test_mte);
  kvm_test_add ("/arm64-platform/sve", test_sve);
  kvm_test_add ("/arm64-platform/sve-longest", test_sve_longest);
  return g_test_run ();
}
