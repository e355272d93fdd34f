/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Interrupts of arm64: lines, timers, counters, and the interrupt controllers' state. */

#include "arm64-test.h"

#include <string.h>

#define INTID_MASK 0x3ff
#define VIRTUAL_TIMER 27
#define PMU_IRQ 23
#define SPI 40
#define CPU_CYCLES 0x11

#define GICD_CTLR 0
#define GICD_ICFGR2 0xc08
#define GICR_CTLR 0
#define ICC_PMR_EL1 kvm_arm64_reg_sysreg (3, 0, 4, 6, 0)

static void
set_line (Arm64Machine *machine, KvmArm64IrqKind kind, guint irq, gboolean level)
{
  g_autoptr (GError) error = NULL;

  kvm_vm_arm64_set_irq_line (machine->vm, kind, 0, irq, level, &error);
  g_assert_no_error (error);
}

/* By its line, an SPI and a PPI; and by an irqfd. */
static void
check_interrupts (Arm64Machine *machine)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmIrqTrigger) trigger = NULL;

  arm64_machine_run_to (machine, 0x74);
  set_line (machine, KVM_ARM64_IRQ_KIND_SPI, SPI - 8, TRUE);
  set_line (machine, KVM_ARM64_IRQ_KIND_SPI, SPI - 8, FALSE);
  g_assert_cmpuint (arm64_machine_run_to (machine, 0x73) & INTID_MASK, ==, SPI - 8);
  set_line (machine, KVM_ARM64_IRQ_KIND_SPI, SPI - 7, TRUE);
  g_assert_cmpuint (arm64_machine_run_to (machine, 0x73) & INTID_MASK, ==, SPI - 7);
  set_line (machine, KVM_ARM64_IRQ_KIND_SPI, SPI - 7, FALSE);
  set_line (machine, KVM_ARM64_IRQ_KIND_PPI, 20, TRUE);
  g_assert_cmpuint (arm64_machine_run_to (machine, 0x73) & INTID_MASK, ==, 20);
  set_line (machine, KVM_ARM64_IRQ_KIND_PPI, 20, FALSE);

  /* GSI 2 is SPI 34. */
  trigger = kvm_vm_add_irq_trigger (machine->vm, 2, KVM_IRQ_TRIGGER_FLAGS_NONE, &error);
  g_assert_no_error (error);
  g_assert_true (kvm_irq_trigger_raise (trigger, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (arm64_machine_run_to (machine, 0x73) & INTID_MASK, ==, 34);
  g_assert_true (kvm_irq_trigger_remove (trigger, &error));
}

static gboolean
has_vgic_v3 (Arm64Machine *machine)
{
  g_autoptr (GError) error = NULL;
  gboolean has_it = kvm_vm_test_device (machine->vm, KVM_DEVICE_TYPE_ARM_VGIC_V3, &error);

  g_assert_no_error (error);
  if (has_it)
    return TRUE;

  g_assert_null (
      kvm_vm_arm64_create_vgic_v3 (machine->vm, ARM64_DISTRIBUTOR, ARM64_REDISTRIBUTORS, &error));
  kvm_test_assert_error (error, KVM_ERROR_NO_DEVICE, "device type 7");
  return FALSE;
}

static void
test_v3 (void)
{
  g_autoptr (Arm64Machine) machine = ARM64_MACHINE (gicv3);

  if (!has_vgic_v3 (machine))
    return;
  arm64_machine_setup (machine, KVM_ARM64_VCPU_FEATURES_NONE, 0);
  arm64_machine_add_gicv3 (machine);
  check_interrupts (machine);
}

static void
test_v2 (void)
{
  g_autoptr (Arm64Machine) machine = ARM64_MACHINE (gicv2);
  g_autoptr (GError) error = NULL;
  guint64 address, value;
  guint n_irqs;

  g_assert_null (kvm_vm_arm64_create_vgic_v2 (machine->vm, 0x8000000, 0x8000000, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID,
                         "The distributor at 0x8000000 and the CPU interface at 0x8000000 overlap");
  arm64_machine_setup (machine, KVM_ARM64_VCPU_FEATURES_NONE, 0);
  machine->gic
      = kvm_vm_arm64_create_vgic_v2 (machine->vm, ARM64_DISTRIBUTOR, ARM64_CPU_INTERFACE, &error);
  if (machine->gic == NULL)
    {
      g_assert_false (kvm_vm_test_device (machine->vm, KVM_DEVICE_TYPE_ARM_VGIC_V2, NULL));
      kvm_test_assert_error (error, KVM_ERROR_NO_DEVICE, "device type 5");
      return;
    }
  g_assert_true (kvm_device_arm64_vgic_set_n_irqs (machine->gic, 64, &error));
  g_assert_true (kvm_device_arm64_vgic_get_n_irqs (machine->gic, &n_irqs, &error));
  g_assert_cmpuint (n_irqs, ==, 64);
  g_assert_true (kvm_device_arm64_vgic_get_address (
      machine->gic, KVM_ARM64_VGIC_ADDRESS_V2_CPU_INTERFACE, &address, &error));
  g_assert_cmphex (address, ==, ARM64_CPU_INTERFACE);
  g_assert_true (kvm_device_arm64_vgic_init (machine->gic, &error));
  g_assert_no_error (error);
  check_interrupts (machine);

  /* The priority mask, which is saved in another form. */
  g_assert_true (kvm_device_arm64_vgic_get_reg (machine->gic, KVM_ARM64_VGIC_REGS_V2_CPU_INTERFACE,
                                                0, 4, &value, &error));
  g_assert_no_error (error);
  g_assert_cmphex (value, !=, 0);
  g_assert_true (kvm_device_arm64_vgic_set_reg (machine->gic, KVM_ARM64_VGIC_REGS_V2_CPU_INTERFACE,
                                                0, 4, value, &error));
  g_assert_no_error (error);
}

/* The legacy way to a GICv2. */
static void
test_create_irqchip (void)
{
  g_autoptr (Arm64Machine) machine = ARM64_MACHINE (gicv2);
  g_autoptr (GError) error = NULL;
  gboolean has_it = kvm_vm_test_device (machine->vm, KVM_DEVICE_TYPE_ARM_VGIC_V2, NULL);

  if (kvm_vm_create_irqchip (machine->vm, &error))
    g_assert_true (has_it);
  else
    {
      g_assert_false (has_it);
      kvm_test_assert_error (error, KVM_ERROR_NO_DEVICE, "KVM_CREATE_IRQCHIP on VM");
    }
}

static void
test_timer (void)
{
  g_autoptr (Arm64Machine) machine = ARM64_MACHINE (gicv3);
  g_autoptr (GError) error = NULL;
  guint irq;

  if (!has_vgic_v3 (machine))
    return;
  arm64_machine_setup (machine, KVM_ARM64_VCPU_FEATURES_NONE, 0x1000);
  g_assert_false (
      kvm_vcpu_arm64_set_timer_irq (machine->vcpu, KVM_ARM64_TIMER_VIRTUAL, 26, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT, "interrupt 26 for the virtual timer");
  arm64_machine_add_gicv3 (machine);
  g_assert_true (
      kvm_vcpu_arm64_get_timer_irq (machine->vcpu, KVM_ARM64_TIMER_VIRTUAL, &irq, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (irq, ==, VIRTUAL_TIMER);
  g_assert_true (
      kvm_vcpu_arm64_get_timer_irq (machine->vcpu, KVM_ARM64_TIMER_PHYSICAL, &irq, &error));
  g_assert_cmpuint (irq, ==, 30);
  g_assert_false (
      kvm_vcpu_arm64_set_timer_irq (machine->vcpu, KVM_ARM64_TIMER_VIRTUAL, 32, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT,
                         "interrupt 32 for the virtual timer; group 1, attribute 0x0");
  g_assert_false (kvm_vcpu_arm64_get_timer_irq (machine->vcpu, 4, &irq, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "no timer 4");

  /* It comes by the number that was set. */
  g_assert_true (kvm_vcpu_arm64_set_timer_irq (machine->vcpu, KVM_ARM64_TIMER_VIRTUAL, 26, &error));
  g_assert_no_error (error);
  arm64_machine_run_to (machine, 0x74);
  arm64_machine_expect (machine, 0x73, 26);
  g_assert_false (
      kvm_vcpu_arm64_set_timer_irq (machine->vcpu, KVM_ARM64_TIMER_VIRTUAL, 25, &error));
  kvm_test_assert_error (error, KVM_ERROR_BUSY, "interrupt 25 for the virtual timer");
}

static guint
find_pmu (void)
{
  g_autofree char *text = NULL;
  const char *const names[] = { "armv8_pmuv3", "armv8_pmuv3_0" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path
          = g_build_filename ("/sys/bus/event_source/devices", names[i], "type", NULL);

      if (g_file_get_contents (path, &text, NULL, NULL))
        return g_ascii_strtoull (text, NULL, 10);
    }
  g_error ("there is no PMU in /sys");
}

/* There are no events that a filter denies; others are counted, and what overflows interrupts. */
static void
check_pmu (gboolean is_denied)
{
  g_autoptr (Arm64Machine) machine = ARM64_MACHINE (pmu);
  g_autoptr (GError) error = NULL;
  guint irq;

  if (!has_vgic_v3 (machine))
    return;
  g_assert_true (arm64_machine_has (machine, KVM_CAPABILITY_ARM_PMU_V3));
  arm64_machine_setup (machine, KVM_ARM64_VCPU_FEATURES_PMU_V3, 0);
  arm64_machine_add_gicv3 (machine);
  g_assert_false (kvm_vcpu_arm64_get_pmu_irq (machine->vcpu, &irq, &error));
  kvm_test_assert_error (error, KVM_ERROR_NO_SUCH_ATTRIBUTE,
                         "the interrupt of the PMU; group 0, attribute 0x0");
  g_assert_false (kvm_vcpu_arm64_init_pmu (machine->vcpu, &error));
  kvm_test_assert_error (error, KVM_ERROR_NO_SUCH_ATTRIBUTE, "initializing the PMU");
  g_assert_false (kvm_vcpu_arm64_set_pmu (machine->vcpu, 9999, &error));
  kvm_test_assert_error (error, KVM_ERROR_NO_SUCH_ATTRIBUTE, "PMU 9999; group 0, attribute 0x3");
  g_assert_true (kvm_vcpu_arm64_set_pmu (machine->vcpu, find_pmu (), &error));
  g_assert_no_error (error);
  g_assert_false (kvm_vcpu_arm64_set_pmu_n_counters (machine->vcpu, 1000, &error));
  g_assert_true (g_error_matches (error, KVM_ERROR, KVM_ERROR_NO_SUCH_ATTRIBUTE)
                 || g_error_matches (error, KVM_ERROR, KVM_ERROR_INVALID_ARGUMENT));
  g_assert_nonnull (strstr (error->message, "1000 counters of the PMU"));
  g_clear_error (&error);

  g_assert_false (kvm_vcpu_arm64_set_pmu_filter (machine->vcpu, 0x10000, 1,
                                                 KVM_ARM64_PMU_FILTER_ACTION_DENY, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "not 1 from 0x10000 on");
  g_assert_false (kvm_vcpu_arm64_set_pmu_filter (machine->vcpu, 0xffff, 2,
                                                 KVM_ARM64_PMU_FILTER_ACTION_DENY, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT, "2 events from 0xffff on");
  if (is_denied)
    {
      g_assert_true (kvm_vcpu_arm64_set_pmu_filter (machine->vcpu, CPU_CYCLES, 1,
                                                    KVM_ARM64_PMU_FILTER_ACTION_DENY, &error));
      g_assert_no_error (error);
    }
  g_assert_false (kvm_vcpu_arm64_set_pmu_irq (machine->vcpu, 5, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT, "interrupt 5 for the PMU");
  g_assert_true (kvm_vcpu_arm64_set_pmu_irq (machine->vcpu, PMU_IRQ, &error));
  g_assert_no_error (error);
  g_assert_false (kvm_vcpu_arm64_set_pmu_irq (machine->vcpu, PMU_IRQ, &error));
  kvm_test_assert_error (error, KVM_ERROR_BUSY, "interrupt 23 for the PMU");
  g_assert_true (kvm_vcpu_arm64_get_pmu_irq (machine->vcpu, &irq, &error));
  g_assert_cmpuint (irq, ==, PMU_IRQ);
  g_assert_true (kvm_vcpu_arm64_init_pmu (machine->vcpu, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (arm64_machine_run_to (machine, 0x64) >> CPU_CYCLES & 1, ==, !is_denied);
  arm64_machine_expect (machine, 0x64, 3);
  arm64_machine_expect (machine, 0x73, PMU_IRQ);
}

static void
test_pmu (void)
{
  check_pmu (FALSE);
}

static void
test_pmu_filter (void)
{
  check_pmu (TRUE);
}

static void
test_no_pmu (void)
{
  g_autoptr (Arm64Machine) machine = ARM64_MACHINE (tell);
  g_autoptr (GError) error = NULL;

  arm64_machine_setup (machine, KVM_ARM64_VCPU_FEATURES_NONE, 0);
  g_assert_false (kvm_vcpu_arm64_init_pmu (machine->vcpu, &error));
  kvm_test_assert_error (error, KVM_ERROR_NO_DEVICE,
                         "initializing the PMU; group 0, attribute 0x1");
}

/* Bad places, each named. */
static void
test_addresses (void)
{
  g_autoptr (Arm64Machine) machine = ARM64_MACHINE (tell);
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmDevice) gic = NULL;
  guint64 address;
  guint n;

  if (!has_vgic_v3 (machine))
    return;
  g_assert_null (kvm_vm_arm64_create_vgic_v3 (machine->vm, 0x8010000, 0x8000000, &error));
  kvm_test_assert_error (
      error, KVM_ERROR_INVALID,
      "The distributor at 0x8010000 and the redistributors at 0x8000000 overlap");
  gic = kvm_vm_create_device (machine->vm, KVM_DEVICE_TYPE_ARM_VGIC_V3, &error);
  g_assert_no_error (error);
  g_assert_true (kvm_device_arm64_vgic_get_address (gic, KVM_ARM64_VGIC_ADDRESS_V3_DISTRIBUTOR,
                                                    &address, &error));
  g_assert_cmphex (address, ==, G_MAXUINT64);
  g_assert_false (kvm_device_arm64_vgic_set_address (gic, KVM_ARM64_VGIC_ADDRESS_V3_DISTRIBUTOR,
                                                     0x8001000, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT,
                         "the distributor at 0x8001000; group 0, attribute 0x2");
  g_assert_false (kvm_device_arm64_vgic_set_address (gic, KVM_ARM64_VGIC_ADDRESS_V3_DISTRIBUTOR,
                                                     G_GUINT64_CONSTANT (1) << 48, &error));
  kvm_test_assert_error (error, KVM_ERROR_TOO_BIG, "the distributor at 0x1000000000000");
  g_assert_true (kvm_device_arm64_vgic_set_address (gic, KVM_ARM64_VGIC_ADDRESS_V3_DISTRIBUTOR,
                                                    ARM64_DISTRIBUTOR, &error));
  g_assert_false (kvm_device_arm64_vgic_set_address (gic, KVM_ARM64_VGIC_ADDRESS_V3_DISTRIBUTOR,
                                                     ARM64_DISTRIBUTOR, &error));
  kvm_test_assert_error (error, KVM_ERROR_EXISTS, "the distributor at 0x8000000");
  g_assert_false (kvm_device_arm64_vgic_set_address (gic, 5, 0, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "no address 5");

  /* Regions of redistributors. */
  g_assert_false (kvm_device_arm64_vgic_add_redistributors (gic, 0, 0x80a0001, 1, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "not 0, 0x80a0001 and 1");
  g_assert_false (kvm_device_arm64_vgic_add_redistributors (gic, 0, ARM64_DISTRIBUTOR, 1, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT,
                         "region 0 of redistributors: 1 at 0x8000000");
  g_assert_false (kvm_device_arm64_vgic_add_redistributors (gic, 1, 0x80a0000, 1, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT, "region 1 of redistributors");
  g_assert_true (kvm_device_arm64_vgic_add_redistributors (gic, 0, 0x80a0000, 1, &error));
  g_assert_no_error (error);
  g_assert_false (kvm_device_arm64_vgic_add_redistributors (gic, 1, 0x80b0000, 1, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT, "1 at 0x80b0000");
  g_assert_true (kvm_device_arm64_vgic_add_redistributors (gic, 1, 0x80c0000, 2, &error));
  g_assert_no_error (error);
  g_assert_true (kvm_device_arm64_vgic_get_redistributors (gic, 1, &address, &n, &error));
  g_assert_cmphex (address, ==, 0x80c0000);
  g_assert_cmpuint (n, ==, 2);
  g_assert_false (kvm_device_arm64_vgic_get_redistributors (gic, 2, &address, &n, &error));
  kvm_test_assert_error (error, KVM_ERROR_NOT_FOUND, "region 2 of redistributors");

  g_assert_false (kvm_device_arm64_vgic_set_n_irqs (gic, 2000, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT,
                         "number of interrupts 2000; group 3, attribute 0x0");
  arm64_machine_setup (machine, KVM_ARM64_VCPU_FEATURES_NONE, 0);
  g_assert_true (kvm_device_arm64_vgic_init (gic, &error));
  g_assert_no_error (error);
  g_assert_true (kvm_device_arm64_vgic_get_n_irqs (gic, &n, &error));
  g_assert_cmpuint (n, ==, 256);
  g_assert_false (kvm_device_arm64_vgic_set_n_irqs (gic, 64, &error));
  kvm_test_assert_error (error, KVM_ERROR_BUSY, "number of interrupts 64");
}

/* Interrupts that cannot be. */
static void
test_bad_irqs (void)
{
  g_autoptr (Arm64Machine) machine = ARM64_MACHINE (gicv3);
  g_autoptr (GError) error = NULL;

  if (!has_vgic_v3 (machine))
    return;
  arm64_machine_setup (machine, KVM_ARM64_VCPU_FEATURES_NONE, 0);
  arm64_machine_add_gicv3 (machine);
  g_assert_false (
      kvm_vm_arm64_set_irq_line (machine->vm, KVM_ARM64_IRQ_KIND_SPI, 0, 31, TRUE, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "An SPI has a number from 32 to 1019, not 31");
  g_assert_false (
      kvm_vm_arm64_set_irq_line (machine->vm, KVM_ARM64_IRQ_KIND_SPI, 1, 32, TRUE, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "All vCPUs share the SPI 32");
  g_assert_false (
      kvm_vm_arm64_set_irq_line (machine->vm, KVM_ARM64_IRQ_KIND_SPI, 0, 64, TRUE, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT, "SPI 64 of vCPU 0");
  g_assert_false (
      kvm_vm_arm64_set_irq_line (machine->vm, KVM_ARM64_IRQ_KIND_PPI, 0, 15, TRUE, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "from 16 to 31, not 15");
  g_assert_false (
      kvm_vm_arm64_set_irq_line (machine->vm, KVM_ARM64_IRQ_KIND_PPI, 300, 16, TRUE, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT, "PPI 16 of vCPU 300");
  g_assert_false (
      kvm_vm_arm64_set_irq_line (machine->vm, KVM_ARM64_IRQ_KIND_CPU, 0, 0, TRUE, &error));
  kvm_test_assert_error (error, KVM_ERROR_NO_SUCH_ATTRIBUTE,
                         "input 0 of vCPU 0; the interrupt controller is in the kernel");
}

/* What is saved of one is restored to another, whose guest then takes the interrupt. */
static void
test_save_restore (void)
{
  g_autoptr (Arm64Machine) machine = ARM64_MACHINE (gicv3);
  g_autoptr (Arm64Machine) other = ARM64_MACHINE (gicv3);
  const guint32 registers[]
      = { 0x84, 0x104, 0x204, 0xc08, 0xc0c }; /* of the distributor: groups, on, pending, edges */
  g_autoptr (GError) error = NULL;
  guint64 value, pc;
  guint32 levels;

  if (!has_vgic_v3 (machine))
    return;
  arm64_machine_setup (machine, KVM_ARM64_VCPU_FEATURES_NONE, 0);
  arm64_machine_add_gicv3 (machine);
  arm64_machine_setup (other, KVM_ARM64_VCPU_FEATURES_NONE, 0);
  arm64_machine_add_gicv3 (other);
  arm64_machine_run_to (machine, 0x74);
  arm64_machine_run_to (other, 0x74);

  /* It is a level; all are edges to begin with. */
  g_assert_true (kvm_device_arm64_vgic_set_reg (machine->gic, KVM_ARM64_VGIC_REGS_DISTRIBUTOR, 0,
                                                GICD_ICFGR2, 0, &error));
  set_line (machine, KVM_ARM64_IRQ_KIND_SPI, SPI, TRUE);
  g_assert_true (kvm_device_arm64_vgic_get_line_levels (machine->gic, 0, 32, &levels, &error));
  g_assert_no_error (error);
  g_assert_cmphex (levels, ==, 1u << (SPI - 32));
  for (guint i = 0; i < G_N_ELEMENTS (registers); i++)
    {
      g_assert_true (kvm_device_arm64_vgic_get_reg (machine->gic, KVM_ARM64_VGIC_REGS_DISTRIBUTOR,
                                                    0, registers[i], &value, &error));
      g_assert_no_error (error);
      g_assert_true (kvm_device_arm64_vgic_set_reg (other->gic, KVM_ARM64_VGIC_REGS_DISTRIBUTOR, 0,
                                                    registers[i], value, &error));
      g_assert_no_error (error);
    }
  g_assert_true (kvm_device_arm64_vgic_get_reg (machine->gic, KVM_ARM64_VGIC_REGS_V3_REDISTRIBUTOR,
                                                0, 0x10080, &value, &error));
  g_assert_cmphex (value, ==, G_MAXUINT32);
  g_assert_true (kvm_device_arm64_vgic_set_reg (other->gic, KVM_ARM64_VGIC_REGS_V3_REDISTRIBUTOR, 0,
                                                0x10080, value, &error));
  g_assert_true (kvm_device_arm64_vgic_get_reg (machine->gic, KVM_ARM64_VGIC_REGS_V3_CPU_SYSREGS, 0,
                                                ICC_PMR_EL1, &value, &error));
  g_assert_no_error (error);
  g_assert_cmphex (value, !=, 0);
  g_assert_true (kvm_device_arm64_vgic_set_reg (other->gic, KVM_ARM64_VGIC_REGS_V3_CPU_SYSREGS, 0,
                                                ICC_PMR_EL1, value, &error));
  g_assert_no_error (error);
  g_assert_true (kvm_device_arm64_vgic_set_line_levels (other->gic, 0, 32, levels, &error));
  g_assert_no_error (error);
  arm64_machine_expect (other, 0x73, SPI);
  pc = arm64_get_reg (other->vcpu, KVMOBJ_ARM64_REG_PC);
  g_assert_cmphex (pc, >, KVM_TEST_ENTRY);

  /* No such register, CPU, or lines. */
  g_assert_false (kvm_device_arm64_vgic_get_reg (machine->gic, KVM_ARM64_VGIC_REGS_V2_CPU_INTERFACE,
                                                 0, 4, &value, &error));
  kvm_test_assert_error (error, KVM_ERROR_NO_SUCH_ATTRIBUTE,
                         "the CPU interface's register 0x4, CPU 0x0; group 2");
  g_assert_false (kvm_device_arm64_vgic_get_reg (machine->gic, KVM_ARM64_VGIC_REGS_V3_REDISTRIBUTOR,
                                                 7, GICR_CTLR, &value, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT, "CPU 0x7; group 5");
  g_assert_false (kvm_device_arm64_vgic_set_reg (machine->gic, KVM_ARM64_VGIC_REGS_DISTRIBUTOR, 0,
                                                 GICD_CTLR, G_MAXUINT64, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "register 0x0 has 32 bits");
  g_assert_false (kvm_device_arm64_vgic_get_reg (machine->gic, KVM_ARM64_VGIC_REGS_V3_CPU_SYSREGS,
                                                 0, 0xc230, &value, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "0xc230 is not the id of a system register");
  g_assert_false (kvm_device_arm64_vgic_get_reg (machine->gic, 3, 0, 0, &value, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "no registers of the kind 3");
  g_assert_false (kvm_device_arm64_vgic_get_line_levels (machine->gic, 0, 33, &levels, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "not from 33");
  g_assert_true (kvm_device_arm64_vgic_save_pending_tables (machine->gic, &error));
  g_assert_no_error (error);

  if (!kvm_device_arm64_vgic_get_maintenance_irq (machine->gic, &levels, &error))
    {
      kvm_test_assert_error (error, KVM_ERROR_NO_SUCH_ATTRIBUTE,
                             "the maintenance interrupt; group 9");
      g_assert_false (kvm_device_arm64_vgic_set_maintenance_irq (machine->gic, 25, &error));
      kvm_test_assert_error (error, KVM_ERROR_NO_SUCH_ATTRIBUTE, "maintenance interrupt 25");
    }
}

/* Where the guest has its tables, and what it calls the interrupt of a message. */
#define ITS_DEVICES 0x100000
#define ITS_COMMANDS 0x120000
#define LPI_SETTINGS 0x130000
#define LPI_PENDING 0x140000
#define ITS_EVENTS 0x150000
#define ITS_MEMORY 0x60000
#define LPI 8192
#define DEVICE_ID 7
#define EVENT_ID 5
#define ITS_TRANSLATER (ARM64_ITS + 0x10040)
#define VALID (G_GUINT64_CONSTANT (1) << 63)

/* MAPD, MAPC and MAPTI: the event of the device is this interrupt, and goes to vCPU 0. */
static const guint64 its_commands[] = {
  0x08 | (guint64) DEVICE_ID << 32,
  7,
  VALID | ITS_EVENTS,
  0,
  0x09,
  0,
  VALID,
  0,
  0x0a | (guint64) DEVICE_ID << 32,
  EVENT_ID | (guint64) LPI << 32,
  0,
  0,
};

static void
signal_msi (Arm64Machine *machine)
{
  g_autoptr (GError) error = NULL;
  guint n;

  kvm_vm_signal_msi (machine->vm, ITS_TRANSLATER, EVENT_ID, KVM_MSI_FLAGS_VALID_DEVICE_ID,
                     DEVICE_ID, &n, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n, ==, 1);
}

/* The same message, of a line that is routed so. */
static void
raise_routed (Arm64Machine *machine)
{
  g_autoptr (KvmIrqRouting) routing = kvm_irq_routing_new ();
  g_autoptr (KvmIrqTrigger) trigger = NULL;
  g_autoptr (GError) error = NULL;

  kvm_irq_routing_add_msi (routing, 40, ITS_TRANSLATER, EVENT_ID, KVM_MSI_FLAGS_VALID_DEVICE_ID,
                           DEVICE_ID, &error);
  g_assert_no_error (error);
  g_assert_true (kvm_vm_set_irq_routing (machine->vm, routing, &error));
  g_assert_no_error (error);
  trigger = kvm_vm_add_irq_trigger (machine->vm, 40, KVM_IRQ_TRIGGER_FLAGS_NONE, &error);
  g_assert_no_error (error);
  g_assert_true (kvm_irq_trigger_raise (trigger, &error));
  g_assert_no_error (error);
  arm64_machine_expect (machine, 0x73, LPI);
  g_assert_true (kvm_irq_trigger_remove (trigger, &error));
  g_assert_no_error (error);
}

/* A message reaches the guest through its ITS, whose state is saved, reset and restored. */
static void
test_its (void)
{
  static const guint32 registers[] = { 0x100, 0x108, 0x80, 0x88, 0x90, 0 }; /* CTLR comes last */
  static const guint8 setting = 0xa1;                                       /* it is on */
  g_autoptr (Arm64Machine) machine = ARM64_MACHINE (its);
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmMemory) tables = kvm_memory_new (ITS_MEMORY, &error);
  g_autoptr (KvmMemorySlot) slot = NULL;
  g_autoptr (KvmDevice) its = NULL;
  guint64 saved[G_N_ELEMENTS (registers)], entry, value;
  guint8 pending;
  guint n;

  g_assert_no_error (error);
  if (!has_vgic_v3 (machine))
    {
      g_assert_null (kvm_vm_arm64_create_vgic_its (machine->vm, ARM64_ITS, &error));
      kvm_test_assert_error (error, KVM_ERROR_NO_DEVICE, "device type 8");
      return;
    }
  slot = kvm_vm_add_memory (machine->vm, ITS_DEVICES, tables, KVM_MEMORY_SLOT_FLAGS_NONE, &error);
  g_assert_no_error (error);
  kvm_memory_write (tables, ITS_COMMANDS - ITS_DEVICES, (const guint8 *) its_commands,
                    sizeof its_commands, &error);
  kvm_memory_write (tables, LPI_SETTINGS - ITS_DEVICES, &setting, 1, &error);
  arm64_machine_setup (machine, KVM_ARM64_VCPU_FEATURES_NONE, sizeof its_commands);
  arm64_machine_add_gicv3 (machine);
  g_assert_null (kvm_vm_arm64_create_vgic_its (machine->vm, ARM64_ITS + 0x1000, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT,
                         "the ITS at 0x8081000; group 0, attribute 0x4");
  its = kvm_vm_arm64_create_vgic_its (machine->vm, ARM64_ITS, &error);
  g_assert_no_error (error);
  g_assert_true (kvm_device_arm64_vgic_init (its, &error));
  g_assert_no_error (error);

  arm64_machine_run_to (machine, 0x74);
  signal_msi (machine);
  arm64_machine_expect (machine, 0x73, LPI);
  g_assert_true (
      kvm_device_arm64_vgic_get_reg (its, KVM_ARM64_VGIC_REGS_ITS, 0, 0x90, &value, &error));
  g_assert_cmpuint (value, ==, sizeof its_commands); /* CREADR */
  if (!kvm_vm_signal_msi (machine->vm, ITS_TRANSLATER, EVENT_ID + 1, KVM_MSI_FLAGS_VALID_DEVICE_ID,
                          DEVICE_ID, &n, &error))
    g_clear_error (&error);
  g_assert_cmpuint (n, ==, 0);
  raise_routed (machine);

  /* What is pending is in the table when it is saved. */
  signal_msi (machine);
  g_assert_true (kvm_device_arm64_vgic_save_pending_tables (machine->gic, &error));
  g_assert_no_error (error);
  kvm_memory_read (tables, LPI_PENDING - ITS_DEVICES + LPI / 8, &pending, 1, &error);
  g_assert_cmphex (pending, ==, 1);
  arm64_machine_expect (machine, 0x73, LPI);

  g_assert_true (kvm_device_arm64_its_save_tables (its, &error));
  g_assert_no_error (error);
  kvm_memory_read (tables, DEVICE_ID * sizeof entry, (guint8 *) &entry, sizeof entry, &error);
  g_assert_cmphex (entry >> 63, ==, 1);
  for (guint i = 0; i < G_N_ELEMENTS (registers); i++)
    {
      g_assert_true (kvm_device_arm64_vgic_get_reg (its, KVM_ARM64_VGIC_REGS_ITS, 0, registers[i],
                                                    &saved[i], &error));
      g_assert_no_error (error);
    }
  g_assert_true (kvm_device_arm64_its_reset (its, &error));
  g_assert_no_error (error);
  g_assert_true (
      kvm_device_arm64_vgic_get_reg (its, KVM_ARM64_VGIC_REGS_ITS, 0, 0x100, &value, &error));
  g_assert_cmphex (value >> 63, ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (registers) - 1; i++)
    {
      g_assert_true (kvm_device_arm64_vgic_set_reg (its, KVM_ARM64_VGIC_REGS_ITS, 0, registers[i],
                                                    saved[i], &error));
      g_assert_no_error (error);
    }
  g_assert_true (kvm_device_arm64_its_restore_tables (its, &error));
  g_assert_no_error (error);
  g_assert_true (kvm_device_arm64_vgic_set_reg (its, KVM_ARM64_VGIC_REGS_ITS, 0, 0,
                                                saved[G_N_ELEMENTS (registers) - 1], &error));
  g_assert_no_error (error);
  signal_msi (machine);
  arm64_machine_expect (machine, 0x73, LPI);

  g_assert_false (kvm_device_arm64_its_reset (machine->gic, &error));
  kvm_test_assert_error (error, KVM_ERROR_NO_SUCH_ATTRIBUTE,
                         "resetting the ITS; group 4, attribute 0x4");
}

typedef struct
{
  Arm64Machine *machine;
  KvmMemory *tables;
  KvmMemorySlot *slot;
  KvmDevice *its;
} ItsMachine;

static ItsMachine
make_its_machine (void)
{
  g_autoptr (GError) error = NULL;
  ItsMachine self = { .machine = ARM64_MACHINE (its) };

  self.tables = kvm_memory_new (ITS_MEMORY, &error);
  self.slot = kvm_vm_add_memory (self.machine->vm, ITS_DEVICES, self.tables,
                                 KVM_MEMORY_SLOT_FLAGS_NONE, &error);
  g_assert_no_error (error);
  arm64_machine_setup (self.machine, KVM_ARM64_VCPU_FEATURES_NONE, sizeof its_commands);
  arm64_machine_add_gicv3 (self.machine);
  self.its = kvm_vm_arm64_create_vgic_its (self.machine->vm, ARM64_ITS, &error);
  g_assert_no_error (error);
  g_assert_true (kvm_device_arm64_vgic_init (self.its, &error));
  g_assert_no_error (error);
  return self;
}

static void
its_machine_clear (ItsMachine *self)
{
  g_object_unref (self->its);
  g_object_unref (self->slot);
  g_object_unref (self->tables);
  arm64_machine_free (self->machine);
}

static void
copy_memory (KvmMemory *from, KvmMemory *to)
{
  gsize size = kvm_memory_get_size (from);
  g_autofree guint8 *data = g_malloc (size);
  g_autoptr (GError) error = NULL;

  kvm_memory_read (from, 0, data, size, &error);
  kvm_memory_write (to, 0, data, size, &error);
  g_assert_no_error (error);
}

/* A message is pending when the machine is saved: the guest takes it where it goes on, and the ITS
 * there knows where the next one goes. */
static void
test_its_state (void)
{
  static const guint8 setting = 0xa1; /* it is on */
  g_autoptr (Arm64Machine) probe = ARM64_MACHINE (its);
  g_autoptr (GVariant) state = NULL;
  g_autoptr (GError) error = NULL;
  ItsMachine self, other;

  if (!has_vgic_v3 (probe))
    return;
  self = make_its_machine ();
  other = make_its_machine ();
  kvm_memory_write (self.tables, ITS_COMMANDS - ITS_DEVICES, (const guint8 *) its_commands,
                    sizeof its_commands, &error);
  kvm_memory_write (self.tables, LPI_SETTINGS - ITS_DEVICES, &setting, 1, &error);
  arm64_machine_run_to (self.machine, 0x74);
  signal_msi (self.machine);
  arm64_machine_expect (self.machine, 0x73, LPI);
  signal_msi (self.machine);

  state = kvm_vm_save_state (self.machine->vm, NULL, &error);
  g_assert_no_error (error);
  copy_memory (self.tables, other.tables);
  copy_memory (self.machine->memory, other.machine->memory);
  kvm_vm_restore_state (other.machine->vm, state, &error);
  g_assert_no_error (error);
  arm64_machine_expect (other.machine, 0x73, LPI);
  signal_msi (other.machine);
  arm64_machine_expect (other.machine, 0x73, LPI);
  its_machine_clear (&self);
  its_machine_clear (&other);
}

int
main (int argc, char **argv)
{
  kvm_test_init (&argc, &argv);
  kvm_test_add ("/arm64-vgic/v3", test_v3);
  kvm_test_add ("/arm64-vgic/v2", test_v2);
  kvm_test_add ("/arm64-vgic/create-irqchip", test_create_irqchip);
  kvm_test_add ("/arm64-vgic/timer", test_timer);
  kvm_test_add ("/arm64-vgic/pmu", test_pmu);
  kvm_test_add ("/arm64-vgic/pmu-filter", test_pmu_filter);
  kvm_test_add ("/arm64-vgic/no-pmu", test_no_pmu);
  kvm_test_add ("/arm64-vgic/addresses", test_addresses);
  kvm_test_add ("/arm64-vgic/bad-irqs", test_bad_irqs);
  kvm_test_add ("/arm64-vgic/save-restore", test_save_restore);
  kvm_test_add ("/arm64-vgic/its", test_its);
  kvm_test_add ("/arm64-vgic/its-state", test_its_state);
  return g_test_run ();
}
