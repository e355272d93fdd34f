/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the protocols of x86 share: the memory below 1 MiB, and how the first vCPU begins. */

#include "config.h"

#include <string.h>

#include "kvm-boot-private.h"
#include "kvm-error.h"
#include "kvm-vcpu-private.h"
#include "x86/kvm-vcpu-x86.h"

#define PARAMETERS 0x7000
#define PARAMETERS_SIZE 0x1000
#define TABLES 0x9000
#define TABLES_SIZE 0x7000 /* what kvm_vcpu_x86_setup_long_mode () wants */
#define COMMAND_LINE 0x20000

/* Where a PC has the data of its firmware, the screen, and the firmware. */
#define LOW_END 0x9fc00
#define HIGH_BEGIN MIB

gboolean
_kvm_boot_take_x86_low (KvmBoot *boot, gsize max_command_line, GError **error)
{
  KvmBootLayout *layout = &boot->layout;
  const char *line = boot->command_line != NULL ? boot->command_line : "";

  if (boot->device_tree != NULL)
    {
      g_set_error_literal (error, KVM_ERROR, KVM_ERROR_INVALID,
                           "A kernel for x86 takes no device tree");
      return FALSE;
    }
  if (strlen (line) > max_command_line)
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                   "The command line has %" G_GSIZE_FORMAT
                   " bytes, and the kernel takes %" G_GSIZE_FORMAT,
                   strlen (line), max_command_line);
      return FALSE;
    }

  layout->parameters_address = PARAMETERS;
  layout->tables_address = TABLES;
  layout->command_line_address = COMMAND_LINE;
  return _kvm_boot_take (boot, "kernel's parameters", PARAMETERS, PARAMETERS_SIZE, error)
         && _kvm_boot_take (boot, "first page tables", TABLES, TABLES_SIZE, error)
         && _kvm_boot_take (boot, "command line", COMMAND_LINE, strlen (line) + 1, error);
}

gboolean
_kvm_boot_write_x86_low (KvmBoot *boot, GError **error)
{
  const char *line = boot->command_line != NULL ? boot->command_line : "";

  return _kvm_boot_write (boot, boot->layout.command_line_address, line, strlen (line) + 1, error)
         && _kvm_boot_write_mptable (boot, error);
}

static void
add_e820 (GArray *map, guint64 start, guint64 end, guint32 type)
{
  KvmBootE820 range = { start, end - start, type };

  if (start < end)
    g_array_append_val (map, range);
}

GArray *
_kvm_boot_make_e820 (const KvmBoot *boot)
{
  GArray *map = g_array_new (FALSE, FALSE, sizeof (KvmBootE820));

  for (guint i = 0; i < boot->ram->len; i++)
    {
      const KvmBootRange *range = &g_array_index (boot->ram, KvmBootRange, i);

      add_e820 (map, range->start, MIN (range->end, LOW_END), KVM_BOOT_E820_RAM);
      add_e820 (map, MAX (range->start, LOW_END), MIN (range->end, HIGH_BEGIN),
                KVM_BOOT_E820_RESERVED);
      add_e820 (map, MAX (range->start, HIGH_BEGIN), range->end, KVM_BOOT_E820_RAM);
    }
  return map;
}

#define SELECTOR_CODE 0x10
#define SELECTOR_DATA 0x18

/* Linux asks for other selectors than the tables have: one more. */
static gboolean
set_linux_selectors (KvmVcpu *vcpu, const KvmBootLayout *layout, GError **error)
{
  KvmX86Sregs sregs;
  KvmX86Segment *data[] = { &sregs.ds, &sregs.es, &sregs.fs, &sregs.gs, &sregs.ss };

  if (!kvm_vcpu_x86_get_sregs (vcpu, &sregs, error))
    return FALSE;
  sregs.cs.selector = SELECTOR_CODE;
  for (guint i = 0; i < G_N_ELEMENTS (data); i++)
    data[i]->selector = SELECTOR_DATA;
  /* Nobody reads the first one of a table, and so the table may begin before what is there. */
  sregs.gdt.base -= sizeof (guint64);
  sregs.gdt.limit += sizeof (guint64);
  return kvm_vcpu_x86_set_sregs (vcpu, &sregs, error);
}

gboolean
_kvm_boot_setup_x86 (KvmVcpu *vcpu, const KvmBootLayout *layout, GError **error)
{
  gboolean is_linux = layout->protocol == KVM_BOOT_PROTOCOL_X86_LINUX;
  KvmX86Regs regs;

  if (is_linux
          ? !kvm_vcpu_x86_setup_long_mode (vcpu, layout->entry, layout->tables_address, error)
                || !set_linux_selectors (vcpu, layout, error)
          : !kvm_vcpu_x86_setup_protected_mode (vcpu, layout->entry, layout->tables_address, error))
    return FALSE;
  if (!kvm_vcpu_x86_get_regs (vcpu, &regs, error))
    return FALSE;
  if (is_linux)
    regs.rsi = layout->parameters_address;
  else
    regs.rbx = layout->parameters_address;
  return kvm_vcpu_x86_set_regs (vcpu, &regs, error);
}
