/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "kvm-attribute-private.h"
#include "kvm-error-private.h"
#include "arm64/kvm-arm64-attribute-private.h"

static void G_GNUC_PRINTF (4, 0) add_detail (GError **error, guint32 group, guint64 attribute,
                                             const char *format, va_list arguments)
{
  g_autofree char *what = NULL;

  if (error == NULL || *error == NULL)
    return;
  what = g_strdup_vprintf (format, arguments);
  _kvm_error_add_detail (error, "%s; group %u, attribute 0x%" G_GINT64_MODIFIER "x", what, group,
                         attribute);
}

/* Fds without any attributes call a missing one an invalid argument, or say that they have none:
 * they are the VM's of Linux before 6.4. */
static void
settle_code (KvmHandle *self, guint32 group, guint64 attribute, GError **error)
{
  if (error != NULL && self->kind == KVM_HANDLE_VM
      && g_error_matches (*error, KVM_ERROR, KVM_ERROR_INVALID_ARGUMENT)
      && !_kvm_handle_has_attribute (self, group, attribute, NULL))
    {
      g_clear_error (error);
      g_set_error_literal (
          error, KVM_ERROR, KVM_ERROR_NOT_SUPPORTED,
          "KVM_SET_DEVICE_ATTR on VM: this kernel has no attributes of VMs, or not "
          "this one");
    }
}

gboolean
_kvm_arm64_get_attribute (KvmHandle *self, guint32 group, guint64 attribute, gpointer value,
                          GError **error, const char *format, ...)
{
  KvmAbiDeviceAttr attr = { .group = group, .attr = attribute, .addr = (gulong) value };
  va_list arguments;

  if (kvm_ioctl (self, KVM_GET_DEVICE_ATTR, &attr, error) != -1)
    return TRUE;

  va_start (arguments, format);
  add_detail (error, group, attribute, format, arguments);
  va_end (arguments);
  return FALSE;
}

gboolean
_kvm_arm64_set_attribute (KvmHandle *self, guint32 group, guint64 attribute, gconstpointer value,
                          GError **error, const char *format, ...)
{
  KvmAbiDeviceAttr attr = { .group = group, .attr = attribute, .addr = (gulong) value };
  va_list arguments;

  if (kvm_ioctl (self, KVM_SET_DEVICE_ATTR, &attr, error) != -1)
    return TRUE;

  settle_code (self, group, attribute, error);
  va_start (arguments, format);
  add_detail (error, group, attribute, format, arguments);
  va_end (arguments);
  return FALSE;
}
