/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#if !defined(KVMOBJ_INSIDE) && !defined(KVMOBJ_COMPILATION)
#error "Only <kvmobj/kvmobj.h> can be included directly."
#endif

#include <kvmobj/kvm-io-device.h>
#include <kvmobj/kvm-irq-trigger.h>

G_BEGIN_DECLS

#define KVM_TYPE_SERIAL (kvm_serial_get_type ())

KVMOBJ_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (KvmSerial, kvm_serial, KVM, SERIAL, GObject)

/**
 * KvmSerialInterruptFunc:
 * @self: the serial port
 * @level: %TRUE if it wants the guest's attention, %FALSE if it does not any more
 * @user_data: what was given to [method@Kvm.Serial.set_interrupt_func]
 *
 * Tells that the level of a serial port's interrupt line has changed.
 *
 * It is called in the thread that made the change: one that runs a vCPU, or that of the main
 * context in which input arrives; but in one at a time. No lock is held.
 *
 * Since: 0.1
 */
typedef void (*KvmSerialInterruptFunc) (KvmSerial *self, gboolean level, gpointer user_data);

KVMOBJ_AVAILABLE_IN_0_1
KvmSerial *kvm_serial_new (GIOStream *stream);
KVMOBJ_AVAILABLE_IN_0_1
GIOStream *kvm_serial_get_stream (KvmSerial *self);
KVMOBJ_AVAILABLE_IN_0_1
void kvm_serial_set_interrupt_func (KvmSerial *self, KvmSerialInterruptFunc func,
                                    gpointer user_data, GDestroyNotify destroy);
KVMOBJ_AVAILABLE_IN_0_1
void kvm_serial_set_interrupt_trigger (KvmSerial *self, KvmIrqTrigger *trigger);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_serial_flush (KvmSerial *self, GCancellable *cancellable, GError **error);

KVMOBJ_AVAILABLE_IN_0_1
GVariant *kvm_serial_save_state (KvmSerial *self, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_serial_restore_state (KvmSerial *self, GVariant *state, GError **error);

G_END_DECLS
