#pragma once
#include <inotifytools/inotifytools.h>
