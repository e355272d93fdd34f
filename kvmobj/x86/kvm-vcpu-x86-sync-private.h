/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "kvm-vcpu-private.h"

G_BEGIN_DECLS

/* Registers through the run page. An ioctl of a vCPU costs as much as an exit; the kernel can store
 * registers in the page at each exit, and take the general ones from there at the next entry.
 *
 * It is asked to when a program reads registers after an exit, not before: others pay nothing. What
 * is in the page holds until another request may change it, which first writes back what was
 * set there, and then marks the page as stale: with a value that the kernel never stores, so that
 * no run has to note that it is good again. With an fd that others may have, and while the guest is
 * stepped, the page is not used. */

/* Gets what the page has of KVMOBJ_X86_SYNC_…. FALSE if the ioctl has to be made. */
gboolean _kvm_vcpu_x86_get_from_page (KvmVcpu *self, guint which, gpointer data);

static inline gboolean
_kvm_vcpu_x86_get_synced (KvmVcpu *self, guint which, gpointer data)
{
  return g_atomic_int_get (&self->handle.is_synced)
         && _kvm_vcpu_x86_get_from_page (self, which, data);
}

/* After the ioctl: has it in the page from the next exit on. */
void _kvm_vcpu_x86_begin_sync (KvmVcpu *self, guint which);

static inline void
_kvm_vcpu_x86_ask_for_sync (KvmVcpu *self, guint which)
{
  if (!(g_atomic_int_get (&self->sync_settled) & which) && !_kvm_exit_was_never (self->exit))
    _kvm_vcpu_x86_begin_sync (self, which);
}

/* Sets the general registers for the next entry. FALSE if the ioctl has to be made. */
gboolean _kvm_vcpu_x86_set_in_page (KvmVcpu *self, const KvmX86Regs *regs);

static inline gboolean
_kvm_vcpu_x86_set_synced_regs (KvmVcpu *self, const KvmX86Regs *regs)
{
  return g_atomic_int_get (&self->handle.is_synced) && _kvm_vcpu_x86_set_in_page (self, regs);
}

/* For the thread that has the vCPU, before it makes another request. Returns an errno. */
int _kvm_vcpu_x86_flush_sync (KvmHandle *handle, gulong request);

/* Does not use the page any more: the vCPU is not the program's alone, or is debugged. */
void _kvm_vcpu_x86_stop_sync (KvmVcpu *self);

G_END_DECLS
