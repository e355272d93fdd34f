/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "kvm-device.h"
#include "kvm-handle-private.h"

G_BEGIN_DECLS

/* For the attributes that an architecture's devices have. */
KvmHandle *_kvm_device_get_handle (KvmDevice *self);

G_END_DECLS
