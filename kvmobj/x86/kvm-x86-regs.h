/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#if !defined(KVMOBJ_INSIDE) && !defined(KVMOBJ_COMPILATION)
#error "Only <kvmobj/kvmobj.h> can be included directly."
#endif

#include <glib-object.h>

#include <kvmobj/kvm-version-macros.h>

G_BEGIN_DECLS

#define KVM_TYPE_X86_REGS (kvm_x86_regs_get_type ())

typedef struct _KvmX86Regs KvmX86Regs;

/**
 * KvmX86Regs:
 * @rax: register RAX
 * @rbx: register RBX
 * @rcx: register RCX
 * @rdx: register RDX
 * @rsi: register RSI
 * @rdi: register RDI
 * @rsp: the stack pointer
 * @rbp: register RBP
 * @r8: register R8
 * @r9: register R9
 * @r10: register R10
 * @r11: register R11
 * @r12: register R12
 * @r13: register R13
 * @r14: register R14
 * @r15: register R15
 * @rip: the instruction pointer
 * @rflags: the flags; bit 1 is always set
 *
 * The general registers of an x86 vCPU, as [method@Kvm.Vcpu.x86_get_regs] gets them and
 * [method@Kvm.Vcpu.x86_set_regs] sets them. It has the layout of the kernel's `struct kvm_regs`.
 *
 * In JavaScript a field above 2^53 is rounded when it is read; [method@Kvm.X86Regs.to_bytes] has
 * the registers exactly, in the order above, 8 bytes each.
 *
 * Since: 0.1
 */
struct _KvmX86Regs
{
  guint64 rax;
  guint64 rbx;
  guint64 rcx;
  guint64 rdx;
  guint64 rsi;
  guint64 rdi;
  guint64 rsp;
  guint64 rbp;
  guint64 r8;
  guint64 r9;
  guint64 r10;
  guint64 r11;
  guint64 r12;
  guint64 r13;
  guint64 r14;
  guint64 r15;
  guint64 rip;
  guint64 rflags;
};

KVMOBJ_AVAILABLE_IN_0_1
GType kvm_x86_regs_get_type (void);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86Regs *kvm_x86_regs_new (void);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86Regs *kvm_x86_regs_new_from_bytes (GBytes *bytes, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86Regs *kvm_x86_regs_copy (const KvmX86Regs *self);
KVMOBJ_AVAILABLE_IN_0_1
void kvm_x86_regs_free (KvmX86Regs *self);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_x86_regs_equal (const KvmX86Regs *self, const KvmX86Regs *other);
KVMOBJ_AVAILABLE_IN_0_1
GBytes *kvm_x86_regs_to_bytes (const KvmX86Regs *self);
KVMOBJ_AVAILABLE_IN_0_1
char *kvm_x86_regs_to_string (const KvmX86Regs *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KvmX86Regs, kvm_x86_regs_free)

G_END_DECLS
