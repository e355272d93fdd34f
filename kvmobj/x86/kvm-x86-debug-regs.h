/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#if !defined(KVMOBJ_INSIDE) && !defined(KVMOBJ_COMPILATION)
#error "Only <kvmobj/kvmobj.h> can be included directly."
#endif

#include <glib-object.h>

#include <kvmobj/kvm-version-macros.h>

G_BEGIN_DECLS

#define KVM_TYPE_X86_DEBUG_REGS (kvm_x86_debug_regs_get_type ())

typedef struct _KvmX86DebugRegs KvmX86DebugRegs;

/**
 * KvmX86DebugRegs:
 * @dr0: the linear address of breakpoint 0
 * @dr1: the linear address of breakpoint 1
 * @dr2: the linear address of breakpoint 2
 * @dr3: the linear address of breakpoint 3
 * @dr6: the status: what the last debug exception came from
 * @dr7: which breakpoints there are, and for what
 * @flags: none is known, so it is 0
 *
 * The debug registers that the guest has for itself, as [method@Kvm.Vcpu.x86_get_debug_regs] gets
 * them and [method@Kvm.Vcpu.x86_set_debug_regs] sets them. To debug the guest from outside there is
 * [method@Kvm.Vcpu.set_guest_debug]. It has the layout of the kernel's `struct kvm_debugregs`.
 *
 * Since: 0.1
 */
struct _KvmX86DebugRegs
{
  guint64 dr0;
  guint64 dr1;
  guint64 dr2;
  guint64 dr3;
  guint64 dr6;
  guint64 dr7;
  guint64 flags;

  /*< private >*/
  guint64 reserved[9];
};

KVMOBJ_AVAILABLE_IN_0_1
GType kvm_x86_debug_regs_get_type (void);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86DebugRegs *kvm_x86_debug_regs_new (void);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86DebugRegs *kvm_x86_debug_regs_new_from_bytes (GBytes *bytes, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86DebugRegs *kvm_x86_debug_regs_copy (const KvmX86DebugRegs *self);
KVMOBJ_AVAILABLE_IN_0_1
void kvm_x86_debug_regs_free (KvmX86DebugRegs *self);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_x86_debug_regs_equal (const KvmX86DebugRegs *self, const KvmX86DebugRegs *other);
KVMOBJ_AVAILABLE_IN_0_1
GBytes *kvm_x86_debug_regs_to_bytes (const KvmX86DebugRegs *self);
KVMOBJ_AVAILABLE_IN_0_1
char *kvm_x86_debug_regs_to_string (const KvmX86DebugRegs *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KvmX86DebugRegs, kvm_x86_debug_regs_free)

G_END_DECLS
