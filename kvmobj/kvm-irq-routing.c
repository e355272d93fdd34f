/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "kvm-error-private.h"
#include "kvm-ioctl-private.h"
#include "kvm-irq-routing.h"
#include "kvm-vm-private.h"
#include "x86/kvm-x86-irqchip.h"

/**
 * KvmIrqRouting:
 *
 * Where the interrupts of a virtual machine lead: for each number (global system interrupt, GSI)
 * to pins of interrupt controllers, or to a message. [method@Kvm.Vm.set_irq_line] and
 * [class@Kvm.IrqTrigger] raise an interrupt by its number.
 *
 * A routing is put together first and then given to [method@Kvm.Vm.set_irq_routing] as a whole,
 * which replaces what there was. The kernel does not tell what that is. On x86
 * [method@Kvm.Vm.create_irqchip] makes this one, which a program that adds to it begins with:
 *
 * ```c
 * g_autoptr (KvmIrqRouting) routing = kvm_irq_routing_new ();
 *
 * for (guint gsi = 0; gsi < 16; gsi++)
 *   kvm_irq_routing_add_irqchip (routing, gsi, gsi / 8, gsi % 8, &error); // the two PICs
 * for (guint gsi = 0; gsi < 24; gsi++)
 *   kvm_irq_routing_add_irqchip (routing, gsi, KVM_X86_IRQCHIP_ID_IOAPIC, gsi, &error);
 * ```
 *
 * (PCs have interrupt 0, the timer's, at pin 2 of the I/O APIC: a program may want that instead.)
 *
 * A routing has no lock; it may be used again, for the same or another virtual machine.
 *
 * Since: 0.1
 */
struct _KvmIrqRouting
{
  GObject parent_instance;
  GArray *entries; /* of KvmAbiIrqRoutingEntry */
};

G_DEFINE_FINAL_TYPE (KvmIrqRouting, kvm_irq_routing, G_TYPE_OBJECT)

static void
kvm_irq_routing_finalize (GObject *object)
{
  KvmIrqRouting *self = KVM_IRQ_ROUTING (object);

  g_array_unref (self->entries);

  G_OBJECT_CLASS (kvm_irq_routing_parent_class)->finalize (object);
}

static void
kvm_irq_routing_class_init (KvmIrqRoutingClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = kvm_irq_routing_finalize;
}

static void
kvm_irq_routing_init (KvmIrqRouting *self)
{
  self->entries = g_array_new (FALSE, FALSE, sizeof (KvmAbiIrqRoutingEntry));
}

static inline KvmAbiIrqRoutingEntry *
get_entry (KvmIrqRouting *self, guint position)
{
  return &g_array_index (self->entries, KvmAbiIrqRoutingEntry, position);
}

static char *
describe (const KvmAbiIrqRoutingEntry *entry)
{
  switch (entry->type)
    {
    case KVMOBJ_IRQ_ROUTING_IRQCHIP:
      return g_strdup_printf ("GSI %u to pin %u of irqchip %u", entry->gsi, entry->irqchip.pin,
                              entry->irqchip.irqchip);
    case KVMOBJ_IRQ_ROUTING_MSI:
      return g_strdup_printf (
          "GSI %u to an MSI at 0x%" G_GINT64_MODIFIER "x with data 0x%x", entry->gsi,
          (guint64) entry->msi.address_hi << 32 | entry->msi.address_lo, entry->msi.data);
    case KVMOBJ_IRQ_ROUTING_HV_SINT:
      return g_strdup_printf ("GSI %u to SINT %u of vCPU %u", entry->gsi, entry->hv_sint.sint,
                              entry->hv_sint.vcpu);
    default:
      return g_strdup_printf ("GSI %u to event channel %u of vCPU %u", entry->gsi,
                              entry->xen_evtchn.port, entry->xen_evtchn.vcpu);
    }
}

/* The kernel takes several routes of a number only if each leads to another interrupt controller.
 */
static gboolean
add (KvmIrqRouting *self, const KvmAbiIrqRoutingEntry *entry, GError **error)
{
  for (guint i = 0; i < self->entries->len; i++)
    {
      const KvmAbiIrqRoutingEntry *other = get_entry (self, i);

      if (other->gsi == entry->gsi
          && (other->type != KVMOBJ_IRQ_ROUTING_IRQCHIP || entry->type != KVMOBJ_IRQ_ROUTING_IRQCHIP
              || other->irqchip.irqchip == entry->irqchip.irqchip))
        {
          g_autofree char *wanted = describe (entry);
          g_autofree char *present = describe (other);

          g_set_error (error, KVM_ERROR, KVM_ERROR_EXISTS,
                       "The route of %s is in the way of that of %s; remove it first", present,
                       wanted);
          return FALSE;
        }
    }
  g_array_append_val (self->entries, *entry);
  return TRUE;
}

/**
 * kvm_irq_routing_new:
 *
 * Makes a routing in which no interrupt leads anywhere.
 *
 * Returns: (transfer full): the routing
 *
 * Since: 0.1
 */
KvmIrqRouting *
kvm_irq_routing_new (void)
{
  return g_object_new (KVM_TYPE_IRQ_ROUTING, NULL);
}

/**
 * kvm_irq_routing_add_irqchip:
 * @self: a routing
 * @gsi: the number of the interrupt
 * @irqchip: which interrupt controller: a [enum@Kvm.X86IrqchipId] on x86, 0 on arm64 and riscv64
 * @pin: which of its pins; the slave PIC's own count from 0
 * @error: return location for an error
 *
 * Leads an interrupt to a pin of an interrupt controller. It may lead to several controllers at the
 * same time.
 *
 * Fails with %KVM_ERROR_EXISTS if it leads to that controller, or not to one, already.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_irq_routing_add_irqchip (KvmIrqRouting *self, guint gsi, guint irqchip, guint pin,
                             GError **error)
{
  KvmAbiIrqRoutingEntry entry = {
    .gsi = gsi,
    .type = KVMOBJ_IRQ_ROUTING_IRQCHIP,
    .words = { irqchip, pin },
  };

  g_return_val_if_fail (KVM_IS_IRQ_ROUTING (self), FALSE);

  return add (self, &entry, error);
}

/**
 * kvm_irq_routing_add_msi:
 * @self: a routing
 * @gsi: the number of the interrupt
 * @address: where a device would write the message
 * @data: what it would write
 * @flags: what else there is
 * @device_id: the id of the device, with %KVM_MSI_FLAGS_VALID_DEVICE_ID; else 0
 * @error: return location for an error
 *
 * Leads an interrupt to a message, as that of [method@Kvm.Vm.signal_msi].
 *
 * Fails with %KVM_ERROR_EXISTS if it leads somewhere already.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_irq_routing_add_msi (KvmIrqRouting *self, guint gsi, guint64 address, guint32 data,
                         KvmMsiFlags flags, guint32 device_id, GError **error)
{
  KvmAbiIrqRoutingEntry entry = {
    .gsi = gsi,
    .type = KVMOBJ_IRQ_ROUTING_MSI,
    .flags = flags,
    .words = { (guint32) address, address >> 32, data, device_id },
  };

  g_return_val_if_fail (KVM_IS_IRQ_ROUTING (self), FALSE);

  return add (self, &entry, error);
}

/**
 * kvm_irq_routing_add_hyperv_sint:
 * @self: a routing
 * @gsi: the number of the interrupt
 * @vcpu: the index that Hyper-V has for a vCPU
 * @sint: which of its synthetic interrupts, below 16
 * @error: return location for an error
 *
 * Leads an interrupt to a synthetic interrupt of Hyper-V's (%KVM_CAPABILITY_HYPERV_SYNIC; x86).
 *
 * Fails with %KVM_ERROR_EXISTS if it leads somewhere already.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_irq_routing_add_hyperv_sint (KvmIrqRouting *self, guint gsi, guint vcpu, guint sint,
                                 GError **error)
{
  KvmAbiIrqRoutingEntry entry = {
    .gsi = gsi,
    .type = KVMOBJ_IRQ_ROUTING_HV_SINT,
    .words = { vcpu, sint },
  };

  g_return_val_if_fail (KVM_IS_IRQ_ROUTING (self), FALSE);

  return add (self, &entry, error);
}

/**
 * kvm_irq_routing_add_xen_event_channel:
 * @self: a routing
 * @gsi: the number of the interrupt
 * @port: the event channel
 * @vcpu: the vCPU that it is for
 * @priority: `G_MAXUINT32` for event channels of two levels, the only ones that the kernel knows
 * @error: return location for an error
 *
 * Leads an interrupt to an event channel of Xen's (%KVM_CAPABILITY_XEN_HVM; x86).
 *
 * Fails with %KVM_ERROR_EXISTS if it leads somewhere already.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_irq_routing_add_xen_event_channel (KvmIrqRouting *self, guint gsi, guint port, guint vcpu,
                                       guint32 priority, GError **error)
{
  KvmAbiIrqRoutingEntry entry = {
    .gsi = gsi,
    .type = KVMOBJ_IRQ_ROUTING_XEN_EVTCHN,
    .words = { port, vcpu, priority },
  };

  g_return_val_if_fail (KVM_IS_IRQ_ROUTING (self), FALSE);

  return add (self, &entry, error);
}

/**
 * kvm_irq_routing_remove:
 * @self: a routing
 * @gsi: the number of an interrupt
 *
 * Removes all routes of an interrupt, which then leads nowhere.
 *
 * Returns: how many there were
 *
 * Since: 0.1
 */
guint
kvm_irq_routing_remove (KvmIrqRouting *self, guint gsi)
{
  guint before;

  g_return_val_if_fail (KVM_IS_IRQ_ROUTING (self), 0);

  before = self->entries->len;
  for (guint i = before; i > 0; i--)
    if (get_entry (self, i - 1)->gsi == gsi)
      g_array_remove_index (self->entries, i - 1);
  return before - self->entries->len;
}

/**
 * kvm_irq_routing_get_n_routes:
 * @self: a routing
 *
 * Gets how many routes there are. One interrupt may have several.
 *
 * Returns: the number of routes
 *
 * Since: 0.1
 */
guint
kvm_irq_routing_get_n_routes (KvmIrqRouting *self)
{
  g_return_val_if_fail (KVM_IS_IRQ_ROUTING (self), 0);

  return self->entries->len;
}

/* Why the kernel refuses an entry whatever else there is, as far as that is known. */
static const char *
guess_entry_mistake (const KvmAbiIrqRoutingEntry *entry)
{
  gboolean is_x86 = KVMOBJ_HOST_ARCH == KVMOBJ_ARCH_X86;

  switch (entry->type)
    {
    case KVMOBJ_IRQ_ROUTING_IRQCHIP:
      if (entry->irqchip.irqchip > (is_x86 ? KVM_X86_IRQCHIP_ID_IOAPIC : 0))
        return "there is no such irqchip";
      if (is_x86
          && entry->irqchip.pin >= (entry->irqchip.irqchip == KVM_X86_IRQCHIP_ID_IOAPIC
                                        ? KVMOBJ_IOAPIC_N_PINS
                                        : 8))
        return "there is no such pin";
      return NULL;
    case KVMOBJ_IRQ_ROUTING_MSI:
      return entry->flags & ~KVM_MSI_FLAGS_VALID_DEVICE_ID ? "there are no such flags" : NULL;
    default:
      if (!is_x86)
        return "only x86 has this";
      if (entry->type == KVMOBJ_IRQ_ROUTING_XEN_EVTCHN && entry->xen_evtchn.priority != G_MAXUINT32)
        return "the priority must be G_MAXUINT32";
      return NULL;
    }
}

/* The kernel says no more than that something is wrong. To try the entries one by one would change
 * what a running guest has. */
static void
add_routing_detail (KvmVm *vm, KvmIrqRouting *self, GError **error)
{
  int limit = _kvm_handle_peek_extension (&vm->handle, KVM_CAPABILITY_IRQ_ROUTING);
  guint types = 0;

  if (error == NULL || (*error)->code != KVM_ERROR_INVALID_ARGUMENT)
    return;

  for (guint i = 0; i < self->entries->len; i++)
    {
      const KvmAbiIrqRoutingEntry *entry = get_entry (self, i);
      const char *mistake = guess_entry_mistake (entry);
      g_autofree char *route = describe (entry);

      types |= 1u << entry->type;
      if (entry->gsi >= (guint) limit)
        _kvm_error_add_detail (error, "%s; numbers are below %d", route, limit);
      else if (mistake != NULL)
        _kvm_error_add_detail (error, "%s; %s", route, mistake);
      else
        continue;
      return;
    }

  if (self->entries->len > (guint) limit)
    _kvm_error_add_detail (error, "%u routes; there can be %d", self->entries->len, limit);
  else if (types & (1u << KVMOBJ_IRQ_ROUTING_HV_SINT | 1u << KVMOBJ_IRQ_ROUTING_XEN_EVTCHN))
    _kvm_error_add_detail (error,
                           "%u routes; is what Hyper-V or Xen need set up, for each vCPU that is "
                           "named?",
                           self->entries->len);
  else
    _kvm_error_add_detail (error,
                           "%u routes; are the interrupt controllers that they lead to in the "
                           "kernel? See " KVMOBJ_IRQCHIP_MAKER,
                           self->entries->len);
}

/**
 * kvm_vm_set_irq_routing:
 * @vm: a virtual machine with interrupt controllers in the kernel
 * @routing: where its interrupts lead
 * @error: return location for an error
 *
 * Replaces all routes of interrupts (`KVM_SET_GSI_ROUTING`; %KVM_CAPABILITY_IRQ_ROUTING). Lines and
 * triggers that are there follow the new routes. If the kernel refuses one route, the old ones
 * stay, all of them. What [method@Kvm.Vm.check_extension] says of the capability is how many routes
 * there can be; their numbers are below that. See section 4.52 of api.rst.
 *
 * Fails with %KVM_ERROR_INVALID_ARGUMENT if the kernel refuses a route, where the message names it
 * if it can be known; %KVM_ERROR_NO_MEMORY, %KVM_ERROR_CLOSED, and with %KVM_ERROR_NOT_SUPPORTED.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vm_set_irq_routing (KvmVm *vm, KvmIrqRouting *routing, GError **error)
{
  g_autofree KvmAbiIrqRouting *abi = NULL;
  gsize size;

  g_return_val_if_fail (KVM_IS_VM (vm), FALSE);
  g_return_val_if_fail (KVM_IS_IRQ_ROUTING (routing), FALSE);

  size = routing->entries->len * sizeof (KvmAbiIrqRoutingEntry);
  abi = g_try_malloc0 (sizeof *abi + size);
  if (abi == NULL)
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_NO_MEMORY,
                   "KVM_SET_GSI_ROUTING: there is no room for %u routes", routing->entries->len);
      return FALSE;
    }
  abi->nr = routing->entries->len;
  if (size != 0)
    memcpy (abi->entries, routing->entries->data, size);

  if (kvm_ioctl (&vm->handle, KVM_SET_GSI_ROUTING, abi, error) == -1)
    {
      add_routing_detail (vm, routing, error);
      return FALSE;
    }
  return TRUE;
}
