/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a vCPU has in attributes: the performance counters, the timers' interrupts, stolen time. */

#include "config.h"

#include "kvm-vcpu-private.h"
#include "arm64/kvm-arm64-attribute-private.h"
#include "arm64/kvm-vcpu-arm64.h"

#define GROUP_PMU 0
#define PMU_IRQ 0
#define PMU_INIT 1
#define PMU_FILTER 2
#define PMU_SET_PMU 3
#define PMU_SET_NR_COUNTERS 4

#define GROUP_TIMER 1

#define GROUP_PVTIME 2
#define PVTIME_IPA 0

static const char *const timer_names[] = { "virtual", "physical", "EL2 virtual", "EL2 physical" };

/**
 * kvm_vcpu_arm64_get_pmu_irq:
 * @vcpu: a vCPU with %KVM_ARM64_VCPU_FEATURES_PMU_V3
 * @irq: (out): the number of the interrupt
 * @error: return location for an error
 *
 * Gets by which interrupt the performance counters tell that they overflowed (`KVM_GET_DEVICE_ATTR`
 * with `KVM_ARM_VCPU_PMU_V3_IRQ`; %KVM_CAPABILITY_ARM_PMU_V3; arm64). See section 1.1 of
 * Documentation/virt/kvm/devices/vcpu.rst.
 *
 * Fails with %KVM_ERROR_NO_SUCH_ATTRIBUTE if none was set, %KVM_ERROR_NO_DEVICE if the vCPU has no
 * counters, %KVM_ERROR_INVALID_ARGUMENT if the interrupt controller is not in the kernel,
 * %KVM_ERROR_CLOSED, %KVM_ERROR_RUNNING, and with %KVM_ERROR_NOT_SUPPORTED on another architecture.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vcpu_arm64_get_pmu_irq (KvmVcpu *vcpu, guint *irq, GError **error)
{
  guint32 value = 0;

  g_return_val_if_fail (irq != NULL, FALSE);
  *irq = 0;
  g_return_val_if_fail (_kvm_is_vcpu (vcpu), FALSE);
  _kvm_return_val_unless_arch (ARM64, FALSE, error);

  if (!_kvm_arm64_get_attribute (&vcpu->handle, GROUP_PMU, PMU_IRQ, &value, error,
                                 "the interrupt of the PMU"))
    return FALSE;
  *irq = value;
  return TRUE;
}

/**
 * kvm_vcpu_arm64_set_pmu_irq:
 * @vcpu: a vCPU with %KVM_ARM64_VCPU_FEATURES_PMU_V3
 * @irq: the number of the interrupt: a PPI (16 to 31) that is the same for all vCPUs, or an SPI (32
 *   and more) that is another one for each
 * @error: return location for an error
 *
 * Sets by which interrupt the performance counters tell that they overflowed (`KVM_SET_DEVICE_ATTR`
 * with `KVM_ARM_VCPU_PMU_V3_IRQ`; %KVM_CAPABILITY_ARM_PMU_V3; arm64), once, before
 * [method@Kvm.Vcpu.arm64_init_pmu]. See section 1.1 of Documentation/virt/kvm/devices/vcpu.rst.
 *
 * Fails with %KVM_ERROR_BUSY if there is one already, %KVM_ERROR_NO_DEVICE if the vCPU has no
 * counters, %KVM_ERROR_INVALID_ARGUMENT if it is no such number or the interrupt controller is not
 * in the kernel, %KVM_ERROR_CLOSED, %KVM_ERROR_RUNNING, and with %KVM_ERROR_NOT_SUPPORTED on
 * another architecture.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vcpu_arm64_set_pmu_irq (KvmVcpu *vcpu, guint irq, GError **error)
{
  const guint32 value = irq;

  g_return_val_if_fail (_kvm_is_vcpu (vcpu), FALSE);
  _kvm_return_val_unless_arch (ARM64, FALSE, error);

  return _kvm_arm64_set_attribute (&vcpu->handle, GROUP_PMU, PMU_IRQ, &value, error,
                                   "interrupt %u for the PMU", irq);
}

/**
 * kvm_vcpu_arm64_set_pmu:
 * @vcpu: a vCPU with %KVM_ARM64_VCPU_FEATURES_PMU_V3
 * @pmu: the number of the host's PMU: what /sys/bus/event_source/devices/…/type says
 * @error: return location for an error
 *
 * Chooses which performance counters of a host that has several the guest gets
 * (`KVM_SET_DEVICE_ATTR` with `KVM_ARM_VCPU_PMU_V3_SET_PMU`; %KVM_CAPABILITY_ARM_PMU_V3; arm64),
 * before the first run and before any filter. The vCPUs then run only on processors that have
 * these, and fail with %KVM_EXIT_REASON_FAIL_ENTRY elsewhere. See section 1.4 of
 * Documentation/virt/kvm/devices/vcpu.rst.
 *
 * Fails with %KVM_ERROR_NO_SUCH_ATTRIBUTE if there is no such PMU, %KVM_ERROR_BUSY if it is too
 * late, %KVM_ERROR_NO_DEVICE if the vCPU has no counters, %KVM_ERROR_CLOSED, %KVM_ERROR_RUNNING,
 * and with %KVM_ERROR_NOT_SUPPORTED on another architecture.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vcpu_arm64_set_pmu (KvmVcpu *vcpu, guint pmu, GError **error)
{
  const guint32 value = pmu;

  g_return_val_if_fail (_kvm_is_vcpu (vcpu), FALSE);
  _kvm_return_val_unless_arch (ARM64, FALSE, error);

  return _kvm_arm64_set_attribute (&vcpu->handle, GROUP_PMU, PMU_SET_PMU, &value, error, "PMU %u",
                                   pmu);
}

/**
 * kvm_vcpu_arm64_set_pmu_filter:
 * @vcpu: a vCPU with %KVM_ARM64_VCPU_FEATURES_PMU_V3
 * @event: the first event
 * @n_events: how many events follow one another
 * @action: what becomes of them
 * @error: return location for an error
 *
 * Says which events the guest can count (`KVM_SET_DEVICE_ATTR` with `KVM_ARM_VCPU_PMU_V3_FILTER`;
 * %KVM_CAPABILITY_ARM_PMU_V3; arm64), for all vCPUs of the VM. The first call decides of all other
 * events: if it allows some the rest is denied, if it denies some the rest is allowed; further
 * calls add to that. The events 0 (of software) and 0x1e (chains) cannot be denied. See section 1.3
 * of Documentation/virt/kvm/devices/vcpu.rst.
 *
 * Fails with %KVM_ERROR_INVALID if there are no such events, %KVM_ERROR_INVALID_ARGUMENT if the
 * kernel does not have all of them, %KVM_ERROR_BUSY if a vCPU has run or the counters are
 * initialized, %KVM_ERROR_NO_DEVICE if the vCPU has no counters, %KVM_ERROR_CLOSED,
 * %KVM_ERROR_RUNNING, and with %KVM_ERROR_NOT_SUPPORTED on another architecture.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vcpu_arm64_set_pmu_filter (KvmVcpu *vcpu, guint event, guint n_events,
                               KvmArm64PmuFilterAction action, GError **error)
{
  KvmAbiArm64PmuFilter filter = { .base_event = event, .nevents = n_events, .action = action };

  g_return_val_if_fail (_kvm_is_vcpu (vcpu), FALSE);
  _kvm_return_val_unless_arch (ARM64, FALSE, error);

  if (event > G_MAXUINT16 || n_events > G_MAXUINT16)
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                   "Events of the PMU have numbers of 16 bits, not %u from 0x%x on", n_events,
                   event);
      return FALSE;
    }
  return _kvm_arm64_set_attribute (&vcpu->handle, GROUP_PMU, PMU_FILTER, &filter, error,
                                   "the PMU's filter for %u events from 0x%x on", n_events, event);
}

/**
 * kvm_vcpu_arm64_set_pmu_n_counters:
 * @vcpu: a vCPU with %KVM_ARM64_VCPU_FEATURES_PMU_V3
 * @n_counters: how many event counters the guest has
 * @error: return location for an error
 *
 * Sets how many event counters the vCPUs of the VM have (`KVM_SET_DEVICE_ATTR` with
 * `KVM_ARM_VCPU_PMU_V3_SET_NR_COUNTERS`; %KVM_CAPABILITY_ARM_PMU_V3; arm64, newer kernels).
 * First a PMU is chosen with [method@Kvm.Vcpu.arm64_set_pmu]. See section 1.5 of
 * Documentation/virt/kvm/devices/vcpu.rst.
 *
 * Fails with %KVM_ERROR_INVALID_ARGUMENT if the PMU does not have so many or none was chosen,
 * %KVM_ERROR_BUSY if a vCPU has run, %KVM_ERROR_NO_DEVICE if the vCPU has no counters,
 * %KVM_ERROR_NO_SUCH_ATTRIBUTE if the kernel is too old, %KVM_ERROR_CLOSED, %KVM_ERROR_RUNNING, and
 * with %KVM_ERROR_NOT_SUPPORTED on another architecture.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vcpu_arm64_set_pmu_n_counters (KvmVcpu *vcpu, guint n_counters, GError **error)
{
  const guint32 value = n_counters;

  g_return_val_if_fail (_kvm_is_vcpu (vcpu), FALSE);
  _kvm_return_val_unless_arch (ARM64, FALSE, error);

  return _kvm_arm64_set_attribute (&vcpu->handle, GROUP_PMU, PMU_SET_NR_COUNTERS, &value, error,
                                   "%u counters of the PMU", n_counters);
}

/**
 * kvm_vcpu_arm64_init_pmu:
 * @vcpu: a vCPU with %KVM_ARM64_VCPU_FEATURES_PMU_V3
 * @error: return location for an error
 *
 * Initializes the performance counters (`KVM_SET_DEVICE_ATTR` with `KVM_ARM_VCPU_PMU_V3_INIT`;
 * %KVM_CAPABILITY_ARM_PMU_V3; arm64), once, before the first run. If the interrupt controller is in
 * the kernel, it and the counters' interrupt come before. See section 1.2 of
 * Documentation/virt/kvm/devices/vcpu.rst.
 *
 * Fails with %KVM_ERROR_BUSY if they are initialized, %KVM_ERROR_NO_SUCH_ATTRIBUTE if their
 * interrupt is not set, %KVM_ERROR_NO_DEVICE if the vCPU has no counters or the interrupt
 * controller is not initialized, %KVM_ERROR_CLOSED, %KVM_ERROR_RUNNING, and with
 * %KVM_ERROR_NOT_SUPPORTED on another architecture.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vcpu_arm64_init_pmu (KvmVcpu *vcpu, GError **error)
{
  g_return_val_if_fail (_kvm_is_vcpu (vcpu), FALSE);
  _kvm_return_val_unless_arch (ARM64, FALSE, error);

  return _kvm_arm64_set_attribute (&vcpu->handle, GROUP_PMU, PMU_INIT, NULL, error,
                                   "initializing the PMU");
}

static gboolean
check_timer (KvmArm64Timer timer, GError **error)
{
  if ((guint) timer < G_N_ELEMENTS (timer_names))
    return TRUE;

  g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID, "A vCPU has no timer %d", timer);
  return FALSE;
}

/**
 * kvm_vcpu_arm64_get_timer_irq:
 * @vcpu: a vCPU that is initialized
 * @timer: a timer
 * @irq: (out): the number of the interrupt
 * @error: return location for an error
 *
 * Gets by which interrupt a timer tells that it has expired (`KVM_GET_DEVICE_ATTR` with
 * `KVM_ARM_VCPU_TIMER_CTRL`; %KVM_CAPABILITY_VCPU_ATTRIBUTES; arm64): 27 of the virtual and 30 of
 * the physical timer, unless it was set. See section 2.1 of
 * Documentation/virt/kvm/devices/vcpu.rst.
 *
 * Fails with %KVM_ERROR_INVALID or %KVM_ERROR_NO_SUCH_ATTRIBUTE if there is no such timer,
 * %KVM_ERROR_CLOSED, %KVM_ERROR_RUNNING, and with %KVM_ERROR_NOT_SUPPORTED on another architecture.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vcpu_arm64_get_timer_irq (KvmVcpu *vcpu, KvmArm64Timer timer, guint *irq, GError **error)
{
  guint32 value = 0;

  g_return_val_if_fail (irq != NULL, FALSE);
  *irq = 0;
  g_return_val_if_fail (_kvm_is_vcpu (vcpu), FALSE);
  _kvm_return_val_unless_arch (ARM64, FALSE, error);

  if (!check_timer (timer, error)
      || !_kvm_arm64_get_attribute (&vcpu->handle, GROUP_TIMER, timer, &value, error,
                                    "the interrupt of the %s timer", timer_names[timer]))
    return FALSE;
  *irq = value;
  return TRUE;
}

/**
 * kvm_vcpu_arm64_set_timer_irq:
 * @vcpu: a vCPU that is initialized
 * @timer: a timer
 * @irq: the number of the interrupt: a PPI, 16 to 31, that nothing else has
 * @error: return location for an error
 *
 * Sets by which interrupt a timer tells that it has expired (`KVM_SET_DEVICE_ATTR` with
 * `KVM_ARM_VCPU_TIMER_CTRL`; %KVM_CAPABILITY_VCPU_ATTRIBUTES; arm64), for all vCPUs of the VM,
 * before the first run. See section 2.1 of Documentation/virt/kvm/devices/vcpu.rst.
 *
 * Fails with %KVM_ERROR_INVALID_ARGUMENT if it is no such number or the interrupt controller is not
 * in the kernel, %KVM_ERROR_BUSY if a vCPU has run, %KVM_ERROR_INVALID or
 * %KVM_ERROR_NO_SUCH_ATTRIBUTE if there is no such timer, %KVM_ERROR_CLOSED, %KVM_ERROR_RUNNING,
 * and with %KVM_ERROR_NOT_SUPPORTED on another architecture.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vcpu_arm64_set_timer_irq (KvmVcpu *vcpu, KvmArm64Timer timer, guint irq, GError **error)
{
  const guint32 value = irq;

  g_return_val_if_fail (_kvm_is_vcpu (vcpu), FALSE);
  _kvm_return_val_unless_arch (ARM64, FALSE, error);

  return check_timer (timer, error)
         && _kvm_arm64_set_attribute (&vcpu->handle, GROUP_TIMER, timer, &value, error,
                                      "interrupt %u for the %s timer", irq, timer_names[timer]);
}

/**
 * kvm_vcpu_arm64_get_pvtime_address:
 * @vcpu: a vCPU that is initialized
 * @address: (out): the guest-physical address; %G_MAXUINT64 if there is none
 * @error: return location for an error
 *
 * Gets where the kernel tells the guest how much time was stolen from it (`KVM_GET_DEVICE_ATTR`
 * with `KVM_ARM_VCPU_PVTIME_IPA`; %KVM_CAPABILITY_STEAL_TIME; arm64). See section 3.1 of
 * Documentation/virt/kvm/devices/vcpu.rst.
 *
 * Fails with %KVM_ERROR_NO_SUCH_ATTRIBUTE if the host does not have it, %KVM_ERROR_CLOSED,
 * %KVM_ERROR_RUNNING, and with %KVM_ERROR_NOT_SUPPORTED on another architecture.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vcpu_arm64_get_pvtime_address (KvmVcpu *vcpu, guint64 *address, GError **error)
{
  guint64 value = 0;

  g_return_val_if_fail (address != NULL, FALSE);
  *address = 0;
  g_return_val_if_fail (_kvm_is_vcpu (vcpu), FALSE);
  _kvm_return_val_unless_arch (ARM64, FALSE, error);

  if (!_kvm_arm64_get_attribute (&vcpu->handle, GROUP_PVTIME, PVTIME_IPA, &value, error,
                                 "the address for stolen time"))
    return FALSE;
  *address = value;
  return TRUE;
}

/**
 * kvm_vcpu_arm64_set_pvtime_address:
 * @vcpu: a vCPU that is initialized
 * @address: a guest-physical address, a multiple of 64, with 64 bytes of memory
 * @error: return location for an error
 *
 * Sets where the kernel tells the guest how much time was stolen from it (`KVM_SET_DEVICE_ATTR`
 * with `KVM_ARM_VCPU_PVTIME_IPA`; %KVM_CAPABILITY_STEAL_TIME; arm64), once, before the first run.
 * The guest asks the firmware for the address. See section 3.1 of
 * Documentation/virt/kvm/devices/vcpu.rst.
 *
 * Fails with %KVM_ERROR_INVALID_ARGUMENT if it is not aligned or there is no memory,
 * %KVM_ERROR_EXISTS if there is one already, %KVM_ERROR_NO_SUCH_ATTRIBUTE if the host does not have
 * it, %KVM_ERROR_CLOSED, %KVM_ERROR_RUNNING, and with %KVM_ERROR_NOT_SUPPORTED on another
 * architecture.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vcpu_arm64_set_pvtime_address (KvmVcpu *vcpu, guint64 address, GError **error)
{
  g_return_val_if_fail (_kvm_is_vcpu (vcpu), FALSE);
  _kvm_return_val_unless_arch (ARM64, FALSE, error);

  return _kvm_arm64_set_attribute (&vcpu->handle, GROUP_PVTIME, PVTIME_IPA, &address, error,
                                   "stolen time at guest address 0x%" G_GINT64_MODIFIER "x",
                                   address);
}
