/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "kvm-ioctl-private.h"
#include "x86/kvm-vcpu-x86-sync-private.h"

#define EVENTS_FLAGS 20 /* where struct kvm_vcpu_events has its flags */

#define RFLAGS_ALWAYS 2u

static KvmAbiX86SyncRegs *
get_page (KvmVcpu *self)
{
  return (KvmAbiX86SyncRegs *) self->exit->run->regs;
}

/* None of these is 0 when the kernel has stored it: a bit of RFLAGS is always set, CR0.ET is, and
 * so are flags of the events. (Where a guest can make one 0 all the same, the ioctl is made.) */
static void
mark_stale (KvmVcpu *self, guint which)
{
  KvmAbiX86SyncRegs *page = get_page (self);

  if (which & KVMOBJ_X86_SYNC_REGS)
    page->regs.rflags = 0;
  if (which & KVMOBJ_X86_SYNC_SREGS)
    page->sregs.cr0 = 0;
  if (which & KVMOBJ_X86_SYNC_EVENTS)
    memset (page->events + EVENTS_FLAGS, 0, sizeof (guint32));
}

static gboolean
is_current (KvmVcpu *self, guint which)
{
  KvmAbiX86SyncRegs *page = get_page (self);
  guint32 events_flags;

  switch (which)
    {
    case KVMOBJ_X86_SYNC_REGS:
      return _KVM_READ_ONCE (page->regs.rflags) != 0;
    case KVMOBJ_X86_SYNC_SREGS:
      return _KVM_READ_ONCE (page->sregs.cr0) != 0;
    default:
      memcpy (&events_flags, page->events + EVENTS_FLAGS, sizeof events_flags);
      return events_flags != 0;
    }
}

/* Takes the vCPU, if its page may be used at all. */
static gboolean
begin (KvmVcpu *self)
{
  return g_atomic_int_get (&self->handle.is_synced) && !g_atomic_int_get (&self->handle.lent)
         && _kvm_handle_is_usable (&self->handle) && _kvm_run_state_enter (&self->handle.state);
}

static void
end (KvmVcpu *self)
{
  _kvm_run_state_leave (&self->handle.state);
}

gboolean
_kvm_vcpu_x86_get_from_page (KvmVcpu *self, guint which, gpointer data)
{
  KvmAbiX86SyncRegs *page = get_page (self);
  gboolean current;

  if (!begin (self))
    return FALSE;

  current = (self->exit->run->valid_regs & which) && is_current (self, which);
  if (!current)
    ;
  else if (which == KVMOBJ_X86_SYNC_REGS)
    memcpy (data, &page->regs, sizeof page->regs);
  else if (which == KVMOBJ_X86_SYNC_SREGS)
    memcpy (data, &page->sregs, sizeof page->sregs);
  else
    memcpy (data, page->events, sizeof page->events);
  end (self);
  return current;
}

void
_kvm_vcpu_x86_begin_sync (KvmVcpu *self, guint which)
{
  KvmAbiRun *run = self->exit->run;

  if (g_atomic_int_get (&self->handle.lent) || !_kvm_run_state_enter (&self->handle.state))
    return;

  if (!self->is_sync_known)
    {
      self->syncable = _kvm_handle_peek_extension (&self->handle, KVM_CAPABILITY_SYNC_REGS)
                       & (KVMOBJ_X86_SYNC_REGS | KVMOBJ_X86_SYNC_SREGS | KVMOBJ_X86_SYNC_EVENTS);
      self->is_sync_known = TRUE;
    }

  /* What is asked for is stale: nothing was ever stored there, or it was stopped. */
  if (!self->is_debugged)
    {
      g_atomic_int_or (&self->sync_settled, which);
      which &= self->syncable;
      run->valid_regs |= which;
      if (which != 0)
        g_atomic_int_set (&self->handle.is_synced, TRUE);
    }
  end (self);
}

gboolean
_kvm_vcpu_x86_set_in_page (KvmVcpu *self, const KvmX86Regs *regs)
{
  KvmAbiX86SyncRegs *page = get_page (self);
  gboolean current;

  if (!begin (self))
    return FALSE;

  current = (self->exit->run->valid_regs & KVMOBJ_X86_SYNC_REGS)
            && is_current (self, KVMOBJ_X86_SYNC_REGS);
  if (current)
    {
      page->regs = *regs;
      page->regs.rflags |= RFLAGS_ALWAYS;
      self->exit->run->dirty_regs |= KVMOBJ_X86_SYNC_REGS;
    }
  end (self);
  return current;
}

int
_kvm_vcpu_x86_flush_sync (KvmHandle *handle, gulong request)
{
  KvmVcpu *self = _kvm_vcpu_from_handle (handle);
  KvmAbiRun *run = self->exit->run;

  if (run->dirty_regs & KVMOBJ_X86_SYNC_REGS)
    {
      if (ioctl (handle->fd, _KVM_SET_REGS, &get_page (self)->regs) == -1)
        return errno;
      run->dirty_regs = 0;
    }
  /* To read something does not change registers, except that the vCPU gets its INIT if it is asked
   * how it takes part in the machine. */
  if (_IOC_DIR (request) != _IOC_READ || request == _KVM_GET_MP_STATE)
    mark_stale (self, run->valid_regs);
  return 0;
}

void
_kvm_vcpu_x86_stop_sync (KvmVcpu *self)
{
  if (!g_atomic_int_get (&self->handle.is_synced) || !_kvm_run_state_enter (&self->handle.state))
    return;

  _kvm_vcpu_x86_flush_sync (&self->handle, 0);
  self->exit->run->valid_regs = 0;
  g_atomic_int_set (&self->sync_settled, 0);
  g_atomic_int_set (&self->handle.is_synced, FALSE);
  end (self);
}
