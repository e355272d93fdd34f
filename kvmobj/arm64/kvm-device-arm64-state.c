/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the state of interrupt controllers is made of, and the order in which it is restored:
 * Documentation/virt/kvm/devices/arm-vgic.rst, arm-vgic-v3.rst and arm-vgic-its.rst. */

#include "config.h"

#include "kvm-device-state-private.h"

enum
{
  GROUP_DISTRIBUTOR = 1,
  GROUP_V2_CPU = 2,
  GROUP_N_IRQS = 3,
  GROUP_REDISTRIBUTOR = 5,
  GROUP_CPU_SYSREGS = 6,
  GROUP_LEVELS = 7,
  GROUP_ITS = 8
};

#define GICD_CTLR 0x0u
#define GICD_TYPER 0x4u
#define GICD_IIDR 0x8u
#define GICD_STATUSR 0x10u
#define GICD_IGROUPR 0x80u
#define GICD_ISENABLER 0x100u
#define GICD_ICENABLER 0x180u
#define GICD_ISPENDR 0x200u
#define GICD_ICPENDR 0x280u
#define GICD_ISACTIVER 0x300u
#define GICD_ICACTIVER 0x380u
#define GICD_IPRIORITYR 0x400u
#define GICD_ITARGETSR 0x800u
#define GICD_ICFGR 0xc00u
#define GICD_CPENDSGIR 0xf10u
#define GICD_SPENDSGIR 0xf20u
#define GICD_IROUTER 0x6000u

#define GICR_CTLR 0x0u
#define GICR_STATUSR 0x10u
#define GICR_WAKER 0x14u
#define GICR_PROPBASER 0x70u
#define GICR_PENDBASER 0x78u
#define GICR_SGI_BASE 0x10000u /* where what a distributor has for the first 32 is */

#define TYPER_LPIS (1u << 17)

#define SYSREG(op0, op1, crn, crm, op2)                                                            \
  ((op0) << 14 | (op1) << 11 | (crn) << 7 | (crm) << 3 | (op2))

static const guint16 cpu_sysregs[] = {
  SYSREG (3, 0, 12, 12, 5), /* ICC_SRE_EL1 */
  SYSREG (3, 0, 12, 12, 4), /* ICC_CTLR_EL1 */
  SYSREG (3, 0, 12, 12, 6), /* ICC_IGRPEN0_EL1 */
  SYSREG (3, 0, 12, 12, 7), /* ICC_IGRPEN1_EL1 */
  SYSREG (3, 0, 4, 6, 0),   /* ICC_PMR_EL1 */
  SYSREG (3, 0, 12, 8, 3),  /* ICC_BPR0_EL1 */
  SYSREG (3, 0, 12, 12, 3), /* ICC_BPR1_EL1 */
  SYSREG (3, 0, 12, 8, 4),  /* ICC_AP0R0_EL1 to 3 */
  SYSREG (3, 0, 12, 8, 5),  SYSREG (3, 0, 12, 8, 6), SYSREG (3, 0, 12, 8, 7),
  SYSREG (3, 0, 12, 9, 0), /* ICC_AP1R0_EL1 to 3 */
  SYSREG (3, 0, 12, 9, 1),  SYSREG (3, 0, 12, 9, 2), SYSREG (3, 0, 12, 9, 3),
};

static const guint16 v2_cpu_registers[]
    = { 0x0, 0x4, 0x8, 0x1c, 0xd0 }; /* CTLR, PMR, BPR, ABPR, APR0 */

static const guint16 its_registers[] = {
  0x4,   0x80,  0x90,  0x88,  0x100, 0x108, 0x110, /* IIDR, CBASER, CREADR, CWRITER, BASER0… */
  0x118, 0x120, 0x128, 0x130, 0x138, 0x0,          /* …7, CTLR */
};

static void
add_words (GArray *attributes, guint32 group, guint64 begin, guint64 end)
{
  for (guint64 at = begin; at < end; at += 4)
    _kvm_device_list_add (attributes, group, 4, at);
}

/* The interrupts from @first to before @last, of a distributor or of what is like one. Lines come
 * before what is pending because of them. */
static void
add_interrupts (GArray *attributes, guint32 group, guint64 base, guint first, guint last)
{
  add_words (attributes, group, base + GICD_IGROUPR + first / 8, base + GICD_IGROUPR + last / 8);
  add_words (attributes, group, base + GICD_ICFGR + first / 4, base + GICD_ICFGR + last / 4);
  add_words (attributes, group, base + GICD_ISENABLER + first / 8,
             base + GICD_ISENABLER + last / 8);
  add_words (attributes, group, base + GICD_ISPENDR + first / 8, base + GICD_ISPENDR + last / 8);
  add_words (attributes, group, base + GICD_ISACTIVER + first / 8,
             base + GICD_ISACTIVER + last / 8);
  add_words (attributes, group, base + GICD_IPRIORITYR + first, base + GICD_IPRIORITYR + last);
}

void
_kvm_device_arm64_list_vgic_v2 (KvmHandle *device, const guint64 *cpus, guint n_cpus,
                                GArray *attributes)
{
  guint n_irqs = _kvm_device_list_ask (device, GROUP_N_IRQS, 0);

  /* Groups are taken only by who has set this. */
  _kvm_device_list_add (attributes, GROUP_DISTRIBUTOR, 4, GICD_IIDR);
  _kvm_device_list_add (attributes, GROUP_DISTRIBUTOR, 4, GICD_CTLR);
  for (guint i = 0; i < n_cpus; i++)
    {
      guint64 cpu = (guint64) i << 32;

      add_interrupts (attributes, GROUP_DISTRIBUTOR, cpu, 0, 32);
      add_words (attributes, GROUP_DISTRIBUTOR, cpu | GICD_SPENDSGIR, cpu | (GICD_SPENDSGIR + 16));
    }
  add_words (attributes, GROUP_DISTRIBUTOR, GICD_ITARGETSR + 32, GICD_ITARGETSR + n_irqs);
  add_interrupts (attributes, GROUP_DISTRIBUTOR, 0, 32, n_irqs);
  for (guint i = 0; i < n_cpus; i++)
    for (guint j = 0; j < G_N_ELEMENTS (v2_cpu_registers); j++)
      _kvm_device_list_add (attributes, GROUP_V2_CPU, 4, (guint64) i << 32 | v2_cpu_registers[j]);
}

void
_kvm_device_arm64_list_vgic_v3 (KvmHandle *device, const guint64 *cpus, guint n_cpus,
                                GArray *attributes)
{
  guint n_irqs = _kvm_device_list_ask (device, GROUP_N_IRQS, 0);
  gboolean has_lpis
      = (_kvm_device_list_ask (device, GROUP_DISTRIBUTOR, GICD_TYPER) & TYPER_LPIS) != 0;

  _kvm_device_list_add (attributes, GROUP_DISTRIBUTOR, 4, GICD_IIDR);
  _kvm_device_list_add (attributes, GROUP_DISTRIBUTOR, 4, GICD_CTLR);
  _kvm_device_list_add (attributes, GROUP_DISTRIBUTOR, 4, GICD_STATUSR);
  for (guint i = 0; i < n_cpus; i++)
    {
      /* Where LPIs are comes before they are switched on. */
      if (has_lpis)
        add_words (attributes, GROUP_REDISTRIBUTOR, cpus[i] | GICR_PROPBASER,
                   cpus[i] | (GICR_PENDBASER + 8));
      _kvm_device_list_add (attributes, GROUP_REDISTRIBUTOR, 4, cpus[i] | GICR_CTLR);
      _kvm_device_list_add (attributes, GROUP_REDISTRIBUTOR, 4, cpus[i] | GICR_STATUSR);
      _kvm_device_list_add (attributes, GROUP_REDISTRIBUTOR, 4, cpus[i] | GICR_WAKER);
      _kvm_device_list_add (attributes, GROUP_LEVELS, 4, cpus[i]);
      add_interrupts (attributes, GROUP_REDISTRIBUTOR, cpus[i] | GICR_SGI_BASE, 0, 32);
    }
  for (guint irq = 32; irq < n_irqs && n_cpus > 0; irq += 32)
    _kvm_device_list_add (attributes, GROUP_LEVELS, 4, cpus[0] | irq);
  add_interrupts (attributes, GROUP_DISTRIBUTOR, 0, 32, n_irqs);
  add_words (attributes, GROUP_DISTRIBUTOR, GICD_IROUTER + 8 * 32, GICD_IROUTER + 8 * n_irqs);
  for (guint i = 0; i < n_cpus; i++)
    for (guint j = 0; j < G_N_ELEMENTS (cpu_sysregs); j++)
      _kvm_device_list_add (attributes, GROUP_CPU_SYSREGS, 8, cpus[i] | cpu_sysregs[j]);
}

void
_kvm_device_arm64_list_its (KvmHandle *device, const guint64 *cpus, guint n_cpus,
                            GArray *attributes)
{
  for (guint i = 0; i < G_N_ELEMENTS (its_registers); i++)
    _kvm_device_list_add (attributes, GROUP_ITS, 8, its_registers[i]);
}

gboolean
_kvm_device_arm64_find_clear (const KvmDeviceItem *item, guint64 *attribute)
{
  guint64 offset = item->attribute & G_MAXUINT32;

  if (item->group == GROUP_REDISTRIBUTOR)
    {
      if (offset < GICR_SGI_BASE)
        return FALSE;
      offset -= GICR_SGI_BASE;
    }
  else if (item->group != GROUP_DISTRIBUTOR)
    return FALSE;

  /* What is pending is set and cleared by the one register of a GICv3, and the other does nothing.
   */
  if ((offset >= GICD_ISENABLER && offset < GICD_ICENABLER)
      || (offset >= GICD_ISPENDR && offset < GICD_ICPENDR)
      || (offset >= GICD_ISACTIVER && offset < GICD_ICACTIVER))
    *attribute = item->attribute + (GICD_ICENABLER - GICD_ISENABLER);
  else if (item->group == GROUP_DISTRIBUTOR && offset >= GICD_SPENDSGIR
           && offset < GICD_SPENDSGIR + 16)
    *attribute = item->attribute - (GICD_SPENDSGIR - GICD_CPENDSGIR);
  else
    return FALSE;
  return TRUE;
}
