/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "kvm-exit-private.h"
#include "riscv/kvm-exit-riscv.h"

/**
 * kvm_exit_riscv_get_sbi_extension:
 * @self: an exit for %KVM_EXIT_REASON_RISCV_SBI
 *
 * Gets which extension of the supervisor binary interface was called.
 *
 * Returns: the extension id, from register a7
 *
 * Since: 0.1
 */
guint64
kvm_exit_riscv_get_sbi_extension (KvmExit *self)
{
  _KVM_EXIT_FIELD (self, _KVM_REASON_BIT (RISCV_SBI), riscv_sbi.extension_id);
}

/**
 * kvm_exit_riscv_get_sbi_function:
 * @self: an exit for %KVM_EXIT_REASON_RISCV_SBI
 *
 * Gets which function of the extension was called.
 *
 * Returns: the function id, from register a6
 *
 * Since: 0.1
 */
guint64
kvm_exit_riscv_get_sbi_function (KvmExit *self)
{
  _KVM_EXIT_FIELD (self, _KVM_REASON_BIT (RISCV_SBI), riscv_sbi.function_id);
}

/**
 * kvm_exit_riscv_get_sbi_arguments:
 * @self: an exit for %KVM_EXIT_REASON_RISCV_SBI
 * @n_arguments: (out): the length of the result, 6
 *
 * Gets what the guest passes, from registers a0 to a5.
 *
 * Returns: (array length=n_arguments) (transfer full): the arguments
 *
 * Since: 0.1
 */
guint64 *
kvm_exit_riscv_get_sbi_arguments (KvmExit *self, gsize *n_arguments)
{
  g_return_val_if_fail (n_arguments != NULL, NULL);
  *n_arguments = 0;
  _kvm_return_val_unless_exit (self, _KVM_REASON_BIT (RISCV_SBI), NULL);

  return _kvm_exit_copy_words (self->run->riscv_sbi.args, 6, n_arguments);
}

/**
 * kvm_exit_riscv_get_sbi_result:
 * @self: an exit for %KVM_EXIT_REASON_RISCV_SBI
 * @n_results: (out): the length of the result, 2
 *
 * Gets what [method@Kvm.Exit.riscv_set_sbi_result] set: the error, then the value.
 *
 * Returns: (array length=n_results) (transfer full): the results
 *
 * Since: 0.1
 */
guint64 *
kvm_exit_riscv_get_sbi_result (KvmExit *self, gsize *n_results)
{
  g_return_val_if_fail (n_results != NULL, NULL);
  *n_results = 0;
  _kvm_return_val_unless_exit (self, _KVM_REASON_BIT (RISCV_SBI), NULL);

  return _kvm_exit_copy_words (self->run->riscv_sbi.ret, 2, n_results);
}

/**
 * kvm_exit_riscv_set_sbi_result:
 * @self: an exit for %KVM_EXIT_REASON_RISCV_SBI
 * @sbi_error: 0, or the negative error of the interface, for register a0
 * @value: the value, for register a1
 *
 * Answers the call. The guest gets both when it runs on.
 *
 * Since: 0.1
 */
void
kvm_exit_riscv_set_sbi_result (KvmExit *self, gint64 sbi_error, guint64 value)
{
  _kvm_return_unless_exit (self, _KVM_REASON_BIT (RISCV_SBI));

  self->run->riscv_sbi.ret[0] = sbi_error;
  self->run->riscv_sbi.ret[1] = value;
}

/**
 * kvm_exit_riscv_get_csr_number:
 * @self: an exit for %KVM_EXIT_REASON_RISCV_CSR
 *
 * Gets which control register the guest touched.
 *
 * Returns: the number of the register
 *
 * Since: 0.1
 */
guint64
kvm_exit_riscv_get_csr_number (KvmExit *self)
{
  _KVM_EXIT_FIELD (self, _KVM_REASON_BIT (RISCV_CSR), riscv_csr.csr_num);
}

/**
 * kvm_exit_riscv_get_csr_answer:
 * @self: an exit for %KVM_EXIT_REASON_RISCV_CSR
 *
 * Gets what [method@Kvm.Exit.set_value] set: the value that the guest will read.
 *
 * Returns: the value
 *
 * Since: 0.1
 */
guint64
kvm_exit_riscv_get_csr_answer (KvmExit *self)
{
  _KVM_EXIT_FIELD (self, _KVM_REASON_BIT (RISCV_CSR), riscv_csr.ret_value);
}

/**
 * kvm_exit_riscv_get_csr_write_mask:
 * @self: an exit for %KVM_EXIT_REASON_RISCV_CSR
 *
 * Gets which bits the guest writes; 0 if it only reads. The bits themselves are got with
 * [method@Kvm.Exit.get_value], and the old value is answered with [method@Kvm.Exit.set_value].
 *
 * Returns: the mask
 *
 * Since: 0.1
 */
guint64
kvm_exit_riscv_get_csr_write_mask (KvmExit *self)
{
  _KVM_EXIT_FIELD (self, _KVM_REASON_BIT (RISCV_CSR), riscv_csr.write_mask);
}
