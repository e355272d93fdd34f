/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Reading and writing memory while guests may write it, too: everything is copied, and what a
 * decision is made on is read once. */

#include "config.h"

#include <errno.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "kvm-error-private.h"
#include "kvm-fork-private.h"
#include "kvm-memory-private.h"

#define CHUNK_SIZE ((gsize) 64 * 1024)

gboolean
_kvm_memory_check_range (KvmMemory *self, guint64 offset, guint64 length, GError **error)
{
  if (G_LIKELY (self->data != NULL && self->generation == _kvm_fork_generation
                && offset <= self->size && length <= self->size - offset))
    return TRUE;

  if (_kvm_memory_check (self, error))
    g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                 "%" G_GUINT64_FORMAT " bytes at 0x%" G_GINT64_MODIFIER
                 "x are not within the memory's 0x%" G_GINT64_MODIFIER "x bytes",
                 length, offset, self->size);
  return FALSE;
}

/* The kernel says EFAULT where this process would get a SIGBUS. */
static gboolean
copy_by_kernel (KvmMemory *self, guint64 offset, gpointer buffer, gsize length, gboolean is_write,
                GError **error)
{
  while (length != 0)
    {
      struct iovec local = { buffer, MIN (length, 1 << 30) };
      struct iovec remote = { self->data + offset, local.iov_len };
      gssize n = is_write ? process_vm_writev (getpid (), &local, 1, &remote, 1, 0)
                          : process_vm_readv (getpid (), &local, 1, &remote, 1, 0);

      if (n <= 0)
        {
          _kvm_error_set_errno (error, n == 0 ? EFAULT : errno,
                                "Memory cannot be %s at 0x%" G_GINT64_MODIFIER "x",
                                is_write ? "written" : "read", offset);
          if (errno == EFAULT)
            _kvm_error_add_detail (error, self->is_guest_memfd ? "the page is the guest's alone"
                                                               : "the file has become shorter");
          return FALSE;
        }
      offset += n;
      buffer = (guint8 *) buffer + n;
      length -= n;
    }
  return TRUE;
}

gboolean
_kvm_memory_copy_out (KvmMemory *self, guint64 offset, gpointer buffer, gsize length,
                      GError **error)
{
  if (G_UNLIKELY (self->may_fault))
    return copy_by_kernel (self, offset, buffer, length, FALSE, error);

  if (length != 0)
    memcpy (buffer, self->data + offset, length);
  return TRUE;
}

gboolean
_kvm_memory_copy_in_unnoted (KvmMemory *self, guint64 offset, gconstpointer data, gsize length,
                             GError **error)
{
  if (G_UNLIKELY (self->may_fault))
    return copy_by_kernel (self, offset, (gpointer) data, length, TRUE, error);

  if (length != 0)
    memcpy (self->data + offset, data, length);
  return TRUE;
}

gboolean
_kvm_memory_copy_in (KvmMemory *self, guint64 offset, gconstpointer data, gsize length,
                     GError **error)
{
  gboolean ret = _kvm_memory_copy_in_unnoted (self, offset, data, length, error);

  _kvm_memory_note_write (self, offset, length, NULL);
  return ret;
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
 * never made, %KVM_ERROR_WRONG_PROCESS in a forked child, %KVM_ERROR_NOT_SUPPORTED if the host does
 * not see the memory, and with %KVM_ERROR_FAULT if there is no page any more, see
 * [ctor@Kvm.Memory.new_from_fd].
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_memory_read (KvmMemory *self, guint64 offset, gpointer buffer, gsize length, GError **error)
{
  g_return_val_if_fail (_kvm_is_memory (self), FALSE);
  g_return_val_if_fail (buffer != NULL || length == 0, FALSE);

  return _kvm_memory_check_range (self, offset, length, error)
         && _kvm_memory_copy_out (self, offset, buffer, length, error);
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
 * Fails with %KVM_ERROR_NO_MEMORY, and as [method@Kvm.Memory.write] does.
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

  if (!_kvm_memory_check_range (self, offset, size, error))
    return NULL;

  bytes = g_try_malloc (MAX (size, 1));
  if (bytes == NULL)
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_NO_MEMORY,
                   "There is no room for a copy of %" G_GSIZE_FORMAT " bytes of memory", size);
      return NULL;
    }
  if (!_kvm_memory_copy_out (self, offset, bytes, size, error))
    {
      g_free (bytes);
      return NULL;
    }
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
 * never made, %KVM_ERROR_WRONG_PROCESS in a forked child, %KVM_ERROR_NOT_SUPPORTED if the host does
 * not see the memory, and with %KVM_ERROR_FAULT if there is no page any more, see
 * [ctor@Kvm.Memory.new_from_fd].
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_memory_write (KvmMemory *self, guint64 offset, const guint8 *data, gsize length, GError **error)
{
  g_return_val_if_fail (_kvm_is_memory (self), FALSE);
  g_return_val_if_fail (data != NULL || length == 0, FALSE);

  return _kvm_memory_check_range (self, offset, length, error)
         && _kvm_memory_copy_in (self, offset, data, length, error);
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
 * never made, %KVM_ERROR_WRONG_PROCESS in a forked child, %KVM_ERROR_NOT_SUPPORTED if the host does
 * not see the memory, and with %KVM_ERROR_FAULT if there is no page any more, see
 * [ctor@Kvm.Memory.new_from_fd].
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_memory_fill (KvmMemory *self, guint64 offset, guint64 length, guint8 value, GError **error)
{
  g_return_val_if_fail (KVM_IS_MEMORY (self), FALSE);

  if (!_kvm_memory_check_range (self, offset, length, error))
    return FALSE;

  if (G_LIKELY (!self->may_fault))
    {
      memset (self->data + offset, value, length);
      _kvm_memory_note_write (self, offset, length, NULL);
    }
  else
    {
      guint8 bytes[4096];

      memset (bytes, value, MIN (length, sizeof bytes));
      for (guint64 done = 0; done < length; done += sizeof bytes)
        if (!_kvm_memory_copy_in (self, offset + done, bytes, MIN (length - done, sizeof bytes),
                                  error))
          return FALSE;
    }
  return TRUE;
}

/**
 * kvm_memory_search:
 * @self: memory
 * @offset: where to begin, in bytes from the start of the memory
 * @length: how many bytes are looked at
 * @pattern: (array length=pattern_length) (element-type guint8): what is looked for
 * @pattern_length: how long that is, at least one byte
 * @found: (out): where it begins, in bytes from the start of the memory
 * @error: return location for an error
 *
 * Looks for bytes. All of them are within the @length bytes at @offset.
 *
 * Fails with %KVM_ERROR_INVALID also if the pattern is empty; with %KVM_ERROR_NO_MEMORY; and as
 * [method@Kvm.Memory.write] does. That the bytes are not there is not an error.
 *
 * Returns: %TRUE if the bytes are there; %FALSE without an error if they are not
 *
 * Since: 0.1
 */
gboolean
kvm_memory_search (KvmMemory *self, guint64 offset, guint64 length, const guint8 *pattern,
                   gsize pattern_length, guint64 *found, GError **error)
{
  g_autofree guint8 *chunk = NULL;
  guint64 end = offset + length;

  g_return_val_if_fail (found != NULL, FALSE);
  *found = 0;
  g_return_val_if_fail (_kvm_is_memory (self), FALSE);
  g_return_val_if_fail (pattern != NULL || pattern_length == 0, FALSE);

  if (!_kvm_memory_check_range (self, offset, length, error))
    return FALSE;
  if (pattern_length == 0)
    {
      g_set_error_literal (error, KVM_ERROR, KVM_ERROR_INVALID,
                           "There is nothing to look for in memory: the pattern is empty");
      return FALSE;
    }
  if (pattern_length > length)
    return FALSE;

  /* What is searched must not change meanwhile. */
  chunk = g_try_malloc (CHUNK_SIZE + pattern_length - 1);
  if (chunk == NULL)
    {
      g_set_error_literal (error, KVM_ERROR, KVM_ERROR_NO_MEMORY,
                           "There is no room for a part of the memory");
      return FALSE;
    }
  for (; offset <= end - pattern_length; offset += CHUNK_SIZE)
    {
      gsize n = MIN (end - offset, CHUNK_SIZE + pattern_length - 1);
      const guint8 *at;

      if (!_kvm_memory_copy_out (self, offset, chunk, n, error))
        return FALSE;
      at = memmem (chunk, n, pattern, pattern_length);
      if (at != NULL)
        {
          *found = offset + (at - chunk);
          return TRUE;
        }
    }
  return FALSE;
}

/* Where the number is aligned, it is one access. */
static inline __attribute__ ((always_inline)) gboolean
load (KvmMemory *self, guint64 offset, gpointer value, guint size, GError **error)
{
  const guint8 *at;

  if (!_kvm_memory_check_range (self, offset, size, error))
    return FALSE;

  at = self->data + offset;
  if (G_UNLIKELY (self->may_fault || offset % size != 0))
    return _kvm_memory_copy_out (self, offset, value, size, error);
  if (size == 1)
    *(guint8 *) value = __atomic_load_n (at, __ATOMIC_ACQUIRE);
  else if (size == 2)
    *(guint16 *) value = __atomic_load_n ((const guint16 *) at, __ATOMIC_ACQUIRE);
  else if (size == 4)
    *(guint32 *) value = __atomic_load_n ((const guint32 *) at, __ATOMIC_ACQUIRE);
  else
    *(guint64 *) value = __atomic_load_n ((const guint64 *) at, __ATOMIC_ACQUIRE);
  return TRUE;
}

static inline __attribute__ ((always_inline)) gboolean
store (KvmMemory *self, guint64 offset, gconstpointer value, guint size, GError **error)
{
  guint8 *at;

  if (!_kvm_memory_check_range (self, offset, size, error))
    return FALSE;

  at = self->data + offset;
  if (G_UNLIKELY (self->may_fault || offset % size != 0))
    return _kvm_memory_copy_in (self, offset, value, size, error);
  if (size == 1)
    __atomic_store_n (at, *(const guint8 *) value, __ATOMIC_RELEASE);
  else if (size == 2)
    __atomic_store_n ((guint16 *) at, *(const guint16 *) value, __ATOMIC_RELEASE);
  else if (size == 4)
    __atomic_store_n ((guint32 *) at, *(const guint32 *) value, __ATOMIC_RELEASE);
  else
    __atomic_store_n ((guint64 *) at, *(const guint64 *) value, __ATOMIC_RELEASE);
  _kvm_memory_note_write (self, offset, size, NULL);
  return TRUE;
}

#define NUMBER(name, type, from, to)                                                               \
  gboolean kvm_memory_read_##name (KvmMemory *self, guint64 offset, type *value, GError **error)   \
  {                                                                                                \
    type raw;                                                                                      \
                                                                                                   \
    g_return_val_if_fail (value != NULL, FALSE);                                                   \
    *value = 0;                                                                                    \
    g_return_val_if_fail (_kvm_is_memory (self), FALSE);                                           \
                                                                                                   \
    if (!load (self, offset, &raw, sizeof raw, error))                                             \
      return FALSE;                                                                                \
    *value = from (raw);                                                                           \
    return TRUE;                                                                                   \
  }                                                                                                \
                                                                                                   \
  gboolean kvm_memory_write_##name (KvmMemory *self, guint64 offset, type value, GError **error)   \
  {                                                                                                \
    type raw = to (value);                                                                         \
                                                                                                   \
    g_return_val_if_fail (_kvm_is_memory (self), FALSE);                                           \
                                                                                                   \
    return store (self, offset, &raw, sizeof raw, error);                                          \
  }

/**
 * kvm_memory_read_u8:
 * @self: memory
 * @offset: where it is, in bytes from the start of the memory
 * @value: (out): the number
 * @error: return location for an error
 *
 * Reads a byte.
 *
 * Fails as [method@Kvm.Memory.write] does.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
/**
 * kvm_memory_write_u8:
 * @self: memory
 * @offset: where it is, in bytes from the start of the memory
 * @value: the number
 * @error: return location for an error
 *
 * Writes a byte.
 *
 * Fails as [method@Kvm.Memory.write] does.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
NUMBER (u8, guint8, , )

/**
 * kvm_memory_read_u16_le:
 * @self: memory
 * @offset: where it is, in bytes from the start of the memory
 * @value: (out): the number
 * @error: return location for an error
 *
 * Reads a little-endian number of 16 bits.
 *
 * Fails as [method@Kvm.Memory.write] does.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
/**
 * kvm_memory_write_u16_le:
 * @self: memory
 * @offset: where it is, in bytes from the start of the memory
 * @value: the number
 * @error: return location for an error
 *
 * Writes a little-endian number of 16 bits.
 *
 * Fails as [method@Kvm.Memory.write] does.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
NUMBER (u16_le, guint16, GUINT16_FROM_LE, GUINT16_TO_LE)

/**
 * kvm_memory_read_u16_be:
 * @self: memory
 * @offset: where it is, in bytes from the start of the memory
 * @value: (out): the number
 * @error: return location for an error
 *
 * Reads a big-endian number of 16 bits.
 *
 * Fails as [method@Kvm.Memory.write] does.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
/**
 * kvm_memory_write_u16_be:
 * @self: memory
 * @offset: where it is, in bytes from the start of the memory
 * @value: the number
 * @error: return location for an error
 *
 * Writes a big-endian number of 16 bits.
 *
 * Fails as [method@Kvm.Memory.write] does.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
NUMBER (u16_be, guint16, GUINT16_FROM_BE, GUINT16_TO_BE)

/**
 * kvm_memory_read_u32_le:
 * @self: memory
 * @offset: where it is, in bytes from the start of the memory
 * @value: (out): the number
 * @error: return location for an error
 *
 * Reads a little-endian number of 32 bits.
 *
 * Fails as [method@Kvm.Memory.write] does.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
/**
 * kvm_memory_write_u32_le:
 * @self: memory
 * @offset: where it is, in bytes from the start of the memory
 * @value: the number
 * @error: return location for an error
 *
 * Writes a little-endian number of 32 bits.
 *
 * Fails as [method@Kvm.Memory.write] does.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
NUMBER (u32_le, guint32, GUINT32_FROM_LE, GUINT32_TO_LE)

/**
 * kvm_memory_read_u32_be:
 * @self: memory
 * @offset: where it is, in bytes from the start of the memory
 * @value: (out): the number
 * @error: return location for an error
 *
 * Reads a big-endian number of 32 bits.
 *
 * Fails as [method@Kvm.Memory.write] does.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
/**
 * kvm_memory_write_u32_be:
 * @self: memory
 * @offset: where it is, in bytes from the start of the memory
 * @value: the number
 * @error: return location for an error
 *
 * Writes a big-endian number of 32 bits.
 *
 * Fails as [method@Kvm.Memory.write] does.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
NUMBER (u32_be, guint32, GUINT32_FROM_BE, GUINT32_TO_BE)

/**
 * kvm_memory_read_u64_le:
 * @self: memory
 * @offset: where it is, in bytes from the start of the memory
 * @value: (out): the number
 * @error: return location for an error
 *
 * Reads a little-endian number of 64 bits.
 *
 * Fails as [method@Kvm.Memory.write] does.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
/**
 * kvm_memory_write_u64_le:
 * @self: memory
 * @offset: where it is, in bytes from the start of the memory
 * @value: the number
 * @error: return location for an error
 *
 * Writes a little-endian number of 64 bits.
 *
 * Fails as [method@Kvm.Memory.write] does.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
NUMBER (u64_le, guint64, GUINT64_FROM_LE, GUINT64_TO_LE)

/**
 * kvm_memory_read_u64_be:
 * @self: memory
 * @offset: where it is, in bytes from the start of the memory
 * @value: (out): the number
 * @error: return location for an error
 *
 * Reads a big-endian number of 64 bits.
 *
 * Fails as [method@Kvm.Memory.write] does.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
/**
 * kvm_memory_write_u64_be:
 * @self: memory
 * @offset: where it is, in bytes from the start of the memory
 * @value: the number
 * @error: return location for an error
 *
 * Writes a big-endian number of 64 bits.
 *
 * Fails as [method@Kvm.Memory.write] does.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
NUMBER (u64_be, guint64, GUINT64_FROM_BE, GUINT64_TO_BE)
