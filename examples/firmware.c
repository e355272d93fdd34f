/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Runs SeaBIOS, the firmware of QEMU's PCs, from the reset vector, and prints its debug console.
 * There is no other hardware than the interrupt controllers and the timer inside the kernel. */

#include <stdio.h>
#include <stdlib.h>

#include <kvmobj/kvmobj.h>

#define FIRMWARE "/usr/share/seabios/bios-256k.bin"
#define RAM_SIZE (16 * 1024 * 1024)
#define LOW_END 0x100000ull     /* the firmware's end is seen below 1 MiB … */
#define LOW_SIZE 0x20000        /* … its last 128 KiB */
#define HIGH_END 0x100000000ull /* all of it is seen below 4 GiB */
#define DEBUG_PORT 0x402

static gboolean
add_memory (KvmVm *vm, guint64 guest_address, KvmMemory *memory, guint64 offset, guint64 length,
            KvmMemorySlotFlags flags, GError **error)
{
  g_autoptr (KvmMemorySlot) slot = kvm_vm_add_memory_full (vm, guest_address, memory, offset,
                                                           length, flags, 0, NULL, 0, error);

  return slot != NULL; /* the VM owns it */
}

static KvmVm *
create_machine (KvmSystem *system, const char *firmware, GError **error)
{
  g_autoptr (KvmVm) vm = kvm_system_create_vm (system, error);
  g_autoptr (KvmMemory) ram = vm ? kvm_memory_new (RAM_SIZE, error) : NULL;
  g_autoptr (KvmMemory) rom = NULL;
  g_autofree char *image = NULL;
  gsize size;

  if (ram == NULL || !kvm_vm_x86_set_tss_address (vm, 0xfffbd000, error)
      || !kvm_vm_create_irqchip (vm, error) || !kvm_vm_x86_create_pit (vm, 0, error)
      || !g_file_get_contents (firmware, &image, &size, error))
    return NULL;
  if (size < LOW_SIZE || size > RAM_SIZE || size % 0x1000 != 0)
    {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                   "%s is no firmware: that has whole pages, of 128 KiB to 16 MiB", firmware);
      return NULL;
    }

  /* The firmware copies itself to RAM below 1 MiB, so that there it must be writable. */
  rom = kvm_memory_new (size, error);
  if (rom == NULL || !kvm_memory_write (rom, 0, (const guint8 *) image, size, error)
      || !kvm_memory_write (ram, LOW_END - LOW_SIZE, (const guint8 *) image + size - LOW_SIZE,
                            LOW_SIZE, error)
      || !add_memory (vm, 0, ram, 0, RAM_SIZE, KVM_MEMORY_SLOT_FLAGS_NONE, error)
      || !add_memory (vm, HIGH_END - size, rom, 0, size, KVM_MEMORY_SLOT_FLAGS_READ_ONLY, error))
    return NULL;
  return g_steal_pointer (&vm);
}

/* Returns when the guest stops for a reason that is not an access to hardware. */
static gboolean
run (KvmVcpu *vcpu, GError **error)
{
  KvmExit *exit = kvm_vcpu_get_exit (vcpu);

  for (;;)
    switch (kvm_vcpu_run (vcpu, NULL, error))
      {
      case KVM_EXIT_REASON_IO:
        if (kvm_exit_get_address (exit) != DEBUG_PORT)
          kvm_exit_set_value (exit, 0xffffffff); /* what a read of no hardware gives */
        else if (!kvm_exit_is_write (exit))
          kvm_exit_set_value (exit, 0xe9); /* there is a console */
        else
          for (guint i = 0; i < kvm_exit_get_count (exit); i++)
            putchar ((int) kvm_exit_get_element (exit, i));
        fflush (stdout);
        break;
      case KVM_EXIT_REASON_MMIO:
        kvm_exit_set_value (exit, G_MAXUINT64);
        break;
      case KVM_EXIT_REASON_ERROR:
        return FALSE;
      default:
        return TRUE;
      }
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmSystem) system = argc <= 2 ? kvm_system_new (&error) : NULL;
  g_autoptr (KvmVm) vm
      = system ? create_machine (system, argc > 1 ? argv[1] : FIRMWARE, &error) : NULL;
  g_autoptr (KvmVcpu) vcpu = vm ? kvm_vm_create_vcpu (vm, 0, &error) : NULL;
  g_autoptr (KvmX86Cpuid) cpuid = vcpu ? kvm_system_x86_get_supported_cpuid (system, &error) : NULL;
  g_autofree char *why = NULL;

  /* A new vCPU is at the reset vector already. */
  if (cpuid == NULL || !kvm_vcpu_x86_set_cpuid (vcpu, cpuid, &error) || !run (vcpu, &error))
    {
      g_printerr ("%s\n", error ? error->message : "Usage: firmware [FILE]");
      return EXIT_FAILURE;
    }
  why = kvm_exit_to_string (kvm_vcpu_get_exit (vcpu));
  g_print ("\nThe firmware stopped: %s\n", why);
  return EXIT_SUCCESS;
}
