/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "kvm-vcpu-dump-private.h"
#include "x86/kvm-vcpu-x86.h"

#define FLAG(bit, name)                                                                            \
  {                                                                                                \
    G_GUINT64_CONSTANT (1) << (bit), name                                                          \
  }

#define CR0_PE (1u << 0)
#define EFER_LMA (1u << 10)
#define RFLAGS_VM (1u << 17)
#define SEGMENT_CODE 8u
#define SEGMENT_LDT 2u

/* clang-format off */
static const KvmDumpFlag rflags_flags[] = {
  FLAG (0, "CF"), FLAG (2, "PF"), FLAG (4, "AF"), FLAG (6, "ZF"), FLAG (7, "SF"), FLAG (8, "TF"),
  FLAG (9, "IF"), FLAG (10, "DF"), FLAG (11, "OF"), FLAG (14, "NT"), FLAG (16, "RF"),
  FLAG (17, "VM"), FLAG (18, "AC"), FLAG (19, "VIF"), FLAG (20, "VIP"), FLAG (21, "ID"),
};
static const KvmDumpFlag cr0_flags[] = {
  FLAG (0, "PE"), FLAG (1, "MP"), FLAG (2, "EM"), FLAG (3, "TS"), FLAG (4, "ET"), FLAG (5, "NE"),
  FLAG (16, "WP"), FLAG (18, "AM"), FLAG (29, "NW"), FLAG (30, "CD"), FLAG (31, "PG"),
};
static const KvmDumpFlag cr4_flags[] = {
  FLAG (0, "VME"), FLAG (1, "PVI"), FLAG (2, "TSD"), FLAG (3, "DE"), FLAG (4, "PSE"),
  FLAG (5, "PAE"), FLAG (6, "MCE"), FLAG (7, "PGE"), FLAG (8, "PCE"), FLAG (9, "OSFXSR"),
  FLAG (10, "OSXMMEXCPT"), FLAG (11, "UMIP"), FLAG (12, "LA57"), FLAG (13, "VMXE"),
  FLAG (14, "SMXE"), FLAG (16, "FSGSBASE"), FLAG (17, "PCIDE"), FLAG (18, "OSXSAVE"),
  FLAG (20, "SMEP"), FLAG (21, "SMAP"), FLAG (22, "PKE"), FLAG (23, "CET"), FLAG (24, "PKS"),
  FLAG (28, "LAM_SUP"),
};
static const KvmDumpFlag efer_flags[] = {
  FLAG (0, "SCE"), FLAG (8, "LME"), FLAG (10, "LMA"), FLAG (11, "NX"), FLAG (12, "SVME"),
  FLAG (14, "FFXSR"), FLAG (15, "TCE"), FLAG (21, "AUTOIBRS"),
};
static const KvmDumpFlag apic_base_flags[] = {
  FLAG (8, "BSP"), FLAG (10, "x2APIC"), FLAG (11, "on"),
};
/* clang-format on */

#define HEX "%016" G_GINT64_MODIFIER "x"

#define ADD_WITH_FLAGS(name, value, flags)                                                         \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_string_append_printf (string, name "=" HEX, (guint64) (value));                              \
    _kvm_dump_add_flags (string, (value), (flags), G_N_ELEMENTS (flags));                          \
    g_string_append_c (string, '\n');                                                              \
  }                                                                                                \
  G_STMT_END

static const char *
describe_system_type (guint type)
{
  switch (type)
    {
    case SEGMENT_LDT:
      return "LDT";
    case 1:
    case 3:
      return "16-bit TSS";
    case 9:
    case 11:
      return "TSS";
    default:
      return "system segment";
    }
}

static void
add_segment (GString *string, const char *name, const KvmX86Segment *segment)
{
  g_string_append_printf (string, "%-4s %04x base=" HEX " limit=%08x", name, segment->selector,
                          (guint64) segment->base, segment->limit);
  if (!segment->present || segment->unusable)
    g_string_append (string, " not present");
  else if (!segment->s)
    g_string_append_printf (string, " %s", describe_system_type (segment->type));
  else if (segment->type & SEGMENT_CODE)
    g_string_append_printf (string, " %s-bit code%s%s",
                            segment->l    ? "64"
                            : segment->db ? "32"
                                          : "16",
                            segment->type & 2 ? ", readable" : "",
                            segment->type & 4 ? ", conforming" : "");
  else
    g_string_append_printf (string, " data%s%s", segment->type & 2 ? ", writable" : "",
                            segment->type & 4 ? ", expands down" : "");
  g_string_append_printf (string, ", DPL %u\n", segment->dpl);
}

static const char *
describe_mode (const KvmX86Sregs *sregs, guint64 rflags)
{
  if (!(sregs->cr0 & CR0_PE))
    return "real mode";
  if (sregs->efer & EFER_LMA)
    return sregs->cs.l ? "64-bit mode" : "compatibility mode";
  return rflags & RFLAGS_VM ? "virtual-8086 mode" : "protected mode";
}

static gboolean
translate (KvmVcpu *self, guint64 address, guint64 *physical)
{
  return kvm_vcpu_x86_translate (self, address, physical, NULL, NULL);
}

gboolean
_kvm_vcpu_x86_dump (KvmVcpu *self, GString *string, GError **error)
{
  KvmX86Sregs sregs;
  KvmX86Regs regs;
  guint64 ip;

  _kvm_return_val_unless_arch (X86, FALSE, error);

  if (!kvm_vcpu_x86_get_regs (self, &regs, error) || !kvm_vcpu_x86_get_sregs (self, &sregs, error))
    return FALSE;

  g_string_append_printf (string, "%s, CPL %u\n", describe_mode (&sregs, regs.rflags),
                          sregs.ss.dpl);
  g_string_append_printf (string, "rax=" HEX " rbx=" HEX " rcx=" HEX " rdx=" HEX "\n", regs.rax,
                          regs.rbx, regs.rcx, regs.rdx);
  g_string_append_printf (string, "rsi=" HEX " rdi=" HEX " rsp=" HEX " rbp=" HEX "\n", regs.rsi,
                          regs.rdi, regs.rsp, regs.rbp);
  g_string_append_printf (string, "r8 =" HEX " r9 =" HEX " r10=" HEX " r11=" HEX "\n", regs.r8,
                          regs.r9, regs.r10, regs.r11);
  g_string_append_printf (string, "r12=" HEX " r13=" HEX " r14=" HEX " r15=" HEX "\n", regs.r12,
                          regs.r13, regs.r14, regs.r15);
  g_string_append_printf (string, "rip=" HEX " ", regs.rip);
  ADD_WITH_FLAGS ("rflags", regs.rflags, rflags_flags);

  add_segment (string, "cs", &sregs.cs);
  add_segment (string, "ds", &sregs.ds);
  add_segment (string, "es", &sregs.es);
  add_segment (string, "fs", &sregs.fs);
  add_segment (string, "gs", &sregs.gs);
  add_segment (string, "ss", &sregs.ss);
  add_segment (string, "tr", &sregs.tr);
  add_segment (string, "ldtr", &sregs.ldt);
  g_string_append_printf (string,
                          "gdtr base=" HEX " limit=%04x\n"
                          "idtr base=" HEX " limit=%04x\n",
                          (guint64) sregs.gdt.base, sregs.gdt.limit, (guint64) sregs.idt.base,
                          sregs.idt.limit);

  ADD_WITH_FLAGS ("cr0", sregs.cr0, cr0_flags);
  g_string_append_printf (string, "cr2=" HEX " cr3=" HEX " cr8=%" G_GINT64_MODIFIER "x\n",
                          (guint64) sregs.cr2, (guint64) sregs.cr3, (guint64) sregs.cr8);
  ADD_WITH_FLAGS ("cr4", sregs.cr4, cr4_flags);
  ADD_WITH_FLAGS ("efer", sregs.efer, efer_flags);
  ADD_WITH_FLAGS ("apic_base", sregs.apic_base, apic_base_flags);

  /* In 64-bit mode the code segment begins at 0 whatever its base says. */
  ip = (sregs.efer & EFER_LMA) && sregs.cs.l ? regs.rip : sregs.cs.base + regs.rip;
  _kvm_dump_add_code (self, string, ip, translate);
  return TRUE;
}
