/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The accesses of a guest: ports and memory, and whatever else carries a value to be read or
 * answered. */

#include "config.h"

#include <string.h>

#include "kvm-exit-private.h"

#define REASON(name) _KVM_REASON_BIT (name)

#define REASONS_WITH_VALUE                                                                         \
  (REASON (IO) | REASON (MMIO) | REASON (X86_RDMSR) | REASON (X86_WRMSR) | REASON (RISCV_CSR))

/* Where the data of a port access stands in the mapping, and its shape; NULL if what the page says
 * of it cannot be. */
static guint8 *
peek_io (KvmExit *self, guint *size, guint *count)
{
  guint64 offset = _KVM_READ_ONCE (self->run->io.data_offset);

  *size = _KVM_READ_ONCE (self->run->io.size);
  *count = _KVM_READ_ONCE (self->run->io.count);
  if ((*size != 1 && *size != 2 && *size != 4) || offset > self->size
      || (self->size - offset) / *size < *count)
    {
      *size = *count = 0;
      return NULL;
    }
  return (guint8 *) self->run + offset;
}

/* Where one element of it stands, or NULL. */
static inline guint8 *
peek_element (KvmExit *self, guint index, guint *size)
{
  guint64 offset = _KVM_READ_ONCE (self->run->io.data_offset);
  guint element_size = _KVM_READ_ONCE (self->run->io.size);
  guint count = _KVM_READ_ONCE (self->run->io.count);

  *size = element_size;
  if (G_UNLIKELY ((element_size != 1 && element_size != 2 && element_size != 4) || index >= count
                  || offset > self->size || (guint64) count * element_size > self->size - offset))
    return NULL;
  return (guint8 *) self->run + offset + (gsize) index * element_size;
}

G_GNUC_NO_INLINE guint64
_kvm_load_odd (const guint8 *data, guint size)
{
  guint64 value = 0;

  memcpy (&value, data, size);
  return value;
}

G_GNUC_NO_INLINE void
_kvm_store_odd (guint8 *data, guint size, guint64 value)
{
  memcpy (data, &value, size);
}

static guint8 *
peek_mmio (KvmExit *self, guint *size)
{
  guint32 length = _KVM_READ_ONCE (self->run->mmio.len);

  *size = MIN (length, sizeof self->run->mmio.data);
  return self->run->mmio.data;
}

static inline gboolean
is_write (KvmExit *self)
{
  switch (_kvm_exit_get_latched (self))
    {
    case KVM_EXIT_REASON_IO:
      return _KVM_READ_ONCE (self->run->io.direction) == KVMOBJ_IO_OUT;
    case KVM_EXIT_REASON_MMIO:
      return _KVM_READ_ONCE (self->run->mmio.is_write) != 0;
    case KVM_EXIT_REASON_TPR_ACCESS:
      return _KVM_READ_ONCE (self->run->tpr_access.is_write) != 0;
    default:
      return _kvm_exit_get_latched (self) == KVM_EXIT_REASON_X86_WRMSR;
    }
}

/**
 * kvm_exit_get_address:
 * @self: an exit for port I/O, memory-mapped I/O, or a memory fault
 *
 * Gets which port or guest-physical address the guest touched.
 *
 * Returns: the port (%KVM_EXIT_REASON_IO) or the guest-physical address in bytes
 *   (%KVM_EXIT_REASON_MMIO, %KVM_EXIT_REASON_MEMORY_FAULT)
 *
 * Since: 0.1
 */
guint64
kvm_exit_get_address (KvmExit *self)
{
  _kvm_return_val_unless_exit (self, REASON (IO) | REASON (MMIO) | REASON (MEMORY_FAULT), 0);

  if (_kvm_exit_get_latched (self) == KVM_EXIT_REASON_IO)
    return _KVM_READ_ONCE (self->run->io.port);
  if (_kvm_exit_get_latched (self) == KVM_EXIT_REASON_MMIO)
    return _KVM_READ_ONCE (self->run->mmio.phys_addr);
  return _KVM_READ_ONCE (self->run->memory_fault.gpa);
}

/**
 * kvm_exit_get_size:
 * @self: an exit for port I/O, memory-mapped I/O, or a memory fault
 *
 * Gets how many bytes are accessed at once: 1, 2 or 4 for a port, 1 to 8 for memory-mapped I/O, the
 * length of the range for a memory fault.
 *
 * Returns: the number of bytes
 *
 * Since: 0.1
 */
guint64
kvm_exit_get_size (KvmExit *self)
{
  guint size, count;

  _kvm_return_val_unless_exit (self, REASON (IO) | REASON (MMIO) | REASON (MEMORY_FAULT), 0);

  if (_kvm_exit_get_latched (self) == KVM_EXIT_REASON_MEMORY_FAULT)
    return _KVM_READ_ONCE (self->run->memory_fault.size);
  if (_kvm_exit_get_latched (self) == KVM_EXIT_REASON_IO)
    peek_io (self, &size, &count);
  else
    peek_mmio (self, &size);
  return size;
}

/**
 * kvm_exit_get_count:
 * @self: an exit for port I/O or memory-mapped I/O
 *
 * Gets how many elements of [method@Kvm.Exit.get_size] bytes are accessed one after the other, all
 * at the same port. It is more than one for a string instruction such as `rep outsb`, of which the
 * kernel may deliver many elements in one exit; see [method@Kvm.Exit.get_element].
 *
 * Returns: the number of elements
 *
 * Since: 0.1
 */
guint
kvm_exit_get_count (KvmExit *self)
{
  guint size, count = 1;

  _kvm_return_val_unless_exit (self, REASON (IO) | REASON (MMIO), 0);

  if (_kvm_exit_get_latched (self) == KVM_EXIT_REASON_IO)
    peek_io (self, &size, &count);
  return count;
}

/**
 * kvm_exit_is_write:
 * @self: an exit for port I/O, memory-mapped I/O, an MSR, or the task priority register
 *
 * Tells whether the guest writes. If it does not, it reads and waits for an answer.
 *
 * Returns: %TRUE if the guest writes
 *
 * Since: 0.1
 */
gboolean
kvm_exit_is_write (KvmExit *self)
{
  _kvm_return_val_unless_exit (self,
                               REASON (IO) | REASON (MMIO) | REASON (TPR_ACCESS)
                                   | REASON (X86_RDMSR) | REASON (X86_WRMSR),
                               FALSE);

  return is_write (self);
}

static G_GNUC_NO_INLINE guint64
get_any_value (KvmExit *self)
{
  const guint8 *data;
  guint size;

  if (!_kvm_exit_is (self, REASONS_WITH_VALUE))
    {
      _kvm_exit_complain (self, "kvm_exit_get_value");
      return 0;
    }

  switch (_kvm_exit_get_latched (self))
    {
    case KVM_EXIT_REASON_IO:
      data = peek_element (self, 0, &size);
      return data != NULL ? _kvm_load (data, size) : 0;
    case KVM_EXIT_REASON_MMIO:
      data = peek_mmio (self, &size);
      return _kvm_load (data, size);
    case KVM_EXIT_REASON_RISCV_CSR:
      return _KVM_READ_ONCE (self->run->riscv_csr.new_value);
    default:
      return _KVM_READ_ONCE (self->run->msr.data);
    }
}

/**
 * kvm_exit_get_value:
 * @self: an exit for port I/O, memory-mapped I/O, an MSR or a RISC-V CSR
 *
 * Gets what the guest wrote, or the answer that it will read. Of a string instruction this is the
 * first element.
 *
 * Returns: the value, zero-extended
 *
 * Since: 0.1
 */
guint64
kvm_exit_get_value (KvmExit *self)
{
  guint size;

  g_return_val_if_fail (self != NULL, 0);

  /* The two that are met for most accesses, in the order of how often that is. */
  if (G_LIKELY (self->latch == KVM_LATCH (KVM_EXIT_REASON_IO)))
    {
      if (G_LIKELY (_KVM_READ_ONCE (self->run->io.size) == 1
                    && _KVM_READ_ONCE (self->run->io.data_offset) == self->io_offset))
        return ((const guint8 *) self->run)[self->io_offset];
    }
  else if (G_LIKELY (self->latch == KVM_LATCH (KVM_EXIT_REASON_MMIO)))
    {
      size = _KVM_READ_ONCE (self->run->mmio.len);
      if (G_LIKELY (size <= sizeof self->run->mmio.data))
        return _kvm_load (self->run->mmio.data, size);
    }
  return get_any_value (self);
}

static G_GNUC_NO_INLINE void
set_any_value (KvmExit *self, guint64 value)
{
  guint8 *data;
  guint size, count = 1;

  if (!_kvm_exit_is (self, REASONS_WITH_VALUE))
    {
      _kvm_exit_complain (self, "kvm_exit_set_value");
      return;
    }

  switch (_kvm_exit_get_latched (self))
    {
    case KVM_EXIT_REASON_IO:
      if (is_write (self))
        return;
      data = peek_io (self, &size, &count);
      if (count == 0)
        return;
      for (guint i = 0; i < count; i++)
        _kvm_store (data + (gsize) i * size, size, value);
      break;
    case KVM_EXIT_REASON_MMIO:
      if (is_write (self))
        return;
      data = peek_mmio (self, &size);
      _kvm_store (data, size, value);
      break;
    case KVM_EXIT_REASON_RISCV_CSR:
      self->run->riscv_csr.ret_value = value;
      break;
    case KVM_EXIT_REASON_X86_RDMSR:
      self->run->msr.data = value;
      break;
    default:
      return;
    }
  self->latch |= KVM_LATCH_ANSWERED;
}

/**
 * kvm_exit_set_value:
 * @self: an exit for port I/O, memory-mapped I/O, an MSR or a RISC-V CSR
 * @value: what the guest shall read; bits beyond the access's size are dropped
 *
 * Answers a read. The guest gets the value when it runs on; until then its registers are as they
 * were, see [method@Kvm.Vcpu.complete_pending]. Of a string instruction every element gets it; use
 * [method@Kvm.Exit.set_element] for different ones. If the guest writes, nothing happens; only a
 * RISC-V CSR takes an answer, the old value, in both cases.
 *
 * Since: 0.1
 */
void
kvm_exit_set_value (KvmExit *self, guint64 value)
{
  KvmAbiRun *run;
  guint size;

  g_return_if_fail (self != NULL);

  if (G_LIKELY (self->latch == KVM_LATCH (KVM_EXIT_REASON_IO)))
    {
      run = self->run;
      if (G_LIKELY (_KVM_READ_ONCE (run->io.size) == 1
                    && _KVM_READ_ONCE (run->io.direction) != KVMOBJ_IO_OUT
                    && _KVM_READ_ONCE (run->io.count) == 1
                    && _KVM_READ_ONCE (run->io.data_offset) == self->io_offset))
        {
          ((guint8 *) run)[self->io_offset] = value;
          self->latch = KVM_LATCH (KVM_EXIT_REASON_IO) | KVM_LATCH_ANSWERED;
          return;
        }
    }
  else if (G_LIKELY (self->latch == KVM_LATCH (KVM_EXIT_REASON_MMIO)))
    {
      run = self->run;
      size = _KVM_READ_ONCE (run->mmio.len);
      if (G_LIKELY (size <= sizeof run->mmio.data && !_KVM_READ_ONCE (run->mmio.is_write)))
        {
          _kvm_store (run->mmio.data, size, value);
          self->latch = KVM_LATCH (KVM_EXIT_REASON_MMIO) | KVM_LATCH_ANSWERED;
          return;
        }
    }
  set_any_value (self, value);
}

/**
 * kvm_exit_get_element:
 * @self: an exit for port I/O
 * @index: which element, less than [method@Kvm.Exit.get_count]
 *
 * Gets one of the values that a string instruction writes, or of the answers that it will read.
 *
 * Returns: the value, zero-extended; 0 if there is no such element
 *
 * Since: 0.1
 */
guint64
kvm_exit_get_element (KvmExit *self, guint index)
{
  const guint8 *data;
  guint size;

  _kvm_return_val_unless_exit (self, REASON (IO), 0);

  data = peek_element (self, index, &size);
  return data != NULL ? _kvm_load (data, size) : 0;
}

/**
 * kvm_exit_set_element:
 * @self: an exit for port I/O
 * @index: which element, less than [method@Kvm.Exit.get_count]
 * @value: what the guest shall read; bits beyond the access's size are dropped
 *
 * Answers one of the reads of a string instruction such as `rep insb`. If the guest writes, or
 * there is no such element, nothing happens.
 *
 * Since: 0.1
 */
void
kvm_exit_set_element (KvmExit *self, guint index, guint64 value)
{
  guint8 *data;
  guint size;

  _kvm_return_unless_exit (self, REASON (IO));

  data = peek_element (self, index, &size);
  if (data == NULL || is_write (self))
    return;
  _kvm_store (data, size, value);
  self->latch |= KVM_LATCH_ANSWERED;
}

/**
 * kvm_exit_get_data:
 * @self: an exit for port I/O or memory-mapped I/O
 * @length: (out): the length of the result in bytes
 *
 * Gets everything that the guest wrote, or will read, as bytes: [method@Kvm.Exit.get_count]
 * elements of [method@Kvm.Exit.get_size] bytes each, little-endian.
 *
 * Returns: (array length=length) (transfer full): a copy of the bytes
 *
 * Since: 0.1
 */
guint8 *
kvm_exit_get_data (KvmExit *self, gsize *length)
{
  const guint8 *data;
  guint8 *copy;
  guint size, count = 1;

  g_return_val_if_fail (length != NULL, NULL);
  *length = 0;
  _kvm_return_val_unless_exit (self, REASON (IO) | REASON (MMIO), NULL);

  data = _kvm_exit_get_latched (self) == KVM_EXIT_REASON_IO ? peek_io (self, &size, &count)
                                                            : peek_mmio (self, &size);
  *length = (gsize) size * count;
  copy = g_malloc (*length + 1);
  if (*length != 0)
    memcpy (copy, data, *length);
  return copy;
}

/**
 * kvm_exit_set_data:
 * @self: an exit for port I/O or memory-mapped I/O
 * @data: (array length=length): the answer
 * @length: its length in bytes, exactly the number of elements times their size
 * @error: return location for an error
 *
 * Answers a read as a whole, string instructions included.
 *
 * Fails with %KVM_ERROR_INVALID if the length is another, or if the guest does not read.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_exit_set_data (KvmExit *self, const guint8 *data, gsize length, GError **error)
{
  guint8 *place;
  guint size, count = 1;

  _kvm_return_val_unless_exit (self, REASON (IO) | REASON (MMIO), FALSE);
  g_return_val_if_fail (data != NULL || length == 0, FALSE);

  if (is_write (self))
    {
      g_set_error_literal (error, KVM_ERROR, KVM_ERROR_INVALID,
                           "The guest writes: there is nothing to answer");
      return FALSE;
    }

  place = _kvm_exit_get_latched (self) == KVM_EXIT_REASON_IO ? peek_io (self, &size, &count)
                                                             : peek_mmio (self, &size);
  if (length != (gsize) size * count)
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                   "The guest reads %u × %u bytes and cannot be answered with %" G_GSIZE_FORMAT,
                   count, size, length);
      return FALSE;
    }
  if (length != 0)
    memcpy (place, data, length);
  self->latch |= KVM_LATCH_ANSWERED;
  return TRUE;
}
