/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What the fuzzers share: each is a function that takes any bytes and has to live through them. The
 * null KVM is linked into the program. */

#include <kvmobj/kvmobj.h>

G_BEGIN_DECLS

/* Called by libFuzzer, or by fuzz-main.c where the compiler has none. */
int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* Something failed: there is an error, it is one of ours, and says something. It is cleared. */
#define fuzz_assert_error(error)                                                                   \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_assert_nonnull (error);                                                                      \
    g_assert_true ((error)->domain == KVM_ERROR && *(error)->message != '\0');                     \
    g_clear_error (&(error));                                                                      \
  }                                                                                                \
  G_STMT_END

/* It worked, or failed so. */
#define fuzz_assert(ok, error)                                                                     \
  G_STMT_START                                                                                     \
  {                                                                                                \
    if (ok)                                                                                        \
      g_assert_no_error (error);                                                                   \
    else                                                                                           \
      fuzz_assert_error (error);                                                                   \
  }                                                                                                \
  G_STMT_END

/* Takes @n bytes off the input, or what is left of it; the rest of the result is 0. */
static inline guint64
fuzz_take (const guint8 **data, gsize *size, guint n)
{
  guint64 value = 0;

  for (guint i = 0; i<n && * size> 0; i++, (*size)--)
    value |= (guint64) * (*data)++ << 8 * i;
  return value;
}

G_END_DECLS
