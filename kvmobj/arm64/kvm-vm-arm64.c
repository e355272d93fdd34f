/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "kvm-error-private.h"
#include "kvm-ioctl-private.h"
#include "kvm-irq.h"
#include "kvm-vm-private.h"
#include "arm64/kvm-arm64-attribute-private.h"
#include "arm64/kvm-vm-arm64.h"

#define GROUP_SMCCC_CTRL 0
#define SMCCC_FILTER 0

/* An address with a tag of its own. */
#define MTE_GRANULE 16
/* More than the kernel takes at once. */
#define MAX_MTE_SIZE (G_GUINT64_CONSTANT (1) << 31)

#define IRQ_VCPU2_SHIFT 28
#define IRQ_KIND_SHIFT 24
#define IRQ_VCPU_SHIFT 16
#define MAX_VCPU_INDEX 0xfff
#define MAX_OLD_VCPU_INDEX 0xff

/**
 * kvm_vm_arm64_get_preferred_target:
 * @vm: a virtual machine
 * @init: (out caller-allocates): the target; add features to it
 * @error: return location for an error
 *
 * Asks which processor the host does best (`KVM_ARM_PREFERRED_TARGET`; arm64), for
 * [method@Kvm.Vcpu.arm64_init]. Kernels so far ask for no features. See section 4.83 of api.rst.
 *
 * Fails with %KVM_ERROR_CLOSED, %KVM_ERROR_NO_DEVICE if the host knows none, and with
 * %KVM_ERROR_NOT_SUPPORTED on another architecture.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vm_arm64_get_preferred_target (KvmVm *vm, KvmArm64VcpuInit *init, GError **error)
{
  g_return_val_if_fail (KVM_IS_VM (vm) && init != NULL, FALSE);
  _kvm_return_val_unless_arch (ARM64, FALSE, error);

  return kvm_ioctl (&vm->handle, KVM_ARM_PREFERRED_TARGET, init, error) != -1;
}

/**
 * kvm_vm_arm64_get_reg_writable_masks:
 * @vm: a virtual machine
 * @error: return location for an error
 *
 * Asks which bits of the registers that describe the processor [method@Kvm.Vcpu.set_one_reg] may
 * change (`KVM_ARM_GET_REG_WRITABLE_MASKS`; %KVM_CAPABILITY_ARM_SUPPORTED_REG_MASK_RANGES; arm64).
 * See section 4.139 of api.rst.
 *
 * Fails with %KVM_ERROR_CLOSED, and with %KVM_ERROR_NOT_SUPPORTED on another architecture or if the
 * kernel lacks the capability.
 *
 * Returns: (transfer full): the masks
 *
 * Since: 0.1
 */
KvmArm64RegMasks *
kvm_vm_arm64_get_reg_writable_masks (KvmVm *vm, GError **error)
{
  g_autofree KvmArm64RegMasks *masks = NULL;
  KvmAbiArm64RegMaskRange range = { .range = 0 }; /* there is only this one so far */

  g_return_val_if_fail (KVM_IS_VM (vm), NULL);
  _kvm_return_val_unless_arch (ARM64, NULL, error);

  masks = g_new0 (KvmArm64RegMasks, 1);
  range.addr = (gulong) masks;
  if (kvm_ioctl (&vm->handle, KVM_ARM_GET_REG_WRITABLE_MASKS, &range, error) == -1)
    return NULL;
  return g_steal_pointer (&masks);
}

/**
 * kvm_vm_arm64_set_counter_offset:
 * @vm: a virtual machine
 * @offset: how far the guest's counters are behind the host's
 * @error: return location for an error
 *
 * Sets what the guest's physical and virtual counters are behind the host's by
 * (`KVM_ARM_SET_COUNTER_OFFSET`; %KVM_CAPABILITY_COUNTER_OFFSET; arm64). From then on
 * %KVMOBJ_ARM64_REG_TIMER_CNT and %KVMOBJ_ARM64_REG_PTIMER_CNT cannot be set: writes are ignored.
 * No vCPU may be running. See section 4.138 of api.rst.
 *
 * Fails with %KVM_ERROR_CLOSED, %KVM_ERROR_BUSY if a vCPU is running, and with
 * %KVM_ERROR_NOT_SUPPORTED on another architecture or if the kernel lacks the capability.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vm_arm64_set_counter_offset (KvmVm *vm, guint64 offset, GError **error)
{
  KvmAbiArm64CounterOffset argument = { .counter_offset = offset };

  g_return_val_if_fail (KVM_IS_VM (vm), FALSE);
  _kvm_return_val_unless_arch (ARM64, FALSE, error);

  if (kvm_ioctl (&vm->handle, KVM_ARM_SET_COUNTER_OFFSET, &argument, error) == -1)
    {
      _kvm_error_add_detail (error, "offset 0x%" G_GINT64_MODIFIER "x", offset);
      return FALSE;
    }
  return TRUE;
}

/* Tags of a range of guest memory, in one direction or the other. */
static gboolean
copy_mte_tags (KvmVm *vm, guint64 guest_address, guint64 size, guint8 *tags, guint64 direction,
               GError **error)
{
  KvmAbiArm64CopyMteTags copy = {
    .guest_ipa = guest_address,
    .length = size,
    .addr = (gulong) tags,
    .flags = direction,
  };
  int done = kvm_ioctl (&vm->handle, KVM_ARM_MTE_COPY_TAGS, &copy, error);

  if (done == -1)
    {
      _kvm_error_add_detail (error,
                             "0x%" G_GINT64_MODIFIER
                             "x bytes at guest address 0x%" G_GINT64_MODIFIER
                             "x; whole pages of memory slots, with KVM_CAP_ARM_MTE enabled",
                             size, guest_address);
      return FALSE;
    }
  if ((guint64) done < size)
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_PARTIAL,
                   "KVM_ARM_MTE_COPY_TAGS on VM: it ended after 0x%x of the 0x%" G_GINT64_MODIFIER
                   "x bytes at guest address 0x%" G_GINT64_MODIFIER "x",
                   done, size, guest_address);
      return FALSE;
    }
  return TRUE;
}

static gboolean
check_mte_range (guint64 guest_address, guint64 size, GError **error)
{
  if (size != 0 && size < MAX_MTE_SIZE && size % MTE_GRANULE == 0)
    return TRUE;

  g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
               "Tags are copied of whole pages, of less than 2 GiB, not of 0x%" G_GINT64_MODIFIER
               "x bytes at guest address 0x%" G_GINT64_MODIFIER "x",
               size, guest_address);
  return FALSE;
}

/**
 * kvm_vm_arm64_get_mte_tags:
 * @vm: a virtual machine with %KVM_CAPABILITY_ARM_MTE enabled
 * @guest_address: where in the guest's memory, the beginning of a page
 * @size: how many bytes of it, whole pages
 * @n_tags: (out): the length of the result: @size / 16
 * @error: return location for an error
 *
 * Gets the tags of guest memory (`KVM_ARM_MTE_COPY_TAGS`; %KVM_CAPABILITY_ARM_MTE; arm64). See
 * section 4.130 of api.rst.
 *
 * Fails with %KVM_ERROR_INVALID or %KVM_ERROR_INVALID_ARGUMENT if it is not whole pages or the
 * capability is not enabled, %KVM_ERROR_FAULT if there is no memory, %KVM_ERROR_PARTIAL if there is
 * at the beginning, %KVM_ERROR_NO_MEMORY, %KVM_ERROR_CLOSED, and with %KVM_ERROR_NOT_SUPPORTED on
 * another architecture or if the kernel lacks the capability.
 *
 * Returns: (array length=n_tags) (transfer full): the tags, one byte for each 16 bytes of memory,
 * of which the lower 4 bits count
 *
 * Since: 0.1
 */
guint8 *
kvm_vm_arm64_get_mte_tags (KvmVm *vm, guint64 guest_address, gsize size, gsize *n_tags,
                           GError **error)
{
  g_autofree guint8 *tags = NULL;

  g_return_val_if_fail (n_tags != NULL, NULL);
  *n_tags = 0;
  g_return_val_if_fail (KVM_IS_VM (vm), NULL);
  _kvm_return_val_unless_arch (ARM64, NULL, error);

  if (!check_mte_range (guest_address, size, error))
    return NULL;
  tags = g_try_malloc0 (size / MTE_GRANULE);
  if (tags == NULL)
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_NO_MEMORY,
                   "KVM_ARM_MTE_COPY_TAGS: there is no room for the tags of 0x%" G_GSIZE_MODIFIER
                   "x bytes",
                   size);
      return NULL;
    }
  if (!copy_mte_tags (vm, guest_address, size, tags, KVMOBJ_ARM64_TAGS_FROM_GUEST, error))
    return NULL;
  *n_tags = size / MTE_GRANULE;
  return g_steal_pointer (&tags);
}

/**
 * kvm_vm_arm64_set_mte_tags:
 * @vm: a virtual machine with %KVM_CAPABILITY_ARM_MTE enabled
 * @guest_address: where in the guest's memory, the beginning of a page
 * @tags: (array length=n_tags): the tags, one byte for each 16 bytes of memory, of which the lower
 * 4 bits count
 * @n_tags: how many there are: those of whole pages
 * @error: return location for an error
 *
 * Sets the tags of guest memory (`KVM_ARM_MTE_COPY_TAGS`; %KVM_CAPABILITY_ARM_MTE; arm64). See
 * section 4.130 of api.rst.
 *
 * Fails as [method@Kvm.Vm.arm64_get_mte_tags] does.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vm_arm64_set_mte_tags (KvmVm *vm, guint64 guest_address, const guint8 *tags, gsize n_tags,
                           GError **error)
{
  g_return_val_if_fail (KVM_IS_VM (vm), FALSE);
  g_return_val_if_fail (tags != NULL || n_tags == 0, FALSE);
  _kvm_return_val_unless_arch (ARM64, FALSE, error);

  /* The kernel only reads what it is given in this direction. */
  return check_mte_range (guest_address, (guint64) MIN (n_tags, MAX_MTE_SIZE) * MTE_GRANULE, error)
         && copy_mte_tags (vm, guest_address, n_tags * MTE_GRANULE, (guint8 *) tags,
                           KVMOBJ_ARM64_TAGS_TO_GUEST, error);
}

/**
 * kvm_vm_arm64_set_smccc_filter:
 * @vm: a virtual machine
 * @function: the first function number, as the guest has it in W0: 0x84000008 is PSCI's SYSTEM_OFF
 * @n_functions: how many numbers follow one another
 * @action: what becomes of such a call
 * @error: return location for an error
 *
 * Says what becomes of the guest's calls to the firmware, by HVC and SMC instructions
 * (`KVM_SET_DEVICE_ATTR` with `KVM_ARM_VM_SMCCC_FILTER`; arm64, since Linux 6.4). It is done before
 * the first run, once for each range; ranges do not overlap, and may contain neither the functions
 * with which the guest asks for workarounds nor 32-bit calls to them. A call that is forwarded
 * stops the vCPU with %KVM_EXIT_REASON_HYPERCALL, where [method@Kvm.Exit.get_hypercall_number] has
 * its number and [method@Kvm.Exit.get_hypercall_flags] the [flags@Kvm.Arm64HypercallFlags]; its
 * arguments are in the registers X1 to X6, and its results are put into X0 to X3.
 *
 * Fails with %KVM_ERROR_EXISTS if there is an action for some of them already,
 * %KVM_ERROR_INVALID_ARGUMENT if the kernel takes no such range or action, %KVM_ERROR_BUSY if a
 * vCPU has run, %KVM_ERROR_CLOSED, and with %KVM_ERROR_NOT_SUPPORTED on another architecture or if
 * the kernel has no such attribute.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vm_arm64_set_smccc_filter (KvmVm *vm, guint32 function, guint32 n_functions,
                               KvmArm64SmcccFilterAction action, GError **error)
{
  KvmAbiArm64SmcccFilter filter = {
    .base = function,
    .nr_functions = n_functions,
    .action = action,
  };

  g_return_val_if_fail (KVM_IS_VM (vm), FALSE);
  _kvm_return_val_unless_arch (ARM64, FALSE, error);

  return _kvm_arm64_set_attribute (&vm->handle, GROUP_SMCCC_CTRL, SMCCC_FILTER, &filter, error,
                                   "the SMCCC filter for %u functions from 0x%08x on", n_functions,
                                   function);
}

static gboolean
check_irq (KvmArm64IrqKind kind, guint vcpu_index, guint irq, GError **error)
{
  static const struct
  {
    const char *name;
    guint first, last;
  } kinds[] = {
    [KVM_ARM64_IRQ_KIND_CPU] = { "input of a vCPU", 0, 1 },
    [KVM_ARM64_IRQ_KIND_SPI] = { "SPI", 32, 1019 },
    [KVM_ARM64_IRQ_KIND_PPI] = { "PPI", 16, 31 },
  };

  if ((guint) kind >= G_N_ELEMENTS (kinds))
    g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID, "There is no kind %d of interrupts", kind);
  else if (irq < kinds[kind].first || irq > kinds[kind].last)
    g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID, "An %s has a number from %u to %u, not %u",
                 kinds[kind].name, kinds[kind].first, kinds[kind].last, irq);
  else if (kind == KVM_ARM64_IRQ_KIND_SPI && vcpu_index != 0)
    g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                 "All vCPUs share the SPI %u, so that its vCPU is 0, not %u", irq, vcpu_index);
  else if (vcpu_index > MAX_VCPU_INDEX)
    g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                 "KVM_IRQ_LINE reaches the vCPUs up to %u, not %u", MAX_VCPU_INDEX, vcpu_index);
  else
    return TRUE;
  return FALSE;
}

/**
 * kvm_vm_arm64_set_irq_line:
 * @vm: a virtual machine
 * @kind: what kind of line it is
 * @vcpu_index: which vCPU it leads to, counted in the order in which they were made; 0 for an SPI
 * @irq: the number as the guest sees it: of an SPI from 32 on, of a PPI 16 to 31; of an input of
 * the vCPU itself 0 for IRQ and 1 for FIQ
 * @level: %TRUE for up, %FALSE for down
 * @error: return location for an error
 *
 * Puts an interrupt line up or down (`KVM_IRQ_LINE`; %KVM_CAPABILITY_IRQCHIP; arm64): what
 * [method@Kvm.Vm.set_irq_line] does, whose number has all this packed. vCPUs above 255 take
 * %KVM_CAPABILITY_ARM_IRQ_LINE_LAYOUT_2. For an interrupt that is an edge, put it up and down
 * again. See section 4.25 of api.rst.
 *
 * Fails with %KVM_ERROR_INVALID if there can be no such number, %KVM_ERROR_INVALID_ARGUMENT if the
 * interrupt controller does not have it or there is no such vCPU, %KVM_ERROR_NO_SUCH_ATTRIBUTE if
 * the interrupt controller is not in the kernel, or for an input of a vCPU if it is,
 * %KVM_ERROR_CLOSED, and with %KVM_ERROR_NOT_SUPPORTED on another architecture, or if the kernel
 * lacks the capability.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vm_arm64_set_irq_line (KvmVm *vm, KvmArm64IrqKind kind, guint vcpu_index, guint irq,
                           gboolean level, GError **error)
{
  KvmAbiIrqLevel line = {
    .irq = irq | (guint32) kind << IRQ_KIND_SHIFT | (vcpu_index & 0xff) << IRQ_VCPU_SHIFT
           | vcpu_index >> 8 << IRQ_VCPU2_SHIFT,
    .level = level != FALSE,
  };

  g_return_val_if_fail (KVM_IS_VM (vm), FALSE);
  _kvm_return_val_unless_arch (ARM64, FALSE, error);

  if (!check_irq (kind, vcpu_index, irq, error))
    return FALSE;
  if (vcpu_index > MAX_OLD_VCPU_INDEX && _kvm_handle_check (&vm->handle, "KVM_IRQ_LINE", error)
      && _kvm_handle_peek_extension (&vm->handle, KVM_CAPABILITY_ARM_IRQ_LINE_LAYOUT_2) == 0)
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_NOT_SUPPORTED,
                   "KVM_IRQ_LINE on VM: this kernel does not reach vCPU %u "
                   "(KVM_CAP_ARM_IRQ_LINE_LAYOUT_2 is 0)",
                   vcpu_index);
      return FALSE;
    }
  if (kvm_ioctl (&vm->handle, KVM_IRQ_LINE, &line, error) == -1)
    {
      _kvm_error_add_detail (
          error, "%s %u of vCPU %u%s",
          kind == KVM_ARM64_IRQ_KIND_CPU   ? "input"
          : kind == KVM_ARM64_IRQ_KIND_SPI ? "SPI"
                                           : "PPI",
          irq, vcpu_index,
          error != NULL && g_error_matches (*error, KVM_ERROR, KVM_ERROR_NO_SUCH_ATTRIBUTE)
              ? kind == KVM_ARM64_IRQ_KIND_CPU
                    ? "; the interrupt controller is in the kernel"
                    : "; the interrupt controller must be in the kernel first"
              : "");
      return FALSE;
    }
  return TRUE;
}
