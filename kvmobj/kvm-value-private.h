/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A copy of the bytes, if there are as many as the value has; @what is plural. */
gpointer _kvm_value_from_bytes (GBytes *bytes, gsize size, const char *what, GError **error);

G_END_DECLS
