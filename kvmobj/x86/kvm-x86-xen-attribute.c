/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "kvm-error.h"
#include "x86/kvm-x86-xen-attribute-private.h"

/**
 * KvmX86XenAttribute:
 *
 * An attribute of a virtual machine or a vCPU that is Xen's to its guest, as
 * [method@Kvm.Vm.x86_set_xen_attribute] and [method@Kvm.Vcpu.x86_set_xen_attribute] take it. It
 * does not change once it is made.
 *
 * Since: 0.1
 */

G_DEFINE_BOXED_TYPE (KvmX86XenAttribute, kvm_x86_xen_attribute, kvm_x86_xen_attribute_copy,
                     kvm_x86_xen_attribute_free)

KvmX86XenAttribute *
_kvm_x86_xen_attribute_alloc (gboolean of_vcpu, guint type)
{
  KvmX86XenAttribute *self = g_new0 (KvmX86XenAttribute, 1);

  self->of_vcpu = of_vcpu;
  self->abi.type = type;
  return self;
}

/**
 * kvm_x86_xen_attribute_new_long_mode:
 * @long_mode: whether the guest is in 64-bit mode
 *
 * Makes an attribute of a virtual machine: how wide the words are in what it shares
 * with the guest.
 *
 * Returns: (transfer full): the attribute
 *
 * Since: 0.1
 */
KvmX86XenAttribute *
kvm_x86_xen_attribute_new_long_mode (gboolean long_mode)
{
  KvmX86XenAttribute *self
      = _kvm_x86_xen_attribute_alloc (FALSE, KVM_X86_XEN_VM_ATTRIBUTE_TYPE_LONG_MODE);

  self->abi.u.byte = long_mode != FALSE;
  return self;
}

/**
 * kvm_x86_xen_attribute_new_shared_info:
 * @page: the number of a guest-physical page, which is its address divided by
 *   4096; %G_MAXUINT64 for none
 *
 * Makes an attribute of a virtual machine: the page of shared information.
 *
 * Returns: (transfer full): the attribute
 *
 * Since: 0.1
 */
KvmX86XenAttribute *
kvm_x86_xen_attribute_new_shared_info (guint64 page)
{
  KvmX86XenAttribute *self
      = _kvm_x86_xen_attribute_alloc (FALSE, KVM_X86_XEN_VM_ATTRIBUTE_TYPE_SHARED_INFO);

  self->abi.u.value = page;
  return self;
}

/**
 * kvm_x86_xen_attribute_new_shared_info_hva:
 * @address: where the page is in this process; 0 for none
 *
 * Makes an attribute of a virtual machine: the page of shared information
 * (%KVM_X86_XEN_HVM_FLAGS_SHARED_INFO_HVA). The memory must be in a slot, so that it stays where it
 * is.
 *
 * Returns: (transfer full): the attribute
 *
 * Since: 0.1
 */
KvmX86XenAttribute *
kvm_x86_xen_attribute_new_shared_info_hva (guint64 address)
{
  KvmX86XenAttribute *self
      = _kvm_x86_xen_attribute_alloc (FALSE, KVM_X86_XEN_VM_ATTRIBUTE_TYPE_SHARED_INFO_HVA);

  self->abi.u.value = address;
  return self;
}

/**
 * kvm_x86_xen_attribute_new_upcall_vector:
 * @vector: an interrupt vector from 16 on; 0 for none
 *
 * Makes an attribute of a virtual machine: the vector that the guest's events raise.
 *
 * Returns: (transfer full): the attribute
 *
 * Since: 0.1
 */
KvmX86XenAttribute *
kvm_x86_xen_attribute_new_upcall_vector (guint8 vector)
{
  KvmX86XenAttribute *self
      = _kvm_x86_xen_attribute_alloc (FALSE, KVM_X86_XEN_VM_ATTRIBUTE_TYPE_UPCALL_VECTOR);

  self->abi.u.byte = vector;
  return self;
}

/**
 * kvm_x86_xen_attribute_new_version:
 * @version: the major version in the upper half, the minor one in the lower
 *
 * Makes an attribute of a virtual machine: what the guest is told when it asks for
 * the version.
 *
 * Returns: (transfer full): the attribute
 *
 * Since: 0.1
 */
KvmX86XenAttribute *
kvm_x86_xen_attribute_new_version (guint32 version)
{
  KvmX86XenAttribute *self
      = _kvm_x86_xen_attribute_alloc (FALSE, KVM_X86_XEN_VM_ATTRIBUTE_TYPE_VERSION);

  self->abi.u.word = version;
  return self;
}

/**
 * kvm_x86_xen_attribute_new_runstate_update:
 * @mark: whether the guest can see that its state is being updated
 *
 * Makes an attribute of a virtual machine: whether the top bit of a time says that an
 * update of a vCPU's state is under way (%KVM_X86_XEN_HVM_FLAGS_RUNSTATE_UPDATE).
 *
 * Returns: (transfer full): the attribute
 *
 * Since: 0.1
 */
KvmX86XenAttribute *
kvm_x86_xen_attribute_new_runstate_update (gboolean mark)
{
  KvmX86XenAttribute *self
      = _kvm_x86_xen_attribute_alloc (FALSE, KVM_X86_XEN_VM_ATTRIBUTE_TYPE_RUNSTATE_UPDATE);

  self->abi.u.byte = mark != FALSE;
  return self;
}

/**
 * kvm_x86_xen_attribute_new_event_to_port:
 * @send_port: the port that the guest sends to
 * @type: Xen's type of it: 2 between domains, 5 between vCPUs
 * @port: the port that gets the event
 * @vcpu_id: the vCPU that gets it
 * @update: whether there is one already, which is changed
 *
 * Makes an attribute of a virtual machine: an event that the guest sends comes back to it,
 * without an exit (%KVM_X86_XEN_HVM_FLAGS_EVENT_CHANNEL_SEND).
 *
 * Returns: (transfer full): the attribute
 *
 * Since: 0.1
 */
KvmX86XenAttribute *
kvm_x86_xen_attribute_new_event_to_port (guint32 send_port, guint32 type, guint32 port,
                                         guint32 vcpu_id, gboolean update)
{
  KvmX86XenAttribute *self
      = _kvm_x86_xen_attribute_alloc (FALSE, KVM_X86_XEN_VM_ATTRIBUTE_TYPE_EVENT_CHANNEL);

  self->abi.u.evtchn.send_port = send_port;
  self->abi.u.evtchn.type = type;
  self->abi.u.evtchn.flags = update ? KVMOBJ_XEN_EVTCHN_UPDATE : 0;
  self->abi.u.evtchn.deliver.port.port = port;
  self->abi.u.evtchn.deliver.port.vcpu = vcpu_id;
  self->abi.u.evtchn.deliver.port.priority = KVMOBJ_XEN_EVTCHN_PRIORITY_2LEVEL;
  return self;
}

/**
 * kvm_x86_xen_attribute_new_event_to_eventfd:
 * @send_port: the port that the guest sends to
 * @type: Xen's type of it: 2 between domains, 5 between vCPUs
 * @fd: an eventfd, which the kernel holds from then on
 *
 * Makes an attribute of a virtual machine: an event that the guest sends signals an eventfd,
 * without an exit (%KVM_X86_XEN_HVM_FLAGS_EVENT_CHANNEL_SEND).
 *
 * Returns: (transfer full): the attribute
 *
 * Since: 0.1
 */
KvmX86XenAttribute *
kvm_x86_xen_attribute_new_event_to_eventfd (guint32 send_port, guint32 type, int fd)
{
  KvmX86XenAttribute *self
      = _kvm_x86_xen_attribute_alloc (FALSE, KVM_X86_XEN_VM_ATTRIBUTE_TYPE_EVENT_CHANNEL);

  self->abi.u.evtchn.send_port = send_port;
  self->abi.u.evtchn.type = type;
  self->abi.u.evtchn.deliver.eventfd.fd = fd;
  return self;
}

/**
 * kvm_x86_xen_attribute_new_event_removed:
 * @send_port: the port that the guest sends to
 *
 * Makes an attribute of a virtual machine: an event that the guest sends is an exit again.
 *
 * Returns: (transfer full): the attribute
 *
 * Since: 0.1
 */
KvmX86XenAttribute *
kvm_x86_xen_attribute_new_event_removed (guint32 send_port)
{
  KvmX86XenAttribute *self
      = _kvm_x86_xen_attribute_alloc (FALSE, KVM_X86_XEN_VM_ATTRIBUTE_TYPE_EVENT_CHANNEL);

  self->abi.u.evtchn.send_port = send_port;
  self->abi.u.evtchn.flags = KVMOBJ_XEN_EVTCHN_DEASSIGN;
  return self;
}

/**
 * kvm_x86_xen_attribute_new_events_reset:
 *
 * Makes an attribute of a virtual machine: all events that the guest sends are exits again.
 *
 * Returns: (transfer full): the attribute
 *
 * Since: 0.1
 */
KvmX86XenAttribute *
kvm_x86_xen_attribute_new_events_reset (void)
{
  KvmX86XenAttribute *self
      = _kvm_x86_xen_attribute_alloc (FALSE, KVM_X86_XEN_VM_ATTRIBUTE_TYPE_EVENT_CHANNEL);

  self->abi.u.evtchn.flags = KVMOBJ_XEN_EVTCHN_RESET;
  return self;
}

/**
 * kvm_x86_xen_attribute_new_vcpu_info:
 * @address: a guest-physical address; %G_MAXUINT64 for none
 *
 * Makes an attribute of a vCPU: where its `vcpu_info` is.
 *
 * Returns: (transfer full): the attribute
 *
 * Since: 0.1
 */
KvmX86XenAttribute *
kvm_x86_xen_attribute_new_vcpu_info (guint64 address)
{
  KvmX86XenAttribute *self
      = _kvm_x86_xen_attribute_alloc (TRUE, KVM_X86_XEN_VCPU_ATTRIBUTE_TYPE_VCPU_INFO);

  self->abi.u.value = address;
  return self;
}

/**
 * kvm_x86_xen_attribute_new_vcpu_info_hva:
 * @address: where it is in this process; 0 for none
 *
 * Makes an attribute of a vCPU: where its `vcpu_info` is
 * (%KVM_X86_XEN_HVM_FLAGS_SHARED_INFO_HVA). The memory must be in a slot, so that it stays where it
 * is.
 *
 * Returns: (transfer full): the attribute
 *
 * Since: 0.1
 */
KvmX86XenAttribute *
kvm_x86_xen_attribute_new_vcpu_info_hva (guint64 address)
{
  KvmX86XenAttribute *self
      = _kvm_x86_xen_attribute_alloc (TRUE, KVM_X86_XEN_VCPU_ATTRIBUTE_TYPE_VCPU_INFO_HVA);

  self->abi.u.value = address;
  return self;
}

/**
 * kvm_x86_xen_attribute_new_time_info:
 * @address: a guest-physical address; %G_MAXUINT64 for none
 *
 * Makes an attribute of a vCPU: where its second clock is.
 *
 * Returns: (transfer full): the attribute
 *
 * Since: 0.1
 */
KvmX86XenAttribute *
kvm_x86_xen_attribute_new_time_info (guint64 address)
{
  KvmX86XenAttribute *self
      = _kvm_x86_xen_attribute_alloc (TRUE, KVM_X86_XEN_VCPU_ATTRIBUTE_TYPE_TIME_INFO);

  self->abi.u.value = address;
  return self;
}

/**
 * kvm_x86_xen_attribute_new_runstate_address:
 * @address: a guest-physical address; %G_MAXUINT64 for none
 *
 * Makes an attribute of a vCPU: where its state is
 * (%KVM_X86_XEN_HVM_FLAGS_RUNSTATE).
 *
 * Returns: (transfer full): the attribute
 *
 * Since: 0.1
 */
KvmX86XenAttribute *
kvm_x86_xen_attribute_new_runstate_address (guint64 address)
{
  KvmX86XenAttribute *self
      = _kvm_x86_xen_attribute_alloc (TRUE, KVM_X86_XEN_VCPU_ATTRIBUTE_TYPE_RUNSTATE_ADDRESS);

  self->abi.u.value = address;
  return self;
}

/**
 * kvm_x86_xen_attribute_new_runstate_current:
 * @state: 0 running, 1 runnable, 2 blocked, 3 offline
 *
 * Makes an attribute of a vCPU: its state (%KVM_X86_XEN_HVM_FLAGS_RUNSTATE).
 *
 * Returns: (transfer full): the attribute
 *
 * Since: 0.1
 */
KvmX86XenAttribute *
kvm_x86_xen_attribute_new_runstate_current (guint64 state)
{
  KvmX86XenAttribute *self
      = _kvm_x86_xen_attribute_alloc (TRUE, KVM_X86_XEN_VCPU_ATTRIBUTE_TYPE_RUNSTATE_CURRENT);

  self->abi.u.runstate.state = state;
  return self;
}

/**
 * kvm_x86_xen_attribute_new_runstate_data:
 * @state: 0 running, 1 runnable, 2 blocked, 3 offline
 * @entry_time: when it came into that state
 * @running: how long it was running
 * @runnable: how long it was runnable
 * @blocked: how long it was blocked
 * @offline: how long it was offline
 *
 * Makes an attribute of a vCPU: its state and how long it was in each, in nanoseconds
 * (%KVM_X86_XEN_HVM_FLAGS_RUNSTATE). The four times together are @entry_time.
 *
 * Returns: (transfer full): the attribute
 *
 * Since: 0.1
 */
KvmX86XenAttribute *
kvm_x86_xen_attribute_new_runstate_data (guint64 state, guint64 entry_time, guint64 running,
                                         guint64 runnable, guint64 blocked, guint64 offline)
{
  KvmX86XenAttribute *self
      = _kvm_x86_xen_attribute_alloc (TRUE, KVM_X86_XEN_VCPU_ATTRIBUTE_TYPE_RUNSTATE_DATA);

  self->abi.u.runstate.state = state;
  self->abi.u.runstate.state_entry_time = entry_time;
  self->abi.u.runstate.time_running = running;
  self->abi.u.runstate.time_runnable = runnable;
  self->abi.u.runstate.time_blocked = blocked;
  self->abi.u.runstate.time_offline = offline;
  return self;
}

/**
 * kvm_x86_xen_attribute_new_runstate_adjustment:
 * @state: the new state as in [ctor@Kvm.X86XenAttribute.new_runstate_current]; %G_MAXUINT64 to
 *   leave it as it is
 * @entry_time: what is added to the time when it came into its state
 * @running: what is added to the time for which it was running
 * @runnable: what is added to the time for which it was runnable
 * @blocked: what is added to the time for which it was blocked
 * @offline: what is added to the time for which it was offline
 *
 * Makes an attribute of a vCPU: how its times are to change, in nanoseconds
 * (%KVM_X86_XEN_HVM_FLAGS_RUNSTATE). The last four together are @entry_time.
 *
 * Returns: (transfer full): the attribute
 *
 * Since: 0.1
 */
KvmX86XenAttribute *
kvm_x86_xen_attribute_new_runstate_adjustment (guint64 state, guint64 entry_time, guint64 running,
                                               guint64 runnable, guint64 blocked, guint64 offline)
{
  KvmX86XenAttribute *self
      = _kvm_x86_xen_attribute_alloc (TRUE, KVM_X86_XEN_VCPU_ATTRIBUTE_TYPE_RUNSTATE_ADJUST);

  self->abi.u.runstate.state = state;
  self->abi.u.runstate.state_entry_time = entry_time;
  self->abi.u.runstate.time_running = running;
  self->abi.u.runstate.time_runnable = runnable;
  self->abi.u.runstate.time_blocked = blocked;
  self->abi.u.runstate.time_offline = offline;
  return self;
}

/**
 * kvm_x86_xen_attribute_new_vcpu_id:
 * @id: the number
 *
 * Makes an attribute of a vCPU: its number as Xen's
 * (%KVM_X86_XEN_HVM_FLAGS_EVENT_CHANNEL_SEND).
 *
 * Returns: (transfer full): the attribute
 *
 * Since: 0.1
 */
KvmX86XenAttribute *
kvm_x86_xen_attribute_new_vcpu_id (guint32 id)
{
  KvmX86XenAttribute *self
      = _kvm_x86_xen_attribute_alloc (TRUE, KVM_X86_XEN_VCPU_ATTRIBUTE_TYPE_VCPU_ID);

  self->abi.u.word = id;
  return self;
}

/**
 * kvm_x86_xen_attribute_new_timer:
 * @port: the port of the event that the timer sends; 0 to leave timers to exits
 * @expires: when it does so, in nanoseconds of the guest; 0 for never
 *
 * Makes an attribute of a vCPU: its timer
 * (%KVM_X86_XEN_HVM_FLAGS_EVENT_CHANNEL_SEND).
 *
 * Returns: (transfer full): the attribute
 *
 * Since: 0.1
 */
KvmX86XenAttribute *
kvm_x86_xen_attribute_new_timer (guint32 port, guint64 expires)
{
  KvmX86XenAttribute *self
      = _kvm_x86_xen_attribute_alloc (TRUE, KVM_X86_XEN_VCPU_ATTRIBUTE_TYPE_TIMER);

  self->abi.u.timer.port = port;
  self->abi.u.timer.priority = KVMOBJ_XEN_EVTCHN_PRIORITY_2LEVEL;
  self->abi.u.timer.expires_ns = expires;
  return self;
}

/**
 * kvm_x86_xen_attribute_new_vcpu_upcall_vector:
 * @vector: an interrupt vector from 16 on; 0 for none
 *
 * Makes an attribute of a vCPU: the vector of its local APIC that its events raise
 * (%KVM_X86_XEN_HVM_FLAGS_EVENT_CHANNEL_SEND).
 *
 * Returns: (transfer full): the attribute
 *
 * Since: 0.1
 */
KvmX86XenAttribute *
kvm_x86_xen_attribute_new_vcpu_upcall_vector (guint8 vector)
{
  KvmX86XenAttribute *self
      = _kvm_x86_xen_attribute_alloc (TRUE, KVM_X86_XEN_VCPU_ATTRIBUTE_TYPE_UPCALL_VECTOR);

  self->abi.u.byte = vector;
  return self;
}

/**
 * kvm_x86_xen_attribute_copy:
 * @self: an attribute
 *
 * Copies the attribute.
 *
 * Returns: (transfer full): the copy
 *
 * Since: 0.1
 */
KvmX86XenAttribute *
kvm_x86_xen_attribute_copy (const KvmX86XenAttribute *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_memdup2 (self, sizeof *self);
}

/**
 * kvm_x86_xen_attribute_free:
 * @self: (transfer full): an attribute
 *
 * Frees the attribute.
 *
 * Since: 0.1
 */
void
kvm_x86_xen_attribute_free (KvmX86XenAttribute *self)
{
  g_return_if_fail (self != NULL);

  g_free (self);
}

/**
 * kvm_x86_xen_attribute_equal:
 * @self: an attribute
 * @other: another
 *
 * Compares two attributes.
 *
 * Returns: whether they are the same
 *
 * Since: 0.1
 */
gboolean
kvm_x86_xen_attribute_equal (const KvmX86XenAttribute *self, const KvmX86XenAttribute *other)
{
  g_return_val_if_fail (self != NULL && other != NULL, FALSE);

  return self->of_vcpu == other->of_vcpu && memcmp (&self->abi, &other->abi, sizeof self->abi) == 0;
}

/**
 * kvm_x86_xen_attribute_get_value:
 * @self: an attribute
 *
 * Gets the value of an attribute that is one number, such as an address, a vector or a version; of
 * a state with its times, the state.
 *
 * Returns: the number; of an event channel or a timer, its port
 *
 * Since: 0.1
 */
guint64
kvm_x86_xen_attribute_get_value (const KvmX86XenAttribute *self)
{
  g_return_val_if_fail (self != NULL, 0);

  if (self->of_vcpu)
    switch ((KvmX86XenVcpuAttributeType) self->abi.type)
      {
      case KVM_X86_XEN_VCPU_ATTRIBUTE_TYPE_UPCALL_VECTOR:
        return self->abi.u.byte;
      case KVM_X86_XEN_VCPU_ATTRIBUTE_TYPE_VCPU_ID:
      case KVM_X86_XEN_VCPU_ATTRIBUTE_TYPE_TIMER:
        return self->abi.u.word;
      case KVM_X86_XEN_VCPU_ATTRIBUTE_TYPE_VCPU_INFO:
      case KVM_X86_XEN_VCPU_ATTRIBUTE_TYPE_TIME_INFO:
      case KVM_X86_XEN_VCPU_ATTRIBUTE_TYPE_RUNSTATE_ADDRESS:
      case KVM_X86_XEN_VCPU_ATTRIBUTE_TYPE_RUNSTATE_CURRENT:
      case KVM_X86_XEN_VCPU_ATTRIBUTE_TYPE_RUNSTATE_DATA:
      case KVM_X86_XEN_VCPU_ATTRIBUTE_TYPE_RUNSTATE_ADJUST:
      case KVM_X86_XEN_VCPU_ATTRIBUTE_TYPE_VCPU_INFO_HVA:
      default:
        return self->abi.u.value;
      }

  switch ((KvmX86XenVmAttributeType) self->abi.type)
    {
    case KVM_X86_XEN_VM_ATTRIBUTE_TYPE_LONG_MODE:
    case KVM_X86_XEN_VM_ATTRIBUTE_TYPE_UPCALL_VECTOR:
    case KVM_X86_XEN_VM_ATTRIBUTE_TYPE_RUNSTATE_UPDATE:
      return self->abi.u.byte;
    case KVM_X86_XEN_VM_ATTRIBUTE_TYPE_EVENT_CHANNEL:
    case KVM_X86_XEN_VM_ATTRIBUTE_TYPE_VERSION:
      return self->abi.u.word;
    case KVM_X86_XEN_VM_ATTRIBUTE_TYPE_SHARED_INFO:
    case KVM_X86_XEN_VM_ATTRIBUTE_TYPE_SHARED_INFO_HVA:
    default:
      return self->abi.u.value;
    }
}

/**
 * kvm_x86_xen_attribute_get_runstate:
 * @self: an attribute made by [ctor@Kvm.X86XenAttribute.new_runstate_data] or
 *   [ctor@Kvm.X86XenAttribute.new_runstate_adjustment], or got as one of these types
 * @entry_time: (out) (optional): when it came into its state
 * @running: (out) (optional): how long it was running
 * @runnable: (out) (optional): how long it was runnable
 * @blocked: (out) (optional): how long it was blocked
 * @offline: (out) (optional): how long it was offline
 *
 * Gets the times of a vCPU, in nanoseconds.
 *
 * Returns: whether the attribute has them; if not, all are 0
 *
 * Since: 0.1
 */
gboolean
kvm_x86_xen_attribute_get_runstate (const KvmX86XenAttribute *self, guint64 *entry_time,
                                    guint64 *running, guint64 *runnable, guint64 *blocked,
                                    guint64 *offline)
{
  static const KvmAbiXenAttr nothing;
  const KvmAbiXenAttr *abi = &nothing;
  gboolean has_times = FALSE;

  if (self != NULL)
    has_times = self->of_vcpu
                && (self->abi.type == KVM_X86_XEN_VCPU_ATTRIBUTE_TYPE_RUNSTATE_DATA
                    || self->abi.type == KVM_X86_XEN_VCPU_ATTRIBUTE_TYPE_RUNSTATE_ADJUST);
  if (has_times)
    abi = &self->abi;
  if (entry_time != NULL)
    *entry_time = abi->u.runstate.state_entry_time;
  if (running != NULL)
    *running = abi->u.runstate.time_running;
  if (runnable != NULL)
    *runnable = abi->u.runstate.time_runnable;
  if (blocked != NULL)
    *blocked = abi->u.runstate.time_blocked;
  if (offline != NULL)
    *offline = abi->u.runstate.time_offline;
  g_return_val_if_fail (self != NULL, FALSE);
  return has_times;
}

/**
 * kvm_x86_xen_attribute_get_timer_expiry:
 * @self: an attribute made by [ctor@Kvm.X86XenAttribute.new_timer], or got as one of this type
 *
 * Gets when a timer sends its event.
 *
 * Returns: the time in nanoseconds of the guest; 0 for never, or if this is no timer
 *
 * Since: 0.1
 */
guint64
kvm_x86_xen_attribute_get_timer_expiry (const KvmX86XenAttribute *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->of_vcpu && self->abi.type == KVM_X86_XEN_VCPU_ATTRIBUTE_TYPE_TIMER
             ? self->abi.u.timer.expires_ns
             : 0;
}

/**
 * kvm_x86_xen_attribute_to_bytes:
 * @self: an attribute
 *
 * Gets the attribute as the kernel lays it out in `struct kvm_xen_hvm_attr` or
 * `struct kvm_xen_vcpu_attr`, little-endian.
 *
 * Returns: (transfer full): 72 bytes
 *
 * Since: 0.1
 */
GBytes *
kvm_x86_xen_attribute_to_bytes (const KvmX86XenAttribute *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_bytes_new (&self->abi, sizeof self->abi);
}
