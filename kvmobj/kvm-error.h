/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#if !defined(KVMOBJ_INSIDE) && !defined(KVMOBJ_COMPILATION)
#error "Only <kvmobj/kvmobj.h> can be included directly."
#endif

#include <glib.h>

#include <kvmobj/kvm-version-macros.h>

G_BEGIN_DECLS

/**
 * KVM_ERROR:
 *
 * The domain of every error of the library; its codes are in [error@Kvm.Error].
 *
 * Since: 0.1
 */
#define KVM_ERROR (kvm_error_quark ())

/**
 * KvmError:
 * @KVM_ERROR_NOT_PERMITTED: `EPERM`
 * @KVM_ERROR_NOT_FOUND: `ENOENT`: there is no such file, register, or coalesced zone
 * @KVM_ERROR_INTERRUPTED: `EINTR`: signals kept interrupting the call, more often than it is
 * retried
 * @KVM_ERROR_IO: `EIO`: the virtual machine was made by another process, or is dead
 * @KVM_ERROR_NO_SUCH_ATTRIBUTE: `ENXIO`: there is no such attribute, device, or address
 * @KVM_ERROR_TOO_BIG: `E2BIG`: a list is longer than the kernel takes
 * @KVM_ERROR_BAD_FD: `EBADF`
 * @KVM_ERROR_AGAIN: `EAGAIN`
 * @KVM_ERROR_NO_MEMORY: `ENOMEM`
 * @KVM_ERROR_PERMISSION: `EACCES`: the user may not use the file; for /dev/kvm the message names
 *   the group to join
 * @KVM_ERROR_FAULT: `EFAULT`: an address that was given is not mapped
 * @KVM_ERROR_BUSY: `EBUSY`: it is in use, or it is too late to change it
 * @KVM_ERROR_EXISTS: `EEXIST`: there is one already, such as a vCPU with that id
 * @KVM_ERROR_NO_DEVICE: `ENODEV`: there is no such device type, or nothing behind /dev/kvm
 * @KVM_ERROR_INVALID_ARGUMENT: `EINVAL`: the kernel refused an argument
 * @KVM_ERROR_TOO_MANY_FILES: `EMFILE`: the process has no file descriptor left
 * @KVM_ERROR_NO_SPACE: `ENOSPC`
 * @KVM_ERROR_OUT_OF_RANGE: `ERANGE`
 * @KVM_ERROR_DEADLOCK: `EDEADLK`
 * @KVM_ERROR_OVERFLOW: `EOVERFLOW`
 * @KVM_ERROR_NOT_EXECUTABLE: `ENOEXEC`: the vCPU is not initialized yet (arm64)
 * @KVM_ERROR_POISONED: `EHWPOISON`: guest memory with a hardware error was touched
 * @KVM_ERROR_CLOSED: the object was closed, removed, or never opened
 * @KVM_ERROR_RUNNING: the vCPU is running in another thread
 * @KVM_ERROR_WRONG_PROCESS: the object belongs to the process that this one was forked from
 * @KVM_ERROR_PARTIAL: the kernel stopped half-way; the message says where
 * @KVM_ERROR_PENDING: what the guest stopped for is not finished, such as a read without an answer
 * @KVM_ERROR_INVALID: the library refused an argument before it asked the kernel
 * @KVM_ERROR_NOT_SUPPORTED: this host, this kernel or this architecture cannot do it
 * @KVM_ERROR_OVERLAP: a memory slot is in the way; the message names it
 * @KVM_ERROR_UNUSABLE: the vCPU is in no state: restoring one failed half-way
 *
 * What can go wrong.
 *
 * A code below 1000 is the kernel's `errno`, also where it has no name here; a code from 1000 on
 * is the library's own. A message has the form "KVM_SET_SREGS on vCPU 0: Invalid argument (…)":
 * the ioctl, the object, the cause, and a hint where the cause is known.
 *
 * %KVM_ERROR_NOT_SUPPORTED stands for everything that is not there at all: `ENOTTY`, `ENOSYS` and
 * `EOPNOTSUPP` become it, and `EINVAL` too when the kernel says that it lacks the capability which
 * the ioctl depends on.
 *
 * Since: 0.1
 */
typedef enum
{
  KVM_ERROR_NOT_PERMITTED = 1,
  KVM_ERROR_NOT_FOUND = 2,
  KVM_ERROR_INTERRUPTED = 4,
  KVM_ERROR_IO = 5,
  KVM_ERROR_NO_SUCH_ATTRIBUTE = 6,
  KVM_ERROR_TOO_BIG = 7,
  KVM_ERROR_NOT_EXECUTABLE = 8,
  KVM_ERROR_BAD_FD = 9,
  KVM_ERROR_AGAIN = 11,
  KVM_ERROR_NO_MEMORY = 12,
  KVM_ERROR_PERMISSION = 13,
  KVM_ERROR_FAULT = 14,
  KVM_ERROR_BUSY = 16,
  KVM_ERROR_EXISTS = 17,
  KVM_ERROR_NO_DEVICE = 19,
  KVM_ERROR_INVALID_ARGUMENT = 22,
  KVM_ERROR_TOO_MANY_FILES = 24,
  KVM_ERROR_NO_SPACE = 28,
  KVM_ERROR_OUT_OF_RANGE = 34,
  KVM_ERROR_DEADLOCK = 35,
  KVM_ERROR_OVERFLOW = 75,
  KVM_ERROR_POISONED = 133,
  KVM_ERROR_CLOSED = 1000,
  KVM_ERROR_RUNNING = 1001,
  KVM_ERROR_WRONG_PROCESS = 1002,
  KVM_ERROR_PARTIAL = 1003,
  KVM_ERROR_PENDING = 1004,
  KVM_ERROR_INVALID = 1005,
  KVM_ERROR_NOT_SUPPORTED = 1006,
  KVM_ERROR_OVERLAP = 1007,
  KVM_ERROR_UNUSABLE = 1008,
} KvmError;

KVMOBJ_AVAILABLE_IN_0_1
GQuark kvm_error_quark (void);

G_END_DECLS
