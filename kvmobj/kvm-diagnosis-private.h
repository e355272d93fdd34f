/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "kvm-arch-private.h"
#include "kvm-diagnosis.h"

G_BEGIN_DECLS

/* kvm_system_diagnose () of a machine of the architecture KVMOBJ_ARCH_…, whose /dev, /proc and /sys
 * are below @root; "" for this one. */
KvmDiagnosis *_kvm_diagnose (const char *root, int arch);

G_END_DECLS
