#pragma once
#include <dirent.h>
#include <inotifytools/inotify.h>
#include <inotifytools/inotifytools.h>

// Swift imports neither a flexible array member nor the tail of a `dirent` that is shorter than its declaration.
static inline const char *_Nonnull hawker_event_name(const struct inotify_event *_Nonnull event) { return event->name; }
static inline const char *_Nonnull hawker_entry_name(const struct dirent *_Nonnull entry) { return entry->d_name; }
