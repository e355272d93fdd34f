/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "kvm-arch-private.h"
#include "kvm-gdb-arch-private.h"

const KvmGdbArch *
_kvm_gdb_arch_get (GError **error)
{
  switch (KVMOBJ_HOST_ARCH)
    {
    case KVMOBJ_ARCH_X86:
      return &_kvm_gdb_x86;
    case KVMOBJ_ARCH_ARM64:
      return &_kvm_gdb_arm64;
    default:
      g_set_error_literal (error, KVM_ERROR, KVM_ERROR_NOT_SUPPORTED,
                           "GDB can debug guests of x86_64 and arm64, and this host "
                           "is " KVMOBJ_HOST_ARCH_NAME);
      return NULL;
    }
}

char *
_kvm_gdb_arch_describe (const KvmGdbArch *self)
{
  GString *xml = g_string_new ("<?xml version='1.0'?><!DOCTYPE target SYSTEM 'gdb-target.dtd'>");
  guint n = 0;

  g_string_append_printf (xml, "<target version='1.0'><architecture>%s</architecture>", self->name);
  for (guint i = 0; self->features[i].name != NULL; i++)
    {
      g_string_append_printf (xml, "<feature name='%s'>%s", self->features[i].name,
                              self->features[i].types);
      for (; n < self->n_regs && self->regs[n].feature == i; n++)
        {
          const KvmGdbReg *reg = &self->regs[n];

          g_string_append_printf (xml, "<reg name='%s' bitsize='%u'", reg->name, 8 * reg->size);
          if (reg->type != NULL)
            g_string_append_printf (xml, " type='%s'", reg->type);
          g_string_append (xml, "/>");
        }
      g_string_append (xml, "</feature>");
    }
  g_string_append (xml, "</target>");
  return g_string_free (xml, FALSE);
}
