/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#if !defined(KVMOBJ_INSIDE) && !defined(KVMOBJ_COMPILATION)
#error "Only <kvmobj/kvmobj.h> can be included directly."
#endif

#include <glib-object.h>

#include <kvmobj/kvm-version-macros.h>

G_BEGIN_DECLS

#define KVM_TYPE_X86_SEGMENT (kvm_x86_segment_get_type ())
#define KVM_TYPE_X86_DTABLE (kvm_x86_dtable_get_type ())
#define KVM_TYPE_X86_SREGS (kvm_x86_sregs_get_type ())

typedef struct _KvmX86Segment KvmX86Segment;
typedef struct _KvmX86Dtable KvmX86Dtable;
typedef struct _KvmX86Sregs KvmX86Sregs;

/**
 * KvmX86Segment:
 * @base: the linear address at which the segment begins
 * @limit: the last byte in it, counted in bytes whatever @g is
 * @selector: the selector
 * @type: the type, 0 to 15
 * @present: 1 if it is present
 * @dpl: the privilege level, 0 to 3
 * @db: 1 if the default size is 32 bits
 * @s: 1 for code and data, 0 for the system's segments
 * @l: 1 for 64-bit code
 * @g: 1 if the limit is in pages
 * @avl: a bit that the processor leaves to software
 * @unusable: 1 if the register holds no segment
 * @padding: nothing
 *
 * A segment register with its hidden part. It has the layout of the kernel's `struct kvm_segment`.
 *
 * Since: 0.1
 */
struct _KvmX86Segment
{
  guint64 base;
  guint32 limit;
  guint16 selector;
  guint8 type;
  guint8 present;
  guint8 dpl;
  guint8 db;
  guint8 s;
  guint8 l;
  guint8 g;
  guint8 avl;
  guint8 unusable;
  guint8 padding;
};

/**
 * KvmX86Dtable:
 * @base: the linear address of the table
 * @limit: the last byte in it
 * @padding1: nothing
 * @padding2: nothing
 * @padding3: nothing
 *
 * The register of a descriptor table. It has the layout of the kernel's `struct kvm_dtable`.
 *
 * Since: 0.1
 */
struct _KvmX86Dtable
{
  guint64 base;
  guint16 limit;
  guint16 padding1;
  guint16 padding2;
  guint16 padding3;
};

/**
 * KvmX86Sregs:
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
 * @interrupt_bitmap: the external interrupt that is pending, if any: one bit a vector; see
 *   [method@Kvm.X86Sregs.set_interrupt_bitmap]
 *
 * The special registers of an x86 vCPU, as [method@Kvm.Vcpu.x86_get_sregs] gets them and
 * [method@Kvm.Vcpu.x86_set_sregs] sets them. It has the layout of the kernel's `struct kvm_sregs`.
 *
 * In Python reading a segment or table makes a copy of it, so that it is changed by putting it
 * back: `cs = sregs.cs; cs.base = 0; sregs.cs = cs`.
 *
 * Since: 0.1
 */
struct _KvmX86Sregs
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
  guint64 interrupt_bitmap[4];
};

KVMOBJ_AVAILABLE_IN_0_1
GType kvm_x86_segment_get_type (void);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86Segment *kvm_x86_segment_new (void);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86Segment *kvm_x86_segment_copy (const KvmX86Segment *self);
KVMOBJ_AVAILABLE_IN_0_1
void kvm_x86_segment_free (KvmX86Segment *self);

KVMOBJ_AVAILABLE_IN_0_1
GType kvm_x86_dtable_get_type (void);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86Dtable *kvm_x86_dtable_new (void);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86Dtable *kvm_x86_dtable_copy (const KvmX86Dtable *self);
KVMOBJ_AVAILABLE_IN_0_1
void kvm_x86_dtable_free (KvmX86Dtable *self);

KVMOBJ_AVAILABLE_IN_0_1
GType kvm_x86_sregs_get_type (void);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86Sregs *kvm_x86_sregs_new (void);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86Sregs *kvm_x86_sregs_new_from_bytes (GBytes *bytes, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86Sregs *kvm_x86_sregs_copy (const KvmX86Sregs *self);
KVMOBJ_AVAILABLE_IN_0_1
void kvm_x86_sregs_free (KvmX86Sregs *self);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_x86_sregs_equal (const KvmX86Sregs *self, const KvmX86Sregs *other);
KVMOBJ_AVAILABLE_IN_0_1
GBytes *kvm_x86_sregs_to_bytes (const KvmX86Sregs *self);
KVMOBJ_AVAILABLE_IN_0_1
char *kvm_x86_sregs_to_string (const KvmX86Sregs *self);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_x86_sregs_set_interrupt_bitmap (KvmX86Sregs *self, const guint64 *words, gsize n_words,
                                             GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KvmX86Segment, kvm_x86_segment_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KvmX86Dtable, kvm_x86_dtable_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KvmX86Sregs, kvm_x86_sregs_free)

G_END_DECLS
