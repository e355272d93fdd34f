/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#if !defined(KVMOBJ_INSIDE) && !defined(KVMOBJ_COMPILATION)
#error "Only <kvmobj/kvmobj.h> can be included directly."
#endif

#include <glib-object.h>

#include <kvmobj/kvm-version-macros.h>

G_BEGIN_DECLS

#define KVM_TYPE_X86_PIT_CHANNEL (kvm_x86_pit_channel_get_type ())
#define KVM_TYPE_X86_PIT_STATE (kvm_x86_pit_state_get_type ())

typedef struct _KvmX86PitChannel KvmX86PitChannel;

/**
 * KvmX86PitChannel:
 * @count: what it counts down from: 1 to 65536, or 0 before it was set
 * @latched_count: the count that the guest is to read next, if @count_latched says so
 * @count_latched: which bytes of @latched_count are to be read: 0 for none, 1 for the lower one, 2
 *   for the upper one, 3 for both, 4 for both and the lower one was read
 * @status_latched: whether the guest is to read @status next
 * @status: the latched status
 * @read_state: which byte of the count is read next, numbered as in @count_latched
 * @write_state: which byte of the count is written next
 * @write_latch: the lower byte of a count that is half written
 * @rw_mode: which bytes of the count are accessed, as in the guest's command
 * @mode: the mode, 0 to 5
 * @bcd: whether it counts in decimal
 * @gate: the level of the gate
 * @count_load_time: when it was loaded, in nanoseconds of the host's monotonic clock
 *
 * One of the three channels of a PC's timer. It has the layout of the kernel's
 * `struct kvm_pit_channel_state`.
 *
 * Since: 0.1
 */
struct _KvmX86PitChannel
{
  guint32 count;
  guint16 latched_count;
  guint8 count_latched;
  guint8 status_latched;
  guint8 status;
  guint8 read_state;
  guint8 write_state;
  guint8 write_latch;
  guint8 rw_mode;
  guint8 mode;
  guint8 bcd;
  guint8 gate;
  gint64 count_load_time;
};

/**
 * KvmX86PitState:
 *
 * The state of the i8254, the timer of a PC, from [method@Kvm.Vm.x86_get_pit]. It is a value: to
 * change it changes nothing in the guest before [method@Kvm.Vm.x86_set_pit].
 *
 * Since: 0.1
 */
typedef struct _KvmX86PitState KvmX86PitState;

KVMOBJ_AVAILABLE_IN_0_1
GType kvm_x86_pit_channel_get_type (void);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86PitChannel *kvm_x86_pit_channel_new (void);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86PitChannel *kvm_x86_pit_channel_copy (const KvmX86PitChannel *self);
KVMOBJ_AVAILABLE_IN_0_1
void kvm_x86_pit_channel_free (KvmX86PitChannel *self);

KVMOBJ_AVAILABLE_IN_0_1
GType kvm_x86_pit_state_get_type (void);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86PitState *kvm_x86_pit_state_new_from_bytes (GBytes *bytes, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86PitState *kvm_x86_pit_state_copy (const KvmX86PitState *self);
KVMOBJ_AVAILABLE_IN_0_1
void kvm_x86_pit_state_free (KvmX86PitState *self);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_x86_pit_state_equal (const KvmX86PitState *self, const KvmX86PitState *other);
KVMOBJ_AVAILABLE_IN_0_1
GBytes *kvm_x86_pit_state_to_bytes (const KvmX86PitState *self);
KVMOBJ_AVAILABLE_IN_0_1
char *kvm_x86_pit_state_to_string (const KvmX86PitState *self);

KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_x86_pit_state_get_channel (const KvmX86PitState *self, guint index,
                                        KvmX86PitChannel *channel, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_x86_pit_state_set_channel (KvmX86PitState *self, guint index,
                                        const KvmX86PitChannel *channel, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
guint kvm_x86_pit_state_get_flags (const KvmX86PitState *self);
KVMOBJ_AVAILABLE_IN_0_1
void kvm_x86_pit_state_set_flags (KvmX86PitState *self, guint flags);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KvmX86PitChannel, kvm_x86_pit_channel_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KvmX86PitState, kvm_x86_pit_state_free)

G_END_DECLS
