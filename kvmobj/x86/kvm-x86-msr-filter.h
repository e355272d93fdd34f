/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#if !defined(KVMOBJ_INSIDE) && !defined(KVMOBJ_COMPILATION)
#error "Only <kvmobj/kvmobj.h> can be included directly."
#endif

#include <glib-object.h>

#include <kvmobj/kvm-version-macros.h>

G_BEGIN_DECLS

/**
 * KvmX86MsrAccesses:
 * @KVM_X86_MSR_ACCESSES_READ: the RDMSR instruction
 * @KVM_X86_MSR_ACCESSES_WRITE: the WRMSR instruction
 *
 * What a guest does with a model-specific register.
 *
 * Since: 0.1
 */
typedef enum /*< flags >*/
{
  KVM_X86_MSR_ACCESSES_READ = 1 << 0,
  KVM_X86_MSR_ACCESSES_WRITE = 1 << 1,
} KvmX86MsrAccesses;

/**
 * KvmX86MsrFilterFlags:
 * @KVM_X86_MSR_FILTER_FLAGS_NONE: an MSR that no range names is allowed
 * @KVM_X86_MSR_FILTER_FLAGS_DEFAULT_DENY: an MSR that no range names is denied
 *
 * What a [struct@Kvm.X86MsrFilter] does beside its ranges.
 *
 * Since: 0.1
 */
typedef enum /*< flags >*/
{
  KVM_X86_MSR_FILTER_FLAGS_NONE = 0,
  KVM_X86_MSR_FILTER_FLAGS_DEFAULT_DENY = 1 << 0,
} KvmX86MsrFilterFlags;

/**
 * KvmX86MsrExitReasons:
 * @KVM_X86_MSR_EXIT_REASONS_NONE: never
 * @KVM_X86_MSR_EXIT_REASONS_INVALID: the value is not valid for the MSR, or the guest may not
 *   access it
 * @KVM_X86_MSR_EXIT_REASONS_UNKNOWN: the kernel does not know the MSR
 * @KVM_X86_MSR_EXIT_REASONS_FILTERED: a [struct@Kvm.X86MsrFilter] denies it
 *
 * Why a guest that accesses an MSR stops with %KVM_EXIT_REASON_X86_RDMSR or
 * %KVM_EXIT_REASON_X86_WRMSR, in place of a general protection fault.
 *
 * Since: 0.1
 */
typedef enum /*< flags >*/
{
  KVM_X86_MSR_EXIT_REASONS_NONE = 0,
  KVM_X86_MSR_EXIT_REASONS_INVALID = 1 << 0,
  KVM_X86_MSR_EXIT_REASONS_UNKNOWN = 1 << 1,
  KVM_X86_MSR_EXIT_REASONS_FILTERED = 1 << 2,
} KvmX86MsrExitReasons;

#define KVM_TYPE_X86_MSR_FILTER (kvm_x86_msr_filter_get_type ())

/**
 * KvmX86MsrFilter:
 *
 * Which model-specific registers the guests of a virtual machine may access, for
 * [method@Kvm.Vm.x86_set_msr_filter]. It has up to 16 ranges of up to 12288 MSRs. Where several
 * are for an MSR and the kind of access, the one that was added first decides.
 *
 * The MSRs of the x2APIC, from 0x800 to 0x8ff, are always allowed.
 *
 * ```python
 * accesses = Kvm.X86MsrAccesses.READ | Kvm.X86MsrAccesses.WRITE
 * filter = Kvm.X86MsrFilter.new(Kvm.X86MsrFilterFlags.NONE)
 * filter.deny(accesses, 0x1a0, 1)
 * vm.x86_set_msr_filter(filter)
 * vm.x86_set_msr_exits(Kvm.X86MsrExitReasons.FILTERED)
 * ```
 *
 * Since: 0.1
 */
typedef struct _KvmX86MsrFilter KvmX86MsrFilter;

KVMOBJ_AVAILABLE_IN_0_1
GType kvm_x86_msr_filter_get_type (void);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86MsrFilter *kvm_x86_msr_filter_new (KvmX86MsrFilterFlags flags);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86MsrFilter *kvm_x86_msr_filter_copy (const KvmX86MsrFilter *self);
KVMOBJ_AVAILABLE_IN_0_1
void kvm_x86_msr_filter_free (KvmX86MsrFilter *self);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_x86_msr_filter_allow (KvmX86MsrFilter *self, KvmX86MsrAccesses accesses, guint32 first,
                                   guint n_msrs, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_x86_msr_filter_deny (KvmX86MsrFilter *self, KvmX86MsrAccesses accesses, guint32 first,
                                  guint n_msrs, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_x86_msr_filter_add_bitmap (KvmX86MsrFilter *self, KvmX86MsrAccesses accesses,
                                        guint32 first, guint n_msrs, const guint8 *bitmap,
                                        gsize length, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
guint kvm_x86_msr_filter_get_n_ranges (const KvmX86MsrFilter *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KvmX86MsrFilter, kvm_x86_msr_filter_free)

G_END_DECLS
