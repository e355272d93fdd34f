/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "kvm-exit-private.h"
#include "x86/kvm-exit-x86.h"

/**
 * kvm_exit_x86_get_flags:
 * @self: an exit
 *
 * Gets in which state of the processor the guest stopped (the `flags` of the run page): bit 0 is
 * set in system management mode, bit 1 if the guest locked the bus, bit 2 if it runs a guest of
 * its own.
 *
 * Returns: the flags
 *
 * Since: 0.1
 */
guint
kvm_exit_x86_get_flags (KvmExit *self)
{
  g_return_val_if_fail (_kvm_is_exit (self), 0);

  return _KVM_READ_ONCE (self->run->flags);
}

/**
 * kvm_exit_x86_get_cr8:
 * @self: an exit
 *
 * Gets the guest's task priority. It is kept only while the local APIC is not in the kernel.
 *
 * Returns: the value of CR8
 *
 * Since: 0.1
 */
guint64
kvm_exit_x86_get_cr8 (KvmExit *self)
{
  g_return_val_if_fail (_kvm_is_exit (self), 0);

  return _KVM_READ_ONCE (self->run->cr8);
}

/**
 * kvm_exit_x86_get_apic_base:
 * @self: an exit
 *
 * Gets the guest's APIC base MSR. It is kept only while the local APIC is not in the kernel.
 *
 * Returns: the value of the MSR
 *
 * Since: 0.1
 */
guint64
kvm_exit_x86_get_apic_base (KvmExit *self)
{
  g_return_val_if_fail (_kvm_is_exit (self), 0);

  return _KVM_READ_ONCE (self->run->apic_base);
}

/**
 * kvm_exit_x86_get_interrupt_flag:
 * @self: an exit
 *
 * Tells whether interrupts are enabled in the guest. It is kept only while the local APIC is not
 * in the kernel.
 *
 * Returns: %TRUE if interrupts are enabled
 *
 * Since: 0.1
 */
gboolean
kvm_exit_x86_get_interrupt_flag (KvmExit *self)
{
  g_return_val_if_fail (_kvm_is_exit (self), 0);

  return _KVM_READ_ONCE (self->run->if_flag) != 0;
}

/**
 * kvm_exit_x86_get_ready_for_interrupt:
 * @self: an exit
 *
 * Tells whether an interrupt can be injected now. It is kept only while the local APIC is not in
 * the kernel.
 *
 * Returns: %TRUE if an interrupt can be injected
 *
 * Since: 0.1
 */
gboolean
kvm_exit_x86_get_ready_for_interrupt (KvmExit *self)
{
  g_return_val_if_fail (_kvm_is_exit (self), 0);

  return _KVM_READ_ONCE (self->run->ready_for_interrupt_injection) != 0;
}

/**
 * kvm_exit_x86_get_exception:
 * @self: an exit for %KVM_EXIT_REASON_EXCEPTION
 *
 * Gets which exception the guest met.
 *
 * Returns: the vector
 *
 * Since: 0.1
 */
guint
kvm_exit_x86_get_exception (KvmExit *self)
{
  _KVM_EXIT_FIELD (self, _KVM_REASON_BIT (EXCEPTION), ex.exception);
}

/**
 * kvm_exit_x86_get_exception_error_code:
 * @self: an exit for %KVM_EXIT_REASON_EXCEPTION
 *
 * Gets the error code that goes with the exception.
 *
 * Returns: the error code
 *
 * Since: 0.1
 */
guint
kvm_exit_x86_get_exception_error_code (KvmExit *self)
{
  _KVM_EXIT_FIELD (self, _KVM_REASON_BIT (EXCEPTION), ex.error_code);
}

/**
 * kvm_exit_x86_get_debug_exception:
 * @self: an exit for %KVM_EXIT_REASON_DEBUG
 *
 * Gets which exception stopped the guest: 1 for a step or a hardware breakpoint, 3 for a
 * breakpoint instruction.
 *
 * Returns: the vector
 *
 * Since: 0.1
 */
guint
kvm_exit_x86_get_debug_exception (KvmExit *self)
{
  _KVM_EXIT_FIELD (self, _KVM_REASON_BIT (DEBUG), debug_x86.exception);
}

/**
 * kvm_exit_x86_get_debug_pc:
 * @self: an exit for %KVM_EXIT_REASON_DEBUG
 *
 * Gets where the guest stopped.
 *
 * Returns: the linear address of the next instruction
 *
 * Since: 0.1
 */
guint64
kvm_exit_x86_get_debug_pc (KvmExit *self)
{
  _KVM_EXIT_FIELD (self, _KVM_REASON_BIT (DEBUG), debug_x86.pc);
}

/**
 * kvm_exit_x86_get_debug_dr6:
 * @self: an exit for %KVM_EXIT_REASON_DEBUG
 *
 * Gets what stopped the guest: bits 0 to 3 name the breakpoint registers that matched, bit 14 a
 * single step.
 *
 * Returns: the value of DR6
 *
 * Since: 0.1
 */
guint64
kvm_exit_x86_get_debug_dr6 (KvmExit *self)
{
  _KVM_EXIT_FIELD (self, _KVM_REASON_BIT (DEBUG), debug_x86.dr6);
}

/**
 * kvm_exit_x86_get_debug_dr7:
 * @self: an exit for %KVM_EXIT_REASON_DEBUG
 *
 * Gets which breakpoints were armed.
 *
 * Returns: the value of DR7
 *
 * Since: 0.1
 */
guint64
kvm_exit_x86_get_debug_dr7 (KvmExit *self)
{
  _KVM_EXIT_FIELD (self, _KVM_REASON_BIT (DEBUG), debug_x86.dr7);
}

/**
 * kvm_exit_x86_get_tpr_access_rip:
 * @self: an exit for %KVM_EXIT_REASON_TPR_ACCESS
 *
 * Gets which instruction touched the task priority register.
 *
 * Returns: the address of the instruction
 *
 * Since: 0.1
 */
guint64
kvm_exit_x86_get_tpr_access_rip (KvmExit *self)
{
  _KVM_EXIT_FIELD (self, _KVM_REASON_BIT (TPR_ACCESS), tpr_access.rip);
}

/**
 * kvm_exit_x86_get_eoi_vector:
 * @self: an exit for %KVM_EXIT_REASON_IOAPIC_EOI
 *
 * Gets which interrupt the guest is done with.
 *
 * Returns: the vector
 *
 * Since: 0.1
 */
guint
kvm_exit_x86_get_eoi_vector (KvmExit *self)
{
  _KVM_EXIT_FIELD (self, _KVM_REASON_BIT (IOAPIC_EOI), eoi.vector);
}

/**
 * kvm_exit_x86_get_msr_index:
 * @self: an exit for %KVM_EXIT_REASON_X86_RDMSR or %KVM_EXIT_REASON_X86_WRMSR
 *
 * Gets which MSR the guest touched.
 *
 * Returns: the number of the MSR
 *
 * Since: 0.1
 */
guint
kvm_exit_x86_get_msr_index (KvmExit *self)
{
  _KVM_EXIT_FIELD (self, _KVM_REASON_BIT (X86_RDMSR) | _KVM_REASON_BIT (X86_WRMSR), msr.index);
}

/**
 * kvm_exit_x86_get_msr_reason:
 * @self: an exit for %KVM_EXIT_REASON_X86_RDMSR or %KVM_EXIT_REASON_X86_WRMSR
 *
 * Gets why the access was reported: bit 0 because it is not valid, bit 1 because the kernel does
 * not know the MSR, bit 2 because a filter denies it.
 *
 * Returns: the reason, one of [flags@Kvm.X86MsrExitReasons]; later kernels may have others
 *
 * Since: 0.1
 */
guint
kvm_exit_x86_get_msr_reason (KvmExit *self)
{
  _KVM_EXIT_FIELD (self, _KVM_REASON_BIT (X86_RDMSR) | _KVM_REASON_BIT (X86_WRMSR), msr.reason);
}

/**
 * kvm_exit_x86_get_msr_error:
 * @self: an exit for %KVM_EXIT_REASON_X86_RDMSR or %KVM_EXIT_REASON_X86_WRMSR
 *
 * Gets what [method@Kvm.Exit.x86_set_msr_error] set.
 *
 * Returns: %TRUE if the access is to fail
 *
 * Since: 0.1
 */
gboolean
kvm_exit_x86_get_msr_error (KvmExit *self)
{
  _kvm_return_val_unless_exit (self, _KVM_REASON_BIT (X86_RDMSR) | _KVM_REASON_BIT (X86_WRMSR),
                               FALSE);

  return _KVM_READ_ONCE (self->run->msr.error) != 0;
}

/**
 * kvm_exit_x86_set_msr_error:
 * @self: an exit for %KVM_EXIT_REASON_X86_RDMSR or %KVM_EXIT_REASON_X86_WRMSR
 * @fail: %TRUE if the access is to fail
 *
 * Lets the access fail: the guest gets a general protection fault when it runs on. A read that
 * succeeds is answered with [method@Kvm.Exit.set_value].
 *
 * Since: 0.1
 */
void
kvm_exit_x86_set_msr_error (KvmExit *self, gboolean fail)
{
  _kvm_return_unless_exit (self, _KVM_REASON_BIT (X86_RDMSR) | _KVM_REASON_BIT (X86_WRMSR));

  self->run->msr.error = fail ? 1 : 0;
  self->latch |= KVM_LATCH_ANSWERED;
}

/**
 * kvm_exit_x86_get_emulation_flags:
 * @self: an exit for %KVM_EXIT_REASON_INTERNAL_ERROR
 *
 * Gets which data there are about an instruction that could not be emulated: bit 0 is set if its
 * bytes are known.
 *
 * Returns: the flags; 0 unless the error is %KVM_INTERNAL_ERROR_TYPE_EMULATION and the kernel
 *   gives them
 *
 * Since: 0.1
 */
guint64
kvm_exit_x86_get_emulation_flags (KvmExit *self)
{
  _kvm_return_val_unless_exit (self, _KVM_REASON_BIT (INTERNAL_ERROR), 0);

  if (kvm_exit_get_internal_error (self) != KVM_INTERNAL_ERROR_TYPE_EMULATION
      || _KVM_READ_ONCE (self->run->emulation_failure.ndata) < 1)
    return 0;
  return _KVM_READ_ONCE (self->run->emulation_failure.flags);
}

/**
 * kvm_exit_x86_get_instruction_bytes:
 * @self: an exit for %KVM_EXIT_REASON_INTERNAL_ERROR
 * @length: (out): the length of the result, at most 15; 0 if the kernel does not give the bytes
 *
 * Gets the bytes at the instruction that could not be emulated, as far as the kernel fetched them.
 *
 * Returns: (array length=length) (transfer full): the bytes
 *
 * Since: 0.1
 */
guint8 *
kvm_exit_x86_get_instruction_bytes (KvmExit *self, gsize *length)
{
  guint8 *bytes;
  guint size = 0;

  g_return_val_if_fail (length != NULL, NULL);
  *length = 0;
  _kvm_return_val_unless_exit (self, _KVM_REASON_BIT (INTERNAL_ERROR), NULL);

  if ((kvm_exit_x86_get_emulation_flags (self) & 1)
      && _KVM_READ_ONCE (self->run->emulation_failure.ndata) >= 3)
    size = _KVM_READ_ONCE (self->run->emulation_failure.insn_size);

  bytes = g_new (guint8, sizeof self->run->emulation_failure.insn_bytes);
  memcpy (bytes, self->run->emulation_failure.insn_bytes,
          sizeof self->run->emulation_failure.insn_bytes);
  *length = MIN (size, sizeof self->run->emulation_failure.insn_bytes);
  return bytes;
}

/**
 * kvm_exit_x86_get_notify_flags:
 * @self: an exit for %KVM_EXIT_REASON_NOTIFY
 *
 * Gets whether the guest can go on: bit 0 is set if the vCPU's context is lost.
 *
 * Returns: the flags
 *
 * Since: 0.1
 */
guint
kvm_exit_x86_get_notify_flags (KvmExit *self)
{
  _KVM_EXIT_FIELD (self, _KVM_REASON_BIT (NOTIFY), notify.flags);
}

/**
 * kvm_exit_x86_get_tdx_flags:
 * @self: an exit for %KVM_EXIT_REASON_TDX
 *
 * Gets flags of the call; Linux 7.1 defines none.
 *
 * Returns: the flags
 *
 * Since: 0.1
 */
guint64
kvm_exit_x86_get_tdx_flags (KvmExit *self)
{
  _KVM_EXIT_FIELD (self, _KVM_REASON_BIT (TDX), tdx.flags);
}

/**
 * kvm_exit_x86_get_tdx_number:
 * @self: an exit for %KVM_EXIT_REASON_TDX
 *
 * Gets which call the guest made: 0x10000 is GetTdVmCallInfo, 0x10002 GetQuote, 0x10004
 * SetupEventNotifyInterrupt. It is answered with [method@Kvm.Exit.set_result].
 *
 * Returns: the number of the call
 *
 * Since: 0.1
 */
guint64
kvm_exit_x86_get_tdx_number (KvmExit *self)
{
  _KVM_EXIT_FIELD (self, _KVM_REASON_BIT (TDX), tdx.nr);
}

/**
 * kvm_exit_x86_get_tdx_data:
 * @self: an exit for %KVM_EXIT_REASON_TDX
 * @n_words: (out): the length of the result, 5
 *
 * Gets the words that go with the call. GetQuote has a guest-physical address and a size in
 * bytes, SetupEventNotifyInterrupt a vector, GetTdVmCallInfo a leaf and then four registers to
 * answer in.
 *
 * Returns: (array length=n_words) (transfer full): the words
 *
 * Since: 0.1
 */
guint64 *
kvm_exit_x86_get_tdx_data (KvmExit *self, gsize *n_words)
{
  g_return_val_if_fail (n_words != NULL, NULL);
  *n_words = 0;
  _kvm_return_val_unless_exit (self, _KVM_REASON_BIT (TDX), NULL);

  return _kvm_exit_copy_words (self->run->tdx.data, 5, n_words);
}

/**
 * kvm_exit_x86_set_tdx_data:
 * @self: an exit for %KVM_EXIT_REASON_TDX
 * @index: which word, 0 to 4
 * @value: the answer
 *
 * Answers in one of the words that go with the call, such as GetTdVmCallInfo's registers R11 to
 * R14, which are the words 1 to 4. If there is no such word, nothing happens.
 *
 * Since: 0.1
 */
void
kvm_exit_x86_set_tdx_data (KvmExit *self, guint index, guint64 value)
{
  _kvm_return_unless_exit (self, _KVM_REASON_BIT (TDX));

  if (index < G_N_ELEMENTS (self->run->tdx.data))
    self->run->tdx.data[index] = value;
}

/**
 * kvm_exit_x86_get_snp_certs_address:
 * @self: an exit for %KVM_EXIT_REASON_SNP_REQ_CERTS
 *
 * Gets where the guest wants the certificates. The exit is answered with
 * [method@Kvm.Exit.set_result].
 *
 * Returns: the guest-physical address of a buffer
 *
 * Since: 0.1
 */
guint64
kvm_exit_x86_get_snp_certs_address (KvmExit *self)
{
  _KVM_EXIT_FIELD (self, _KVM_REASON_BIT (SNP_REQ_CERTS), snp_req_certs.gpa);
}

/**
 * kvm_exit_x86_get_snp_certs_pages:
 * @self: an exit for %KVM_EXIT_REASON_SNP_REQ_CERTS
 *
 * Gets how large the buffer for the certificates is.
 *
 * Returns: the number of pages of 4096 bytes
 *
 * Since: 0.1
 */
guint64
kvm_exit_x86_get_snp_certs_pages (KvmExit *self)
{
  _KVM_EXIT_FIELD (self, _KVM_REASON_BIT (SNP_REQ_CERTS), snp_req_certs.npages);
}

/**
 * kvm_exit_x86_set_snp_certs_pages:
 * @self: an exit for %KVM_EXIT_REASON_SNP_REQ_CERTS
 * @n_pages: the number of pages of 4096 bytes
 *
 * Tells the guest how many pages the certificates need, when its buffer is too small.
 *
 * Since: 0.1
 */
void
kvm_exit_x86_set_snp_certs_pages (KvmExit *self, guint64 n_pages)
{
  _kvm_return_unless_exit (self, _KVM_REASON_BIT (SNP_REQ_CERTS));

  self->run->snp_req_certs.npages = n_pages;
}
