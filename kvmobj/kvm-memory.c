/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kvm-error-private.h"
#include "kvm-fork-private.h"
#include "kvm-memory-private.h"

/**
 * KvmMemory:
 *
 * Memory of this process that guests can use as theirs, see [method@Kvm.Vm.add_memory]. It begins
 * as zeros. The same memory may stand in several slots and several virtual machines, which share
 * it.
 *
 * It is freed when nobody uses it: neither a reference nor a memory slot. A forked child does not
 * have it; there, every method fails with %KVM_ERROR_WRONG_PROCESS.
 *
 * Memory may be read and written from any thread, also while a guest runs. What a guest writes at
 * the same time may be seen in part.
 *
 * Since: 0.1
 */

typedef enum
{
  PROP_SIZE = 1,
} KvmMemoryProperty;

static GParamSpec *properties[PROP_SIZE + 1];

G_DEFINE_FINAL_TYPE (KvmMemory, kvm_memory, G_TYPE_OBJECT)

static void
kvm_memory_finalize (GObject *object)
{
  KvmMemory *self = KVM_MEMORY (object);

  /* A forked child has no such mapping, and may have another in its place. */
  if (self->data != NULL && self->generation == _kvm_fork_generation)
    munmap (self->data, self->size);
  if (self->fd != -1)
    close (self->fd);

  G_OBJECT_CLASS (kvm_memory_parent_class)->finalize (object);
}

static void
kvm_memory_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  KvmMemory *self = KVM_MEMORY (object);

  switch ((KvmMemoryProperty) id)
    {
    case PROP_SIZE:
      g_value_set_uint64 (value, self->size);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
kvm_memory_class_init (KvmMemoryClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = kvm_memory_finalize;
  object_class->get_property = kvm_memory_get_property;

  /**
   * KvmMemory:size:
   *
   * The size in bytes.
   *
   * Since: 0.1
   */
  properties[PROP_SIZE] = g_param_spec_uint64 ("size", NULL, NULL, 0, G_MAXUINT64, 0,
                                               G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
kvm_memory_init (KvmMemory *self)
{
  self->fd = -1;
}

static gboolean
check_size (guint64 size, GError **error)
{
  gsize page_size = sysconf (_SC_PAGESIZE);

  if (size == 0 || size % page_size != 0)
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                   "Memory comes in pages of %" G_GSIZE_FORMAT " bytes, and %" G_GUINT64_FORMAT
                   " bytes are %s",
                   page_size, size, size == 0 ? "none" : "not a whole number of them");
      return FALSE;
    }
  return TRUE;
}

static KvmMemory *
memory_new_map (guint64 size, int fd, int flags, GError **error)
{
  gpointer data = mmap (NULL, size, PROT_READ | PROT_WRITE, flags | MAP_NORESERVE, fd, 0);
  KvmMemory *self;

  if (data == MAP_FAILED)
    {
      _kvm_error_set_errno (error, errno, "mmap () of %" G_GUINT64_FORMAT " bytes of memory", size);
      return NULL;
    }

  /* A child that shared it would see copy-on-write move pages from under the guest. */
  if (madvise (data, size, MADV_DONTFORK) == -1)
    {
      _kvm_error_set_errno (error, errno, "madvise () of memory");
      munmap (data, size);
      return NULL;
    }

  _kvm_fork_watch ();
  self = g_object_new (KVM_TYPE_MEMORY, NULL);
  self->data = data;
  self->size = size;
  self->fd = fd;
  self->generation = _kvm_fork_generation;
  return self;
}

/**
 * kvm_memory_new: (constructor)
 * @size: the size in bytes, a multiple of the host's page size
 * @error: return location for an error
 *
 * Makes memory that only this process has. The host gives a page when it is first touched.
 *
 * Fails with %KVM_ERROR_INVALID if the size is not a multiple of the page size, or is 0, and with
 * %KVM_ERROR_NO_MEMORY.
 *
 * Returns: (transfer full): the memory
 *
 * Since: 0.1
 */
KvmMemory *
kvm_memory_new (guint64 size, GError **error)
{
  if (!check_size (size, error))
    return NULL;

  return memory_new_map (size, -1, MAP_PRIVATE | MAP_ANONYMOUS, error);
}

/**
 * kvm_memory_new_memfd: (constructor)
 * @size: the size in bytes, a multiple of the host's page size
 * @error: return location for an error
 *
 * Makes memory with a file descriptor, so that other processes, or Python's `mmap`, can map it too.
 * Its size is sealed.
 *
 * Fails as [ctor@Kvm.Memory.new] does, and with %KVM_ERROR_TOO_MANY_FILES if the process has no
 * file descriptor left.
 *
 * Returns: (transfer full): the memory
 *
 * Since: 0.1
 */
KvmMemory *
kvm_memory_new_memfd (guint64 size, GError **error)
{
  KvmMemory *self;
  int fd;

  if (!check_size (size, error))
    return NULL;

  fd = memfd_create ("kvmobj-memory", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (fd == -1)
    {
      _kvm_error_set_errno (error, errno, "memfd_create ()");
      return NULL;
    }
  if (size > G_MAXINT64 || ftruncate (fd, size) == -1
      || fcntl (fd, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) == -1)
    {
      _kvm_error_set_errno (error, size > G_MAXINT64 ? EFBIG : errno,
                            "ftruncate () of a memfd to %" G_GUINT64_FORMAT " bytes", size);
      close (fd);
      return NULL;
    }

  self = memory_new_map (size, fd, MAP_SHARED, error);
  if (self == NULL)
    close (fd);
  return self;
}

gboolean
_kvm_memory_check (KvmMemory *self, GError **error)
{
  if (self->data == NULL)
    g_set_error_literal (error, KVM_ERROR, KVM_ERROR_CLOSED,
                         "The memory was never made: use one of its constructors");
  else if (self->generation != _kvm_fork_generation)
    g_set_error_literal (error, KVM_ERROR, KVM_ERROR_WRONG_PROCESS,
                         "The memory belongs to the process that this one was forked from");
  else
    return TRUE;
  return FALSE;
}

static gboolean
check_range (KvmMemory *self, guint64 offset, guint64 length, GError **error)
{
  if (!_kvm_memory_check (self, error))
    return FALSE;

  if (offset > self->size || length > self->size - offset)
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                   "%" G_GUINT64_FORMAT " bytes at 0x%" G_GINT64_MODIFIER
                   "x are not within the memory's 0x%" G_GINT64_MODIFIER "x bytes",
                   length, offset, self->size);
      return FALSE;
    }
  return TRUE;
}

/**
 * kvm_memory_get_size:
 * @self: memory
 *
 * Gets how large the memory is.
 *
 * Returns: the size in bytes
 *
 * Since: 0.1
 */
guint64
kvm_memory_get_size (KvmMemory *self)
{
  g_return_val_if_fail (KVM_IS_MEMORY (self), 0);

  return self->size;
}

/**
 * kvm_memory_get_fd:
 * @self: memory
 *
 * Lends the file descriptor of memory made by [ctor@Kvm.Memory.new_memfd]. It is the memory's:
 * neither close it nor keep it longer.
 *
 * Returns: the file descriptor; -1 if the memory has none
 *
 * Since: 0.1
 */
int
kvm_memory_get_fd (KvmMemory *self)
{
  g_return_val_if_fail (KVM_IS_MEMORY (self), -1);

  return self->fd;
}

/**
 * kvm_memory_get_pointer: (skip)
 * @self: memory
 *
 * Gets where the memory is in this process. A guest may change what stands there at any moment. The
 * pointer is good as long as a reference or a slot is.
 *
 * Returns: (nullable): the address; %NULL in a forked child
 *
 * Since: 0.1
 */
gpointer
kvm_memory_get_pointer (KvmMemory *self)
{
  g_return_val_if_fail (KVM_IS_MEMORY (self), NULL);

  return self->generation == _kvm_fork_generation ? self->data : NULL;
}

/**
 * kvm_memory_read: (skip)
 * @self: memory
 * @offset: where to begin, in bytes from the start of the memory
 * @buffer: where the bytes are copied to
 * @length: how many bytes
 * @error: return location for an error
 *
 * Copies bytes out of the memory.
 *
 * Fails with %KVM_ERROR_INVALID if there are no such bytes, %KVM_ERROR_CLOSED if the memory was
 * never made, and with %KVM_ERROR_WRONG_PROCESS in a forked child.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_memory_read (KvmMemory *self, guint64 offset, gpointer buffer, gsize length, GError **error)
{
  g_return_val_if_fail (KVM_IS_MEMORY (self), FALSE);
  g_return_val_if_fail (buffer != NULL || length == 0, FALSE);

  if (!check_range (self, offset, length, error))
    return FALSE;

  if (length != 0)
    memcpy (buffer, self->data + offset, length);
  return TRUE;
}

/**
 * kvm_memory_read_bytes: (rename-to kvm_memory_read)
 * @self: memory
 * @offset: where to begin, in bytes from the start of the memory
 * @size: how many bytes
 * @length: (out): the length of the result, which is @size
 * @error: return location for an error
 *
 * Copies bytes out of the memory.
 *
 * Fails with %KVM_ERROR_INVALID if there are no such bytes, %KVM_ERROR_NO_MEMORY, %KVM_ERROR_CLOSED
 * if the memory was never made, and with %KVM_ERROR_WRONG_PROCESS.
 *
 * Returns: (array length=length) (transfer full): the bytes
 *
 * Since: 0.1
 */
guint8 *
kvm_memory_read_bytes (KvmMemory *self, guint64 offset, gsize size, gsize *length, GError **error)
{
  guint8 *bytes;

  g_return_val_if_fail (length != NULL, NULL);
  *length = 0;
  g_return_val_if_fail (KVM_IS_MEMORY (self), NULL);

  if (!check_range (self, offset, size, error))
    return NULL;

  bytes = g_try_malloc (MAX (size, 1));
  if (bytes == NULL)
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_NO_MEMORY,
                   "There is no room for a copy of %" G_GSIZE_FORMAT " bytes of memory", size);
      return NULL;
    }
  memcpy (bytes, self->data + offset, size);
  *length = size;
  return bytes;
}

/**
 * kvm_memory_write:
 * @self: memory
 * @offset: where to begin, in bytes from the start of the memory
 * @data: (array length=length) (element-type guint8): the bytes
 * @length: how many there are
 * @error: return location for an error
 *
 * Copies bytes into the memory.
 *
 * Fails with %KVM_ERROR_INVALID if they do not fit, %KVM_ERROR_CLOSED if the memory was
 * never made, and with %KVM_ERROR_WRONG_PROCESS in a forked child.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_memory_write (KvmMemory *self, guint64 offset, const guint8 *data, gsize length, GError **error)
{
  g_return_val_if_fail (KVM_IS_MEMORY (self), FALSE);
  g_return_val_if_fail (data != NULL || length == 0, FALSE);

  if (!check_range (self, offset, length, error))
    return FALSE;

  if (length != 0)
    memcpy (self->data + offset, data, length);
  return TRUE;
}

/**
 * kvm_memory_fill:
 * @self: memory
 * @offset: where to begin, in bytes from the start of the memory
 * @length: how many bytes
 * @value: what each of them becomes
 * @error: return location for an error
 *
 * Fills a part of the memory with one value.
 *
 * Fails with %KVM_ERROR_INVALID if there are no such bytes, %KVM_ERROR_CLOSED if the memory was
 * never made, and with %KVM_ERROR_WRONG_PROCESS in a forked child.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_memory_fill (KvmMemory *self, guint64 offset, guint64 length, guint8 value, GError **error)
{
  g_return_val_if_fail (KVM_IS_MEMORY (self), FALSE);

  if (!check_range (self, offset, length, error))
    return FALSE;

  memset (self->data + offset, value, length);
  return TRUE;
}
