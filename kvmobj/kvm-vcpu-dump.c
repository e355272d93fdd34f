/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a vCPU that has stopped looks like, for people. */

#include "config.h"

#include <string.h>

#include "kvm-error-private.h"
#include "kvm-vcpu-dump-private.h"
#include "kvm-vm-memory.h"

#define CODE_BEFORE 8
#define CODE_LENGTH 24

/* Of arm64: the core registers, in units of 4 bytes, and system registers. */
#define ARM64_CORE G_GUINT64_CONSTANT (0x6030000000100000)
#define ARM64_SYSTEM G_GUINT64_CONSTANT (0x6030000000130000)
#define ARM64_PC (ARM64_CORE | 0x40)
#define ARM64_SCTLR (ARM64_SYSTEM | 0xc080)
#define SCTLR_M 1u

/* Of riscv64: the core registers, and those of the supervisor. */
#define RISCV_CORE G_GUINT64_CONSTANT (0x8030000002000000)
#define RISCV_CSR G_GUINT64_CONSTANT (0x8030000003000000)
#define RISCV_SATP (RISCV_CSR | 8)

typedef struct
{
  const char *name;
  guint64 id;
} NamedReg;

/* clang-format off */
static const NamedReg arm64_regs[] = {
  { "x0", ARM64_CORE | 0x0 }, { "x1", ARM64_CORE | 0x2 }, { "x2", ARM64_CORE | 0x4 },
  { "x3", ARM64_CORE | 0x6 }, { "x4", ARM64_CORE | 0x8 }, { "x5", ARM64_CORE | 0xa },
  { "x6", ARM64_CORE | 0xc }, { "x7", ARM64_CORE | 0xe }, { "x8", ARM64_CORE | 0x10 },
  { "x9", ARM64_CORE | 0x12 }, { "x10", ARM64_CORE | 0x14 }, { "x11", ARM64_CORE | 0x16 },
  { "x12", ARM64_CORE | 0x18 }, { "x13", ARM64_CORE | 0x1a }, { "x14", ARM64_CORE | 0x1c },
  { "x15", ARM64_CORE | 0x1e }, { "x16", ARM64_CORE | 0x20 }, { "x17", ARM64_CORE | 0x22 },
  { "x18", ARM64_CORE | 0x24 }, { "x19", ARM64_CORE | 0x26 }, { "x20", ARM64_CORE | 0x28 },
  { "x21", ARM64_CORE | 0x2a }, { "x22", ARM64_CORE | 0x2c }, { "x23", ARM64_CORE | 0x2e },
  { "x24", ARM64_CORE | 0x30 }, { "x25", ARM64_CORE | 0x32 }, { "x26", ARM64_CORE | 0x34 },
  { "x27", ARM64_CORE | 0x36 }, { "x28", ARM64_CORE | 0x38 }, { "x29", ARM64_CORE | 0x3a },
  { "x30", ARM64_CORE | 0x3c }, { "sp", ARM64_CORE | 0x3e }, { "pc", ARM64_PC },
  { "pstate", ARM64_CORE | 0x42 }, { "sp_el1", ARM64_CORE | 0x44 },
  { "elr_el1", ARM64_CORE | 0x46 }, { "spsr_el1", ARM64_CORE | 0x48 },
  { "sctlr_el1", ARM64_SCTLR }, { "ttbr0_el1", ARM64_SYSTEM | 0xc100 },
  { "ttbr1_el1", ARM64_SYSTEM | 0xc101 }, { "tcr_el1", ARM64_SYSTEM | 0xc102 },
  { "esr_el1", ARM64_SYSTEM | 0xc290 }, { "far_el1", ARM64_SYSTEM | 0xc300 },
  { "vbar_el1", ARM64_SYSTEM | 0xc600 },
};

static const char *const riscv_core_names[] = {
  "pc", "ra", "sp", "gp", "tp", "t0", "t1", "t2", "s0", "s1", "a0", "a1", "a2", "a3", "a4", "a5",
  "a6", "a7", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6",
  "mode",
};
static const char *const riscv_csr_names[] = {
  "sstatus", "sie", "stvec", "sscratch", "sepc", "scause", "stval", "sip", "satp",
};
/* clang-format on */

void
_kvm_dump_add_flags (GString *string, guint64 value, const KvmDumpFlag *flags, guint n_flags)
{
  const char *separator = "";

  g_string_append (string, " [");
  for (guint i = 0; i < n_flags; i++)
    if (value & flags[i].bit)
      {
        g_string_append_printf (string, "%s%s", separator, flags[i].name);
        separator = " ";
      }
  g_string_append (string, "]");
}

void
_kvm_dump_add_code (KvmVcpu *self, GString *string, guint64 address, KvmDumpTranslate translate)
{
  guint64 begin = address - MIN (address, CODE_BEFORE);
  guint n_known = 0;

  g_string_append_printf (string, "code at 0x%" G_GINT64_MODIFIER "x:", address);
  for (guint64 at = begin; at != begin + CODE_LENGTH; at++)
    {
      g_autoptr (GError) local = NULL;
      guint64 physical;
      guint8 byte;
      gboolean known = translate (self, at, &physical)
                       && kvm_vm_read_memory (self->vm, physical, &byte, 1, &local);

      if (at == address)
        g_string_append (string, known ? " |" : " | --");
      if (known)
        g_string_append_printf (string, " %02x", byte);
      n_known += known;
    }
  if (n_known == 0)
    g_string_append (string, " (no memory, or the kernel does not translate the address)");
  g_string_append_c (string, '\n');
}

static gboolean
add_reg (KvmVcpu *self, GString *string, const char *name, guint64 id, guint column, GError **error)
{
  guint64 value;

  if (!kvm_vcpu_get_one_reg (self, id, &value, error))
    return FALSE;
  g_string_append_printf (string, "%s%s=%016" G_GINT64_MODIFIER "x",
                          column == 0       ? ""
                          : column % 4 == 0 ? "\n"
                                            : " ",
                          name, value);
  return TRUE;
}

/* Without an MMU that is switched on; KVM_TRANSLATE is for x86 alone. */
static gboolean
translate_unmapped (KvmVcpu *self, guint64 address, guint64 *physical)
{
  gboolean is_arm64 = KVMOBJ_HOST_ARCH == KVMOBJ_ARCH_ARM64;
  guint64 control;

  *physical = address;
  if (!kvm_vcpu_get_one_reg (self, is_arm64 ? ARM64_SCTLR : RISCV_SATP, &control, NULL))
    return FALSE;
  return is_arm64 ? !(control & SCTLR_M) : control >> 60 == 0;
}

static gboolean
dump_regs (KvmVcpu *self, GString *string, GError **error)
{
  gboolean is_arm64 = KVMOBJ_HOST_ARCH == KVMOBJ_ARCH_ARM64;
  guint64 pc;

  if (is_arm64)
    {
      for (guint i = 0; i < G_N_ELEMENTS (arm64_regs); i++)
        if (!add_reg (self, string, arm64_regs[i].name, arm64_regs[i].id, i, error))
          return FALSE;
    }
  else
    {
      for (guint i = 0; i < G_N_ELEMENTS (riscv_core_names); i++)
        if (!add_reg (self, string, riscv_core_names[i], RISCV_CORE | i, i, error))
          return FALSE;
      g_string_append_c (string, '\n');
      for (guint i = 0; i < G_N_ELEMENTS (riscv_csr_names); i++)
        if (!add_reg (self, string, riscv_csr_names[i], RISCV_CSR | i, i, error))
          return FALSE;
    }
  g_string_append_c (string, '\n');
  if (!kvm_vcpu_get_one_reg (self, is_arm64 ? ARM64_PC : RISCV_CORE, &pc, error))
    return FALSE;
  _kvm_dump_add_code (self, string, pc, translate_unmapped);
  return TRUE;
}

/**
 * kvm_vcpu_dump:
 * @self: a vCPU
 * @error: return location for an error
 *
 * Writes down what a vCPU that has stopped looks like: its last exit, those before it if
 * [property@Kvm.Vcpu:exit-history] says so, the registers, on x86 also the segments and the bits of
 * the control registers by their names, and the code at the instruction pointer, which stands
 * behind a bar. What the exit left to be done is not finished first (see
 * [method@Kvm.Vcpu.complete_pending]), so the instruction pointer may be at the instruction that
 * the guest stopped for.
 *
 * Addresses are translated as the guest does on x86 (`KVM_TRANSLATE`); elsewhere the code is shown
 * while the guest has no paging.
 *
 * The wording may change; it is for people, not for programs.
 *
 * Fails with %KVM_ERROR_RUNNING, %KVM_ERROR_CLOSED, %KVM_ERROR_UNUSABLE, and with
 * %KVM_ERROR_NOT_EXECUTABLE if the vCPU is not initialized yet (arm64).
 *
 * Returns: (transfer full): some lines
 *
 * Since: 0.1
 */
char *
kvm_vcpu_dump (KvmVcpu *self, GError **error)
{
  g_autoptr (GString) string = NULL;
  g_autofree char *exit = NULL;
  guint mp_state;

  g_return_val_if_fail (KVM_IS_VCPU (self), NULL);

  if (!kvm_vcpu_get_raw_mp_state (self, &mp_state, error))
    return NULL;
  exit = kvm_exit_to_string (self->exit);
  string = g_string_new (NULL);
  g_string_append_printf (string, "vCPU %u: %s; mp state %u\n", kvm_vcpu_get_id (self), exit,
                          mp_state);
  _kvm_dump_add_history (self, string);
  if (!(KVMOBJ_HOST_ARCH == KVMOBJ_ARCH_X86 ? _kvm_vcpu_x86_dump (self, string, error)
                                            : dump_regs (self, string, error)))
    return NULL;
  return g_string_free (g_steal_pointer (&string), FALSE);
}
