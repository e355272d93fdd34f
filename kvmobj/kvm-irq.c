/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Interrupts that a program raises by a call each. */

#include "config.h"

#include "kvm-error-private.h"
#include "kvm-ioctl-private.h"
#include "kvm-irq.h"
#include "kvm-vcpu-private.h"
#include "kvm-vm-private.h"

#define RISCV_DOWN 0xfffffffeu

static gboolean
matches (GError **error, KvmError code)
{
  return error != NULL && g_error_matches (*error, KVM_ERROR, code);
}

static void
add_line_detail (guint32 irq, GError **error)
{
  if (matches (error, KVM_ERROR_NO_SUCH_ATTRIBUTE))
    _kvm_error_add_detail (
        error,
        "IRQ 0x%x; the interrupt controllers must be in the kernel first, see " KVMOBJ_IRQCHIP_MAKER,
        irq);
  else
    _kvm_error_add_detail (error, "IRQ 0x%x", irq);
}

/**
 * kvm_vm_set_irq_line:
 * @vm: a virtual machine with interrupt controllers in the kernel
 * @irq: which line: on x86 and riscv64 the number of the interrupt (GSI), on arm64 a number that
 *   says the kind of the interrupt, too; see api.rst
 * @level: %TRUE for up, %FALSE for down
 * @error: return location for an error
 *
 * Puts an interrupt line up or down (`KVM_IRQ_LINE`; %KVM_CAPABILITY_IRQCHIP). For an interrupt
 * that is an edge, put it up and down again. On x86 the kernel takes any number; a line that leads
 * nowhere does nothing. [class@Kvm.IrqTrigger] is cheaper where it will do. See section 4.25 of
 * api.rst.
 *
 * Fails with %KVM_ERROR_NO_SUCH_ATTRIBUTE if the interrupt controllers are not in the kernel,
 * %KVM_ERROR_INVALID_ARGUMENT if there is no such line (arm64, riscv64), %KVM_ERROR_CLOSED, and
 * with %KVM_ERROR_NOT_SUPPORTED.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vm_set_irq_line (KvmVm *vm, guint32 irq, gboolean level, GError **error)
{
  KvmAbiIrqLevel line = { .irq = irq, .level = level != FALSE };

  g_return_val_if_fail (KVM_IS_VM (vm), FALSE);

  if (kvm_ioctl (&vm->handle, KVM_IRQ_LINE, &line, error) == -1)
    {
      add_line_detail (irq, error);
      return FALSE;
    }
  return TRUE;
}

/* Where the kernel lacks the capability it takes the call, but leaves the status as it was. */
static gboolean
check_line_status (KvmVm *vm, GError **error)
{
  if (KVMOBJ_HOST_ARCH == KVMOBJ_ARCH_X86)
    return TRUE;

  if (!_kvm_handle_check (&vm->handle, "KVM_IRQ_LINE_STATUS", error))
    return FALSE;
  if (_kvm_handle_peek_extension (&vm->handle, KVM_CAPABILITY_IRQ_INJECT_STATUS) != 0)
    return TRUE;
  g_set_error_literal (error, KVM_ERROR, KVM_ERROR_NOT_SUPPORTED,
                       "KVM_IRQ_LINE_STATUS on VM: this kernel does not have it "
                       "(KVM_CAP_IRQ_INJECT_STATUS is 0)");
  return FALSE;
}

/**
 * kvm_vm_set_irq_line_status:
 * @vm: a virtual machine with interrupt controllers in the kernel
 * @irq: which line, as for [method@Kvm.Vm.set_irq_line]
 * @level: %TRUE for up, %FALSE for down
 * @status: (out): to how many vCPUs the interrupt went; 0 if the one before is still pending, so
 *   that the two became one; negative if nobody took it, since it is masked
 * @error: return location for an error
 *
 * Puts an interrupt line up or down, and tells what became of it (`KVM_IRQ_LINE_STATUS`;
 * %KVM_CAPABILITY_IRQ_INJECT_STATUS; x86). So a timer knows which of its ticks were lost.
 *
 * Fails as [method@Kvm.Vm.set_irq_line] does.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vm_set_irq_line_status (KvmVm *vm, guint32 irq, gboolean level, int *status, GError **error)
{
  KvmAbiIrqLevel line = { .irq = irq, .level = level != FALSE };

  g_return_val_if_fail (status != NULL, FALSE);
  *status = 0;
  g_return_val_if_fail (KVM_IS_VM (vm), FALSE);

  if (!check_line_status (vm, error))
    return FALSE;
  if (kvm_ioctl (&vm->handle, KVM_IRQ_LINE_STATUS, &line, error) == -1)
    {
      add_line_detail (irq, error);
      return FALSE;
    }
  *status = line.status;
  return TRUE;
}

/**
 * kvm_vm_signal_msi:
 * @vm: a virtual machine with interrupt controllers in the kernel
 * @address: where a device would write the message; on x86 the upper half counts only with
 *   %KVM_CAPABILITY_X2APIC_API
 * @data: what it would write
 * @flags: what else there is
 * @device_id: the id of the device, with %KVM_MSI_FLAGS_VALID_DEVICE_ID; else 0
 * @n_delivered: (out): to how many the interrupt went; 0 if the guest blocks it, or has no vCPU
 * that it leads to
 * @error: return location for an error
 *
 * Sends a message-signalled interrupt (`KVM_SIGNAL_MSI`; %KVM_CAPABILITY_SIGNAL_MSI). To send the
 * same one often, route it to a number with [method@Kvm.IrqRouting.add_msi] and raise that through
 * a [class@Kvm.IrqTrigger]. See section 4.71 of api.rst.
 *
 * Fails with %KVM_ERROR_INVALID_ARGUMENT if the interrupt controllers are not in the kernel, or do
 * not take these flags; %KVM_ERROR_NOT_PERMITTED, as the kernel sometimes says if the message leads
 * to no vCPU (x86); %KVM_ERROR_CLOSED, and with %KVM_ERROR_NOT_SUPPORTED.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vm_signal_msi (KvmVm *vm, guint64 address, guint32 data, KvmMsiFlags flags, guint32 device_id,
                   guint *n_delivered, GError **error)
{
  KvmAbiMsi msi = {
    .address_lo = (guint32) address,
    .address_hi = address >> 32,
    .data = data,
    .flags = flags,
    .devid = device_id,
  };
  int ret;

  g_return_val_if_fail (n_delivered != NULL, FALSE);
  *n_delivered = 0;
  g_return_val_if_fail (KVM_IS_VM (vm), FALSE);

  ret = kvm_ioctl (&vm->handle, KVM_SIGNAL_MSI, &msi, error);
  if (ret == -1)
    {
      _kvm_error_add_detail (error, "address 0x%" G_GINT64_MODIFIER "x, data 0x%x%s", address, data,
                             matches (error, KVM_ERROR_NOT_PERMITTED) ? "; it leads to no vCPU"
                                                                      : "");
      return FALSE;
    }
  *n_delivered = ret;
  return TRUE;
}

/**
 * kvm_vcpu_interrupt:
 * @vcpu: a vCPU
 * @irq: on x86 the vector, below 256; on riscv64 0xffffffff to put the external interrupt up, and
 *   0xfffffffe to put it down
 * @error: return location for an error
 *
 * Gives the vCPU an interrupt, as an interrupt controller in the process does (`KVM_INTERRUPT`; x86
 * and riscv64).
 *
 * On x86 the guest takes it first of all in the next run, whether it is ready or not, and one that
 * it did not take yet is replaced. So ask [method@Kvm.Exit.x86_get_ready_for_interrupt] first, and
 * if it is not ready, have it stop when it is, with
 * [method@Kvm.Vcpu.x86_set_interrupt_window_requested]. If the local APIC alone is in the kernel,
 * this is what a PIC in the process sends through it, and the kernel waits until the guest is
 * ready. See section 4.16 of api.rst.
 *
 * Fails with %KVM_ERROR_NO_SUCH_ATTRIBUTE if the PIC is in the kernel (x86), %KVM_ERROR_EXISTS if
 * the local APIC is and has one already, %KVM_ERROR_INVALID_ARGUMENT or, on riscv64,
 * %KVM_ERROR_INVALID if there is no such interrupt,
 * %KVM_ERROR_CLOSED, %KVM_ERROR_RUNNING, and with %KVM_ERROR_NOT_SUPPORTED on arm64.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vcpu_interrupt (KvmVcpu *vcpu, guint32 irq, GError **error)
{
  KvmAbiInterrupt interrupt = { .irq = irq };

  g_return_val_if_fail (_kvm_is_vcpu (vcpu), FALSE);
  if (KVMOBJ_HOST_ARCH == KVMOBJ_ARCH_ARM64)
    {
      g_set_error_literal (error, KVM_ERROR, KVM_ERROR_NOT_SUPPORTED,
                           "kvm_vcpu_interrupt () is for x86_64 and riscv64; on arm64 interrupts "
                           "have lines, see kvm_vm_set_irq_line ()");
      return FALSE;
    }

  /* The kernel takes any other number for down. */
  if (KVMOBJ_HOST_ARCH == KVMOBJ_ARCH_RISCV && irq < RISCV_DOWN)
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                   "There is no interrupt 0x%x: 0xffffffff puts the external interrupt up, "
                   "0xfffffffe down",
                   irq);
      return FALSE;
    }

  if (kvm_ioctl (&vcpu->handle, KVM_INTERRUPT, &interrupt, error) == -1)
    {
      _kvm_error_add_detail (error, "interrupt 0x%x%s", irq,
                             matches (error, KVM_ERROR_NO_SUCH_ATTRIBUTE)
                                 ? "; the PIC is in the kernel, see kvm_vm_set_irq_line ()"
                                 : "");
      return FALSE;
    }
  return TRUE;
}
