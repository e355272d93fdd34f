/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A run that gives the guest's accesses to the devices on the bus, and only returns with what is
 * for none of them. No lock is taken and nothing allocated for an access; the table of the bus that
 * the vCPU looked into last stays its own until the bus has another. */

#include "config.h"

#include <errno.h>

#include "kvm-ioctl-private.h"
#include "kvm-vcpu-private.h"
#include "kvm-vm-private.h"

/* What a vCPU that was nowhere yet was at last. */
static const KvmIoRange nowhere = { .address = G_MAXUINT64 };

void
_kvm_vcpu_put_on_bus (KvmHandle *handle)
{
  _kvm_run_state_set_bits (&handle->state, KVM_STATE_ON_BUS);
}

KvmIoTable *
_kvm_vcpu_steal_stale_io_table (KvmHandle *handle, KvmIoBus *bus)
{
  KvmVcpu *self = _kvm_vcpu_from_handle (handle);
  KvmIoTable *table = NULL;

  /* One that is running gets the new table by itself. */
  if (!_kvm_run_state_try_enter (&handle->state))
    return NULL;
  if (self->io_table != NULL && !_kvm_io_bus_is_current (bus, self->io_table))
    table = g_steal_pointer (&self->io_table);
  _kvm_run_state_leave (&handle->state);
  return table;
}

static G_GNUC_NO_INLINE void
update_table (KvmVcpu *self)
{
  KvmIoTable *old = self->io_table;

  self->io_table = _kvm_io_bus_ref_table (self->vm->io_bus);
  self->io_hit[KVM_IO_SPACE_PORT] = self->io_hit[KVM_IO_SPACE_MMIO] = &nowhere;
  if (old != NULL)
    _kvm_io_table_unref (old);
}

static inline void
make_current (KvmVcpu *self)
{
  if (G_UNLIKELY (!_kvm_io_bus_is_current (self->vm->io_bus, self->io_table)))
    update_table (self);
}

/* Any access, to whichever device. */
static G_GNUC_NO_INLINE gboolean
serve_somewhere (KvmVcpu *self, KvmIoSpace space)
{
  const KvmIoRange *range
      = _kvm_io_table_find (self->io_table, space, kvm_exit_get_address (self->exit));

  if (range == NULL
      || ((range->flags & KVM_IO_DEVICE_FLAGS_SAME_THREAD) && range->thread != g_thread_self ()))
    return FALSE;

  self->io_hit[space] = range;
  return _kvm_io_range_serve (range, self->exit);
}

/* Whether the access is of an ordinary device, and the one that was accessed last. */
static inline gboolean
is_hit (const KvmIoRange *range, guint64 offset, guint size)
{
  return G_LIKELY (offset <= range->last) && G_LIKELY (size - 1 <= range->last - offset)
         && G_LIKELY (range->flags == KVM_IO_DEVICE_FLAGS_NONE);
}

static inline gboolean
serve_port (KvmVcpu *self, KvmExit *exit)
{
  const KvmIoRange *range;
  guint64 offset;
  guint8 *data;
  guint size;

  _kvm_exit_latch (exit, KVM_EXIT_REASON_IO);
  make_current (self);

  range = self->io_hit[KVM_IO_SPACE_PORT];
  offset = _KVM_READ_ONCE (exit->run->io.port) - range->address;
  size = _KVM_READ_ONCE (exit->run->io.size);
  data = _kvm_exit_peek_port (exit);
  if (G_UNLIKELY (data == NULL || (size != 1 && size != 2 && size != 4)
                  || _KVM_READ_ONCE (exit->run->io.count) != 1 || !is_hit (range, offset, size)))
    return serve_somewhere (self, KVM_IO_SPACE_PORT);

  if (_KVM_READ_ONCE (exit->run->io.direction) == KVMOBJ_IO_OUT)
    return !range->iface->write (range->device, offset, size, _kvm_load (data, size));
  _kvm_store (data, size, range->iface->read (range->device, offset, size));
  return TRUE;
}

static inline gboolean
serve_mmio (KvmVcpu *self, KvmExit *exit)
{
  const KvmIoRange *range;
  guint64 offset;
  guint8 *data = exit->run->mmio.data;
  guint size;

  _kvm_exit_latch (exit, KVM_EXIT_REASON_MMIO);
  make_current (self);

  range = self->io_hit[KVM_IO_SPACE_MMIO];
  offset = _KVM_READ_ONCE (exit->run->mmio.phys_addr) - range->address;
  size = _KVM_READ_ONCE (exit->run->mmio.len);
  if (G_UNLIKELY (size == 0 || size > 8 || !is_hit (range, offset, size)))
    return serve_somewhere (self, KVM_IO_SPACE_MMIO);

  if (_KVM_READ_ONCE (exit->run->mmio.is_write))
    return !range->iface->write (range->device, offset, size, _kvm_load (data, size));
  _kvm_store (data, size, range->iface->read (range->device, offset, size));
  return TRUE;
}

gboolean
_kvm_vcpu_serve_on_bus (KvmVcpu *self)
{
  if (!(_kvm_run_state_get (&self->handle.state) & KVM_STATE_ON_BUS))
    return FALSE;

  switch (_KVM_READ_ONCE (self->exit->run->exit_reason))
    {
    case KVM_EXIT_REASON_IO:
      return serve_port (self, self->exit);
    case KVM_EXIT_REASON_MMIO:
      return serve_mmio (self, self->exit);
    default:
      return FALSE;
    }
}

int
_kvm_vcpu_run_on_bus (KvmVcpu *self, int errsv)
{
  const guint64 undisturbed = _kvm_run_thread.running | KVM_STATE_ON_BUS;
  KvmExit *exit = self->exit;

  while (errsv == 0)
    {
      guint raw_reason = _KVM_READ_ONCE (exit->run->exit_reason);

      if (!(G_LIKELY (raw_reason == KVM_EXIT_REASON_IO)     ? serve_port (self, exit)
            : G_LIKELY (raw_reason == KVM_EXIT_REASON_MMIO) ? serve_mmio (self, exit)
                                                            : FALSE))
        break;

      if (G_UNLIKELY (_kvm_run_state_get (&self->handle.state) != undisturbed))
        errsv = _kvm_vcpu_enter_again (self, EAGAIN);
      else if (G_UNLIKELY (ioctl (self->handle.fd, _KVM_RUN, 0) != 0))
        errsv = _kvm_vcpu_enter_again (self, errno);
    }

  /* A device that was removed meanwhile need not wait for the next run. */
  make_current (self);
  return errsv;
}
