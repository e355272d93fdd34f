/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "arm64/kvm-arm64-reg.h"
#include "arm64/kvm-exit-arm64.h"
#include "kvm-gdb-arch-private.h"
#include "kvm-vm-memory.h"
#include "kvm-vm.h"

enum
{
  CORE,
  FPU,
  SYSTEM,
};

static const KvmGdbFeature features[] = {
  [CORE] = { "org.gnu.gdb.aarch64.core", "" },
  [FPU] = { "org.gnu.gdb.aarch64.fpu", KVM_GDB_VECTOR_TYPES },
  [SYSTEM] = { "org.kvmobj.arm64.system", "" },
  { NULL, NULL },
};

/* What kvm_arm64_reg_v () and _sysreg () give. */
#define V(n) (G_GUINT64_CONSTANT (0x6040000000100054) + 4 * (n))
#define SYSREG(op1, crn, crm, op2)                                                                 \
  (G_GUINT64_CONSTANT (0x603000000013c000) | (op1) << 11 | (crn) << 7 | (crm) << 3 | (op2))

#define SCTLR_EL1 SYSREG (0, 1, 0, 0)
#define TTBR0_EL1 SYSREG (0, 2, 0, 0)
#define TTBR1_EL1 SYSREG (0, 2, 0, 1)
#define TCR_EL1 SYSREG (0, 2, 0, 2)

/* The stack pointer is one of two, as PSTATE says. */
#define SP 0

#define X_REG(n)                                                                                   \
  {                                                                                                \
    "x" #n, NULL, 8, CORE, 8, KVMOBJ_ARM64_REG_X0 + 2 * (n)                                        \
  }
#define V_REG(n)                                                                                   \
  {                                                                                                \
    "v" #n, "vector", 16, FPU, 16, V (n)                                                           \
  }
#define SYSTEM_REG(name, id)                                                                       \
  {                                                                                                \
    name, NULL, 8, SYSTEM, 8, id                                                                   \
  }

static const KvmGdbReg regs_table[] = {
  X_REG (0),
  X_REG (1),
  X_REG (2),
  X_REG (3),
  X_REG (4),
  X_REG (5),
  X_REG (6),
  X_REG (7),
  X_REG (8),
  X_REG (9),
  X_REG (10),
  X_REG (11),
  X_REG (12),
  X_REG (13),
  X_REG (14),
  X_REG (15),
  X_REG (16),
  X_REG (17),
  X_REG (18),
  X_REG (19),
  X_REG (20),
  X_REG (21),
  X_REG (22),
  X_REG (23),
  X_REG (24),
  X_REG (25),
  X_REG (26),
  X_REG (27),
  X_REG (28),
  X_REG (29),
  X_REG (30),
  { "sp", "data_ptr", 8, CORE, 8, SP },
  { "pc", "code_ptr", 8, CORE, 8, KVMOBJ_ARM64_REG_PC },
  { "cpsr", NULL, 4, CORE, 8, KVMOBJ_ARM64_REG_PSTATE },
  V_REG (0),
  V_REG (1),
  V_REG (2),
  V_REG (3),
  V_REG (4),
  V_REG (5),
  V_REG (6),
  V_REG (7),
  V_REG (8),
  V_REG (9),
  V_REG (10),
  V_REG (11),
  V_REG (12),
  V_REG (13),
  V_REG (14),
  V_REG (15),
  V_REG (16),
  V_REG (17),
  V_REG (18),
  V_REG (19),
  V_REG (20),
  V_REG (21),
  V_REG (22),
  V_REG (23),
  V_REG (24),
  V_REG (25),
  V_REG (26),
  V_REG (27),
  V_REG (28),
  V_REG (29),
  V_REG (30),
  V_REG (31),
  { "fpsr", NULL, 4, FPU, 4, KVMOBJ_ARM64_REG_FPSR },
  { "fpcr", NULL, 4, FPU, 4, KVMOBJ_ARM64_REG_FPCR },
  SYSTEM_REG ("sctlr_el1", SCTLR_EL1),
  SYSTEM_REG ("ttbr0_el1", TTBR0_EL1),
  SYSTEM_REG ("ttbr1_el1", TTBR1_EL1),
  SYSTEM_REG ("tcr_el1", TCR_EL1),
  SYSTEM_REG ("elr_el1", KVMOBJ_ARM64_REG_ELR_EL1),
  SYSTEM_REG ("spsr_el1", KVMOBJ_ARM64_REG_SPSR_EL1),
  SYSTEM_REG ("esr_el1", SYSREG (0, 5, 2, 0)),
  SYSTEM_REG ("far_el1", SYSREG (0, 6, 0, 0)),
  SYSTEM_REG ("vbar_el1", SYSREG (0, 12, 0, 0)),
  SYSTEM_REG ("tpidr_el1", SYSREG (0, 13, 0, 4)),
};

G_STATIC_ASSERT (G_N_ELEMENTS (regs_table) <= KVM_GDB_MAX_REGS);

static guint64
find_id (KvmVcpu *vcpu, const KvmGdbReg *reg)
{
  guint64 pstate = 0;

  if (reg->kernel_name != SP)
    return reg->kernel_name;
  kvm_vcpu_get_one_reg (vcpu, KVMOBJ_ARM64_REG_PSTATE, &pstate, NULL);
  /* Bit 0: the one of the exception level, which is EL1. */
  return pstate & 1 ? KVMOBJ_ARM64_REG_SP_EL1 : KVMOBJ_ARM64_REG_SP;
}

/* A vCPU with SVE has no vector registers of 128 bits. */
static gboolean
arm64_get_regs (KvmVcpu *vcpu, KvmGdbRegs *regs)
{
  memset (regs, 0, sizeof *regs);
  for (guint i = 0; i < G_N_ELEMENTS (regs_table); i++)
    {
      guint64 id = find_id (vcpu, &regs_table[i]);
      g_autofree guint8 *value = NULL;
      gsize size;

      value = kvm_vcpu_get_one_reg_bytes (vcpu, id, &size, NULL);
      regs->is_known[i] = value != NULL && size == regs_table[i].kernel_size;
      if (regs->is_known[i])
        memcpy (regs->values[i], value, size);
    }
  return regs->is_known[0];
}

static gboolean
arm64_set_regs (KvmVcpu *vcpu, const KvmGdbRegs *regs)
{
  KvmGdbRegs old;

  if (!arm64_get_regs (vcpu, &old))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (regs_table); i++)
    {
      const KvmGdbReg *reg = &regs_table[i];

      if (old.is_known[i] && memcmp (old.values[i], regs->values[i], reg->kernel_size) != 0
          && !kvm_vcpu_set_one_reg_bytes (vcpu, find_id (vcpu, reg), regs->values[i],
                                          reg->kernel_size, NULL))
        return FALSE;
    }
  return TRUE;
}

#define SCTLR_M 1
#define TCR_TG1_SHIFT 30
#define TCR_TG0_SHIFT 14
#define TCR_T1SZ_SHIFT 16
#define TCR_TBI0 (G_GUINT64_CONSTANT (1) << 37)
#define TCR_TBI1 (G_GUINT64_CONSTANT (1) << 38)
#define TCR_DS (G_GUINT64_CONSTANT (1) << 59)
#define TTBR_TABLE G_GUINT64_CONSTANT (0xfffffffffffe)
#define ENTRY_VALID 1
#define ENTRY_TABLE 2 /* a page, in a table of the last level */
#define ENTRY_SIZE 8

/* The guest's tables for @address: where they are, how many bits of the address they are for, and
 * of how many an offset into a page consists. */
static gboolean
find_tables (KvmVcpu *vcpu, guint64 address, guint64 *table, guint *va_bits, guint *page_shift)
{
  static const guint8 low_granules[] = { 12, 16, 14, 0 }, high_granules[] = { 0, 14, 12, 16 };
  gboolean is_high = address >> 55 & 1;
  guint64 tcr, sign, ignored;

  if (!kvm_vcpu_get_one_reg (vcpu, TCR_EL1, &tcr, NULL)
      || !kvm_vcpu_get_one_reg (vcpu, is_high ? TTBR1_EL1 : TTBR0_EL1, table, NULL))
    return FALSE;
  *table &= TTBR_TABLE;
  *page_shift
      = is_high ? high_granules[tcr >> TCR_TG1_SHIFT & 3] : low_granules[tcr >> TCR_TG0_SHIFT & 3];
  *va_bits = 64 - (tcr >> (is_high ? TCR_T1SZ_SHIFT : 0) & 0x3f);
  if (*page_shift == 0 || *va_bits > 48 || *va_bits <= *page_shift || (tcr & TCR_DS))
    return FALSE;

  /* The bits above are all the same, unless there may be a tag in the highest. */
  ignored = tcr & (is_high ? TCR_TBI1 : TCR_TBI0) ? G_GUINT64_CONSTANT (0xff) << 56 : 0;
  sign = is_high ? G_MAXUINT64 : 0;
  return ((address ^ sign) & ~ignored) >> *va_bits == 0;
}

/* KVM_TRANSLATE is x86's: this walks the tables of EL1 and EL0 in the guest's memory. Addresses of
 * 52 bits are not known here. */
static gboolean
arm64_translate (KvmVcpu *vcpu, guint64 address, guint64 *physical)
{
  guint64 sctlr, table, entry, low;
  guint va_bits, page_shift, shift, stride;

  if (!kvm_vcpu_get_one_reg (vcpu, SCTLR_EL1, &sctlr, NULL))
    return FALSE;
  if (!(sctlr & SCTLR_M))
    {
      *physical = address;
      return TRUE;
    }
  if (!find_tables (vcpu, address, &table, &va_bits, &page_shift))
    return FALSE;

  stride = page_shift - 3;
  shift = page_shift + (va_bits - page_shift - 1) / stride * stride;
  address &= (G_GUINT64_CONSTANT (1) << va_bits) - 1;
  for (;; shift -= stride)
    {
      guint64 index = address >> shift & ((G_GUINT64_CONSTANT (1) << stride) - 1);

      if (!kvm_vm_read_memory (kvm_vcpu_get_vm (vcpu), table + ENTRY_SIZE * index, &entry,
                               sizeof entry, NULL))
        return FALSE;
      entry = GUINT64_FROM_LE (entry);
      if (!(entry & ENTRY_VALID) || (shift == page_shift && !(entry & ENTRY_TABLE)))
        return FALSE;
      if (shift == page_shift || !(entry & ENTRY_TABLE))
        break;
      table = entry & TTBR_TABLE & ~((G_GUINT64_CONSTANT (1) << page_shift) - 1);
    }
  low = (G_GUINT64_CONSTANT (1) << shift) - 1;
  *physical = (entry & TTBR_TABLE & ~low) | (address & low);
  return TRUE;
}

/* Where the registers of each kind begin. */
#define N_REGISTERS 16
#define BREAK_CONTROL 0
#define BREAK_VALUE 16
#define WATCH_CONTROL 32
#define WATCH_VALUE 48

#define BREAK_HERE 0x1e7  /* enabled, at EL1 and EL0, of 4 bytes */
#define WATCH_ENABLED 0x7 /* at EL1 and EL0 */
#define WATCH_KIND(kind) ((kind) << 3)
#define WATCH_BYTES(bytes) ((guint64) (bytes) << 5)

static gboolean
arm64_make_debug_registers (KvmVcpu *vcpu, const KvmGdbBreak *breaks, guint n, guint64 *registers,
                            gsize *n_registers)
{
  static const guint8 kinds[] = {
    [KVM_GDB_WATCH_WRITE] = 2,
    [KVM_GDB_WATCH_READ] = 1,
    [KVM_GDB_WATCH_ACCESS] = 3,
  };
  KvmVm *vm = kvm_vcpu_get_vm (vcpu);
  int max_breaks = kvm_vm_check_extension (vm, KVM_CAPABILITY_GUEST_DEBUG_HW_BPS, NULL);
  int max_watches = kvm_vm_check_extension (vm, KVM_CAPABILITY_GUEST_DEBUG_HW_WPS, NULL);
  int n_breaks = 0, n_watches = 0;

  *n_registers = 4 * N_REGISTERS;
  for (guint i = 0; i < n; i++)
    {
      const KvmGdbBreak *at = &breaks[i];
      guint64 first = at->address % 8;

      if (at->type <= KVM_GDB_BREAK_HARDWARE)
        {
          if (n_breaks >= MIN (max_breaks, N_REGISTERS) || at->address % 4 != 0)
            return FALSE;
          registers[BREAK_CONTROL + n_breaks] = BREAK_HERE;
          registers[BREAK_VALUE + n_breaks++] = at->address;
          continue;
        }
      if (n_watches >= MIN (max_watches, N_REGISTERS) || at->length == 0 || at->length > 8 - first)
        return FALSE;
      registers[WATCH_CONTROL + n_watches] = WATCH_ENABLED | WATCH_KIND (kinds[at->type])
                                             | WATCH_BYTES (((1u << at->length) - 1) << first);
      registers[WATCH_VALUE + n_watches++] = at->address - first;
    }
  return TRUE;
}

#define ESR_CLASS(esr) ((esr) >> 26 & 0x3f)
#define CLASS_BREAKPOINT 0x30
#define CLASS_WATCHPOINT 0x34

static int
arm64_find_cause (KvmVcpu *vcpu, const KvmGdbBreak *breaks, guint n)
{
  KvmExit *exit = kvm_vcpu_get_exit (vcpu);
  guint64 far = kvm_exit_arm64_get_debug_far (exit), pc = 0;
  guint class = ESR_CLASS (kvm_exit_arm64_get_debug_hsr (exit));

  kvm_vcpu_get_one_reg (vcpu, KVMOBJ_ARM64_REG_PC, &pc, NULL);
  for (guint i = 0; i < n; i++)
    {
      gboolean is_watch = breaks[i].type > KVM_GDB_BREAK_HARDWARE;

      /* An access may begin before what is watched, in the same 8 bytes or in those before. */
      if (class == (is_watch ? CLASS_WATCHPOINT : CLASS_BREAKPOINT)
          && (is_watch ? breaks[i].address / 8 - far / 8 <= 1 : breaks[i].address == pc))
        return i;
    }
  return -1;
}

const KvmGdbArch _kvm_gdb_arm64 = {
  .name = "aarch64",
  .features = features,
  .regs = regs_table,
  .n_regs = G_N_ELEMENTS (regs_table),
  .get_regs = arm64_get_regs,
  .set_regs = arm64_set_regs,
  .translate = arm64_translate,
  .make_debug_registers = arm64_make_debug_registers,
  .find_cause = arm64_find_cause,
};
