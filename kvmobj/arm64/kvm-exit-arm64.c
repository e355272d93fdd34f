/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "kvm-arch-private.h"
#include "kvm-exit-private.h"
#include "arm64/kvm-exit-arm64.h"

/**
 * kvm_exit_arm64_get_debug_hsr:
 * @self: an exit for %KVM_EXIT_REASON_DEBUG
 *
 * Gets the syndrome of the debug exception.
 *
 * Returns: the value of ESR_EL2, 64 bits where the kernel gives them
 *
 * Since: 0.1
 */
guint64
kvm_exit_arm64_get_debug_hsr (KvmExit *self)
{
  _kvm_return_val_unless_exit (self, _KVM_REASON_BIT (DEBUG), 0);

  return _KVM_READ_ONCE (self->run->debug_arm64.hsr)
         | (guint64) _KVM_READ_ONCE (self->run->debug_arm64.hsr_high) << 32;
}

/**
 * kvm_exit_arm64_get_debug_far:
 * @self: an exit for %KVM_EXIT_REASON_DEBUG
 *
 * Gets the address that a watchpoint caught.
 *
 * Returns: the value of FAR_EL2
 *
 * Since: 0.1
 */
guint64
kvm_exit_arm64_get_debug_far (KvmExit *self)
{
  _KVM_EXIT_FIELD (self, _KVM_REASON_BIT (DEBUG), debug_arm64.far);
}

/**
 * kvm_exit_arm64_get_device_irq_levels:
 * @self: an exit
 *
 * Gets which interrupt lines of the vCPU's timers and performance counters were up at the exit, for
 * an interrupt controller in the process (%KVM_CAPABILITY_ARM_USER_IRQ). A line that goes up or
 * down ends the run with %KVM_EXIT_REASON_INTERRUPTED. See section 8.9 of api.rst.
 *
 * Returns: the lines that are up; none on another architecture, or if the interrupt controller is
 * in the kernel
 *
 * Since: 0.1
 */
KvmArm64DeviceIrqLevels
kvm_exit_arm64_get_device_irq_levels (KvmExit *self)
{
  g_return_val_if_fail (KVM_IS_EXIT (self), KVM_ARM64_DEVICE_IRQ_LEVELS_NONE);

  if (KVMOBJ_HOST_ARCH != KVMOBJ_ARCH_ARM64 || self->run == NULL)
    return KVM_ARM64_DEVICE_IRQ_LEVELS_NONE;
  /* The lowest byte: flags without a name would be an error in JavaScript. */
  return _KVM_READ_ONCE (self->run->regs[0])
         & (KVM_ARM64_DEVICE_IRQ_LEVELS_VIRTUAL_TIMER | KVM_ARM64_DEVICE_IRQ_LEVELS_PHYSICAL_TIMER
            | KVM_ARM64_DEVICE_IRQ_LEVELS_PMU);
}

/**
 * kvm_exit_arm64_get_iss:
 * @self: an exit for %KVM_EXIT_REASON_ARM_NISV or %KVM_EXIT_REASON_ARM_LDST64B
 *
 * Gets what the hardware knows of the access.
 *
 * Returns: the instruction specific syndrome of ESR_EL2
 *
 * Since: 0.1
 */
guint64
kvm_exit_arm64_get_iss (KvmExit *self)
{
  _KVM_EXIT_FIELD (self, _KVM_REASON_BIT (ARM_NISV) | _KVM_REASON_BIT (ARM_LDST64B),
                   arm_nisv.esr_iss);
}

/**
 * kvm_exit_arm64_get_fault_address:
 * @self: an exit for %KVM_EXIT_REASON_ARM_NISV or %KVM_EXIT_REASON_ARM_LDST64B
 *
 * Gets what the guest touched.
 *
 * Returns: the guest-physical address
 *
 * Since: 0.1
 */
guint64
kvm_exit_arm64_get_fault_address (KvmExit *self)
{
  _KVM_EXIT_FIELD (self, _KVM_REASON_BIT (ARM_NISV) | _KVM_REASON_BIT (ARM_LDST64B),
                   arm_nisv.fault_ipa);
}

/**
 * kvm_exit_arm64_get_sea_flags:
 * @self: an exit for %KVM_EXIT_REASON_ARM_SEA
 *
 * Gets what is known of the memory: bit 0 is set if the guest-physical address is.
 *
 * Returns: the flags, the kernel's `KVM_EXIT_ARM_SEA_FLAG_…`
 *
 * Since: 0.1
 */
guint64
kvm_exit_arm64_get_sea_flags (KvmExit *self)
{
  _KVM_EXIT_FIELD (self, _KVM_REASON_BIT (ARM_SEA), arm_sea.flags);
}

/**
 * kvm_exit_arm64_get_sea_esr:
 * @self: an exit for %KVM_EXIT_REASON_ARM_SEA
 *
 * Gets the syndrome of the abort, without what only concerns the host.
 *
 * Returns: the value of ESR_EL2
 *
 * Since: 0.1
 */
guint64
kvm_exit_arm64_get_sea_esr (KvmExit *self)
{
  _KVM_EXIT_FIELD (self, _KVM_REASON_BIT (ARM_SEA), arm_sea.esr);
}

/**
 * kvm_exit_arm64_get_sea_virtual_address:
 * @self: an exit for %KVM_EXIT_REASON_ARM_SEA
 *
 * Gets what the guest touched, in its own terms.
 *
 * Returns: the guest-virtual address
 *
 * Since: 0.1
 */
guint64
kvm_exit_arm64_get_sea_virtual_address (KvmExit *self)
{
  _KVM_EXIT_FIELD (self, _KVM_REASON_BIT (ARM_SEA), arm_sea.gva);
}

/**
 * kvm_exit_arm64_get_sea_physical_address:
 * @self: an exit for %KVM_EXIT_REASON_ARM_SEA
 *
 * Gets what the guest touched.
 *
 * Returns: the guest-physical address, if [method@Kvm.Exit.arm64_get_sea_flags] says so
 *
 * Since: 0.1
 */
guint64
kvm_exit_arm64_get_sea_physical_address (KvmExit *self)
{
  _KVM_EXIT_FIELD (self, _KVM_REASON_BIT (ARM_SEA), arm_sea.gpa);
}
