/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#if !defined(KVMOBJ_INSIDE) && !defined(KVMOBJ_COMPILATION)
#error "Only <kvmobj/kvmobj.h> can be included directly."
#endif

#include <kvmobj/kvm-io-device.h>

G_BEGIN_DECLS

#define KVM_TYPE_RTC (kvm_rtc_get_type ())

KVMOBJ_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (KvmRtc, kvm_rtc, KVM, RTC, GObject)

KVMOBJ_AVAILABLE_IN_0_1
KvmRtc *kvm_rtc_new (void);
KVMOBJ_AVAILABLE_IN_0_1
gint64 kvm_rtc_get_offset (KvmRtc *self);
KVMOBJ_AVAILABLE_IN_0_1
void kvm_rtc_set_offset (KvmRtc *self, gint64 offset);
KVMOBJ_AVAILABLE_IN_0_1
guint8 kvm_rtc_get_byte (KvmRtc *self, guint index);
KVMOBJ_AVAILABLE_IN_0_1
void kvm_rtc_set_byte (KvmRtc *self, guint index, guint8 value);

G_END_DECLS
