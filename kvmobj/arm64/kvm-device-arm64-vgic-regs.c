/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The state of interrupt controllers in the kernel. */

#include "config.h"

#include "kvm-device-private.h"
#include "kvm-error-private.h"
#include "arm64/kvm-arm64-attribute-private.h"
#include "arm64/kvm-arm64-reg.h"
#include "arm64/kvm-device-arm64-vgic.h"

#define GROUP_CTRL 4
#define GROUP_LEVEL_INFO 7

#define CTRL_ITS_SAVE_TABLES 1
#define CTRL_ITS_RESTORE_TABLES 2
#define CTRL_SAVE_PENDING_TABLES 3
#define CTRL_ITS_RESET 4

#define CPU_SHIFT 32
#define SYSREG_MASK 0xffff
#define MAX_IRQ 0x3ff
#define IRQS_PER_WORD 32

static const struct
{
  const char *name;
  gboolean is_64_bit;
  gboolean has_cpu;
} kinds[] = {
  [KVM_ARM64_VGIC_REGS_DISTRIBUTOR] = { "distributor", FALSE, TRUE },
  [KVM_ARM64_VGIC_REGS_V2_CPU_INTERFACE] = { "CPU interface", FALSE, TRUE },
  [KVM_ARM64_VGIC_REGS_V3_REDISTRIBUTOR] = { "redistributor", FALSE, TRUE },
  [KVM_ARM64_VGIC_REGS_V3_CPU_SYSREGS] = { "CPU interface", TRUE, TRUE },
  [KVM_ARM64_VGIC_REGS_ITS] = { "ITS", TRUE, FALSE },
};

typedef union
{
  guint32 word;
  guint64 value;
} RegValue;

/* How the kernel numbers a register, and how people do. */
static gboolean
find_reg (KvmArm64VgicRegs regs, guint32 cpu, guint64 reg, guint64 *attribute, char **name,
          GError **error)
{
  guint64 low = reg;

  if ((guint) regs >= G_N_ELEMENTS (kinds) || kinds[regs].name == NULL)
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                   "Interrupt controllers have no registers of the kind %d", regs);
      return FALSE;
    }
  if (regs == KVM_ARM64_VGIC_REGS_V3_CPU_SYSREGS)
    {
      guint code = reg & SYSREG_MASK;

      if (reg
          != kvm_arm64_reg_sysreg (code >> 14, code >> 11 & 7, code >> 7 & 15, code >> 3 & 15,
                                   code & 7))
        {
          g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                       "0x%" G_GINT64_MODIFIER "x is not the id of a system register", reg);
          return FALSE;
        }
      low = code;
      *name = kvm_arm64_reg_to_string (reg);
    }
  else if (reg > G_MAXUINT32)
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                   "The offset of a register has 32 bits, not 0x%" G_GINT64_MODIFIER "x", reg);
      return FALSE;
    }
  else
    *name = g_strdup_printf ("register 0x%" G_GINT64_MODIFIER "x", reg);

  *attribute = kinds[regs].has_cpu ? (guint64) cpu << CPU_SHIFT | low : low;
  return TRUE;
}

/**
 * kvm_device_arm64_vgic_get_reg:
 * @device: an interrupt controller, or an interrupt translation service
 * @regs: what of it has the register
 * @cpu: which vCPU, where each has registers of its own: for a GICv3 its affinity with Aff3 in the
 *   upper 8 bits and Aff0 in the lower, for a GICv2 its number; else 0
 * @reg: the offset of the register in bytes; for %KVM_ARM64_VGIC_REGS_V3_CPU_SYSREGS what
 *   [func@Kvm.arm64_reg_sysreg] gives
 * @value: (out): its value
 * @error: return location for an error
 *
 * Gets a register of the interrupt controller, to save it (`KVM_GET_DEVICE_ATTR` with
 * `KVM_DEV_ARM_VGIC_GRP_DIST_REGS` and the like; arm64). It is not always what a guest reads there:
 * pending interrupts are those that are latched, for example. The vCPUs must not run. See
 * Documentation/virt/kvm/devices/arm-vgic-v3.rst and its neighbours.
 *
 * Fails with %KVM_ERROR_NO_SUCH_ATTRIBUTE if there is no such register, %KVM_ERROR_INVALID_ARGUMENT
 * if there is no such vCPU, %KVM_ERROR_BUSY if a vCPU runs or the interrupt controller is not
 * initialized, %KVM_ERROR_INVALID if there can be no such register, %KVM_ERROR_CLOSED, and with
 * %KVM_ERROR_NOT_SUPPORTED on another architecture.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_device_arm64_vgic_get_reg (KvmDevice *device, KvmArm64VgicRegs regs, guint32 cpu, guint64 reg,
                               guint64 *value, GError **error)
{
  g_autofree char *name = NULL;
  RegValue data = { .value = 0 };
  guint64 attribute;

  g_return_val_if_fail (value != NULL, FALSE);
  *value = 0;
  g_return_val_if_fail (KVM_IS_DEVICE (device), FALSE);
  _kvm_return_val_unless_arch (ARM64, FALSE, error);

  if (!find_reg (regs, cpu, reg, &attribute, &name, error)
      || !_kvm_arm64_get_attribute (_kvm_device_get_handle (device), regs, attribute, &data, error,
                                    "the %s's %s, CPU 0x%x", kinds[regs].name, name, cpu))
    return FALSE;
  *value = kinds[regs].is_64_bit ? data.value : data.word;
  return TRUE;
}

/**
 * kvm_device_arm64_vgic_set_reg:
 * @device: an interrupt controller, or an interrupt translation service
 * @regs: what of it has the register
 * @cpu: which vCPU, as for [method@Kvm.Device.arm64_vgic_get_reg]
 * @reg: the register, as for [method@Kvm.Device.arm64_vgic_get_reg]
 * @value: its new value
 * @error: return location for an error
 *
 * Sets a register of the interrupt controller, to restore it (`KVM_SET_DEVICE_ATTR` with
 * `KVM_DEV_ARM_VGIC_GRP_DIST_REGS` and the like; arm64). Not every write does what a guest's would
 * do. The vCPUs must not run. See Documentation/virt/kvm/devices/arm-vgic-v3.rst and its
 * neighbours, which tell the order.
 *
 * Fails as [method@Kvm.Device.arm64_vgic_get_reg] does, with %KVM_ERROR_INVALID also if the value
 * has more bits than the register.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_device_arm64_vgic_set_reg (KvmDevice *device, KvmArm64VgicRegs regs, guint32 cpu, guint64 reg,
                               guint64 value, GError **error)
{
  g_autofree char *name = NULL;
  RegValue data = { .value = value };
  guint64 attribute;

  g_return_val_if_fail (KVM_IS_DEVICE (device), FALSE);
  _kvm_return_val_unless_arch (ARM64, FALSE, error);

  if (!find_reg (regs, cpu, reg, &attribute, &name, error))
    return FALSE;
  if (!kinds[regs].is_64_bit && value > G_MAXUINT32)
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                   "The %s's %s has 32 bits, and 0x%" G_GINT64_MODIFIER "x has more",
                   kinds[regs].name, name, value);
      return FALSE;
    }
  return _kvm_arm64_set_attribute (_kvm_device_get_handle (device), regs, attribute, &data, error,
                                   "the %s's %s, CPU 0x%x, value 0x%" G_GINT64_MODIFIER "x",
                                   kinds[regs].name, name, cpu, value);
}

static gboolean
check_first_irq (guint irq, GError **error)
{
  if (irq <= MAX_IRQ && irq % IRQS_PER_WORD == 0)
    return TRUE;

  g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
               "Levels are those of %u interrupts from a multiple of %u below %u on, not from %u",
               IRQS_PER_WORD, IRQS_PER_WORD, MAX_IRQ + 1, irq);
  return FALSE;
}

/**
 * kvm_device_arm64_vgic_get_line_levels:
 * @device: a GICv3
 * @cpu: whose lines, if @irq is 0: its affinity, as for [method@Kvm.Device.arm64_vgic_get_reg]
 * @irq: the first of 32 interrupts, a multiple of 32
 * @levels: (out): bit 0 is set if the line of the first is up, and so on
 * @error: return location for an error
 *
 * Gets which interrupt lines are up (`KVM_GET_DEVICE_ATTR` with `KVM_DEV_ARM_VGIC_GRP_LEVEL_INFO`;
 * arm64), which no register tells.
 *
 * Fails with %KVM_ERROR_INVALID if there can be no such interrupts, and as
 * [method@Kvm.Device.arm64_vgic_get_reg] does.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_device_arm64_vgic_get_line_levels (KvmDevice *device, guint32 cpu, guint irq, guint32 *levels,
                                       GError **error)
{
  guint32 value = 0;

  g_return_val_if_fail (levels != NULL, FALSE);
  *levels = 0;
  g_return_val_if_fail (KVM_IS_DEVICE (device), FALSE);
  _kvm_return_val_unless_arch (ARM64, FALSE, error);

  if (!check_first_irq (irq, error)
      || !_kvm_arm64_get_attribute (_kvm_device_get_handle (device), GROUP_LEVEL_INFO,
                                    (guint64) cpu << CPU_SHIFT | irq, &value, error,
                                    "the levels of 32 lines from %u on, CPU 0x%x", irq, cpu))
    return FALSE;
  *levels = value;
  return TRUE;
}

/**
 * kvm_device_arm64_vgic_set_line_levels:
 * @device: a GICv3
 * @cpu: whose lines, if @irq is 0: its affinity, as for [method@Kvm.Device.arm64_vgic_get_reg]
 * @irq: the first of 32 interrupts, a multiple of 32
 * @levels: bit 0 is set if the line of the first is up, and so on
 * @error: return location for an error
 *
 * Sets which interrupt lines are up, to restore that (`KVM_SET_DEVICE_ATTR` with
 * `KVM_DEV_ARM_VGIC_GRP_LEVEL_INFO`; arm64).
 *
 * Fails as [method@Kvm.Device.arm64_vgic_get_line_levels] does.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_device_arm64_vgic_set_line_levels (KvmDevice *device, guint32 cpu, guint irq, guint32 levels,
                                       GError **error)
{
  g_return_val_if_fail (KVM_IS_DEVICE (device), FALSE);
  _kvm_return_val_unless_arch (ARM64, FALSE, error);

  return check_first_irq (irq, error)
         && _kvm_arm64_set_attribute (
             _kvm_device_get_handle (device), GROUP_LEVEL_INFO, (guint64) cpu << CPU_SHIFT | irq,
             &levels, error, "levels 0x%x of 32 lines from %u on, CPU 0x%x", levels, irq, cpu);
}

/**
 * kvm_device_arm64_vgic_save_pending_tables:
 * @device: a GICv3
 * @error: return location for an error
 *
 * Has the kernel write which message-signalled interrupts are pending into the guest's memory,
 * where the redistributors have their tables (`KVM_SET_DEVICE_ATTR` with
 * `KVM_DEV_ARM_VGIC_SAVE_PENDING_TABLES`; arm64). The vCPUs must not run.
 *
 * Fails with %KVM_ERROR_BUSY if a vCPU runs, %KVM_ERROR_NO_SUCH_ATTRIBUTE or
 * %KVM_ERROR_INVALID_ARGUMENT if it is no GICv3 or not initialized, %KVM_ERROR_FAULT if there is no
 * memory, %KVM_ERROR_CLOSED, and with %KVM_ERROR_NOT_SUPPORTED on another architecture.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_device_arm64_vgic_save_pending_tables (KvmDevice *device, GError **error)
{
  g_return_val_if_fail (KVM_IS_DEVICE (device), FALSE);
  _kvm_return_val_unless_arch (ARM64, FALSE, error);

  return _kvm_arm64_set_attribute (_kvm_device_get_handle (device), GROUP_CTRL,
                                   CTRL_SAVE_PENDING_TABLES, NULL, error,
                                   "saving the pending tables");
}

/**
 * kvm_device_arm64_its_save_tables:
 * @device: an interrupt translation service
 * @error: return location for an error
 *
 * Has the kernel write the tables of the service into the guest's memory, where the guest has put
 * them (`KVM_SET_DEVICE_ATTR` with `KVM_DEV_ARM_ITS_SAVE_TABLES`; arm64). The vCPUs must not run.
 * See Documentation/virt/kvm/devices/arm-vgic-its.rst.
 *
 * Fails with %KVM_ERROR_BUSY if a vCPU runs, %KVM_ERROR_FAULT if there is no memory,
 * %KVM_ERROR_INVALID_ARGUMENT or %KVM_ERROR_NO_SUCH_ATTRIBUTE if it is no such service or its
 * tables are bad, %KVM_ERROR_CLOSED, and with %KVM_ERROR_NOT_SUPPORTED on another architecture.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_device_arm64_its_save_tables (KvmDevice *device, GError **error)
{
  g_return_val_if_fail (KVM_IS_DEVICE (device), FALSE);
  _kvm_return_val_unless_arch (ARM64, FALSE, error);

  return _kvm_arm64_set_attribute (_kvm_device_get_handle (device), GROUP_CTRL,
                                   CTRL_ITS_SAVE_TABLES, NULL, error, "saving the ITS's tables");
}

/**
 * kvm_device_arm64_its_restore_tables:
 * @device: an interrupt translation service
 * @error: return location for an error
 *
 * Has the kernel read the tables of the service from the guest's memory (`KVM_SET_DEVICE_ATTR` with
 * `KVM_DEV_ARM_ITS_RESTORE_TABLES`; arm64), when its registers are restored and before the vCPUs
 * run.
 *
 * Fails as [method@Kvm.Device.arm64_its_save_tables] does.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_device_arm64_its_restore_tables (KvmDevice *device, GError **error)
{
  g_return_val_if_fail (KVM_IS_DEVICE (device), FALSE);
  _kvm_return_val_unless_arch (ARM64, FALSE, error);

  return _kvm_arm64_set_attribute (_kvm_device_get_handle (device), GROUP_CTRL,
                                   CTRL_ITS_RESTORE_TABLES, NULL, error,
                                   "restoring the ITS's tables");
}

/**
 * kvm_device_arm64_its_reset:
 * @device: an interrupt translation service
 * @error: return location for an error
 *
 * Resets the service: registers and tables (`KVM_SET_DEVICE_ATTR` with
 * `KVM_DEV_ARM_ITS_CTRL_RESET`; arm64). The vCPUs must not run.
 *
 * Fails with %KVM_ERROR_BUSY if a vCPU runs, %KVM_ERROR_INVALID_ARGUMENT or
 * %KVM_ERROR_NO_SUCH_ATTRIBUTE if it is no such service, %KVM_ERROR_CLOSED, and with
 * %KVM_ERROR_NOT_SUPPORTED on another architecture.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_device_arm64_its_reset (KvmDevice *device, GError **error)
{
  g_return_val_if_fail (KVM_IS_DEVICE (device), FALSE);
  _kvm_return_val_unless_arch (ARM64, FALSE, error);

  return _kvm_arm64_set_attribute (_kvm_device_get_handle (device), GROUP_CTRL, CTRL_ITS_RESET,
                                   NULL, error, "resetting the ITS");
}
