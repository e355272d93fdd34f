/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "kvm-abi-run-private.h"
#include "kvm-attribute-private.h"
#include "kvm-error-private.h"
#include "kvm-ioctl-private.h"
#include "kvm-system-private.h"
#include "kvm-vm-private.h"

#define DEFAULT_PATH "/dev/kvm"
#define API_VERSION 12
#define OVERFLOW_GID 65534 /* what every group outside of a user namespace looks like in it */

/**
 * KvmSystem:
 *
 * KVM itself: what /dev/kvm stands for. It tells what the host can do, and makes virtual machines
 * with [method@Kvm.System.create_vm].
 *
 * A system may be used from any thread. One is enough for a process.
 *
 * ```c
 * g_autoptr (GError) error = NULL;
 * g_autoptr (KvmSystem) system = kvm_system_new (&error);
 *
 * if (system == NULL)
 *   g_printerr ("%s\n", error->message); // says what is missing and what to do about it
 * ```
 *
 * Since: 0.1
 */

typedef enum
{
  PROP_PATH = 1,
  PROP_FD,
} KvmSystemProperty;

static GParamSpec *properties[PROP_FD + 1];

static void kvm_system_initable_iface_init (GInitableIface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (KvmSystem, kvm_system, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_INITABLE,
                                                      kvm_system_initable_iface_init))

static void
kvm_system_finalize (GObject *object)
{
  KvmSystem *self = KVM_SYSTEM (object);

  _kvm_handle_clear (&self->handle);
  _kvm_system_x86_clear (self);
  g_free (self->path);
  _kvm_fork_clear_lock (&self->lock, self->generation);

  G_OBJECT_CLASS (kvm_system_parent_class)->finalize (object);
}

static void
kvm_system_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  KvmSystem *self = KVM_SYSTEM (object);

  switch ((KvmSystemProperty) id)
    {
    case PROP_PATH:
      g_value_set_string (value, self->path);
      break;
    case PROP_FD:
      g_value_set_int (value, self->fd_to_take != -1 ? self->fd_to_take
                                                     : _kvm_handle_get_fd (&self->handle));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
kvm_system_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  KvmSystem *self = KVM_SYSTEM (object);

  switch ((KvmSystemProperty) id)
    {
    case PROP_PATH:
      self->path = g_value_dup_string (value);
      break;
    case PROP_FD:
      self->fd_to_take = g_value_get_int (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
kvm_system_class_init (KvmSystemClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = kvm_system_finalize;
  object_class->get_property = kvm_system_get_property;
  object_class->set_property = kvm_system_set_property;

  /**
   * KvmSystem:path:
   *
   * The file that is opened; %NULL for an fd that was given, or for /dev/kvm.
   *
   * Since: 0.1
   */
  properties[PROP_PATH]
      = g_param_spec_string ("path", NULL, NULL, NULL,
                             G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);

  /**
   * KvmSystem:fd:
   *
   * The fd, lent; -1 if there is none. When the system is constructed, an fd to take instead of
   * opening a file.
   *
   * Since: 0.1
   */
  properties[PROP_FD]
      = g_param_spec_int ("fd", NULL, NULL, -1, G_MAXINT, -1,
                          G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
kvm_system_init (KvmSystem *self)
{
  _kvm_handle_init (&self->handle, KVM_HANDLE_SYSTEM);
  self->generation = _kvm_fork_generation;
  g_mutex_init (&self->lock);
}

KvmPermitted
_kvm_system_find_group (const char *path, char **group)
{
  struct stat status;
  struct group entry, *found = NULL;
  char buffer[4096];

  if (stat (path, &status) == -1 || (status.st_mode & S_IWOTH))
    return KVM_PERMITTED_ALL;
  if (!(status.st_mode & S_IWGRP))
    return KVM_PERMITTED_OWNER;
  /* The name is for a message only, and this is not a hot path. */
  if (status.st_gid != OVERFLOW_GID)
    getgrgid_r (status.st_gid, &entry, buffer, sizeof buffer, &found);
  if (found == NULL)
    return KVM_PERMITTED_UNNAMED_GROUP;
  *group = g_strdup (found->gr_name);
  return KVM_PERMITTED_GROUP;
}

/* What a person can do about a file that cannot be opened. */
static void
set_open_error (const char *path, int errsv, GError **error)
{
  g_autofree char *group = NULL;

  _kvm_error_set_errno (error, errsv, "open () of %s", path);
  switch (errsv)
    {
    case EISDIR:
    case ENOTDIR:
    case ELOOP:
    case ENAMETOOLONG:
      if (error != NULL)
        (*error)->code = KVM_ERROR_INVALID;
      break;
    case ENOENT:
      if (strcmp (path, DEFAULT_PATH) != 0)
        break;
      _kvm_error_add_detail (
          error, "there is no KVM here: load the module kvm_intel or kvm_amd, or switch "
                 "virtualization on in the firmware; in a container or a Flatpak, pass the device "
                 "in, with --device=/dev/kvm or --device=kvm; kvmobj-info --diagnose tells which");
      break;
    case ENODEV:
    case ENXIO:
      _kvm_error_add_detail (error, "the file is there, but no KVM behind it: load the module "
                                    "kvm_intel or kvm_amd, or switch virtualization on in the "
                                    "firmware");
      break;
    case EACCES:
    case EPERM:
      switch (_kvm_system_find_group (path, &group))
        {
        case KVM_PERMITTED_ALL:
          _kvm_error_add_detail (error, "a directory on the way, a sandbox or a security policy "
                                        "denies it");
          break;
        case KVM_PERMITTED_GROUP:
          _kvm_error_add_detail (error,
                                 "its group may use it: add the user to the group %s, then log in "
                                 "again",
                                 group);
          break;
        case KVM_PERMITTED_UNNAMED_GROUP:
          _kvm_error_add_detail (error,
                                 "its group may use it, which has no name here: add the user "
                                 "to the group that it has outside of the sandbox, then log "
                                 "in again");
          break;
        case KVM_PERMITTED_OWNER:
        default:
          _kvm_error_add_detail (error,
                                 "only its owner may use it: run the program as that user, or "
                                 "let a group use it with chgrp and chmod g+rw");
        }
      break;
    case EBUSY:
      _kvm_error_add_detail (error, "another hypervisor is using the processor");
      break;
    default:
      break;
    }
}

static gboolean
kvm_system_initable_init (GInitable *initable, GCancellable *cancellable, GError **error)
{
  KvmSystem *self = KVM_SYSTEM (initable);
  const char *path = self->path != NULL ? self->path : DEFAULT_PATH;
  gboolean given = self->fd_to_take != -1;
  int fd = self->fd_to_take;
  int version;

  if (self->handle.fd != -1)
    return TRUE;
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;

  if (!given)
    {
      fd = open (path, O_RDWR | O_CLOEXEC);
      if (fd == -1)
        {
          set_open_error (path, errno, error);
          return FALSE;
        }
    }

  version = ioctl (fd, _KVM_GET_API_VERSION, 0);
  if (version != API_VERSION)
    {
      if (version == -1)
        g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                     "%s is not KVM: it does not answer KVM_GET_API_VERSION (%s)",
                     given ? "The fd" : path, g_strerror (errno));
      else
        g_set_error (error, KVM_ERROR, KVM_ERROR_NOT_SUPPORTED,
                     "KVM_GET_API_VERSION: this kernel has the version %d of KVM's interface, and "
                     "the library needs %d",
                     version, API_VERSION);
      if (!given)
        close (fd);
      return FALSE;
    }

  if (!_kvm_handle_open_root (&self->handle, fd, error))
    {
      if (!given)
        close (fd);
      return FALSE;
    }

  self->vcpu_mmap_size = kvm_ioctl_value (&self->handle, KVM_GET_VCPU_MMAP_SIZE, 0, error);
  if (self->vcpu_mmap_size != -1 && (gsize) self->vcpu_mmap_size < sizeof (KvmAbiRun))
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                   "KVM_GET_VCPU_MMAP_SIZE on /dev/kvm: %d bytes are less than a run page has",
                   self->vcpu_mmap_size);
      self->vcpu_mmap_size = -1;
    }
  if (self->vcpu_mmap_size == -1)
    {
      if (given)
        self->handle.fd = -1; /* it stays the caller's */
      _kvm_handle_clear (&self->handle);
      return FALSE;
    }

  self->fd_to_take = -1;
  if (given)
    fcntl (fd, F_SETFD, FD_CLOEXEC);
  return TRUE;
}

static void
kvm_system_initable_iface_init (GInitableIface *iface)
{
  iface->init = kvm_system_initable_init;
}

/**
 * kvm_system_new:
 * @error: return location for an error
 *
 * Opens /dev/kvm.
 *
 * Fails with %KVM_ERROR_NOT_FOUND if there is no such file, %KVM_ERROR_PERMISSION if the user may
 * not use it, %KVM_ERROR_NO_DEVICE if there is no KVM behind it, %KVM_ERROR_BUSY if another
 * hypervisor uses the processor, and %KVM_ERROR_NOT_SUPPORTED if the kernel's interface is another
 * than version 12. The message says what can be done about it.
 *
 * Returns: (transfer full): the system
 *
 * Since: 0.1
 */
KvmSystem *
kvm_system_new (GError **error)
{
  return g_initable_new (KVM_TYPE_SYSTEM, NULL, error, NULL);
}

/**
 * kvm_system_new_for_path:
 * @path: (type filename): the file to open
 * @error: return location for an error
 *
 * Opens KVM in another place than /dev/kvm.
 *
 * Fails as [ctor@Kvm.System.new] does, and with %KVM_ERROR_INVALID if the file is not KVM's.
 *
 * Returns: (transfer full): the system
 *
 * Since: 0.1
 */
KvmSystem *
kvm_system_new_for_path (const char *path, GError **error)
{
  g_return_val_if_fail (path != NULL, NULL);

  return g_initable_new (KVM_TYPE_SYSTEM, NULL, error, "path", path, NULL);
}

/**
 * kvm_system_new_take_fd:
 * @fd: a file descriptor of /dev/kvm, which now belongs to the system
 * @error: return location for an error
 *
 * Makes a system of a file descriptor that something else opened, such as the parent of a sandboxed
 * program. It becomes close-on-exec. If this fails, it stays the caller's.
 *
 * Fails with %KVM_ERROR_INVALID if it is not an fd of /dev/kvm.
 *
 * Returns: (transfer full): the system
 *
 * Since: 0.1
 */
KvmSystem *
kvm_system_new_take_fd (int fd, GError **error)
{
  if (fd < 0)
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID, "%d is not a file descriptor", fd);
      return NULL;
    }
  return g_initable_new (KVM_TYPE_SYSTEM, NULL, error, "fd", fd, NULL);
}

/**
 * kvm_system_close:
 * @self: a system
 *
 * Closes the system, for languages in which the last reference goes at a time of its own. Every
 * method then fails with %KVM_ERROR_CLOSED. Its virtual machines live on. Closing again does
 * nothing.
 *
 * Since: 0.1
 */
void
kvm_system_close (KvmSystem *self)
{
  g_return_if_fail (KVM_IS_SYSTEM (self));

  _kvm_handle_close (&self->handle);
}

/**
 * kvm_system_get_fd:
 * @self: a system
 *
 * Lends the file descriptor, for ioctls that the library does not know. It is the system's: neither
 * close it nor keep it longer than the system.
 *
 * Returns: the file descriptor; -1 if the system is closed or was never opened
 *
 * Since: 0.1
 */
int
kvm_system_get_fd (KvmSystem *self)
{
  g_return_val_if_fail (KVM_IS_SYSTEM (self), -1);

  return _kvm_handle_get_fd (&self->handle);
}

/**
 * kvm_system_dup_fd:
 * @self: a system
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
kvm_system_dup_fd (KvmSystem *self, GError **error)
{
  g_return_val_if_fail (KVM_IS_SYSTEM (self), -1);

  return _kvm_handle_dup_fd (&self->handle, error);
}

/**
 * kvm_system_get_api_version:
 * @self: a system
 * @error: return location for an error
 *
 * Gets the version of KVM's interface (`KVM_GET_API_VERSION`). It is 12 and will not change; what a
 * kernel can do is asked with [method@Kvm.System.check_extension]. See section 4.1 of api.rst.
 *
 * Fails with %KVM_ERROR_CLOSED.
 *
 * Returns: 12; -1 on failure
 *
 * Since: 0.1
 */
int
kvm_system_get_api_version (KvmSystem *self, GError **error)
{
  g_return_val_if_fail (KVM_IS_SYSTEM (self), -1);

  return kvm_ioctl_value (&self->handle, KVM_GET_API_VERSION, 0, error);
}

/**
 * kvm_system_check_extension:
 * @self: a system
 * @capability: a [enum@Kvm.Capability], or another number of the kernel's `KVM_CAP_…`
 * @error: return location for an error
 *
 * Asks whether the host has a capability (`KVM_CHECK_EXTENSION`). A number that the kernel does not
 * know is simply not there. What a virtual machine can do may differ by its type; see
 * [method@Kvm.Vm.check_extension]. See section 4.4 of api.rst.
 *
 * Fails with %KVM_ERROR_CLOSED, and with %KVM_ERROR_INVALID_ARGUMENT for the few capabilities that
 * only a virtual machine can be asked for.
 *
 * Returns: 0 if it is not there, else 1 or a number that the capability gives a meaning to; -1 on
 *   failure
 *
 * Since: 0.1
 */
int
kvm_system_check_extension (KvmSystem *self, guint capability, GError **error)
{
  int ret;

  g_return_val_if_fail (KVM_IS_SYSTEM (self), -1);

  ret = kvm_ioctl_value (&self->handle, KVM_CHECK_EXTENSION, capability, error);
  if (ret == -1)
    _kvm_error_add_detail (error, "capability %u", capability);
  return ret;
}

/* The first of @capabilities that the kernel gives a number for, else @fallback. */
static int
check_extensions (KvmSystem *self, const KvmCapability *capabilities, guint n, int fallback,
                  GError **error)
{
  int ret = 0;

  for (guint i = 0; i < n && ret == 0; i++)
    ret = kvm_system_check_extension (self, capabilities[i], error);
  return ret == 0 ? fallback : ret;
}

/**
 * kvm_system_get_recommended_vcpus:
 * @self: a system
 * @error: return location for an error
 *
 * Gets how many vCPUs a virtual machine should have at most to run well: as many as the host has
 * processors (%KVM_CAPABILITY_NR_VCPUS).
 *
 * Fails with %KVM_ERROR_CLOSED.
 *
 * Returns: the number of vCPUs; -1 on failure
 *
 * Since: 0.1
 */
int
kvm_system_get_recommended_vcpus (KvmSystem *self, GError **error)
{
  static const KvmCapability capabilities[] = { KVM_CAPABILITY_NR_VCPUS };

  g_return_val_if_fail (KVM_IS_SYSTEM (self), -1);

  /* api.rst, 4.7: a kernel that does not say means 4. */
  return check_extensions (self, capabilities, G_N_ELEMENTS (capabilities), 4, error);
}

/**
 * kvm_system_get_max_vcpus:
 * @self: a system
 * @error: return location for an error
 *
 * Gets how many vCPUs a virtual machine can have (%KVM_CAPABILITY_MAX_VCPUS).
 *
 * Fails with %KVM_ERROR_CLOSED.
 *
 * Returns: the number of vCPUs; -1 on failure
 *
 * Since: 0.1
 */
int
kvm_system_get_max_vcpus (KvmSystem *self, GError **error)
{
  static const KvmCapability capabilities[] = { KVM_CAPABILITY_MAX_VCPUS, KVM_CAPABILITY_NR_VCPUS };

  g_return_val_if_fail (KVM_IS_SYSTEM (self), -1);

  return check_extensions (self, capabilities, G_N_ELEMENTS (capabilities), 4, error);
}

/**
 * kvm_system_get_max_vcpu_id:
 * @self: a system
 * @error: return location for an error
 *
 * Gets which ids vCPUs can have: those below this number (%KVM_CAPABILITY_MAX_VCPU_ID).
 *
 * Fails with %KVM_ERROR_CLOSED.
 *
 * Returns: the first id that is too large; -1 on failure
 *
 * Since: 0.1
 */
int
kvm_system_get_max_vcpu_id (KvmSystem *self, GError **error)
{
  static const KvmCapability capabilities[]
      = { KVM_CAPABILITY_MAX_VCPU_ID, KVM_CAPABILITY_MAX_VCPUS, KVM_CAPABILITY_NR_VCPUS };

  g_return_val_if_fail (KVM_IS_SYSTEM (self), -1);

  return check_extensions (self, capabilities, G_N_ELEMENTS (capabilities), 4, error);
}

/**
 * kvm_system_get_max_memory_slots:
 * @self: a system
 * @error: return location for an error
 *
 * Gets how many memory slots a virtual machine can have (%KVM_CAPABILITY_NR_MEMSLOTS).
 *
 * Fails with %KVM_ERROR_CLOSED.
 *
 * Returns: the number of slots; -1 on failure
 *
 * Since: 0.1
 */
int
kvm_system_get_max_memory_slots (KvmSystem *self, GError **error)
{
  static const KvmCapability capabilities[] = { KVM_CAPABILITY_NR_MEMSLOTS };

  g_return_val_if_fail (KVM_IS_SYSTEM (self), -1);

  return check_extensions (self, capabilities, G_N_ELEMENTS (capabilities), 32, error);
}

/**
 * kvm_system_get_vcpu_mmap_size:
 * @self: a system
 * @error: return location for an error
 *
 * Gets how large the memory is that a vCPU shares with the process (`KVM_GET_VCPU_MMAP_SIZE`). The
 * library maps it; a program needs this only to map the fd of a vCPU itself. See section 4.5 of
 * api.rst.
 *
 * Fails with %KVM_ERROR_CLOSED.
 *
 * Returns: the size in bytes; -1 on failure
 *
 * Since: 0.1
 */
int
kvm_system_get_vcpu_mmap_size (KvmSystem *self, GError **error)
{
  g_return_val_if_fail (KVM_IS_SYSTEM (self), -1);

  if (!_kvm_handle_check (&self->handle, "KVM_GET_VCPU_MMAP_SIZE", error))
    return -1;
  return self->vcpu_mmap_size;
}

/**
 * kvm_system_create_vm:
 * @self: a system
 * @error: return location for an error
 *
 * Creates a virtual machine of the default type, without memory and vCPUs (`KVM_CREATE_VM`).
 *
 * Fails as [method@Kvm.System.create_vm_with_type] does.
 *
 * Returns: (transfer full): the virtual machine
 *
 * Since: 0.1
 */
KvmVm *
kvm_system_create_vm (KvmSystem *self, GError **error)
{
  return kvm_system_create_vm_with_type (self, 0, error);
}

/**
 * kvm_system_create_vm_with_type:
 * @self: a system
 * @vm_type: the type, 0 for the default. On x86 a bit number in what
 *   %KVM_CAPABILITY_VM_TYPES gives; on arm64 the number of bits of a guest-physical address
 * @error: return location for an error
 *
 * Creates a virtual machine, without memory and vCPUs (`KVM_CREATE_VM`). See section 4.2 of
 * api.rst.
 *
 * Fails with %KVM_ERROR_CLOSED, %KVM_ERROR_INVALID_ARGUMENT if the host does not have the type,
 * %KVM_ERROR_NO_MEMORY, %KVM_ERROR_TOO_MANY_FILES, and with %KVM_ERROR_BUSY if another hypervisor
 * uses the processor.
 *
 * Returns: (transfer full): the virtual machine
 *
 * Since: 0.1
 */
KvmVm *
kvm_system_create_vm_with_type (KvmSystem *self, guint64 vm_type, GError **error)
{
  int fd;

  g_return_val_if_fail (KVM_IS_SYSTEM (self), NULL);

  fd = kvm_ioctl_value (&self->handle, KVM_CREATE_VM, vm_type, error);
  if (fd == -1)
    {
      _kvm_error_add_detail (error, "type %" G_GUINT64_FORMAT, vm_type);
      return NULL;
    }
  return _kvm_vm_new_take_fd (self, fd);
}

/**
 * kvm_system_has_attribute:
 * @self: a system
 * @group: a group of attributes
 * @attribute: an attribute in the group
 * @error: return location for an error
 *
 * Asks whether the host has an attribute (`KVM_HAS_DEVICE_ATTR`; %KVM_CAPABILITY_SYS_ATTRIBUTES,
 * x86). See section 4.81 of api.rst.
 *
 * Fails with %KVM_ERROR_CLOSED. That there is no such attribute is not an error.
 *
 * Returns: %TRUE if there is such an attribute; %FALSE without an error if there is not
 *
 * Since: 0.1
 */
gboolean
kvm_system_has_attribute (KvmSystem *self, guint group, guint64 attribute, GError **error)
{
  g_return_val_if_fail (KVM_IS_SYSTEM (self), FALSE);

  return _kvm_handle_has_attribute (&self->handle, group, attribute, error);
}

/**
 * kvm_system_get_attribute:
 * @self: a system
 * @group: a group of attributes
 * @attribute: an attribute in the group
 * @size: how many bytes the attribute has
 * @length: (out): the length of the result, which is @size
 * @error: return location for an error
 *
 * Gets an attribute of the host (`KVM_GET_DEVICE_ATTR`; %KVM_CAPABILITY_SYS_ATTRIBUTES, x86). See
 * section 4.80 of api.rst.
 *
 * Fails with %KVM_ERROR_CLOSED, %KVM_ERROR_NO_SUCH_ATTRIBUTE, %KVM_ERROR_FAULT if the attribute is
 * larger than @size, and with %KVM_ERROR_NOT_SUPPORTED where a host has no attributes.
 *
 * Returns: (array length=length) (transfer full): the value, little-endian
 *
 * Since: 0.1
 */
guint8 *
kvm_system_get_attribute (KvmSystem *self, guint group, guint64 attribute, gsize size,
                          gsize *length, GError **error)
{
  g_return_val_if_fail (length != NULL, NULL);
  *length = 0;
  g_return_val_if_fail (KVM_IS_SYSTEM (self), NULL);

  return _kvm_handle_get_attribute (&self->handle, group, attribute, size, length, error);
}
