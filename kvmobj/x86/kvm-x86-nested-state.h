/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#if !defined(KVMOBJ_INSIDE) && !defined(KVMOBJ_COMPILATION)
#error "Only <kvmobj/kvmobj.h> can be included directly."
#endif

#include <glib-object.h>

#include <kvmobj/kvm-version-macros.h>

G_BEGIN_DECLS

/**
 * KvmX86NestedStateFormat:
 * @KVM_X86_NESTED_STATE_FORMAT_VMX: of Intel's VMX
 * @KVM_X86_NESTED_STATE_FORMAT_SVM: of AMD's SVM
 *
 * What a nested state is a state of.
 *
 * Since: 0.1
 */
typedef enum
{
  KVM_X86_NESTED_STATE_FORMAT_VMX = 0,
  KVM_X86_NESTED_STATE_FORMAT_SVM = 1,
} KvmX86NestedStateFormat;

/**
 * KvmX86NestedStateFlags:
 * @KVM_X86_NESTED_STATE_FLAGS_NONE: none
 * @KVM_X86_NESTED_STATE_FLAGS_GUEST_MODE: the vCPU is in the guest's own guest
 * @KVM_X86_NESTED_STATE_FLAGS_RUN_PENDING: it is about to enter it
 * @KVM_X86_NESTED_STATE_FLAGS_EVMCS: it uses the enlightened VMCS of Hyper-V (VMX)
 * @KVM_X86_NESTED_STATE_FLAGS_MTF_PENDING: a monitor trap is pending (VMX)
 * @KVM_X86_NESTED_STATE_FLAGS_GIF_SET: the global interrupt flag is set (SVM)
 *
 * In what state the virtualization is that a guest does itself.
 *
 * Since: 0.1
 */
typedef enum /*< flags >*/
{
  KVM_X86_NESTED_STATE_FLAGS_NONE = 0,
  KVM_X86_NESTED_STATE_FLAGS_GUEST_MODE = 1 << 0,
  KVM_X86_NESTED_STATE_FLAGS_RUN_PENDING = 1 << 1,
  KVM_X86_NESTED_STATE_FLAGS_EVMCS = 1 << 2,
  KVM_X86_NESTED_STATE_FLAGS_MTF_PENDING = 1 << 3,
  KVM_X86_NESTED_STATE_FLAGS_GIF_SET = 1 << 8,
} KvmX86NestedStateFlags;

#define KVM_TYPE_X86_NESTED_STATE (kvm_x86_nested_state_get_type ())

/**
 * KvmX86NestedState:
 *
 * The state of the virtualization that an x86 guest does itself, as
 * [method@Kvm.Vcpu.x86_get_nested_state] gets it and [method@Kvm.Vcpu.x86_set_nested_state] sets
 * it. What follows its header is the processor maker's own. It does not change once it is made, and
 * may be used from any thread.
 *
 * Since: 0.1
 */
typedef struct _KvmX86NestedState KvmX86NestedState;

KVMOBJ_AVAILABLE_IN_0_1
GType kvm_x86_nested_state_get_type (void);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86NestedState *kvm_x86_nested_state_new_from_bytes (GBytes *bytes, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86NestedState *kvm_x86_nested_state_ref (KvmX86NestedState *self);
KVMOBJ_AVAILABLE_IN_0_1
void kvm_x86_nested_state_unref (KvmX86NestedState *self);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_x86_nested_state_equal (KvmX86NestedState *self, KvmX86NestedState *other);
KVMOBJ_AVAILABLE_IN_0_1
GBytes *kvm_x86_nested_state_to_bytes (KvmX86NestedState *self);
KVMOBJ_AVAILABLE_IN_0_1
char *kvm_x86_nested_state_to_string (KvmX86NestedState *self);
KVMOBJ_AVAILABLE_IN_0_1
guint kvm_x86_nested_state_get_flags (KvmX86NestedState *self);
KVMOBJ_AVAILABLE_IN_0_1
guint kvm_x86_nested_state_get_format (KvmX86NestedState *self);
KVMOBJ_AVAILABLE_IN_0_1
gsize kvm_x86_nested_state_get_size (KvmX86NestedState *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KvmX86NestedState, kvm_x86_nested_state_unref)

G_END_DECLS
