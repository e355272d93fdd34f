/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "kvm-handle-private.h"

G_BEGIN_DECLS

/* KVM_HAS/GET/SET_DEVICE_ATTR on whichever kind of fd has attributes. */
gboolean _kvm_handle_has_attribute (KvmHandle *self, guint32 group, guint64 attribute,
                                    GError **error);
guint8 *_kvm_handle_get_attribute (KvmHandle *self, guint32 group, guint64 attribute, gsize size,
                                   gsize *length, GError **error);
gboolean _kvm_handle_set_attribute (KvmHandle *self, guint32 group, guint64 attribute,
                                    const guint8 *data, gsize length, GError **error);

G_END_DECLS
