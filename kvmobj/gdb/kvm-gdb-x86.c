/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "kvm-gdb-arch-private.h"
#include "x86/kvm-exit-x86.h"
#include "x86/kvm-vcpu-x86.h"

/* What the kernel gives of the registers. */
typedef struct
{
  KvmX86Regs regs;
  KvmX86Sregs sregs;
  KvmX86Fpu fpu;
  guint32 tag; /* the kernel has a bit for each register of the FPU, others two */
} State;

enum
{
  CORE,
  SSE,
  SEGMENTS,
  SYSTEM,
};

#define EFLAGS_TYPE                                                                                \
  "<flags id='eflags' size='4'>"                                                                   \
  "<field name='CF' start='0' end='0'/><field name='PF' start='2' end='2'/>"                       \
  "<field name='AF' start='4' end='4'/><field name='ZF' start='6' end='6'/>"                       \
  "<field name='SF' start='7' end='7'/><field name='TF' start='8' end='8'/>"                       \
  "<field name='IF' start='9' end='9'/><field name='DF' start='10' end='10'/>"                     \
  "<field name='OF' start='11' end='11'/><field name='NT' start='14' end='14'/>"                   \
  "<field name='RF' start='16' end='16'/><field name='VM' start='17' end='17'/>"                   \
  "<field name='AC' start='18' end='18'/></flags>"

static const KvmGdbFeature features[] = {
  [CORE] = { "org.gnu.gdb.i386.core", EFLAGS_TYPE },
  [SSE] = { "org.gnu.gdb.i386.sse", KVM_GDB_VECTOR_TYPES },
  [SEGMENTS] = { "org.gnu.gdb.i386.segments", "" },
  [SYSTEM] = { "org.kvmobj.x86.system", "" },
  { NULL, NULL },
};

#define REG(feature, name, type, size, field)                                                      \
  {                                                                                                \
    name, type, size, feature, sizeof ((State *) 0)->field, G_STRUCT_OFFSET (State, field)         \
  }
#define REGS_REG(name, type) REG (CORE, #name, type, 8, regs.name)
#define SEGMENT_REG(name) REG (CORE, #name, NULL, 4, sregs.name.selector)
#define ST_REG(n)                                                                                  \
  {                                                                                                \
    "st" #n, "i387_ext", 10, CORE, 10, G_STRUCT_OFFSET (State, fpu.fpr[16 * (n)])                  \
  }
#define FPU_REG(name, field) REG (CORE, name, NULL, 4, fpu.field)
#define XMM_REG(n)                                                                                 \
  {                                                                                                \
    "xmm" #n, "vector", 16, SSE, 16, G_STRUCT_OFFSET (State, fpu.xmm[16 * (n)])                    \
  }
#define SYSTEM_REG(name) REG (SYSTEM, #name, NULL, 8, sregs.name)

static const KvmGdbReg regs_table[] = {
  REGS_REG (rax, NULL),
  REGS_REG (rbx, NULL),
  REGS_REG (rcx, NULL),
  REGS_REG (rdx, NULL),
  REGS_REG (rsi, NULL),
  REGS_REG (rdi, NULL),
  REGS_REG (rbp, "data_ptr"),
  REGS_REG (rsp, "data_ptr"),
  REGS_REG (r8, NULL),
  REGS_REG (r9, NULL),
  REGS_REG (r10, NULL),
  REGS_REG (r11, NULL),
  REGS_REG (r12, NULL),
  REGS_REG (r13, NULL),
  REGS_REG (r14, NULL),
  REGS_REG (r15, NULL),
  REGS_REG (rip, "code_ptr"),
  { "eflags", "eflags", 4, CORE, 4, G_STRUCT_OFFSET (State, regs.rflags) },
  SEGMENT_REG (cs),
  SEGMENT_REG (ss),
  SEGMENT_REG (ds),
  SEGMENT_REG (es),
  SEGMENT_REG (fs),
  SEGMENT_REG (gs),
  ST_REG (0),
  ST_REG (1),
  ST_REG (2),
  ST_REG (3),
  ST_REG (4),
  ST_REG (5),
  ST_REG (6),
  ST_REG (7),
  FPU_REG ("fctrl", fcw),
  FPU_REG ("fstat", fsw),
  REG (CORE, "ftag", NULL, 4, tag),
  { "fiseg", NULL, 4, CORE, 0, 0 },
  { "fioff", NULL, 4, CORE, 4, G_STRUCT_OFFSET (State, fpu.last_ip) },
  { "foseg", NULL, 4, CORE, 0, 0 },
  { "fooff", NULL, 4, CORE, 4, G_STRUCT_OFFSET (State, fpu.last_dp) },
  FPU_REG ("fop", last_opcode),
  XMM_REG (0),
  XMM_REG (1),
  XMM_REG (2),
  XMM_REG (3),
  XMM_REG (4),
  XMM_REG (5),
  XMM_REG (6),
  XMM_REG (7),
  XMM_REG (8),
  XMM_REG (9),
  XMM_REG (10),
  XMM_REG (11),
  XMM_REG (12),
  XMM_REG (13),
  XMM_REG (14),
  XMM_REG (15),
  REG (SSE, "mxcsr", NULL, 4, fpu.mxcsr),
  REG (SEGMENTS, "fs_base", NULL, 8, sregs.fs.base),
  REG (SEGMENTS, "gs_base", NULL, 8, sregs.gs.base),
  SYSTEM_REG (cr0),
  SYSTEM_REG (cr2),
  SYSTEM_REG (cr3),
  SYSTEM_REG (cr4),
  SYSTEM_REG (cr8),
  SYSTEM_REG (efer),
  REG (SYSTEM, "gdt_base", NULL, 8, sregs.gdt.base),
  REG (SYSTEM, "idt_base", NULL, 8, sregs.idt.base),
};

G_STATIC_ASSERT (G_N_ELEMENTS (regs_table) <= KVM_GDB_MAX_REGS);

static gboolean
get_state (KvmVcpu *vcpu, State *state)
{
  memset (state, 0, sizeof *state);
  if (!kvm_vcpu_x86_get_regs (vcpu, &state->regs, NULL)
      || !kvm_vcpu_x86_get_sregs (vcpu, &state->sregs, NULL)
      || !kvm_vcpu_x86_get_fpu (vcpu, &state->fpu, NULL))
    return FALSE;
  for (guint i = 0; i < 8; i++)
    if ((state->fpu.ftwx >> i & 1) == 0)
      state->tag |= 3 << 2 * i;
  return TRUE;
}

static gboolean
x86_get_regs (KvmVcpu *vcpu, KvmGdbRegs *regs)
{
  State state;

  if (!get_state (vcpu, &state))
    return FALSE;
  memset (regs, 0, sizeof *regs);
  for (guint i = 0; i < G_N_ELEMENTS (regs_table); i++)
    {
      const KvmGdbReg *reg = &regs_table[i];

      regs->is_known[i] = TRUE;
      memcpy (regs->values[i], (guint8 *) &state + reg->kernel_name, reg->kernel_size);
    }
  return TRUE;
}

static gboolean
x86_set_regs (KvmVcpu *vcpu, const KvmGdbRegs *regs)
{
  State state, old;

  if (!get_state (vcpu, &state))
    return FALSE;
  old = state;
  for (guint i = 0; i < G_N_ELEMENTS (regs_table); i++)
    {
      const KvmGdbReg *reg = &regs_table[i];

      memcpy ((guint8 *) &state + reg->kernel_name, regs->values[i], reg->kernel_size);
    }
  if (state.tag != old.tag)
    {
      state.fpu.ftwx = 0;
      for (guint i = 0; i < 8; i++)
        if ((state.tag >> 2 * i & 3) != 3)
          state.fpu.ftwx |= 1 << i;
    }
  return (memcmp (&state.sregs, &old.sregs, sizeof old.sregs) == 0
          || kvm_vcpu_x86_set_sregs (vcpu, &state.sregs, NULL))
         && (memcmp (&state.fpu, &old.fpu, sizeof old.fpu) == 0
             || kvm_vcpu_x86_set_fpu (vcpu, &state.fpu, NULL))
         && (memcmp (&state.regs, &old.regs, sizeof old.regs) == 0
             || kvm_vcpu_x86_set_regs (vcpu, &state.regs, NULL));
}

static gboolean
x86_translate (KvmVcpu *vcpu, guint64 address, guint64 *physical)
{
  KvmX86TranslationFlags flags;

  return kvm_vcpu_x86_translate (vcpu, address, physical, &flags, NULL);
}

#define N_BREAKS 4
#define DR7 7
#define DR7_FIXED 0x400
#define DR7_LOCAL(i) (1u << 2 * (i))
#define DR7_KIND(i, kind) ((guint) (kind) << (16 + 4 * (i)))

/* Registers that wait for reads alone are not there. */
static gboolean
x86_make_debug_registers (KvmVcpu *vcpu, const KvmGdbBreak *breaks, guint n, guint64 *registers,
                          gsize *n_registers)
{
  static const guint8 kinds[] = {
    [KVM_GDB_WATCH_WRITE] = 1,
    [KVM_GDB_WATCH_ACCESS] = 3,
  };
  static const guint8 lengths[] = { [1] = 0, [2] = 1, [4] = 3, [8] = 2 };

  *n_registers = 8;
  registers[DR7] = DR7_FIXED;
  if (n > N_BREAKS)
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      const KvmGdbBreak *at = &breaks[i];

      registers[i] = at->address;
      registers[DR7] |= DR7_LOCAL (i);
      if (at->type <= KVM_GDB_BREAK_HARDWARE)
        continue;
      if (at->type == KVM_GDB_WATCH_READ || at->length > 8 || at->length == 0
          || (at->length & (at->length - 1)) != 0 || at->address % at->length != 0)
        return FALSE;
      registers[DR7] |= DR7_KIND (i, kinds[at->type] | lengths[at->length] << 2);
    }
  return TRUE;
}

static int
x86_find_cause (KvmVcpu *vcpu, const KvmGdbBreak *breaks, guint n)
{
  KvmExit *exit = kvm_vcpu_get_exit (vcpu);

  /* A processor may say so of addresses that were not reached. */
  for (guint i = 0; i < n; i++)
    if ((kvm_exit_x86_get_debug_dr6 (exit) >> i & 1)
        && (breaks[i].type > KVM_GDB_BREAK_HARDWARE
            || breaks[i].address == kvm_exit_x86_get_debug_pc (exit)))
      return i;
  return -1;
}

const KvmGdbArch _kvm_gdb_x86 = {
  .name = "i386:x86-64",
  .features = features,
  .regs = regs_table,
  .n_regs = G_N_ELEMENTS (regs_table),
  .get_regs = x86_get_regs,
  .set_regs = x86_set_regs,
  .translate = x86_translate,
  .make_debug_registers = x86_make_debug_registers,
  .find_cause = x86_find_cause,
};
