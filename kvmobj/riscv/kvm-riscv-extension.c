/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "kvm-enum-types.h"
#include "riscv/kvm-riscv-extension.h"

static const char *
get_nick (GType type, guint value)
{
  g_autoptr (GEnumClass) klass = g_type_class_ref (type);
  GEnumValue *found = value <= G_MAXINT ? g_enum_get_value (klass, value) : NULL;

  return found != NULL ? found->value_nick : NULL;
}

/**
 * kvm_riscv_isa_ext_to_string:
 * @extension: a [enum@Kvm.RiscvIsaExtension], or another number of the kernel's
 *   `KVM_RISCV_ISA_EXT_…`
 *
 * Gets the name of an extension of the instruction set, in lower case as a device tree has it.
 *
 * Returns: (transfer none) (nullable): the name; %NULL if the number is not known here
 *
 * Since: 0.1
 */
const char *
kvm_riscv_isa_ext_to_string (guint extension)
{
  return get_nick (KVM_TYPE_RISCV_ISA_EXTENSION, extension);
}

/**
 * kvm_riscv_sbi_ext_to_string:
 * @extension: a [enum@Kvm.RiscvSbiExtension], or another number of the kernel's
 *   `KVM_RISCV_SBI_EXT_…`
 *
 * Gets the name of an extension of the supervisor binary interface, in lower case.
 *
 * Returns: (transfer none) (nullable): the name; %NULL if the number is not known here
 *
 * Since: 0.1
 */
const char *
kvm_riscv_sbi_ext_to_string (guint extension)
{
  return get_nick (KVM_TYPE_RISCV_SBI_EXTENSION, extension);
}
