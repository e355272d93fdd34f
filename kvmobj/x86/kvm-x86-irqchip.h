/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#if !defined(KVMOBJ_INSIDE) && !defined(KVMOBJ_COMPILATION)
#error "Only <kvmobj/kvmobj.h> can be included directly."
#endif

#include <glib-object.h>

#include <kvmobj/kvm-version-macros.h>

G_BEGIN_DECLS

/**
 * KvmX86IrqchipId:
 * @KVM_X86_IRQCHIP_ID_PIC_MASTER: the i8259 with interrupts 0 to 7
 * @KVM_X86_IRQCHIP_ID_PIC_SLAVE: the i8259 with interrupts 8 to 15
 * @KVM_X86_IRQCHIP_ID_IOAPIC: the I/O APIC with 24 pins
 *
 * The interrupt controllers of a PC.
 *
 * Since: 0.1
 */
typedef enum
{
  KVM_X86_IRQCHIP_ID_PIC_MASTER = 0,
  KVM_X86_IRQCHIP_ID_PIC_SLAVE = 1,
  KVM_X86_IRQCHIP_ID_IOAPIC = 2,
} KvmX86IrqchipId;

#define KVM_TYPE_X86_PIC_STATE (kvm_x86_pic_state_get_type ())
#define KVM_TYPE_X86_IRQCHIP (kvm_x86_irqchip_get_type ())

typedef struct _KvmX86PicState KvmX86PicState;

/**
 * KvmX86PicState:
 * @last_irr: the lines that were up last, to find edges
 * @irr: the interrupts that are requested, one bit a line
 * @imr: the interrupts that are masked
 * @isr: the interrupts in service
 * @priority_add: the line with the highest priority
 * @irq_base: the vector of line 0
 * @read_reg_select: whether a read of the port gets @isr instead of @irr
 * @poll: whether the next read is a poll
 * @special_mask: whether masked lines do not hold up those behind them
 * @init_state: how far the guest is in setting it up; 0 when it is done
 * @auto_eoi: whether an interrupt ends when it is taken
 * @rotate_on_auto_eoi: whether that changes the priorities
 * @special_fully_nested_mode: whether the slave's interrupts can nest
 * @init4: whether setting it up takes four bytes
 * @elcr: the lines that are levels and not edges
 * @elcr_mask: the lines that can be levels
 *
 * The state of one i8259. It has the layout of the kernel's `struct kvm_pic_state`.
 *
 * Since: 0.1
 */
struct _KvmX86PicState
{
  guint8 last_irr;
  guint8 irr;
  guint8 imr;
  guint8 isr;
  guint8 priority_add;
  guint8 irq_base;
  guint8 read_reg_select;
  guint8 poll;
  guint8 special_mask;
  guint8 init_state;
  guint8 auto_eoi;
  guint8 rotate_on_auto_eoi;
  guint8 special_fully_nested_mode;
  guint8 init4;
  guint8 elcr;
  guint8 elcr_mask;
};

/**
 * KvmX86Irqchip:
 *
 * The state of one of the interrupt controllers of a PC, from [method@Kvm.Vm.x86_get_irqchip]. It
 * is a value: to change it changes nothing in the guest before [method@Kvm.Vm.x86_set_irqchip].
 *
 * Since: 0.1
 */
typedef struct _KvmX86Irqchip KvmX86Irqchip;

KVMOBJ_AVAILABLE_IN_0_1
GType kvm_x86_pic_state_get_type (void);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86PicState *kvm_x86_pic_state_new (void);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86PicState *kvm_x86_pic_state_copy (const KvmX86PicState *self);
KVMOBJ_AVAILABLE_IN_0_1
void kvm_x86_pic_state_free (KvmX86PicState *self);

KVMOBJ_AVAILABLE_IN_0_1
GType kvm_x86_irqchip_get_type (void);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86Irqchip *kvm_x86_irqchip_new_from_bytes (GBytes *bytes, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86Irqchip *kvm_x86_irqchip_copy (const KvmX86Irqchip *self);
KVMOBJ_AVAILABLE_IN_0_1
void kvm_x86_irqchip_free (KvmX86Irqchip *self);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_x86_irqchip_equal (const KvmX86Irqchip *self, const KvmX86Irqchip *other);
KVMOBJ_AVAILABLE_IN_0_1
GBytes *kvm_x86_irqchip_to_bytes (const KvmX86Irqchip *self);
KVMOBJ_AVAILABLE_IN_0_1
char *kvm_x86_irqchip_to_string (const KvmX86Irqchip *self);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86IrqchipId kvm_x86_irqchip_get_id (const KvmX86Irqchip *self);

KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_x86_irqchip_get_pic (const KvmX86Irqchip *self, KvmX86PicState *pic, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_x86_irqchip_set_pic (KvmX86Irqchip *self, const KvmX86PicState *pic, GError **error);

KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_x86_irqchip_get_ioapic_address (const KvmX86Irqchip *self);
KVMOBJ_AVAILABLE_IN_0_1
guint kvm_x86_irqchip_get_ioapic_register (const KvmX86Irqchip *self);
KVMOBJ_AVAILABLE_IN_0_1
guint kvm_x86_irqchip_get_ioapic_id (const KvmX86Irqchip *self);
KVMOBJ_AVAILABLE_IN_0_1
guint kvm_x86_irqchip_get_ioapic_irr (const KvmX86Irqchip *self);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_x86_irqchip_get_redirection (const KvmX86Irqchip *self, guint pin, guint64 *entry,
                                          GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_x86_irqchip_set_redirection (KvmX86Irqchip *self, guint pin, guint64 entry,
                                          GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KvmX86PicState, kvm_x86_pic_state_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KvmX86Irqchip, kvm_x86_irqchip_free)

G_END_DECLS
