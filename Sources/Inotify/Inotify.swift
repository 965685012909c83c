// Inotify
