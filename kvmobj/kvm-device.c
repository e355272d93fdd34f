/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <errno.h>
#include <fcntl.h>

#include "kvm-attribute-private.h"
#include "kvm-device-private.h"
#include "kvm-error-private.h"
#include "kvm-ioctl-private.h"
#include "kvm-vcpu-private.h"
#include "kvm-vm-private.h"

/**
 * KvmDevice:
 *
 * A device that the kernel has inside, such as an interrupt controller on arm64, made by
 * [method@Kvm.Vm.create_device]. It is used through its attributes, which the kernel describes in
 * Documentation/virt/kvm/devices. It keeps its virtual machine alive.
 *
 * A device may be used from any thread.
 *
 * Since: 0.1
 */
struct _KvmDevice
{
  GObject parent_instance;
  KvmHandle handle;
  KvmVm *vm; /* owned */
};

typedef enum
{
  PROP_VM = 1,
  PROP_DEVICE_TYPE,
} KvmDeviceProperty;

static GParamSpec *properties[PROP_DEVICE_TYPE + 1];

G_DEFINE_FINAL_TYPE (KvmDevice, kvm_device, G_TYPE_OBJECT)

static void
kvm_device_finalize (GObject *object)
{
  KvmDevice *self = KVM_DEVICE (object);

  if (self->vm != NULL)
    _kvm_vm_remove_child (self->vm, &self->handle);
  _kvm_handle_clear (&self->handle);
  g_clear_object (&self->vm);

  G_OBJECT_CLASS (kvm_device_parent_class)->finalize (object);
}

static void
kvm_device_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  KvmDevice *self = KVM_DEVICE (object);

  switch ((KvmDeviceProperty) id)
    {
    case PROP_VM:
      g_value_set_object (value, self->vm);
      break;
    case PROP_DEVICE_TYPE:
      g_value_set_uint (value, self->handle.id);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
kvm_device_class_init (KvmDeviceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = kvm_device_finalize;
  object_class->get_property = kvm_device_get_property;

  /**
   * KvmDevice:vm:
   *
   * The virtual machine that the device is in.
   *
   * Since: 0.1
   */
  properties[PROP_VM] = g_param_spec_object ("vm", NULL, NULL, KVM_TYPE_VM,
                                             G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * KvmDevice:device-type:
   *
   * The type of the device: a [enum@Kvm.DeviceType], or another number.
   *
   * Since: 0.1
   */
  properties[PROP_DEVICE_TYPE] = g_param_spec_uint ("device-type", NULL, NULL, 0, G_MAXUINT, 0,
                                                    G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
kvm_device_init (KvmDevice *self)
{
  _kvm_handle_init (&self->handle, KVM_HANDLE_DEVICE);
}

static KvmDevice *
device_new_take_fd (KvmVm *vm, guint device_type, int fd)
{
  KvmDevice *self = g_object_new (KVM_TYPE_DEVICE, NULL);

  self->vm = g_object_ref (vm);
  _kvm_handle_open (&self->handle, fd, device_type, &vm->handle);
  _kvm_vm_add_child (vm, &self->handle);
  return self;
}

KvmHandle *
_kvm_device_get_handle (KvmDevice *self)
{
  return &self->handle;
}

/**
 * kvm_vm_create_device:
 * @vm: a virtual machine
 * @device_type: a [enum@Kvm.DeviceType], or another number of the kernel's `KVM_DEV_TYPE_…`
 * @error: return location for an error
 *
 * Creates a device in the kernel (`KVM_CREATE_DEVICE`; %KVM_CAPABILITY_DEVICE_CTRL). See
 * section 4.79 of api.rst.
 *
 * Fails with %KVM_ERROR_CLOSED, %KVM_ERROR_NO_DEVICE if the host does not have the type,
 * %KVM_ERROR_EXISTS or %KVM_ERROR_BUSY if there is one and there can be no other, and with errors
 * that depend on the type.
 *
 * Returns: (transfer full): the device
 *
 * Since: 0.1
 */
KvmDevice *
kvm_vm_create_device (KvmVm *vm, guint device_type, GError **error)
{
  KvmAbiCreateDevice create = { .type = device_type };

  g_return_val_if_fail (KVM_IS_VM (vm), NULL);

  if (kvm_ioctl (&vm->handle, KVM_CREATE_DEVICE, &create, error) == -1)
    {
      _kvm_error_add_detail (error, "device type %u", device_type);
      return NULL;
    }
  return device_new_take_fd (vm, device_type, create.fd);
}

/**
 * kvm_vm_test_device:
 * @vm: a virtual machine
 * @device_type: a [enum@Kvm.DeviceType], or another number of the kernel's `KVM_DEV_TYPE_…`
 * @error: return location for an error
 *
 * Asks whether the host has a type of device, without creating one (`KVM_CREATE_DEVICE` with its
 * test flag). See section 4.79 of api.rst.
 *
 * Fails with %KVM_ERROR_CLOSED. That there is no such type is not an error.
 *
 * Returns: %TRUE if the host has it; %FALSE without an error if it does not
 *
 * Since: 0.1
 */
gboolean
kvm_vm_test_device (KvmVm *vm, guint device_type, GError **error)
{
  KvmAbiCreateDevice create = { .type = device_type, .flags = KVMOBJ_CREATE_DEVICE_TEST };
  g_autoptr (GError) local = NULL;

  g_return_val_if_fail (KVM_IS_VM (vm), FALSE);

  if (kvm_ioctl (&vm->handle, KVM_CREATE_DEVICE, &create, &local) != -1)
    return TRUE;

  if (local->code != KVM_ERROR_NO_DEVICE && local->code != KVM_ERROR_NOT_SUPPORTED)
    {
      _kvm_error_add_detail (&local, "device type %u", device_type);
      g_propagate_error (error, g_steal_pointer (&local));
    }
  return FALSE;
}

/**
 * kvm_device_new_take_fd: (constructor)
 * @vm: the virtual machine that the device is in
 * @device_type: the type of the device
 * @fd: a file descriptor of a device, which now belongs to the new object
 * @error: return location for an error
 *
 * Makes a device of a file descriptor that something else got from `KVM_CREATE_DEVICE`. It becomes
 * close-on-exec. If this fails, it stays the caller's.
 *
 * Fails with %KVM_ERROR_INVALID if it is not an fd of a device, and with %KVM_ERROR_CLOSED.
 *
 * Returns: (transfer full): the device
 *
 * Since: 0.1
 */
KvmDevice *
kvm_device_new_take_fd (KvmVm *vm, guint device_type, int fd, GError **error)
{
  KvmAbiDeviceAttr attr = { .group = G_MAXUINT32 };
  KvmDevice *self;

  g_return_val_if_fail (KVM_IS_VM (vm), NULL);

  if (!_kvm_handle_check (&vm->handle, "kvm_device_new_take_fd ()", error))
    return NULL;

  /* A device knows whether it has an attribute; the system and a vCPU may too, but they answer
   * other questions as well. */
  if ((ioctl (fd, _KVM_HAS_DEVICE_ATTR, &attr) == -1 && errno != ENXIO && errno != EPERM)
      || ioctl (fd, _KVM_CHECK_EXTENSION, KVM_CAPABILITY_USER_MEMORY) != -1
      || _kvm_vcpu_owns_fd (fd))
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID, "The fd %d is not a device's", fd);
      return NULL;
    }
  fcntl (fd, F_SETFD, FD_CLOEXEC);
  self = device_new_take_fd (vm, device_type, fd);
  _kvm_handle_set_lent (&self->handle);
  return self;
}

/**
 * kvm_device_close:
 * @self: a device
 *
 * Closes the device, for languages in which the last reference goes at a time of its own. Every
 * method then fails with %KVM_ERROR_CLOSED. The kernel keeps the device as long as its virtual
 * machine, unless its type says otherwise. Closing again does nothing.
 *
 * Since: 0.1
 */
void
kvm_device_close (KvmDevice *self)
{
  g_return_if_fail (KVM_IS_DEVICE (self));

  _kvm_handle_close (&self->handle);
}

/**
 * kvm_device_get_fd:
 * @self: a device
 *
 * Lends the file descriptor, for ioctls that the library does not know. It is the device's: neither
 * close it nor keep it longer than the device.
 *
 * Returns: the file descriptor; -1 if the device is closed or was never opened
 *
 * Since: 0.1
 */
int
kvm_device_get_fd (KvmDevice *self)
{
  g_return_val_if_fail (KVM_IS_DEVICE (self), -1);

  return _kvm_handle_get_fd (&self->handle);
}

/**
 * kvm_device_dup_fd:
 * @self: a device
 * @error: return location for an error
 *
 * Duplicates the file descriptor, to give it to something else. The duplicate is close-on-exec.
 *
 * Fails with %KVM_ERROR_CLOSED, and with %KVM_ERROR_TOO_MANY_FILES if the process has none left.
 *
 * Returns: a file descriptor that the caller closes; -1 on failure
 *
 * Since: 0.1
 */
int
kvm_device_dup_fd (KvmDevice *self, GError **error)
{
  g_return_val_if_fail (KVM_IS_DEVICE (self), -1);

  return _kvm_handle_dup_fd (&self->handle, error);
}

/**
 * kvm_device_get_vm:
 * @self: a device
 *
 * Gets the virtual machine that the device is in.
 *
 * Returns: (transfer none) (nullable): the virtual machine; %NULL if the device was never opened
 *
 * Since: 0.1
 */
KvmVm *
kvm_device_get_vm (KvmDevice *self)
{
  g_return_val_if_fail (KVM_IS_DEVICE (self), NULL);

  return self->vm;
}

/**
 * kvm_device_get_device_type:
 * @self: a device
 *
 * Gets the type of the device.
 *
 * Returns: a [enum@Kvm.DeviceType], or another number of the kernel's
 *
 * Since: 0.1
 */
guint
kvm_device_get_device_type (KvmDevice *self)
{
  g_return_val_if_fail (KVM_IS_DEVICE (self), 0);

  return self->handle.id;
}

/**
 * kvm_device_has_attribute:
 * @self: a device
 * @group: a group of attributes
 * @attribute: an attribute in the group
 * @error: return location for an error
 *
 * Asks whether the device has an attribute (`KVM_HAS_DEVICE_ATTR`). See section 4.81 of api.rst.
 *
 * Fails with %KVM_ERROR_CLOSED. That there is no such attribute is not an error.
 *
 * Returns: %TRUE if there is such an attribute; %FALSE without an error if there is not
 *
 * Since: 0.1
 */
gboolean
kvm_device_has_attribute (KvmDevice *self, guint group, guint64 attribute, GError **error)
{
  g_return_val_if_fail (KVM_IS_DEVICE (self), FALSE);

  return _kvm_handle_has_attribute (&self->handle, group, attribute, error);
}

/**
 * kvm_device_get_attribute:
 * @self: a device
 * @group: a group of attributes
 * @attribute: an attribute in the group
 * @size: how many bytes the attribute has
 * @length: (out): the length of the result, which is @size
 * @error: return location for an error
 *
 * Gets an attribute of the device (`KVM_GET_DEVICE_ATTR`). See section 4.80 of api.rst.
 *
 * Fails with %KVM_ERROR_CLOSED, %KVM_ERROR_NO_SUCH_ATTRIBUTE, %KVM_ERROR_FAULT if the attribute is
 * larger than @size, %KVM_ERROR_NOT_PERMITTED if it cannot be got, and with errors that depend on
 * the type.
 *
 * Returns: (array length=length) (transfer full): the value, little-endian
 *
 * Since: 0.1
 */
guint8 *
kvm_device_get_attribute (KvmDevice *self, guint group, guint64 attribute, gsize size,
                          gsize *length, GError **error)
{
  g_return_val_if_fail (length != NULL, NULL);
  *length = 0;
  g_return_val_if_fail (KVM_IS_DEVICE (self), NULL);

  return _kvm_handle_get_attribute (&self->handle, group, attribute, size, length, error);
}

/**
 * kvm_device_set_attribute:
 * @self: a device
 * @group: a group of attributes
 * @attribute: an attribute in the group
 * @data: (array length=length) (nullable): the value, little-endian
 * @length: its length in bytes, which is that of the attribute
 * @error: return location for an error
 *
 * Sets an attribute of the device (`KVM_SET_DEVICE_ATTR`). See section 4.80 of api.rst.
 *
 * Fails with %KVM_ERROR_CLOSED, %KVM_ERROR_NO_SUCH_ATTRIBUTE, %KVM_ERROR_FAULT if the attribute is
 * larger than @length, %KVM_ERROR_BUSY if it is too late, and with errors that depend on the type.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_device_set_attribute (KvmDevice *self, guint group, guint64 attribute, const guint8 *data,
                          gsize length, GError **error)
{
  g_return_val_if_fail (KVM_IS_DEVICE (self), FALSE);
  g_return_val_if_fail (data != NULL || length == 0, FALSE);

  return _kvm_handle_set_attribute (&self->handle, group, attribute, data, length, error);
}
