/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kvm-test.h"

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

typedef struct
{
  KvmSystem *system;
  KvmVm *vm;
  KvmMemory *memory; /* of 16 pages */
} Machine;

static Machine *
machine_new (void)
{
  Machine *self = g_new0 (Machine, 1);
  g_autoptr (GError) error = NULL;

  self->system = kvm_system_new (&error);
  self->vm = kvm_system_create_vm (self->system, &error);
  self->memory = kvm_memory_new (0x10000, &error);
  g_assert_no_error (error);
  return self;
}

static void
machine_free (Machine *self)
{
  g_clear_object (&self->memory);
  g_clear_object (&self->vm);
  g_clear_object (&self->system);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Machine, machine_free)

static void
test_properties (void)
{
  g_autoptr (Machine) machine = machine_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmMemorySlot) slot
      = kvm_vm_add_memory_full (machine->vm, 0x40000, machine->memory, 0x2000, 0x3000,
                                KVM_MEMORY_SLOT_FLAGS_LOG_DIRTY_PAGES, 0, NULL, 0, &error);
  g_autoptr (KvmMemory) memory = NULL;
  g_autoptr (KvmVm) vm = NULL;
  guint64 guest_address, offset, length;
  guint number, address_space;
  KvmMemorySlotFlags flags;

  g_assert_no_error (error);
  g_object_get (slot, "vm", &vm, "memory", &memory, "guest-address", &guest_address, "offset",
                &offset, "length", &length, "number", &number, "address-space", &address_space,
                "flags", &flags, NULL);
  g_assert_true (vm == machine->vm && kvm_memory_slot_get_vm (slot) == vm);
  g_assert_true (memory == machine->memory);
  g_assert_cmphex (guest_address, ==, 0x40000);
  g_assert_cmphex (kvm_memory_slot_get_guest_address (slot), ==, 0x40000);
  g_assert_cmphex (offset, ==, 0x2000);
  g_assert_cmphex (kvm_memory_slot_get_offset (slot), ==, 0x2000);
  g_assert_cmphex (length, ==, 0x3000);
  g_assert_cmphex (kvm_memory_slot_get_length (slot), ==, 0x3000);
  g_assert_cmpuint (number, ==, 0);
  g_assert_cmpuint (kvm_memory_slot_get_number (slot), ==, 0);
  g_assert_cmpuint (address_space, ==, 0);
  g_assert_cmpuint (kvm_memory_slot_get_address_space (slot), ==, 0);
  g_assert_cmpuint (flags, ==, KVM_MEMORY_SLOT_FLAGS_LOG_DIRTY_PAGES);
  g_assert_cmpuint (kvm_memory_slot_get_flags (slot), ==, flags);
}

/* One range against every way to meet it: before, after, touching, and five overlaps. */
static void
test_overlap (void)
{
  static const struct
  {
    guint64 address;
    guint64 length;
    gboolean overlaps;
  } tries[] = {
    { 0x8000, 0x1000, FALSE }, { 0xf000, 0x1000, FALSE }, { 0x14000, 0x1000, FALSE },
    { 0xf000, 0x2000, TRUE },  { 0x13000, 0x2000, TRUE }, { 0x10000, 0x4000, TRUE },
    { 0x11000, 0x1000, TRUE }, { 0xf000, 0x6000, TRUE },
  };
  g_autoptr (Machine) machine = machine_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmMemorySlot) other = kvm_vm_add_memory_full (machine->vm, 0x40000, machine->memory,
                                                            0, 0x1000, 0, 0, NULL, 0, &error);
  g_autoptr (KvmMemorySlot) there = kvm_vm_add_memory_full (machine->vm, 0x10000, machine->memory,
                                                            0, 0x4000, 0, 0, NULL, 0, &error);

  g_assert_no_error (error);
  g_assert_true (other != NULL && there != NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tries); i++)
    {
      g_autoptr (KvmMemorySlot) slot
          = kvm_vm_add_memory_full (machine->vm, tries[i].address, machine->memory, 0,
                                    tries[i].length, 0, 0, NULL, 0, &error);

      if (tries[i].overlaps)
        {
          g_assert_null (slot);
          kvm_test_assert_error (error, KVM_ERROR_OVERLAP,
                                 "overlaps slot 1, which is at 0x10000 to 0x13fff");
        }
      else
        {
          g_assert_no_error (error);
          g_assert_true (kvm_memory_slot_remove (slot, &error));
        }
    }
}

/* Two objects for one VM do not know of each other's slots: the kernel refuses, and neither changes
 * what the other has. */
static void
test_overlap_found_by_the_kernel (void)
{
  g_autoptr (Machine) machine = machine_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmVm) adopted
      = kvm_vm_new_take_fd (machine->system, kvm_vm_dup_fd (machine->vm, &error), &error);
  g_autoptr (KvmMemorySlot) ours
      = kvm_vm_add_memory (machine->vm, 0x100000, machine->memory, 0, &error);
  g_autoptr (KvmMemorySlot) theirs = NULL;
  g_autoptr (KvmMemorySlot) more = NULL;

  g_assert_no_error (error);
  g_assert_nonnull (ours);
  g_assert_null (kvm_vm_add_memory (adopted, 0x101000, machine->memory, 0, &error));
  kvm_test_assert_error (error, KVM_ERROR_OVERLAP, "KVM_SET_USER_MEMORY_REGION on VM: File exists");
  theirs = kvm_vm_add_memory (adopted, 0, machine->memory, 0, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (kvm_memory_slot_get_number (theirs), ==,
                    kvm_system_get_max_memory_slots (machine->system, NULL) - 1);
  more = kvm_vm_add_memory (adopted, 0x20000, machine->memory, 0, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (kvm_memory_slot_get_number (more), ==, kvm_memory_slot_get_number (theirs) - 1);
  g_assert_null (kvm_vm_add_memory (adopted, 0x100000, machine->memory, 0, &error));
  kvm_test_assert_error (error, KVM_ERROR_OVERLAP, "File exists");
}

static void
test_bad_arguments (void)
{
  static const struct
  {
    guint64 address, offset, length;
    guint flags, address_space;
    const char *message;
  } wrong[] = {
    { 0x1001, 0, 0x1000, 0, 0, "guest address 0x1001" },
    { 0x1000, 0x10, 0x1000, 0, 0, "offset 0x10" },
    { 0x1000, 0, 0x1010, 0, 0, "length 0x1010" },
    { 0x1000, 0, 0, 0, 0, "length of a memory slot is 0" },
    { 0x1000, 0, 0x11000, 0, 0, "not within the memory's 0x10000 bytes" },
    { 0x1000, 0x10000, 0x1000, 0, 0, "not within" },
    { 0x1000, 0xf000, 0x2000, 0, 0, "not within" },
    { 0x1000, G_MAXUINT64 & ~G_GUINT64_CONSTANT (0xfff), 0x2000, 0, 0, "not within" },
    { 0x1000, 0x1000, G_MAXUINT64 & ~G_GUINT64_CONSTANT (0xfff), 0, 0, "not within" },
    { G_MAXUINT64 & ~G_GUINT64_CONSTANT (0xfff), 0, 0x2000, 0, 0,
      "past the end of the address space" },
    { 0x1000, 0, 0x1000, 1u << 30, 0, "no flags 0x40000000" },
    { 0x1000, 0, 0x1000, 0, 0x10000, "no address space 65536" },
  };
  g_autoptr (Machine) machine = machine_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmMemorySlot) slot = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_assert_null (kvm_vm_add_memory_full (machine->vm, wrong[i].address, machine->memory,
                                             wrong[i].offset, wrong[i].length, wrong[i].flags,
                                             wrong[i].address_space, NULL, 0, &error));
      kvm_test_assert_error (error, KVM_ERROR_INVALID, wrong[i].message);
    }

  /* What only the kernel knows. */
  g_assert_null (kvm_vm_add_memory_full (machine->vm, 0x1000, machine->memory, 0, 0x1000, 0, 7,
                                         NULL, 0, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT, "there is no address space 7");
  g_assert_null (kvm_vm_add_memory_full (machine->vm, 0x1000, machine->memory, 0, 0x1000, 0, 0,
                                         machine->memory, 0, &error));
  kvm_test_assert_error (error, KVM_ERROR_NOT_SUPPORTED, "not a guest_memfd's");

  /* Nothing of all this was kept. */
  slot = kvm_vm_add_memory (machine->vm, 0x1000, machine->memory, 0, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (kvm_memory_slot_get_number (slot), ==, 0);
}

static void
test_numbers_are_used_again (void)
{
  g_autoptr (Machine) machine = machine_new ();
  g_autoptr (GError) error = NULL;
  KvmMemorySlot *slots[16];

  for (guint round = 0; round < 3; round++)
    {
      for (guint i = 0; i < G_N_ELEMENTS (slots); i++)
        {
          slots[i] = kvm_vm_add_memory_full (machine->vm, i * 0x1000, machine->memory, i * 0x1000,
                                             0x1000, 0, 0, NULL, 0, &error);
          g_assert_no_error (error);
          g_assert_cmpuint (kvm_memory_slot_get_number (slots[i]), <, G_N_ELEMENTS (slots));
        }
      for (guint i = 0; i < G_N_ELEMENTS (slots); i++)
        {
          g_assert_true (kvm_memory_slot_remove (slots[(i * 7) % 16], &error));
          g_assert_no_error (error);
        }
      for (guint i = 0; i < G_N_ELEMENTS (slots); i++)
        g_object_unref (slots[i]);
    }
}

static void
test_remove (void)
{
  g_autoptr (Machine) machine = machine_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmMemorySlot) slot = kvm_vm_add_memory (machine->vm, 0, machine->memory, 0, &error);
  KvmMemory *memory = machine->memory;

  /* Without our reference the memory is the VM's alone, and ends when the slot is removed. */
  g_object_add_weak_pointer (G_OBJECT (memory), (gpointer *) &memory);
  g_clear_object (&machine->memory);
  g_assert_nonnull (memory);
  g_assert_true (kvm_memory_slot_remove (slot, &error));
  g_assert_null (memory);

  g_assert_null (kvm_memory_slot_get_memory (slot));
  g_assert_false (kvm_memory_slot_remove (slot, &error));
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "removed already");
}

static void
test_handle_owns_nothing (void)
{
  g_autoptr (Machine) machine = machine_new ();
  g_autoptr (GError) error = NULL;
  KvmMemory *memory = machine->memory;

  g_object_add_weak_pointer (G_OBJECT (memory), (gpointer *) &memory);
  g_object_unref (kvm_vm_add_memory (machine->vm, 0, machine->memory, 0, &error));
  g_clear_object (&machine->memory);
  g_assert_nonnull (memory); /* the VM has it */
  g_clear_object (&machine->vm);
  g_assert_null (memory);
}

static void
test_handle_keeps_vm (void)
{
  g_autoptr (Machine) machine = machine_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmMemorySlot) slot = kvm_vm_add_memory (machine->vm, 0, machine->memory, 0, &error);
  KvmVm *vm = machine->vm;

  g_object_add_weak_pointer (G_OBJECT (vm), (gpointer *) &vm);
  g_clear_object (&machine->vm);
  g_assert_nonnull (vm);
  g_clear_object (&slot);
  g_assert_null (vm);
}

/* Somebody else has a duplicate of the VM's fd, and runs a guest in it after the VM has ended here:
 * the guest must not see what this process maps at the same address. */
static void
test_memory_is_gone_with_the_vm (void)
{
  static const guint8 words[] = { 1, 0, 2, 0 }; /* at which the guest halts */
  g_autoptr (Machine) machine = machine_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmVm) other
      = kvm_vm_new_take_fd (machine->system, kvm_vm_dup_fd (machine->vm, &error), &error);
  g_autoptr (KvmVcpu) vcpu = kvm_vm_create_vcpu (other, 0, &error);
  g_autoptr (KvmMemory) code = kvm_memory_new (0x2000, &error);

  g_assert_no_error (error);
  kvm_memory_write (code, KVM_TEST_ENTRY, guest_twins, guest_twins_end - guest_twins, &error);
  kvm_memory_write (machine->memory, 0x1000, words, sizeof words, &error);
  g_object_unref (kvm_vm_add_memory (other, 0, code, 0, &error));
  g_assert_no_error (error);
  g_object_unref (kvm_vm_add_memory_full (machine->vm, 0x9000, machine->memory, 0x1000, 0x1000, 0,
                                          0, NULL, 0, &error));
  g_assert_no_error (error);
  kvm_test_setup_vcpu (vcpu, KVM_TEST_ENTRY, 0x9000);
  kvm_vcpu_run (vcpu, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (kvm_test_has_halted (kvm_vcpu_get_exit (vcpu)));

  g_clear_object (&machine->vm);
  kvm_test_setup_vcpu (vcpu, KVM_TEST_ENTRY, 0x9000);
  g_assert_cmpint (kvm_vcpu_run (vcpu, NULL, &error), ==, KVM_EXIT_REASON_MMIO);
  g_assert_no_error (error);
  g_assert_cmphex (kvm_exit_get_address (kvm_vcpu_get_exit (vcpu)), ==, 0x9000);
}

static void
test_read_only (void)
{
  static const guint8 code[] = {
    0xc6, 0x06, 0x00, 0x90, 0x55, /* movb $0x55, 0x9000 */
    0xa0, 0x00, 0x90,             /* mov 0x9000, %al */
    0xe6, 0x61,                   /* out %al, $0x61 */
  };
  g_autoptr (KvmTestGuest) guest = kvm_test_guest_new (code, code + sizeof code);
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmMemory) rom = kvm_memory_new (0x2000, &error);
  g_autoptr (KvmMemorySlot) slot = kvm_vm_add_memory_full (
      guest->vm, 0x9000, rom, 0x1000, 0x1000, KVM_MEMORY_SLOT_FLAGS_READ_ONLY, 0, NULL, 0, &error);
  guint8 byte;

  g_assert_no_error (error);
  g_assert_nonnull (slot);
  kvm_memory_fill (rom, 0x1000, 1, 0xaa, &error);
  kvm_test_run (guest, KVM_EXIT_REASON_MMIO);
  g_assert_true (kvm_exit_is_write (guest->exit));
  g_assert_cmphex (kvm_exit_get_address (guest->exit), ==, 0x9000);
  g_assert_cmphex (kvm_exit_get_value (guest->exit), ==, 0x55);
  kvm_test_run (guest, KVM_TEST_REASON_IO);
  g_assert_cmphex (kvm_exit_get_value (guest->exit), ==, 0xaa);
  kvm_memory_read (rom, 0x1000, &byte, 1, &error);
  g_assert_cmphex (byte, ==, 0xaa);
}

static void
test_closed_vm (void)
{
  g_autoptr (Machine) machine = machine_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmMemorySlot) slot = kvm_vm_add_memory (machine->vm, 0, machine->memory, 0, &error);
  g_autoptr (KvmMemorySlot) never_added = g_object_new (KVM_TYPE_MEMORY_SLOT, NULL);

  kvm_vm_close (machine->vm);
  g_assert_null (kvm_memory_slot_get_memory (slot));
  g_assert_false (kvm_memory_slot_remove (slot, &error));
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "removed already");
  g_assert_null (kvm_vm_add_memory (machine->vm, 0, machine->memory, 0, &error));
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "it is closed");

  g_assert_false (kvm_memory_slot_remove (never_added, &error));
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "never added");
  g_assert_null (kvm_memory_slot_get_memory (never_added));
  g_assert_null (kvm_memory_slot_get_vm (never_added));
}

int
main (int argc, char **argv)
{
  kvm_test_init (&argc, &argv);
  kvm_test_add ("/memory-slot/properties", test_properties);
  kvm_test_add ("/memory-slot/overlap", test_overlap);
  kvm_test_add ("/memory-slot/overlap-found-by-the-kernel", test_overlap_found_by_the_kernel);
  kvm_test_add ("/memory-slot/bad-arguments", test_bad_arguments);
  kvm_test_add ("/memory-slot/numbers-are-used-again", test_numbers_are_used_again);
  kvm_test_add ("/memory-slot/remove", test_remove);
  kvm_test_add ("/memory-slot/handle-owns-nothing", test_handle_owns_nothing);
  kvm_test_add ("/memory-slot/handle-keeps-vm", test_handle_keeps_vm);
  kvm_test_add ("/memory-slot/gone-with-the-vm", test_memory_is_gone_with_the_vm);
  kvm_test_add_for_x86 ("/memory-slot/read-only", test_read_only);
  kvm_test_add ("/memory-slot/closed-vm", test_closed_vm);
  return g_test_run ();
}
