/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <errno.h>

#include "kvm-abi-private.h"
#include "kvm-handle-private.h"
#include "kvm-run-state-private.h"

G_BEGIN_DECLS

/* The one way to the kernel. Each returns what the ioctl returned, -1 with @error set on failure;
 * @request is the kernel's own name. Only KVM_RUN goes another way, in kvm-vcpu-run.c.
 *
 *   kvm_ioctl       the argument points to a struct of exactly the size in the request number; of a
 *                   struct with a flexible tail that is its head
 *   kvm_ioctl_sized the same, where the request number says less than the kernel reads and writes:
 *                   @size is what the argument has
 *   kvm_ioctl_value the argument is an integer
 *   kvm_ioctl_often kvm_ioctl for a vCPU's request that programs make after every exit: all of it
 *                   that is done when nothing is in the way is in line
 *
 * A fork, a close () and another thread in the way are noticed here. An error names the ioctl and
 * the object; a caller adds the argument that matters with _kvm_error_add_detail (). */
#define kvm_ioctl(handle, request, argument, error)                                                \
  _kvm_ioctl ((handle), _##request, #request,                                                      \
              _KVM_POINTER_OF_SIZE (argument, _IOC_SIZE (_##request)), (error))
#define kvm_ioctl_value(handle, request, value, error)                                             \
  _kvm_ioctl ((handle), _##request, #request, _KVM_INTEGER_FOR (value, _IOC_SIZE (_##request)),    \
              (error))
#define kvm_ioctl_sized(handle, request, argument, size, error)                                    \
  _kvm_ioctl ((handle), _##request, #request,                                                      \
              _kvm_pointer_to_room ((argument), (size), _IOC_SIZE (_##request)), (error))
#define kvm_ioctl_often(handle, request, argument, error)                                          \
  _kvm_ioctl_often ((handle), _##request, #request,                                                \
                    _KVM_POINTER_OF_SIZE (argument, _IOC_SIZE (_##request)), (error))

#define _KVM_POINTER_OF_SIZE(pointer, size)                                                        \
  ((gulong) (pointer) + 0 * sizeof (char[sizeof (*(pointer)) == (size) ? 1 : -1]))
#define _KVM_INTEGER_FOR(value, size) ((gulong) (value) + 0 * sizeof (char[(size) == 0 ? 1 : -1]))

static inline gulong
_kvm_pointer_to_room (gconstpointer pointer, gsize size, gsize least)
{
  g_assert (size >= least);
  return (gulong) pointer;
}

int _kvm_ioctl (KvmHandle *handle, gulong request, const char *name, gulong argument,
                GError **error);

/* Makes a vCPU's request if nothing is in the way, else returns KVM_IOCTL_NOT_MADE. Returns what
 * the ioctl returned, and on failure the errno, negative. That the vCPU is open, and this
 * process's, need not be looked at before: nothing of KVM's is behind the number of a closed one,
 * and KVM itself refuses requests of a forked child. */
#define KVM_IOCTL_NOT_MADE G_MININT

static inline int
_kvm_ioctl_at_once (KvmHandle *handle, gulong request, gulong argument)
{
  int ret;

  if (G_UNLIKELY (!_kvm_run_state_enter_at_once (&handle->state)))
    return KVM_IOCTL_NOT_MADE;

  ret = KVM_IOCTL_NOT_MADE;
  if (G_LIKELY (!handle->is_synced))
    {
      ret = ioctl (handle->fd, request, argument);
      if (G_UNLIKELY (ret == -1))
        ret = -errno;
    }
  _kvm_run_state_leave (&handle->state);
  return ret;
}

/* What is left of a request that _kvm_ioctl_at_once () could not make, or that failed there. */
int _kvm_ioctl_finish (KvmHandle *handle, gulong request, const char *name, gulong argument,
                       int ret, GError **error);

static inline int
_kvm_ioctl_often (KvmHandle *handle, gulong request, const char *name, gulong argument,
                  GError **error)
{
  int ret = _kvm_ioctl_at_once (handle, request, argument);

  return G_LIKELY (ret >= 0) ? ret
                             : _kvm_ioctl_finish (handle, request, name, argument, ret, error);
}

/* Sets the error for an ioctl that failed with @errsv. */
void _kvm_ioctl_set_error (KvmHandle *handle, gulong request, const char *name, int errsv,
                           GError **error);

/* What the kernel says of a capability, from the nearest of @handle and its ancestors that can be
 * asked; 0 if none can. */
int _kvm_handle_peek_extension (KvmHandle *handle, guint capability);

G_END_DECLS
