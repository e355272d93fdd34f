/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#if !defined(KVMOBJ_INSIDE) && !defined(KVMOBJ_COMPILATION)
#error "Only <kvmobj/kvmobj.h> can be included directly."
#endif

#include <kvmobj/kvm-types.h>
#include <kvmobj/kvm-exit.h>

G_BEGIN_DECLS

/**
 * KvmVcpuState:
 * @KVM_VCPU_STATE_RUNNABLE: it runs
 * @KVM_VCPU_STATE_UNINITIALIZED: an application processor that was not started yet (x86)
 * @KVM_VCPU_STATE_INIT_RECEIVED: it got an INIT and waits for a start-up interrupt (x86)
 * @KVM_VCPU_STATE_HALTED: it halted and waits for an interrupt (x86)
 * @KVM_VCPU_STATE_SIPI_RECEIVED: it just got a start-up interrupt (x86)
 * @KVM_VCPU_STATE_STOPPED: it is switched off (arm64, riscv64)
 * @KVM_VCPU_STATE_AP_RESET_HOLD: an application processor waits for its start (x86, SEV-ES)
 * @KVM_VCPU_STATE_SUSPENDED: it waits to be woken (arm64)
 * @KVM_VCPU_STATE_OTHER: a state that has no name here
 *
 * Whether a vCPU takes part in the machine. The numbers are the kernel's `KVM_MP_STATE_…`.
 *
 * Since: 0.1
 */
typedef enum
{
  KVM_VCPU_STATE_RUNNABLE = 0,
  KVM_VCPU_STATE_UNINITIALIZED = 1,
  KVM_VCPU_STATE_INIT_RECEIVED = 2,
  KVM_VCPU_STATE_HALTED = 3,
  KVM_VCPU_STATE_SIPI_RECEIVED = 4,
  KVM_VCPU_STATE_STOPPED = 5,
  KVM_VCPU_STATE_AP_RESET_HOLD = 9,
  KVM_VCPU_STATE_SUSPENDED = 10,
  KVM_VCPU_STATE_OTHER = 1000,
} KvmVcpuState;

/**
 * KvmGuestDebugFlags:
 * @KVM_GUEST_DEBUG_FLAGS_NONE: the guest is not debugged
 * @KVM_GUEST_DEBUG_FLAGS_ENABLE: the guest is debugged; without it no other flag counts
 * @KVM_GUEST_DEBUG_FLAGS_SINGLE_STEP: it stops after each instruction (not on riscv64)
 * @KVM_GUEST_DEBUG_FLAGS_SOFTWARE_BREAKPOINTS: it stops at breakpoint instructions (x86, arm64)
 * @KVM_GUEST_DEBUG_FLAGS_HARDWARE_BREAKPOINTS: it stops as the debug registers say (x86, arm64)
 * @KVM_GUEST_DEBUG_FLAGS_X86_INJECT_DB: a debug exception is given to the guest now (x86)
 * @KVM_GUEST_DEBUG_FLAGS_X86_INJECT_BP: a breakpoint exception is given to the guest now (x86)
 * @KVM_GUEST_DEBUG_FLAGS_X86_BLOCK_IRQ: while it is stepped, the guest gets no interrupts (x86)
 *
 * How a guest is debugged. The numbers are the kernel's `KVM_GUESTDBG_…`.
 *
 * Since: 0.1
 */
typedef enum /*< flags >*/
{
  KVM_GUEST_DEBUG_FLAGS_NONE = 0,
  KVM_GUEST_DEBUG_FLAGS_ENABLE = 1 << 0,
  KVM_GUEST_DEBUG_FLAGS_SINGLE_STEP = 1 << 1,
  KVM_GUEST_DEBUG_FLAGS_SOFTWARE_BREAKPOINTS = 1 << 16,
  KVM_GUEST_DEBUG_FLAGS_HARDWARE_BREAKPOINTS = 1 << 17,
  KVM_GUEST_DEBUG_FLAGS_X86_INJECT_DB = 1 << 18,
  KVM_GUEST_DEBUG_FLAGS_X86_INJECT_BP = 1 << 19,
  KVM_GUEST_DEBUG_FLAGS_X86_BLOCK_IRQ = 1 << 20,
} KvmGuestDebugFlags;

#define KVM_TYPE_VCPU (kvm_vcpu_get_type ())

KVMOBJ_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (KvmVcpu, kvm_vcpu, KVM, VCPU, GObject)

KVMOBJ_AVAILABLE_IN_0_1
KvmVcpu *kvm_vcpu_new_take_fd (KvmVm *vm, guint id, int fd, GError **error);

KVMOBJ_AVAILABLE_IN_0_1
void kvm_vcpu_close (KvmVcpu *self);
KVMOBJ_AVAILABLE_IN_0_1
int kvm_vcpu_get_fd (KvmVcpu *self);
KVMOBJ_AVAILABLE_IN_0_1
int kvm_vcpu_dup_fd (KvmVcpu *self, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
KvmVm *kvm_vcpu_get_vm (KvmVcpu *self);
KVMOBJ_AVAILABLE_IN_0_1
guint kvm_vcpu_get_id (KvmVcpu *self);
KVMOBJ_AVAILABLE_IN_0_1
KvmExit *kvm_vcpu_get_exit (KvmVcpu *self);

KVMOBJ_AVAILABLE_IN_0_1
KvmExitReason kvm_vcpu_run (KvmVcpu *self, GCancellable *cancellable, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
void kvm_vcpu_run_async (KvmVcpu *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                         gpointer user_data);
KVMOBJ_AVAILABLE_IN_0_1
KvmExitReason kvm_vcpu_run_finish (KvmVcpu *self, GAsyncResult *result, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
void kvm_vcpu_kick (KvmVcpu *self);
KVMOBJ_AVAILABLE_IN_0_1
KvmExitReason kvm_vcpu_complete_pending (KvmVcpu *self, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vcpu_set_signal_mask (KvmVcpu *self, guint64 blocked, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vcpu_unset_signal_mask (KvmVcpu *self, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_set_kick_signal (int signal_number, GError **error);

KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vcpu_enable_capability (KvmVcpu *self, guint capability, const guint64 *arguments,
                                     gsize n_arguments, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vcpu_get_mp_state (KvmVcpu *self, KvmVcpuState *state, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vcpu_get_raw_mp_state (KvmVcpu *self, guint *state, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vcpu_set_mp_state (KvmVcpu *self, guint state, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vcpu_set_guest_debug (KvmVcpu *self, KvmGuestDebugFlags flags,
                                   const guint64 *registers, gsize n_registers, GError **error);

KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vcpu_get_one_reg (KvmVcpu *self, guint64 id, guint64 *value, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vcpu_set_one_reg (KvmVcpu *self, guint64 id, guint64 value, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
guint8 *kvm_vcpu_get_one_reg_bytes (KvmVcpu *self, guint64 id, gsize *length, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vcpu_set_one_reg_bytes (KvmVcpu *self, guint64 id, const guint8 *data, gsize length,
                                     GError **error);
KVMOBJ_AVAILABLE_IN_0_1
guint64 *kvm_vcpu_get_reg_list (KvmVcpu *self, gsize *n_ids, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
GBytes *kvm_vcpu_get_reg_list_bytes (KvmVcpu *self, GError **error);

/**
 * KVMOBJ_MAX_EXIT_HISTORY:
 *
 * How many of its last exits a vCPU can remember, see [method@Kvm.Vcpu.set_exit_history].
 *
 * Since: 0.1
 */
#define KVMOBJ_MAX_EXIT_HISTORY 4096

KVMOBJ_AVAILABLE_IN_0_1
void kvm_vcpu_set_exit_history (KvmVcpu *self, guint n_exits);
KVMOBJ_AVAILABLE_IN_0_1
guint kvm_vcpu_get_exit_history (KvmVcpu *self);
KVMOBJ_AVAILABLE_IN_0_1
char *kvm_vcpu_dump (KvmVcpu *self, GError **error);

KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vcpu_has_attribute (KvmVcpu *self, guint group, guint64 attribute, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
guint8 *kvm_vcpu_get_attribute (KvmVcpu *self, guint group, guint64 attribute, gsize size,
                                gsize *length, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vcpu_set_attribute (KvmVcpu *self, guint group, guint64 attribute, const guint8 *data,
                                 gsize length, GError **error);

G_END_DECLS
