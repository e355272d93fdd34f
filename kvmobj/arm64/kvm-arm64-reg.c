/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The ids of registers: numbers alone, so they are the same on every architecture. */

#include "config.h"

#include "arm64/kvm-arm64-reg.h"

#define ARM64 G_GUINT64_CONSTANT (0x6000000000000000)
#define SIZE_32 (G_GUINT64_CONSTANT (2) << 52)
#define SIZE_64 (G_GUINT64_CONSTANT (3) << 52)
#define SIZE_128 (G_GUINT64_CONSTANT (4) << 52)
#define SIZE_256 (G_GUINT64_CONSTANT (5) << 52)
#define SIZE_2048 (G_GUINT64_CONSTANT (8) << 52)

/* In the bits from 16 on. */
#define CLASS_CORE 0x10
#define CLASS_DEMUX 0x11
#define CLASS_SYSREG 0x13
#define CLASS_FIRMWARE 0x14
#define CLASS_SVE 0x15
#define CLASS_FIRMWARE_BITMAP 0x16
#define CLASS(name) ((guint64) CLASS_##name << 16)

#define N_X 31
#define N_V 32
#define CORE_V 0x54
#define SVE_P 0x400
#define SVE_FFR 0x600
#define N_SVE_Z 32
#define N_SVE_P 16
#define N_SVE_SLICES 32

/* Those that are neither numbered nor known by their encoding. */
static const struct
{
  guint64 id;
  const char *name;
} named[] = {
  { KVMOBJ_ARM64_REG_SP, "sp" },
  { KVMOBJ_ARM64_REG_PC, "pc" },
  { KVMOBJ_ARM64_REG_PSTATE, "pstate" },
  { KVMOBJ_ARM64_REG_SP_EL1, "sp_el1" },
  { KVMOBJ_ARM64_REG_ELR_EL1, "elr_el1" },
  { KVMOBJ_ARM64_REG_SPSR_EL1, "spsr_el1" },
  { KVMOBJ_ARM64_REG_SPSR_ABT, "spsr_abt" },
  { KVMOBJ_ARM64_REG_SPSR_UND, "spsr_und" },
  { KVMOBJ_ARM64_REG_SPSR_IRQ, "spsr_irq" },
  { KVMOBJ_ARM64_REG_SPSR_FIQ, "spsr_fiq" },
  { KVMOBJ_ARM64_REG_FPSR, "fpsr" },
  { KVMOBJ_ARM64_REG_FPCR, "fpcr" },
  { KVMOBJ_ARM64_REG_TIMER_CTL, "timer_ctl" },
  { KVMOBJ_ARM64_REG_TIMER_CVAL, "timer_cval" },
  { KVMOBJ_ARM64_REG_TIMER_CNT, "timer_cnt" },
  { KVMOBJ_ARM64_REG_PTIMER_CTL, "ptimer_ctl" },
  { KVMOBJ_ARM64_REG_PTIMER_CVAL, "ptimer_cval" },
  { KVMOBJ_ARM64_REG_PTIMER_CNT, "ptimer_cnt" },
  { KVMOBJ_ARM64_REG_PSCI_VERSION, "psci_version" },
  { KVMOBJ_ARM64_REG_SMCCC_ARCH_WORKAROUND_1, "smccc_arch_workaround_1" },
  { KVMOBJ_ARM64_REG_SMCCC_ARCH_WORKAROUND_2, "smccc_arch_workaround_2" },
  { KVMOBJ_ARM64_REG_SMCCC_ARCH_WORKAROUND_3, "smccc_arch_workaround_3" },
  { KVMOBJ_ARM64_REG_STD_BMAP, "std_bmap" },
  { KVMOBJ_ARM64_REG_STD_HYP_BMAP, "std_hyp_bmap" },
  { KVMOBJ_ARM64_REG_VENDOR_HYP_BMAP, "vendor_hyp_bmap" },
  { KVMOBJ_ARM64_REG_VENDOR_HYP_BMAP_2, "vendor_hyp_bmap_2" },
  { KVMOBJ_ARM64_REG_SVE_VLS, "sve_vls" },
};

/**
 * kvm_arm64_reg_x:
 * @number: 0 to 30
 *
 * Gets the id of a general register, for [method@Kvm.Vcpu.get_one_reg].
 *
 * Returns: the id
 *
 * Since: 0.1
 */
guint64
kvm_arm64_reg_x (guint number)
{
  g_return_val_if_fail (number < N_X, 0);

  return KVMOBJ_ARM64_REG_X0 + 2 * number;
}

/**
 * kvm_arm64_reg_v:
 * @number: 0 to 31
 *
 * Gets the id of a vector register, of 128 bits, for [method@Kvm.Vcpu.get_one_reg_bytes]. A vCPU
 * with SVE has [func@Kvm.arm64_reg_sve_z] in its place.
 *
 * Returns: the id
 *
 * Since: 0.1
 */
guint64
kvm_arm64_reg_v (guint number)
{
  g_return_val_if_fail (number < N_V, 0);

  return ARM64 | SIZE_128 | CLASS (CORE) | (CORE_V + 4 * number);
}

/**
 * kvm_arm64_reg_sysreg:
 * @op0: 0 to 3
 * @op1: 0 to 7
 * @crn: 0 to 15
 * @crm: 0 to 15
 * @op2: 0 to 7
 *
 * Gets the id of a system register from its encoding, as the instructions MRS and MSR have it: 3,
 * 0, 1, 0, 0 is SCTLR_EL1. Of the virtual timer's registers the kernel exchanges two; see
 * %KVMOBJ_ARM64_REG_TIMER_CVAL.
 *
 * Returns: the id
 *
 * Since: 0.1
 */
guint64
kvm_arm64_reg_sysreg (guint op0, guint op1, guint crn, guint crm, guint op2)
{
  g_return_val_if_fail (op0 < 4 && op1 < 8 && crn < 16 && crm < 16 && op2 < 8, 0);

  return ARM64 | SIZE_64 | CLASS (SYSREG) | op0 << 14 | op1 << 11 | crn << 7 | crm << 3 | op2;
}

/**
 * kvm_arm64_reg_ccsidr:
 * @cache: 0 to 255: which cache, as CSSELR_EL1 selects it
 *
 * Gets the id of a cache size register, of 32 bits.
 *
 * Returns: the id
 *
 * Since: 0.1
 */
guint64
kvm_arm64_reg_ccsidr (guint cache)
{
  g_return_val_if_fail (cache < 256, 0);

  return ARM64 | SIZE_32 | CLASS (DEMUX) | cache;
}

/**
 * kvm_arm64_reg_sve_z:
 * @number: 0 to 31
 * @slice: which 2048 bits of it; so far there is only slice 0
 *
 * Gets the id of a scalable vector register, of 2048 bits, of which as many count as the vectors of
 * the vCPU are long.
 *
 * Returns: the id
 *
 * Since: 0.1
 */
guint64
kvm_arm64_reg_sve_z (guint number, guint slice)
{
  g_return_val_if_fail (number < N_SVE_Z && slice < N_SVE_SLICES, 0);

  return ARM64 | SIZE_2048 | CLASS (SVE) | number << 5 | slice;
}

/**
 * kvm_arm64_reg_sve_p:
 * @number: 0 to 15
 * @slice: which 256 bits of it; so far there is only slice 0
 *
 * Gets the id of a scalable predicate register, of 256 bits.
 *
 * Returns: the id
 *
 * Since: 0.1
 */
guint64
kvm_arm64_reg_sve_p (guint number, guint slice)
{
  g_return_val_if_fail (number < N_SVE_P && slice < N_SVE_SLICES, 0);

  return ARM64 | SIZE_256 | CLASS (SVE) | SVE_P | number << 5 | slice;
}

/**
 * kvm_arm64_reg_sve_ffr:
 * @slice: which 256 bits of it; so far there is only slice 0
 *
 * Gets the id of the first-fault register, of 256 bits.
 *
 * Returns: the id
 *
 * Since: 0.1
 */
guint64
kvm_arm64_reg_sve_ffr (guint slice)
{
  g_return_val_if_fail (slice < N_SVE_SLICES, 0);

  return ARM64 | SIZE_256 | CLASS (SVE) | SVE_FFR | slice;
}

/* "z0", or "z0.1" for the second slice. */
static char *
name_slice (const char *name, guint value)
{
  guint number = value >> 5 & 31, slice = value & 31;

  return slice == 0 ? g_strdup_printf ("%s%u", name, number)
                    : g_strdup_printf ("%s%u.%u", name, number, slice);
}

static char *
name_sve (guint64 id)
{
  guint value = id & 0xffff;

  if (id == kvm_arm64_reg_sve_z (value >> 5 & 31, value & 31))
    return name_slice ("z", value);
  if (id == kvm_arm64_reg_sve_p (value >> 5 & 15, value & 31))
    return name_slice ("p", value & ~SVE_P);
  if (id == kvm_arm64_reg_sve_ffr (value & 31))
    return (value & 31) == 0 ? g_strdup ("ffr") : g_strdup_printf ("ffr.%u", value & 31);
  return NULL;
}

static char *
name_core (guint64 id)
{
  guint value = id & 0xffff;

  if (value / 2 < N_X && id == kvm_arm64_reg_x (value / 2))
    return g_strdup_printf ("x%u", value / 2);
  if (value >= CORE_V && (value - CORE_V) / 4 < N_V && id == kvm_arm64_reg_v ((value - CORE_V) / 4))
    return g_strdup_printf ("v%u", (value - CORE_V) / 4);
  return NULL;
}

/**
 * kvm_arm64_reg_to_string:
 * @id: the id of a register of an arm64 vCPU
 *
 * Gets the name of a register: "x0", "pc", "v7", "z3", "ccsidr 2", "psci_version", or "sysreg
 * 3.0.1.0.2" for one that is known by its encoding.
 *
 * Returns: (transfer full) (nullable): the name; %NULL if it is not the id of a register of arm64
 *
 * Since: 0.1
 */
char *
kvm_arm64_reg_to_string (guint64 id)
{
  guint value = id & 0xffff;
  char *name = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (named); i++)
    if (named[i].id == id)
      return g_strdup (named[i].name);

  switch (id >> 16 & 0xfff)
    {
    case CLASS_CORE:
      name = name_core (id);
      break;
    case CLASS_SVE:
      name = name_sve (id);
      break;
    case CLASS_DEMUX:
      if (value < 256 && id == kvm_arm64_reg_ccsidr (value))
        name = g_strdup_printf ("ccsidr %u", value);
      break;
    case CLASS_SYSREG:
      if (id
          == kvm_arm64_reg_sysreg (value >> 14, value >> 11 & 7, value >> 7 & 15, value >> 3 & 15,
                                   value & 7))
        name = g_strdup_printf ("sysreg %u.%u.%u.%u.%u", value >> 14, value >> 11 & 7,
                                value >> 7 & 15, value >> 3 & 15, value & 7);
      break;
    case CLASS_FIRMWARE:
      if (id == (ARM64 | SIZE_64 | CLASS (FIRMWARE) | value))
        name = g_strdup_printf ("firmware %u", value);
      break;
    case CLASS_FIRMWARE_BITMAP:
      if (id == (ARM64 | SIZE_64 | CLASS (FIRMWARE_BITMAP) | value))
        name = g_strdup_printf ("firmware bitmap %u", value);
      break;
    default:
      break;
    }
  return name;
}
