/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kvm-attribute-private.h"
#include "kvm-error-private.h"
#include "kvm-ioctl-private.h"

/* More than any attribute holds. */
#define MAX_SIZE (16 * 1024 * 1024)

/* The kernel is told where an attribute's value is but not how long the caller thinks it is. So the
 * value stands right before a page that cannot be touched: a caller who is wrong gets EFAULT,
 * instead of lost memory or a value made up from what lies behind. */
typedef struct
{
  gpointer mapping;
  gsize mapping_size;
  guint8 *data;
} Fence;

static gboolean
fence_init (Fence *self, gsize size, GError **error)
{
  gsize page_size = sysconf (_SC_PAGESIZE);
  gsize room;

  *self = (Fence){ NULL, 0, NULL };
  if (size == 0)
    return TRUE;
  if (size > MAX_SIZE)
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                   "No attribute is as large as %" G_GSIZE_FORMAT " bytes", size);
      return FALSE;
    }

  room = (size + page_size - 1) / page_size * page_size;
  self->mapping_size = room + page_size;
  self->mapping
      = mmap (NULL, self->mapping_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (self->mapping == MAP_FAILED)
    {
      self->mapping = NULL;
      _kvm_error_set_errno (error, errno, "mmap () for an attribute");
      return FALSE;
    }
  self->data = (guint8 *) self->mapping + room - size;
  if (mprotect ((guint8 *) self->mapping + room, page_size, PROT_NONE) == -1)
    {
      _kvm_error_set_errno (error, errno, "mprotect () for an attribute");
      munmap (self->mapping, self->mapping_size);
      return FALSE;
    }
  return TRUE;
}

static void
fence_clear (Fence *self)
{
  if (self->mapping != NULL)
    munmap (self->mapping, self->mapping_size);
}

static void
add_detail (GError **error, guint32 group, guint64 attribute, gsize length)
{
  if (error != NULL && g_error_matches (*error, KVM_ERROR, KVM_ERROR_FAULT))
    _kvm_error_add_detail (error,
                           "group %u, attribute 0x%" G_GINT64_MODIFIER
                           "x, which is larger than %" G_GSIZE_FORMAT " bytes",
                           group, attribute, length);
  else
    _kvm_error_add_detail (error, "group %u, attribute 0x%" G_GINT64_MODIFIER "x", group,
                           attribute);
}

gboolean
_kvm_handle_has_attribute (KvmHandle *self, guint32 group, guint64 attribute, GError **error)
{
  KvmAbiDeviceAttr attr = { .group = group, .attr = attribute };
  g_autoptr (GError) local = NULL;

  if (kvm_ioctl (self, KVM_HAS_DEVICE_ATTR, &attr, &local) != -1)
    return TRUE;

  /* Kinds of fds that have no attributes at all say EINVAL, ENOTTY or EPERM. */
  if (local->code != KVM_ERROR_NO_SUCH_ATTRIBUTE && local->code != KVM_ERROR_NOT_SUPPORTED
      && local->code != KVM_ERROR_INVALID_ARGUMENT && local->code != KVM_ERROR_NOT_PERMITTED)
    {
      add_detail (&local, group, attribute, 0);
      g_propagate_error (error, g_steal_pointer (&local));
    }
  return FALSE;
}

guint8 *
_kvm_handle_get_attribute (KvmHandle *self, guint32 group, guint64 attribute, gsize size,
                           gsize *length, GError **error)
{
  KvmAbiDeviceAttr attr = { .group = group, .attr = attribute };
  guint8 *value = NULL;
  Fence fence;

  *length = 0;
  if (!fence_init (&fence, size, error))
    return NULL;

  attr.addr = (gulong) fence.data;
  if (kvm_ioctl (self, KVM_GET_DEVICE_ATTR, &attr, error) == -1)
    add_detail (error, group, attribute, size);
  else
    {
      value = g_malloc (size + 1);
      if (size != 0)
        memcpy (value, fence.data, size);
      *length = size;
    }
  fence_clear (&fence);
  return value;
}

gboolean
_kvm_handle_set_attribute (KvmHandle *self, guint32 group, guint64 attribute, const guint8 *data,
                           gsize length, GError **error)
{
  KvmAbiDeviceAttr attr = { .group = group, .attr = attribute };
  gboolean ret;
  Fence fence;

  if (!fence_init (&fence, length, error))
    return FALSE;

  if (length != 0)
    memcpy (fence.data, data, length);
  attr.addr = (gulong) fence.data;
  ret = kvm_ioctl (self, KVM_SET_DEVICE_ATTR, &attr, error) != -1;
  if (!ret)
    add_detail (error, group, attribute, length);
  fence_clear (&fence);
  return ret;
}
