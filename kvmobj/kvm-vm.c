/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "kvm-attribute-private.h"
#include "kvm-coalesced-zone-private.h"
#include "kvm-error-private.h"
#include "kvm-eventfd-private.h"
#include "kvm-fork-private.h"
#include "kvm-io-bus-private.h"
#include "kvm-ioctl-private.h"
#include "kvm-memory-map-private.h"
#include "kvm-system-private.h"
#include "kvm-state-private.h"
#include "kvm-vcpu-private.h"
#include "kvm-vm-private.h"

/**
 * KvmVm:
 *
 * A virtual machine, made by [method@Kvm.System.create_vm]. It gets memory with
 * [method@Kvm.Vm.add_memory] and processors with [method@Kvm.Vm.create_vcpu].
 *
 * It keeps its system alive, and is kept alive by its vCPUs, devices and memory slots. It owns the
 * memory that it was given until the slot is removed or the VM ends.
 *
 * A virtual machine may be used from any thread.
 *
 * Since: 0.1
 */

typedef enum
{
  PROP_SYSTEM = 1,
  PROP_IO_BUS,
} KvmVmProperty;

static GParamSpec *properties[PROP_IO_BUS + 1];

G_DEFINE_FINAL_TYPE (KvmVm, kvm_vm, G_TYPE_OBJECT)

static void
kvm_vm_finalize (GObject *object)
{
  KvmVm *self = KVM_VM (object);
  gboolean lent = g_atomic_int_get (&self->handle.lent);
  g_autoptr (GPtrArray) memories = NULL; /* goes after the fd */
  g_autoptr (GPtrArray) eventfds = NULL; /* so do they */

  /* Somebody else may have the bus, and change it just now. */
  if (self->io_bus != NULL)
    _kvm_io_bus_clear (self->io_bus);
  g_clear_object (&self->io_bus);

  _kvm_coalescing_clear (&self->coalescing);
  if (_kvm_vm_lock (self))
    {
      /* If nobody else has an fd the kernel's VM ends right here, and its slots with it. */
      memories = _kvm_vm_steal_memory (self, lent);
      g_mutex_unlock (&self->lock);
    }
  eventfds = _kvm_eventfd_table_steal (self->eventfds, lent);
  _kvm_handle_clear (&self->handle);
  g_clear_pointer (&self->children, g_ptr_array_unref);
  g_clear_pointer (&self->free_slots, g_array_unref);
  g_clear_pointer (&self->dirty_logs, g_ptr_array_unref);
  g_clear_pointer (&self->slot_lists, g_ptr_array_unref);
  _kvm_page_set_clear (&self->dirty_pages);
  g_clear_pointer (&self->eventfds, _kvm_eventfd_table_unref);
  _kvm_coalescing_free (&self->coalescing, self->generation);
  g_clear_pointer (&self->x86_state_facts, _kvm_x86_state_facts_free);
  _kvm_fork_clear_lock (&self->lock, self->generation);
  g_clear_object (&self->system);

  G_OBJECT_CLASS (kvm_vm_parent_class)->finalize (object);
}

static void
kvm_vm_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  KvmVm *self = KVM_VM (object);

  switch ((KvmVmProperty) id)
    {
    case PROP_SYSTEM:
      g_value_set_object (value, self->system);
      break;
    case PROP_IO_BUS:
      g_value_set_object (value, kvm_vm_get_io_bus (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
kvm_vm_class_init (KvmVmClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = kvm_vm_finalize;
  object_class->get_property = kvm_vm_get_property;

  /**
   * KvmVm:system:
   *
   * The system that the virtual machine was made by.
   *
   * Since: 0.1
   */
  properties[PROP_SYSTEM] = g_param_spec_object ("system", NULL, NULL, KVM_TYPE_SYSTEM,
                                                 G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * KvmVm:io-bus:
   *
   * The devices that the program has given the virtual machine.
   *
   * Since: 0.1
   */
  properties[PROP_IO_BUS] = g_param_spec_object ("io-bus", NULL, NULL, KVM_TYPE_IO_BUS,
                                                 G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
kvm_vm_init (KvmVm *self)
{
  _kvm_handle_init (&self->handle, KVM_HANDLE_VM);
  self->generation = _kvm_fork_generation;
  self->eventfds = _kvm_eventfd_table_new (&self->handle);
  g_mutex_init (&self->lock);
}

KvmVm *
_kvm_vm_new_take_fd (KvmSystem *system, int fd)
{
  KvmVm *self = g_object_new (KVM_TYPE_VM, NULL);

  self->system = g_object_ref (system);
  self->children = g_ptr_array_new ();
  _kvm_handle_open (&self->handle, fd, 0, &system->handle);
  return self;
}

static void
close_child (gpointer data, gpointer user_data)
{
  KvmHandle *child = data;

  if (child->kind == KVM_HANDLE_VCPU)
    _kvm_vcpu_close_handle (child);
  else
    _kvm_handle_close (child);
}

void
_kvm_vm_add_child (KvmVm *self, KvmHandle *child)
{
  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->children, child);
  if (self->io_bus != NULL && child->kind == KVM_HANDLE_VCPU)
    _kvm_vcpu_put_on_bus (child);
  if (g_atomic_int_get (&self->handle.generation) == 0)
    close_child (child, NULL);
  g_mutex_unlock (&self->lock);
}

void
_kvm_vm_remove_child (KvmVm *self, KvmHandle *child)
{
  if (!_kvm_vm_lock (self))
    return;
  g_ptr_array_remove (self->children, child); /* the others stay in their order */
  g_mutex_unlock (&self->lock);
}

/**
 * kvm_vm_new_take_fd: (constructor)
 * @system: the system that the virtual machine was made by, or another of the same host
 * @fd: a file descriptor of a virtual machine, which now belongs to the new object
 * @error: return location for an error
 *
 * Makes a virtual machine of a file descriptor that something else in this process got from
 * `KVM_CREATE_VM`, such as another library. It becomes close-on-exec. If this fails, it stays the
 * caller's. The kernel ties a virtual machine to the process that made it: of KVM's file
 * descriptors only those of /dev/kvm and of statistics can come from elsewhere.
 *
 * The library does not know of memory slots that the virtual machine has already, and the kernel
 * would change an old slot if a new one had the same number. So the new ones are numbered from the
 * highest number down.
 *
 * Fails with %KVM_ERROR_INVALID if it is not an fd of a virtual machine, %KVM_ERROR_WRONG_PROCESS
 * if another process made it, and with %KVM_ERROR_CLOSED if the system is closed.
 *
 * Returns: (transfer full): the virtual machine
 *
 * Since: 0.1
 */
KvmVm *
kvm_vm_new_take_fd (KvmSystem *system, int fd, GError **error)
{
  gboolean answers, is_foreign;
  KvmVm *self;
  int n_slots;

  g_return_val_if_fail (KVM_IS_SYSTEM (system), NULL);

  if (!_kvm_handle_check (&system->handle, "kvm_vm_new_take_fd ()", error))
    return NULL;

  /* Only /dev/kvm knows its version, and only it and a VM answer for capabilities. */
  answers = ioctl (fd, _KVM_CHECK_EXTENSION, KVM_CAPABILITY_USER_MEMORY) != -1;
  is_foreign = !answers && errno == EIO;
  if (!answers || ioctl (fd, _KVM_GET_API_VERSION, 0) != -1)
    {
      if (is_foreign)
        {
          g_set_error (error, KVM_ERROR, KVM_ERROR_WRONG_PROCESS,
                       "The virtual machine of the fd %d was made by another process", fd);
          return NULL;
        }
      g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID, "The fd %d is not a virtual machine's", fd);
      return NULL;
    }
  fcntl (fd, F_SETFD, FD_CLOEXEC);
  self = _kvm_vm_new_take_fd (system, fd);
  _kvm_handle_set_lent (&self->handle);
  n_slots = _kvm_handle_peek_extension (&self->handle, KVM_CAPABILITY_NR_MEMSLOTS);
  self->last_number = MAX (n_slots, 2) - 1;
  return self;
}

/**
 * kvm_vm_close:
 * @self: a virtual machine
 *
 * Ends the virtual machine, for languages in which the last reference goes at a time of its own.
 * With it go its vCPUs, devices and statistics, which are closed too, and its memory slots,
 * doorbells, interrupt triggers and the devices on its bus, which are removed; a vCPU that is
 * running in another thread is kicked, and its run fails with %KVM_ERROR_CLOSED. Every method then
 * fails with that error. Closing again does nothing.
 *
 * In a forked child this closes the child's file descriptors alone, and ends nothing.
 *
 * Since: 0.1
 */
void
kvm_vm_close (KvmVm *self)
{
  g_autoptr (GPtrArray) memories = NULL; /* goes after the lock */
  g_autoptr (GPtrArray) eventfds = NULL; /* so do they */

  g_return_if_fail (KVM_IS_VM (self));

  if (self->children == NULL)
    return;

  /* Under one lock, so that nothing is added in between. The vCPUs go first: a guest must not run
   * on without its memory. */
  if (!_kvm_vm_lock (self))
    {
      _kvm_handle_close (&self->handle);
      return;
    }
  g_ptr_array_foreach (self->children, close_child, NULL);
  _kvm_coalescing_clear (&self->coalescing);
  memories = _kvm_vm_steal_memory (self, TRUE);
  eventfds = _kvm_eventfd_table_steal (self->eventfds, TRUE);
  _kvm_handle_close (&self->handle);
  g_mutex_unlock (&self->lock);

  if (g_atomic_pointer_get (&self->io_bus) != NULL)
    _kvm_io_bus_clear (self->io_bus);
}

/**
 * kvm_vm_get_fd:
 * @self: a virtual machine
 *
 * Lends the file descriptor, for ioctls that the library does not know. It is the virtual
 * machine's: neither close it nor keep it longer.
 *
 * Returns: the file descriptor; -1 if the virtual machine is closed or was never opened
 *
 * Since: 0.1
 */
int
kvm_vm_get_fd (KvmVm *self)
{
  g_return_val_if_fail (KVM_IS_VM (self), -1);

  return _kvm_handle_get_fd (&self->handle);
}

/**
 * kvm_vm_dup_fd:
 * @self: a virtual machine
 * @error: return location for an error
 *
 * Duplicates the file descriptor, to give it to something else. The duplicate is close-on-exec. As
 * long as it is open the kernel keeps the virtual machine, but not the memory slots that the
 * library added.
 *
 * Fails with %KVM_ERROR_CLOSED, and with %KVM_ERROR_TOO_MANY_FILES if the process has none left.
 *
 * Returns: a file descriptor that the caller closes; -1 on failure
 *
 * Since: 0.1
 */
int
kvm_vm_dup_fd (KvmVm *self, GError **error)
{
  g_return_val_if_fail (KVM_IS_VM (self), -1);

  return _kvm_handle_dup_fd (&self->handle, error);
}

/**
 * kvm_vm_get_system:
 * @self: a virtual machine
 *
 * Gets the system that the virtual machine was made by.
 *
 * Returns: (transfer none) (nullable): the system; %NULL if the virtual machine was never opened
 *
 * Since: 0.1
 */
KvmSystem *
kvm_vm_get_system (KvmVm *self)
{
  g_return_val_if_fail (KVM_IS_VM (self), NULL);

  return self->system;
}

/**
 * kvm_vm_check_extension:
 * @self: a virtual machine
 * @capability: a [enum@Kvm.Capability], or another number of the kernel's `KVM_CAP_…`
 * @error: return location for an error
 *
 * Asks whether this virtual machine has a capability (`KVM_CHECK_EXTENSION`;
 * %KVM_CAPABILITY_CHECK_EXTENSION_VM). It may differ from what the system says, because of the type
 * of the virtual machine. See section 4.4 of api.rst.
 *
 * Fails with %KVM_ERROR_CLOSED.
 *
 * Returns: 0 if it is not there, else 1 or a number that the capability gives a meaning to; -1 on
 *   failure
 *
 * Since: 0.1
 */
int
kvm_vm_check_extension (KvmVm *self, guint capability, GError **error)
{
  int ret;

  g_return_val_if_fail (KVM_IS_VM (self), -1);

  ret = kvm_ioctl_value (&self->handle, KVM_CHECK_EXTENSION, capability, error);
  if (ret == -1)
    _kvm_error_add_detail (error, "capability %u", capability);
  return ret;
}

gboolean
_kvm_handle_enable_capability (KvmHandle *self, guint capability, const guint64 *arguments,
                               gsize n_arguments, GError **error)
{
  KvmAbiEnableCap enable = { .cap = capability };

  if (n_arguments > G_N_ELEMENTS (enable.args))
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                   "KVM_ENABLE_CAP takes at most 4 arguments, not %" G_GSIZE_FORMAT, n_arguments);
      return FALSE;
    }
  if (n_arguments != 0)
    memcpy (enable.args, arguments, n_arguments * sizeof *arguments);
  if (kvm_ioctl (self, KVM_ENABLE_CAP, &enable, error) == -1)
    {
      if (error != NULL && (*error)->code < KVM_ERROR_CLOSED
          && _kvm_handle_peek_extension (self, capability) == 0)
        _kvm_error_add_detail (error, "capability %u, which the host does not have", capability);
      else
        _kvm_error_add_detail (error, "capability %u", capability);
      return FALSE;
    }
  return TRUE;
}

/**
 * kvm_vm_enable_capability:
 * @self: a virtual machine
 * @capability: a [enum@Kvm.Capability], or another number of the kernel's `KVM_CAP_…`
 * @arguments: (array length=n_arguments) (nullable): what the capability takes
 * @n_arguments: how many there are, at most 4; the others are 0
 * @error: return location for an error
 *
 * Switches a capability on that is not on by itself (`KVM_ENABLE_CAP`;
 * %KVM_CAPABILITY_ENABLE_CAP_VM). Most must come before the first vCPU. See sections 4.37 and 7 of
 * api.rst.
 *
 * Fails with %KVM_ERROR_CLOSED, %KVM_ERROR_INVALID if there are more than 4 arguments,
 * %KVM_ERROR_INVALID_ARGUMENT if the kernel does not take the capability or its arguments, and with
 * errors that depend on the capability.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vm_enable_capability (KvmVm *self, guint capability, const guint64 *arguments,
                          gsize n_arguments, GError **error)
{
  g_return_val_if_fail (KVM_IS_VM (self), FALSE);
  g_return_val_if_fail (arguments != NULL || n_arguments == 0, FALSE);

  return _kvm_handle_enable_capability (&self->handle, capability, arguments, n_arguments, error);
}

/**
 * kvm_vm_create_vcpu:
 * @self: a virtual machine
 * @id: its id, below [method@Kvm.System.get_max_vcpu_id]; on x86 the id of its local APIC
 * @error: return location for an error
 *
 * Creates a vCPU (`KVM_CREATE_VCPU`). See section 4.7 of api.rst.
 *
 * Fails with %KVM_ERROR_CLOSED, %KVM_ERROR_EXISTS if there is one with this id,
 * %KVM_ERROR_INVALID_ARGUMENT if the id is too large or there are too many, %KVM_ERROR_BUSY if the
 * interrupt controller is initialized already (arm64), %KVM_ERROR_NO_MEMORY, and
 * %KVM_ERROR_TOO_MANY_FILES.
 *
 * Returns: (transfer full): the vCPU
 *
 * Since: 0.1
 */
KvmVcpu *
kvm_vm_create_vcpu (KvmVm *self, guint id, GError **error)
{
  KvmVcpu *vcpu;
  int fd, max_id;

  g_return_val_if_fail (KVM_IS_VM (self), NULL);

  fd = kvm_ioctl_value (&self->handle, KVM_CREATE_VCPU, id, error);
  if (fd == -1)
    {
      max_id = _kvm_handle_peek_extension (&self->handle, KVM_CAPABILITY_MAX_VCPU_ID);
      if (max_id > 0 && id >= (guint) max_id)
        _kvm_error_add_detail (error, "vCPU id %u; ids are below %d", id, max_id);
      else
        _kvm_error_add_detail (error, "vCPU id %u", id);
      return NULL;
    }
  vcpu = _kvm_vcpu_new_take_fd (self, id, fd, error);
  if (vcpu == NULL)
    close (fd);
  return vcpu;
}

/**
 * kvm_vm_create_irqchip:
 * @self: a virtual machine
 * @error: return location for an error
 *
 * Puts the interrupt controllers into the kernel (`KVM_CREATE_IRQCHIP`; %KVM_CAPABILITY_IRQCHIP;
 * x86 and arm64): two PICs and an I/O APIC on x86, where vCPUs that are created later have a local
 * APIC too and halt inside the kernel; a GICv2 on arm64, where [method@Kvm.Vm.create_device] is the
 * better way. See section 4.24 of api.rst.
 *
 * Fails with %KVM_ERROR_CLOSED, %KVM_ERROR_EXISTS if there are some already,
 * %KVM_ERROR_INVALID_ARGUMENT if there are vCPUs already (x86), %KVM_ERROR_NO_SUCH_ATTRIBUTE or
 * %KVM_ERROR_NO_DEVICE if the host has no such controller, %KVM_ERROR_BUSY if a vCPU has run
 * already (arm64), and with %KVM_ERROR_NOT_SUPPORTED, as on riscv64, where the AIA is a device: see
 * [method@Kvm.Device.riscv_init_aia].
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vm_create_irqchip (KvmVm *self, GError **error)
{
  g_return_val_if_fail (KVM_IS_VM (self), FALSE);
  if (KVMOBJ_HOST_ARCH == KVMOBJ_ARCH_RISCV)
    {
      g_set_error_literal (error, KVM_ERROR, KVM_ERROR_NOT_SUPPORTED,
                           "kvm_vm_create_irqchip () is for x86_64 and arm64; on riscv64 the AIA "
                           "is a device, see kvm_vm_create_device ()");
      return FALSE;
    }

  if (kvm_ioctl_value (&self->handle, KVM_CREATE_IRQCHIP, 0, error) == -1)
    {
      if (error != NULL && g_error_matches (*error, KVM_ERROR, KVM_ERROR_INVALID_ARGUMENT))
        _kvm_error_add_detail (error, "it must come before the first vCPU");
      return FALSE;
    }
  return TRUE;
}

/**
 * kvm_vm_get_io_bus:
 * @self: a virtual machine
 *
 * Gets the bus that says which device of the program's is where. It is the same one each time. With
 * it [method@Kvm.Vcpu.run] gives accesses to the devices instead of returning them.
 *
 * Returns: (transfer none): the bus
 *
 * Since: 0.1
 */
KvmIoBus *
kvm_vm_get_io_bus (KvmVm *self)
{
  KvmIoBus *bus;
  gboolean locked;

  g_return_val_if_fail (KVM_IS_VM (self), NULL);

  bus = g_atomic_pointer_get (&self->io_bus);
  if (bus != NULL)
    return bus;

  locked = _kvm_vm_lock (self);
  if (self->io_bus == NULL)
    {
      g_atomic_pointer_set (&self->io_bus,
                            _kvm_io_bus_new (_kvm_handle_is_usable (&self->handle) ? self : NULL));
      for (guint i = 0; self->children != NULL && i < self->children->len; i++)
        {
          KvmHandle *child = g_ptr_array_index (self->children, i);

          if (child->kind == KVM_HANDLE_VCPU)
            _kvm_vcpu_put_on_bus (child);
        }
    }
  if (locked)
    g_mutex_unlock (&self->lock);
  return self->io_bus;
}

static int
compare_vcpus (gconstpointer a, gconstpointer b)
{
  guint id_a = kvm_vcpu_get_id (*(KvmVcpu *const *) a);
  guint id_b = kvm_vcpu_get_id (*(KvmVcpu *const *) b);

  return id_a < id_b ? -1 : id_a > id_b;
}

GPtrArray *
_kvm_vm_get_vcpus (KvmVm *self)
{
  GPtrArray *vcpus = g_ptr_array_new_with_free_func ((GDestroyNotify) _kvm_vcpu_unpin);

  if (!_kvm_vm_lock (self))
    return vcpus;
  for (guint i = 0; self->children != NULL && i < self->children->len; i++)
    {
      KvmHandle *child = g_ptr_array_index (self->children, i);

      if (child->kind == KVM_HANDLE_VCPU && _kvm_vcpu_pin (_kvm_vcpu_from_handle (child)))
        g_ptr_array_add (vcpus, _kvm_vcpu_from_handle (child));
    }
  g_mutex_unlock (&self->lock);
  g_ptr_array_sort (vcpus, compare_vcpus);
  return vcpus;
}

void
_kvm_vm_note_bus_change (KvmVm *self, GPtrArray *tables)
{
  if (!_kvm_vm_lock (self))
    return;
  for (guint i = 0; self->children != NULL && i < self->children->len; i++)
    {
      KvmHandle *child = g_ptr_array_index (self->children, i);
      KvmIoTable *table = child->kind == KVM_HANDLE_VCPU ? _kvm_vcpu_note_bus_change (child) : NULL;

      if (table != NULL)
        g_ptr_array_add (tables, table);
    }
  g_mutex_unlock (&self->lock);
}

/**
 * kvm_vm_has_attribute:
 * @self: a virtual machine
 * @group: a group of attributes
 * @attribute: an attribute in the group
 * @error: return location for an error
 *
 * Asks whether the virtual machine has an attribute (`KVM_HAS_DEVICE_ATTR`; arm64). See
 * section 4.81 of api.rst.
 *
 * Fails with %KVM_ERROR_CLOSED. That there is no such attribute is not an error.
 *
 * Returns: %TRUE if there is such an attribute; %FALSE without an error if there is not
 *
 * Since: 0.1
 */
gboolean
kvm_vm_has_attribute (KvmVm *self, guint group, guint64 attribute, GError **error)
{
  g_return_val_if_fail (KVM_IS_VM (self), FALSE);

  return _kvm_handle_has_attribute (&self->handle, group, attribute, error);
}

/**
 * kvm_vm_get_attribute:
 * @self: a virtual machine
 * @group: a group of attributes
 * @attribute: an attribute in the group
 * @size: how many bytes the attribute has
 * @length: (out): the length of the result, which is @size
 * @error: return location for an error
 *
 * Gets an attribute of the virtual machine (`KVM_GET_DEVICE_ATTR`). See section 4.80 of api.rst.
 *
 * Fails with %KVM_ERROR_CLOSED, %KVM_ERROR_NO_SUCH_ATTRIBUTE, %KVM_ERROR_FAULT if the attribute is
 * larger than @size, and with %KVM_ERROR_NOT_SUPPORTED where virtual machines have no attributes.
 *
 * Returns: (array length=length) (transfer full): the value, little-endian
 *
 * Since: 0.1
 */
guint8 *
kvm_vm_get_attribute (KvmVm *self, guint group, guint64 attribute, gsize size, gsize *length,
                      GError **error)
{
  g_return_val_if_fail (length != NULL, NULL);
  *length = 0;
  g_return_val_if_fail (KVM_IS_VM (self), NULL);

  return _kvm_handle_get_attribute (&self->handle, group, attribute, size, length, error);
}

/**
 * kvm_vm_set_attribute:
 * @self: a virtual machine
 * @group: a group of attributes
 * @attribute: an attribute in the group
 * @data: (array length=length) (nullable): the value, little-endian
 * @length: its length in bytes, which is that of the attribute
 * @error: return location for an error
 *
 * Sets an attribute of the virtual machine (`KVM_SET_DEVICE_ATTR`; arm64). See section 4.80 of
 * api.rst.
 *
 * Fails with %KVM_ERROR_CLOSED, %KVM_ERROR_NO_SUCH_ATTRIBUTE, %KVM_ERROR_FAULT if the attribute is
 * larger than @length, %KVM_ERROR_BUSY if it is too late, and with %KVM_ERROR_NOT_SUPPORTED where
 * virtual machines have no attributes.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vm_set_attribute (KvmVm *self, guint group, guint64 attribute, const guint8 *data, gsize length,
                      GError **error)
{
  g_return_val_if_fail (KVM_IS_VM (self), FALSE);
  g_return_val_if_fail (data != NULL || length == 0, FALSE);

  return _kvm_handle_set_attribute (&self->handle, group, attribute, data, length, error);
}
