/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "kvm-abi-private.h"
#include "x86/kvm-x86-xen-attribute.h"

G_BEGIN_DECLS

struct _KvmX86XenAttribute
{
  gboolean of_vcpu; /* what the type is one of */
  KvmAbiXenAttr abi;
};

/* One with nothing in it but its type. */
KvmX86XenAttribute *_kvm_x86_xen_attribute_alloc (gboolean of_vcpu, guint type);

G_END_DECLS
