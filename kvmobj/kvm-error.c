/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <errno.h>
#include <stdarg.h>

#include "kvm-error-private.h"

G_STATIC_ASSERT ((int) KVM_ERROR_NOT_PERMITTED == EPERM);
G_STATIC_ASSERT ((int) KVM_ERROR_NOT_FOUND == ENOENT);
G_STATIC_ASSERT ((int) KVM_ERROR_INTERRUPTED == EINTR);
G_STATIC_ASSERT ((int) KVM_ERROR_IO == EIO);
G_STATIC_ASSERT ((int) KVM_ERROR_NO_SUCH_ATTRIBUTE == ENXIO);
G_STATIC_ASSERT ((int) KVM_ERROR_TOO_BIG == E2BIG);
G_STATIC_ASSERT ((int) KVM_ERROR_NOT_EXECUTABLE == ENOEXEC);
G_STATIC_ASSERT ((int) KVM_ERROR_BAD_FD == EBADF);
G_STATIC_ASSERT ((int) KVM_ERROR_AGAIN == EAGAIN);
G_STATIC_ASSERT ((int) KVM_ERROR_NO_MEMORY == ENOMEM);
G_STATIC_ASSERT ((int) KVM_ERROR_PERMISSION == EACCES);
G_STATIC_ASSERT ((int) KVM_ERROR_FAULT == EFAULT);
G_STATIC_ASSERT ((int) KVM_ERROR_BUSY == EBUSY);
G_STATIC_ASSERT ((int) KVM_ERROR_EXISTS == EEXIST);
G_STATIC_ASSERT ((int) KVM_ERROR_NO_DEVICE == ENODEV);
G_STATIC_ASSERT ((int) KVM_ERROR_INVALID_ARGUMENT == EINVAL);
G_STATIC_ASSERT ((int) KVM_ERROR_TOO_MANY_FILES == EMFILE);
G_STATIC_ASSERT ((int) KVM_ERROR_NO_SPACE == ENOSPC);
G_STATIC_ASSERT ((int) KVM_ERROR_OUT_OF_RANGE == ERANGE);
G_STATIC_ASSERT ((int) KVM_ERROR_DEADLOCK == EDEADLK);
G_STATIC_ASSERT ((int) KVM_ERROR_OVERFLOW == EOVERFLOW);
G_STATIC_ASSERT ((int) KVM_ERROR_POISONED == EHWPOISON);

/**
 * kvm_error_quark:
 *
 * Gets the domain of the library's errors, %KVM_ERROR.
 *
 * Returns: the domain
 *
 * Since: 0.1
 */
GQuark
kvm_error_quark (void)
{
  /* Not G_DEFINE_QUARK (), whose dashes clang-format takes for minus signs. */
  return g_quark_from_static_string ("kvm-error-quark");
}

void
_kvm_error_add_detail (GError **error, const char *format, ...)
{
  g_autofree char *detail = NULL;
  char *message;
  va_list args;

  if (error == NULL || *error == NULL)
    return;

  va_start (args, format);
  detail = g_strdup_vprintf (format, args);
  va_end (args);

  message = g_strdup_printf ("%s (%s)", (*error)->message, detail);
  g_free ((*error)->message);
  (*error)->message = message;
}

void
_kvm_error_set_errno (GError **error, int errsv, const char *format, ...)
{
  g_autofree char *what = NULL;
  va_list args;

  if (error == NULL)
    return;

  va_start (args, format);
  what = g_strdup_vprintf (format, args);
  va_end (args);

  g_set_error (error, KVM_ERROR, errsv, "%s: %s", what, g_strerror (errsv));
}
