/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Interrupt controllers in the kernel: how they are made and where they are. */

#include "config.h"

#include "kvm-device-private.h"
#include "kvm-error-private.h"
#include "kvm-vm-private.h"
#include "arm64/kvm-arm64-attribute-private.h"
#include "arm64/kvm-device-arm64-vgic.h"

#define GROUP_ADDR 0
#define GROUP_NR_IRQS 3
#define GROUP_CTRL 4
#define GROUP_MAINT_IRQ 9

#define ADDR_V3_REDIST_REGION 5
#define CTRL_INIT 0

#define REDIST_INDEX_MASK 0xfff
#define REDIST_BASE_MASK G_GUINT64_CONSTANT (0x000fffffffff0000)
#define REDIST_COUNT_SHIFT 52
#define REDIST_MAX_COUNT 0xfff

#define KIB 1024
#define V2_DISTRIBUTOR_SIZE (4 * KIB)
#define V2_CPU_INTERFACE_SIZE (8 * KIB)
#define V3_DISTRIBUTOR_SIZE (64 * KIB)
#define V3_REDISTRIBUTOR_SIZE (128 * KIB)

static const char *const address_names[] = {
  [KVM_ARM64_VGIC_ADDRESS_V2_DISTRIBUTOR] = "distributor",
  [KVM_ARM64_VGIC_ADDRESS_V2_CPU_INTERFACE] = "CPU interface",
  [KVM_ARM64_VGIC_ADDRESS_V3_DISTRIBUTOR] = "distributor",
  [KVM_ARM64_VGIC_ADDRESS_V3_REDISTRIBUTORS] = "redistributors",
  [KVM_ARM64_VGIC_ADDRESS_ITS] = "ITS",
};

/* Some kernels notice this only at the first run, and do not say what it is. */
static gboolean
check_apart (guint64 a, guint64 a_size, guint64 b, guint64 b_size, const char *what, GError **error)
{
  if (a < b ? b - a >= a_size : a - b >= b_size)
    return TRUE;

  g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
               "The distributor at 0x%" G_GINT64_MODIFIER "x and the %s at 0x%" G_GINT64_MODIFIER
               "x overlap",
               a, what, b);
  return FALSE;
}

static KvmDevice *
create_vgic (KvmVm *vm, KvmDeviceType type, KvmArm64VgicAddress kind, guint64 address,
             KvmArm64VgicAddress other_kind, guint64 other_address, GError **error)
{
  g_autoptr (KvmDevice) device = kvm_vm_create_device (vm, type, error);

  if (device != NULL && kvm_device_arm64_vgic_set_address (device, kind, address, error)
      && (other_kind == kind
          || kvm_device_arm64_vgic_set_address (device, other_kind, other_address, error)))
    return g_steal_pointer (&device);
  return NULL;
}

/**
 * kvm_vm_arm64_create_vgic_v2:
 * @vm: a virtual machine
 * @distributor: the guest-physical address of the distributor, a multiple of 4 KiB
 * @cpu_interface: the guest-physical address of the CPU interface, a multiple of 4 KiB
 * @error: return location for an error
 *
 * Creates an interrupt controller GICv2 in the kernel, for up to 8 vCPUs (`KVM_CREATE_DEVICE`;
 * %KVM_CAPABILITY_DEVICE_CTRL; arm64). Then create the vCPUs, and call
 * [method@Kvm.Device.arm64_vgic_init]. See Documentation/virt/kvm/devices/arm-vgic.rst.
 *
 * Fails with %KVM_ERROR_NO_DEVICE if the host cannot do GICv2, %KVM_ERROR_EXISTS if there is an
 * interrupt controller already, and as [method@Kvm.Device.arm64_vgic_set_address] does, also if the
 * two overlap.
 *
 * Returns: (transfer full): the interrupt controller
 *
 * Since: 0.1
 */
KvmDevice *
kvm_vm_arm64_create_vgic_v2 (KvmVm *vm, guint64 distributor, guint64 cpu_interface, GError **error)
{
  g_return_val_if_fail (KVM_IS_VM (vm), NULL);
  _kvm_return_val_unless_arch (ARM64, NULL, error);

  if (!check_apart (distributor, V2_DISTRIBUTOR_SIZE, cpu_interface, V2_CPU_INTERFACE_SIZE,
                    "CPU interface", error))
    return NULL;
  return create_vgic (vm, KVM_DEVICE_TYPE_ARM_VGIC_V2, KVM_ARM64_VGIC_ADDRESS_V2_DISTRIBUTOR,
                      distributor, KVM_ARM64_VGIC_ADDRESS_V2_CPU_INTERFACE, cpu_interface, error);
}

/**
 * kvm_vm_arm64_create_vgic_v3:
 * @vm: a virtual machine
 * @distributor: the guest-physical address of the distributor, a multiple of 64 KiB
 * @redistributors: the guest-physical address of the redistributors, a multiple of 64 KiB; behind
 * it is room of 128 KiB for each vCPU
 * @error: return location for an error
 *
 * Creates an interrupt controller GICv3 in the kernel (`KVM_CREATE_DEVICE`;
 * %KVM_CAPABILITY_DEVICE_CTRL; arm64). Then create the vCPUs, and call
 * [method@Kvm.Device.arm64_vgic_init]. For redistributors in several places create a
 * %KVM_DEVICE_TYPE_ARM_VGIC_V3 with [method@Kvm.Vm.create_device], and add them with
 * [method@Kvm.Device.arm64_vgic_add_redistributors]. See
 * Documentation/virt/kvm/devices/arm-vgic-v3.rst.
 *
 * Fails with %KVM_ERROR_NO_DEVICE if the host cannot do GICv3, %KVM_ERROR_EXISTS if there is an
 * interrupt controller already, and as [method@Kvm.Device.arm64_vgic_set_address] does, also if the
 * two overlap.
 *
 * Returns: (transfer full): the interrupt controller
 *
 * Since: 0.1
 */
KvmDevice *
kvm_vm_arm64_create_vgic_v3 (KvmVm *vm, guint64 distributor, guint64 redistributors, GError **error)
{
  g_return_val_if_fail (KVM_IS_VM (vm), NULL);
  _kvm_return_val_unless_arch (ARM64, NULL, error);

  if (!check_apart (distributor, V3_DISTRIBUTOR_SIZE, redistributors, V3_REDISTRIBUTOR_SIZE,
                    "redistributors", error))
    return NULL;
  return create_vgic (vm, KVM_DEVICE_TYPE_ARM_VGIC_V3, KVM_ARM64_VGIC_ADDRESS_V3_DISTRIBUTOR,
                      distributor, KVM_ARM64_VGIC_ADDRESS_V3_REDISTRIBUTORS, redistributors, error);
}

/**
 * kvm_vm_arm64_create_vgic_its:
 * @vm: a virtual machine with a GICv3
 * @address: the guest-physical address, a multiple of 64 KiB
 * @error: return location for an error
 *
 * Creates an interrupt translation service in the kernel, by which message-signalled interrupts
 * reach a GICv3 (`KVM_CREATE_DEVICE`; %KVM_CAPABILITY_DEVICE_CTRL; arm64). There can be several.
 * Then call [method@Kvm.Device.arm64_vgic_init] of it. See
 * Documentation/virt/kvm/devices/arm-vgic-its.rst.
 *
 * Fails with %KVM_ERROR_NO_DEVICE if the host cannot do it, and as
 * [method@Kvm.Device.arm64_vgic_set_address] does.
 *
 * Returns: (transfer full): the interrupt translation service
 *
 * Since: 0.1
 */
KvmDevice *
kvm_vm_arm64_create_vgic_its (KvmVm *vm, guint64 address, GError **error)
{
  g_return_val_if_fail (KVM_IS_VM (vm), NULL);
  _kvm_return_val_unless_arch (ARM64, NULL, error);

  return create_vgic (vm, KVM_DEVICE_TYPE_ARM_VGIC_ITS, KVM_ARM64_VGIC_ADDRESS_ITS, address,
                      KVM_ARM64_VGIC_ADDRESS_ITS, address, error);
}

static gboolean
check_kind (KvmArm64VgicAddress kind, GError **error)
{
  if ((guint) kind < G_N_ELEMENTS (address_names))
    return TRUE;

  g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID, "Interrupt controllers have no address %d",
               kind);
  return FALSE;
}

/**
 * kvm_device_arm64_vgic_get_address:
 * @device: an interrupt controller, or an interrupt translation service
 * @kind: what of it
 * @address: (out): the guest-physical address; %G_MAXUINT64 if it has none yet
 * @error: return location for an error
 *
 * Gets where the guest finds a part of the interrupt controller (`KVM_GET_DEVICE_ATTR` with
 * `KVM_DEV_ARM_VGIC_GRP_ADDR`; arm64).
 *
 * Fails with %KVM_ERROR_INVALID, %KVM_ERROR_NO_SUCH_ATTRIBUTE or %KVM_ERROR_NO_DEVICE if a device
 * of the type has no such part, %KVM_ERROR_CLOSED, and with %KVM_ERROR_NOT_SUPPORTED on another
 * architecture.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_device_arm64_vgic_get_address (KvmDevice *device, KvmArm64VgicAddress kind, guint64 *address,
                                   GError **error)
{
  guint64 value = 0;

  g_return_val_if_fail (address != NULL, FALSE);
  *address = 0;
  g_return_val_if_fail (KVM_IS_DEVICE (device), FALSE);
  _kvm_return_val_unless_arch (ARM64, FALSE, error);

  if (!check_kind (kind, error)
      || !_kvm_arm64_get_attribute (_kvm_device_get_handle (device), GROUP_ADDR, kind, &value,
                                    error, "the address of the %s", address_names[kind]))
    return FALSE;
  *address = value;
  return TRUE;
}

/**
 * kvm_device_arm64_vgic_set_address:
 * @device: an interrupt controller, or an interrupt translation service
 * @kind: what of it
 * @address: the guest-physical address: a multiple of 4 KiB for a GICv2, of 64 KiB for the others
 * @error: return location for an error
 *
 * Sets where the guest finds a part of the interrupt controller (`KVM_SET_DEVICE_ATTR` with
 * `KVM_DEV_ARM_VGIC_GRP_ADDR`; arm64), once. The kernel does not look whether there is memory,
 * which it would hide.
 *
 * Fails with %KVM_ERROR_EXISTS if it has an address already, %KVM_ERROR_TOO_BIG if the address is
 * beyond what the guest's addresses have bits for, %KVM_ERROR_INVALID_ARGUMENT if it is not such a
 * multiple or in the way of another part, %KVM_ERROR_INVALID, %KVM_ERROR_NO_SUCH_ATTRIBUTE or
 * %KVM_ERROR_NO_DEVICE if a device of the type has no such part, %KVM_ERROR_CLOSED, and with
 * %KVM_ERROR_NOT_SUPPORTED on another architecture.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_device_arm64_vgic_set_address (KvmDevice *device, KvmArm64VgicAddress kind, guint64 address,
                                   GError **error)
{
  g_return_val_if_fail (KVM_IS_DEVICE (device), FALSE);
  _kvm_return_val_unless_arch (ARM64, FALSE, error);

  return check_kind (kind, error)
         && _kvm_arm64_set_attribute (_kvm_device_get_handle (device), GROUP_ADDR, kind, &address,
                                      error, "the %s at 0x%" G_GINT64_MODIFIER "x",
                                      address_names[kind], address);
}

/**
 * kvm_device_arm64_vgic_get_redistributors:
 * @device: a GICv3
 * @index: which region of redistributors
 * @address: (out): the guest-physical address of the region
 * @n_redistributors: (out): for how many vCPUs it is
 * @error: return location for an error
 *
 * Gets where a region of redistributors is (`KVM_GET_DEVICE_ATTR` with
 * `KVM_VGIC_V3_ADDR_TYPE_REDIST_REGION`; arm64).
 *
 * Fails with %KVM_ERROR_NOT_FOUND if there is no such region, %KVM_ERROR_CLOSED, and with
 * %KVM_ERROR_NOT_SUPPORTED on another architecture.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_device_arm64_vgic_get_redistributors (KvmDevice *device, guint index, guint64 *address,
                                          guint *n_redistributors, GError **error)
{
  guint64 region = index & REDIST_INDEX_MASK;

  g_return_val_if_fail (address != NULL && n_redistributors != NULL, FALSE);
  *address = 0;
  *n_redistributors = 0;
  g_return_val_if_fail (KVM_IS_DEVICE (device) && index <= REDIST_INDEX_MASK, FALSE);
  _kvm_return_val_unless_arch (ARM64, FALSE, error);

  if (!_kvm_arm64_get_attribute (_kvm_device_get_handle (device), GROUP_ADDR, ADDR_V3_REDIST_REGION,
                                 &region, error, "region %u of redistributors", index))
    return FALSE;
  *address = region & REDIST_BASE_MASK;
  *n_redistributors = region >> REDIST_COUNT_SHIFT;
  return TRUE;
}

/**
 * kvm_device_arm64_vgic_add_redistributors:
 * @device: a GICv3
 * @index: how many such regions there are already: they are added from 0 on
 * @address: the guest-physical address of the region, a multiple of 64 KiB
 * @n_redistributors: for how many vCPUs it is, at least 1; each takes 128 KiB
 * @error: return location for an error
 *
 * Adds a region of redistributors, for guests of many vCPUs (`KVM_SET_DEVICE_ATTR` with
 * `KVM_VGIC_V3_ADDR_TYPE_REDIST_REGION`; arm64), in place of
 * %KVM_ARM64_VGIC_ADDRESS_V3_REDISTRIBUTORS.
 *
 * Fails with %KVM_ERROR_INVALID_ARGUMENT if it is not aligned, in the way of another part, not the
 * next, or redistributors have an address of the other kind; %KVM_ERROR_TOO_BIG if it is beyond
 * what the guest's addresses have bits for, %KVM_ERROR_INVALID if the address or the number can
 * have no such value, %KVM_ERROR_CLOSED, and with %KVM_ERROR_NOT_SUPPORTED on another architecture.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_device_arm64_vgic_add_redistributors (KvmDevice *device, guint index, guint64 address,
                                          guint n_redistributors, GError **error)
{
  guint64 region;

  g_return_val_if_fail (KVM_IS_DEVICE (device), FALSE);
  _kvm_return_val_unless_arch (ARM64, FALSE, error);

  if (index > REDIST_INDEX_MASK || (address & ~REDIST_BASE_MASK) != 0 || n_redistributors == 0
      || n_redistributors > REDIST_MAX_COUNT)
    {
      g_set_error (
          error, KVM_ERROR, KVM_ERROR_INVALID,
          "A region of redistributors has a number up to %u, an address that is a multiple "
          "of 64 KiB and has 52 bits, and 1 to %u redistributors: not %u, 0x%" G_GINT64_MODIFIER
          "x and %u",
          REDIST_INDEX_MASK, REDIST_MAX_COUNT, index, address, n_redistributors);
      return FALSE;
    }
  region = (guint64) n_redistributors << REDIST_COUNT_SHIFT | address | index;
  return _kvm_arm64_set_attribute (_kvm_device_get_handle (device), GROUP_ADDR,
                                   ADDR_V3_REDIST_REGION, &region, error,
                                   "region %u of redistributors: %u at 0x%" G_GINT64_MODIFIER "x",
                                   index, n_redistributors, address);
}

static gboolean
get_number (KvmDevice *device, guint32 group, const char *what, guint *number, GError **error)
{
  guint32 value = 0;

  *number = 0;
  if (!_kvm_arm64_get_attribute (_kvm_device_get_handle (device), group, 0, &value, error, "%s",
                                 what))
    return FALSE;
  *number = value;
  return TRUE;
}

static gboolean
set_number (KvmDevice *device, guint32 group, const char *what, guint number, GError **error)
{
  const guint32 value = number;

  return _kvm_arm64_set_attribute (_kvm_device_get_handle (device), group, 0, &value, error,
                                   "%s %u", what, number);
}

/**
 * kvm_device_arm64_vgic_get_n_irqs:
 * @device: an interrupt controller
 * @n_irqs: (out): how many interrupts it has, with the 32 of each vCPU
 * @error: return location for an error
 *
 * Gets how many interrupts there are (`KVM_GET_DEVICE_ATTR` with `KVM_DEV_ARM_VGIC_GRP_NR_IRQS`;
 * arm64).
 *
 * Fails with %KVM_ERROR_NO_SUCH_ATTRIBUTE if it is no interrupt controller, %KVM_ERROR_CLOSED, and
 * with %KVM_ERROR_NOT_SUPPORTED on another architecture.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_device_arm64_vgic_get_n_irqs (KvmDevice *device, guint *n_irqs, GError **error)
{
  g_return_val_if_fail (KVM_IS_DEVICE (device) && n_irqs != NULL, FALSE);
  _kvm_return_val_unless_arch (ARM64, FALSE, error);

  return get_number (device, GROUP_NR_IRQS, "the number of interrupts", n_irqs, error);
}

/**
 * kvm_device_arm64_vgic_set_n_irqs:
 * @device: an interrupt controller
 * @n_irqs: how many interrupts it has, with the 32 of each vCPU: 64 to 1024, a multiple of 32
 * @error: return location for an error
 *
 * Sets how many interrupts there are (`KVM_SET_DEVICE_ATTR` with `KVM_DEV_ARM_VGIC_GRP_NR_IRQS`;
 * arm64), once, before [method@Kvm.Device.arm64_vgic_init]. Unless it is set it becomes 256.
 *
 * Fails with %KVM_ERROR_INVALID_ARGUMENT if there cannot be so many, %KVM_ERROR_BUSY if it is set
 * or the interrupt controller is initialized, %KVM_ERROR_NO_SUCH_ATTRIBUTE if it is none,
 * %KVM_ERROR_CLOSED, and with %KVM_ERROR_NOT_SUPPORTED on another architecture.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_device_arm64_vgic_set_n_irqs (KvmDevice *device, guint n_irqs, GError **error)
{
  g_return_val_if_fail (KVM_IS_DEVICE (device), FALSE);
  _kvm_return_val_unless_arch (ARM64, FALSE, error);

  return set_number (device, GROUP_NR_IRQS, "number of interrupts", n_irqs, error);
}

/**
 * kvm_device_arm64_vgic_get_maintenance_irq:
 * @device: an interrupt controller
 * @irq: (out): the number of the interrupt
 * @error: return location for an error
 *
 * Gets by which interrupt the interrupt controller calls a guest that virtualizes itself
 * (`KVM_GET_DEVICE_ATTR` with `KVM_DEV_ARM_VGIC_GRP_MAINT_IRQ`; arm64, newer kernels).
 *
 * Fails with %KVM_ERROR_NO_SUCH_ATTRIBUTE if the kernel is older, %KVM_ERROR_CLOSED, and with
 * %KVM_ERROR_NOT_SUPPORTED on another architecture.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_device_arm64_vgic_get_maintenance_irq (KvmDevice *device, guint *irq, GError **error)
{
  g_return_val_if_fail (KVM_IS_DEVICE (device) && irq != NULL, FALSE);
  _kvm_return_val_unless_arch (ARM64, FALSE, error);

  return get_number (device, GROUP_MAINT_IRQ, "the maintenance interrupt", irq, error);
}

/**
 * kvm_device_arm64_vgic_set_maintenance_irq:
 * @device: an interrupt controller
 * @irq: the number of the interrupt: a PPI, 16 to 31
 * @error: return location for an error
 *
 * Sets by which interrupt the interrupt controller calls a guest that virtualizes itself
 * (`KVM_SET_DEVICE_ATTR` with `KVM_DEV_ARM_VGIC_GRP_MAINT_IRQ`; arm64, newer kernels), before
 * the interrupt controller is initialized.
 *
 * Fails with %KVM_ERROR_INVALID_ARGUMENT if it is no such number, %KVM_ERROR_BUSY if it is too
 * late, %KVM_ERROR_NO_SUCH_ATTRIBUTE if the kernel is older, %KVM_ERROR_CLOSED, and with
 * %KVM_ERROR_NOT_SUPPORTED on another architecture.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_device_arm64_vgic_set_maintenance_irq (KvmDevice *device, guint irq, GError **error)
{
  g_return_val_if_fail (KVM_IS_DEVICE (device), FALSE);
  _kvm_return_val_unless_arch (ARM64, FALSE, error);

  return set_number (device, GROUP_MAINT_IRQ, "maintenance interrupt", irq, error);
}

/**
 * kvm_device_arm64_vgic_init:
 * @device: an interrupt controller, or an interrupt translation service
 * @error: return location for an error
 *
 * Initializes it (`KVM_SET_DEVICE_ATTR` with `KVM_DEV_ARM_VGIC_CTRL_INIT`; arm64), when it has its
 * addresses and the vCPUs are there. Interrupts can be raised after that.
 *
 * Fails with %KVM_ERROR_NO_SUCH_ATTRIBUTE if an address is missing, %KVM_ERROR_NO_DEVICE if the
 * virtual machine has no vCPU, %KVM_ERROR_BUSY if a vCPU is running, %KVM_ERROR_CLOSED, and with
 * %KVM_ERROR_NOT_SUPPORTED on another architecture.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_device_arm64_vgic_init (KvmDevice *device, GError **error)
{
  g_return_val_if_fail (KVM_IS_DEVICE (device), FALSE);
  _kvm_return_val_unless_arch (ARM64, FALSE, error);

  return _kvm_arm64_set_attribute (_kvm_device_get_handle (device), GROUP_CTRL, CTRL_INIT, NULL,
                                   error,
                                   "initializing the interrupt controller, which takes its "
                                   "addresses and a vCPU");
}
