/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The table of Intel's MultiProcessor Specification, version 1.4, which tells of the processors and
 * of the interrupt controllers that KVM has in the kernel. Without it Linux takes the oldest ones,
 * and has no other timer than the PIT's. */

#include "config.h"

#include <string.h>

#include "kvm-boot-private.h"
#include "kvm-vm-private.h"
#include "x86/kvm-vm-x86.h"

#define ADDRESS 0x9fc00 /* where it is searched for: the last KiB below 640 KiB */
#define MAX_CPUS 32     /* more do not fit */
#define LAPIC_ADDRESS 0xfee00000
#define IOAPIC_ADDRESS 0xfec00000
#define N_IRQS 16

#define CPU_ENABLED 1
#define CPU_FIRST 2
#define IRQ_TYPE_INT 0
#define IRQ_TYPE_NMI 1
#define IRQ_TYPE_EXTERNAL 3
#define ALL_LAPICS 0xff

typedef struct
{
  char signature[4];
  guint32 table;
  guint8 length; /* in 16 bytes */
  guint8 revision;
  guint8 checksum;
  guint8 features[5];
} FloatingPointer;

typedef struct
{
  char signature[4];
  guint16 length;
  guint8 revision;
  guint8 checksum;
  char oem[8];
  char product[12];
  guint32 oem_table;
  guint16 oem_table_length;
  guint16 n_entries;
  guint32 lapic_address;
  guint32 reserved;
} Header;

typedef struct
{
  guint8 type; /* 0 */
  guint8 id;
  guint8 version;
  guint8 flags;
  guint32 signature;
  guint32 features;
  guint32 reserved[2];
} Cpu;

typedef struct
{
  guint8 type; /* 1 */
  guint8 id;
  char name[6];
} Bus;

typedef struct
{
  guint8 type; /* 2 */
  guint8 id;
  guint8 version;
  guint8 flags;
  guint32 address;
} Ioapic;

typedef struct
{
  guint8 type; /* 3 for an I/O APIC's pin, 4 for a local APIC's */
  guint8 irq_type;
  guint16 flags;
  guint8 bus;
  guint8 irq;
  guint8 apic;
  guint8 pin;
} Interrupt;

typedef struct
{
  FloatingPointer pointer;
  Header header;
  Bus bus;
  Ioapic ioapic;
  Interrupt interrupts[N_IRQS];
  Interrupt local[2];
  Cpu cpus[MAX_CPUS];
} Table;

G_STATIC_ASSERT (sizeof (FloatingPointer) == 16 && sizeof (Header) == 44 && sizeof (Cpu) == 20);
G_STATIC_ASSERT (sizeof (Table) <= KIB);

static guint8
get_checksum (gconstpointer data, gsize length)
{
  const guint8 *bytes = data;
  guint8 sum = 0;

  for (gsize i = 0; i < length; i++)
    sum += bytes[i];
  return -sum;
}

/* The vCPUs that there are; one if they are made later. */
static guint
add_cpus (KvmVm *vm, Cpu *cpus)
{
  guint n = 0;

  if (_kvm_vm_lock (vm))
    {
      for (guint i = 0; i < vm->children->len && n < MAX_CPUS; i++)
        {
          const KvmHandle *child = g_ptr_array_index (vm->children, i);

          if (child->kind == KVM_HANDLE_VCPU && child->id < ALL_LAPICS)
            cpus[n++].id = child->id;
        }
      g_mutex_unlock (&vm->lock);
    }
  n = MAX (n, 1);
  for (guint i = 0; i < n; i++)
    {
      cpus[i].version = 0x14;
      cpus[i].flags = CPU_ENABLED | (cpus[i].id == 0 ? CPU_FIRST : 0);
    }
  return n;
}

gboolean
_kvm_boot_write_mptable (KvmBoot *boot, GError **error)
{
  g_autoptr (KvmX86Irqchip) irqchip
      = kvm_vm_x86_get_irqchip (boot->vm, KVM_X86_IRQCHIP_ID_IOAPIC, NULL);
  Table table = {
    .pointer = { .signature = "_MP_",
                 .table = ADDRESS + G_STRUCT_OFFSET (Table, header),
                 .length = 1,
                 .revision = 4 },
    .header = { .signature = "PCMP",
                .revision = 4,
                .oem = "KVM     ",
                .product = "LIBKVMOBJ   ",
                .lapic_address = LAPIC_ADDRESS },
    .bus = { .type = 1, .name = "ISA   " },
    .ioapic
    = { .type = 2, .id = ALL_LAPICS - 1, .version = 0x11, .flags = 1, .address = IOAPIC_ADDRESS },
    .local = { { .type = 4, .irq_type = IRQ_TYPE_EXTERNAL },
               { .type = 4, .irq_type = IRQ_TYPE_NMI, .apic = ALL_LAPICS, .pin = 1 } },
  };
  guint n_cpus;

  /* A machine that has none is told nothing; and one without memory there cannot be. */
  if (irqchip == NULL || !_kvm_boot_take (boot, "table", ADDRESS, sizeof table, NULL))
    return TRUE;

  for (guint i = 0; i < N_IRQS; i++)
    table.interrupts[i] = (Interrupt){
      .type = 3,
      .irq_type = IRQ_TYPE_INT,
      .irq = i,
      .apic = table.ioapic.id,
      .pin = i,
    };
  n_cpus = add_cpus (boot->vm, table.cpus);
  table.header.length = sizeof table - sizeof table.pointer - (MAX_CPUS - n_cpus) * sizeof (Cpu);
  table.header.n_entries = 2 + N_IRQS + G_N_ELEMENTS (table.local) + n_cpus;
  table.header.checksum = get_checksum (&table.header, table.header.length);
  table.pointer.checksum = get_checksum (&table.pointer, sizeof table.pointer);
  return _kvm_boot_write (boot, ADDRESS, &table, sizeof table, error);
}
