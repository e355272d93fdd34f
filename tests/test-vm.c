/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kvm-test.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static void
test_keeps_system (void)
{
  g_autoptr (GError) error = NULL;
  KvmSystem *system = kvm_system_new (&error);
  g_autoptr (KvmVm) vm = kvm_system_create_vm (system, &error);

  g_assert_no_error (error);
  g_assert_true (kvm_vm_get_system (vm) == system);
  g_object_add_weak_pointer (G_OBJECT (system), (gpointer *) &system);
  g_object_unref (system);
  g_assert_nonnull (system);
  g_clear_object (&vm);
  g_assert_null (system);
}

static void
test_capabilities (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmSystem) system = kvm_system_new (&error);
  g_autoptr (KvmVm) vm = kvm_system_create_vm (system, &error);
  const guint64 arguments[5] = { 0 };

  g_assert_cmpint (kvm_vm_check_extension (vm, KVM_CAPABILITY_USER_MEMORY, &error), ==, 1);
  g_assert_cmpint (kvm_vm_check_extension (vm, G_MAXUINT, &error), ==, 0);
  g_assert_no_error (error);

  g_assert_false (kvm_vm_enable_capability (vm, 999999, NULL, 0, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT,
                         "capability 999999, which the host does not have");
  g_assert_false (kvm_vm_enable_capability (vm, KVM_CAPABILITY_USER_MEMORY, arguments, 5, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "at most 4 arguments, not 5");
}

static void
test_split_irqchip (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmSystem) system = kvm_system_new (&error);
  g_autoptr (KvmVm) vm = kvm_system_create_vm (system, &error);
  const guint64 routes[] = { 24 };

  g_assert_true (kvm_vm_enable_capability (vm, KVM_CAPABILITY_SPLIT_IRQCHIP, routes, 1, &error));
  g_assert_no_error (error);
  g_assert_false (kvm_vm_create_irqchip (vm, &error)); /* it has the other kind now */
  g_assert_error (error, KVM_ERROR, KVM_ERROR_EXISTS);
}

static void
test_take_fd (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmSystem) system = kvm_system_new (&error);
  g_autoptr (KvmVm) first = kvm_system_create_vm (system, &error);
  int fd = kvm_vm_dup_fd (first, &error);
  g_autoptr (KvmVm) second = NULL;
  g_autoptr (KvmVcpu) vcpu = NULL;

  g_assert_no_error (error);
  g_assert_cmpint (fcntl (fd, F_GETFD), ==, FD_CLOEXEC);
  fcntl (fd, F_SETFD, 0);
  g_clear_object (&first);
  second = kvm_vm_new_take_fd (system, fd, &error);
  g_assert_no_error (error);
  g_assert_cmpint (kvm_vm_get_fd (second), ==, fd);
  g_assert_cmpint (fcntl (fd, F_GETFD), ==, FD_CLOEXEC);
  vcpu = kvm_vm_create_vcpu (second, 0, &error);
  g_assert_no_error (error);
}

static void
test_take_wrong_fd (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmSystem) system = kvm_system_new (&error);
  g_autoptr (KvmVm) vm = kvm_system_create_vm (system, &error);
  g_autoptr (KvmVcpu) vcpu = kvm_vm_create_vcpu (vm, 0, &error);
  g_autoptr (KvmDevice) device = kvm_test_device_new (vm);
  int null = open ("/dev/null", O_RDWR | O_CLOEXEC);
  const int wrong[] = { kvm_system_get_fd (system),
                        kvm_vcpu_get_fd (vcpu),
                        device != NULL ? kvm_device_get_fd (device) : -1,
                        null,
                        -1,
                        1000000 };

  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_assert_null (kvm_vm_new_take_fd (system, wrong[i], &error));
      kvm_test_assert_error (error, KVM_ERROR_INVALID, "is not a virtual machine's");
    }
  g_assert_cmpint (close (null), ==, 0);
}

static void
test_close (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmSystem) system = kvm_system_new (&error);
  g_autoptr (KvmVm) vm = kvm_system_create_vm (system, &error);
  g_autoptr (KvmVcpu) vcpu = kvm_vm_create_vcpu (vm, 0, &error);
  g_autoptr (KvmDevice) device = kvm_test_device_new (vm);
  g_autofree char *maps = NULL;
  KvmVcpuState state;
  gsize length;

  g_assert_no_error (error);
  kvm_vm_close (vm);
  kvm_vm_close (vm);

  g_assert_cmpint (kvm_vm_check_extension (vm, 0, &error), ==, -1);
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "KVM_CHECK_EXTENSION on VM: it is closed");
  g_assert_false (kvm_vm_enable_capability (vm, 0, NULL, 0, &error));
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "KVM_ENABLE_CAP");
  g_assert_null (kvm_vm_create_vcpu (vm, 1, &error));
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "KVM_CREATE_VCPU");
  g_assert_null (kvm_vm_create_device (vm, KVM_DEVICE_TYPE_VFIO, &error));
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "KVM_CREATE_DEVICE");
  g_assert_false (kvm_vm_test_device (vm, KVM_DEVICE_TYPE_VFIO, &error));
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "KVM_CREATE_DEVICE");
  g_assert_cmpint (kvm_vm_dup_fd (vm, &error), ==, -1);
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "closed");
  g_assert_false (kvm_vm_has_attribute (vm, 0, 0, &error));
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "closed");
  g_assert_null (kvm_vm_get_attribute (vm, 0, 0, 4, &length, &error));
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "closed");
  g_assert_false (kvm_vm_set_attribute (vm, 0, 0, NULL, 0, &error));
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "closed");
  g_assert_null (kvm_vcpu_new_take_fd (vm, 0, 0, &error));
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "closed");
  g_assert_null (kvm_device_new_take_fd (vm, 0, 0, &error));
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "closed");

  /* What was made from it is closed too, and the kernel has let go of all of it. */
  g_assert_false (kvm_vcpu_get_mp_state (vcpu, &state, &error));
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "KVM_GET_MP_STATE on vCPU 0: it is closed");
  if (device != NULL)
    {
      g_assert_false (kvm_device_has_attribute (device, 0, 0, &error));
      kvm_test_assert_error (error, KVM_ERROR_CLOSED, "device of type 4: it is closed");
    }
  g_assert_true (g_file_get_contents ("/proc/self/maps", &maps, NULL, NULL));
  g_assert_null (strstr (maps, "kvm-vcpu"));
}

static void
test_close_on_x86 (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmSystem) system = kvm_system_new (&error);
  g_autoptr (KvmVm) vm = kvm_system_create_vm (system, &error);

  g_assert_no_error (error);
  kvm_vm_close (vm);
  g_assert_false (kvm_vm_create_irqchip (vm, &error));
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "KVM_CREATE_IRQCHIP");
  g_assert_false (kvm_vm_x86_create_pit (vm, 0, &error));
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "KVM_CREATE_PIT2");
  g_assert_false (kvm_vm_x86_set_tss_address (vm, 0xfffbd000, &error));
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "KVM_SET_TSS_ADDR");
}

static void
test_never_opened (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmVm) vm = g_object_new (KVM_TYPE_VM, NULL);
  g_autoptr (KvmMemory) memory = kvm_memory_new (0x1000, &error);

  g_assert_null (kvm_vm_get_system (vm));
  g_assert_cmpint (kvm_vm_get_fd (vm), ==, -1);
  g_assert_null (kvm_vm_create_vcpu (vm, 0, &error));
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "never opened");
  g_assert_null (kvm_vm_add_memory (vm, 0, memory, 0, &error));
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "never opened");
  kvm_vm_close (vm);
}

static void
test_create_vcpu_errors (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmSystem) system = kvm_system_new (&error);
  g_autoptr (KvmVm) vm = kvm_system_create_vm (system, &error);
  g_autoptr (KvmVcpu) vcpu = kvm_vm_create_vcpu (vm, 3, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (kvm_vcpu_get_id (vcpu), ==, 3);
  g_assert_null (kvm_vm_create_vcpu (vm, 3, &error));
  kvm_test_assert_error (error, KVM_ERROR_EXISTS, "KVM_CREATE_VCPU on VM: File exists (vCPU id 3)");
  g_assert_null (kvm_vm_create_vcpu (vm, G_MAXUINT, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT, "vCPU id 4294967295");
}

static void
test_irqchip_after_vcpu (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmSystem) system = kvm_system_new (&error);
  g_autoptr (KvmVm) vm = kvm_system_create_vm (system, &error);
  g_autoptr (KvmVcpu) vcpu G_GNUC_UNUSED = kvm_vm_create_vcpu (vm, 0, &error);

  g_assert_no_error (error);
  g_assert_false (kvm_vm_create_irqchip (vm, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT, "it must come before the first vCPU");
}

static void
test_irqchip (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmSystem) system = kvm_system_new (&error);
  g_autoptr (KvmVm) vm = kvm_system_create_vm (system, &error);
  g_autoptr (KvmVm) without = kvm_system_create_vm (system, &error);
  g_autoptr (KvmVcpu) vcpu = NULL;
  KvmVcpuState state;

  /* Old kernels do not mind. */
  if (!kvm_vm_x86_create_pit (without, 0, &error))
    kvm_test_assert_error (error, KVM_ERROR_NOT_FOUND, "needs the in-kernel irqchip first");
  g_assert_true (kvm_vm_create_irqchip (vm, &error));
  g_assert_false (kvm_vm_create_irqchip (vm, &error));
  kvm_test_assert_error (error, KVM_ERROR_EXISTS, "KVM_CREATE_IRQCHIP");
  g_assert_true (kvm_vm_x86_create_pit (vm, 0, &error));
  g_assert_false (kvm_vm_x86_create_pit (vm, 0, &error));
  kvm_test_assert_error (error, KVM_ERROR_EXISTS, "KVM_CREATE_PIT2");

  /* A second processor waits for its start now. */
  vcpu = kvm_vm_create_vcpu (vm, 1, &error);
  g_assert_true (kvm_vcpu_get_mp_state (vcpu, &state, &error));
  g_assert_cmpint (state, ==, KVM_VCPU_STATE_UNINITIALIZED);
}

static void
test_tss_address (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmSystem) system = kvm_system_new (&error);
  g_autoptr (KvmVm) vm = kvm_system_create_vm (system, &error);

  g_assert_true (kvm_vm_x86_set_tss_address (vm, 0xfffbd000, &error));
  g_assert_false (kvm_vm_x86_set_tss_address (vm, G_MAXUINT32, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT, "address 0xffffffff");
}

/* VMs have no attributes on x86. */
static void
test_attributes (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmSystem) system = kvm_system_new (&error);
  g_autoptr (KvmVm) vm = kvm_system_create_vm (system, &error);
  gsize length;

  g_assert_false (kvm_vm_has_attribute (vm, 1, 2, &error));
  g_assert_no_error (error);
  g_assert_null (kvm_vm_get_attribute (vm, 1, 2, 4, &length, &error));
  kvm_test_assert_error (error, KVM_ERROR_NOT_SUPPORTED, "KVM_GET_DEVICE_ATTR on VM");
  g_assert_false (kvm_vm_set_attribute (vm, 1, 2, (const guint8 *) "1234", 4, &error));
  kvm_test_assert_error (error, KVM_ERROR_NOT_SUPPORTED, "group 1, attribute 0x2");
}

int
main (int argc, char **argv)
{
  kvm_test_init (&argc, &argv);
  kvm_test_add ("/vm/keeps-system", test_keeps_system);
  kvm_test_add ("/vm/capabilities", test_capabilities);
  kvm_test_add_for_x86 ("/vm/split-irqchip", test_split_irqchip);
  kvm_test_add ("/vm/take-fd", test_take_fd);
  kvm_test_add ("/vm/take-wrong-fd", test_take_wrong_fd);
  kvm_test_add ("/vm/close", test_close);
  kvm_test_add_for_x86 ("/vm/close-x86", test_close_on_x86);
  kvm_test_add ("/vm/never-opened", test_never_opened);
  kvm_test_add ("/vm/create-vcpu-errors", test_create_vcpu_errors);
  kvm_test_add_for_x86 ("/vm/irqchip", test_irqchip);
  kvm_test_add_for_x86 ("/vm/irqchip-after-vcpu", test_irqchip_after_vcpu);
  kvm_test_add_for_x86 ("/vm/tss-address", test_tss_address);
  kvm_test_add_for_x86 ("/vm/attributes", test_attributes);
  return g_test_run ();
}
