/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The first process of an emulated host: starts the programs that the broker outside asks for, and
 * sends back what they print and how they end.
 *
 * All goes through one port, in frames: the number of the job and the length of what follows as
 * 32-bit little-endian integers, and a byte that says what it is (broker.py has the same list). */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/reboot.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

enum
{
  /* From the broker. */
  FRAME_START = 'S', /* the arguments, each with a 0 at its end; the first is a path */
  FRAME_KILL = 'K',
  FRAME_PING = 'P',

  /* To the broker. */
  FRAME_READY = 'R', /* also the answer to a ping */
  FRAME_OUTPUT = '1',
  FRAME_ERROR = '2',
  FRAME_EXIT = 'X', /* the status that a shell would have, in decimal */
};

#define HEADER_SIZE 9
#define MAX_JOBS 64
#define MAX_ARGUMENTS 4096
#define MAX_DATA 65536          /* in a frame to the broker */
#define MAX_FRAME (1024 * 1024) /* from it */

typedef struct
{
  uint32_t number;
  pid_t pid; /* 0: this place is free */
  int pipes[2];
} Job;

static int port;
static Job jobs[MAX_JOBS];

static void
die (const char *what)
{
  fprintf (stderr, "agent: %s: %s\n", what, strerror (errno));
  reboot (RB_AUTOBOOT);
  _exit (1);
}

static void
send_frame (uint32_t job, char type, const void *data, uint32_t length)
{
  static uint8_t frame[HEADER_SIZE + MAX_DATA];
  size_t size = HEADER_SIZE + length, done = 0;

  for (int i = 0; i < 4; i++)
    {
      frame[i] = job >> (8 * i);
      frame[4 + i] = length >> (8 * i);
    }
  frame[8] = type;
  memcpy (frame + HEADER_SIZE, data, length);
  while (done < size)
    {
      ssize_t n = write (port, frame + done, size - done);

      if (n == -1 && errno != EINTR && errno != EAGAIN)
        die ("cannot write to the port");
      if (n > 0)
        done += n;
    }
}

static void
send_exit (uint32_t job, int status)
{
  char text[16];

  snprintf (text, sizeof text, "%d",
            WIFSIGNALED (status) ? 128 + WTERMSIG (status) : WEXITSTATUS (status));
  send_frame (job, FRAME_EXIT, text, strlen (text));
}

static Job *
find_job (uint32_t number)
{
  for (Job *job = jobs; job < jobs + MAX_JOBS; job++)
    if (job->pid != 0 && job->number == number)
      return job;
  return NULL;
}

static void
start (uint32_t number, char *strings, uint32_t length)
{
  char *arguments[MAX_ARGUMENTS + 1];
  int n = 0, out[2], err[2];
  Job *job = jobs;

  while (job < jobs + MAX_JOBS && job->pid != 0)
    job++;
  if (job == jobs + MAX_JOBS || pipe2 (out, O_CLOEXEC) == -1 || pipe2 (err, O_CLOEXEC) == -1)
    die ("too many jobs");
  for (char *at = strings; at < strings + length && n < MAX_ARGUMENTS; at += strlen (at) + 1)
    arguments[n++] = at;
  arguments[n] = NULL;

  job->number = number;
  job->pid = fork ();
  if (job->pid == -1)
    die ("cannot fork");
  if (job->pid == 0)
    {
      sigset_t none;

      setsid ();
      dup2 (out[1], STDOUT_FILENO);
      dup2 (err[1], STDERR_FILENO);
      sigemptyset (&none);
      sigprocmask (SIG_SETMASK, &none, NULL);
      execv (arguments[0], arguments);
      fprintf (stderr, "%s: %s\n", arguments[0], strerror (errno));
      _exit (127);
    }
  close (out[1]);
  close (err[1]);
  job->pipes[0] = out[0];
  job->pipes[1] = err[0];
  fcntl (out[0], F_SETFL, O_NONBLOCK);
  fcntl (err[0], F_SETFL, O_NONBLOCK);
}

/* Sends on what is there: one read gets all that a pipe holds. */
static void
forward (Job *job, int i)
{
  static char data[MAX_DATA];
  ssize_t n = read (job->pipes[i], data, sizeof data);

  if (n > 0)
    send_frame (job->number, i == 0 ? FRAME_OUTPUT : FRAME_ERROR, data, n);
  if (n == 0)
    {
      close (job->pipes[i]);
      job->pipes[i] = -1;
    }
}

/* A job ends with its first process: what it leaves behind is killed. */
static void
reap (void)
{
  int status;
  pid_t pid;

  while ((pid = waitpid (-1, &status, WNOHANG)) > 0)
    for (Job *job = jobs; job < jobs + MAX_JOBS; job++)
      if (job->pid == pid)
        {
          kill (-pid, SIGKILL);
          for (int i = 0; i < 2; i++)
            if (job->pipes[i] != -1)
              {
                forward (job, i);
                if (job->pipes[i] != -1)
                  close (job->pipes[i]);
              }
          send_exit (job->number, status);
          job->pid = 0;
        }
}

static void
read_fully (void *buffer, size_t size)
{
  size_t done = 0;

  while (done < size)
    {
      ssize_t n = read (port, (char *) buffer + done, size - done);

      if (n == 0)
        {
          /* The broker is gone, and nobody needs this host. */
          sync ();
          reboot (RB_AUTOBOOT);
        }
      if (n == -1 && errno != EINTR)
        die ("cannot read from the port");
      if (n > 0)
        done += n;
    }
}

static uint32_t
get_u32 (const uint8_t *bytes)
{
  return bytes[0] | bytes[1] << 8 | bytes[2] << 16 | (uint32_t) bytes[3] << 24;
}

static void
receive (void)
{
  static char data[MAX_FRAME + 1];
  uint8_t header[HEADER_SIZE];
  uint32_t number, length;
  Job *job;

  read_fully (header, sizeof header);
  number = get_u32 (header);
  length = get_u32 (header + 4);
  if (length > MAX_FRAME)
    {
      errno = EMSGSIZE;
      die ("a frame");
    }
  read_fully (data, length);
  data[length] = '\0';
  job = find_job (number);
  switch (header[8])
    {
    case FRAME_START:
      start (number, data, length);
      break;
    case FRAME_KILL:
      if (job != NULL)
        kill (-job->pid, SIGKILL);
      break;
    case FRAME_PING:
      send_frame (0, FRAME_READY, "", 0);
      break;
    }
}

int
main (int argc, char **argv)
{
  struct pollfd fds[2 + 2 * MAX_JOBS];
  sigset_t child;

  sigemptyset (&child);
  sigaddset (&child, SIGCHLD);
  sigprocmask (SIG_SETMASK, &child, NULL);
  fds[0].fd = signalfd (-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
  port = open (argc > 1 ? argv[1] : "", O_RDWR | O_CLOEXEC);
  if (fds[0].fd == -1 || port == -1)
    die ("cannot start");
  fds[1].fd = port;
  send_frame (0, FRAME_READY, "", 0);

  for (int i = 0; i < 2 + 2 * MAX_JOBS; i++)
    fds[i].events = POLLIN;
  for (;;)
    {
      struct signalfd_siginfo info;

      for (int i = 0; i < 2 * MAX_JOBS; i++)
        fds[2 + i].fd = jobs[i / 2].pid != 0 ? jobs[i / 2].pipes[i % 2] : -1;
      if (poll (fds, 2 + 2 * MAX_JOBS, -1) == -1)
        continue;
      for (int i = 0; i < 2 * MAX_JOBS; i++)
        if (fds[2 + i].fd != -1 && fds[2 + i].revents != 0)
          forward (&jobs[i / 2], i % 2);
      if (fds[0].revents != 0)
        {
          while (read (fds[0].fd, &info, sizeof info) > 0)
            ;
          reap ();
        }
      if (fds[1].revents != 0)
        receive ();
    }
}
