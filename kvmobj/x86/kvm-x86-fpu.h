/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#if !defined(KVMOBJ_INSIDE) && !defined(KVMOBJ_COMPILATION)
#error "Only <kvmobj/kvmobj.h> can be included directly."
#endif

#include <glib-object.h>

#include <kvmobj/kvm-version-macros.h>

G_BEGIN_DECLS

#define KVM_TYPE_X86_FPU (kvm_x86_fpu_get_type ())

typedef struct _KvmX86Fpu KvmX86Fpu;

/**
 * KvmX86Fpu:
 * @fcw: the control word of the x87
 * @fsw: its status word
 * @ftwx: which of its registers are in use, one bit each
 * @last_opcode: the opcode of its last instruction
 * @last_ip: where its last instruction is
 * @last_dp: where the operand of its last instruction is
 * @mxcsr: control and status of SSE; kernels so far neither get it, so that it is 0, nor set it
 *
 * The floating-point registers of an x86 vCPU, as [method@Kvm.Vcpu.x86_get_fpu] gets them and
 * [method@Kvm.Vcpu.x86_set_fpu] sets them: those of x87, and the first 128 bits of those of SSE. It
 * has the layout of the kernel's `struct kvm_fpu`. The registers themselves are read with
 * [method@Kvm.X86Fpu.get_fpr] and [method@Kvm.X86Fpu.get_xmm].
 *
 * Since: 0.1
 */
struct _KvmX86Fpu
{
  /*< private >*/
  guint8 fpr[128]; /* 8 of 16 bytes */

  /*< public >*/
  guint16 fcw;
  guint16 fsw;
  guint8 ftwx;

  /*< private >*/
  guint8 pad1;

  /*< public >*/
  guint16 last_opcode;
  guint64 last_ip;
  guint64 last_dp;

  /*< private >*/
  guint8 xmm[256]; /* 16 of 16 bytes */

  /*< public >*/
  guint32 mxcsr;

  /*< private >*/
  guint32 pad2;
};

KVMOBJ_AVAILABLE_IN_0_1
GType kvm_x86_fpu_get_type (void);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86Fpu *kvm_x86_fpu_new (void);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86Fpu *kvm_x86_fpu_new_from_bytes (GBytes *bytes, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86Fpu *kvm_x86_fpu_copy (const KvmX86Fpu *self);
KVMOBJ_AVAILABLE_IN_0_1
void kvm_x86_fpu_free (KvmX86Fpu *self);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_x86_fpu_equal (const KvmX86Fpu *self, const KvmX86Fpu *other);
KVMOBJ_AVAILABLE_IN_0_1
GBytes *kvm_x86_fpu_to_bytes (const KvmX86Fpu *self);
KVMOBJ_AVAILABLE_IN_0_1
char *kvm_x86_fpu_to_string (const KvmX86Fpu *self);
KVMOBJ_AVAILABLE_IN_0_1
guint8 *kvm_x86_fpu_get_fpr (const KvmX86Fpu *self, guint number, gsize *length, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_x86_fpu_set_fpr (KvmX86Fpu *self, guint number, const guint8 *data, gsize length,
                              GError **error);
KVMOBJ_AVAILABLE_IN_0_1
guint8 *kvm_x86_fpu_get_xmm (const KvmX86Fpu *self, guint number, gsize *length, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_x86_fpu_set_xmm (KvmX86Fpu *self, guint number, const guint8 *data, gsize length,
                              GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KvmX86Fpu, kvm_x86_fpu_free)

G_END_DECLS
