/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <glib/gstdio.h>
#include <gio/gunixsocketaddress.h>

#include "kvm-error.h"
#include "kvm-fork-private.h"
#include "kvm-gdb-server.h"
#include "kvm-gdb-session-private.h"
#include "kvm-vm.h"

/**
 * KvmGdbServer:
 *
 * Lets GDB debug the guest of a [class@Kvm.Runner]: its processors, from their first instruction
 * on. x86_64 and arm64.
 *
 * ```c
 * g_autoptr (KvmGdbServer) server = kvm_gdb_server_new (runner, NULL, &error);
 *
 * if (server == NULL)
 *   return FALSE;
 * g_print ("target remote 127.0.0.1:%u\n",
 *          g_inet_socket_address_get_port (
 *              G_INET_SOCKET_ADDRESS (kvm_gdb_server_get_address (server))));
 * ```
 *
 * A guest stops when GDB connects. A vCPU is a thread to GDB, the first that was added to the
 * runner is thread 1. Breakpoints and watchpoints are the processor's, `hbreak` and `break` alike:
 * nothing is written into the guest's memory. An x86 processor has four for both together, each
 * watchpoint of 1, 2, 4 or 8 bytes that are aligned, and none for reads alone; on arm64
 * %KVM_CAPABILITY_GUEST_DEBUG_HW_BPS and %KVM_CAPABILITY_GUEST_DEBUG_HW_WPS tell how many there
 * are. Registers, those of segments, paging and vectors among them, can be read and written. A
 * write of registers fails while the program has an exit of that vCPU's to answer.
 *
 * Addresses are the guest's virtual ones, as the vCPU sees them that GDB has selected: its page
 * tables are walked by the kernel on x86 (`KVM_TRANSLATE`), and by the library on arm64, for
 * addresses of up to 48 bits at EL1 and EL0. On x86 they do not count from the beginning of a
 * segment: in real mode, GDB is to be told the linear ones. It takes every guest of x86's for one
 * in long mode, but for `set architecture`.
 *
 * `continue`, `stepi`, the interrupt key, `set scheduler-locking`, `detach` and `kill` do what one
 * expects; `kill` is [method@Kvm.Runner.stop]. GDB is told that the guest has exited when the run
 * ends by itself. When it detaches, or the connection is lost, breakpoints go, and the guest goes
 * on, unless the program had paused it before GDB came or while it ran. GDB can connect again.
 * While it has stopped the guest, [property@Kvm.Runner:state] is %KVM_RUNNER_STATE_PAUSED, and
 * [method@Kvm.Runner.resume] is without effect.
 *
 * GDB may connect before [method@Kvm.Runner.run_async] is called, such as for a program that waits
 * for [property@Kvm.GdbServer:connected]; then the guest does not begin before GDB says `continue`.
 *
 * The server needs handlers of [signal@Kvm.Runner::exit] that leave %KVM_EXIT_REASON_DEBUG alone,
 * and has [method@Kvm.Vcpu.set_guest_debug] for itself. Clients are served in the main context that
 * was the thread's default one when the server was made, which has to be that in which the runner
 * is run; and it is to be used in that thread.
 *
 * Whoever can connect has all of the guest, and through its devices what they have. So the address
 * is one of this machine's; a socket in a directory of the user's is safer than a port, which every
 * user of the machine can reach. There is one client at a time: others are turned away, and so is
 * one that says something which is not of GDB's remote protocol, or comes before the runner has a
 * vCPU.
 *
 * Since: 0.1
 */
struct _KvmGdbServer
{
  GObject parent_instance;
  KvmRunner *runner; /* owned */
  const KvmGdbArch *arch;
  guint generation;        /* _kvm_fork_generation of the process that made it */
  GSocketService *service; /* owned; NULL once it is closed */
  GSocketAddress *address; /* owned: where it listens */
  KvmGdbSession *session;  /* of the client; NULL if there is none */
};

typedef enum
{
  PROP_RUNNER = 1,
  PROP_CONNECTED,
} KvmGdbServerProperty;

static GParamSpec *properties[PROP_CONNECTED + 1];

G_DEFINE_FINAL_TYPE (KvmGdbServer, kvm_gdb_server, G_TYPE_OBJECT)

static void
kvm_gdb_server_dispose (GObject *object)
{
  kvm_gdb_server_close (KVM_GDB_SERVER (object));

  G_OBJECT_CLASS (kvm_gdb_server_parent_class)->dispose (object);
}

static void
kvm_gdb_server_finalize (GObject *object)
{
  KvmGdbServer *self = KVM_GDB_SERVER (object);

  g_clear_object (&self->address);
  g_clear_object (&self->runner);

  G_OBJECT_CLASS (kvm_gdb_server_parent_class)->finalize (object);
}

static void
kvm_gdb_server_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  KvmGdbServer *self = KVM_GDB_SERVER (object);

  switch ((KvmGdbServerProperty) id)
    {
    case PROP_RUNNER:
      g_value_set_object (value, self->runner);
      break;
    case PROP_CONNECTED:
      g_value_set_boolean (value, kvm_gdb_server_get_connected (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
kvm_gdb_server_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  KvmGdbServer *self = KVM_GDB_SERVER (object);

  switch ((KvmGdbServerProperty) id)
    {
    case PROP_RUNNER:
      self->runner = g_value_dup_object (value);
      break;
    case PROP_CONNECTED:
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
kvm_gdb_server_class_init (KvmGdbServerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = kvm_gdb_server_dispose;
  object_class->finalize = kvm_gdb_server_finalize;
  object_class->get_property = kvm_gdb_server_get_property;
  object_class->set_property = kvm_gdb_server_set_property;

  /**
   * KvmGdbServer:runner:
   *
   * What runs the guest.
   *
   * Since: 0.1
   */
  properties[PROP_RUNNER]
      = g_param_spec_object ("runner", NULL, NULL, KVM_TYPE_RUNNER,
                             G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);

  /**
   * KvmGdbServer:connected:
   *
   * Whether GDB debugs the guest. It becomes false when the guest has gone on without it. A change
   * is notified in the main context of the server.
   *
   * Since: 0.1
   */
  properties[PROP_CONNECTED] = g_param_spec_boolean ("connected", NULL, NULL, FALSE,
                                                     G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
kvm_gdb_server_init (KvmGdbServer *self)
{
  self->generation = _kvm_fork_generation;
}

static void
on_session_ended (gpointer user_data)
{
  KvmGdbServer *self = user_data;

  self->session = NULL;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CONNECTED]);
}

/* Whoever is not served finds the connection closed. */
static gboolean
on_incoming (GSocketService *service, GSocketConnection *connection, GObject *source,
             KvmGdbServer *self)
{
  if (self->session != NULL || self->generation != _kvm_fork_generation)
    return TRUE;
  /* A reply is not to wait until the acknowledgement before it has arrived. A UNIX socket has no
   * such option. */
  g_socket_set_option (g_socket_connection_get_socket (connection), IPPROTO_TCP, TCP_NODELAY, TRUE,
                       NULL);
  self->session = _kvm_gdb_session_begin (self->runner, self->arch, G_IO_STREAM (connection),
                                          on_session_ended, self);
  if (self->session != NULL)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CONNECTED]);
  return TRUE;
}

static gboolean
check_address (GSocketAddress *address, GError **error)
{
  g_autofree char *text = NULL;

  if (G_IS_UNIX_SOCKET_ADDRESS (address)
      || (G_IS_INET_SOCKET_ADDRESS (address)
          && g_inet_address_get_is_loopback (
              g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address)))))
    return TRUE;

  text = g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (address));
  g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
               "A server for GDB listens on this machine's own addresses, not on %s: give a "
               "loopback address or that of a UNIX socket",
               text);
  return FALSE;
}

/**
 * kvm_gdb_server_new:
 * @runner: what runs the guest
 * @address: (nullable): where to listen: a [class@Gio.InetSocketAddress] of this machine's
 * loopback, whose port may be 0 for any that is free, or a [class@Gio.UnixSocketAddress]; %NULL for
 * any port of 127.0.0.1
 * @error: return location for an error
 *
 * Makes a server, which listens at once.
 *
 * Fails with %G_IO_ERROR_ADDRESS_IN_USE if the port is in use, or if there is something at the path
 * already; as [method@Gio.SocketListener.add_address] does for other reasons; with
 * %KVM_ERROR_INVALID if the address can be reached from elsewhere; and with
 * %KVM_ERROR_NOT_SUPPORTED on riscv64.
 *
 * Returns: (transfer full): the server; %NULL on failure
 *
 * Since: 0.1
 */
KvmGdbServer *
kvm_gdb_server_new (KvmRunner *runner, GSocketAddress *address, GError **error)
{
  g_autoptr (KvmGdbServer) self = NULL;
  g_autoptr (GSocketAddress) loopback = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  const KvmGdbArch *arch;

  g_return_val_if_fail (KVM_IS_RUNNER (runner), NULL);
  g_return_val_if_fail (address == NULL || G_IS_SOCKET_ADDRESS (address), NULL);

  if (address == NULL)
    address = loopback;
  arch = _kvm_gdb_arch_get (error);
  if (arch == NULL || !check_address (address, error))
    return NULL;

  self = g_object_new (KVM_TYPE_GDB_SERVER, "runner", runner, NULL);
  self->arch = arch;
  self->service = g_socket_service_new ();
  if (!g_socket_listener_add_address (G_SOCKET_LISTENER (self->service), address,
                                      G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, NULL,
                                      &self->address, error))
    {
      g_autofree char *text = g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (address));

      g_prefix_error (error, "The server for GDB at %s: ", text);
      return NULL;
    }
  g_signal_connect (self->service, "incoming", G_CALLBACK (on_incoming), self);
  g_socket_service_start (self->service);
  return g_steal_pointer (&self);
}

/**
 * kvm_gdb_server_get_runner:
 * @self: a server
 *
 * Gets what runs the guest.
 *
 * Returns: (transfer none) (nullable): the runner; %NULL if a binding made this without
 *   [ctor@Kvm.GdbServer.new]
 *
 * Since: 0.1
 */
KvmRunner *
kvm_gdb_server_get_runner (KvmGdbServer *self)
{
  g_return_val_if_fail (KVM_IS_GDB_SERVER (self), NULL);

  return self->runner;
}

/**
 * kvm_gdb_server_get_address:
 * @self: a server
 *
 * Gets where the server listens, with the port that it was given.
 *
 * Returns: (transfer none) (nullable): the address; %NULL if a binding made this without
 *   [ctor@Kvm.GdbServer.new]
 *
 * Since: 0.1
 */
GSocketAddress *
kvm_gdb_server_get_address (KvmGdbServer *self)
{
  g_return_val_if_fail (KVM_IS_GDB_SERVER (self), NULL);

  return self->address;
}

/**
 * kvm_gdb_server_get_connected:
 * @self: a server
 *
 * Tells whether GDB debugs the guest.
 *
 * Returns: %TRUE if it does
 *
 * Since: 0.1
 */
gboolean
kvm_gdb_server_get_connected (KvmGdbServer *self)
{
  g_return_val_if_fail (KVM_IS_GDB_SERVER (self), FALSE);

  return self->session != NULL;
}

/**
 * kvm_gdb_server_close:
 * @self: a server
 *
 * Listens no more, and lets the guest go on without the client, if there is one. The file of a UNIX
 * socket is removed. If the guest runs, it is stopped for that, and goes on when the main context
 * has been run; the server is not needed for it any more.
 *
 * To drop the last reference to a server closes it, too. A closed server may be closed again.
 *
 * Since: 0.1
 */
void
kvm_gdb_server_close (KvmGdbServer *self)
{
  KvmGdbSession *session;

  g_return_if_fail (KVM_IS_GDB_SERVER (self));

  /* In a forked child it is still the parent's. */
  if (self->service == NULL || self->generation != _kvm_fork_generation)
    return;
  g_signal_handlers_disconnect_by_data (self->service, self);
  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  g_clear_object (&self->service);
  if (G_IS_UNIX_SOCKET_ADDRESS (self->address))
    {
      GUnixSocketAddress *address = G_UNIX_SOCKET_ADDRESS (self->address);

      if (g_unix_socket_address_get_address_type (address) == G_UNIX_SOCKET_ADDRESS_PATH)
        g_unlink (g_unix_socket_address_get_path (address));
    }
  session = g_steal_pointer (&self->session);
  if (session == NULL)
    return;
  _kvm_gdb_session_end (session);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CONNECTED]);
}
