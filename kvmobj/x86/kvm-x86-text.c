/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "x86/kvm-x86-text-private.h"

void
_kvm_x86_append_bits (GString *string, guint64 value, const KvmX86BitName *names, guint n_names)
{
  const char *before = " [";

  for (guint i = 0; i < n_names; i++)
    if (value >> names[i].bit & 1)
      {
        g_string_append (string, before);
        g_string_append (string, names[i].name);
        before = "|";
      }
  if (*before == '|')
    g_string_append_c (string, ']');
}

static void
append_segment (GString *string, const char *name, const KvmX86Segment *segment)
{
  g_string_append_printf (string,
                          "\n%s=%04x base=%016" G_GINT64_MODIFIER "x limit=%08x type=%x s=%u "
                          "dpl=%u present=%u db=%u l=%u g=%u avl=%u unusable=%u",
                          name, segment->selector, segment->base, segment->limit, segment->type,
                          segment->s, segment->dpl, segment->present, segment->db, segment->l,
                          segment->g, segment->avl, segment->unusable);
}

static void
append_table (GString *string, const char *name, const KvmX86Dtable *table)
{
  g_string_append_printf (string, "\n%s base=%016" G_GINT64_MODIFIER "x limit=%04x", name,
                          table->base, table->limit);
}

void
_kvm_x86_sregs_append (GString *string, const KvmX86Sregs *sregs)
{
  static const KvmX86BitName cr0_bits[]
      = { { 31, "PG" }, { 30, "CD" }, { 29, "NW" }, { 18, "AM" }, { 16, "WP" }, { 5, "NE" },
          { 4, "ET" },  { 3, "TS" },  { 2, "EM" },  { 1, "MP" },  { 0, "PE" } };
  static const KvmX86BitName cr4_bits[]
      = { { 24, "PKS" },     { 23, "CET" },   { 22, "PKE" },        { 21, "SMAP" },  { 20, "SMEP" },
          { 18, "OSXSAVE" }, { 17, "PCIDE" }, { 16, "FSGSBASE" },   { 14, "SMXE" },  { 13, "VMXE" },
          { 12, "LA57" },    { 11, "UMIP" },  { 10, "OSXMMEXCPT" }, { 9, "OSFXSR" }, { 8, "PCE" },
          { 7, "PGE" },      { 6, "MCE" },    { 5, "PAE" },         { 4, "PSE" },    { 3, "DE" },
          { 2, "TSD" },      { 1, "PVI" },    { 0, "VME" } };
  static const KvmX86BitName efer_bits[]
      = { { 21, "AIBRSE" }, { 15, "TCE" }, { 14, "FFXSR" }, { 13, "LMSLE" }, { 12, "SVME" },
          { 11, "NXE" },    { 10, "LMA" }, { 8, "LME" },    { 0, "SCE" } };

  g_string_append_printf (string, "cr0=%016" G_GINT64_MODIFIER "x", sregs->cr0);
  _kvm_x86_append_bits (string, sregs->cr0, cr0_bits, G_N_ELEMENTS (cr0_bits));
  g_string_append_printf (string,
                          "\ncr2=%016" G_GINT64_MODIFIER "x cr3=%016" G_GINT64_MODIFIER
                          "x\ncr4=%016" G_GINT64_MODIFIER "x",
                          sregs->cr2, sregs->cr3, sregs->cr4);
  _kvm_x86_append_bits (string, sregs->cr4, cr4_bits, G_N_ELEMENTS (cr4_bits));
  g_string_append_printf (string, " cr8=%" G_GINT64_MODIFIER "x\nefer=%016" G_GINT64_MODIFIER "x",
                          sregs->cr8, sregs->efer);
  _kvm_x86_append_bits (string, sregs->efer, efer_bits, G_N_ELEMENTS (efer_bits));
  g_string_append_printf (string, " apic_base=%016" G_GINT64_MODIFIER "x", sregs->apic_base);

  append_segment (string, "cs", &sregs->cs);
  append_segment (string, "ds", &sregs->ds);
  append_segment (string, "es", &sregs->es);
  append_segment (string, "fs", &sregs->fs);
  append_segment (string, "gs", &sregs->gs);
  append_segment (string, "ss", &sregs->ss);
  append_segment (string, "tr", &sregs->tr);
  append_segment (string, "ldt", &sregs->ldt);
  append_table (string, "gdt", &sregs->gdt);
  append_table (string, "idt", &sregs->idt);
}
