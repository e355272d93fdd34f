/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "x86/kvm-x86-xcrs.h"

G_BEGIN_DECLS

/* The kernel's struct kvm_xcrs. There are never more registers than there is room for. */
struct _KvmX86Xcrs
{
  guint32 nr_xcrs;
  guint32 flags;
  struct
  {
    guint32 xcr;
    guint32 reserved;
    guint64 value;
  } xcrs[16];
  guint64 padding[16];
};

G_END_DECLS
