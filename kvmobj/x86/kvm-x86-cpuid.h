/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#if !defined(KVMOBJ_INSIDE) && !defined(KVMOBJ_COMPILATION)
#error "Only <kvmobj/kvmobj.h> can be included directly."
#endif

#include <glib-object.h>

#include <kvmobj/kvm-version-macros.h>

G_BEGIN_DECLS

/**
 * KvmX86CpuidFlags:
 * @KVM_X86_CPUID_FLAGS_NONE: the leaf has no subleaves
 * @KVM_X86_CPUID_FLAGS_SIGNIFICANT_INDEX: the leaf has subleaves, and this one is for its index
 * @KVM_X86_CPUID_FLAGS_STATEFUL_FUNCTION: obsolete: each time the leaf is asked, it says another
 *   thing
 * @KVM_X86_CPUID_FLAGS_STATE_READ_NEXT: obsolete: what a stateful leaf says first
 *
 * How the kernel is to use an entry of a CPUID table.
 *
 * Since: 0.1
 */
typedef enum /*< flags >*/
{
  KVM_X86_CPUID_FLAGS_NONE = 0,
  KVM_X86_CPUID_FLAGS_SIGNIFICANT_INDEX = 1 << 0,
  KVM_X86_CPUID_FLAGS_STATEFUL_FUNCTION = 1 << 1,
  KVM_X86_CPUID_FLAGS_STATE_READ_NEXT = 1 << 2,
} KvmX86CpuidFlags;

#define KVM_TYPE_X86_CPUID_ENTRY (kvm_x86_cpuid_entry_get_type ())
#define KVM_TYPE_X86_CPUID (kvm_x86_cpuid_get_type ())

typedef struct _KvmX86CpuidEntry KvmX86CpuidEntry;

/**
 * KvmX86CpuidEntry:
 * @function: the leaf, what the guest has in EAX
 * @index: the subleaf, what the guest has in ECX, if @flags say so
 * @flags: [flags@Kvm.X86CpuidFlags], as a number
 * @eax: what the guest gets in EAX
 * @ebx: what the guest gets in EBX
 * @ecx: what the guest gets in ECX
 * @edx: what the guest gets in EDX
 * @padding: nothing
 *
 * One answer of the CPUID instruction. It has the layout of the kernel's `struct kvm_cpuid_entry2`.
 *
 * Since: 0.1
 */
struct _KvmX86CpuidEntry
{
  guint32 function;
  guint32 index;
  guint32 flags;
  guint32 eax;
  guint32 ebx;
  guint32 ecx;
  guint32 edx;
  guint32 padding[3];
};

/**
 * KvmX86Cpuid:
 *
 * A table of what the CPUID instruction says to a guest. It does not change once it is made, and
 * may be used from any thread: the methods that edit it make another table.
 *
 * ```python
 * cpuid = system.x86_get_supported_cpuid()
 * found, entry = cpuid.find(1, 0)
 * entry.ecx &= ~(1 << 26)  # no XSAVE
 * cpuid = cpuid.with_entry(entry).without(0xd)
 * vcpu.x86_set_cpuid(cpuid)
 * ```
 *
 * Since: 0.1
 */
typedef struct _KvmX86Cpuid KvmX86Cpuid;

/**
 * KvmX86CpuidFilterFunc:
 * @entry: an entry of the table; to change it changes nothing
 * @user_data: what was given to [method@Kvm.X86Cpuid.filter]
 *
 * Decides about an entry.
 *
 * Returns: whether the new table has the entry, too
 *
 * Since: 0.1
 */
typedef gboolean (*KvmX86CpuidFilterFunc) (const KvmX86CpuidEntry *entry, gpointer user_data);

KVMOBJ_AVAILABLE_IN_0_1
GType kvm_x86_cpuid_entry_get_type (void);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86CpuidEntry *kvm_x86_cpuid_entry_new (void);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86CpuidEntry *kvm_x86_cpuid_entry_copy (const KvmX86CpuidEntry *self);
KVMOBJ_AVAILABLE_IN_0_1
void kvm_x86_cpuid_entry_free (KvmX86CpuidEntry *self);

KVMOBJ_AVAILABLE_IN_0_1
GType kvm_x86_cpuid_get_type (void);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86Cpuid *kvm_x86_cpuid_new (const KvmX86CpuidEntry *entries, gsize n_entries, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86Cpuid *kvm_x86_cpuid_new_from_bytes (GBytes *bytes, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86Cpuid *kvm_x86_cpuid_ref (KvmX86Cpuid *self);
KVMOBJ_AVAILABLE_IN_0_1
void kvm_x86_cpuid_unref (KvmX86Cpuid *self);
KVMOBJ_AVAILABLE_IN_0_1
guint kvm_x86_cpuid_get_n_entries (KvmX86Cpuid *self);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_x86_cpuid_get_entry (KvmX86Cpuid *self, guint position, KvmX86CpuidEntry *entry);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_x86_cpuid_find (KvmX86Cpuid *self, guint32 function, guint32 index,
                             KvmX86CpuidEntry *entry);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86Cpuid *kvm_x86_cpuid_with_entry (KvmX86Cpuid *self, const KvmX86CpuidEntry *entry,
                                       GError **error);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86Cpuid *kvm_x86_cpuid_without (KvmX86Cpuid *self, guint32 function);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86Cpuid *kvm_x86_cpuid_filter (KvmX86Cpuid *self, KvmX86CpuidFilterFunc func,
                                   gpointer user_data);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_x86_cpuid_equal (KvmX86Cpuid *self, KvmX86Cpuid *other);
KVMOBJ_AVAILABLE_IN_0_1
GBytes *kvm_x86_cpuid_to_bytes (KvmX86Cpuid *self);
KVMOBJ_AVAILABLE_IN_0_1
char *kvm_x86_cpuid_to_string (KvmX86Cpuid *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KvmX86CpuidEntry, kvm_x86_cpuid_entry_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KvmX86Cpuid, kvm_x86_cpuid_unref)

G_END_DECLS
