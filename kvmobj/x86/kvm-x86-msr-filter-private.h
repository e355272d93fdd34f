/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "kvm-abi-private.h"
#include "x86/kvm-x86-msr-filter.h"

G_BEGIN_DECLS

struct _KvmX86MsrFilter
{
  guint n_ranges;
  KvmAbiMsrFilter abi; /* its bitmaps are owned */
};

G_END_DECLS
