/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the library hands to the kernel, byte by byte, and what it makes of the kernel's refusals,
 * under the null KVM. The bytes are worked out by hand from api.rst and the layouts there. */

#include "null-test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void
test_values (void)
{
  g_autoptr (Machine) machine = NULL;
  g_autoptr (GError) error = NULL;

  if (!in_process (NULL, NULL))
    return;

  machine = machine_new ();
  assert_request ("KVM_CREATE_VM", "0x0");
  assert_request ("KVM_CREATE_VCPU", "0x5");
  g_object_unref (
      kvm_system_create_vm_with_type (machine->system, G_GUINT64_CONSTANT (0x123456789), &error));
  assert_request ("KVM_CREATE_VM", "0x123456789");
  kvm_vm_check_extension (machine->vm, KVM_CAPABILITY_S390_VSIE_ESAMODE, &error);
  assert_request ("KVM_CHECK_EXTENSION", "0xf8");
  kvm_vm_create_irqchip (machine->vm, &error);
  assert_request ("KVM_CREATE_IRQCHIP", "0x0");
  kvm_vm_x86_set_tss_address (machine->vm, 0xfffbd000, &error);
  assert_request ("KVM_SET_TSS_ADDR", "0xfffbd000");
  g_assert_no_error (error);
}

static void
test_structs (void)
{
  static const guint64 arguments[] = { G_GUINT64_CONSTANT (0x1122334455667788), 2, 3, 4 };
  static const guint64 registers[] = { 0x1000, 2, 3, 4, 0, 0, 7, 0x401 };
  const KvmX86CpuidEntry entry
      = { .function = 1, .index = 2, .flags = 3, .eax = 4, .ebx = 5, .ecx = 6, .edx = 7 };
  g_autoptr (Machine) machine = NULL;
  g_autoptr (KvmMemory) memory = NULL;
  g_autoptr (KvmMemorySlot) slot = NULL;
  g_autoptr (KvmDevice) device = NULL;
  g_autoptr (KvmX86Cpuid) cpuid = NULL;
  g_autoptr (GError) error = NULL;

  if (!in_process (NULL, NULL))
    return;

  machine = machine_new ();

  /* slot 0 of address space 1, flags 3, guest address, length; then where it is in the process */
  memory = kvm_memory_new (0x3000, &error);
  slot = kvm_vm_add_memory_full (
      machine->vm, 0x123450000, memory, 0x1000, 0x2000,
      KVM_MEMORY_SLOT_FLAGS_LOG_DIRTY_PAGES | KVM_MEMORY_SLOT_FLAGS_READ_ONLY, 1, NULL, 0, &error);
  g_assert_no_error (error);
  assert_request_starts ("KVM_SET_USER_MEMORY_REGION", "00000100"
                                                       "03000000"
                                                       "0000452301000000"
                                                       "0020000000000000");
  kvm_memory_slot_remove (slot, &error);
  assert_request_starts ("KVM_SET_USER_MEMORY_REGION", "00000100"
                                                       "00000000"
                                                       "0000452301000000"
                                                       "0000000000000000");

  /* capability, flags, four arguments, 64 bytes of nothing */
  kvm_vm_enable_capability (machine->vm, 121, arguments, 4, &error);
  assert_request_starts ("KVM_ENABLE_CAP", "79000000"
                                           "00000000"
                                           "8877665544332211"
                                           "0200000000000000"
                                           "0300000000000000"
                                           "0400000000000000"
                                           "00000000000000");
  kvm_vcpu_enable_capability (machine->vcpu, 123, NULL, 0, &error);
  assert_request_starts ("KVM_ENABLE_CAP", "7b000000"
                                           "00000000"
                                           "0000000000000000");

  /* type, room for the fd, flags */
  device = kvm_vm_create_device (machine->vm, 11, &error);
  assert_request ("KVM_CREATE_DEVICE", "0b000000"
                                       "00000000"
                                       "00000000");
  kvm_vm_test_device (machine->vm, 7, &error);
  assert_request ("KVM_CREATE_DEVICE", "07000000"
                                       "00000000"
                                       "01000000");

  /* flags, group, attribute; then the address of the value */
  kvm_device_set_attribute (device, 3, G_GUINT64_CONSTANT (0x100000002), (const guint8 *) "1234", 4,
                            &error);
  assert_request_starts ("KVM_SET_DEVICE_ATTR", "00000000"
                                                "03000000"
                                                "0200000001000000");
  kvm_vcpu_has_attribute (machine->vcpu, 1, 2, &error);
  assert_request ("KVM_HAS_DEVICE_ATTR", "00000000"
                                         "01000000"
                                         "0200000000000000"
                                         "0000000000000000");

  /* id; then the address of the value */
  kvm_vcpu_set_one_reg (machine->vcpu, G_GUINT64_CONSTANT (0x6030000000100042), 9, &error);
  assert_request_starts ("KVM_SET_ONE_REG", "4200100000003060");

  kvm_vcpu_set_mp_state (machine->vcpu, KVM_VCPU_STATE_SUSPENDED, &error);
  assert_request ("KVM_SET_MP_STATE", "0a000000");

  /* flags, padding, debug registers 0 to 7 */
  kvm_vcpu_set_guest_debug (
      machine->vcpu, KVM_GUEST_DEBUG_FLAGS_ENABLE | KVM_GUEST_DEBUG_FLAGS_HARDWARE_BREAKPOINTS,
      registers, 8, &error);
  assert_request ("KVM_SET_GUEST_DEBUG", "01000200"
                                         "00000000"
                                         "0010000000000000"
                                         "0200000000000000"
                                         "0300000000000000"
                                         "0400000000000000"
                                         "0000000000000000"
                                         "0000000000000000"
                                         "0700000000000000"
                                         "0104000000000000");

  /* number of entries, padding; an entry of seven words and three of nothing */
  cpuid = kvm_x86_cpuid_new (&entry, 1, &error);
  kvm_vcpu_x86_set_cpuid (machine->vcpu, cpuid, &error);
  assert_request ("KVM_SET_CPUID2", "01000000"
                                    "00000000"
                                    "01000000"
                                    "02000000"
                                    "03000000"
                                    "04000000"
                                    "05000000"
                                    "06000000"
                                    "07000000"
                                    "00000000"
                                    "00000000"
                                    "00000000");

  /* flags, and 15 words of nothing */
  kvm_vm_x86_create_pit (machine->vm, 1, &error);
  assert_request_starts ("KVM_CREATE_PIT2", "01000000"
                                            "00000000");
  g_assert_no_error (error);
}

/* What a doorbell and a trigger are to the kernel, added and removed. */
static void
test_eventfds (void)
{
  g_autoptr (Machine) machine = NULL;
  g_autoptr (KvmDoorbell) address = NULL;
  g_autoptr (KvmDoorbell) port = NULL;
  g_autoptr (KvmIrqTrigger) edge = NULL;
  g_autoptr (KvmIrqTrigger) level = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *request = NULL;
  g_autofree char *removal = NULL;
  g_autofree char *argument = NULL;

  if (!in_process (NULL, NULL))
    return;

  machine = machine_new ();

  /* value, address, length, fd, flags: that one value; 36 bytes of nothing */
  address = kvm_vm_add_doorbell_for_value (machine->vm, KVM_IO_SPACE_MMIO, 0x1234567890, 8,
                                           G_GUINT64_CONSTANT (0x1122334455667788), &error);
  g_assert_no_error (error);
  request = g_strdup_printf ("8877665544332211"
                             "9078563412000000"
                             "08000000"
                             "%02x000000"
                             "01000000"
                             "000000000000000000000000000000000000"
                             "000000000000000000000000000000000000",
                             kvm_doorbell_get_fd (address));
  assert_request ("KVM_IOEVENTFD", request);
  kvm_doorbell_remove (address, &error);
  removal = g_strdup (request);
  memcpy (strchr (removal, '\0') - 80, "05", 2); /* the flags, with that to remove */
  assert_request ("KVM_IOEVENTFD", removal);

  /* any value, at a port */
  port = kvm_vm_add_doorbell (machine->vm, KVM_IO_SPACE_PORT, 0x510, 2, &error);
  g_free (request);
  request = g_strdup_printf ("0000000000000000"
                             "1005000000000000"
                             "02000000"
                             "%02x000000"
                             "02000000",
                             kvm_doorbell_get_fd (port));
  assert_request_starts ("KVM_IOEVENTFD", request);
  kvm_doorbell_remove (port, &error);
  memcpy (strchr (request, '\0') - 8, "06", 2);
  assert_request_starts ("KVM_IOEVENTFD", request);

  /* fd, interrupt, flags, fd of the end; 16 bytes of nothing */
  edge = kvm_vm_add_irq_trigger (machine->vm, 0x12345, KVM_IRQ_TRIGGER_FLAGS_NONE, &error);
  g_free (request);
  request = g_strdup_printf ("%02x000000"
                             "45230100"
                             "00000000"
                             "00000000"
                             "00000000000000000000000000000000",
                             kvm_irq_trigger_get_fd (edge));
  assert_request ("KVM_IRQFD", request);
  kvm_irq_trigger_remove (edge, &error);
  memcpy (request + 16, "01", 2);
  assert_request ("KVM_IRQFD", request);

  level = kvm_vm_add_irq_trigger (machine->vm, 5, KVM_IRQ_TRIGGER_FLAGS_RESAMPLE, &error);
  argument = last_argument ("KVM_IRQFD");
  g_free (request);
  request = g_strdup_printf ("%02x000000"
                             "05000000"
                             "02000000",
                             kvm_irq_trigger_get_fd (level));
  assert_request_starts ("KVM_IRQFD", request);
  g_assert_cmpint (memcmp (argument, argument + 24, 8), !=, 0); /* another fd */
  g_assert_cmpint (memcmp (argument + 24, "00000000", 8), !=, 0);
  g_assert_cmpstr (argument + 32, ==, "00000000000000000000000000000000");
  kvm_irq_trigger_remove (level, &error);
  g_assert_no_error (error);
}

/* They are deassigned with their VM only if the kernel's VM may live on. */
static void
test_deassigned_when_lent (void)
{
  g_autoptr (GError) error = NULL;

  if (!in_process (NULL, NULL))
    return;

  for (guint i = 0; i < 3; i++)
    {
      Machine *machine = machine_new ();
      guint doorbells = count_requests ("KVM_IOEVENTFD");
      guint triggers = count_requests ("KVM_IRQFD");

      g_object_unref (kvm_vm_add_doorbell (machine->vm, KVM_IO_SPACE_PORT, 1, 1, &error));
      g_object_unref (kvm_vm_add_irq_trigger (machine->vm, 1, 0, &error));
      if (i == 1)
        kvm_vm_get_fd (machine->vm);
      if (i == 2)
        kvm_vm_close (machine->vm);
      machine_free (machine);
      g_assert_no_error (error);
      g_assert_cmpuint (count_requests ("KVM_IOEVENTFD") - doorbells, ==, i == 0 ? 1 : 2);
      g_assert_cmpuint (count_requests ("KVM_IRQFD") - triggers, ==, i == 0 ? 1 : 2);
    }
}

/* With a text for the message; without one it is an argument that is wrong. */
static void
assert_not_supported (const GError *error, const char *text)
{
  g_assert_error (error, KVM_ERROR,
                  (text != NULL ? KVM_ERROR_NOT_SUPPORTED : KVM_ERROR_INVALID_ARGUMENT));
  g_assert_true (text == NULL || strstr (error->message, text) != NULL);
}

static void
test_missing_eventfds (void)
{
  static const struct
  {
    KvmCapability missing;
    guint length;
    KvmIrqTriggerFlags flags;
    const char *doorbell;
    const char *trigger;
  } kernels[] = {
    { KVM_CAPABILITY_IOEVENTFD, 1, 0, "(KVM_CAP_IOEVENTFD is 0)", NULL },
    { KVM_CAPABILITY_IOEVENTFD_ANY_LENGTH, 0, 0, "(KVM_CAP_IOEVENTFD_ANY_LENGTH is 0)", NULL },
    { KVM_CAPABILITY_IOEVENTFD_ANY_LENGTH, 1, 0, NULL, NULL },
    { KVM_CAPABILITY_IRQFD, 1, 0, NULL, "(KVM_CAP_IRQFD is 0)" },
    { KVM_CAPABILITY_IRQFD, 1, 2, NULL, "(KVM_CAP_IRQFD is 0)" },
    { KVM_CAPABILITY_IRQFD_RESAMPLE, 1, 2, NULL, "(KVM_CAP_IRQFD_RESAMPLE is 0)" },
    { KVM_CAPABILITY_IRQFD_RESAMPLE, 1, 0, NULL, NULL },
  };
  g_autoptr (Machine) machine = NULL;
  g_autoptr (GError) error = NULL;
  guint i;

  if (!g_test_subprocess ())
    {
      for (i = 0; i < G_N_ELEMENTS (kernels); i++)
        {
          g_autofree char *capabilities = g_strdup_printf ("%d=0", kernels[i].missing);
          g_autofree char *number = g_strdup_printf ("%u", i);

          g_setenv ("NULL_KVM_CAPABILITIES", capabilities, TRUE);
          g_setenv ("TEST_KERNEL", number, TRUE);
          in_process ("NULL_KVM_FAIL", "KVM_IOEVENTFD:EINVAL,KVM_IRQFD:EINVAL");
        }
      g_unsetenv ("NULL_KVM_CAPABILITIES");
      g_unsetenv ("TEST_KERNEL");
      return;
    }

  i = atoi (g_getenv ("TEST_KERNEL"));
  machine = machine_new ();
  g_assert_null (
      kvm_vm_add_doorbell (machine->vm, KVM_IO_SPACE_PORT, 1, kernels[i].length, &error));
  assert_not_supported (error, kernels[i].doorbell);
  g_clear_error (&error);
  g_assert_null (kvm_vm_add_irq_trigger (machine->vm, 1, kernels[i].flags, &error));
  assert_not_supported (error, kernels[i].trigger);
}

/* What the kernel refuses to remove is still there. */
static void
test_refused_removal (void)
{
  g_autoptr (Machine) machine = NULL;
  g_autoptr (KvmDoorbell) doorbell = NULL;
  g_autoptr (KvmIrqTrigger) trigger = NULL;
  g_autoptr (GError) error = NULL;

  if (!in_process ("NULL_KVM_FAIL", "KVM_IOEVENTFD:EEXIST:1,KVM_IOEVENTFD:ENOMEM:3,"
                                    "KVM_IRQFD:EAGAIN:1,KVM_IRQFD:ENOMEM:3"))
    return;

  machine = machine_new ();
  g_assert_null (kvm_vm_add_doorbell (machine->vm, KVM_IO_SPACE_MMIO, 0x1000, 4, &error));
  g_assert_error (error, KVM_ERROR, KVM_ERROR_OVERLAP);
  g_assert_nonnull (strstr (error->message, "address 0x1000, length 4: a doorbell is there"));
  g_clear_error (&error);
  doorbell = kvm_vm_add_doorbell (machine->vm, KVM_IO_SPACE_MMIO, 0x1000, 4, &error);
  g_assert_no_error (error);
  g_assert_false (kvm_doorbell_remove (doorbell, &error));
  g_assert_error (error, KVM_ERROR, KVM_ERROR_NO_MEMORY);
  g_clear_error (&error);
  g_assert_cmpint (kvm_doorbell_get_fd (doorbell), !=, -1);
  g_assert_true (kvm_doorbell_remove (doorbell, &error));

  g_assert_null (kvm_vm_add_irq_trigger (machine->vm, 7, 0, &error));
  g_assert_error (error, KVM_ERROR, KVM_ERROR_AGAIN);
  g_assert_nonnull (strstr (error->message, "GSI 7; the interrupt controller is not initialized"));
  g_clear_error (&error);
  trigger = kvm_vm_add_irq_trigger (machine->vm, 7, 0, &error);
  g_assert_no_error (error);
  g_assert_false (kvm_irq_trigger_remove (trigger, &error));
  g_assert_error (error, KVM_ERROR, KVM_ERROR_NO_MEMORY);
  g_clear_error (&error);
  g_assert_true (kvm_irq_trigger_raise (trigger, &error));
  g_assert_true (kvm_irq_trigger_remove (trigger, &error));
  g_assert_no_error (error);
}

/* What cannot change is asked once. */
static void
test_asked_once (void)
{
  g_autoptr (Machine) machine = NULL;
  g_autoptr (KvmVcpu) second = NULL;
  g_autoptr (GError) error = NULL;

  if (!in_process (NULL, NULL))
    return;

  machine = machine_new ();
  second = kvm_vm_create_vcpu (machine->vm, 1, &error);
  for (guint i = 0; i < 3; i++)
    kvm_x86_cpuid_unref (kvm_system_x86_get_supported_cpuid (machine->system, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (count_requests ("KVM_GET_VCPU_MMAP_SIZE"), ==, 1);
  g_assert_cmpuint (count_requests ("KVM_GET_SUPPORTED_CPUID"), ==, 1);
  g_assert_cmpuint (count_requests ("KVM_CREATE_VCPU"), ==, 2);
}

/* A VM, memory and a vCPU take three requests, and a run takes one. */
static void
test_no_more_than_needed (void)
{
  g_autoptr (Machine) machine = NULL;
  g_autoptr (KvmMemory) memory = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (!in_process (NULL, NULL))
    return;

  machine = machine_new ();
  memory = kvm_memory_new (0x1000, &error);
  g_object_unref (kvm_vm_add_memory (machine->vm, 0, memory, 0, &error));
  kvm_vcpu_run (machine->vcpu, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (g_getenv ("NULL_KVM_LOG"), &text, NULL, NULL));
  g_assert_cmpuint (count_requests ("KVM_CREATE_VM") + count_requests ("KVM_CREATE_VCPU")
                        + count_requests ("KVM_SET_USER_MEMORY_REGION")
                        + count_requests ("KVM_RUN"),
                    ==, 4);
  lines = g_strsplit (g_strchomp (text), "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==,
                    6); /* with the version and the size of the run page */
}

/* A slot is deleted with its VM only if the kernel's VM may live on. */
static void
test_deleted_when_lent (void)
{
  g_autoptr (KvmMemory) memory = NULL;
  g_autoptr (GError) error = NULL;

  if (!in_process (NULL, NULL))
    return;

  memory = kvm_memory_new (0x1000, &error);
  for (guint i = 0; i < 4; i++)
    {
      Machine *machine = machine_new ();
      guint before = count_requests ("KVM_SET_USER_MEMORY_REGION");

      g_object_unref (kvm_vm_add_memory (machine->vm, 0, memory, 0, &error));
      if (i == 1)
        kvm_vm_get_fd (machine->vm);
      if (i == 2)
        close (kvm_vcpu_dup_fd (machine->vcpu, &error));
      if (i == 3)
        kvm_vm_close (machine->vm);
      machine_free (machine);
      g_assert_no_error (error);
      g_assert_cmpuint (count_requests ("KVM_SET_USER_MEMORY_REGION") - before, ==, i == 0 ? 1 : 2);
    }
}

static void
test_missing_capability (void)
{
  g_autoptr (Machine) machine = NULL;
  g_autoptr (GError) error = NULL;
  KvmVcpuState state;

  g_setenv ("NULL_KVM_CAPABILITIES", "14=0", TRUE); /* MP_STATE */
  if (!in_process ("NULL_KVM_FAIL", "KVM_GET_MP_STATE:EINVAL,KVM_SET_GUEST_DEBUG:EINVAL"))
    {
      g_unsetenv ("NULL_KVM_CAPABILITIES");
      return;
    }

  machine = machine_new ();
  g_assert_false (kvm_vcpu_get_mp_state (machine->vcpu, &state, &error));
  g_assert_error (error, KVM_ERROR, KVM_ERROR_NOT_SUPPORTED);
  g_assert_cmpstr (error->message, ==,
                   "KVM_GET_MP_STATE on vCPU 5: this kernel does not have it (KVM_CAP_MP_STATE is "
                   "0)");
  g_clear_error (&error);

  /* With the capability it is an argument that is wrong. */
  g_assert_false (kvm_vcpu_set_guest_debug (machine->vcpu, 1, NULL, 0, &error));
  g_assert_error (error, KVM_ERROR, KVM_ERROR_INVALID_ARGUMENT);
}

static void
test_interrupted_call (void)
{
  g_autoptr (Machine) machine = NULL;

  if (!in_process ("NULL_KVM_FAIL", "KVM_CREATE_VM:EINTR:1,KVM_CREATE_VCPU:EINTR:1"))
    return;

  machine = machine_new (); /* tried again */
  g_assert_cmpuint (count_requests ("KVM_CREATE_VM"), ==, 2);
}

static void
test_interrupted_for_ever (void)
{
  g_autoptr (KvmSystem) system = NULL;
  g_autoptr (GError) error = NULL;

  if (!in_process ("NULL_KVM_FAIL", "KVM_CREATE_VM:EINTR"))
    return;

  system = kvm_system_new (&error);
  g_assert_null (kvm_system_create_vm (system, &error));
  g_assert_error (error, KVM_ERROR, KVM_ERROR_INTERRUPTED);
  g_assert_cmpuint (count_requests ("KVM_CREATE_VM"), ==, 100);
}

/* A slot that the kernel refuses leaves nothing behind, nor does a VM whose slots it will not
 * delete let the memory go. */
static void
test_refused_slot (void)
{
  g_autoptr (Machine) machine = NULL;
  g_autoptr (KvmMemory) memory = NULL;
  g_autoptr (KvmMemorySlot) slot = NULL;
  g_autoptr (GError) error = NULL;

  if (!in_process ("NULL_KVM_FAIL", "KVM_SET_USER_MEMORY_REGION:EEXIST:1,"
                                    "KVM_SET_USER_MEMORY_REGION:ENOMEM:3"))
    return;

  machine = machine_new ();
  memory = kvm_memory_new (0x1000, &error);
  g_assert_null (kvm_vm_add_memory (machine->vm, 0, memory, 0, &error));
  g_assert_error (error, KVM_ERROR, KVM_ERROR_OVERLAP);
  g_clear_error (&error);
  slot = kvm_vm_add_memory (machine->vm, 0, memory, 0, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (kvm_memory_slot_get_number (slot), ==, 0);

  g_assert_false (kvm_memory_slot_remove (slot, &error));
  g_assert_error (error, KVM_ERROR, KVM_ERROR_NO_MEMORY);
  g_clear_error (&error);
  g_assert_true (kvm_memory_slot_remove (slot, &error)); /* it was still there */
}

/* Memory stays where it is if the kernel may still have a slot with it. */
static void
test_slot_that_stays (void)
{
  g_autoptr (KvmMemory) memory = NULL;
  g_autoptr (GError) error = NULL;
  Machine *machine;
  guint8 *pointer;

  if (!in_process ("NULL_KVM_FAIL", "KVM_SET_USER_MEMORY_REGION:EIO:2"))
    return;

  machine = machine_new ();
  memory = kvm_memory_new (0x1000, &error);
  g_object_unref (kvm_vm_add_memory (machine->vm, 0, memory, 0, &error));
  pointer = kvm_memory_get_pointer (memory);
  g_clear_object (&memory);
  g_test_expect_message ("kvmobj", G_LOG_LEVEL_WARNING, "Memory is kept mapped*");
  kvm_vm_close (machine->vm);
  g_test_assert_expected_messages ();
  machine_free (machine);
  g_assert_cmpuint (*pointer, ==, 0);
}

static void
test_address_spaces (void)
{
  g_autoptr (Machine) machine = NULL;
  g_autoptr (KvmMemory) memory = NULL;
  KvmMemorySlot *slots[3] = { NULL, NULL, NULL };
  g_autoptr (GError) error = NULL;

  if (!in_process ("NULL_KVM_CAPABILITIES", "118=2"))
    return;

  machine = machine_new ();
  memory = kvm_memory_new (0x3000, &error);
  for (guint i = 0; i < 2; i++)
    slots[i] = kvm_vm_add_memory_full (machine->vm, 0x1000, memory, 0, 0x3000, 0, 1 - i, NULL, 0,
                                       &error);
  g_assert_no_error (error);
  slots[2] = kvm_vm_add_memory_full (machine->vm, 0x4000, memory, 0, 0x1000, 0, 0, NULL, 0, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 2; i++)
    {
      g_assert_null (
          kvm_vm_add_memory_full (machine->vm, 0x3000, memory, 0, 0x1000, 0, i, NULL, 0, &error));
      g_assert_error (error, KVM_ERROR, KVM_ERROR_OVERLAP);
      g_clear_error (&error);
    }
  for (guint i = 0; i < 3; i++)
    g_clear_object (&slots[i]);
}

static void
test_attributes_arrive (void)
{
  g_autoptr (Machine) machine = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree guint8 *value = NULL;
  gsize length;

  if (!in_process (NULL, NULL))
    return;

  machine = machine_new ();
  g_assert_true (
      kvm_vcpu_set_attribute (machine->vcpu, 0, 0, (const guint8 *) "12345678", 8, &error));
  value = kvm_vcpu_get_attribute (machine->vcpu, 0, 0, 8, &length, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (value, length, "12345678", 8);
  g_assert_true (kvm_vcpu_set_attribute (machine->vcpu, 0, 1, (const guint8 *) "abcd", 4, &error));
  g_free (value);
  value = kvm_vcpu_get_attribute (machine->vcpu, 0, 1, 4, &length, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (value, length, "abcd", 4);
}

static void
test_given_fd_stays (void)
{
  g_autoptr (GError) error = NULL;
  int fd;

  if (!in_process ("NULL_KVM_FAIL", "KVM_GET_VCPU_MMAP_SIZE:EINVAL"))
    return;

  fd = open ("/dev/kvm", O_RDWR);
  g_assert_null (kvm_system_new_take_fd (fd, &error));
  g_assert_error (error, KVM_ERROR, KVM_ERROR_INVALID_ARGUMENT);
  g_assert_cmpint (fcntl (fd, F_GETFD), !=, -1);
  g_assert_cmpint (close (fd), ==, 0);
}

/* A reason in the page that is of an earlier run does not make a memory fault of a failure. */
static void
test_fault_after_memory_fault (void)
{
  g_autoptr (Machine) machine = NULL;
  g_autoptr (GError) error = NULL;

  g_setenv ("NULL_KVM_EXITS", "efault:39:08", TRUE);
  if (!in_process ("NULL_KVM_FAIL", "KVM_RUN:EFAULT:2"))
    {
      g_unsetenv ("NULL_KVM_EXITS");
      return;
    }

  machine = machine_new ();
  g_assert_cmpint (kvm_vcpu_run (machine->vcpu, NULL, &error), ==, KVM_EXIT_REASON_MEMORY_FAULT);
  g_assert_cmpint (kvm_vcpu_run (machine->vcpu, NULL, &error), ==, KVM_EXIT_REASON_ERROR);
  g_assert_error (error, KVM_ERROR, KVM_ERROR_FAULT);
}

/* What old kernels do not say. */
static void
test_limits_unsaid (void)
{
  g_autoptr (KvmSystem) system = NULL;
  g_autoptr (GError) error = NULL;

  if (!in_process ("NULL_KVM_CAPABILITIES", "9=0,10=0,66=7,128=0"))
    return;

  system = kvm_system_new (&error);
  g_assert_cmpint (kvm_system_get_recommended_vcpus (system, &error), ==, 4);
  g_assert_cmpint (kvm_system_get_max_vcpus (system, &error), ==, 7);
  g_assert_cmpint (kvm_system_get_max_vcpu_id (system, &error), ==, 7);
  g_assert_cmpint (kvm_system_get_max_memory_slots (system, &error), ==, 32);
  g_assert_no_error (error);
}

static void
test_no_kvm (void)
{
  g_autoptr (GError) error = NULL;

  if (!in_process ("NULL_KVM_FAIL", "open:EBUSY"))
    return;

  g_assert_null (kvm_system_new (&error));
  g_assert_error (error, KVM_ERROR, KVM_ERROR_BUSY);
  g_assert_nonnull (strstr (error->message, "another hypervisor"));
}

int
main (int argc, char **argv)
{
  null_test_init (&argc, &argv);
  g_test_add_func ("/requests/values", test_values);
  g_test_add_func ("/requests/structs", test_structs);
  g_test_add_func ("/requests/eventfds", test_eventfds);
  g_test_add_func ("/requests/deassigned-when-lent", test_deassigned_when_lent);
  g_test_add_func ("/requests/missing-eventfds", test_missing_eventfds);
  g_test_add_func ("/requests/refused-removal", test_refused_removal);
  g_test_add_func ("/requests/asked-once", test_asked_once);
  g_test_add_func ("/requests/no-more-than-needed", test_no_more_than_needed);
  g_test_add_func ("/requests/deleted-when-lent", test_deleted_when_lent);
  g_test_add_func ("/requests/missing-capability", test_missing_capability);
  g_test_add_func ("/requests/interrupted-call", test_interrupted_call);
  g_test_add_func ("/requests/interrupted-for-ever", test_interrupted_for_ever);
  g_test_add_func ("/requests/refused-slot", test_refused_slot);
  g_test_add_func ("/requests/slot-that-stays", test_slot_that_stays);
  g_test_add_func ("/requests/address-spaces", test_address_spaces);
  g_test_add_func ("/requests/attributes-arrive", test_attributes_arrive);
  g_test_add_func ("/requests/given-fd-stays", test_given_fd_stays);
  g_test_add_func ("/requests/fault-after-memory-fault", test_fault_after_memory_fault);
  g_test_add_func ("/requests/limits-unsaid", test_limits_unsaid);
  g_test_add_func ("/requests/no-kvm", test_no_kvm);
  return null_test_run ();
}
