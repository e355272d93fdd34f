/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#if !defined(KVMOBJ_INSIDE) && !defined(KVMOBJ_COMPILATION)
#error "Only <kvmobj/kvmobj.h> can be included directly."
#endif

#include <glib-object.h>

#include <kvmobj/kvm-version-macros.h>

G_BEGIN_DECLS

#define KVM_TYPE_X86_LAPIC (kvm_x86_lapic_get_type ())

/**
 * KvmX86Lapic:
 *
 * The registers of a local APIC, from [method@Kvm.Vcpu.x86_get_lapic]. It is a value: to change it
 * changes nothing in the guest before [method@Kvm.Vcpu.x86_set_lapic].
 *
 * A register is named by its offset in the APIC's page, such as 0x80 for the task priority and 0xf0
 * for the spurious interrupt vector. Each has 32 bits and stands at a multiple of 16.
 *
 * Since: 0.1
 */
typedef struct _KvmX86Lapic KvmX86Lapic;

KVMOBJ_AVAILABLE_IN_0_1
GType kvm_x86_lapic_get_type (void);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86Lapic *kvm_x86_lapic_new_from_bytes (GBytes *bytes, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86Lapic *kvm_x86_lapic_copy (const KvmX86Lapic *self);
KVMOBJ_AVAILABLE_IN_0_1
void kvm_x86_lapic_free (KvmX86Lapic *self);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_x86_lapic_equal (const KvmX86Lapic *self, const KvmX86Lapic *other);
KVMOBJ_AVAILABLE_IN_0_1
GBytes *kvm_x86_lapic_to_bytes (const KvmX86Lapic *self);
KVMOBJ_AVAILABLE_IN_0_1
char *kvm_x86_lapic_to_string (const KvmX86Lapic *self);

KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_x86_lapic_get_register (const KvmX86Lapic *self, guint offset, guint32 *value,
                                     GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_x86_lapic_set_register (KvmX86Lapic *self, guint offset, guint32 value,
                                     GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KvmX86Lapic, kvm_x86_lapic_free)

G_END_DECLS
