/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kvm-test.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* A type of device that is on most architectures: it connects VFIO's groups and files to the VM. */
#define TYPE_OF_OTHERS 3 /* the XICS of powerpc */
#define VFIO_FILE 1
#define VFIO_FILE_ADD 1

typedef struct
{
  KvmSystem *system;
  KvmVm *vm;
  KvmDevice *device;
} Machine;

static Machine *
machine_new (void)
{
  Machine *self = g_new0 (Machine, 1);
  g_autoptr (GError) error = NULL;

  self->system = kvm_system_new (&error);
  self->vm = kvm_system_create_vm (self->system, &error);
  self->device = kvm_vm_create_device (self->vm, KVM_DEVICE_TYPE_VFIO, &error);
  g_assert_no_error (error);
  return self;
}

static void
machine_free (Machine *self)
{
  g_clear_object (&self->device);
  g_clear_object (&self->vm);
  g_clear_object (&self->system);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Machine, machine_free)

static void
test_properties (void)
{
  g_autoptr (Machine) machine = machine_new ();
  g_autoptr (KvmVm) vm = NULL;
  guint type;

  g_object_get (machine->device, "vm", &vm, "device-type", &type, NULL);
  g_assert_true (vm == machine->vm && kvm_device_get_vm (machine->device) == vm);
  g_assert_cmpuint (type, ==, KVM_DEVICE_TYPE_VFIO);
  g_assert_cmpuint (kvm_device_get_device_type (machine->device), ==, type);
  g_assert_cmpint (fcntl (kvm_device_get_fd (machine->device), F_GETFD), ==, FD_CLOEXEC);
}

static void
test_create (void)
{
  g_autoptr (Machine) machine = machine_new ();
  g_autoptr (GError) error = NULL;

  g_assert_true (kvm_vm_test_device (machine->vm, KVM_DEVICE_TYPE_VFIO, &error));
  g_assert_no_error (error);
  g_assert_false (kvm_vm_test_device (machine->vm, TYPE_OF_OTHERS, &error));
  g_assert_no_error (error);
  g_assert_null (kvm_vm_create_device (machine->vm, KVM_DEVICE_TYPE_VFIO, &error));
  kvm_test_assert_error (error, KVM_ERROR_BUSY, "KVM_CREATE_DEVICE on VM");
  g_assert_null (kvm_vm_create_device (machine->vm, 12345, &error));
  kvm_test_assert_error (error, KVM_ERROR_NO_DEVICE, "device type 12345");
}

static void
test_attributes (void)
{
  g_autoptr (Machine) machine = machine_new ();
  g_autoptr (GError) error = NULL;
  const gint32 not_vfio = 0;
  gsize length;

  g_assert_true (kvm_device_has_attribute (machine->device, VFIO_FILE, VFIO_FILE_ADD, &error));
  g_assert_false (kvm_device_has_attribute (machine->device, VFIO_FILE, 99, &error));
  g_assert_no_error (error);

  /* The kernel reads an fd of 4 bytes, and it must be VFIO's. */
  g_assert_false (kvm_device_set_attribute (machine->device, VFIO_FILE, VFIO_FILE_ADD,
                                            (const guint8 *) &not_vfio, sizeof not_vfio, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT, "group 1, attribute 0x1");
  g_assert_false (kvm_device_set_attribute (machine->device, VFIO_FILE, VFIO_FILE_ADD,
                                            (const guint8 *) &not_vfio, 3, &error));
  kvm_test_assert_error (error, KVM_ERROR_FAULT, "larger than 3 bytes");
  g_assert_false (kvm_device_set_attribute (machine->device, 7, G_MAXUINT64, NULL, 0, &error));
  kvm_test_assert_error (error, KVM_ERROR_NO_SUCH_ATTRIBUTE,
                         "group 7, attribute 0xffffffffffffffff");
  g_assert_null (kvm_device_get_attribute (machine->device, 1, 1, 4, &length, &error));
  kvm_test_assert_error (error, KVM_ERROR_NOT_PERMITTED, "device of type 4");
}

static void
test_keeps_vm (void)
{
  g_autoptr (Machine) machine = machine_new ();
  KvmVm *vm = machine->vm;

  g_object_add_weak_pointer (G_OBJECT (vm), (gpointer *) &vm);
  g_clear_object (&machine->vm);
  g_assert_nonnull (vm);
  g_clear_object (&machine->device);
  g_assert_null (vm);
}

static void
test_take_fd (void)
{
  g_autoptr (Machine) machine = machine_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmVcpu) vcpu = kvm_vm_create_vcpu (machine->vm, 0, &error);
  int null = open ("/dev/null", O_RDWR | O_CLOEXEC);
  const int wrong[] = { kvm_system_get_fd (machine->system), kvm_vm_get_fd (machine->vm),
                        kvm_vcpu_get_fd (vcpu), null, -1 };
  int fd = kvm_device_dup_fd (machine->device, &error);
  g_autoptr (KvmDevice) device = NULL;

  g_assert_no_error (error);
  fcntl (fd, F_SETFD, 0);
  device = kvm_device_new_take_fd (machine->vm, KVM_DEVICE_TYPE_VFIO, fd, &error);
  g_assert_no_error (error);
  g_assert_cmpint (kvm_device_get_fd (device), ==, fd);
  g_assert_cmpint (fcntl (fd, F_GETFD), ==, FD_CLOEXEC);
  g_assert_true (kvm_device_has_attribute (device, VFIO_FILE, VFIO_FILE_ADD, &error));

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_assert_null (kvm_device_new_take_fd (machine->vm, 4, wrong[i], &error));
      kvm_test_assert_error (error, KVM_ERROR_INVALID, "is not a device's");
    }
  close (null);
}

static void
test_close (void)
{
  g_autoptr (Machine) machine = machine_new ();
  g_autoptr (KvmDevice) never_opened = g_object_new (KVM_TYPE_DEVICE, NULL);
  g_autoptr (GError) error = NULL;
  gsize length;

  kvm_device_close (machine->device);
  kvm_device_close (machine->device);
  g_assert_false (kvm_device_has_attribute (machine->device, 1, 1, &error));
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "it is closed");
  g_assert_null (kvm_device_get_attribute (machine->device, 1, 1, 4, &length, &error));
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "it is closed");
  g_assert_false (kvm_device_set_attribute (machine->device, 1, 1, NULL, 0, &error));
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "it is closed");
  g_assert_cmpint (kvm_device_dup_fd (machine->device, &error), ==, -1);
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "it is closed");

  kvm_device_close (never_opened);
  g_assert_cmpint (kvm_device_get_fd (never_opened), ==, -1);
  g_assert_null (kvm_device_get_vm (never_opened));
  g_assert_false (kvm_device_has_attribute (never_opened, 1, 1, &error));
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "never opened");
}

int
main (int argc, char **argv)
{
  kvm_test_init (&argc, &argv);
  kvm_test_add ("/device/properties", test_properties);
  kvm_test_add ("/device/create", test_create);
  kvm_test_add ("/device/attributes", test_attributes);
  kvm_test_add ("/device/keeps-vm", test_keeps_vm);
  kvm_test_add ("/device/take-fd", test_take_fd);
  kvm_test_add ("/device/close", test_close);
  return g_test_run ();
}
