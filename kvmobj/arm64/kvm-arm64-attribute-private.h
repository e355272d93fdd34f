/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "kvm-ioctl-private.h"

G_BEGIN_DECLS

/* Attributes whose values have a size that is known here. @value is NULL for what has none. On
 * failure the error has what is told here, in the words of printf (), the group and the attribute;
 * it is NOT_SUPPORTED if there is no such attribute at all. */
gboolean _kvm_arm64_get_attribute (KvmHandle *self, guint32 group, guint64 attribute,
                                   gpointer value, GError **error, const char *format, ...)
    G_GNUC_PRINTF (6, 7);
gboolean _kvm_arm64_set_attribute (KvmHandle *self, guint32 group, guint64 attribute,
                                   gconstpointer value, GError **error, const char *format, ...)
    G_GNUC_PRINTF (6, 7);

G_END_DECLS
