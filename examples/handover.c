/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Hands KVM to a process that may not open /dev/kvm itself, such as one in a sandbox: what goes
 * over the socket is a GUnixFDList, as in a D-Bus message.
 *
 * Only /dev/kvm can go this way. The kernel ties a virtual machine to the memory of the process
 * that made it: in another, everything that is asked of it fails with EIO. */

#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gio/gunixconnection.h>
#include <gio/gunixfdmessage.h>
#include <kvmobj/kvmobj.h>

static const guint8 code[]
    = { 0xb0, '4', 0xe6, 0x10, 0xf4 }; /* mov $'4', %al; out %al, $0x10; hlt */

/* The process outside: it has the right to open /dev/kvm. */
static gboolean
hand_over (GSocket *socket, GError **error)
{
  g_autoptr (KvmSystem) system = kvm_system_new (error);
  g_autoptr (GUnixFDList) fds = g_unix_fd_list_new ();
  g_autoptr (GSocketControlMessage) message = NULL;
  GOutputVector nothing = { "", 1 };

  /* The list has a file descriptor of its own, a duplicate. */
  if (system == NULL || g_unix_fd_list_append (fds, kvm_system_get_fd (system), error) == -1)
    return FALSE;
  message = g_unix_fd_message_new_with_fd_list (fds);
  return g_socket_send_message (socket, NULL, &nothing, 1, &message, 1, 0, NULL, error) == 1;
}

static KvmSystem *
receive (GSocket *socket, GError **error)
{
  g_autoptr (GSocketConnection) connection = g_socket_connection_factory_create_connection (socket);
  int fd = g_unix_connection_receive_fd (G_UNIX_CONNECTION (connection), NULL, error);

  return fd == -1 ? NULL : kvm_system_new_take_fd (fd, error);
}

/* The process inside, which has no more than the socket. */
static gboolean
run_guest (GSocket *socket, GError **error)
{
  g_autoptr (KvmSystem) system = receive (socket, error);
  g_autoptr (KvmVm) vm = system ? kvm_system_create_vm (system, error) : NULL;
  g_autoptr (KvmMemory) memory = vm ? kvm_memory_new (0x1000, error) : NULL;
  g_autoptr (KvmMemorySlot) slot
      = memory ? kvm_vm_add_memory (vm, 0x1000, memory, KVM_MEMORY_SLOT_FLAGS_NONE, error) : NULL;
  g_autoptr (KvmVcpu) vcpu = slot ? kvm_vm_create_vcpu (vm, 0, error) : NULL;

  if (vcpu == NULL || !kvm_memory_write (memory, 0, code, sizeof code, error)
      || !kvm_vcpu_x86_setup_real_mode (vcpu, 0x1000, error))
    return FALSE;
  while (kvm_vcpu_run (vcpu, NULL, error) == KVM_EXIT_REASON_IO)
    g_print ("The guest of the process inside says %c\n",
             (char) kvm_exit_get_value (kvm_vcpu_get_exit (vcpu)));
  return kvm_exit_get_reason (kvm_vcpu_get_exit (vcpu)) == KVM_EXIT_REASON_HLT;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) socket = NULL;
  gboolean is_inside, is_done;
  int fds[2], status = 0;

  if (argc > 1 || socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) == -1)
    {
      g_printerr ("Usage: handover\n");
      return 1;
    }
  is_inside = fork () == 0; /* before there is any thread */
  close (fds[is_inside ? 0 : 1]);
  socket = g_socket_new_from_fd (fds[is_inside ? 1 : 0], &error);
  is_done = socket && (is_inside ? run_guest (socket, &error) : hand_over (socket, &error));
  if (!is_done && error && !(is_inside && error->domain == G_IO_ERROR))
    g_printerr ("%s\n", error->message); /* the one inside need not say that nothing came */
  g_clear_object (&socket);
  if (!is_inside)
    wait (&status);
  return is_done && status == 0 ? 0 : 1;
}
