/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#if !defined(KVMOBJ_INSIDE) && !defined(KVMOBJ_COMPILATION)
#error "Only <kvmobj/kvmobj.h> can be included directly."
#endif

#include <kvmobj/kvm-types.h>

G_BEGIN_DECLS

/**
 * KvmExitReason:
 * @KVM_EXIT_REASON_ERROR: [method@Kvm.Vcpu.run] failed and set an error
 * @KVM_EXIT_REASON_UNKNOWN: the hardware stopped the guest for a reason that the kernel does not
 *   know; see [method@Kvm.Exit.get_hardware_reason]
 * @KVM_EXIT_REASON_EXCEPTION: an exception that the kernel does not handle (x86)
 * @KVM_EXIT_REASON_IO: an access to a port (x86); one answered with [method@Kvm.Exit.set_value]
 *   if it is a read
 * @KVM_EXIT_REASON_HYPERCALL: a hypercall (x86, arm64), answered with
 *   [method@Kvm.Exit.set_result]
 * @KVM_EXIT_REASON_DEBUG: a step or a breakpoint that
 *   [method@Kvm.Vcpu.set_guest_debug] asked for
 * @KVM_EXIT_REASON_HLT: the guest halted (x86 without in-kernel local APIC)
 * @KVM_EXIT_REASON_MMIO: an access to memory in no slot, answered with
 *   [method@Kvm.Exit.set_value] if it is a read
 * @KVM_EXIT_REASON_IRQ_WINDOW_OPEN: the guest can take an interrupt now (x86), as was asked for
 * @KVM_EXIT_REASON_SHUTDOWN: the guest shut down, often by a triple fault (x86)
 * @KVM_EXIT_REASON_FAIL_ENTRY: the hardware refused to run the guest in the state that was set; see
 *   [method@Kvm.Exit.get_hardware_reason]
 * @KVM_EXIT_REASON_INTERRUPTED: no exit of the guest's: a kick, a cancellable or a signal ended the
 *   run; see [method@Kvm.Exit.get_interruption]
 * @KVM_EXIT_REASON_SET_TPR: the guest changed its task priority (x86); see
 *   [method@Kvm.Exit.x86_get_cr8]
 * @KVM_EXIT_REASON_TPR_ACCESS: an access to the task priority register that was to be reported
 * (x86)
 * @KVM_EXIT_REASON_INTERNAL_ERROR: the kernel could not go on; see
 *   [method@Kvm.Exit.get_internal_error]
 * @KVM_EXIT_REASON_SYSTEM_EVENT: the guest asked to be shut down, reset and the like; see
 *   [method@Kvm.Exit.get_system_event]
 * @KVM_EXIT_REASON_IOAPIC_EOI: the end of a level-triggered interrupt (x86 with split irqchip)
 * @KVM_EXIT_REASON_HYPERV: something of Hyper-V that the kernel leaves to us (x86)
 * @KVM_EXIT_REASON_ARM_NISV: a memory access that the hardware did not decode (arm64)
 * @KVM_EXIT_REASON_X86_RDMSR: a read of an MSR that was to be reported, answered with
 *   [method@Kvm.Exit.set_value] or [method@Kvm.Exit.x86_set_msr_error]
 * @KVM_EXIT_REASON_X86_WRMSR: a write to an MSR that was to be reported
 * @KVM_EXIT_REASON_DIRTY_RING_FULL: the vCPU's dirty ring must be emptied before it runs on
 * @KVM_EXIT_REASON_AP_RESET_HOLD: an application processor waits for its start (SEV-ES)
 * @KVM_EXIT_REASON_X86_BUS_LOCK: the guest locked the bus
 * @KVM_EXIT_REASON_XEN: a hypercall of Xen's (x86), answered with [method@Kvm.Exit.set_result]
 * @KVM_EXIT_REASON_RISCV_SBI: a call of the supervisor binary interface that the kernel does not
 *   serve, answered with [method@Kvm.Exit.riscv_set_sbi_result]
 * @KVM_EXIT_REASON_RISCV_CSR: an access to a control register that the kernel does not serve,
 *   answered with [method@Kvm.Exit.set_value]
 * @KVM_EXIT_REASON_NOTIFY: the guest kept the processor from taking events for too long (x86)
 * @KVM_EXIT_REASON_MEMORY_FAULT: memory that the guest touched could not be given to it; see
 *   [method@Kvm.Exit.get_memory_fault_flags]
 * @KVM_EXIT_REASON_TDX: a call of a TDX guest's, answered with [method@Kvm.Exit.set_result]
 * @KVM_EXIT_REASON_ARM_SEA: the guest touched memory with a hardware error (arm64)
 * @KVM_EXIT_REASON_ARM_LDST64B: a 64-byte load or store outside of memory (arm64)
 * @KVM_EXIT_REASON_SNP_REQ_CERTS: an SEV-SNP guest wants the certificates of the host, answered
 * with [method@Kvm.Exit.set_result]
 * @KVM_EXIT_REASON_OTHER: a reason without a name here; see
 *   [method@Kvm.Exit.get_raw_reason]
 *
 * Why a vCPU stopped. Apart from the first, the last and %KVM_EXIT_REASON_INTERRUPTED the names and
 * numbers are the kernel's `KVM_EXIT_…`.
 *
 * Kernels come to know new reasons, and a later release of the library may name what is
 * %KVM_EXIT_REASON_OTHER today. A program should have a `default:` that looks at
 * [method@Kvm.Exit.get_raw_reason].
 *
 * Since: 0.1
 */
typedef enum
{
  KVM_EXIT_REASON_ERROR = -1,
  KVM_EXIT_REASON_UNKNOWN = 0,
  KVM_EXIT_REASON_EXCEPTION = 1,
  KVM_EXIT_REASON_IO = 2,
  KVM_EXIT_REASON_HYPERCALL = 3,
  KVM_EXIT_REASON_DEBUG = 4,
  KVM_EXIT_REASON_HLT = 5,
  KVM_EXIT_REASON_MMIO = 6,
  KVM_EXIT_REASON_IRQ_WINDOW_OPEN = 7,
  KVM_EXIT_REASON_SHUTDOWN = 8,
  KVM_EXIT_REASON_FAIL_ENTRY = 9,
  KVM_EXIT_REASON_INTERRUPTED = 10,
  KVM_EXIT_REASON_SET_TPR = 11,
  KVM_EXIT_REASON_TPR_ACCESS = 12,
  KVM_EXIT_REASON_INTERNAL_ERROR = 17,
  KVM_EXIT_REASON_SYSTEM_EVENT = 24,
  KVM_EXIT_REASON_IOAPIC_EOI = 26,
  KVM_EXIT_REASON_HYPERV = 27,
  KVM_EXIT_REASON_ARM_NISV = 28,
  KVM_EXIT_REASON_X86_RDMSR = 29,
  KVM_EXIT_REASON_X86_WRMSR = 30,
  KVM_EXIT_REASON_DIRTY_RING_FULL = 31,
  KVM_EXIT_REASON_AP_RESET_HOLD = 32,
  KVM_EXIT_REASON_X86_BUS_LOCK = 33,
  KVM_EXIT_REASON_XEN = 34,
  KVM_EXIT_REASON_RISCV_SBI = 35,
  KVM_EXIT_REASON_RISCV_CSR = 36,
  KVM_EXIT_REASON_NOTIFY = 37,
  KVM_EXIT_REASON_MEMORY_FAULT = 39,
  KVM_EXIT_REASON_TDX = 40,
  KVM_EXIT_REASON_ARM_SEA = 41,
  KVM_EXIT_REASON_ARM_LDST64B = 42,
  KVM_EXIT_REASON_SNP_REQ_CERTS = 43,
  KVM_EXIT_REASON_OTHER = 1000,
} KvmExitReason;

/**
 * KvmInterruption:
 * @KVM_INTERRUPTION_NONE: the run was not interrupted
 * @KVM_INTERRUPTION_KICK: [method@Kvm.Vcpu.kick] was called
 * @KVM_INTERRUPTION_CANCELLED: the cancellable that the run was given is cancelled
 * @KVM_INTERRUPTION_SIGNAL: a signal of the program's own was handled in the thread; or the
 *   cancellable was reset, or the vCPU got another one, just after it was cancelled
 * @KVM_INTERRUPTION_COMPLETED: nothing; [method@Kvm.Vcpu.complete_pending] finished what was
 * pending
 *
 * What ended a run that the guest did not end.
 *
 * Since: 0.1
 */
typedef enum
{
  KVM_INTERRUPTION_NONE,
  KVM_INTERRUPTION_KICK,
  KVM_INTERRUPTION_CANCELLED,
  KVM_INTERRUPTION_SIGNAL,
  KVM_INTERRUPTION_COMPLETED,
} KvmInterruption;

/**
 * KvmInternalErrorType:
 * @KVM_INTERNAL_ERROR_TYPE_EMULATION: an instruction could not be emulated
 * @KVM_INTERNAL_ERROR_TYPE_SIMULTANEOUS_EXCEPTION: one exception came while another was delivered
 * @KVM_INTERNAL_ERROR_TYPE_EVENT_DELIVERY: an event could not be delivered to the guest
 * @KVM_INTERNAL_ERROR_TYPE_UNEXPECTED_EXIT: the hardware stopped the guest for a reason that it
 *   should not have
 * @KVM_INTERNAL_ERROR_TYPE_OTHER: one that has no name here
 *
 * What kept the kernel from going on with the guest.
 *
 * Since: 0.1
 */
typedef enum
{
  KVM_INTERNAL_ERROR_TYPE_EMULATION = 1,
  KVM_INTERNAL_ERROR_TYPE_SIMULTANEOUS_EXCEPTION = 2,
  KVM_INTERNAL_ERROR_TYPE_EVENT_DELIVERY = 3,
  KVM_INTERNAL_ERROR_TYPE_UNEXPECTED_EXIT = 4,
  KVM_INTERNAL_ERROR_TYPE_OTHER = 1000,
} KvmInternalErrorType;

/**
 * KvmSystemEventType:
 * @KVM_SYSTEM_EVENT_TYPE_SHUTDOWN: the guest powered itself off
 * @KVM_SYSTEM_EVENT_TYPE_RESET: the guest asked for a reset
 * @KVM_SYSTEM_EVENT_TYPE_CRASH: the guest says that it crashed
 * @KVM_SYSTEM_EVENT_TYPE_WAKEUP: a suspended vCPU may be woken
 * @KVM_SYSTEM_EVENT_TYPE_SUSPEND: the guest asked to be suspended
 * @KVM_SYSTEM_EVENT_TYPE_SEV_TERM: an SEV guest ended itself
 * @KVM_SYSTEM_EVENT_TYPE_TDX_FATAL: a TDX guest met a fatal error
 * @KVM_SYSTEM_EVENT_TYPE_OTHER: one that has no name here
 *
 * What a guest wants done to the whole machine.
 *
 * Since: 0.1
 */
typedef enum
{
  KVM_SYSTEM_EVENT_TYPE_SHUTDOWN = 1,
  KVM_SYSTEM_EVENT_TYPE_RESET = 2,
  KVM_SYSTEM_EVENT_TYPE_CRASH = 3,
  KVM_SYSTEM_EVENT_TYPE_WAKEUP = 4,
  KVM_SYSTEM_EVENT_TYPE_SUSPEND = 5,
  KVM_SYSTEM_EVENT_TYPE_SEV_TERM = 6,
  KVM_SYSTEM_EVENT_TYPE_TDX_FATAL = 7,
  KVM_SYSTEM_EVENT_TYPE_OTHER = 1000,
} KvmSystemEventType;

#define KVM_TYPE_EXIT (kvm_exit_get_type ())

KVMOBJ_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (KvmExit, kvm_exit, KVM, EXIT, GObject)

KVMOBJ_AVAILABLE_IN_0_1
KvmExitReason kvm_exit_get_reason (KvmExit *self);
KVMOBJ_AVAILABLE_IN_0_1
guint kvm_exit_get_raw_reason (KvmExit *self);
KVMOBJ_AVAILABLE_IN_0_1
KvmInterruption kvm_exit_get_interruption (KvmExit *self);
KVMOBJ_AVAILABLE_IN_0_1
char *kvm_exit_to_string (KvmExit *self);
KVMOBJ_AVAILABLE_IN_0_1
GBytes *kvm_exit_to_bytes (KvmExit *self);
KVMOBJ_AVAILABLE_IN_0_1
KvmExit *kvm_exit_copy (KvmExit *self, GError **error);

KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_exit_get_address (KvmExit *self);
KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_exit_get_size (KvmExit *self);
KVMOBJ_AVAILABLE_IN_0_1
guint kvm_exit_get_count (KvmExit *self);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_exit_is_write (KvmExit *self);
KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_exit_get_value (KvmExit *self);
KVMOBJ_AVAILABLE_IN_0_1
void kvm_exit_set_value (KvmExit *self, guint64 value);
KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_exit_get_element (KvmExit *self, guint index);
KVMOBJ_AVAILABLE_IN_0_1
void kvm_exit_set_element (KvmExit *self, guint index, guint64 value);
KVMOBJ_AVAILABLE_IN_0_1
guint8 *kvm_exit_get_data (KvmExit *self, gsize *length);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_exit_set_data (KvmExit *self, const guint8 *data, gsize length, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_exit_get_result (KvmExit *self);
KVMOBJ_AVAILABLE_IN_0_1
void kvm_exit_set_result (KvmExit *self, guint64 result);

KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_exit_get_hypercall_number (KvmExit *self);
KVMOBJ_AVAILABLE_IN_0_1
guint64 *kvm_exit_get_hypercall_arguments (KvmExit *self, gsize *n_arguments);
KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_exit_get_hypercall_flags (KvmExit *self);

KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_exit_get_hardware_reason (KvmExit *self);
KVMOBJ_AVAILABLE_IN_0_1
guint kvm_exit_get_failed_cpu (KvmExit *self);

KVMOBJ_AVAILABLE_IN_0_1
KvmInternalErrorType kvm_exit_get_internal_error (KvmExit *self);
KVMOBJ_AVAILABLE_IN_0_1
guint kvm_exit_get_raw_internal_error (KvmExit *self);
KVMOBJ_AVAILABLE_IN_0_1
guint64 *kvm_exit_get_internal_error_data (KvmExit *self, gsize *n_data);

KVMOBJ_AVAILABLE_IN_0_1
KvmSystemEventType kvm_exit_get_system_event (KvmExit *self);
KVMOBJ_AVAILABLE_IN_0_1
guint kvm_exit_get_raw_system_event (KvmExit *self);
KVMOBJ_AVAILABLE_IN_0_1
guint64 *kvm_exit_get_system_event_data (KvmExit *self, gsize *n_data);

KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_exit_get_memory_fault_flags (KvmExit *self);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_exit_is_memory_poisoned (KvmExit *self);

G_END_DECLS
