/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The state of a VM of arm64 or riscv64 beside its vCPUs: that of its devices, attribute by
 * attribute.
 */

#include "config.h"

#include <string.h>

#include "kvm-attribute-private.h"
#include "kvm-device-state-private.h"
#include "kvm-device.h"
#include "kvm-error-private.h"
#include "kvm-ioctl-private.h"
#include "kvm-state-private.h"

#define GROUP_CTRL 4 /* of the GIC and the ITS */
#define CTRL_ITS_SAVE_TABLES 1
#define CTRL_ITS_RESTORE_TABLES 2
#define CTRL_SAVE_PENDING_TABLES 3

#define ARM64_MPIDR G_GUINT64_CONSTANT (0x603000000013c005)

#define MAX_ITEM_SIZE 8

enum
{
  VCPUS = KVMOBJ_VM_STATE_VCPUS,
  DEVICES,
  N_ITEMS
};

static const KvmStateItem items[] = {
  [VCPUS] = { "vcpus", "a{ua{sv}}", 0, FALSE },
  [DEVICES] = { "devices", "a(ua(utay))", 0, TRUE },
};

const KvmStateTable _kvm_vm_devices_state_table = { items, N_ITEMS };

void
_kvm_device_list_add (GArray *attributes, guint32 group, guint32 size, guint64 attribute)
{
  const KvmDeviceItem item = { group, size, attribute };

  g_array_append_val (attributes, item);
}

guint32
_kvm_device_list_ask (KvmHandle *device, guint32 group, guint64 attribute)
{
  guint32 value = 0;
  KvmAbiDeviceAttr attr = { .group = group, .attr = attribute, .addr = (gulong) &value };

  return kvm_ioctl (device, KVM_GET_DEVICE_ATTR, &attr, NULL) != -1 ? value : 0;
}

static KvmDeviceList
find_list (guint64 type)
{
  switch (type)
    {
    case KVM_DEVICE_TYPE_ARM_VGIC_V2:
      return _kvm_device_arm64_list_vgic_v2;
    case KVM_DEVICE_TYPE_ARM_VGIC_V3:
      return _kvm_device_arm64_list_vgic_v3;
    case KVM_DEVICE_TYPE_ARM_VGIC_ITS:
      return _kvm_device_arm64_list_its;
    case KVM_DEVICE_TYPE_RISCV_AIA:
      return _kvm_device_riscv_list_aia;
    default:
      return NULL; /* it has no state, or none that is known */
    }
}

/* How the VM's devices call its vCPUs: arm64 by their affinity, in the upper half. */
static GArray *
list_cpus (KvmVm *self, GError **error)
{
  g_autoptr (GPtrArray) vcpus = _kvm_vm_get_vcpus (self);
  g_autoptr (GArray) cpus = g_array_new (FALSE, FALSE, sizeof (guint64));

  for (guint i = 0; i < vcpus->len; i++)
    {
      KvmVcpu *vcpu = g_ptr_array_index (vcpus, i);
      guint64 cpu = kvm_vcpu_get_id (vcpu);

      if (KVMOBJ_HOST_ARCH == KVMOBJ_ARCH_ARM64)
        {
          guint64 mpidr;

          if (!kvm_vcpu_get_one_reg (vcpu, ARM64_MPIDR, &mpidr, error))
            return NULL;
          cpu = (mpidr >> 32 & 0xff) << 56 | (mpidr & 0xffffff) << 32;
        }
      g_array_append_val (cpus, cpu);
    }
  return g_steal_pointer (&cpus);
}

static gboolean
control (KvmHandle *device, guint64 command, GError **error)
{
  KvmAbiDeviceAttr attr = { .group = GROUP_CTRL, .attr = command };

  return kvm_ioctl (device, KVM_SET_DEVICE_ATTR, &attr, error) != -1;
}

/* What the kernel keeps for itself goes to guest memory. */
static gboolean
flush_tables (KvmHandle *device, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (device->id == KVM_DEVICE_TYPE_ARM_VGIC_ITS)
    return control (device, CTRL_ITS_SAVE_TABLES, error);
  if (device->id == KVM_DEVICE_TYPE_ARM_VGIC_V3
      && !control (device, CTRL_SAVE_PENDING_TABLES, &local)
      && local->code != KVM_ERROR_NO_SUCH_ATTRIBUTE && local->code != KVM_ERROR_INVALID_ARGUMENT)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  return TRUE;
}

static GVariant *
save_device (KvmHandle *device, KvmDeviceList list, GArray *cpus, GError **error)
{
  g_autoptr (GArray) attributes = g_array_new (FALSE, FALSE, sizeof (KvmDeviceItem));
  GVariantBuilder builder;

  if (!flush_tables (device, error))
    return NULL;
  list (device, (const guint64 *) cpus->data, cpus->len, attributes);
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(utay)"));
  for (guint i = 0; i < attributes->len; i++)
    {
      const KvmDeviceItem *item = &g_array_index (attributes, KvmDeviceItem, i);
      guint8 value[MAX_ITEM_SIZE] = { 0 };
      KvmAbiDeviceAttr attr
          = { .group = item->group, .attr = item->attribute, .addr = (gulong) value };
      g_autoptr (GError) local = NULL;

      if (kvm_ioctl (device, KVM_GET_DEVICE_ATTR, &attr, &local) != -1)
        g_variant_builder_add (
            &builder, "(ut@ay)", item->group, item->attribute,
            g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, value, item->size, 1));
      else if (local->code != KVM_ERROR_NO_SUCH_ATTRIBUTE
               && local->code != KVM_ERROR_INVALID_ARGUMENT)
        {
          _kvm_error_add_detail (&local, "group %u, attribute 0x%" G_GINT64_MODIFIER "x",
                                 item->group, item->attribute);
          g_propagate_error (error, g_steal_pointer (&local));
          g_variant_builder_clear (&builder);
          return NULL;
        }
    }
  return g_variant_builder_end (&builder);
}

static gboolean
lock_devices (KvmVm *self, GError **error)
{
  if (_kvm_vm_lock (self))
    return TRUE;

  _kvm_handle_set_unusable_error (&self->handle, "the state of its devices", error);
  return FALSE;
}

/* The devices do not go while the lock is held, and no ioctl of theirs waits for a guest. */
gboolean
_kvm_vm_devices_save_state (KvmVm *self, KvmStateBuilder *builder, GError **error)
{
  g_autoptr (GArray) cpus = list_cpus (self, error);
  GVariantBuilder devices;
  gboolean saved = TRUE;

  if (cpus == NULL || !lock_devices (self, error))
    return FALSE;
  g_variant_builder_init (&devices, G_VARIANT_TYPE ("a(ua(utay))"));
  for (guint i = 0; saved && self->children != NULL && i < self->children->len; i++)
    {
      KvmHandle *device = g_ptr_array_index (self->children, i);
      KvmDeviceList list = device->kind == KVM_HANDLE_DEVICE ? find_list (device->id) : NULL;
      GVariant *state = list != NULL ? save_device (device, list, cpus, error) : NULL;

      saved = list == NULL || state != NULL;
      if (state != NULL)
        g_variant_builder_add (&devices, "(u@a(utay))", (guint32) device->id, state);
    }
  g_mutex_unlock (&self->lock);
  if (saved)
    _kvm_state_add_variant (builder, items[DEVICES].name, g_variant_builder_end (&devices));
  else
    g_variant_builder_clear (&devices);
  return saved;
}

/* The device that is the n-th of those that have a state; the VM's lock is held. */
static KvmHandle *
find_device (KvmVm *self, gsize n)
{
  for (guint i = 0; self->children != NULL && i < self->children->len; i++)
    {
      KvmHandle *device = g_ptr_array_index (self->children, i);

      if (device->kind == KVM_HANDLE_DEVICE && find_list (device->id) != NULL && n-- == 0)
        return device;
    }
  return NULL;
}

gboolean
_kvm_vm_devices_are_in_memory (KvmVm *self)
{
  KvmHandle *device = NULL;

  if (!_kvm_vm_lock (self))
    return FALSE;
  for (gsize n = 0; (device = find_device (self, n)) != NULL; n++)
    if (device->id == KVM_DEVICE_TYPE_ARM_VGIC_ITS)
      break;
  g_mutex_unlock (&self->lock);
  return device != NULL;
}

/* Whether there is nothing but what the device itself would save. */
static gboolean
check_device (KvmHandle *device, GVariant *states, GArray *cpus, GError **error)
{
  g_autoptr (GArray) attributes = g_array_new (FALSE, FALSE, sizeof (KvmDeviceItem));
  guint32 group;
  guint64 attribute;
  GVariantIter iter;
  GVariant *value;
  guint position = 0;

  find_list (device->id) (device, (const guint64 *) cpus->data, cpus->len, attributes);
  g_variant_iter_init (&iter, states);
  while (g_variant_iter_next (&iter, "(ut@ay)", &group, &attribute, &value))
    {
      gsize size = g_variant_get_size (value);
      const KvmDeviceItem *item = NULL;

      g_variant_unref (value);
      for (; position < attributes->len; position++)
        {
          item = &g_array_index (attributes, KvmDeviceItem, position);
          if (item->group == group && item->attribute == attribute)
            break;
        }
      if (position++ >= attributes->len || item->size != size)
        {
          _kvm_state_set_unsupported (error, items[DEVICES].name,
                                      "has the attribute 0x%" G_GINT64_MODIFIER
                                      "x of group %u, %" G_GSIZE_FORMAT
                                      " bytes, for a device of type %u, which has no such here",
                                      attribute, group, size, (guint) device->id);
          return FALSE;
        }
    }
  return TRUE;
}

static gboolean
check_devices (KvmVm *self, GVariant *devices, GArray *cpus, GError **error)
{
  gsize n = g_variant_n_children (devices);

  for (gsize i = 0; i < n; i++)
    {
      KvmHandle *device = find_device (self, i);
      g_autoptr (GVariant) states = NULL;
      guint32 type;

      g_variant_get_child (devices, i, "(u@a(utay))", &type, &states);
      if (device == NULL || device->id != type)
        {
          _kvm_state_set_unsupported (error, items[DEVICES].name,
                                      "has a device of type %u, which this virtual machine does "
                                      "not have, or not in this order",
                                      type);
          return FALSE;
        }
      if (!check_device (device, states, cpus, error))
        return FALSE;
    }
  if (find_device (self, n) == NULL)
    return TRUE;
  _kvm_state_set_invalid (error, items[DEVICES].name, "lacks a device of this virtual machine");
  return FALSE;
}

gboolean
_kvm_vm_devices_check_state (KvmVm *self, const KvmStateValues *values, GError **error)
{
  g_autoptr (GArray) cpus = list_cpus (self, error);
  g_autoptr (GVariant) devices = NULL;
  gboolean fits;

  if (cpus == NULL || !lock_devices (self, error))
    return FALSE;
  if (_kvm_state_has (values, DEVICES))
    devices = _kvm_state_get_variant (values, DEVICES);
  fits = devices == NULL ? find_device (self, 0) == NULL
                         : check_devices (self, devices, cpus, error);
  if (!fits && devices == NULL)
    _kvm_state_set_invalid (error, items[DEVICES].name, "is missing");
  g_mutex_unlock (&self->lock);
  return fits;
}

static gboolean
restore_attribute (KvmHandle *device, const KvmDeviceItem *item, gconstpointer value,
                   KvmStateProgress *progress, GError **error)
{
  KvmAbiDeviceAttr attr = { .group = item->group, .attr = item->attribute, .addr = (gulong) value };
  guint8 now[MAX_ITEM_SIZE] = { 0 };
  g_autoptr (GError) local = NULL;

  if (kvm_ioctl (device, KVM_SET_DEVICE_ATTR, &attr, &local) != -1)
    {
      progress->is_changed = TRUE;
      return TRUE;
    }

  /* Some cannot be set, though they are what they should be. */
  attr.addr = (gulong) now;
  if (kvm_ioctl (device, KVM_GET_DEVICE_ATTR, &attr, NULL) != -1
      && memcmp (now, value, item->size) == 0)
    return TRUE;
  _kvm_error_add_detail (&local, "group %u, attribute 0x%" G_GINT64_MODIFIER "x", item->group,
                         item->attribute);
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/* What was there before goes while the device still knows it: registers that set bits alone would
 * leave it. */
static void
clear_device (KvmHandle *device, GVariant *states, KvmStateProgress *progress)
{
  gboolean is_aia = device->id == KVM_DEVICE_TYPE_RISCV_AIA;
  guint8 ones[MAX_ITEM_SIZE];
  KvmDeviceItem item = { 0 };
  GVariantIter iter;

  memset (ones, 0xff, sizeof ones);
  g_variant_iter_init (&iter, states);
  while (g_variant_iter_next (&iter, "(ut@ay)", &item.group, &item.attribute, NULL))
    {
      KvmAbiDeviceAttr attr = { .group = item.group, .addr = (gulong) ones };

      if ((is_aia ? _kvm_device_riscv_find_clear : _kvm_device_arm64_find_clear) (&item, &attr.attr)
          && kvm_ioctl (device, KVM_SET_DEVICE_ATTR, &attr, NULL) != -1)
        progress->is_changed = TRUE;
    }
}

static gboolean
restore_device (KvmHandle *device, GVariant *states, KvmStateProgress *progress, GError **error)
{
  gsize n = g_variant_n_children (states);

  clear_device (device, states, progress);
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) bytes = NULL;
      guint8 value[MAX_ITEM_SIZE] = { 0 };
      KvmDeviceItem item;

      g_variant_get_child (states, i, "(ut@ay)", &item.group, &item.attribute, &bytes);
      item.size = g_variant_get_size (bytes);
      memcpy (value, g_variant_get_data (bytes), item.size);

      /* The tables are read from guest memory before the ITS is switched on, which comes last. */
      if (device->id == KVM_DEVICE_TYPE_ARM_VGIC_ITS && i == n - 1
          && !control (device, CTRL_ITS_RESTORE_TABLES, error))
        return FALSE;
      if (!restore_attribute (device, &item, value, progress, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
_kvm_vm_devices_restore_state (KvmVm *self, const KvmStateValues *values,
                               KvmStateProgress *progress, GError **error)
{
  g_autoptr (GVariant) devices = NULL;
  gboolean restored = TRUE;

  if (!_kvm_state_has (values, DEVICES))
    return TRUE;
  if (!lock_devices (self, error))
    return FALSE;
  devices = _kvm_state_get_variant (values, DEVICES);
  for (gsize i = 0; restored && i < g_variant_n_children (devices); i++)
    {
      KvmHandle *device = find_device (self, i);
      g_autoptr (GVariant) states = NULL;
      guint32 type;

      g_variant_get_child (devices, i, "(u@a(utay))", &type, &states);
      restored = device != NULL && device->id == type;
      if (restored)
        restored = restore_device (device, states, progress, error);
      else
        g_set_error (error, KVM_ERROR, KVM_ERROR_CLOSED,
                     "The device of type %u was closed while the state was restored", type);
    }
  g_mutex_unlock (&self->lock);
  return restored || _kvm_state_finish_item (FALSE, &items[DEVICES], progress, error);
}
