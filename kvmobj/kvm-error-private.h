/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "kvm-error.h"

G_BEGIN_DECLS

/* Adds " (detail)" to the message of an error that a call has just set; nothing if there is none.
 */
void _kvm_error_add_detail (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* Sets an error from an errno, which becomes the code: "<what>: <the errno's text>". */
void _kvm_error_set_errno (GError **error, int errsv, const char *format, ...) G_GNUC_PRINTF (3, 4);

G_END_DECLS
