/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Modes of the processor that take tables in the guest's memory. */

#include "config.h"

#include "kvm-error-private.h"
#include "kvm-memory-map-private.h"
#include "kvm-memory.h"
#include "kvm-vcpu-private.h"
#include "x86/kvm-vcpu-x86.h"

#define CR0_PE (1u << 0)
#define CR0_MP (1u << 1)
#define CR0_ET (1u << 4)
#define CR0_NE (1u << 5)
#define CR0_PG (1u << 31)
#define CR4_PAE (1u << 5)
#define CR4_OSFXSR (1u << 9)
#define CR4_OSXMMEXCPT (1u << 10)
#define EFER_LME (1u << 8)
#define EFER_LMA (1u << 10)

#define PAGE_PRESENT 1u
#define PAGE_WRITABLE 2u
#define PAGE_LARGE 0x80u

#define PAGE 4096
#define LARGE_PAGE (G_GUINT64_CONSTANT (2) << 20)
#define MAPPED (G_GUINT64_CONSTANT (4) << 30) /* what the tables map, and 32 bits reach */
#define N_ENTRIES 512

/* What the tables for long mode are in memory, in this order. */
typedef struct
{
  guint64 pml4[N_ENTRIES];
  guint64 pdpt[N_ENTRIES];
  guint64 directories[4][N_ENTRIES]; /* one for each GiB */
} PageTables;

typedef struct
{
  guint64 null;
  guint64 code; /* selector 0x08 */
  guint64 data; /* selector 0x10 */
} DescriptorTable;

#define SELECTOR_CODE 0x08
#define SELECTOR_DATA 0x10
#define SEGMENT_CODE 0xb /* executable, readable, accessed */
#define SEGMENT_DATA 0x3 /* writable, accessed */
#define SEGMENT_TSS 0xb  /* busy; the processor wants one, though it is not used */

/* Base 0 and all of 4 GiB, in pages. */
#define DESCRIPTOR_CODE_32 G_GUINT64_CONSTANT (0x00cf9b000000ffff)
#define DESCRIPTOR_CODE_64 G_GUINT64_CONSTANT (0x00af9b000000ffff)
#define DESCRIPTOR_DATA G_GUINT64_CONSTANT (0x00cf93000000ffff)

/* The memory with all these bytes, which are in one slot. */
static KvmMemory *
find_memory (KvmVm *vm, guint64 address, gsize length, guint64 *offset, GError **error)
{
  KvmMemory *memory = NULL;

  if (_kvm_vm_lock (vm))
    {
      for (guint i = 0; vm->slots != NULL && i < vm->slots->len && memory == NULL; i++)
        {
          KvmSlot *slot = g_ptr_array_index (vm->slots, i);

          if (slot->address_space == 0 && slot->memory != NULL && address >= slot->guest_address
              && slot->length >= length && address - slot->guest_address <= slot->length - length)
            {
              *offset = slot->offset + (address - slot->guest_address);
              memory = g_object_ref (slot->memory);
            }
        }
      g_mutex_unlock (&vm->lock);
    }
  if (memory == NULL)
    g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                 "No memory slot has all of the %" G_GSIZE_FORMAT
                 " bytes at guest address 0x%" G_GINT64_MODIFIER "x that the tables take",
                 length, address);
  return memory;
}

static gboolean
write_guest (KvmVcpu *vcpu, guint64 address, gconstpointer data, gsize length, GError **error)
{
  g_autoptr (KvmMemory) memory = NULL;
  guint64 offset = 0;

  memory = find_memory (vcpu->vm, address, length, &offset, error);
  return memory != NULL && kvm_memory_write (memory, offset, data, length, error);
}

static gboolean
check_addresses (const char *mode, guint64 address, guint64 tables, gsize length, GError **error)
{
  if (address >= MAPPED)
    g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                 "%s mode begins below 4 GiB, not at 0x%" G_GINT64_MODIFIER "x", mode, address);
  else if (tables % PAGE != 0 || tables > MAPPED - length)
    g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                 "The tables begin with a page, and are below 4 GiB, not at 0x%" G_GINT64_MODIFIER
                 "x",
                 tables);
  else
    return TRUE;
  return FALSE;
}

/* Everything but the control registers. */
static void
fill_segments (KvmX86Sregs *sregs, guint64 descriptors, gboolean is_long)
{
  KvmX86Segment code = {
    .limit = G_MAXUINT32,
    .selector = SELECTOR_CODE,
    .type = SEGMENT_CODE,
    .present = 1,
    .db = !is_long,
    .s = 1,
    .l = is_long,
    .g = 1,
  };
  KvmX86Segment data = {
    .limit = G_MAXUINT32,
    .selector = SELECTOR_DATA,
    .type = SEGMENT_DATA,
    .present = 1,
    .db = 1,
    .s = 1,
    .g = 1,
  };

  sregs->cs = code;
  sregs->ds = sregs->es = sregs->fs = sregs->gs = sregs->ss = data;
  sregs->tr = (KvmX86Segment){ .limit = 0xffff, .type = SEGMENT_TSS, .present = 1 };
  sregs->gdt = (KvmX86Dtable){ .base = descriptors, .limit = sizeof (DescriptorTable) - 1 };
  sregs->idt = (KvmX86Dtable){ 0 };
}

static gboolean
set_up (KvmVcpu *vcpu, const KvmX86Sregs *sregs, guint64 address, GError **error)
{
  KvmX86Regs regs = { .rip = address, .rflags = 2 }; /* bit 1 is always set */

  return kvm_vcpu_x86_set_sregs (vcpu, sregs, error) && kvm_vcpu_x86_set_regs (vcpu, &regs, error);
}

/**
 * kvm_vcpu_x86_setup_protected_mode:
 * @vcpu: a vCPU
 * @address: where the code begins: a guest-physical address below 4 GiB
 * @tables: the guest-physical address of a page of memory for the descriptor table
 * @error: return location for an error
 *
 * Puts the vCPU into 32-bit protected mode without paging, ready to run code at @address
 * (`KVM_SET_SREGS` and `KVM_SET_REGS`; x86).
 *
 * The segments begin at 0 and have 4 GiB. A table with them is written to @tables: selector 0x08 is
 * code, 0x10 is data. There is no interrupt table yet, so that an exception ends in a shutdown.
 * Interrupts are off, and the other registers are 0, with the stack pointer.
 *
 * Fails with %KVM_ERROR_INVALID if @address or @tables is too high, @tables is not the beginning of
 * a page, or no memory is there; %KVM_ERROR_PENDING as [method@Kvm.Vcpu.x86_set_regs] does,
 * %KVM_ERROR_CLOSED, %KVM_ERROR_RUNNING, and with %KVM_ERROR_NOT_SUPPORTED on another architecture.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vcpu_x86_setup_protected_mode (KvmVcpu *vcpu, guint64 address, guint64 tables, GError **error)
{
  static const DescriptorTable descriptors
      = { .code = DESCRIPTOR_CODE_32, .data = DESCRIPTOR_DATA };
  KvmX86Sregs sregs;

  g_return_val_if_fail (_kvm_is_vcpu (vcpu), FALSE);
  _kvm_return_val_unless_arch (X86, FALSE, error);

  if (!check_addresses ("Protected", address, tables, PAGE, error)
      || !_kvm_vcpu_check_settable (vcpu, "KVM_SET_SREGS", error)
      || !kvm_vcpu_x86_get_sregs (vcpu, &sregs, error)
      || !write_guest (vcpu, tables, &descriptors, sizeof descriptors, error))
    return FALSE;

  fill_segments (&sregs, tables, FALSE);
  sregs.cr0 = CR0_PE | CR0_MP | CR0_ET | CR0_NE;
  sregs.cr4 = 0;
  sregs.efer = 0;
  return set_up (vcpu, &sregs, address, error);
}

/* Every page is itself. */
static PageTables *
make_page_tables (guint64 address)
{
  PageTables *self = g_new0 (PageTables, 1);

  self->pml4[0] = (address + G_STRUCT_OFFSET (PageTables, pdpt)) | PAGE_PRESENT | PAGE_WRITABLE;
  for (guint i = 0; i < G_N_ELEMENTS (self->directories); i++)
    {
      self->pdpt[i] = (address + G_STRUCT_OFFSET (PageTables, directories) + i * PAGE)
                      | PAGE_PRESENT | PAGE_WRITABLE;
      for (guint j = 0; j < N_ENTRIES; j++)
        self->directories[i][j]
            = (i * N_ENTRIES + j) * LARGE_PAGE | PAGE_PRESENT | PAGE_WRITABLE | PAGE_LARGE;
    }
  return self;
}

/**
 * kvm_vcpu_x86_setup_long_mode:
 * @vcpu: a vCPU
 * @address: where the code begins: a guest-physical address below 4 GiB
 * @tables: the guest-physical address of 7 pages of memory, for the tables
 * @error: return location for an error
 *
 * Puts the vCPU into 64-bit long mode, ready to run code at @address (`KVM_SET_SREGS` and
 * `KVM_SET_REGS`; x86). Call [method@Kvm.Vcpu.x86_set_cpuid] before: kernels refuse long mode to a
 * vCPU whose CPUID does not have it.
 *
 * Page tables are written to @tables: the first 4 GiB of linear addresses are the guest-physical
 * ones, in pages of 2 MiB, whether there is memory or not. The page after them gets a descriptor
 * table: selector 0x08 is code, 0x10 is data. There is no interrupt table yet, so that an exception
 * ends in a shutdown. Interrupts are off, SSE is on, and the other registers are 0, with the stack
 * pointer.
 *
 * ```c
 * KvmX86Regs regs;
 *
 * kvm_vcpu_x86_set_cpuid (vcpu, cpuid, &error);
 * kvm_vcpu_x86_setup_long_mode (vcpu, 0x100000, 0x1000, &error);
 * kvm_vcpu_x86_get_regs (vcpu, &regs, &error);
 * regs.rsp = 0x80000;
 * kvm_vcpu_x86_set_regs (vcpu, &regs, &error);
 * ```
 *
 * Fails with %KVM_ERROR_INVALID if @address or @tables is too high, @tables is not the beginning of
 * a page, or one memory slot does not have it all; %KVM_ERROR_INVALID_ARGUMENT if the vCPU does not
 * have long mode, %KVM_ERROR_PENDING as [method@Kvm.Vcpu.x86_set_regs] does, %KVM_ERROR_CLOSED,
 * %KVM_ERROR_RUNNING, and with %KVM_ERROR_NOT_SUPPORTED on another architecture.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vcpu_x86_setup_long_mode (KvmVcpu *vcpu, guint64 address, guint64 tables, GError **error)
{
  static const DescriptorTable descriptors
      = { .code = DESCRIPTOR_CODE_64, .data = DESCRIPTOR_DATA };
  g_autofree PageTables *pages = NULL;
  KvmX86Sregs sregs;

  g_return_val_if_fail (_kvm_is_vcpu (vcpu), FALSE);
  _kvm_return_val_unless_arch (X86, FALSE, error);

  if (!check_addresses ("Long", address, tables, sizeof *pages + PAGE, error)
      || !_kvm_vcpu_check_settable (vcpu, "KVM_SET_SREGS", error)
      || !kvm_vcpu_x86_get_sregs (vcpu, &sregs, error))
    return FALSE;
  pages = make_page_tables (tables);
  if (!write_guest (vcpu, tables + sizeof *pages, &descriptors, sizeof descriptors, error)
      || !write_guest (vcpu, tables, pages, sizeof *pages, error))
    return FALSE;

  fill_segments (&sregs, tables + sizeof *pages, TRUE);
  sregs.cr0 = CR0_PG | CR0_PE | CR0_MP | CR0_ET | CR0_NE;
  sregs.cr3 = tables;
  sregs.cr4 = CR4_PAE | CR4_OSFXSR | CR4_OSXMMEXCPT;
  sregs.efer = EFER_LME | EFER_LMA;
  return set_up (vcpu, &sregs, address, error);
}
