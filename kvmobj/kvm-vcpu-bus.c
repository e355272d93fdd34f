/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A run that gives the guest's accesses to the devices on the bus, and only returns with what is
 * for none of them. No lock is taken and nothing allocated for an access; the table of the bus that
 * the vCPU looked into last stays its own until the bus has another. */

#include "config.h"

#include <errno.h>

#include "kvm-ioctl-private.h"
#include "kvm-vcpu-private.h"
#include "kvm-vm-private.h"

/* What was not accessed last: nothing is in it. */
static const KvmIoRange nowhere = { .length = 0 };

void
_kvm_vcpu_put_on_bus (KvmHandle *handle)
{
  _kvm_run_state_set_bits (&handle->state, KVM_STATE_ON_BUS | KVM_STATE_BUS_CHANGED);
}

KvmIoTable *
_kvm_vcpu_note_bus_change (KvmHandle *handle)
{
  KvmVcpu *self = _kvm_vcpu_from_handle (handle);
  KvmIoTable *table;

  _kvm_run_state_set_bits (&handle->state, KVM_STATE_BUS_CHANGED);

  /* One that is running notices by itself. */
  if (!_kvm_run_state_try_enter (&handle->state))
    return NULL;
  table = g_steal_pointer (&self->io_table);
  _kvm_run_state_leave (&handle->state);
  return table;
}

/* The devices that go with the old table may do anything. */
static void
replace_table (KvmVcpu *self, KvmIoTable *table)
{
  KvmIoTable *old = self->io_table;

  self->io_table = table;
  self->io_hit[KVM_IO_SPACE_PORT] = self->io_hit[KVM_IO_SPACE_MMIO] = &nowhere;
  if (old != NULL)
    _kvm_io_table_unref (old);
}

static gboolean
is_changed (KvmVcpu *self)
{
  return (_kvm_run_state_get (&self->handle.state) & KVM_STATE_BUS_CHANGED) != 0;
}

/* The table that the bus has now. */
static void
look_at_bus (KvmVcpu *self)
{
  if (is_changed (self))
    {
      _kvm_run_state_clear_bits (&self->handle.state, KVM_STATE_BUS_CHANGED);
      replace_table (self, _kvm_io_bus_ref_table (self->vm->io_bus));
    }
}

/* Any access, to whichever device. What the guest wrote before without an exit comes first, so with
 * coalesced zones there is no fast way. */
static G_GNUC_NO_INLINE KvmIoResult
serve_somewhere (KvmVcpu *self, KvmExitReason reason)
{
  KvmIoSpace space = reason == KVM_EXIT_REASON_IO ? KVM_IO_SPACE_PORT : KVM_IO_SPACE_MMIO;
  const KvmIoRange *range;
  KvmIoResult result;
  gboolean may_serve;

  _kvm_exit_latch (self->exit, reason);
  may_serve = _kvm_vm_deliver_coalesced (self->vm, &self->is_stopped_by_device);
  look_at_bus (self);
  range = _kvm_io_table_find (self->io_table, space, kvm_exit_get_address (self->exit));
  if (range == NULL || !may_serve || !_kvm_io_range_is_here (range))
    return KVM_IO_RESULT_LEFT;

  if (!g_atomic_int_get (&self->vm->coalescing.is_used))
    self->io_hit[space] = range->flags == KVM_IO_DEVICE_FLAGS_NONE ? range : &nowhere;
  result = _kvm_io_range_serve (range, self->exit);
  if (result == KVM_IO_RESULT_SERVED && self->is_stopped_by_device)
    result = KVM_IO_RESULT_STOPPED;
  if (result == KVM_IO_RESULT_SERVED)
    _kvm_vcpu_remember_exit (self, TRUE); /* the others are, when the run returns */
  return result;
}

/* The fast ways: one byte at a port, or one access of any size to memory, of the device that was
 * accessed last; if it is another, or something else has to be looked at first, the other way. */
static inline G_ALWAYS_INLINE KvmIoResult
serve_port (KvmVcpu *self, KvmExit *exit, KvmAbiRun *run)
{
  const KvmIoRange *range = self->io_hit[KVM_IO_SPACE_PORT];
  guint64 offset = _KVM_READ_ONCE (run->io.port) - range->address;

  if (G_UNLIKELY (offset >= range->length || _KVM_READ_ONCE (run->io.size) != 1
                  || _KVM_READ_ONCE (run->io.count) != 1
                  || _KVM_READ_ONCE (run->io.data_offset) != exit->io_offset))
    return serve_somewhere (self, KVM_EXIT_REASON_IO);

  _kvm_exit_latch (exit, KVM_EXIT_REASON_IO);
  if (_KVM_READ_ONCE (run->io.direction) == KVMOBJ_IO_OUT)
    return range->write (range->device, offset, 1, ((guint8 *) run)[exit->io_offset])
               ? KVM_IO_RESULT_STOPPED
               : KVM_IO_RESULT_SERVED;
  ((guint8 *) run)[exit->io_offset] = range->read (range->device, offset, 1);
  return KVM_IO_RESULT_SERVED;
}

static inline G_ALWAYS_INLINE KvmIoResult
serve_mmio (KvmVcpu *self, KvmExit *exit, KvmAbiRun *run)
{
  const KvmIoRange *range = self->io_hit[KVM_IO_SPACE_MMIO];
  guint64 offset = _KVM_READ_ONCE (run->mmio.phys_addr) - range->address;
  guint size = _KVM_READ_ONCE (run->mmio.len);

  if (G_UNLIKELY (offset >= range->length || size > range->length - offset || size - 1 > 7))
    return serve_somewhere (self, KVM_EXIT_REASON_MMIO);

  _kvm_exit_latch (exit, KVM_EXIT_REASON_MMIO);
  if (_KVM_READ_ONCE (run->mmio.is_write))
    return range->write (range->device, offset, size, _kvm_load (run->mmio.data, size))
               ? KVM_IO_RESULT_STOPPED
               : KVM_IO_RESULT_SERVED;
  _kvm_store (run->mmio.data, size, range->read (range->device, offset, size));
  return KVM_IO_RESULT_SERVED;
}

/* What was accessed last may be gone, if not. */
static inline gboolean
is_undisturbed (KvmVcpu *self, guint64 undisturbed)
{
  return G_LIKELY (__atomic_load_n (&self->handle.state, __ATOMIC_ACQUIRE) == undisturbed);
}

static inline G_ALWAYS_INLINE KvmIoResult
serve (KvmVcpu *self, KvmExit *exit, KvmAbiRun *run, guint64 undisturbed)
{
  guint raw_reason = _KVM_READ_ONCE (run->exit_reason);

  if (G_LIKELY (raw_reason == KVM_EXIT_REASON_IO))
    return is_undisturbed (self, undisturbed) ? serve_port (self, exit, run)
                                              : serve_somewhere (self, raw_reason);
  if (G_LIKELY (raw_reason == KVM_EXIT_REASON_MMIO))
    return is_undisturbed (self, undisturbed) ? serve_mmio (self, exit, run)
                                              : serve_somewhere (self, raw_reason);
  return KVM_IO_RESULT_LEFT;
}

void
_kvm_vcpu_leave_bus (KvmVcpu *self)
{
  KvmIoTable *table = is_changed (self) ? _kvm_vcpu_note_bus_change (&self->handle) : NULL;

  if (table != NULL)
    _kvm_io_table_unref (table);
}

gboolean
_kvm_vcpu_serve_on_bus (KvmVcpu *self)
{
  self->is_stopped_by_device = FALSE;
  return (_kvm_run_state_get (&self->handle.state) & KVM_STATE_ON_BUS)
         && serve (self, self->exit, self->exit->run, 0) == KVM_IO_RESULT_SERVED;
}

int
_kvm_vcpu_run_on_bus (KvmVcpu *self, int errsv)
{
  const guint64 undisturbed = _kvm_run_thread.running | KVM_STATE_ON_BUS;
  KvmExit *exit = self->exit;
  KvmIoResult result = KVM_IO_RESULT_LEFT;
  KvmAbiRun *run = exit->run;

  self->is_stopped_by_device = FALSE;
  while (errsv == 0 && (result = serve (self, exit, run, undisturbed)) == KVM_IO_RESULT_SERVED)
    /* A kick that came meanwhile makes this return at once. */
    if (G_UNLIKELY (ioctl (self->handle.fd, _KVM_RUN, 0) != 0))
      errsv = _kvm_vcpu_enter_again (self, errno);
  if (errsv == 0 && result == KVM_IO_RESULT_STOPPED)
    self->is_stopped_by_device = TRUE;
  else
    _kvm_vm_deliver_coalesced (self->vm, &self->is_stopped_by_device);
  return errsv;
}
