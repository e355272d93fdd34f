/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The interrupt controllers and the timer of a PC. */

#include "config.h"

#include "kvm-error-private.h"
#include "kvm-ioctl-private.h"
#include "kvm-vm-private.h"
#include "x86/kvm-vm-x86.h"

/* With the hint, if the error is of this code. */
static void
add_hint (GError **error, KvmError code, const char *hint)
{
  if (error != NULL && g_error_matches (*error, KVM_ERROR, code))
    _kvm_error_add_detail (error, "%s", hint);
}

/**
 * kvm_vm_x86_enable_split_irqchip:
 * @vm: a virtual machine without vCPUs
 * @n_ioapic_pins: how many numbers of interrupts, from 0 on, are those of I/O APICs in the process
 * @error: return location for an error
 *
 * Puts the local APICs alone into the kernel (`KVM_ENABLE_CAP`; %KVM_CAPABILITY_SPLIT_IRQCHIP;
 * x86). The PICs, the I/O APIC and the timer are the program's: it leads the I/O APIC's interrupts
 * to messages with [method@Kvm.Vm.set_irq_routing], where the first @n_ioapic_pins are levels, of
 * whose end %KVM_EXIT_REASON_IOAPIC_EOI tells; and gives those of the PIC to
 * [method@Kvm.Vcpu.interrupt]. See section 7.5 of api.rst.
 *
 * Fails with %KVM_ERROR_EXISTS if there are interrupt controllers in the kernel or vCPUs already,
 * %KVM_ERROR_INVALID_ARGUMENT if there are too many pins, %KVM_ERROR_CLOSED, and with
 * %KVM_ERROR_NOT_SUPPORTED.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vm_x86_enable_split_irqchip (KvmVm *vm, guint n_ioapic_pins, GError **error)
{
  const guint64 argument = n_ioapic_pins;

  g_return_val_if_fail (KVM_IS_VM (vm), FALSE);
  _kvm_return_val_unless_arch (X86, FALSE, error);

  if (_kvm_handle_enable_capability (&vm->handle, KVM_CAPABILITY_SPLIT_IRQCHIP, &argument, 1,
                                     error))
    return TRUE;

  if (error != NULL && g_error_matches (*error, KVM_ERROR, KVM_ERROR_INVALID_ARGUMENT)
      && _kvm_handle_peek_extension (&vm->handle, KVM_CAPABILITY_SPLIT_IRQCHIP) == 0)
    {
      (*error)->code = KVM_ERROR_NOT_SUPPORTED;
      _kvm_error_add_detail (error, "KVM_CAP_SPLIT_IRQCHIP is 0");
    }
  add_hint (error, KVM_ERROR_EXISTS,
            "it must come before the first vCPU, and in the place of kvm_vm_create_irqchip ()");
  return FALSE;
}

#define NEEDS_IRQCHIP                                                                              \
  "the PICs and the I/O APIC are not in the kernel, see kvm_vm_create_irqchip ()"
#define NEEDS_PIT "there is no timer in the kernel, see kvm_vm_x86_create_pit ()"

/**
 * kvm_vm_x86_get_irqchip:
 * @vm: a virtual machine with interrupt controllers in the kernel
 * @id: which one
 * @error: return location for an error
 *
 * Gets the state of an interrupt controller (`KVM_GET_IRQCHIP`; %KVM_CAPABILITY_IRQCHIP; x86). See
 * section 4.26 of api.rst.
 *
 * Fails with %KVM_ERROR_NO_SUCH_ATTRIBUTE if it is not in the kernel, %KVM_ERROR_INVALID_ARGUMENT
 * if there is none with this id, %KVM_ERROR_CLOSED, and with %KVM_ERROR_NOT_SUPPORTED.
 *
 * Returns: (transfer full): the state
 *
 * Since: 0.1
 */
KvmX86Irqchip *
kvm_vm_x86_get_irqchip (KvmVm *vm, KvmX86IrqchipId id, GError **error)
{
  KvmX86Irqchip irqchip = { .chip_id = id };

  g_return_val_if_fail (KVM_IS_VM (vm), NULL);
  _kvm_return_val_unless_arch (X86, NULL, error);

  if (kvm_ioctl (&vm->handle, KVM_GET_IRQCHIP, &irqchip, error) == -1)
    {
      _kvm_error_add_detail (error, "irqchip %u", (guint) id);
      add_hint (error, KVM_ERROR_NO_SUCH_ATTRIBUTE, NEEDS_IRQCHIP);
      return NULL;
    }
  return kvm_x86_irqchip_copy (&irqchip);
}

/**
 * kvm_vm_x86_set_irqchip:
 * @vm: a virtual machine with interrupt controllers in the kernel
 * @irqchip: the state of one of them
 * @error: return location for an error
 *
 * Sets the state of an interrupt controller (`KVM_SET_IRQCHIP`; %KVM_CAPABILITY_IRQCHIP; x86). See
 * section 4.27 of api.rst.
 *
 * Fails with %KVM_ERROR_NO_SUCH_ATTRIBUTE if it is not in the kernel, %KVM_ERROR_CLOSED, and with
 * %KVM_ERROR_NOT_SUPPORTED.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vm_x86_set_irqchip (KvmVm *vm, const KvmX86Irqchip *irqchip, GError **error)
{
  g_return_val_if_fail (KVM_IS_VM (vm) && irqchip != NULL, FALSE);
  _kvm_return_val_unless_arch (X86, FALSE, error);

  if (kvm_ioctl (&vm->handle, KVM_SET_IRQCHIP, irqchip, error) == -1)
    {
      _kvm_error_add_detail (error, "irqchip %u", irqchip->chip_id);
      add_hint (error, KVM_ERROR_NO_SUCH_ATTRIBUTE, NEEDS_IRQCHIP);
      return FALSE;
    }
  return TRUE;
}

/**
 * kvm_vm_x86_get_pit:
 * @vm: a virtual machine with a timer in the kernel
 * @error: return location for an error
 *
 * Gets the state of the timer (`KVM_GET_PIT2`; %KVM_CAPABILITY_PIT_STATE2; x86). See section 4.72
 * of api.rst.
 *
 * Fails with %KVM_ERROR_NO_SUCH_ATTRIBUTE if it is not in the kernel, %KVM_ERROR_CLOSED, and with
 * %KVM_ERROR_NOT_SUPPORTED.
 *
 * Returns: (transfer full): the state
 *
 * Since: 0.1
 */
KvmX86PitState *
kvm_vm_x86_get_pit (KvmVm *vm, GError **error)
{
  KvmX86PitState pit = { .flags = 0 };

  g_return_val_if_fail (KVM_IS_VM (vm), NULL);
  _kvm_return_val_unless_arch (X86, NULL, error);

  if (kvm_ioctl (&vm->handle, KVM_GET_PIT2, &pit, error) == -1)
    {
      add_hint (error, KVM_ERROR_NO_SUCH_ATTRIBUTE, NEEDS_PIT);
      return NULL;
    }
  return kvm_x86_pit_state_copy (&pit);
}

/**
 * kvm_vm_x86_set_pit:
 * @vm: a virtual machine with a timer in the kernel
 * @pit: the state of the timer
 * @error: return location for an error
 *
 * Sets the state of the timer (`KVM_SET_PIT2`; %KVM_CAPABILITY_PIT_STATE2; x86). Its channels start
 * to count anew. See section 4.73 of api.rst.
 *
 * Fails with %KVM_ERROR_NO_SUCH_ATTRIBUTE if it is not in the kernel, %KVM_ERROR_CLOSED, and with
 * %KVM_ERROR_NOT_SUPPORTED.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vm_x86_set_pit (KvmVm *vm, const KvmX86PitState *pit, GError **error)
{
  g_return_val_if_fail (KVM_IS_VM (vm) && pit != NULL, FALSE);
  _kvm_return_val_unless_arch (X86, FALSE, error);

  if (kvm_ioctl (&vm->handle, KVM_SET_PIT2, pit, error) == -1)
    {
      add_hint (error, KVM_ERROR_NO_SUCH_ATTRIBUTE, NEEDS_PIT);
      return FALSE;
    }
  return TRUE;
}

/**
 * kvm_vm_x86_set_pit_reinject:
 * @vm: a virtual machine with a timer in the kernel
 * @reinject: whether ticks that the guest was too slow for are made up for
 * @error: return location for an error
 *
 * Sets what becomes of the timer's lost ticks (`KVM_REINJECT_CONTROL`;
 * %KVM_CAPABILITY_REINJECT_CONTROL; x86). At first they are made up for, which guests want that
 * count them; others, which look at another clock, do better without. See section 4.99 of api.rst.
 *
 * Fails with %KVM_ERROR_NO_SUCH_ATTRIBUTE if the timer is not in the kernel, %KVM_ERROR_CLOSED, and
 * with %KVM_ERROR_NOT_SUPPORTED.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vm_x86_set_pit_reinject (KvmVm *vm, gboolean reinject, GError **error)
{
  KvmAbiReinjectControl control = { .pit_reinject = reinject != FALSE };

  g_return_val_if_fail (KVM_IS_VM (vm), FALSE);
  _kvm_return_val_unless_arch (X86, FALSE, error);

  if (kvm_ioctl_sized (&vm->handle, KVM_REINJECT_CONTROL, &control, sizeof control, error) == -1)
    {
      add_hint (error, KVM_ERROR_NO_SUCH_ATTRIBUTE, NEEDS_PIT);
      return FALSE;
    }
  return TRUE;
}

/**
 * kvm_vm_x86_set_boot_cpu_id:
 * @vm: a virtual machine without vCPUs
 * @id: the id of a vCPU
 * @error: return location for an error
 *
 * Sets which vCPU boots (`KVM_SET_BOOT_CPU_ID`; %KVM_CAPABILITY_SET_BOOT_CPU_ID; x86). At first it
 * is vCPU 0. With interrupt controllers in the kernel the others wait until it starts them. See
 * section 4.41 of api.rst.
 *
 * Fails with %KVM_ERROR_BUSY if there are vCPUs already, %KVM_ERROR_CLOSED, and with
 * %KVM_ERROR_NOT_SUPPORTED.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vm_x86_set_boot_cpu_id (KvmVm *vm, guint id, GError **error)
{
  g_return_val_if_fail (KVM_IS_VM (vm), FALSE);
  _kvm_return_val_unless_arch (X86, FALSE, error);

  if (kvm_ioctl_value (&vm->handle, KVM_SET_BOOT_CPU_ID, id, error) == -1)
    {
      _kvm_error_add_detail (error, "vCPU id %u", id);
      add_hint (error, KVM_ERROR_BUSY, "it must come before the first vCPU");
      return FALSE;
    }
  return TRUE;
}
