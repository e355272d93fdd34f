/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Preloaded into programs that are built with ThreadSanitizer, which cannot see what GLib does
 * inside: its locks, its reference counts, and what it hands from thread to thread. These stand
 * before GLib's own functions, call them, and say what is ordered by that. With it goes
 * TSAN_OPTIONS=ignore_noninstrumented_modules=1, for GLib's own memory, and G_SLICE=always-malloc,
 * since the slices change hands unseen. */

#include <dlfcn.h>
#include <gio/gio.h>

/* ThreadSanitizer's own. What comes before a release is ordered before what comes after an acquire
 * of the same address. */
void __tsan_acquire (gpointer address);
void __tsan_release (gpointer address);

/* The next function of this name: GLib's. It is looked up once, as early as may be. */
#define REAL(name)                                                                                 \
  ({                                                                                               \
    static __typeof__ (&name) real;                                                                \
    __typeof__ (&name) found = __atomic_load_n (&real, __ATOMIC_RELAXED);                          \
    if (found == NULL)                                                                             \
      {                                                                                            \
        found = (__typeof__ (&name)) dlsym (RTLD_NEXT, #name);                                     \
        __atomic_store_n (&real, found, __ATOMIC_RELAXED);                                         \
      }                                                                                            \
    found;                                                                                         \
  })

/* Locks */

void
g_mutex_lock (GMutex *mutex)
{
  REAL (g_mutex_lock) (mutex);
  __tsan_acquire (mutex);
}

gboolean
g_mutex_trylock (GMutex *mutex)
{
  gboolean locked = REAL (g_mutex_trylock) (mutex);

  if (locked)
    __tsan_acquire (mutex);
  return locked;
}

void
g_mutex_unlock (GMutex *mutex)
{
  __tsan_release (mutex);
  REAL (g_mutex_unlock) (mutex);
}

void
g_cond_wait (GCond *cond, GMutex *mutex)
{
  __tsan_release (mutex);
  REAL (g_cond_wait) (cond, mutex);
  __tsan_acquire (mutex);
}

gboolean
g_cond_wait_until (GCond *cond, GMutex *mutex, gint64 end_time)
{
  gboolean ret;

  __tsan_release (mutex);
  ret = REAL (g_cond_wait_until) (cond, mutex, end_time);
  __tsan_acquire (mutex);
  return ret;
}

/* g_once_init_enter () is a macro that reads the location before it calls this. */
gboolean (g_once_init_enter) (volatile void *location)
{
  gboolean ret = REAL (g_once_init_enter) (location);

  __tsan_acquire ((gpointer) location);
  return ret;
}

void (g_once_init_leave) (volatile void *location, gsize result)
{
  __tsan_release ((gpointer) location);
  REAL (g_once_init_leave) (location, result);
}

/* Reference counts: what was done with an object comes before its end. */

void (g_object_unref) (gpointer object)
{
  GObject *self = object;
  guint count;

  /* GLib does the same; in these tests nobody has a toggle reference. */
  if (G_IS_OBJECT (object))
    for (count = __atomic_load_n (&self->ref_count, __ATOMIC_ACQUIRE); count > 1;)
      if (__atomic_compare_exchange_n (&self->ref_count, &count, count - 1, FALSE, __ATOMIC_ACQ_REL,
                                       __ATOMIC_ACQUIRE))
        return;
  REAL (g_object_unref) (object);
}

/* What comes before a source gets its callback, or is attached, comes before its dispatch. GTask
 * goes this way, too. */

typedef struct
{
  gatomicrefcount ref_count;
  GSourceFunc function;
  gpointer data;
  GDestroyNotify notify;
} Callback;

static void
callback_ref (gpointer data)
{
  Callback *self = data;

  g_atomic_ref_count_inc (&self->ref_count);
}

static void
callback_unref (gpointer data)
{
  Callback *self = data;

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  if (self->notify != NULL)
    self->notify (self->data);
  g_free (self);
}

/* Called in the thread that dispatches, just before it does. */
static void
callback_get (gpointer data, GSource *source, GSourceFunc *function, gpointer *function_data)
{
  Callback *self = data;

  __tsan_acquire (source);
  *function = self->function;
  *function_data = self->data;
}

void
g_source_set_callback (GSource *source, GSourceFunc function, gpointer data, GDestroyNotify notify)
{
  static GSourceCallbackFuncs functions = { callback_ref, callback_unref, callback_get };
  Callback *callback = g_new (Callback, 1);

  *callback = (Callback){ .function = function, .data = data, .notify = notify };
  g_atomic_ref_count_init (&callback->ref_count);
  __tsan_release (source);
  g_source_set_callback_indirect (source, callback, &functions);
}

guint
g_source_attach (GSource *source, GMainContext *context)
{
  __tsan_release (source);
  return REAL (g_source_attach) (source, context);
}
