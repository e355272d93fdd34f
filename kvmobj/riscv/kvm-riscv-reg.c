/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The ids of registers: numbers alone, so they are the same on every architecture. */

#include "config.h"

#include "kvm-abi-private.h"
#include "riscv/kvm-riscv-extension.h"
#include "riscv/kvm-riscv-reg.h"

#define RISCV G_GUINT64_CONSTANT (0x8000000000000000)
#define SIZE_SHIFT 52
#define SIZE_32 (G_GUINT64_CONSTANT (2) << SIZE_SHIFT)
#define SIZE_64 (G_GUINT64_CONSTANT (3) << SIZE_SHIFT)
#define INDEX_MASK 0xffff

/* In the bits from 16 on: the type, and the subtype in the lower byte. */
#define CLASS_CONFIG 0x0100
#define CLASS_CORE 0x0200
#define CLASS_CSR 0x0300
#define CLASS_CSR_AIA 0x0301
#define CLASS_CSR_SMSTATEEN 0x0302
#define CLASS_TIMER 0x0400
#define CLASS_FP_F 0x0500
#define CLASS_FP_D 0x0600
#define CLASS_ISA_SINGLE 0x0700
#define CLASS_ISA_MULTI_EN 0x0701
#define CLASS_ISA_MULTI_DIS 0x0702
#define CLASS_SBI_SINGLE 0x0800
#define CLASS_SBI_MULTI_EN 0x0801
#define CLASS_SBI_MULTI_DIS 0x0802
#define CLASS_VECTOR 0x0900
#define CLASS_SBI_STA 0x0a00
#define CLASS_SBI_FWFT 0x0a01
#define CLASS(name) ((guint64) CLASS_##name << 16)

#define N_FP 32
#define N_VECTOR 32
#define VECTOR_DATA 6 /* before them are the control registers, and a place that is not used */
#define MAX_VLENB 8192

static const char *const config_names[]
    = { "isa",    "zicbom_block_size", "mvendorid", "marchid",
        "mimpid", "zicboz_block_size", "satp_mode", "zicbop_block_size" };
static const char *const core_names[]
    = { "pc", "ra", "sp", "gp", "tp",  "t0",  "t1", "t2", "s0", "s1", "a0",
        "a1", "a2", "a3", "a4", "a5",  "a6",  "a7", "s2", "s3", "s4", "s5",
        "s6", "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6", "mode" };
static const char *const csr_names[]
    = { "sstatus", "sie", "stvec", "sscratch",   "sepc",   "scause",
        "stval",   "sip", "satp",  "scounteren", "senvcfg" };
static const char *const aia_names[]
    = { "siselect", "iprio1", "iprio2", "sieh", "siph", "iprio1h", "iprio2h" };
static const char *const smstateen_names[] = { "sstateen0" };
static const char *const timer_names[]
    = { "timer_frequency", "timer_time", "timer_compare", "timer_state" };
static const char *const vector_names[] = { "vstart", "vl", "vtype", "vcsr", "vlenb" };
static const char *const sta_names[] = { "sbi_sta_shmem_lo", "sbi_sta_shmem_hi" };
static const char *const fwft_names[]
    = { "sbi_fwft_misaligned_deleg_enable", "sbi_fwft_misaligned_deleg_flags",
        "sbi_fwft_misaligned_deleg_value",  "sbi_fwft_pointer_masking_enable",
        "sbi_fwft_pointer_masking_flags",   "sbi_fwft_pointer_masking_value" };

#define NAMES(names) names, G_N_ELEMENTS (names)

/* What a register is called that has a number instead of a name of its own. */
static const struct
{
  guint id;
  const char *prefix;
  const char *const *names;
  guint n_names;
} classes[] = {
  { CLASS_CONFIG, "config ", NAMES (config_names) },
  { CLASS_CORE, "core ", NAMES (core_names) },
  { CLASS_CSR, "csr ", NAMES (csr_names) },
  { CLASS_CSR_AIA, "aia csr ", NAMES (aia_names) },
  { CLASS_CSR_SMSTATEEN, "smstateen csr ", NAMES (smstateen_names) },
  { CLASS_TIMER, "timer ", NAMES (timer_names) },
  { CLASS_FP_F, "fp_f ", NULL, 0 },
  { CLASS_FP_D, "fp_d ", NULL, 0 },
  { CLASS_ISA_SINGLE, "isa extension ", NULL, 0 },
  { CLASS_ISA_MULTI_EN, "isa extensions to enable ", NULL, 0 },
  { CLASS_ISA_MULTI_DIS, "isa extensions to disable ", NULL, 0 },
  { CLASS_SBI_SINGLE, "sbi extension ", NULL, 0 },
  { CLASS_SBI_MULTI_EN, "sbi extensions to enable ", NULL, 0 },
  { CLASS_SBI_MULTI_DIS, "sbi extensions to disable ", NULL, 0 },
  { CLASS_VECTOR, "vector ", NAMES (vector_names) },
  { CLASS_SBI_STA, "sbi sta ", NAMES (sta_names) },
  { CLASS_SBI_FWFT, "sbi fwft ", NAMES (fwft_names) },
};

/**
 * kvm_riscv_reg_x:
 * @number: 1 to 31
 *
 * Gets the id of a general register, for [method@Kvm.Vcpu.get_one_reg]. x0 is always 0 and has
 * none.
 *
 * Returns: the id
 *
 * Since: 0.1
 */
guint64
kvm_riscv_reg_x (guint number)
{
  g_return_val_if_fail (number >= 1 && number <= 31, 0);

  return RISCV | SIZE_64 | CLASS (CORE) | number;
}

/**
 * kvm_riscv_reg_f:
 * @number: 0 to 31
 *
 * Gets the id of a floating-point register of 32 bits, for [method@Kvm.Vcpu.get_one_reg]. It is
 * there with %KVM_RISCV_ISA_EXTENSION_F, and the lower half of [func@Kvm.riscv_reg_d].
 *
 * Returns: the id
 *
 * Since: 0.1
 */
guint64
kvm_riscv_reg_f (guint number)
{
  g_return_val_if_fail (number < N_FP, 0);

  return RISCV | SIZE_32 | CLASS (FP_F) | number;
}

/**
 * kvm_riscv_reg_d:
 * @number: 0 to 31
 *
 * Gets the id of a floating-point register of 64 bits, for [method@Kvm.Vcpu.get_one_reg]. It is
 * there with %KVM_RISCV_ISA_EXTENSION_D.
 *
 * Returns: the id
 *
 * Since: 0.1
 */
guint64
kvm_riscv_reg_d (guint number)
{
  g_return_val_if_fail (number < N_FP, 0);

  return RISCV | SIZE_64 | CLASS (FP_D) | number;
}

/**
 * kvm_riscv_reg_v:
 * @number: 0 to 31
 * @vlenb: the bytes that it has, a power of two: what %KVMOBJ_RISCV_REG_VLENB is
 *
 * Gets the id of a vector register, for [method@Kvm.Vcpu.get_one_reg_bytes]. It is there with
 * %KVM_RISCV_ISA_EXTENSION_V.
 *
 * Returns: the id
 *
 * Since: 0.1
 */
guint64
kvm_riscv_reg_v (guint number, guint vlenb)
{
  g_return_val_if_fail (number < N_VECTOR, 0);
  g_return_val_if_fail (vlenb != 0 && vlenb <= MAX_VLENB && (vlenb & (vlenb - 1)) == 0, 0);

  return RISCV | (guint64) (g_bit_storage (vlenb) - 1) << SIZE_SHIFT | CLASS (VECTOR)
         | (VECTOR_DATA + number);
}

/**
 * kvm_riscv_reg_isa_ext:
 * @extension: a [enum@Kvm.RiscvIsaExtension], or another number of the kernel's
 *
 * Gets the id of whether the vCPU has an extension of the instruction set: 1 or 0. The methods
 * [method@Kvm.Vcpu.riscv_get_isa_extension] and [method@Kvm.Vcpu.riscv_set_isa_extension] use it.
 *
 * Returns: the id
 *
 * Since: 0.1
 */
guint64
kvm_riscv_reg_isa_ext (guint extension)
{
  g_return_val_if_fail (extension <= INDEX_MASK, 0);

  return RISCV | SIZE_64 | CLASS (ISA_SINGLE) | extension;
}

/**
 * kvm_riscv_reg_isa_multi_en:
 * @number: 0 for the extensions 0 to 63, 1 for those from 64 on, and so forth
 *
 * Gets the id of a bit map of 64 extensions of the instruction set that are enabled. To set it
 * enables those whose bit is 1, and leaves the others; what the kernel refuses is no error.
 *
 * Returns: the id
 *
 * Since: 0.1
 */
guint64
kvm_riscv_reg_isa_multi_en (guint number)
{
  g_return_val_if_fail (number <= INDEX_MASK, 0);

  return RISCV | SIZE_64 | CLASS (ISA_MULTI_EN) | number;
}

/**
 * kvm_riscv_reg_isa_multi_dis:
 * @number: 0 for the extensions 0 to 63, 1 for those from 64 on, and so forth
 *
 * Gets the id of a bit map of 64 extensions of the instruction set that are not enabled. To set it
 * disables those whose bit is 1, and leaves the others; what the kernel refuses is no error.
 *
 * Returns: the id
 *
 * Since: 0.1
 */
guint64
kvm_riscv_reg_isa_multi_dis (guint number)
{
  g_return_val_if_fail (number <= INDEX_MASK, 0);

  return RISCV | SIZE_64 | CLASS (ISA_MULTI_DIS) | number;
}

/**
 * kvm_riscv_reg_sbi_ext:
 * @extension: a [enum@Kvm.RiscvSbiExtension], or another number of the kernel's
 *
 * Gets the id of whether the guest can call an extension of the supervisor binary interface: 1 or
 * 0. The methods [method@Kvm.Vcpu.riscv_get_sbi_extension] and
 * [method@Kvm.Vcpu.riscv_set_sbi_extension] use it.
 *
 * Returns: the id
 *
 * Since: 0.1
 */
guint64
kvm_riscv_reg_sbi_ext (guint extension)
{
  g_return_val_if_fail (extension <= INDEX_MASK, 0);

  return RISCV | SIZE_64 | CLASS (SBI_SINGLE) | extension;
}

/**
 * kvm_riscv_reg_sbi_multi_en:
 * @number: 0 for the extensions 0 to 63, and so forth
 *
 * Gets the id of a bit map of 64 extensions of the supervisor binary interface that are enabled. To
 * set it does as for [func@Kvm.riscv_reg_isa_multi_en].
 *
 * Returns: the id
 *
 * Since: 0.1
 */
guint64
kvm_riscv_reg_sbi_multi_en (guint number)
{
  g_return_val_if_fail (number <= INDEX_MASK, 0);

  return RISCV | SIZE_64 | CLASS (SBI_MULTI_EN) | number;
}

/**
 * kvm_riscv_reg_sbi_multi_dis:
 * @number: 0 for the extensions 0 to 63, and so forth
 *
 * Gets the id of a bit map of 64 extensions of the supervisor binary interface that are not
 * enabled. To set it does as for [func@Kvm.riscv_reg_isa_multi_dis].
 *
 * Returns: the id
 *
 * Since: 0.1
 */
guint64
kvm_riscv_reg_sbi_multi_dis (guint number)
{
  g_return_val_if_fail (number <= INDEX_MASK, 0);

  return RISCV | SIZE_64 | CLASS (SBI_MULTI_DIS) | number;
}

/* The name of one that has no fixed name, if it has any. */
static char *
get_numbered_name (guint class, guint index)
{
  const char *name = NULL;

  switch (class)
    {
    case CLASS_FP_F:
      return index < N_FP ? g_strdup_printf ("fp_f f%u", index)
                          : g_strdup (index == N_FP ? "fp_f fcsr" : NULL);
    case CLASS_FP_D:
      return index < N_FP ? g_strdup_printf ("fp_d f%u", index)
                          : g_strdup (index == N_FP ? "fp_d fcsr" : NULL);
    case CLASS_VECTOR:
      return index >= VECTOR_DATA && index < VECTOR_DATA + N_VECTOR
                 ? g_strdup_printf ("v%u", index - VECTOR_DATA)
                 : NULL;
    case CLASS_ISA_SINGLE:
      name = kvm_riscv_isa_ext_to_string (index);
      return name != NULL ? g_strdup_printf ("isa extension %s", name) : NULL;
    case CLASS_SBI_SINGLE:
      name = kvm_riscv_sbi_ext_to_string (index);
      return name != NULL ? g_strdup_printf ("sbi extension %s", name) : NULL;
    default:
      return NULL;
    }
}

/**
 * kvm_riscv_reg_to_string:
 * @id: an id, such as one of [method@Kvm.Vcpu.get_reg_list]
 *
 * Gets the name of a register: `a0`, `sstatus`, `fp_d f7`, `isa extension zicbom`. One that is not
 * known here has its class and its number in it, such as `csr 17`. The size in the id does not
 * matter.
 *
 * Returns: (transfer full) (nullable): the name; %NULL if it is no id of riscv64's, or the class is
 *   not known here
 *
 * Since: 0.1
 */
char *
kvm_riscv_reg_to_string (guint64 id)
{
  guint class = (guint32) id >> 16, index = id & INDEX_MASK;
  char *name;

  if ((id & ~(G_GUINT64_CONSTANT (0xf) << SIZE_SHIFT)) >> 32 != RISCV >> 32)
    return NULL;

  for (guint i = 0; i < G_N_ELEMENTS (classes); i++)
    if (classes[i].id == class)
      {
        if (index < classes[i].n_names)
          return g_strdup (classes[i].names[index]);
        name = get_numbered_name (class, index);
        return name != NULL ? name : g_strdup_printf ("%s%u", classes[i].prefix, index);
      }
  return NULL;
}
