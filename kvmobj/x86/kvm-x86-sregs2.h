/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#if !defined(KVMOBJ_INSIDE) && !defined(KVMOBJ_COMPILATION)
#error "Only <kvmobj/kvmobj.h> can be included directly."
#endif

#include <kvmobj/x86/kvm-x86-sregs.h>

G_BEGIN_DECLS

/**
 * KvmX86Sregs2Flags:
 * @KVM_X86_SREGS2_FLAGS_NONE: none
 * @KVM_X86_SREGS2_FLAGS_PDPTRS_VALID: the PDPTRs are there, or are to be set
 *
 * Which fields of [struct@Kvm.X86Sregs2] count.
 *
 * Since: 0.1
 */
typedef enum /*< flags >*/
{
  KVM_X86_SREGS2_FLAGS_NONE = 0,
  KVM_X86_SREGS2_FLAGS_PDPTRS_VALID = 1 << 0,
} KvmX86Sregs2Flags;

#define KVM_TYPE_X86_SREGS2 (kvm_x86_sregs2_get_type ())

typedef struct _KvmX86Sregs2 KvmX86Sregs2;

/**
 * KvmX86Sregs2:
 * @cs: the code segment
 * @ds: the data segment
 * @es: the extra segment
 * @fs: segment FS
 * @gs: segment GS
 * @ss: the stack segment
 * @tr: the task register
 * @ldt: the local descriptor table
 * @gdt: the global descriptor table
 * @idt: the interrupt descriptor table
 * @cr0: control register 0
 * @cr2: control register 2, the address of the last page fault
 * @cr3: control register 3, the root of the page tables
 * @cr4: control register 4
 * @cr8: control register 8, the task priority
 * @efer: the MSR of extended features
 * @apic_base: the MSR with the base of the local APIC
 * @flags: [flags@Kvm.X86Sregs2Flags], as a number
 * @pdptr0: the first entry of the root of 32-bit PAE paging, as the processor has it
 * @pdptr1: the second
 * @pdptr2: the third
 * @pdptr3: the fourth
 *
 * The special registers of an x86 vCPU with those that 32-bit PAE paging has besides, as
 * [method@Kvm.Vcpu.x86_get_sregs2] gets them and [method@Kvm.Vcpu.x86_set_sregs2] sets them. The
 * pending interrupt is not among them; that is in [struct@Kvm.X86VcpuEvents]. It has the layout of
 * the kernel's `struct kvm_sregs2`.
 *
 * In Python reading a segment or table makes a copy of it, as it does in [struct@Kvm.X86Sregs].
 *
 * Since: 0.1
 */
struct _KvmX86Sregs2
{
  KvmX86Segment cs;
  KvmX86Segment ds;
  KvmX86Segment es;
  KvmX86Segment fs;
  KvmX86Segment gs;
  KvmX86Segment ss;
  KvmX86Segment tr;
  KvmX86Segment ldt;
  KvmX86Dtable gdt;
  KvmX86Dtable idt;
  guint64 cr0;
  guint64 cr2;
  guint64 cr3;
  guint64 cr4;
  guint64 cr8;
  guint64 efer;
  guint64 apic_base;
  guint64 flags;
  guint64 pdptr0;
  guint64 pdptr1;
  guint64 pdptr2;
  guint64 pdptr3;
};

KVMOBJ_AVAILABLE_IN_0_1
GType kvm_x86_sregs2_get_type (void);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86Sregs2 *kvm_x86_sregs2_new (void);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86Sregs2 *kvm_x86_sregs2_new_from_bytes (GBytes *bytes, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86Sregs2 *kvm_x86_sregs2_copy (const KvmX86Sregs2 *self);
KVMOBJ_AVAILABLE_IN_0_1
void kvm_x86_sregs2_free (KvmX86Sregs2 *self);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_x86_sregs2_equal (const KvmX86Sregs2 *self, const KvmX86Sregs2 *other);
KVMOBJ_AVAILABLE_IN_0_1
GBytes *kvm_x86_sregs2_to_bytes (const KvmX86Sregs2 *self);
KVMOBJ_AVAILABLE_IN_0_1
char *kvm_x86_sregs2_to_string (const KvmX86Sregs2 *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KvmX86Sregs2, kvm_x86_sregs2_free)

G_END_DECLS
