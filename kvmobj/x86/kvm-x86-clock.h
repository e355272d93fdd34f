/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#if !defined(KVMOBJ_INSIDE) && !defined(KVMOBJ_COMPILATION)
#error "Only <kvmobj/kvmobj.h> can be included directly."
#endif

#include <glib-object.h>

#include <kvmobj/kvm-version-macros.h>

G_BEGIN_DECLS

/**
 * KvmX86ClockFlags:
 * @KVM_X86_CLOCK_FLAGS_NONE: nothing special
 * @KVM_X86_CLOCK_FLAGS_TSC_STABLE: all vCPUs see exactly the same clock; the kernel tells it, and
 *   takes no notice of it when a clock is set
 * @KVM_X86_CLOCK_FLAGS_REALTIME: there is a time of the host's. When a clock is set, it is set to
 *   what it would have been if it had run on since then.
 * @KVM_X86_CLOCK_FLAGS_HOST_TSC: there is a time-stamp counter of the host's
 *
 * What is known of a clock.
 *
 * Since: 0.1
 */
typedef enum /*< flags >*/
{
  KVM_X86_CLOCK_FLAGS_NONE = 0,
  KVM_X86_CLOCK_FLAGS_TSC_STABLE = 1 << 1,
  KVM_X86_CLOCK_FLAGS_REALTIME = 1 << 2,
  KVM_X86_CLOCK_FLAGS_HOST_TSC = 1 << 3,
} KvmX86ClockFlags;

#define KVM_TYPE_X86_CLOCK (kvm_x86_clock_get_type ())

typedef struct _KvmX86Clock KvmX86Clock;

/**
 * KvmX86Clock:
 * @clock: what the guest's clock (kvmclock) shows, in nanoseconds
 * @flags: [flags@Kvm.X86ClockFlags], as a number
 * @padding1: nothing
 * @realtime: the host's real time when the clock showed that, in nanoseconds since 1970, if @flags
 *   say so
 * @host_tsc: the host's time-stamp counter then, if @flags say so
 * @padding2: nothing
 *
 * The paravirtual clock of a virtual machine, as [method@Kvm.Vm.x86_get_clock] gets it and
 * [method@Kvm.Vm.x86_set_clock] sets it. It has the layout of the kernel's `struct kvm_clock_data`.
 *
 * Since: 0.1
 */
struct _KvmX86Clock
{
  guint64 clock;
  guint32 flags;
  guint32 padding1;
  guint64 realtime;
  guint64 host_tsc;
  guint32 padding2[4];
};

KVMOBJ_AVAILABLE_IN_0_1
GType kvm_x86_clock_get_type (void);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86Clock *kvm_x86_clock_new (void);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86Clock *kvm_x86_clock_new_from_bytes (GBytes *bytes, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86Clock *kvm_x86_clock_copy (const KvmX86Clock *self);
KVMOBJ_AVAILABLE_IN_0_1
void kvm_x86_clock_free (KvmX86Clock *self);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_x86_clock_equal (const KvmX86Clock *self, const KvmX86Clock *other);
KVMOBJ_AVAILABLE_IN_0_1
GBytes *kvm_x86_clock_to_bytes (const KvmX86Clock *self);
KVMOBJ_AVAILABLE_IN_0_1
char *kvm_x86_clock_to_string (const KvmX86Clock *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KvmX86Clock, kvm_x86_clock_free)

G_END_DECLS
