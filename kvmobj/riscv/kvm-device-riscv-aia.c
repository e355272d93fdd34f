/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The advanced interrupt architecture: an APLIC for lines, and an IMSIC for the messages to each
 * vCPU. */

#include "config.h"

#include <string.h>

#include "kvm-arch-private.h"
#include "kvm-error-private.h"
#include "riscv/kvm-device-riscv-aia-private.h"

#define MAX_SELECT ((1u << KVMOBJ_AIA_IMSIC_SELECT_BITS) - 1)

static gboolean
check_is_aia (KvmDevice *device, GError **error)
{
  guint type = kvm_device_get_device_type (device);

  if (type == KVM_DEVICE_TYPE_RISCV_AIA)
    return TRUE;

  g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
               "The device has type %u and is no AIA, which has type %u", type,
               KVM_DEVICE_TYPE_RISCV_AIA);
  return FALSE;
}

static gboolean
get_value (KvmDevice *device, guint group, guint64 attribute, gpointer value, gsize size,
           GError **error)
{
  g_autofree guint8 *data = NULL;
  gsize length;

  if (!check_is_aia (device, error))
    return FALSE;
  data = kvm_device_get_attribute (device, group, attribute, size, &length, error);
  if (data == NULL)
    return FALSE;
  memcpy (value, data, size);
  return TRUE;
}

static gboolean
set_value (KvmDevice *device, guint group, guint64 attribute, gconstpointer value, gsize size,
           GError **error)
{
  return check_is_aia (device, error)
         && kvm_device_set_attribute (device, group, attribute, value, size, error);
}

/**
 * kvm_device_riscv_get_aia_config:
 * @device: a device of the type %KVM_DEVICE_TYPE_RISCV_AIA
 * @config: what to get
 * @value: (out): what it is
 * @error: return location for an error
 *
 * Gets how the AIA is configured (`KVM_GET_DEVICE_ATTR`; riscv64). See section 4.80 of api.rst.
 *
 * Fails with %KVM_ERROR_INVALID if the device is another, %KVM_ERROR_NO_SUCH_ATTRIBUTE,
 * %KVM_ERROR_CLOSED, and with %KVM_ERROR_NOT_SUPPORTED on another architecture.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_device_riscv_get_aia_config (KvmDevice *device, KvmRiscvAiaConfig config, guint *value,
                                 GError **error)
{
  g_return_val_if_fail (value != NULL, FALSE);
  *value = 0;
  g_return_val_if_fail (KVM_IS_DEVICE (device), FALSE);
  _kvm_return_val_unless_arch (RISCV, FALSE, error);

  return get_value (device, KVMOBJ_AIA_GROUP_CONFIG, config, value, sizeof *value, error);
}

/**
 * kvm_device_riscv_set_aia_config:
 * @device: a device of the type %KVM_DEVICE_TYPE_RISCV_AIA
 * @config: what to set
 * @value: what it is to be
 * @error: return location for an error
 *
 * Configures the AIA (`KVM_SET_DEVICE_ATTR`; riscv64), before
 * [method@Kvm.Device.riscv_init_aia]. See section 4.80 of api.rst.
 *
 * Fails with %KVM_ERROR_INVALID if the device is another, %KVM_ERROR_INVALID_ARGUMENT if the value
 * cannot be, or the host has no IMSICs for guests and the mode asks for them, %KVM_ERROR_BUSY if
 * the AIA is initialized, %KVM_ERROR_NO_SUCH_ATTRIBUTE, %KVM_ERROR_CLOSED, and with
 * %KVM_ERROR_NOT_SUPPORTED on another architecture.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_device_riscv_set_aia_config (KvmDevice *device, KvmRiscvAiaConfig config, guint value,
                                 GError **error)
{
  g_return_val_if_fail (KVM_IS_DEVICE (device), FALSE);
  _kvm_return_val_unless_arch (RISCV, FALSE, error);

  if (!set_value (device, KVMOBJ_AIA_GROUP_CONFIG, config, &value, sizeof value, error))
    {
      _kvm_error_add_detail (error, "value %u", value);
      return FALSE;
    }
  return TRUE;
}

static gboolean
set_address (KvmDevice *device, guint64 attribute, guint64 address, GError **error)
{
  if (!set_value (device, KVMOBJ_AIA_GROUP_ADDRESS, attribute, &address, sizeof address, error))
    {
      _kvm_error_add_detail (error,
                             "address 0x%" G_GINT64_MODIFIER "x; it is that of a page, and set "
                             "before the AIA is initialized",
                             address);
      return FALSE;
    }
  return TRUE;
}

/**
 * kvm_device_riscv_get_aplic_address:
 * @device: a device of the type %KVM_DEVICE_TYPE_RISCV_AIA
 * @address: (out): the guest-physical address; all ones if it was not set
 * @error: return location for an error
 *
 * Gets where the APLIC is (`KVM_GET_DEVICE_ATTR`; riscv64). See section 4.80 of api.rst.
 *
 * Fails with %KVM_ERROR_INVALID if the device is another, %KVM_ERROR_CLOSED, and with
 * %KVM_ERROR_NOT_SUPPORTED on another architecture.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_device_riscv_get_aplic_address (KvmDevice *device, guint64 *address, GError **error)
{
  g_return_val_if_fail (address != NULL, FALSE);
  *address = 0;
  g_return_val_if_fail (KVM_IS_DEVICE (device), FALSE);
  _kvm_return_val_unless_arch (RISCV, FALSE, error);

  return get_value (device, KVMOBJ_AIA_GROUP_ADDRESS, KVMOBJ_AIA_ADDRESS_APLIC, address,
                    sizeof *address, error);
}

/**
 * kvm_device_riscv_set_aplic_address:
 * @device: a device of the type %KVM_DEVICE_TYPE_RISCV_AIA
 * @address: a guest-physical address, which begins a page; %KVMOBJ_RISCV_AIA_APLIC_SIZE bytes are
 *   the APLIC's
 * @error: return location for an error
 *
 * Sets where the APLIC is (`KVM_SET_DEVICE_ATTR`; riscv64), before
 * [method@Kvm.Device.riscv_init_aia]. See section 4.80 of api.rst.
 *
 * Fails with %KVM_ERROR_INVALID if the device is another, %KVM_ERROR_INVALID_ARGUMENT if no page
 * begins there, %KVM_ERROR_BUSY if the AIA is initialized, %KVM_ERROR_CLOSED, and with
 * %KVM_ERROR_NOT_SUPPORTED on another architecture.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_device_riscv_set_aplic_address (KvmDevice *device, guint64 address, GError **error)
{
  g_return_val_if_fail (KVM_IS_DEVICE (device), FALSE);
  _kvm_return_val_unless_arch (RISCV, FALSE, error);

  return set_address (device, KVMOBJ_AIA_ADDRESS_APLIC, address, error);
}

/**
 * kvm_device_riscv_get_imsic_address:
 * @device: a device of the type %KVM_DEVICE_TYPE_RISCV_AIA
 * @vcpu: which vCPU, in the order of their creation
 * @address: (out): the guest-physical address; all ones if it was not set
 * @error: return location for an error
 *
 * Gets where the IMSIC of a vCPU is (`KVM_GET_DEVICE_ATTR`; riscv64). See section 4.80 of api.rst.
 *
 * Fails with %KVM_ERROR_INVALID if the device is another, %KVM_ERROR_NO_SUCH_ATTRIBUTE if there is
 * no such vCPU, %KVM_ERROR_CLOSED, and with %KVM_ERROR_NOT_SUPPORTED on another architecture.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_device_riscv_get_imsic_address (KvmDevice *device, guint vcpu, guint64 *address, GError **error)
{
  g_return_val_if_fail (address != NULL, FALSE);
  *address = 0;
  g_return_val_if_fail (KVM_IS_DEVICE (device), FALSE);
  _kvm_return_val_unless_arch (RISCV, FALSE, error);

  return get_value (device, KVMOBJ_AIA_GROUP_ADDRESS, KVMOBJ_AIA_ADDRESS_IMSIC (vcpu), address,
                    sizeof *address, error);
}

/**
 * kvm_device_riscv_set_imsic_address:
 * @device: a device of the type %KVM_DEVICE_TYPE_RISCV_AIA
 * @vcpu: which vCPU, in the order of their creation
 * @address: a guest-physical address, which begins a page; %KVMOBJ_RISCV_AIA_IMSIC_SIZE bytes are
 *   the IMSIC's
 * @error: return location for an error
 *
 * Sets where the IMSIC of a vCPU is (`KVM_SET_DEVICE_ATTR`; riscv64), before
 * [method@Kvm.Device.riscv_init_aia]. The addresses of several differ in the bits of the hart and
 * the group alone; see [enum@Kvm.RiscvAiaConfig]. See section 4.80 of api.rst.
 *
 * Fails with %KVM_ERROR_INVALID if the device is another, %KVM_ERROR_INVALID_ARGUMENT if no page
 * begins there, %KVM_ERROR_NO_SUCH_ATTRIBUTE if there is no such vCPU, %KVM_ERROR_BUSY if the AIA
 * is initialized, %KVM_ERROR_CLOSED, and with %KVM_ERROR_NOT_SUPPORTED on another architecture.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_device_riscv_set_imsic_address (KvmDevice *device, guint vcpu, guint64 address, GError **error)
{
  g_return_val_if_fail (KVM_IS_DEVICE (device), FALSE);
  _kvm_return_val_unless_arch (RISCV, FALSE, error);

  return set_address (device, KVMOBJ_AIA_ADDRESS_IMSIC (vcpu), address, error);
}

/**
 * kvm_device_riscv_init_aia:
 * @device: a device of the type %KVM_DEVICE_TYPE_RISCV_AIA
 * @error: return location for an error
 *
 * Initializes the AIA (`KVM_SET_DEVICE_ATTR`; riscv64), when all vCPUs are there, and all is
 * configured: the address of each IMSIC, and if there are sources, that of the APLIC. Only then
 * come interrupts, and routes and [class@Kvm.IrqTrigger] work. See section 4.80 of api.rst.
 *
 * Fails with %KVM_ERROR_INVALID if the device is another, %KVM_ERROR_INVALID_ARGUMENT if an address
 * was not set or the addresses do not fit each other, or there are more sources than identities,
 * %KVM_ERROR_BUSY if the AIA is initialized, %KVM_ERROR_CLOSED, and with %KVM_ERROR_NOT_SUPPORTED
 * on another architecture.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_device_riscv_init_aia (KvmDevice *device, GError **error)
{
  g_return_val_if_fail (KVM_IS_DEVICE (device), FALSE);
  _kvm_return_val_unless_arch (RISCV, FALSE, error);

  if (!set_value (device, KVMOBJ_AIA_GROUP_CONTROL, KVMOBJ_AIA_CONTROL_INIT, NULL, 0, error))
    {
      if (error != NULL && g_error_matches (*error, KVM_ERROR, KVM_ERROR_INVALID_ARGUMENT))
        _kvm_error_add_detail (error, "each IMSIC takes an address, as the APLIC does if there are "
                                      "sources, of which there are no more than identities");
      return FALSE;
    }
  return TRUE;
}

static gboolean
check_offset (guint offset, GError **error)
{
  if (offset % sizeof (guint32) == 0 && offset < KVMOBJ_RISCV_AIA_APLIC_SIZE)
    return TRUE;

  g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
               "The APLIC has no register at 0x%x: they have 4 bytes each, below 0x%x", offset,
               KVMOBJ_RISCV_AIA_APLIC_SIZE);
  return FALSE;
}

/**
 * kvm_device_riscv_get_aplic_reg:
 * @device: a device of the type %KVM_DEVICE_TYPE_RISCV_AIA
 * @offset: where the register is in the APLIC: a multiple of four
 * @value: (out): its value
 * @error: return location for an error
 *
 * Gets a register of the APLIC, as the guest would (`KVM_GET_DEVICE_ATTR`; riscv64). With those
 * from 0 to 0x3ffc, an APLIC can be saved. See section 4.80 of api.rst.
 *
 * Fails with %KVM_ERROR_INVALID if the device is another or no register can be there,
 * %KVM_ERROR_NO_DEVICE if the AIA is not initialized or has no APLIC, %KVM_ERROR_CLOSED, and with
 * %KVM_ERROR_NOT_SUPPORTED on another architecture.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_device_riscv_get_aplic_reg (KvmDevice *device, guint offset, guint *value, GError **error)
{
  g_return_val_if_fail (value != NULL, FALSE);
  *value = 0;
  g_return_val_if_fail (KVM_IS_DEVICE (device), FALSE);
  _kvm_return_val_unless_arch (RISCV, FALSE, error);

  return check_offset (offset, error)
         && get_value (device, KVMOBJ_AIA_GROUP_APLIC, offset, value, sizeof *value, error);
}

/**
 * kvm_device_riscv_set_aplic_reg:
 * @device: a device of the type %KVM_DEVICE_TYPE_RISCV_AIA
 * @offset: where the register is in the APLIC: a multiple of four
 * @value: its value
 * @error: return location for an error
 *
 * Sets a register of the APLIC, as the guest would (`KVM_SET_DEVICE_ATTR`; riscv64). See section
 * 4.80 of api.rst.
 *
 * Fails as [method@Kvm.Device.riscv_get_aplic_reg] does.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_device_riscv_set_aplic_reg (KvmDevice *device, guint offset, guint value, GError **error)
{
  g_return_val_if_fail (KVM_IS_DEVICE (device), FALSE);
  _kvm_return_val_unless_arch (RISCV, FALSE, error);

  return check_offset (offset, error)
         && set_value (device, KVMOBJ_AIA_GROUP_APLIC, offset, &value, sizeof value, error);
}

static gboolean
check_select (guint select, GError **error)
{
  if (select <= MAX_SELECT)
    return TRUE;

  g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
               "An IMSIC has no register 0x%x: they are from 0x70 to 0xff", select);
  return FALSE;
}

/**
 * kvm_device_riscv_get_imsic_reg:
 * @device: a device of the type %KVM_DEVICE_TYPE_RISCV_AIA
 * @vcpu: which vCPU, in the order of their creation
 * @select: the number of the register, as siselect has it: 0x70 eidelivery, 0x72 eithreshold, from
 *   0x80 on the even ones of eip, and from 0xc0 on those of eie
 * @value: (out): its value
 * @error: return location for an error
 *
 * Gets a register of a vCPU's IMSIC (`KVM_GET_DEVICE_ATTR`; riscv64). See section 4.80 of api.rst.
 *
 * Fails with %KVM_ERROR_INVALID if the device is another or no IMSIC can have such a register,
 * %KVM_ERROR_NO_SUCH_ATTRIBUTE or %KVM_ERROR_NOT_FOUND if this one has none,
 * %KVM_ERROR_NOT_PERMITTED if the AIA is not initialized, %KVM_ERROR_INVALID_ARGUMENT if there is
 * no such vCPU, %KVM_ERROR_CLOSED, and with %KVM_ERROR_NOT_SUPPORTED on another architecture.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_device_riscv_get_imsic_reg (KvmDevice *device, guint vcpu, guint select, guint64 *value,
                                GError **error)
{
  g_return_val_if_fail (value != NULL, FALSE);
  *value = 0;
  g_return_val_if_fail (KVM_IS_DEVICE (device), FALSE);
  _kvm_return_val_unless_arch (RISCV, FALSE, error);

  return check_select (select, error)
         && get_value (device, KVMOBJ_AIA_GROUP_IMSIC, KVMOBJ_AIA_IMSIC_ATTRIBUTE (vcpu, select),
                       value, sizeof *value, error);
}

/**
 * kvm_device_riscv_set_imsic_reg:
 * @device: a device of the type %KVM_DEVICE_TYPE_RISCV_AIA
 * @vcpu: which vCPU, in the order of their creation
 * @select: the number of the register, as for [method@Kvm.Device.riscv_get_imsic_reg]
 * @value: its value
 * @error: return location for an error
 *
 * Sets a register of a vCPU's IMSIC (`KVM_SET_DEVICE_ATTR`; riscv64). See section 4.80 of api.rst.
 *
 * Fails as [method@Kvm.Device.riscv_get_imsic_reg] does.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_device_riscv_set_imsic_reg (KvmDevice *device, guint vcpu, guint select, guint64 value,
                                GError **error)
{
  g_return_val_if_fail (KVM_IS_DEVICE (device), FALSE);
  _kvm_return_val_unless_arch (RISCV, FALSE, error);

  return check_select (select, error)
         && set_value (device, KVMOBJ_AIA_GROUP_IMSIC, KVMOBJ_AIA_IMSIC_ATTRIBUTE (vcpu, select),
                       &value, sizeof value, error);
}
